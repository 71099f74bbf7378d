// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/endpoint.h"

#include <QString>

namespace orchestra {

/// A token and where it came from, for messages such as "refused: the token of /path/operator.token is not known".
struct Credential
{
    QString token; ///< empty: none
    QString origin;
};

/// The token given on the command line or in the environment, else the operator token of a server on this machine.
/// In order: `token`, `tokenFile`, ORCHESTRA_TOKEN, ORCHESTRA_TOKEN_FILE, and for a loopback endpoint
/// operator.token in ORCHESTRA_SERVER__DATA_DIR or the server's default data directory. The last is never sent to
/// another machine. No token at all is not an error; a file that was named but cannot be read is.
Result<Credential> findCredential(const Endpoint &endpoint, const QString &token, const QString &tokenFile);

} // namespace orchestra
