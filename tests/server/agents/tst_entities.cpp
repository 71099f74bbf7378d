// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/entities.h"
#include "shared/base/random.h"

#include <QTest>

#include <string>

using namespace orchestra;

namespace {

const KnownNames &names()
{
    static const KnownNames kNames{
        .flags = {"v2_api", "new_router", "swarm-mode", "redis"},
        .breakers = {"ollama", "openai", "redis", "mcp-search"},
        .users = {"alice", "bob", "maria.lopez", "marie"},
    };
    return kNames;
}

/// Entities as text: kind=value, with a question mark when it is not exact.
std::string described(std::string_view text)
{
    static constexpr std::array<const char *, 12> kKinds = {"flag", "breaker", "user",     "percent", "switch", "state",
                                                            "id",   "number",  "duration", "address", "quoted", "all"};
    std::string out;
    for (const Entity &entity : findEntities(text, names())) {
        out += out.empty() ? "" : " ";
        out += kKinds[static_cast<std::size_t>(entity.kind)];
        out += entity.exact ? "=" : "~";
        out += entity.value.empty() ? std::to_string(static_cast<int>(entity.number)) : entity.value;
    }
    return out;
}

} // namespace

class TstEntities : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsWhatATextNames_data();
    void findsWhatATextNames();
    void saysWhereEachStands();
    void findsTheFirstOfAKind();
    void refusesToGuessBetweenTwoNames();
    void takesAnyBytes();
};

void TstEntities::findsWhatATextNames_data()
{
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *text, const char *expected) { QTest::newRow(text) << QString::fromUtf8(expected); };
    row("", "");
    row("how are you", "");
    row("set v2_api to 25%", "flag=v2_api percent=25");
    row("put the V2 API at 30 percent", "flag=v2_api percent=30");
    row("v2-api=off", "flag=v2_api switch=off");
    row("turn on new router", "switch=on flag=new_router");
    row("turn new_router on", "flag=new_router switch=on");
    row("enable swarm mode for alice", "switch=on flag=swarm-mode user=alice");
    row("swarm_mode on please", "flag=swarm-mode switch=on");
    row("roll new_router out to half of the users", "flag=new_router percent=50");
    row("enable v2_apu", "switch=on flag~v2_api");
    row("set new_ruoter to 300%", "flag~new_router percent=100");
    row("disable unknown_flag", "switch=off state=disabled id=unknown_flag");
    row("force ollama open for 15 minutes", "breaker=ollama state=open duration=900");
    row("force olama closed", "breaker~ollama state=closed");
    row("open the mcp search breaker 10m", "state=open breaker=mcp-search duration=600");
    row("put openai to half-open for half an hour", "breaker=openai state=half_open duration=1800");
    row("set openai to metrics only", "breaker=openai state=metrics_only");
    row("reset ollama", "state=automatic breaker=ollama");
    row("clear the override of ollama", "state=automatic breaker=ollama");
    row("check redis", "flag=redis breaker=redis");
    row("kick alice and bob", "user=alice user=bob");
    row("disconnect @Alice!", "user=alice");
    row("close alice's socket", "state=closed user=alice");
    row("what did maria lopez say", "user=maria.lopez");
    row("log alcie out", "user~alice");
    row("bo", "");
    row("cancel task 42", "id=42");
    row("cancel t-4821", "id=t-4821");
    row("cancel all tasks", "all=all");
    row("close 4 connections from 10.0.0.4", "state=closed number=4 address=10.0.0.4");
    row("find \"rate limit\" in my messages", "quoted=rate limit");
    row("find \"v2_api\"", "quoted=v2_api flag=v2_api");
    row("p95 over the last 15m", "id=p95");
    row("errors 10 minutes ago", "number=10");
    row("keep it open for an hour", "state=open duration=3600");
    row("based on redis", "flag=redis breaker=redis");
}

void TstEntities::findsWhatATextNames()
{
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(described(QTest::currentDataTag())), expected);
}

void TstEntities::saysWhereEachStands()
{
    const std::string text = "please set New Router to 5 % for alice";
    const auto entities = findEntities(text, names());
    QCOMPARE(entities.size(), std::size_t{3});
    QCOMPARE(text.substr(entities[0].offset, entities[0].length), std::string("New Router"));
    QCOMPARE(text.substr(entities[1].offset, entities[1].length), std::string("5 %"));
    QCOMPARE(text.substr(entities[2].offset, entities[2].length), std::string("alice"));
}

void TstEntities::findsTheFirstOfAKind()
{
    const auto entities = findEntities("kick bob, not alice", names());
    QCOMPARE(firstOf(entities, EntityKind::User)->value, std::string("bob"));
    QCOMPARE(firstOf(entities, EntityKind::Flag), nullptr);
}

void TstEntities::refusesToGuessBetweenTwoNames()
{
    const KnownNames similar{.flags = {"new_router_a", "new_router_b"}, .breakers = {}, .users = {}};
    QVERIFY(firstOf(findEntities("enable new_router_c", similar), EntityKind::Flag) == nullptr);
    QCOMPARE(firstOf(findEntities("enable new_router_b", similar), EntityKind::Flag)->value,
             std::string("new_router_b"));
    QCOMPARE(described("kick mariee"), std::string("user~marie"));
}

void TstEntities::takesAnyBytes()
{
    SeededRandom random(21);
    for (int i = 0; i < 3000; ++i) {
        std::string bytes(random.next() % 200, '\0');
        for (char &byte : bytes)
            byte = random.next() % 3 == 0 ? ' ' : static_cast<char>(random.next());
        for (const Entity &entity : findEntities(bytes, names()))
            QVERIFY(entity.length > 0 && entity.offset + entity.length <= bytes.size());
    }
    (void)findEntities(std::string(1'000'000, '1'), names());
    (void)findEntities(std::string(1'000'000, '"'), names());
}

QTEST_GUILESS_MAIN(TstEntities)
#include "tst_entities.moc"
