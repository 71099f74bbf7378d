// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/other_conversations.h"

#include "console/models/texts.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kShowEvery{500};
constexpr std::string_view kSynthetic = "synthetic:";

ConversationLine lineOf(const wire::ThreadRow &row)
{
    ConversationLine line;
    line.key = QString::fromStdString(toString(row.threadId));
    line.user = texts::line(row.userId);
    line.title = OtherConversations::tr("%1, %2 messages").arg(texts::line(row.sessionId), texts::count(row.messages));
    line.changedAtMs = row.updatedAt.ms;
    line.status = row.running ? Health::Pending : row.connections > 0 ? Health::Ok : Health::Idle;
    line.isOther = true;
    line.facts = OtherConversations::tr("session %1, thread %2, offset %3, %4 connected")
                     .arg(texts::line(row.sessionId), line.key.left(8), QString::number(row.offset),
                          texts::count(row.connections));
    return line;
}

} // namespace

OtherConversations::OtherConversations(OpsClient &client, ConversationsModel &list, QObject *parent)
    : QObject(parent)
    , client_(client)
    , list_(list)
{
    showTimer_.setSingleShot(true);
    showTimer_.setInterval(kShowEvery);
    connect(&showTimer_, &QTimer::timeout, this, &OtherConversations::show);
    connect(&client_, &OpsClient::topicChanged, this, [this](const TopicChange &change) {
        if (active_ && change.topic == wire::Topic::Threads && !showTimer_.isActive())
            showTimer_.start();
    });
}

void OtherConversations::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    if (!active_) {
        client_.unsubscribe(wire::Topic::Threads);
        return;
    }
    wire::Subscribe subscription;
    subscription.topic = wire::Topic::Threads;
    subscription.sort = "updated_at";
    subscription.descending = true;
    subscription.count = kMost;
    client_.subscribe(std::move(subscription));
}

void OtherConversations::show()
{
    std::vector<const wire::ThreadRow *> rows;
    for (const auto &[key, row] : client_.mirror().threads()) {
        if (!row.userId.starts_with(kSynthetic) && (!client_.welcome() || row.userId != client_.welcome()->userId))
            rows.push_back(&row);
    }
    // By name, not by time: a list that reshuffles with every message cannot be read.
    std::ranges::sort(rows, [](const wire::ThreadRow *a, const wire::ThreadRow *b) {
        return std::tie(a->userId, a->sessionId) < std::tie(b->userId, b->sessionId);
    });
    std::vector<ConversationLine> lines;
    for (std::size_t at = 0; at < std::min(rows.size(), kMost); ++at)
        lines.push_back(lineOf(*rows[at]));
    list_.setOthers(std::move(lines));
}

} // namespace orchestra
