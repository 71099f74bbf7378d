// SPDX-License-Identifier: GPL-3.0-or-later
// What the tester says of itself.
#include "console/models/chat_tester.h"

#include "console/models/texts.h"

namespace orchestra {

QString ChatTester::phaseText() const
{
    if (!other_.isEmpty())
        return {};
    switch (phase_) {
    case Offline:
        return tr("Offline");
    case Connecting:
        return tr("Connecting");
    case Authenticating:
        return tr("Authenticating");
    case Initializing:
        return initText_.isEmpty() ? tr("Initializing") : initText_;
    case Active:
        return {}; // the thread says more
    case Closing:
        return tr("Closing");
    case Closed:
        return closeText_.isEmpty() ? tr("Closed") : closeText_;
    }
    return {};
}

int ChatTester::phaseStatus() const
{
    switch (phase_) {
    case Active:
        return Health::Ok;
    case Closed:
        return Health::Bad;
    case Offline:
        return Health::Idle;
    default:
        return Health::Pending;
    }
}

QString ChatTester::composeReason() const
{
    if (!other_.isEmpty())
        return tr("Choose a conversation of your own to write in");
    return canCompose() ? QString() : phaseText();
}

QString ChatTester::titleText() const
{
    if (const ConversationLine *line = other_.isEmpty() ? nullptr : conversations_.current())
        return line->user;
    return transcript_.title().isEmpty() ? tr("New conversation") : transcript_.title();
}

QString ChatTester::subtitleText() const
{
    if (const ConversationLine *line = other_.isEmpty() ? nullptr : conversations_.current())
        return line->facts;
    if (!client_.defaultThread())
        return phase_ != Active      ? phaseText()
               : encoding_ == V1Json ? tr("version 1: without numbers, so nothing to resume from")
                                     : tr("connected");
    const auto cursor = client_.cursors().find(*client_.defaultThread());
    const QString thread = QString::fromStdString(toString(*client_.defaultThread())).left(8);
    if (cursor == client_.cursors().end())
        return tr("thread %1").arg(thread);
    return tr("thread %1, epoch %2, offset %3").arg(thread).arg(cursor->second.epoch).arg(cursor->second.offset);
}

QString ChatTester::framesText() const
{
    if (frames_.count() == 0)
        return phaseText();
    return tr("connection %1, %2 frames, %3")
        .arg(welcomeConnection_.left(8), texts::count(frames_.count()),
             texts::bytes(static_cast<std::uint64_t>(frames_.bytes())));
}

QStringList ChatTester::encodings() const
{
    return {tr("v2 JSON"), tr("v2 protobuf"), tr("v1 JSON")};
}

QString ChatTester::repeatText() const
{
    return sendCount_ == 1 ? tr("once") : tr("%1 times, each %2 ms").arg(sendCount_).arg(sendIntervalMs_);
}

QStringList ChatTester::identities() const
{
    QStringList out{QStringLiteral("synthetic:tester-1"), QStringLiteral("synthetic:tester-2")};
    if (!operatorName_.isEmpty())
        out << operatorName_;
    return out;
}

} // namespace orchestra
