// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hand_models.h"
#include "tests/support/hub_bench.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

const ConnectionKey kHttp{1, 500};

std::shared_ptr<CompletionOrder> order(std::string question, bool isStreamed = false)
{
    auto order = std::make_shared<CompletionOrder>();
    order->model = std::string(kAnyModel);
    order->request.messages.push_back({.role = ModelRole::User, .content = std::move(question)});
    order->isStreamed = isStreamed;
    return order;
}

struct Bench : HubBench
{
    HandModels models;

    Bench()
    {
        server->setModels(models);
        load();
    }
    std::uint64_t post(const std::shared_ptr<CompletionOrder> &order, const ConnectionKey &key = kHttp)
    {
        return call(key, PostCompletion{order, {}, {}}, {});
    }
    const Result<ApiBody> *reply(std::uint64_t call, const ConnectionKey &key = kHttp)
    {
        const auto found = seen[key].replies.find(call);
        return found == seen[key].replies.end() ? nullptr : &found->second;
    }
    void finish(ModelFinish end = {})
    {
        models.finish(std::move(end));
        settle();
    }
};

std::string wordsOf(const std::vector<ModelPiece> &pieces)
{
    std::string words;
    for (const ModelPiece &piece : pieces)
        if (const auto *text = std::get_if<ModelText>(&piece))
            words += text->text();
    return words;
}

} // namespace

