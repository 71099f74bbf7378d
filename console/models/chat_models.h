// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QtQml/qqmlregistration.h>

#include <memory>

namespace orchestra {

struct ToolLine
{
    QString callId;
    QString name;
    QString arguments;
    QString tookText;
    int status = Health::Pending;
    QString resultText;
    bool operator==(const ToolLine &) const = default;
};

class ToolCallsModel : public RowModel<ToolLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit ToolCallsModel(QObject *parent = nullptr);
    void start(ToolLine line);
    void finish(const QString &callId, bool ok, const QString &tookText, const QString &resultText);
    /// Calls that will hear nothing more.
    void abandon();
};

struct ChipLine
{
    QString label;
    QString value;
    int status = Health::Idle;
    bool mono = false;
    QString target;
    QString glyph;
    bool operator==(const ChipLine &) const = default;
};

class ChipsModel : public RowModel<ChipLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit ChipsModel(QObject *parent = nullptr);
    using RowModel::setRows;
};

struct PhaseBar
{
    QString name;
    qreal atMs = 0;
    qreal lengthMs = 0;
    QString lengthText;
    int kind = 0;
    bool live = false;
    bool operator==(const PhaseBar &) const = default;
};

/// Where the time of a reply went: a waterfall.
class PhasesModel : public RowModel<PhaseBar>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(qreal totalMs READ totalMs NOTIFY changed)
    Q_PROPERTY(QString totalText READ totalText NOTIFY changed)

public:
    enum Kind { Wait = 0, Work = 1, Stream = 2, Store = 3 };
    Q_ENUM(Kind)

    explicit PhasesModel(QObject *parent = nullptr);
    qreal totalMs() const { return totalMs_; }
    QString totalText() const { return totalText_; }
    void replace(std::vector<PhaseBar> bars, qreal totalMs, const QString &totalText);

Q_SIGNALS:
    void changed();

private:
    qreal totalMs_ = 0;
    QString totalText_;
};

/// A message of a transcript: the user's, or an answer with what led to it.
struct TranscriptTurn
{
    QString key;
    QString who;
    QString atText;
    bool isUser = false;
    bool isLive = false;
    QString liveText;
    QString thinking;
    QString content;
    QString failureCode;
    QString failureText;
    QString degradedText;
    QString approvalId;
    QString approvalText;
    QString decidingText; ///< a decision is on its way
    // shared, so that a row can be copied
    std::shared_ptr<ToolCallsModel> tools;
    std::shared_ptr<ChipsModel> chips;
    std::shared_ptr<PhasesModel> phases;
    // not shown
    qint64 startedAtMs = 0;
    qint64 firstTokenAtMs = 0;
    int tokens = 0;
    bool operator==(const TranscriptTurn &) const = default;
};

class TurnsModel : public RowModel<TranscriptTurn>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit TurnsModel(QObject *parent);

    /// The turn of a key, made at the end when there is none.
    int rowOf(const QString &key);
    bool contains(const QString &key) const;
    TranscriptTurn &turn(int row) { return at(row); }
    using RowModel::clearRows;
    using RowModel::touch;
    Q_INVOKABLE void approve(int row);
    Q_INVOKABLE void deny(int row);

Q_SIGNALS:
    void decided(const QString &approvalId, bool approved);

private:
    void decide(int row, bool approved);
};

struct ReplyBar
{
    QString key;
    qreal firstTokenS = 0;
    qreal totalS = 0;
    QString spoken;
    bool live = false;
    bool operator==(const ReplyBar &) const = default;
};

/// The last replies: time to the first token beside the whole.
class RepliesModel : public RowModel<ReplyBar>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(qreal longestS READ longestS NOTIFY changed)

public:
    static constexpr int kMost = 14;

    explicit RepliesModel(QObject *parent);
    qreal longestS() const;
    void add(ReplyBar bar);
    void clear();

Q_SIGNALS:
    void changed();
};

struct ConversationLine
{
    QString key;      ///< who speaks and the session's name; of somebody else's conversation the thread's id
    QString identity; ///< own ones: who speaks in it
    QString session;  ///< own ones
    QString user;
    bool isSynthetic = false;
    QString title;
    qint64 changedAtMs = 0;
    QString ageText;
    int status = Health::Idle;
    bool isCurrent = false;
    bool isOther = false; ///< somebody else's: that it exists may be seen, what is said in it may not
    QString facts;        ///< what may be said of somebody else's
    bool operator==(const ConversationLine &) const = default;
};

/// The tester's own conversations of this run, newest first, then those of others.
class ConversationsModel : public RowModel<ConversationLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString filterText READ filterText WRITE setFilterText NOTIFY filterChanged)
    Q_PROPERTY(int currentRow READ currentRow NOTIFY currentChanged)

public:
    explicit ConversationsModel(QObject *parent);

    QString filterText() const { return filterText_; }
    void setFilterText(const QString &text);
    int currentRow() const;
    const QString &currentKey() const { return currentKey_; }
    void put(ConversationLine conversation);
    /// Replaces the conversations of others.
    void setOthers(std::vector<ConversationLine> others);
    /// The line of the current conversation; null when it is gone.
    const ConversationLine *current() const;
    /// Empty when there is no such own conversation.
    QString titleOf(const QString &key) const;
    void makeCurrent(const QString &key);
    /// Ages move.
    void tick(qint64 nowMs);
    Q_INVOKABLE void select(int row);
    Q_INVOKABLE void startNew();

Q_SIGNALS:
    void filterChanged();
    void currentChanged();
    void selected(const QString &identity, const QString &session);
    void otherSelected(const QString &key);
    void newWanted();

private:
    void rebuild();

    std::vector<ConversationLine> own_;
    std::vector<ConversationLine> others_;
    QString filterText_;
    QString currentKey_;
    qint64 nowMs_ = 0;
};

} // namespace orchestra
