// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/docs_index.h"
#include "server/agents/markdown_blocks.h"
#include "server/agents/shipped_docs.h"
#include "shared/base/random.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

using namespace orchestra;

namespace {

const char *const kGuide = R"(# Running the server

Starts with `orchestrad --port 8700`.

## Draining

A drain stops new work; running tasks end within 30 s,
then connections are closed with 1001.

- Press Ctrl+C once to drain.
- Press it twice to stop at once.

## Close codes

| code | meaning |
|---|---|
| 4101 | the reader was too slow |
| 4203 | idle for too long |

### Retrying

`FrameSocket` and drain_timeout are explained elsewhere. See NO_MODEL.

```
# not a heading
drain --now
```

## Empty section
)";

DocsIndex guide()
{
    return DocsIndex(
        {{"guide.md", kGuide}, {"adr/0001-one.md", "# One writer\n\nState has one owner, so no locks.\n"}});
}

DocsIndex oneFile(const std::string &file, const std::string &text)
{
    std::vector<Document> documents;
    documents.push_back({file, text});
    return DocsIndex(std::move(documents));
}

std::string first(std::string_view query)
{
    const auto hits = guide().search(query, 1);
    return hits.empty() ? "none" : hits[0].file + ':' + std::to_string(hits[0].line) + ' ' + hits[0].headings;
}

} // namespace

class TstDocsIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splitsMarkdownIntoBlocks();
    void readsUnderlinedHeadings();
    void findsTheRightPlace_data();
    void findsTheRightPlace();
    void quotesVerbatim();
    void cutsLongExcerptsNearTheMatch();
    void citesEachSectionOnce();
    void saysHowMuchOfTheQueryIsCovered();
    void prefersTheBlockThatHoldsEverything();
    void findsNothingInNothing();
    void takesAnyText();
    void shipsTheDocumentation();
};

void TstDocsIndex::splitsMarkdownIntoBlocks()
{
    std::vector<std::string> lines;
    const std::string text = kGuide;
    for (const MarkdownBlock &block : markdownBlocks(text))
        lines.push_back(std::to_string(block.line) + '/' + std::to_string(block.headingLine) + ' ' +
                        block.headings.back() + ": " + text.substr(block.offset, block.length));
    const std::vector<std::string> expected = {
        "3/1 Running the server: Starts with `orchestrad --port 8700`.",
        "7/5 Draining: A drain stops new work; running tasks end within 30 s,\nthen connections are closed with 1001.",
        "10/5 Draining: - Press Ctrl+C once to drain.",
        "11/5 Draining: - Press it twice to stop at once.",
        "15/13 Close codes: | code | meaning |",
        "17/13 Close codes: | 4101 | the reader was too slow |",
        "18/13 Close codes: | 4203 | idle for too long |",
        "22/20 Retrying: `FrameSocket` and drain_timeout are explained elsewhere. See NO_MODEL.",
        "24/20 Retrying: ```\n# not a heading\ndrain --now\n```",
        "29/29 Empty section: ## Empty section",
    };
    QCOMPARE(lines, expected);
}

void TstDocsIndex::readsUnderlinedHeadings()
{
    const auto blocks = markdownBlocks("Title\n=====\r\n\r\ntext\r\n\nPart\n----\nmore\n<!-- not\nthis -->\n---\nlast");
    QCOMPARE(blocks.size(), std::size_t{3});
    QCOMPARE(blocks[0].headings, std::vector<std::string>{"Title"});
    QCOMPARE(blocks[1].headings, (std::vector<std::string>{"Title", "Part"}));
    QCOMPARE(blocks[2].line, std::size_t{12});
}

void TstDocsIndex::findsTheRightPlace_data()
{
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *query, const char *expected) {
        QTest::newRow(query) << QString::fromUtf8(expected);
    };
    row("what does close code 4101 mean", "guide.md:17 Running the server > Close codes");
    row("slow readers", "guide.md:17 Running the server > Close codes");
    row("how do I drain with Ctrl+C", "guide.md:10 Running the server > Draining");
    row("how does draining work", "guide.md:10 Running the server > Draining");
    row("drian runing taks", "guide.md:7 Running the server > Draining");
    row("frame socket", "guide.md:22 Running the server > Close codes > Retrying");
    row("FrameSocket", "guide.md:22 Running the server > Close codes > Retrying");
    row("drain timeout", "guide.md:22 Running the server > Close codes > Retrying");
    row("NO_MODEL", "guide.md:22 Running the server > Close codes > Retrying");
    row("why are there no locks", "adr/0001-one.md:3 One writer");
    row("empty section", "guide.md:29 Running the server > Empty section");
    row("bananas", "none");
    row("", "none");
    row("?!", "none");
}

void TstDocsIndex::findsTheRightPlace()
{
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(first(QTest::currentDataTag())), expected);
}

