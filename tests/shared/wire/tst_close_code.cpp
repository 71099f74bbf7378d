// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/close_code.h"

#include <QTest>

using namespace orchestra;

class TstCloseCode : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void advisesByRange_data();
    void advisesByRange();
    void namesEveryCodeWeSend();
};

void TstCloseCode::advisesByRange_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("advice");
    const auto row = [](int code, ReconnectAdvice advice) {
        QTest::addRow("%d", code) << code << static_cast<int>(advice);
    };
    for (const int code : {1000, 1002, 1003, 1007, 1009, 4000, 4001, 4003, 4011, 4050, 4099})
        row(code, ReconnectAdvice::Stop);
    for (const int code : {1006, 1011, 1012, 1013, 1015, 4100, 4101, 4103, 4199, 3000, 4300, 0})
        row(code, ReconnectAdvice::BackOff);
    for (const int code : {1001, 4200, 4201, 4202, 4250, 4299})
        row(code, ReconnectAdvice::Resume);
    row(4203, ReconnectAdvice::ResumeWhenNeeded);
}

void TstCloseCode::advisesByRange()
{
    QFETCH(int, code);
    QFETCH(int, advice);
    QCOMPARE(static_cast<int>(reconnectAdvice(static_cast<std::uint16_t>(code))), advice);
}

void TstCloseCode::namesEveryCodeWeSend()
{
    int named = 0;
    for (unsigned code = 0; code < 5000; ++code) {
        const auto known = closeCodeFrom(static_cast<std::uint16_t>(code));
        named += known ? 1 : 0;
        QCOMPARE(closeCodeName(static_cast<std::uint16_t>(code)) != "other", known.has_value());
        QCOMPARE(!closeCodeMeaning(static_cast<std::uint16_t>(code)).empty(), known.has_value());
    }
    QCOMPARE(named, 24);
    QCOMPARE(closeCodeName(4101), std::string_view("too_slow"));
}

QTEST_GUILESS_MAIN(TstCloseCode)
#include "tst_close_code.moc"
