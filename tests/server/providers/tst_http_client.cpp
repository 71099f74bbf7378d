// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/http_client.h"
#include "tests/support/http_peer.h"

#include <QTest>

#include <memory>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

/// Keeps what it hears.
class Heard final : public HttpListener
{
public:
    void onHead(const HttpHead &head) override { this->head = head; }
    void onBody(std::string_view piece) override
    {
        body.append(piece);
        if (onPiece)
            onPiece();
    }
    void onEnd(const HttpEnd &end) override { this->end = end; }

    HttpHead head;
    std::string body;
    std::optional<HttpEnd> end;
    std::function<void()> onPiece;
};

} // namespace

class TstHttpClient : public QObject
{
    Q_OBJECT

private:
    SystemClock clock_;

    static HttpRequest request(const std::string &url)
    {
        HttpRequest request;
        request.url = url;
        request.reach = Reach::Configured;
        return request;
    }

    static void waitForEnd(const Heard &heard) { QTRY_VERIFY_WITH_TIMEOUT(heard.end, 5000); }

private Q_SLOTS:
    void sendsARequestAndHearsTheAnswer()
    {
        HttpPeer peer([](const PeerRequest &, const auto &reply) {
            reply->begin(201, "text/plain", "X-Request-Id: r1\r\n");
            reply->chunk("one ");
            reply->chunk("two");
            reply->end();
        });
        HttpClient client(clock_, {});
        Heard heard;
        HttpRequest post = request(peer.url() + "/path?q=1");
        post.method = "POST";
        post.headers = {{"X-Mine", "yes"}};
        post.body = "{}";
        client.start(post, heard);
        waitForEnd(heard);
        QVERIFY(bool(heard.end->outcome));
        QCOMPARE(heard.head.status, 201);
        QCOMPARE(std::string(heard.head.find("x-request-ID")), std::string("r1"));
        QCOMPARE(heard.body, std::string("one two"));
        QVERIFY(heard.end->hasConnected && heard.end->firstByte);
        QCOMPARE(heard.end->bytes, std::uint64_t(7));
        const PeerRequest &got = peer.requests().at(0);
        QCOMPARE(got.method, std::string("POST"));
        QCOMPARE(got.path, std::string("/path?q=1"));
        QCOMPARE(got.headers.at("x-mine"), std::string("yes"));
        QCOMPARE(got.body, std::string("{}"));
        QVERIFY(!got.headers.contains("expect"));
        QCOMPARE(client.running(), std::size_t(0));
    }

    void usesAConnectionAgainUnlessAFreshOneIsWanted()
    {
        HttpPeer peer([](const PeerRequest &, const auto &reply) { reply->send(200, "text/plain", "ok"); });
        HttpClient client(clock_, {});
        for (int i = 0; i < 3; ++i) {
            Heard heard;
            client.start(request(peer.url()), heard);
            waitForEnd(heard);
        }
        QCOMPARE(peer.connections(), std::size_t(1));
        HttpRequest fresh = request(peer.url());
        fresh.freshConnection = true;
        Heard heard;
        client.start(fresh, heard);
        waitForEnd(heard);
        QCOMPARE(peer.connections(), std::size_t(2));
    }

    void followsNoRedirect()
    {
        HttpPeer peer([](const PeerRequest &, const auto &reply) {
            reply->send(302, "text/plain", "", "Location: http://169.254.169.254/\r\n");
        });
        HttpClient client(clock_, {});
        Heard heard;
        client.start(request(peer.url()), heard);
        waitForEnd(heard);
        QCOMPARE(heard.head.status, 302);
        QCOMPARE(peer.requests().size(), std::size_t(1));
    }

