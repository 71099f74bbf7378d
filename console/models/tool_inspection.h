// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "console/models/action.h"
#include "console/models/content.h"
#include "console/models/row_model.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// A line of a description, and whether it is the same as in the one that was accepted.
struct ReviewLine
{
    int number = 0; ///< tells equal lines apart
    int change = 0; ///< ReviewLinesModel::Change
    QString text;
    bool operator==(const ReviewLine &) const = default;
};

class ReviewLinesModel : public RowModel<ReviewLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)

public:
    enum Change { Same = 0, Added = 1, Removed = 2 };
    Q_ENUM(Change)

    explicit ReviewLinesModel(QObject *parent);
    int count() const { return rowCount(); }
    void replace(std::vector<ReviewLine> lines);

Q_SIGNALS:
    void changed();
};

/// Line by line: what `now` has that `before` had not, and the other way round. Texts of more than kMostReviewLines are
/// told as wholly another. Pure.
inline constexpr std::size_t kMostReviewLines = 2000;
std::vector<ReviewLine> reviewLines(const QStringList &before, const QStringList &now);
/// A description as it is read: JSON with a member a line, and nothing in it that cannot be seen. Pure.
QStringList definitionLines(const std::string &json);

/// How a tool of another program describes itself, beside how it did when it was accepted, and an operator's yes to it.
/// Lives on: gui.
class ToolInspection : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool shown READ isShown NOTIFY changed)
    Q_PROPERTY(QString name READ name NOTIFY changed)
    Q_PROPERTY(QString summaryText READ summaryText NOTIFY changed)
    Q_PROPERTY(QString digestText READ digestText NOTIFY changed)
    Q_PROPERTY(Content *content READ content CONSTANT)
    Q_PROPERTY(ReviewLinesModel *lines READ lines CONSTANT)
    Q_PROPERTY(Action *acceptAction READ acceptAction CONSTANT)

public:
    /// `client` must outlive the review.
    ToolInspection(OpsClient &client, QObject *parent);

    bool isShown() const { return !name_.isEmpty(); }
    QString name() const { return name_; }
    /// "2 lines have changed since it was accepted", "It was never accepted".
    QString summaryText() const { return summary_; }
    QString digestText() const;
    /// Of what is shown; empty while nothing is.
    std::string digest() const { return tool_ ? tool_->digest : std::string(); }
    Content *content() { return &content_; }
    ReviewLinesModel *lines() { return &lines_; }
    Action *acceptAction() { return &accept_; }

    /// `name` is SERVER/TOOL.
    void look(const QString &name);
    Q_INVOKABLE void close();
    /// Why operators' actions are not available now; empty when they are.
    void setActionReason(const QString &reason);

Q_SIGNALS:
    void changed();

private:
    void take(const Result<wire::ToolReply> &reply);
    void refreshAction();

    OpsClient &client_;
    Content content_{this};
    ReviewLinesModel lines_{this};
    Action accept_;
    QString name_;
    QString summary_;
    QString actionReason_;
    std::optional<wire::ToolDescription> tool_;
    std::uint64_t round_ = 0; ///< answers to earlier questions are late
};

} // namespace orchestra
