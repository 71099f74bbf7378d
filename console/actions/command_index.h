// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/action.h"
#include "console/models/row_model.h"

#include <QHash>
#include <QtQml/qqmlregistration.h>

#include <functional>

namespace orchestra {

/// Something that the palette can find: a place, an entity or a command.
struct PaletteEntry
{
    enum Kind { Place, Entity, Command };

    QString key;
    Kind kind = Place;
    QString glyph;
    QString title;
    QString detail;
    QString keysText;
    int risk = 0;
    QString reason; ///< why it cannot be done now; empty when it can
    bool operator==(const PaletteEntry &) const = default;
};

/// Where entries come from and what running one does. Asked anew each time the palette opens.
struct PaletteSource
{
    std::function<std::vector<PaletteEntry>()> entries;
    std::function<void(const QString &key)> run;
};

/// The command palette: one box over everything; ">" leaves commands, "@" entities. Ranked by how well the words fit,
/// then by what was used last; what cannot be done stays, with its reason. Lives on: gui.
class CommandIndex : public RowModel<PaletteEntry>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString query READ query WRITE setQuery NOTIFY queryChanged)
    Q_PROPERTY(int currentRow READ currentRow WRITE setCurrentRow NOTIFY currentChanged)
    Q_PROPERTY(int count READ count NOTIFY queryChanged)

public:
    static constexpr int kShown = 50;

    explicit CommandIndex(QObject *parent);

    void addSource(PaletteSource source) { sources_.push_back(std::move(source)); }

    QString query() const { return query_; }
    void setQuery(const QString &query);
    int currentRow() const { return currentRow_; }
    void setCurrentRow(int row);
    int count() const { return rowCount(); }

    /// True when the palette should close.
    Q_INVOKABLE bool run(int row);
    /// Puts the title into the box.
    Q_INVOKABLE void complete(int row);
    Q_INVOKABLE void reset();

    /// How well `query` fits `text`: 0 not at all; a word's beginning beats a middle, which beats scattered letters.
    static int score(const QString &query, const QString &text);

Q_SIGNALS:
    void queryChanged();
    void currentChanged();

private:
    void rebuild();

    std::vector<PaletteSource> sources_;
    QHash<QString, std::size_t> sourceOf_;
    QStringList recent_;
    QString query_;
    int currentRow_ = 0;
};

} // namespace orchestra