    void connectsOnlyWhereItMay()
    {
        HttpPeer peer([](const PeerRequest &, const auto &reply) { reply->send(200, "text/plain", "secret"); });
        HttpClient client(clock_, {});
        Heard heard;
        HttpRequest outside = request(peer.url());
        outside.reach = Reach::Public;
        client.start(outside, heard);
        waitForEnd(heard);
        QCOMPARE(heard.end->outcome.error().code, Code::ProviderUnavailable);
        QVERIFY(heard.end->outcome.error().message.find("127.0.0.1") != std::string::npos);
        QCOMPARE(peer.connections(), std::size_t(0));
        Heard linkLocal;
        client.start(request("http://169.254.169.254/latest/meta-data"), linkLocal);
        waitForEnd(linkLocal);
        QVERIFY(linkLocal.end->outcome.error().message.find("may connect") != std::string::npos);
    }

    void ignoresTheProxyOfTheEnvironment()
    {
        qputenv("http_proxy", "http://127.0.0.1:1");
        HttpPeer peer([](const PeerRequest &, const auto &reply) { reply->send(200, "text/plain", "direct"); });
        HttpClient client(clock_, {});
        Heard heard;
        client.start(request(peer.url()), heard);
        waitForEnd(heard);
        qunsetenv("http_proxy");
        QCOMPARE(heard.body, std::string("direct"));
    }

    void tellsWhyItCannotConnect()
    {
        std::uint16_t port = 0;
        {
            const HttpPeer gone([](const PeerRequest &, const auto &) {});
            port = gone.port();
        }
        HttpClient client(clock_, {});
        Heard heard;
        client.start(request("http://127.0.0.1:" + std::to_string(port)), heard);
        waitForEnd(heard);
        QCOMPARE(heard.end->outcome.error().code, Code::ProviderUnavailable);
        QVERIFY(heard.end->outcome.error().retryable);
        QVERIFY(!heard.end->hasConnected);
    }

