// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/ollama_stream.h"
#include "server/providers/openai_stream.h"
#include "shared/base/random.h"
#include "tests/server/providers/stream_reading.h"

#include <QTest>

using namespace orchestra;

namespace {

const std::string kOllama =
    "{\"model\":\"m\",\"created_at\":\"t\",\"message\":{\"content\":\"Gr\\u00fc\xc3\x9f\",\"thinking\":\"hm\"}}\n"
    "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"a\",\"arguments\":{\"x\":[1,null]}}}]},\"done\":false}\n"
    "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":3}\n";
const std::string kOpenAi =
    "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"Gr\\u00fc\xc3\x9f\"},\"finish_reason\":null}]}\r\n\r\n"
    ": keep-alive\n\n"
    "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"a\","
    "\"arguments\":\"{}\"}}]}}]}\n\n"
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n";

} // namespace

/// Streams of models with bytes changed, lost, doubled and put in, from a seed: nothing crashes, every failure has
/// words and no reading depends on how the bytes arrived.
class TstDamagedStreams : public QObject
{
    Q_OBJECT

private:
    static void damage(std::string &bytes, SeededRandom &random)
    {
        const std::uint64_t times = 1 + random.next() % 4;
        for (std::uint64_t i = 0; i < times && !bytes.empty(); ++i) {
            const std::size_t at = random.next() % bytes.size();
            switch (random.next() % 4) {
            case 0:
                bytes[at] = static_cast<char>(random.next());
                break;
            case 1:
                bytes.erase(at, 1 + random.next() % 20);
                break;
            case 2:
                bytes.insert(at, bytes.substr(random.next() % bytes.size(), random.next() % 40));
                break;
            default:
                bytes.insert(at, std::string("\0\r\n{}[]\"\\:,\xff", 12).substr(random.next() % 12, 1));
            }
        }
    }

private Q_SLOTS:
    void readsDamageTheSameHoweverItArrives_data()
    {
        QTest::addColumn<bool>("isOllama");
        QTest::newRow("ollama") << true;
        QTest::newRow("openai") << false;
    }
    void readsDamageTheSameHoweverItArrives()
    {
        QFETCH(bool, isOllama);
        const auto make = [isOllama]() -> std::unique_ptr<ModelStream> {
            if (isOllama)
                return std::make_unique<OllamaStream>();
            return std::make_unique<OpenAiStream>("request");
        };
        SeededRandom random(20261120);
        int failures = 0;
        constexpr int kRounds = 3000;
        for (int round = 0; round < kRounds; ++round) {
            std::string bytes = isOllama ? kOllama : kOpenAi;
            damage(bytes, random);
            const StreamReading whole = readStream(*make(), bytes, {bytes.size() + 1});
            for (const std::size_t size : {std::size_t(1), 1 + random.next() % 50, 1 + random.next() % 200})
                QVERIFY2(readStream(*make(), bytes, {size}) == whole, bytes.c_str());
            failures += whole.error.empty() ? 0 : 1;
        }
        QVERIFY(failures > kRounds / 4 && failures < kRounds);
    }
};

QTEST_GUILESS_MAIN(TstDamagedStreams)
#include "tst_damaged_streams.moc"
