// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// One request as an HttpPeer got it.
struct PeerRequest
{
    std::string method;
    std::string path;
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
};

/// The peer's end of one exchange. What is done after the other side has gone is ignored.
class PeerReply
{
public:
    explicit PeerReply(QTcpSocket &socket)
        : socket_(&socket)
    {
    }

    /// A complete answer.
    void send(int status, std::string_view type, std::string_view body, std::string_view moreHeaders = {});
    /// Begins an answer in chunks.
    void begin(int status, std::string_view type, std::string_view moreHeaders = {});
    void chunk(std::string_view bytes);
    void end();
    /// Raw bytes, for what no server should send.
    void raw(std::string_view bytes);
    /// Ends the connection: politely, or by a reset.
    void close();
    void reset();
    bool isOpen() const;
    /// `gone` is called when the other side has closed.
    void onGone(std::function<void()> gone);

private:
    QPointer<QTcpSocket> socket_;
};

/// An HTTP/1.1 server on a loopback port whose answers a test writes: to be a model server, good or bad, on the real
/// wire. Lives in the thread that made it, which must run an event loop.
class HttpPeer
{
public:
    using Handler = std::function<void(const PeerRequest &, const std::shared_ptr<PeerReply> &)>;

    /// Port 0: a free one.
    explicit HttpPeer(Handler handler, std::uint16_t port = 0);
    std::uint16_t port() const { return server_.serverPort(); }
    /// http://127.0.0.1:PORT
    std::string url() const;
    std::size_t connections() const { return accepted_; }
    const std::vector<PeerRequest> &requests() const { return requests_; }

private:
    void accept();
    void read(QTcpSocket &socket, std::string &buffer);

    Handler handler_;
    QTcpServer server_;
    std::size_t accepted_ = 0;
    std::vector<PeerRequest> requests_;
};

} // namespace orchestra
