// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/credential.h"

#include <QDir>
#include <QFile>

namespace orchestra {
namespace {

constexpr qint64 kMaxTokenBytes = 4096;

Result<Credential> fromFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{Code::NotFound,
                     QStringLiteral("Cannot read the token file %1: %2").arg(path, file.errorString()).toStdString()};
    const QString token = QString::fromUtf8(file.read(kMaxTokenBytes)).trimmed();
    if (token.isEmpty())
        return Error{Code::Invalid, QStringLiteral("The token file %1 is empty.").arg(path).toStdString()};
    return Credential{token, path};
}

/// Where orchestrad keeps its data when nothing else is configured.
QString defaultDataDirectory()
{
    const QString configured = qEnvironmentVariable("ORCHESTRA_SERVER__DATA_DIR");
    if (!configured.isEmpty())
        return configured;
    const QString state = qEnvironmentVariable("STATE_DIRECTORY");
    if (!state.isEmpty())
        return state;
    const QString data = qEnvironmentVariable("XDG_DATA_HOME", QDir::homePath() + QStringLiteral("/.local/share"));
    return data + QStringLiteral("/orchestra");
}

} // namespace

Result<Credential> findCredential(const Endpoint &endpoint, const QString &token, const QString &tokenFile)
{
    if (!token.isEmpty())
        return Credential{token, QStringLiteral("--token")};
    if (!tokenFile.isEmpty())
        return fromFile(tokenFile);
    const QString fromEnvironment = qEnvironmentVariable("ORCHESTRA_TOKEN");
    if (!fromEnvironment.isEmpty())
        return Credential{fromEnvironment, QStringLiteral("ORCHESTRA_TOKEN")};
    const QString fileFromEnvironment = qEnvironmentVariable("ORCHESTRA_TOKEN_FILE");
    if (!fileFromEnvironment.isEmpty())
        return fromFile(fileFromEnvironment);
    if (endpoint.isLoopback()) {
        const QString path = defaultDataDirectory() + QStringLiteral("/operator.token");
        if (QFile::exists(path))
            return fromFile(path);
    }
    return Credential{};
}

} // namespace orchestra
