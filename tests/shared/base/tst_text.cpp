// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/random.h"
#include "shared/base/text.h"

#include <QTest>

using namespace orchestra;

namespace {

/// Every code point but the surrogates.
std::string encoded(char32_t point)
{
    return QString::fromUcs4(&point, 1).toStdString();
}

} // namespace

class TstText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void encodesBase64Url_data();
    void encodesBase64Url();
    void encodesHexadecimal();
    void acceptsEveryCodePoint();
    void refusesWhatIsNotUtf8_data();
    void refusesWhatIsNotUtf8();
    void agreesWithItselfAtEveryAlignment();
    void repairsByteByByte();
    void cutsBetweenCodePoints();
    void lowersAsciiOnly();
    void trimsBothEnds();
    void countsEdits_data();
    void countsEdits();
};

void TstText::encodesBase64Url_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    // RFC 4648 section 10, unpadded, and the two characters that differ from plain base64.
    QTest::newRow("0") << QByteArray("") << QString();
    QTest::newRow("1") << QByteArray("f") << QStringLiteral("Zg");
    QTest::newRow("2") << QByteArray("fo") << QStringLiteral("Zm8");
    QTest::newRow("3") << QByteArray("foo") << QStringLiteral("Zm9v");
    QTest::newRow("6") << QByteArray("foobar") << QStringLiteral("Zm9vYmFy");
    QTest::newRow("url") << QByteArray("\xfb\xff\xfe") << QStringLiteral("-__-");
}

void TstText::encodesBase64Url()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(base64Url(bytes.toStdString())), text);
}

void TstText::encodesHexadecimal()
{
    QCOMPARE(hex(std::string_view("\x00\x0f\xa0\xff", 4)), std::string("000fa0ff"));
}

void TstText::acceptsEveryCodePoint()
{
    for (char32_t point = 0; point <= 0x10ffff; point += point < 0x3000 ? 1 : 61) {
        if (point >= 0xd800 && point <= 0xdfff)
            continue;
        const std::string text = encoded(point);
        QVERIFY(isValidUtf8(text));
        QCOMPARE(utf8SequenceLength(text, 0), text.size());
        for (std::size_t size = 1; size < text.size(); ++size)
            QVERIFY(!isValidUtf8(text.substr(0, size)));
    }
}

void TstText::refusesWhatIsNotUtf8_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("continuation") << QByteArray("\x80");
    QTest::newRow("overlong slash") << QByteArray("\xc0\xaf");
    QTest::newRow("overlong, three bytes") << QByteArray("\xe0\x9f\xbf");
    QTest::newRow("overlong, four bytes") << QByteArray("\xf0\x8f\xbf\xbf");
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80");
    QTest::newRow("beyond Unicode") << QByteArray("\xf4\x90\x80\x80");
    QTest::newRow("five bytes") << QByteArray("\xf8\x88\x80\x80\x80");
    QTest::newRow("0xff") << QByteArray("\xff");
    QTest::newRow("cut") << QByteArray("\xe4\xb8");
    QTest::newRow("wrong follower") << QByteArray("\xe4\x41\xad");
}

void TstText::refusesWhatIsNotUtf8()
{
    QFETCH(QByteArray, bytes);
    // Wherever it stands among ASCII, which is looked at eight bytes at a time.
    for (int before = 0; before < 18; ++before) {
        for (int after = 0; after < 18; ++after) {
            const std::string text =
                std::string(std::size_t(before), 'a') + bytes.toStdString() + std::string(std::size_t(after), 'b');
            QVERIFY(!isValidUtf8(text));
        }
    }
}

void TstText::agreesWithItselfAtEveryAlignment()
{
    SeededRandom random(5);
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        for (std::uint64_t bytes = random.next() % 24; bytes > 0; --bytes) {
            const bool ascii = random.next() % 4 != 0;
            text += static_cast<char>(ascii ? random.next() % 128 : random.next());
        }
        bool valid = true;
        for (std::size_t at = 0; at < text.size() && valid;) {
            const std::size_t length = utf8SequenceLength(text, at);
            valid = length > 0;
            at += length;
        }
        QCOMPARE(isValidUtf8(text), valid);
        std::string repaired;
        appendRepairedUtf8(repaired, text);
        QVERIFY(isValidUtf8(repaired));
        QCOMPARE(repaired == text, valid);
    }
}

void TstText::repairsByteByByte()
{
    std::string out = "> ";
    appendRepairedUtf8(out, "a\xffé\xe4\xb8z");
    QCOMPARE(out, std::string("> a\xef\xbf\xbdé\xef\xbf\xbd\xef\xbf\xbdz"));
}

void TstText::cutsBetweenCodePoints()
{
    const std::string text = "aé中👋";
    QCOMPARE(text.size(), std::size_t(10));
    const std::size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (std::size_t bytes = 0; bytes < std::size(kept); ++bytes)
        QCOMPARE(cutUtf8(text, bytes).size(), kept[bytes]);
}

void TstText::lowersAsciiOnly()
{
    QCOMPARE(lowerAscii("ABZ[az]09É"), std::string("abz[az]09É"));
}

void TstText::trimsBothEnds()
{
    QCOMPARE(trimmed(" \t a b\t"), std::string_view("a b"));
    QCOMPARE(trimmed("ab"), std::string_view("ab"));
    QCOMPARE(trimmed(" \t "), std::string_view());
    QCOMPARE(trimmed(""), std::string_view());
    QCOMPARE(trimmed(" a\r\n"), std::string_view("a\r\n"));
    QCOMPARE(trimmed(" a\r\n", " \r\n"), std::string_view("a"));
}

void TstText::countsEdits_data()
{
    QTest::addColumn<QString>("a");
    QTest::addColumn<QString>("b");
    QTest::addColumn<int>("edits");
    const auto row = [](const char *a, const char *b, int edits) {
        QTest::addRow("%s/%s", a, b) << QString::fromLatin1(a) << QString::fromLatin1(b) << edits;
    };
    row("", "", 0);
    row("", "abc", 3);
    row("kitten", "sitting", 3);
    row("stauts", "status", 1);
    row("ca", "abc", 3);
    row("idle_seconds", "idel_seconds", 1);
    row("same", "same", 0);
}

void TstText::countsEdits()
{
    QFETCH(QString, a);
    QFETCH(QString, b);
    QFETCH(int, edits);
    QCOMPARE(static_cast<int>(editDistance(a.toStdString(), b.toStdString())), edits);
    QCOMPARE(static_cast<int>(editDistance(b.toStdString(), a.toStdString())), edits);
}

QTEST_GUILESS_MAIN(TstText)
#include "tst_text.moc"
