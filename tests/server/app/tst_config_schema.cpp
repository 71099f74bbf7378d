// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/config_schema.h"

#include <QTest>

#include <cmath>
#include <set>

using namespace orchestra;

namespace {

/// A legal value that differs from the default.
ConfigValue otherValue(const ConfigKey &key)
{
    const ConfigValue present = key.read(Config{});
    switch (key.kind) {
    case ConfigKind::Boolean:
        return !std::get<bool>(present);
    case ConfigKind::Integer: {
        const auto least = static_cast<std::int64_t>(key.least);
        return std::get<std::int64_t>(present) == least ? least + 1 : least;
    }
    case ConfigKind::Number:
        return std::get<double>(present) == key.least ? key.most : key.least;
    case ConfigKind::Choice:
        return std::get<std::string>(present) == key.choices.front() ? key.choices.back() : key.choices.front();
    case ConfigKind::List:
        return std::vector<std::string>{"one", "two"};
    case ConfigKind::Text:
    case ConfigKind::Path:
        break;
    }
    return std::string("other");
}

} // namespace

class TstConfigSchema : public QObject
{
    Q_OBJECT

    const ConfigSchema schema_;

private Q_SLOTS:
    void namesEachKeyOnceWithADescription()
    {
        std::set<std::string> names;
        for (const ConfigKey &key : schema_.keys()) {
            QVERIFY2(names.insert(key.name).second, key.name.c_str());
            QCOMPARE(std::count(key.name.begin(), key.name.end(), '.'), 1);
            QVERIFY2(!key.description.empty(), key.name.c_str());
        }
        QVERIFY(names.size() > 30);
    }

    void acceptsEveryDefault()
    {
        for (const ConfigKey &key : schema_.keys()) {
            Config config;
            QVERIFY2(ConfigSchema::assign(key, key.read(config), config), key.name.c_str());
            QVERIFY2(config == Config{}, key.name.c_str());
        }
    }

    void bindsEachKeyToAFieldOfItsOwn()
    {
        for (const ConfigKey &key : schema_.keys()) {
            Config config;
            QVERIFY2(ConfigSchema::assign(key, otherValue(key), config), key.name.c_str());
            QVERIFY2(key.read(config) == otherValue(key), key.name.c_str());
            for (const ConfigKey &neighbour : schema_.keys()) {
                if (neighbour.name != key.name)
                    QVERIFY2(neighbour.read(config) == neighbour.read(Config{}),
                             (key.name + " / " + neighbour.name).c_str());
            }
        }
    }

    void refusesWhatIsJustOutsideTheRange()
    {
        for (const ConfigKey &key : schema_.keys()) {
            if (key.kind != ConfigKind::Integer && key.kind != ConfigKind::Number)
                continue;
            Config config;
            for (const double number : {key.least - 1, key.most + 1}) {
                const ConfigValue value = key.kind == ConfigKind::Integer
                                              ? ConfigValue(static_cast<std::int64_t>(number))
                                              : ConfigValue(number);
                QVERIFY2(!ConfigSchema::assign(key, value, config), key.name.c_str());
            }
            QVERIFY2(config == Config{}, key.name.c_str());
        }
    }

    void refusesAValueOfAnotherKind()
    {
        Config config;
        QVERIFY(!ConfigSchema::assign(*schema_.find("server.port"), std::string("8700"), config));
        QVERIFY(!ConfigSchema::assign(*schema_.find("server.port"), 8700.0, config));
        QVERIFY(!ConfigSchema::assign(*schema_.find("server.insecure_http"), std::int64_t{1}, config));
        QVERIFY(!ConfigSchema::assign(*schema_.find("server.hosts"), std::string("a"), config));
        QVERIFY(!ConfigSchema::assign(*schema_.find("server.address"), true, config));
        QVERIFY(!ConfigSchema::assign(*schema_.find("log.level"), std::string("loud"), config));
        QCOMPARE(config, Config{});
    }

    void takesWholeNumbersForFractions()
    {
        Config config;
        QVERIFY(ConfigSchema::assign(*schema_.find("limits.idle_seconds"), std::int64_t{7}, config));
        QCOMPARE(config.limits.idle, std::chrono::milliseconds(7000));
        QVERIFY(ConfigSchema::assign(*schema_.find("limits.idle_seconds"), 0.25, config));
        QCOMPARE(config.limits.idle, std::chrono::milliseconds(250));
        QVERIFY(!ConfigSchema::assign(*schema_.find("limits.idle_seconds"), std::nan(""), config));
    }

    void parsesPlainText()
    {
        const auto parse = [this](std::string_view key, std::string_view text) {
            return ConfigSchema::parse(*schema_.find(key), text);
        };
        QCOMPARE(parse("server.port", "0"), ConfigValue(std::int64_t{0}));
        QVERIFY(!parse("server.port", ""));
        QVERIFY(!parse("server.port", "80x"));
        QVERIFY(!parse("server.port", " 80"));
        QVERIFY(!parse("server.port", "99999999999999999999"));
        QCOMPARE(parse("limits.message_burst", "2.5"), ConfigValue(2.5));
        QCOMPARE(parse("server.insecure_http", "true"), ConfigValue(true));
        QVERIFY(!parse("server.insecure_http", "yes"));
        QCOMPARE(parse("server.hosts", " a.org, b.org ,,"), ConfigValue(std::vector<std::string>{"a.org", "b.org"}));
        QCOMPARE(parse("server.hosts", ""), ConfigValue(std::vector<std::string>{}));
        QCOMPARE(parse("server.address", "::1"), ConfigValue(std::string("::1")));
    }

    void writesValuesAsToml()
    {
        QCOMPARE(ConfigSchema::format(true), std::string("true"));
        QCOMPARE(ConfigSchema::format(std::int64_t{42}), std::string("42"));
        QCOMPARE(ConfigSchema::format(0.5), std::string("0.5"));
        QCOMPARE(ConfigSchema::format(300.0), std::string("300"));
        QCOMPARE(ConfigSchema::format(std::string("a\"b\\c\n")), std::string("\"a\\\"b\\\\c\\u000a\""));
        QCOMPARE(ConfigSchema::format(std::vector<std::string>{"a", "b"}), std::string("[\"a\", \"b\"]"));
    }

    void guessesTheKeyThatWasMeant()
    {
        QCOMPARE(schema_.nearest("server.prot"), std::string("server.port"));
        QCOMPARE(schema_.nearest("limit.max_connections"), std::string("limits.max_connections"));
        QCOMPARE(schema_.nearest("port"), std::string("server.port"));
        QCOMPARE(schema_.nearest("retention.message_bytes"), std::string("limits.message_bytes"));
        QCOMPARE(schema_.nearest("SERVER.PORT"), std::string("server.port"));
        QCOMPARE(schema_.nearest("completely.different_thing"), std::string());
    }

    void pairsOnlySecretsWithAFile()
    {
        const ConfigKey *secret = schema_.findSecretFile("server.tls_key_password_file");
        QVERIFY(secret != nullptr);
        QVERIFY(secret->secret);
        QVERIFY(schema_.findSecretFile("server.address_file") == nullptr);
        QVERIFY(schema_.findSecretFile("_file") == nullptr);
    }
};

QTEST_APPLESS_MAIN(TstConfigSchema)
#include "tst_config_schema.moc"
