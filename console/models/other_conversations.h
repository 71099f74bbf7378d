// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/chat_models.h"

#include <QTimer>

namespace orchestra {

/// Lists the conversations that others have: who, in which session, how many messages, how it fares. Titles are the
/// users' own words and stay out. Watches only while it is active. Lives on: gui.
class OtherConversations : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t kMost = 200;

    /// Both must outlive it.
    OtherConversations(OpsClient &client, ConversationsModel &list, QObject *parent);

    void setActive(bool active);

private:
    void show();

    OpsClient &client_;
    ConversationsModel &list_;
    QTimer showTimer_;
    bool active_ = false;
};

} // namespace orchestra
