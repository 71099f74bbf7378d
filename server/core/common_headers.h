// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What nearly every file of the server reads, precompiled.

#include "server/core/channels.h"
#include "shared/base/common_headers.h"
