// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_settings.h"
#include "shared/base/result.h"

#include <QSslConfiguration>

namespace orchestra {

/// Reads certificate chain and key and makes the configuration of a server of them: TLS 1.2 or later, no client
/// certificates, ALPN http/1.1. Reads files; the Error names the one that is wrong.
Result<QSslConfiguration> loadTlsIdentity(const TlsFiles &files);

} // namespace orchestra
