// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/turn.h"
#include "server/providers/model_text_key.h"
#include "server/providers/ollama_stream.h"
#include "server/providers/openai_stream.h"

#include <QTest>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

using namespace orchestra;

namespace {

/// What anybody may have: text in every form that a program keeps it in.
template <class Made>
constexpr bool isMadeFromText =
    std::is_default_constructible_v<Made> || std::is_aggregate_v<Made> || std::is_constructible_v<Made, const char *> ||
    std::is_constructible_v<Made, std::string> || std::is_constructible_v<Made, std::string_view> ||
    std::is_constructible_v<Made, const char *, const char *> ||
    std::is_constructible_v<Made, std::string, std::string> ||
    std::is_constructible_v<Made, std::string_view, std::string_view> ||
    std::is_constructible_v<Made, std::string, std::shared_ptr<const std::string>>;

// The program does not compile when any of these becomes possible.
static_assert(!isMadeFromText<ModelText>, "only who holds a key makes a model's words");
static_assert(!isMadeFromText<ModelTextKey>, "only the readers of model streams hold a key");
static_assert(!isMadeFromText<ToolText>, "only a tool call makes a tool's words");
static_assert(!isMadeFromText<ReportText>, "only a template of the program makes a report");
static_assert(!std::is_constructible_v<ReportTemplate, std::string>, "what somebody has typed is no template");
static_assert(!std::is_constructible_v<ReportTemplate, const char *>, "nor is what was put together");
static_assert(!isMadeFromText<AnswerText>, "an answer is one of the three, never just text");

template <class Said>
constexpr bool canBeSaid = std::is_invocable_v<decltype(&Turn::say), Turn &, Said>;
static_assert(!canBeSaid<std::string> && !canBeSaid<const char *> && !canBeSaid<std::string_view>,
              "text that nobody answers for cannot reach a user as an answer");
template <class Said>
constexpr bool canBeAppended = std::is_invocable_v<decltype(&ModelText::append), ModelText &, Said>;
static_assert(!canBeAppended<std::string> && !canBeAppended<ReportText>, "nor be slipped into a model's words");
// The doors themselves are open to the right ones: the checks above do not hold for another reason.
static_assert(canBeSaid<ModelText> && canBeSaid<ToolText> && canBeSaid<ReportText>);
static_assert(canBeAppended<ModelText> && std::is_constructible_v<AnswerText, ModelText>);

std::vector<ModelText> textOf(const std::vector<ModelPiece> &pieces)
{
    std::vector<ModelText> texts;
    for (const ModelPiece &piece : pieces)
        if (const auto *text = std::get_if<ModelText>(&piece))
            texts.push_back(*text);
    return texts;
}

} // namespace

/// Who can make a model's words: nobody but a reader of a model's stream, out of what its server has sent.
class TstModelText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void carriesTheRequestOfItsServer()
    {
        std::vector<ModelPiece> pieces;
        OpenAiStream stream("request-7");
        QVERIFY(bool(stream.take("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n", pieces)));
        const auto texts = textOf(pieces);
        QCOMPARE(texts.size(), std::size_t(1));
        QCOMPARE(texts[0].text(), std::string("Hi"));
        QCOMPARE(texts[0].upstreamRequestId(), std::string("request-7"));
    }

    void isNeverJoinedWithAnothersWords()
    {
        std::vector<ModelPiece> pieces;
        for (const char *request : {"one", "two"}) {
            OpenAiStream stream(request);
            QVERIFY(bool(stream.take("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n", pieces)));
        }
        auto texts = textOf(pieces);
        QCOMPARE(texts.size(), std::size_t(2));
        QVERIFY(!texts[0].append(texts[1]));
        QCOMPARE(texts[0].text(), std::string("Hi"));
        const ModelText same = texts[0];
        QVERIFY(texts[0].append(same));
        QCOMPARE(texts[0].text(), std::string("HiHi"));
    }
};

QTEST_APPLESS_MAIN(TstModelText)
#include "tst_model_text.moc"
