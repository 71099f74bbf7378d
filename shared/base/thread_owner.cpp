// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/thread_owner.h"

#include <cstdio>
#include <cstdlib>

namespace orchestra {

void ThreadOwner::abortWithReason()
{
    std::fputs("orchestra: an object was used from a thread that does not own it\n", stderr);
    std::abort();
}

} // namespace orchestra
