// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/error_table.h"

#include "shared/base/text.h"

#include <QTest>

#include <set>

using namespace orchestra;

class TstErrorTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsEveryCodeByItsWireName();
    void refusesNamesThatAreNotOnTheWire();
    void givesEachCodeItsOwnNameAndLabel();
    void keepsTheStatusesOfTheProtocol();
    void keepsTheCloseCodesOfTheProtocol();
    void takesTheAdviceOnRetryingFromTheTable();
};

void TstErrorTable::findsEveryCodeByItsWireName()
{
    for (const ErrorRow &row : kErrorTable) {
        QCOMPARE(codeFromName(row.name), std::optional(row.code));
        QCOMPARE(errorRow(row.code).name, row.name);
    }
}

void TstErrorTable::refusesNamesThatAreNotOnTheWire()
{
    QVERIFY(!codeFromName(""));
    QVERIFY(!codeFromName("no_model"));
    QVERIFY(!codeFromName("NO_MODEL "));
}

void TstErrorTable::givesEachCodeItsOwnNameAndLabel()
{
    std::set<std::string_view> names;
    for (const ErrorRow &row : kErrorTable) {
        names.insert(row.name);
        QCOMPARE(std::string(row.label), lowerAscii(row.name));
    }
    QCOMPARE(names.size(), kErrorTable.size());
}

void TstErrorTable::keepsTheStatusesOfTheProtocol()
{
    QCOMPARE(errorRow(Code::Invalid).httpStatus, 400);
    QCOMPARE(errorRow(Code::Unauthenticated).httpStatus, 401);
    QCOMPARE(errorRow(Code::Origin).httpStatus, 403);
    QCOMPARE(errorRow(Code::IdempotencyConflict).httpStatus, 409);
    QCOMPARE(errorRow(Code::StaleRevision).httpStatus, 412);
    QCOMPARE(errorRow(Code::TooLarge).httpStatus, 413);
    QCOMPARE(errorRow(Code::RateLimited).httpStatus, 429);
    QCOMPARE(errorRow(Code::ProviderError).httpStatus, 502);
    QCOMPARE(errorRow(Code::NoModel).httpStatus, 503);
    QCOMPARE(errorRow(Code::InitTimeout).httpStatus, 504);
    QCOMPARE(errorRow(Code::StorageUnavailable).httpStatus, 507);
    QCOMPARE(errorRow(Code::Interrupted).httpStatus, 0);
    QCOMPARE(errorRow(Code::Cancelled).httpStatus, 0);
}

void TstErrorTable::keepsTheCloseCodesOfTheProtocol()
{
    const auto close = [](Code code) {
        const auto value = errorRow(code).close;
        return value ? static_cast<int>(*value) : 0;
    };
    QCOMPARE(close(Code::UnsupportedVersion), 4004);
    QCOMPARE(close(Code::Unauthenticated), 4001);
    QCOMPARE(close(Code::Forbidden), 4003);
    QCOMPARE(close(Code::Origin), 4005);
    QCOMPARE(close(Code::TooLarge), 1009);
    QCOMPARE(close(Code::RateLimited), 4102);
    QCOMPARE(close(Code::TooManyConnections), 4103);
    QCOMPARE(close(Code::Full), 4100);
    QCOMPARE(close(Code::Draining), 0); // what is refused then, ends by itself
    QCOMPARE(close(Code::ServiceInitFailed), 1011);
    QCOMPARE(close(Code::NoModel), 0);
    QCOMPARE(close(Code::Invalid), 0);
}

void TstErrorTable::takesTheAdviceOnRetryingFromTheTable()
{
    const Error error = makeError(Code::BreakerOpen, "the breaker of ollama is open", "/model");
    QVERIFY(error.retryable);
    QCOMPARE(error.pointer, std::string("/model"));
    QVERIFY(!makeError(Code::Invalid, "x").retryable);
}

QTEST_GUILESS_MAIN(TstErrorTable)
#include "tst_error_table.moc"