void TstDocsIndex::quotesVerbatim()
{
    const std::string text = kGuide;
    for (const char *query : {"drain", "code", "port", "model timeout", "reader idle"}) {
        for (const DocsHit &hit : guide().search(query, 10)) {
            if (hit.file != "guide.md")
                continue;
            const std::size_t at = text.find(hit.excerpt);
            QVERIFY2(at != std::string::npos, hit.excerpt.c_str());
            QCOMPARE(static_cast<std::size_t>(
                         std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
                         1,
                     hit.line);
        }
    }
}

void TstDocsIndex::cutsLongExcerptsNearTheMatch()
{
    std::string text = "# Long\n\n";
    for (int i = 0; i < 40; ++i)
        text += "line " + std::to_string(i) + " says nothing of note, like so many others\n";
    text += "here at last stands the zebra \xc3\xa4\xc3\xb6\xc3\xbc and then some more words follow\n";
    const auto hits = oneFile("long.md", text).search("zebra", 1);
    QCOMPARE(hits.size(), std::size_t{1});
    QVERIFY(hits[0].excerpt.starts_with("here at last stands the zebra"));
    QCOMPARE(hits[0].line, std::size_t{43});
    const auto other = oneFile("long.md", text).search("line nothing", 1);
    QVERIFY(other[0].excerpt.size() <= 400 && text.find(other[0].excerpt) != std::string::npos);
    QCOMPARE(other[0].line, std::size_t{3});
}

void TstDocsIndex::citesEachSectionOnce()
{
    const auto hits = guide().search("drain", 10);
    QVERIFY(hits.size() >= 2);
    for (std::size_t i = 0; i < hits.size(); ++i) {
        for (std::size_t j = i + 1; j < hits.size(); ++j)
            QVERIFY(hits[i].file != hits[j].file || hits[i].headings != hits[j].headings);
        QVERIFY(i == 0 || hits[i - 1].score >= hits[i].score);
    }
    QCOMPARE(guide().search("drain", 1).size(), std::size_t{1});
    QVERIFY(guide().search("drain", 0).empty());
}

void TstDocsIndex::saysHowMuchOfTheQueryIsCovered()
{
    QCOMPARE(guide().search("slow reader", 1)[0].coverage, 1.0);
    const double partly = guide().search("slow zeppelins", 1)[0].coverage;
    QVERIFY(partly > 0 && partly < 0.6);
}

void TstDocsIndex::prefersTheBlockThatHoldsEverything()
{
    const DocsIndex index({{"a.md", "# A\n\nbackup backup backup backup\n"}, {"b.md", "# B\n\nrestore the backup\n"}});
    QCOMPARE(index.search("restore a backup", 2)[0].file, std::string("b.md"));
}

void TstDocsIndex::findsNothingInNothing()
{
    QVERIFY(DocsIndex({}).search("anything at all", 5).empty());
    QVERIFY(oneFile("empty.md", "").search("empty", 5).empty());
    QCOMPARE(oneFile("empty.md", "\n\n---\n").blockCount(), std::size_t{0});
}

void TstDocsIndex::takesAnyText()
{
    SeededRandom random(4);
    static constexpr std::string_view kBytes = "# -*|`~=\n\n<!->ab_C9\xc3\xa4\xff";
    for (int i = 0; i < 2000; ++i) {
        std::string text(random.next() % 200, '\0');
        for (char &byte : text)
            byte = kBytes[random.next() % kBytes.size()];
        const DocsIndex index = oneFile("x.md", text);
        for (const DocsHit &hit : index.search(text, 3))
            QVERIFY(text.find(hit.excerpt) != std::string::npos);
    }
}

void TstDocsIndex::shipsTheDocumentation()
{
    std::size_t files = 0;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(DOCS_DIR))
        files += entry.path().extension() == ".md" ? 1 : 0;
    std::vector<Document> documents = shippedDocuments();
    QCOMPARE(documents.size(), files);
    const auto begin = std::chrono::steady_clock::now();
    const DocsIndex index(std::move(documents));
    const auto built = std::chrono::steady_clock::now();
    const auto hits = index.search("how does the circuit breaker decide to open", 3);
    const auto searched = std::chrono::steady_clock::now();
    std::printf("%zu files, %zu blocks, built in %.2f ms, searched in %.1f us\n", files, index.blockCount(),
                std::chrono::duration<double, std::milli>(built - begin).count(),
                std::chrono::duration<double, std::micro>(searched - built).count());
    for (const DocsHit &hit : hits)
        std::printf("  %.2f %.2f %s:%zu %s\n", hit.score, hit.coverage, hit.file.c_str(), hit.line,
                    hit.headings.c_str());
    QVERIFY(files == 0 || !hits.empty());
}

QTEST_GUILESS_MAIN(TstDocsIndex)
#include "tst_docs_index.moc"
