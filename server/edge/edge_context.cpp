// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/edge_context.h"

#include <QAbstractSocket>

namespace orchestra {

AdmittedUpgrade::AdmittedUpgrade() = default;
AdmittedUpgrade::AdmittedUpgrade(AdmittedUpgrade &&) noexcept = default;
AdmittedUpgrade &AdmittedUpgrade::operator=(AdmittedUpgrade &&) noexcept = default;
AdmittedUpgrade::~AdmittedUpgrade() = default;

} // namespace orchestra
