// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/filter.h"

namespace orchestra {
namespace {

QString labelOf(const FilterChip &chip)
{
    const qsizetype colon = chip.word.indexOf(QLatin1Char(':'));
    return colon > 0 && !chip.word.startsWith(QLatin1Char('"')) ? chip.word.left(colon) : QString();
}

QString valueOf(const FilterChip &chip)
{
    const QString label = labelOf(chip);
    return label.isEmpty() ? chip.word : chip.word.mid(label.size() + 1);
}

} // namespace

FilterChipsModel::FilterChipsModel(QObject *parent)
    : RowModel(
          {{"label", [](const FilterChip &chip) { return QVariant(labelOf(chip)); }},
           {"value", [](const FilterChip &chip) { return QVariant(valueOf(chip)); }},
           {"negated", [](const FilterChip &chip) { return QVariant(chip.negated); }}},
          [](const FilterChip &chip) { return (chip.negated ? QStringLiteral("-") : QString()) + chip.word; }, parent)
{
}

Filter::Filter(QStringList fields, QObject *parent)
    : QObject(parent)
    , fields_(std::move(fields))
    , chips_(this)
{
}

QStringList Filter::words(const QString &text)
{
    QStringList out;
    QString word;
    bool quoted = false;
    for (const QChar c : text) {
        if (c == QLatin1Char('"'))
            quoted = !quoted;
        if (c.isSpace() && !quoted) {
            if (!word.isEmpty())
                out << std::exchange(word, QString());
        } else {
            word += c;
        }
    }
    return word.isEmpty() ? out : out << word;
}

void Filter::setText(const QString &text)
{
    if (text == text_)
        return;
    text_ = text;
    const auto parsed = RowFilter::parse(text.toStdString());
    error_ = parsed ? QString() : QString::fromStdString(parsed.error().message);
    errorAt_ = parsed ? -1 : 0;
    for (qsizetype at = 0; !parsed && at < text.size(); at = text.indexOf(QLatin1Char(' '), at) + 1) {
        // The first word that does not parse alone is the culprit.
        const qsizetype end = text.indexOf(QLatin1Char(' '), at);
        const QString word = text.mid(at, end < 0 ? -1 : end - at);
        if (!RowFilter::parse(word.toStdString())) {
            errorAt_ = static_cast<int>(at);
            break;
        }
        if (end < 0)
            break;
    }
    Q_EMIT textChanged();
}

void Filter::setCountText(const QString &text)
{
    if (text == countText_)
        return;
    countText_ = text;
    Q_EMIT countChanged();
}

QStringList Filter::completions() const
{
    const QStringList typed = words(text_);
    if (typed.isEmpty() || text_.endsWith(QLatin1Char(' ')))
        return {};
    const bool negated = typed.last().startsWith(QLatin1Char('-'));
    const QString stem = negated ? typed.last().mid(1) : typed.last();
    QStringList out;
    for (const QString &field : fields_) {
        if (!stem.isEmpty() && field.startsWith(stem, Qt::CaseInsensitive))
            out << (negated ? QStringLiteral("-") : QString()) + field + QLatin1Char(':');
    }
    return out;
}

void Filter::complete(int index)
{
    const QStringList offers = completions();
    if (index < 0 || index >= offers.size())
        return;
    const QString last = words(text_).last();
    setText(text_.left(text_.size() - last.size()) + offers[index]);
}

QString Filter::whole() const
{
    QStringList out;
    for (const FilterChip &chip : chips_.rows())
        out << (chip.negated ? QStringLiteral("-") : QString()) + chip.word;
    return out.join(QLatin1Char(' '));
}

void Filter::rebuild(std::vector<FilterChip> chips)
{
    chips_.setRows(std::move(chips));
    if (auto parsed = RowFilter::parse(whole().toStdString()))
        filter_ = *std::move(parsed);
    Q_EMIT changed();
}

bool Filter::commit()
{
    if (!RowFilter::parse(text_.toStdString()))
        return false;
    std::vector<FilterChip> chips = chips_.rows();
    for (const QString &word : words(text_)) {
        const bool negated = word.startsWith(QLatin1Char('-')) && word.size() > 1;
        FilterChip chip{negated ? word.mid(1) : word, negated};
        if (std::ranges::find(chips, chip) == chips.end())
            chips.push_back(std::move(chip));
    }
    text_.clear();
    error_.clear();
    errorAt_ = -1;
    rebuild(std::move(chips));
    Q_EMIT textChanged();
    return true;
}

bool Filter::apply(const QString &whole)
{
    if (!RowFilter::parse(whole.toStdString()))
        return false;
    rebuild({});
    setText(whole);
    return commit();
}

void Filter::removeChip(int row)
{
    std::vector<FilterChip> chips = chips_.rows();
    if (row < 0 || row >= static_cast<int>(chips.size()))
        return;
    chips.erase(chips.begin() + row);
    rebuild(std::move(chips));
}

void Filter::clear()
{
    setText({});
    rebuild({});
}

void Filter::save(const QString &name)
{
    if (isOn() && !name.trimmed().isEmpty())
        Q_EMIT saved(name.trimmed(), whole());
}

} // namespace orchestra
