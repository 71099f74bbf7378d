// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QUrl>

namespace orchestra {

/// Where a server is: http or https, host and port, nothing else.
class Endpoint
{
public:
    /// Takes what people type: "host", "host:port", "[::1]:8700", "http://host:port/". A bare loopback name means http,
    /// any other bare name https; the port defaults to 8700 (443 for an https URL that names none).
    /// Error: Invalid, in words for the person who typed it.
    static Result<Endpoint> parse(const QString &text);

    /// The server of this machine: http://127.0.0.1:8700.
    static Endpoint local();

    const QUrl &url() const { return url_; }
    /// host:port, for people.
    QString name() const;
    bool isLoopback() const;

    QUrl opsUrl() const;
    QUrl chatUrl(const QString &clientId, const QString &sessionId) const;

    bool operator==(const Endpoint &) const = default;

private:
    explicit Endpoint(QUrl url)
        : url_(std::move(url))
    {
    }

    QUrl webSocketUrl(const QString &path) const;

    QUrl url_;
};

} // namespace orchestra
