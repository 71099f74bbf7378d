// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/endpoint.h"

#include <QHostAddress>

namespace orchestra {
namespace {

constexpr int kDefaultPort = 8700;

bool isLoopbackHost(const QString &host)
{
    return host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0 || QHostAddress(host).isLoopback();
}

Error invalid(const QString &why)
{
    return {Code::Invalid, why.toStdString()};
}

} // namespace

Result<Endpoint> Endpoint::parse(const QString &text)
{
    const QString typed = text.trimmed();
    if (typed.isEmpty())
        return invalid(QStringLiteral("The server address is empty."));
    const bool hasScheme = typed.contains(QLatin1String("://"));
    QUrl url(hasScheme ? typed : QStringLiteral("http://") + typed, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty())
        return invalid(
            QStringLiteral("\"%1\" is not a server address; expected for example 127.0.0.1:8700.").arg(typed));
    if (!hasScheme && !isLoopbackHost(url.host()))
        url.setScheme(QStringLiteral("https"));
    if (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https"))
        return invalid(QStringLiteral("\"%1\" is neither http nor https.").arg(url.scheme()));
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment() || url.path().size() > 1)
        return invalid(QStringLiteral("Only scheme, host and port belong into a server address."));
    if (url.port() < 0)
        url.setPort(hasScheme && url.scheme() == QLatin1String("https") ? 443 : kDefaultPort);
    url.setPath(QString());
    return Endpoint(url);
}

Endpoint Endpoint::local()
{
    return Endpoint(QUrl(QStringLiteral("http://127.0.0.1:%1").arg(kDefaultPort)));
}

QString Endpoint::name() const
{
    const QString host = url_.host();
    return (host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]:%2") : QStringLiteral("%1:%2"))
        .arg(host)
        .arg(url_.port());
}

bool Endpoint::isLoopback() const
{
    return isLoopbackHost(url_.host());
}

QUrl Endpoint::webSocketUrl(const QString &path) const
{
    QUrl url = url_;
    url.setScheme(url_.scheme() == QLatin1String("https") ? QStringLiteral("wss") : QStringLiteral("ws"));
    url.setPath(path, QUrl::StrictMode);
    return url;
}

QUrl Endpoint::opsUrl() const
{
    return webSocketUrl(QStringLiteral("/ops/ws"));
}

QUrl Endpoint::chatUrl(const QString &clientId, const QString &sessionId) const
{
    const auto encoded = [](const QString &part) { return QString::fromLatin1(QUrl::toPercentEncoding(part)); };
    return webSocketUrl(QStringLiteral("/chat/ws/%1/%2").arg(encoded(clientId), encoded(sessionId)));
}

} // namespace orchestra
