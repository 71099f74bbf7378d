// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/actions/confirmation.h"

namespace orchestra {

ConfirmItemsModel::ConfirmItemsModel(QObject *parent)
    : RowModel(
          {{"status", [](const ConfirmItem &item) { return QVariant(item.status); }},
           {"name", [](const ConfirmItem &item) { return QVariant(item.name); }},
           {"key", [](const ConfirmItem &item) { return QVariant(item.key); }},
           {"detail", [](const ConfirmItem &item) { return QVariant(item.detail); }}},
          [](const ConfirmItem &item) { return item.key; }, parent)
{
}

Confirmation::Confirmation(Question question, std::vector<ConfirmItem> items, QObject *parent)
    : QObject(parent)
    , question_(std::move(question))
{
    items_.setRows(std::move(items));
}

void Confirmation::accept(const QString &reason)
{
    if (question_.reasonNeeded && reason.trimmed().isEmpty())
        return;
    Q_EMIT accepted(reason.trimmed());
}

void Confirmation::cancel()
{
    Q_EMIT cancelled();
}

} // namespace orchestra
