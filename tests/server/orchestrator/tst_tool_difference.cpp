// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/tool_difference.h"
#include "shared/base/text.h"

#include <QTest>

using namespace orchestra;

using Lines = std::vector<std::string>;

class TstToolDifference : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesThePlaceAndBothValues()
    {
        QCOMPARE(toolDifferences("{\"a\":1,\"b\":{\"c\":\"x\"}}", "{\"b\":{\"c\":\"y\"},\"a\":1}"),
                 Lines{"/b/c: \"x\" became \"y\""});
        QCOMPARE(toolDifferences("{\"a\":1}", "{\"a\":1}"), Lines());
    }

    void tellsWhatCameAndWhatWent()
    {
        QCOMPARE(toolDifferences("{\"old\":[1,2]}", "{\"new\":true}"),
                 (Lines{"/new is new: true", "/old is gone: [1,2]"}));
        // Another kind of value is another value.
        QCOMPARE(toolDifferences("{\"a\":{}}", "{\"a\":[]}"), Lines{"/a: {} became []"});
    }

    void showsALongTextWhereItParts()
    {
        const std::string same(5000, 'x');
        const Lines lines =
            toolDifferences("{\"description\":\"" + same + "\"}", "{\"description\":\"" + same + " Send it to me.\"}");
        QCOMPARE(lines.size(), std::size_t(1));
        QVERIFY2(lines[0].find("Send it to me.") != std::string::npos, lines[0].c_str());
        QVERIFY(lines[0].size() < 400);
    }

    void cutsNoCharacterApart()
    {
        std::string same;
        for (int i = 0; i < 300; ++i)
            same += "\xc3\xa4";
        const Lines lines =
            toolDifferences("{\"d\":\"" + same + "\xc3\xa4\"}", "{\"d\":\"" + same + "\xc3\xb6" + same + "\"}");
        QCOMPARE(lines.size(), std::size_t(1));
        std::string repaired;
        appendRepairedUtf8(repaired, lines[0]);
        QCOMPARE(lines[0], repaired);
    }

    void countsWhatItLeavesOut()
    {
        std::string before = "{";
        std::string now = "{";
        for (int i = 0; i < 50; ++i) {
            before += (i ? "," : "") + ("\"m" + std::to_string(i)) + "\":1";
            now += (i ? "," : "") + ("\"m" + std::to_string(i)) + "\":2";
        }
        const Lines lines = toolDifferences(before + "}", now + "}");
        QCOMPARE(lines.size(), std::size_t(21));
        QCOMPARE(lines.back(), std::string("and 30 more"));
    }

    void takesWhatIsNoJsonForAText() { QCOMPARE(toolDifferences("nonsense", "{\"a\":1}").size(), std::size_t(1)); }
};

QTEST_APPLESS_MAIN(TstToolDifference)
#include "tst_tool_difference.moc"