/// Completions from the call of a client to its answer, with a model that the test plays.
class TstCompletionService : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsModelsUnderNamesThatCanBeAsked()
    {
        Bench t;
        const auto none = t.call(kHttp, ListModels{}, {});
        QVERIFY(std::get<ModelsBody>(**t.reply(none)).models.empty());
        t.models.offered = {{.server = "a", .info = {.name = "tiny"}},
                            {.server = "b", .info = {.name = "tiny"}},
                            {.server = "b", .info = {.name = "embedder", .canChat = false}}};
        const auto some = t.call(kHttp, ListModels{}, {});
        std::vector<std::string> ids;
        for (const ListedModel &model : std::get<ModelsBody>(**t.reply(some)).models)
            ids.push_back(model.id);
        QCOMPARE(ids, (std::vector<std::string>{"auto", "tiny", "b/tiny"}));
        const auto one = t.call(kHttp, GetModel{"b/tiny"}, {});
        QCOMPARE(std::get<ListedModel>(**t.reply(one)).owner, std::string("b"));
        const auto full = t.call(kHttp, GetModel{"a/tiny"}, {});
        QCOMPARE(std::get<ListedModel>(**t.reply(full)).id, std::string("tiny"));
        const auto missing = t.call(kHttp, GetModel{"embedder"}, {});
        QCOMPARE(t.reply(missing)->error().code, Code::NoModel);
        QCOMPARE(t.reply(missing)->error().pointer, std::string("/model"));
    }

    void answersAsAWhole()
    {
        Bench t;
        const auto asked = order("What is the sea?");
        asked->model = "local/m";
        asked->request.maxTokens = 7;
        const auto call = t.post(asked);
        QCOMPARE(t.models.asked.size(), std::size_t(1));
        QCOMPARE(*t.models.asked[0]->wish.model, std::string("local/m"));
        QCOMPARE(*t.models.asked[0]->request.maxTokens, std::uint64_t(7));
        // Nothing is added to what the client says.
        QCOMPARE(t.models.asked[0]->request.messages.size(), std::size_t(1));
        QCOMPARE(t.models.asked[0]->request.correlationId, std::string("corr"));
        t.models.say("It is ");
        t.models.say("wide.");
        QVERIFY(!t.reply(call));
        ModelFinish end;
        end.usage = wire::Usage{.promptTokens = 5, .completionTokens = 3};
        t.finish(end);
        const auto &body = std::get<CompletionBody>(**t.reply(call));
        QCOMPARE(wordsOf(body.said), std::string("It is wide."));
        QCOMPARE(body.head.model, std::string("m"));
        QCOMPARE(body.ending.usage.promptTokens, std::uint64_t(5));
        QVERIFY(!body.ending.usage.estimated);
        QCOMPARE(t.counters.apiRequests["openai http"], std::uint64_t(1));
        QCOMPARE(t.counters.turns["ok"], std::uint64_t(1));
        QCOMPARE(t.counters.syntheticAssistantContent, std::uint64_t(0));
    }

    void streamsFromTheFirstWordOn()
    {
        Bench t;
        const auto call = t.post(order("Sing!", true));
        QVERIFY(t.seen[kHttp].completionsBegun.empty());
        t.models.say("La ");
        t.models.say("la.");
        t.settle();
        const Seen &seen = t.seen[kHttp];
        QCOMPARE(seen.completionsBegun.size(), std::size_t(1));
        QCOMPARE(seen.completionsBegun[0].head.model, std::string("m"));
        QCOMPARE(seen.completionParts.size(), std::size_t(2));
        QCOMPARE(wordsOf(seen.completionParts[1].pieces), std::string("la."));
        QVERIFY(seen.completionsDone.empty());
        ModelFinish end;
        end.reason = FinishReason::Length;
        t.finish(end);
        QCOMPARE(seen.completionsDone.size(), std::size_t(1));
        QCOMPARE(seen.completionsDone[0].ending->reason, FinishReason::Length);
        QVERIFY(seen.completionsDone[0].ending->usage.estimated);
        QVERIFY(!t.reply(call));
    }

    void handsToolCallsOn()
    {
        Bench t;
        const auto asked = order("Is it raining?", true);
        asked->request.tools.push_back({"weather", "", {"{}"}});
        t.post(asked);
        QVERIFY(t.models.asked[0]->wish.needsTools);
        ModelFinish end;
        end.reason = FinishReason::ToolCalls;
        end.toolCalls = {{"c1", "weather", "{\"place\":\"here\"}", true}};
        t.finish(end);
        QCOMPARE(t.seen[kHttp].completionsBegun.size(), std::size_t(1));
        const auto &done = t.seen[kHttp].completionsDone.at(0);
        QVERIFY(done.ending->toolCalls == end.toolCalls);
        QCOMPARE(done.ending->reason, FinishReason::ToolCalls);
        // Asked once: what becomes of the call is the client's.
        QCOMPARE(t.models.asked.size(), std::size_t(1));
    }

    void keepsEachExchangeInItsConversation()
    {
        Bench t;
        const auto first = order("Hello");
        t.post(first);
        t.models.say("Good day.");
        t.finish();
        const auto second = order("Hello");
        second->request.messages.push_back({.role = ModelRole::Assistant, .content = "Good day."});
        second->request.messages.push_back({.role = ModelRole::User, .content = "And then?"});
        t.post(second);
        t.models.say("Good night.");
        t.finish();
        t.post(order("Hello")); // another conversation
        t.models.say("Good day.");
        t.finish();
        const auto listed = t.call({1, 600}, ListThreads{}, {});
        const auto &threads = std::get<ThreadsBody>(*t.seen[{1, 600}].replies.at(listed)).threads;
        QCOMPARE(threads.size(), std::size_t(2));
        std::vector<std::uint64_t> counts{threads[0].messages, threads[1].messages};
        std::ranges::sort(counts);
        QCOMPARE(counts, (std::vector<std::uint64_t>{2, 4}));
    }

    void answersAnyNumberAtOnce()
    {
        Bench t;
        t.limits.messageBurst = 100;
        std::vector<std::uint64_t> calls;
        for (std::uint64_t i = 0; i < 12; ++i)
            calls.push_back(t.post(order("Hello"), {1, 700 + i}));
        QCOMPARE(t.models.asked.size(), std::size_t(12));
        // Two answers to what was said in one conversation.
        t.models.say("Yes?");
        t.finish();
        const auto follow = order("Hello");
        follow->request.messages.push_back({.role = ModelRole::Assistant, .content = "Yes?"});
        follow->request.messages.push_back({.role = ModelRole::User, .content = "Listen!"});
        t.post(follow, {1, 800});
        t.post(follow, {1, 801});
        QCOMPARE(t.models.asked.size(), std::size_t(14));
    }

    void takesNoCommands()
    {
        Bench t;
        t.post(order("/status please"));
        QCOMPARE(t.models.asked.size(), std::size_t(1));
        QCOMPARE(t.models.asked[0]->request.messages[0].content, std::string("/status please"));
        QVERIFY(t.runner.turns.empty());
        QCOMPARE(t.counters.commands, std::uint64_t(0));
    }

    void tellsAFailureBeforeTheFirstWordAsAnAnswer()
    {
        Bench t;
        const auto call = t.post(order("Sing!", true));
        Error busy{Code::ProviderUnavailable, "too much to do", true};
        busy.retryAfterMs = 7000;
        t.models.fail(busy);
        t.settle();
        QVERIFY(t.seen[kHttp].completionsBegun.empty());
        QCOMPARE(t.reply(call)->error().code, Code::ProviderUnavailable);
        QCOMPARE(*t.reply(call)->error().retryAfterMs, std::int64_t(7000));
        QCOMPARE(t.counters.turns["error"], std::uint64_t(1));
    }

    void tellsWhichModelThereIsNot()
    {
        Bench t;
        const auto asked = order("Sing!");
        asked->model = "nobody";
        const auto named = t.post(asked);
        t.models.fail({Code::NoModel, "There is no model called nobody."});
        t.settle();
        QCOMPARE(t.reply(named)->error().pointer, std::string("/model"));
        const auto any = t.post(order("Sing!"));
        t.models.fail({Code::NoModel, "There is no model server."});
        t.settle();
        QVERIFY(t.reply(any)->error().pointer.empty());
    }

    void tellsAFailureInTheMiddleAsTheEndOfTheStream()
    {
        Bench t;
        const auto call = t.post(order("Sing!", true));
        t.models.say("La ");
        t.models.fail(Error{Code::ProviderError, "the answer broke off", true});
        t.settle();
        QVERIFY(!t.reply(call));
        const auto &done = t.seen[kHttp].completionsDone.at(0);
        QVERIFY(!done.ending);
        QCOMPARE(done.ending.error().code, Code::ProviderError);
    }

    void endsTheCallOfAClientThatGoesAway()
    {
        Bench t;
        const auto call = t.post(order("Sing!", true));
        t.models.say("La ");
        t.settle();
        QVERIFY(t.models.asked[0]->listener);
        t.send(ApiAborted{kHttp, call});
        QVERIFY(!t.models.asked[0]->listener);
        t.settle();
        QVERIFY(t.seen[kHttp].completionsDone.empty());
        QCOMPARE(t.counters.turns["cancelled"], std::uint64_t(1));
        t.send(ApiAborted{kHttp, call}); // twice does no harm
    }

    void asksNoModelForAClientThatHasGoneMeanwhile()
    {
        Bench t;
        ApiCall call;
        call.connection = kHttp;
        call.call = 77;
        call.peer.isLoopback = true;
        call.userName = "ann";
        call.request = PostCompletion{order("Sing!"), {}, {}};
        call.receivedAt = t.clock.now();
        t.send(std::move(call)); // on its way to the store
        t.send(ApiAborted{kHttp, 77});
        t.settle();
        QVERIFY(t.models.asked.empty());
        QVERIFY(t.seen[kHttp].replies.empty());
    }

    void endsWithItsTask()
    {
        Bench t;
        const auto whole = t.post(order("Sing!"));
        t.server->interruptTasks();
        t.settle();
        QVERIFY(!t.models.asked[0]->listener);
        QCOMPARE(t.reply(whole)->error().code, Code::Interrupted);
        t.server->beginDrain("test");
        const auto late = t.post(order("Sing!"));
        QCOMPARE(t.reply(late)->error().code, Code::Draining);
    }

    void refusesTooManyMessagesAndTools()
    {
        Bench t;
        t.limits.completionMessages = 1;
        t.limits.completionTools = 0;
        const auto many = order("one");
        many->request.messages.push_back({.role = ModelRole::User, .content = "two"});
        const auto messages = t.post(many);
        QCOMPARE(t.reply(messages)->error().pointer, std::string("/messages"));
        const auto armed = order("one");
        armed->request.tools.push_back({"f", "", {"{}"}});
        const auto tools = t.post(armed);
        QCOMPARE(t.reply(tools)->error().pointer, std::string("/tools"));
        const auto silent = t.post(order(" "));
        QCOMPARE(t.reply(silent)->error().pointer, std::string("/messages"));
        QVERIFY(t.models.asked.empty());
    }

    void takesTheKeyOfAClientThatNeedsNone()
    {
        Bench t;
        HubBench::Door door;
        door.token = "sk-whatever";
        const auto free = t.call(kHttp, ListModels{}, door);
        QVERIFY(*t.reply(free));
        door.token = "ork_nonsense"; // one of ours that is not good is not forgiven
        const auto ours = t.call(kHttp, ListModels{}, door);
        t.advance(2s);
        QCOMPARE(t.reply(ours)->error().code, Code::Unauthenticated);
        const std::string good = t.addToken("ann", Role::Client);
        t.load();
        door.token = "sk-whatever";
        const auto closed = t.call(kHttp, ListModels{}, door);
        t.advance(2s);
        QCOMPARE(t.reply(closed)->error().code, Code::Unauthenticated);
        door.token = good;
        const auto known = t.call(kHttp, ListModels{}, door);
        QVERIFY(*t.reply(known));
    }
};

QTEST_APPLESS_MAIN(TstCompletionService)
#include "tst_completion_service.moc"
