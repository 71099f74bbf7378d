// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_server.h"
#include "server/loop/mailbox_reader.h"
#include "shared/wire/error_table.h"

#include <QEventLoop>
#include <QSslSocket>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>

#include <deque>
#include <functional>
#include <mutex>

/// What tests of the edge share: a small hub that speaks the channels, a log that remembers, and a client that sends
/// whatever bytes it likes.
namespace orchestra::test {

class LogCollector final : public LogSink
{
public:
    void write(LogRecord record) override
    {
        const std::lock_guard lock(mutex_);
        records_.push_back(std::move(record));
    }
    int count(std::string_view event) const
    {
        const std::lock_guard lock(mutex_);
        return static_cast<int>(
            std::count_if(records_.begin(), records_.end(), [&](const auto &record) { return record.event == event; }));
    }

private:
    mutable std::mutex mutex_;
    std::vector<LogRecord> records_;
};

/// Runs the event loop until `condition` holds. False after `timeout`.
template <class Condition>
bool until(Condition condition, std::chrono::milliseconds timeout = std::chrono::seconds(5))
{
    const auto end = std::chrono::steady_clock::now() + timeout;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        QEventLoop loop;
        QTimer::singleShot(1, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return true;
}

inline EdgeSettings quickSettings()
{
    EdgeSettings settings;
    settings.port = 0;
    settings.sweep = std::chrono::milliseconds(20);
    return settings;
}

/// The hub as the edge sees it. Admits everybody and answers every call with what the test says.
class TestHub
{
public:
    explicit TestHub(EdgeSettings settings = quickSettings(), std::size_t mailbox = 65536)
        : mailbox_(mailbox, clock_)
        , reader_(mailbox_)
        , edge_(std::move(settings), clock_, log_, mailbox_)
    {
        admit = [this](const AdmissionRequest &request) -> Result<Admission> {
            return Admission{ids_.make<ConnectionId>(), Principal{request.clientId, Role::Client, true, {}, {}}, false};
        };
        answer = [this](const ApiCall &call) { reply(call, DoneBody{}); };
    }
    ~TestHub() { edge_.stop(); }

    bool start()
    {
        const Status status = edge_.start();
        if (!status)
            qWarning("%s", status.error().message.c_str());
        listen();
        return static_cast<bool>(status);
    }
    /// Begins to read the mailbox again after stall().
    void listen()
    {
        reader_.start([this](std::vector<FromEdge> &batch) {
            for (FromEdge &message : batch)
                handle(std::move(message));
        });
    }
    void stall() { reader_.stop(); }

    void send(const ConnectionKey &key, ToEdge message) { edge_.send(key.edge, std::move(message)); }
    void reply(const ApiCall &call, ApiBody body)
    {
        edge_.send(call.connection.edge, ApiReply{call.connection, call.call, std::move(body)});
    }
    void refuse(const ApiCall &call, Error error)
    {
        edge_.send(call.connection.edge, ApiReply{call.connection, call.call, std::move(error)});
    }

    template <class Message>
    std::vector<const Message *> all() const
    {
        std::vector<const Message *> found;
        for (const FromEdge &message : seen) {
            if (const auto *wanted = std::get_if<Message>(&message))
                found.push_back(wanted);
        }
        return found;
    }
    template <class Message>
    int count() const
    {
        return static_cast<int>(all<Message>().size());
    }
    /// As last reported.
    EdgeCounters counters(std::uint32_t edge)
    {
        const auto &latest = reports[edge].counters;
        return latest ? *latest : EdgeCounters();
    }

    std::uint16_t port() const { return edge_.port(); }
    EdgeServer &edge() { return edge_; }
    LogCollector &log() { return log_; }
    IdSource &ids() { return ids_; }
    const Clock &clock() const { return clock_; }

    std::function<Result<Admission>(const AdmissionRequest &)> admit;
    std::function<void(const ApiCall &)> answer;
    std::function<void(const FromEdge &)> other = [](const FromEdge &) {};
    std::deque<FromEdge> seen; ///< everything but reports
    std::map<std::uint32_t, EdgeReport> reports;
    bool remembers = true;

private:
    void handle(FromEdge message)
    {
        if (auto *report = std::get_if<EdgeReport>(&message)) {
            reports[report->edge] = std::move(*report);
            return;
        }
        if (const auto *request = std::get_if<AdmissionRequest>(&message))
            edge_.send(request->connection.edge, AdmissionDecision{request->connection, admit(*request)});
        if (const auto *call = std::get_if<ApiCall>(&message))
            answer(*call);
        other(message);
        if (remembers)
            seen.push_back(std::move(message));
    }

    SystemClock clock_;
    SystemRandom random_;
    IdSource ids_{clock_, random_};
    LogCollector log_;
    Mailbox<FromEdge> mailbox_;
    MailboxReader<FromEdge> reader_;
    EdgeServer edge_;
};

/// One HTTP answer as it came.
struct HttpAnswer
{
    int status = 0;
    std::map<std::string, std::string> fields; ///< names in lower case
    std::string body;
};

/// A socket that sends what it is told and keeps what it gets.
class RawClient
{
public:
    explicit RawClient(std::uint16_t port, bool isTls = false, const QString &host = QStringLiteral("127.0.0.1"))
    {
        if (isTls) {
            auto tls = std::make_unique<QSslSocket>();
            tls->setPeerVerifyMode(QSslSocket::VerifyNone);
            tls->connectToHostEncrypted(host, port);
            socket_ = std::move(tls);
        } else {
            socket_ = std::make_unique<QTcpSocket>();
            socket_->connectToHost(host, port);
        }
        QObject::connect(socket_.get(), &QTcpSocket::readyRead, socket_.get(), [this] {
            if (isReading)
                received += socket_->readAll().toStdString();
        });
    }

    void send(std::string_view bytes) { socket_->write(bytes.data(), static_cast<qint64>(bytes.size())); }
    bool connected()
    {
        return until([this] {
            auto *tls = qobject_cast<QSslSocket *>(socket_.get());
            return tls ? tls->isEncrypted() : socket_->state() == QAbstractSocket::ConnectedState;
        });
    }
    bool isClosed() const { return socket_->state() == QAbstractSocket::UnconnectedState; }
    bool waitClosed(std::chrono::milliseconds timeout = std::chrono::seconds(5))
    {
        return until([this] { return isClosed(); }, timeout);
    }
    QTcpSocket &socket() { return *socket_; }

    /// Takes the next whole answer off `received`; status 0 when none comes in time.
    HttpAnswer answer(std::chrono::milliseconds timeout = std::chrono::seconds(5), bool isHead = false)
    {
        HttpAnswer answer;
        until([&] { return take(answer, isHead) || (isClosed() && received.empty()); }, timeout);
        return answer;
    }
    HttpAnswer ask(std::string_view request)
    {
        send(request);
        return answer();
    }

    std::string received;
    bool isReading = true;

private:
    bool take(HttpAnswer &answer, bool isHead)
    {
        const auto end = received.find("\r\n\r\n");
        if (end == std::string::npos)
            return false;
        HttpAnswer read;
        read.status = std::atoi(received.c_str() + received.find(' ') + 1);
        for (auto at = received.find("\r\n") + 2; at < end + 2;) {
            const auto stop = received.find("\r\n", at);
            const auto colon = received.find(": ", at);
            std::string name = received.substr(at, colon - at);
            for (char &c : name)
                c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            read.fields[name] = received.substr(colon + 2, stop - colon - 2);
            at = stop + 2;
        }
        std::size_t length = 0;
        if (!isHead && read.fields.contains("content-length"))
            length = static_cast<std::size_t>(std::atoll(read.fields["content-length"].c_str()));
        if (received.size() < end + 4 + length)
            return false;
        read.body = received.substr(end + 4, length);
        received.erase(0, end + 4 + length);
        answer = std::move(read);
        return true;
    }

    std::unique_ptr<QTcpSocket> socket_;
};

inline std::string get(std::string_view path, std::string_view fields = {})
{
    std::string out = "GET ";
    out.append(path).append(" HTTP/1.1\r\nHost: localhost\r\n").append(fields).append("\r\n");
    return out;
}

inline std::string post(std::string_view path, std::string_view body, std::string_view fields = {})
{
    std::string out = "POST ";
    out.append(path).append(" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ");
    out.append(std::to_string(body.size())).append("\r\n").append(fields).append("\r\n").append(body);
    return out;
}

} // namespace orchestra::test