    void refusesWhatIsNoWebAddress_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::newRow("file") << QByteArray("file:///etc/passwd");
        QTest::newRow("nothing") << QByteArray("");
        QTest::newRow("gopher") << QByteArray("gopher://127.0.0.1/");
    }
    void refusesWhatIsNoWebAddress()
    {
        QFETCH(QByteArray, url);
        HttpClient client(clock_, {});
        Heard heard;
        client.start(request(url.toStdString()), heard);
        waitForEnd(heard);
        QCOMPARE(heard.end->outcome.error().code, Code::Invalid);
    }

    void waitsForTheFirstByteOnlySoLong()
    {
        HttpPeer peer([](const PeerRequest &, const auto &) {});
        HttpClient client(clock_, {});
        Heard heard;
        HttpRequest impatient = request(peer.url());
        impatient.deadlines.firstByte = 50ms;
        client.start(impatient, heard);
        waitForEnd(heard);
        QCOMPARE(heard.end->outcome.error().code, Code::ProviderTimeout);
        QVERIFY(heard.end->outcome.error().message.find("no answer within 50 ms") != std::string::npos);
    }

    void waitsInTheMiddleOnlySoLong()
    {
        HttpPeer peer([](const PeerRequest &, const auto &reply) {
            reply->begin(200, "text/plain");
            reply->chunk("half");
        });
        HttpClient client(clock_, {});
        Heard heard;
        HttpRequest impatient = request(peer.url());
        impatient.deadlines.gap = 50ms;
        client.start(impatient, heard);
        waitForEnd(heard);
        QCOMPARE(heard.body, std::string("half"));
        QCOMPARE(heard.end->outcome.error().code, Code::ProviderTimeout);
        QVERIFY(heard.end->outcome.error().message.find("in the middle") != std::string::npos);
    }

    void takesOnlySoMuch()
    {
        HttpPeer peer([](const PeerRequest &request, const auto &reply) {
            if (request.path == "/head")
                reply->send(200, "text/plain", "", "X-Long: " + std::string(3000, 'x') + "\r\n");
            else
                reply->send(200, "text/plain", std::string(3000, 'x'));
        });
        HttpClient client(clock_, {});
        for (const char *path : {"/head", "/body"}) {
            Heard heard;
            HttpRequest small = request(peer.url() + path);
            small.caps = {.head = 2000, .body = 2000};
            client.start(small, heard);
            waitForEnd(heard);
            QCOMPARE(heard.end->outcome.error().code, Code::ProviderError);
            QVERIFY(heard.end->outcome.error().message.find("larger than 2000 bytes") != std::string::npos);
        }
    }

    void reportsAnAnswerThatBreaksOff()
    {
        HttpPeer peer([](const PeerRequest &request, const auto &reply) {
            reply->begin(200, "text/plain");
            reply->chunk("half");
            request.path == "/reset" ? reply->reset() : reply->close();
        });
        HttpClient client(clock_, {});
        for (const char *path : {"/close", "/reset"}) {
            Heard heard;
            client.start(request(peer.url() + path), heard);
            waitForEnd(heard);
            QCOMPARE(heard.end->outcome.error().code, Code::ProviderError);
        }
    }

    void closesTheConnectionOfACancelledExchange()
    {
        bool isGone = false;
        HttpPeer peer([&isGone](const PeerRequest &, const std::shared_ptr<PeerReply> &reply) {
            reply->onGone([&isGone] { isGone = true; });
            reply->begin(200, "text/plain");
            reply->chunk("one");
        });
        HttpClient client(clock_, {});
        Heard heard;
        HttpClient::Exchange exchange = 0;
        heard.onPiece = [&] { client.cancel(exchange); };
        exchange = client.start(request(peer.url()), heard);
        QTRY_VERIFY_WITH_TIMEOUT(isGone, 5000);
        QVERIFY(!heard.end);
        QCOMPARE(client.running(), std::size_t(0));
    }

    void makesThePeerWaitWhilePaused()
    {
        const std::string piece(64 * 1024, 'x');
        constexpr int kPieces = 200;
        std::shared_ptr<PeerReply> held;
        HttpPeer peer([&](const PeerRequest &, const std::shared_ptr<PeerReply> &reply) {
            reply->begin(200, "text/plain");
            for (int i = 0; i < kPieces; ++i)
                reply->chunk(piece);
            reply->end();
        });
        HttpClient client(clock_, {});
        Heard heard;
        HttpRequest patient = request(peer.url());
        patient.deadlines.gap = 100ms;
        HttpClient::Exchange exchange = 0;
        bool hasPaused = false;
        heard.onPiece = [&] {
            if (!std::exchange(hasPaused, true))
                client.pause(exchange);
        };
        exchange = client.start(patient, heard);
        QTRY_VERIFY_WITH_TIMEOUT(hasPaused, 5000);
        const std::size_t before = heard.body.size();
        QTest::qWait(300); // longer than the gap may be: a pause of ours is not the peer's
        QCOMPARE(heard.body.size(), before);
        QVERIFY(!heard.end);
        client.resume(exchange);
        waitForEnd(heard);
        QVERIFY(bool(heard.end->outcome));
        QCOMPARE(heard.body.size(), piece.size() * kPieces);
    }

    void beginsExchangesFromInsideACallback()
    {
        HttpPeer peer([](const PeerRequest &, const auto &reply) { reply->send(200, "text/plain", "ok"); });
        HttpClient client(clock_, {});
        Heard second;
        Heard first;
        first.onPiece = [&] { client.start(request(peer.url()), second); };
        client.start(request(peer.url()), first);
        waitForEnd(second);
        QCOMPARE(second.body, std::string("ok"));
        QVERIFY(first.end);
    }

    void carriesManyAtOnce()
    {
        std::vector<std::shared_ptr<PeerReply>> replies;
        constexpr std::size_t kMany = 100;
        HttpPeer peer([&replies](const PeerRequest &, const std::shared_ptr<PeerReply> &reply) {
            replies.push_back(reply);
            if (replies.size() < kMany)
                return;
            for (const auto &each : replies)
                each->send(200, "text/plain", "together");
        });
        HttpClient client(clock_, {});
        std::vector<Heard> heard(kMany);
        for (Heard &each : heard)
            client.start(request(peer.url()), each);
        for (const Heard &each : heard) {
            waitForEnd(each);
            QCOMPARE(each.body, std::string("together"));
        }
    }
};

QTEST_GUILESS_MAIN(TstHttpClient)
#include "tst_http_client.moc"
