// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/request_parser.h"

#include "shared/base/random.h"

#include <QTest>

using namespace orchestra;
using State = RequestParser::State;

namespace {

std::string bodyOf(RequestParser &parser)
{
    return parser.takeBody();
}

/// A request that would do harm if somebody read it as the second one.
const std::string kSecond = "GET /admin HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace

class TstRequestParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAHeadAndItsParts()
    {
        RequestParser parser({});
        QCOMPARE(parser.append("GET /a/b%20c?x=1&y=%41 HTTP/1.1\r\nHost: Localhost:8700\r\nX-Two:  v \r\n\r\n"),
                 State::Complete);
        QCOMPARE(parser.head().method, std::string("GET"));
        QCOMPARE(parser.head().path, std::string("/a/b%20c"));
        QCOMPARE(parser.head().query, std::string("x=1&y=%41"));
        QCOMPARE(parser.head().valueOf("host"), std::string_view("Localhost:8700"));
        QCOMPARE(parser.head().valueOf("x-two"), std::string_view("v"));
        QVERIFY(parser.head().keepsAlive());
        QVERIFY(!parser.head().hasBody());
        QCOMPARE(*queryValue(parser.head().query, "y"), std::string("A"));
        QVERIFY(!queryValue(parser.head().query, "z"));
    }

    void readsBodiesByLengthAndByChunk()
    {
        RequestParser parser({});
        QCOMPARE(parser.append("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel"), State::Body);
        QCOMPARE(parser.append("lo"), State::Complete);
        QCOMPARE(bodyOf(parser), std::string("hello"));
        QCOMPARE(parser.next(), State::Head);
        QCOMPARE(parser.append("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                               "3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\nTrailer: ignored\r\n\r\n"),
                 State::Complete);
        QCOMPARE(bodyOf(parser), std::string("abc0123456789"));
        QVERIFY(!parser.head().find("trailer"));
        QCOMPARE(parser.waitingBytes(), std::size_t(0));
    }

    void takesAnyPiecesAlike_data()
    {
        QTest::addColumn<int>("piece");
        for (const int piece : {1, 2, 3, 7, 64, 4096})
            QTest::addRow("%d bytes", piece) << piece;
    }
    void takesAnyPiecesAlike()
    {
        QFETCH(int, piece);
        std::string stream = "\r\nPOST /one HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
        stream += "POST /two HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
        stream += "GET /three HTTP/1.0\r\n\r\n";
        RequestParser parser({});
        std::vector<std::string> seen;
        for (std::size_t at = 0; at < stream.size(); at += static_cast<std::size_t>(piece)) {
            parser.append(std::string_view(stream).substr(at, static_cast<std::size_t>(piece)));
            while (parser.state() == State::Complete) {
                seen.push_back(parser.head().path + " " + bodyOf(parser));
                parser.next();
            }
            QVERIFY(parser.state() != State::Failed);
        }
        QCOMPARE(seen, (std::vector<std::string>{"/one hello world", "/two abc", "/three "}));
        QVERIFY(parser.isIdle());
    }

    void keepsPipelinedRequestsApart()
    {
        RequestParser parser({});
        const std::string get = "GET /n HTTP/1.1\r\nHost: h\r\n\r\n";
        QCOMPARE(parser.append(get + get + get), State::Complete);
        QCOMPARE(parser.waitingBytes(), 2 * get.size());
        QCOMPARE(parser.next(), State::Complete);
        QCOMPARE(parser.next(), State::Complete);
        QCOMPARE(parser.next(), State::Head);
    }

    void handsOverWhatFollowsAnUpgrade()
    {
        RequestParser parser({});
        QCOMPARE(parser.append("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: "
                               "websocket\r\n\r\n\x81\x80"),
                 State::Complete);
        QVERIFY(parser.head().asksForUpgrade());
        QCOMPARE(parser.takeRest(), std::string("\x81\x80"));
    }

    void knowsWhenAConnectionStaysOpen_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<bool>("keeps");
        QTest::newRow("1.1") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\n\r\n") << true;
        QTest::newRow("1.1 close") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n") << false;
        QTest::newRow("1.0") << QByteArray("GET / HTTP/1.0\r\n\r\n") << false;
        QTest::newRow("1.0 keep-alive") << QByteArray("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") << true;
    }
    void knowsWhenAConnectionStaysOpen()
    {
        QFETCH(QByteArray, head);
        QFETCH(bool, keeps);
        RequestParser parser({});
        QCOMPARE(parser.append(head.toStdString()), State::Complete);
        QCOMPARE(parser.head().keepsAlive(), keeps);
    }

