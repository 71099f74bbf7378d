// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/mirror.h"
#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QtQml/qqmlregistration.h>

#include <vector>

namespace orchestra {

/// A model, or a server that has told of none.
struct ModelLine
{
    QString key;
    QString name;      ///< "server/model"
    QString stateText; ///< "Answers", "Does not answer"
    int status = Health::Idle;
    QString detailText;     ///< what it can do, or why it cannot be reached
    QString firstTokenText; ///< "first token 318 ms"
    QString loadText;       ///< "2 at work"
    QString spoken;
    QString breaker; ///< of the model; empty: none yet
    bool operator==(const ModelLine &) const = default;
};

class ModelsModel : public RowModel<ModelLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(QString summaryText READ summaryText NOTIFY changed)

public:
    explicit ModelsModel(QObject *parent);
    int count() const { return rowCount(); }
    /// "3 models on 2 servers, 1 does not answer".
    QString summaryText() const { return summary_; }
    void replace(std::vector<ModelLine> models, const QString &summary);
    /// Where the model's circuit breaker is.
    Q_INVOKABLE void open(int row);

Q_SIGNALS:
    void changed();
    void opened(const QString &breaker);

private:
    QString summary_;
};

/// A tool.
struct ToolRowLine
{
    QString key;
    QString name;
    QString serverText;
    QString stateText;
    int status = Health::Idle;
    QString detailText;
    QString roleText;
    QString callsText;
    QString spoken;
    QString target; ///< SERVER/TOOL; empty: there is nothing to look at
    bool operator==(const ToolRowLine &) const = default;
};

class ToolsModel : public RowModel<ToolRowLine>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(QString summaryText READ summaryText NOTIFY changed)

public:
    explicit ToolsModel(QObject *parent);
    int count() const { return rowCount(); }
    /// "14 tools of 3 servers, 1 has changed".
    QString summaryText() const { return summary_; }
    void replace(std::vector<ToolRowLine> tools, const QString &summary);
    /// Shows how the tool describes itself.
    Q_INVOKABLE void open(int row);

Q_SIGNALS:
    void changed();
    void opened(const QString &target);

private:
    QString summary_;
};

// What the server says, as it is shown; with `faultsOnly` what is well is left out. Pure.

std::vector<ModelLine> modelLines(const Mirror::Table<wire::ModelRow> &models, bool faultsOnly);
QString modelsSummary(const Mirror::Table<wire::ModelRow> &models);
std::vector<ToolRowLine> toolLines(const Mirror::Table<wire::ToolRow> &tools, bool faultsOnly);
QString toolsSummary(const Mirror::Table<wire::ToolRow> &tools);

} // namespace orchestra
