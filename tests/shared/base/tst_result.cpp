// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/result.h"

#include <QTest>

#include <memory>

using namespace orchestra;

class TstResult : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdsAValueOrAnError();
    void movesValuesThatCannotBeCopied();
    void passesTheValueOnOrTheError();
    void visitsEveryAlternative();
};

void TstResult::holdsAValueOrAnError()
{
    const Result<int> good = 7;
    QVERIFY(bool(good));
    QCOMPARE(*good, 7);
    const Result<std::string> bad = Error{Code::NotFound, "no such thread"};
    QVERIFY(!bad);
    QVERIFY(bad.error().code == Code::NotFound);
    QVERIFY(!bad.error().retryable && bad.error().pointer.empty() && !bad.error().retryAfterMs);
    const Status done = Ok();
    QVERIFY(bool(done));
}

void TstResult::movesValuesThatCannotBeCopied()
{
    Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
    QCOMPARE(**result, 7);
    const std::unique_ptr<int> taken = *std::move(result);
    QCOMPARE(*taken, 7);
}

void TstResult::passesTheValueOnOrTheError()
{
    const auto half = [](int value) -> Result<int> {
        if (value % 2 != 0)
            return Error{Code::Invalid, "odd"};
        return value / 2;
    };
    QCOMPARE(*Result<int>(12).andThen(half).andThen(half), 3);
    int calls = 0;
    const auto failed = Result<int>(6).andThen(half).andThen(half).andThen([&calls](int) -> Result<std::string> {
        ++calls;
        return std::string("never");
    });
    QVERIFY(!failed);
    QCOMPARE(failed.error().message, std::string("odd"));
    QCOMPARE(calls, 0);
}

void TstResult::visitsEveryAlternative()
{
    const std::variant<int, std::string> values[] = {3, std::string("four")};
    std::string seen;
    for (const auto &value : values)
        std::visit(Overload{[&](int number) { seen += std::to_string(number); },
                            [&](const std::string &text) { seen += text; }},
                   value);
    QCOMPARE(seen, std::string("3four"));
}

QTEST_GUILESS_MAIN(TstResult)
#include "tst_result.moc"