    void refusesWhatTwoReadersCouldReadDifferently_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        const auto post = [](const char *fields, const char *body = "") {
            return QByteArray("POST / HTTP/1.1\r\nHost: h\r\n") + fields + "\r\n" + body;
        };
        QTest::newRow("two lengths") << post("Content-Length: 5\r\nContent-Length: 6\r\n") << 400;
        QTest::newRow("two equal lengths") << post("Content-Length: 5\r\nContent-Length: 5\r\n") << 400;
        QTest::newRow("list of lengths") << post("Content-Length: 5, 5\r\n") << 400;
        QTest::newRow("length and chunked") << post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") << 400;
        QTest::newRow("chunked and length") << post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") << 400;
        QTest::newRow("two codings") << post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") << 400;
        QTest::newRow("coding list") << post("Transfer-Encoding: gzip, chunked\r\n") << 501;
        QTest::newRow("unknown coding") << post("Transfer-Encoding: xchunked\r\n") << 501;
        QTest::newRow("identity coding") << post("Transfer-Encoding: identity\r\n") << 501;
        QTest::newRow("coding with tab") << post("Transfer-Encoding:\tchunked\v\r\n") << 400;
        QTest::newRow("coding in 1.0") << QByteArray("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                                       << 400;
        QTest::newRow("signed length") << post("Content-Length: +5\r\n") << 400;
        QTest::newRow("hexadecimal length") << post("Content-Length: 0x5\r\n") << 400;
        QTest::newRow("empty length") << post("Content-Length: \r\n") << 400;
        QTest::newRow("length too long for a number") << post("Content-Length: 18446744073709551621\r\n") << 400;
        QTest::newRow("blank before colon") << post("Content-Length : 5\r\n") << 400;
        QTest::newRow("folded field") << post("X: a\r\n Content-Length: 5\r\n") << 400;
        QTest::newRow("field folded by a tab") << post("X: a\r\n\tb\r\n") << 400;
        QTest::newRow("first field folded") << QByteArray("GET / HTTP/1.1\r\n Host: h\r\n\r\n") << 400;
        QTest::newRow("bare LF in a head") << QByteArray("GET / HTTP/1.1\nHost: h\r\n\r\n") << 400;
        QTest::newRow("bare LF ends the head") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\n\n") << 400;
        QTest::newRow("bare CR in a value") << post("X: a\rTransfer-Encoding: chunked\r\n") << 400;
        QTest::newRow("NUL in a value") << post("").insert(26, QByteArray("X: \0b\r\n", 7)) << 400;
        QTest::newRow("no field name") << post(": v\r\n") << 400;
        QTest::newRow("field without colon") << post("Content-Length\r\n") << 400;
        QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << 400;
        QTest::newRow("two hosts") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") << 400;
        QTest::newRow("host list") << QByteArray("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n") << 400;
        QTest::newRow("other host in the target") << QByteArray("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n") << 400;
        QTest::newRow("target without slash") << QByteArray("GET a HTTP/1.1\r\nHost: a\r\n\r\n") << 400;
        QTest::newRow("blank in the target") << QByteArray("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n") << 400;
        QTest::newRow("no version") << QByteArray("GET /\r\nHost: a\r\n\r\n") << 400;
        QTest::newRow("version 2") << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") << 505;
        QTest::newRow("TLS on the plain port") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01", 8) << 400;
        QTest::newRow("chunk size is no number")
            << post("Transfer-Encoding: chunked\r\n", "x\r\nab\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk size empty") << post("Transfer-Encoding: chunked\r\n", "\r\nab\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk size 0x") << post("Transfer-Encoding: chunked\r\n", "0x2\r\nab\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk ends early") << post("Transfer-Encoding: chunked\r\n", "2\r\nabc\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk line ends in LF") << post("Transfer-Encoding: chunked\r\n", "2\nab\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk size overflows")
            << post("Transfer-Encoding: chunked\r\n", "10000000000000002\r\nab\r\n0\r\n\r\n") << 400;
        QTest::newRow("trailer with a length")
            << post("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n0\r\nContent-Length: 9\r\n\r\n") << 400;
    }
    void refusesWhatTwoReadersCouldReadDifferently()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        // Whole, and byte by byte: a refusal may not depend on how the bytes arrive, and nothing may be executed.
        for (const bool whole : {true, false}) {
            RequestParser parser({});
            const std::string stream = bytes.toStdString() + kSecond;
            if (whole) {
                parser.append(stream);
            } else {
                for (const char c : stream) {
                    if (parser.append(std::string_view(&c, 1)) >= State::Complete)
                        break;
                }
            }
            QCOMPARE(parser.state(), State::Failed);
            QCOMPARE(parser.failure().status, status);
            QVERIFY(!parser.failure().error.message.empty());
        }
    }

    void boundsHeadsAndBodies()
    {
        RequestParser longLine({});
        QCOMPARE(longLine.append("GET /" + std::string(20000, 'a')), State::Failed);
        QCOMPARE(longLine.failure().status, 431);

        RequestParser longTarget({});
        longTarget.append("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n");
        QCOMPARE(longTarget.failure().status, 414);

        std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
        for (int i = 0; i < 64; ++i)
            many += "X" + std::to_string(i) + ": v\r\n";
        RequestParser manyFields({});
        manyFields.append(many + "\r\n");
        QCOMPARE(manyFields.failure().status, 431);

        RequestParser declared({16384, 10});
        declared.append("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
        QCOMPARE(declared.failure().status, 413);

        RequestParser chunked({16384, 10});
        chunked.append("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\nghijk");
        QCOMPARE(chunked.state(), State::Failed);
        QCOMPARE(chunked.failure().status, 413);

        RequestParser extension({});
        extension.append("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(9000, 'x'));
        QCOMPARE(extension.state(), State::Failed);
    }

    void takesAHeadOfTheFullSize()
    {
        std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
        head += std::string(16384 - head.size() - 4, 'v') + "\r\n\r\n";
        RequestParser parser({});
        QCOMPARE(parser.append(head), State::Complete);
        QCOMPARE(parser.head().bytes, std::size_t(16384));
        RequestParser over({});
        QCOMPARE(over.append(head.insert(30, "v")), State::Failed);
    }

    void survivesGarbage()
    {
        SeededRandom random(7);
        const std::string base =
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        for (int round = 0; round < 20000; ++round) {
            std::string bytes = base;
            for (auto edits = random.next() % 4 + 1; edits > 0; --edits)
                bytes[random.next() % bytes.size()] = static_cast<char>(random.next());
            RequestParser parser({});
            for (std::size_t at = 0; at < bytes.size() && parser.state() < State::Complete;) {
                const std::size_t step = 1 + random.next() % 40;
                parser.append(std::string_view(bytes).substr(at, step));
                at += step;
            }
            if (parser.state() == State::Complete)
                QVERIFY(!parser.head().method.empty());
        }
    }

    void decodesEscapesOnce()
    {
        QCOMPARE(*percentDecode("a%2Fb%25"), std::string("a/b%"));
        for (const char *text : {"%", "%4", "%zz", "%00", "%0a", "%7f", "%ff", "%c3%28"})
            QVERIFY2(!percentDecode(text), text);
    }
};

QTEST_APPLESS_MAIN(TstRequestParser)
#include "tst_request_parser.moc"
