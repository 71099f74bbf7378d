// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/agent_settings.h"
#include "server/app/config_schema.h"

#include <QTest>

using namespace orchestra;

class TstAgentSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Each key reaches the rule that it is about, and the built-in value of both is the same.
    void bringsEachKeyToItsRule()
    {
        const ConfigSchema schema;
        Config config;
        const auto set = [&](const char *name, std::int64_t value) {
            const ConfigKey *key = schema.find(name);
            QVERIFY2(key && ConfigSchema::assign(*key, value, config), name);
        };
        QCOMPARE(assistantRules(config).steps, AssistantRules().steps);
        QCOMPARE(assistantRules(config).toolCalls, AssistantRules().toolCalls);
        QCOMPARE(assistantRules(config).turnTokens, AssistantRules().turnTokens);
        QCOMPARE(assistantRules(config).answerTokens, AssistantRules().answerTokens);
        QCOMPARE(swarmRules(config).fanOut, SwarmRules().fanOut);
        QCOMPARE(swarmRules(config).depth, SwarmRules().depth);
        QCOMPARE(swarmRules(config).workers, SwarmRules().workers);
        QCOMPARE(swarmRules(config).tokens, SwarmRules().tokens);
        QCOMPARE(memoryRules(config).most, MemoryRules().most);
        QCOMPARE(memoryRules(config).bytes, MemoryRules().bytes);
        QCOMPARE(memoryRules(config).recalled, MemoryRules().recalled);
        QCOMPARE(assistantRules(config).identicalCalls, AssistantRules().identicalCalls);
        QCOMPARE(assistantRules(config).toolResultBytes, AssistantRules().toolResultBytes);
        QCOMPARE(assistantRules(config).selfCheck.within, SelfCheckRules().within);
        QCOMPARE(assistantRules(config).selfCheck.tokens, SelfCheckRules().tokens);
        QVERIFY(!assistantRules(config).selfCheck.isOn);
        set("agents.identical_calls", 1);
        set("agents.tool_result_bytes", 999);
        set("agents.self_check_tokens", 99);
        config.agents.selfCheck = true;
        config.agents.selfCheckWithin = std::chrono::seconds(3);
        QCOMPARE(assistantRules(config).identicalCalls, std::size_t(1));
        QCOMPARE(assistantRules(config).toolResultBytes, std::size_t(999));
        QCOMPARE(assistantRules(config).selfCheck.tokens, std::uint64_t(99));
        QVERIFY(assistantRules(config).selfCheck.isOn);
        QCOMPARE(assistantRules(config).selfCheck.within, std::chrono::milliseconds(3000));
        set("agents.steps", 3);
        set("agents.tool_calls", 4);
        set("agents.turn_tokens", 5000);
        set("agents.answer_tokens", 600);
        set("agents.swarm_fan_out", 7);
        set("agents.swarm_depth", 1);
        set("agents.swarm_workers", 9);
        set("agents.swarm_tokens", 10000);
        set("agents.memories", 11);
        set("agents.memory_bytes", 120);
        set("agents.recalled", 13);
        QCOMPARE(assistantRules(config).steps, std::size_t(3));
        QCOMPARE(assistantRules(config).toolCalls, std::size_t(4));
        QCOMPARE(assistantRules(config).turnTokens, std::uint64_t(5000));
        QCOMPARE(assistantRules(config).answerTokens, std::uint64_t(600));
        QCOMPARE(swarmRules(config).fanOut, std::size_t(7));
        QCOMPARE(swarmRules(config).depth, std::size_t(1));
        QCOMPARE(swarmRules(config).workers, std::size_t(9));
        QCOMPARE(swarmRules(config).tokens, std::uint64_t(10000));
        QCOMPARE(memoryRules(config).most, std::size_t(11));
        QCOMPARE(memoryRules(config).bytes, std::size_t(120));
        QCOMPARE(memoryRules(config).recalled, std::size_t(13));
    }

    void knowsTheModesByTheirNames()
    {
        const ConfigSchema schema;
        Config config;
        const ConfigKey *key = schema.find("agents.mode");
        QVERIFY(key && ConfigSchema::assign(*key, std::string("quality"), config));
        QCOMPARE(config.agents.mode, wire::ExecutionMode::Quality);
        QVERIFY(!ConfigSchema::assign(*key, std::string("best"), config));
    }
};

QTEST_GUILESS_MAIN(TstAgentSettings)
#include "tst_agent_settings.moc"
