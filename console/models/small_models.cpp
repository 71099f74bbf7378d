// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/small_models.h"

#include "console/models/texts.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace orchestra {
namespace {

QString spokenFrame(const FrameLine &line)
{
    if (line.direction == FramesModel::Gap)
        return FramesModel::tr("gap: %1").arg(line.type);
    const QString way = line.direction == FramesModel::Sent ? FramesModel::tr("sent") : FramesModel::tr("received");
    return FramesModel::tr("%1 %2, %3 bytes").arg(way, line.type, texts::count(static_cast<std::uint64_t>(line.bytes)));
}

} // namespace

FactsModel::FactsModel(QObject *parent)
    : RowModel(
          {{"name", [](const Fact &fact) { return QVariant(fact.name); }},
           {"value", [](const Fact &fact) { return QVariant(fact.value); }},
           {"status", [](const Fact &fact) { return QVariant(fact.status); }},
           {"mono", [](const Fact &fact) { return QVariant(fact.mono); }},
           {"target", [](const Fact &fact) { return QVariant(fact.target); }}},
          [](const Fact &fact) { return fact.name; }, parent)
{
}

StepsModel::StepsModel(QObject *parent)
    : RowModel(
          {{"name", [](const Step &step) { return QVariant(step.name); }},
           {"tookText", [](const Step &step) { return QVariant(step.tookText); }},
           {"whyText", [](const Step &step) { return QVariant(step.whyText); }},
           {"status", [](const Step &step) { return QVariant(step.status); }}},
          [](const Step &step) { return QString::number(step.number); }, parent)
{
}

FramesModel::FramesModel(QObject *parent)
    : RowModel(
          {{"direction", [](const FrameLine &line) { return QVariant(line.direction); }},
           {"sequenceText",
            [](const FrameLine &line) {
                return QVariant(line.sequence == 0 ? QString() : QString::number(line.sequence));
            }},
           {"typeText", [](const FrameLine &line) { return QVariant(line.type); }},
           {"bytesText",
            [](const FrameLine &line) {
                return QVariant(line.direction == Gap ? QString()
                                                      : texts::count(static_cast<std::uint64_t>(line.bytes)));
            }},
           {"deltaText",
            [](const FrameLine &line) {
                return QVariant(line.deltaMs < 0 ? QString() : texts::count(static_cast<std::uint64_t>(line.deltaMs)));
            }},
           {"isToken", [](const FrameLine &line) { return QVariant(line.type == QLatin1String("stream_token")); }},
           {"spoken", [](const FrameLine &line) { return QVariant(spokenFrame(line)); }}},
          [](const FrameLine &line) { return QString::number(line.number); }, parent)
{
}

void FramesModel::replace(std::vector<FrameLine> lines)
{
    setRows(std::move(lines));
    Q_EMIT countChanged();
}

void FramesModel::add(FrameLine line)
{
    if (rowCount() >= kMaxLines)
        removeAt(0);
    append(std::move(line));
    Q_EMIT countChanged();
}

void FramesModel::clear()
{
    clearRows();
    Q_EMIT countChanged();
}

QString FramesModel::raw(int row) const
{
    if (row < 0 || row >= rowCount())
        return {};
    const QByteArray &bytes = rows()[static_cast<std::size_t>(row)].raw;
    const QJsonDocument json = QJsonDocument::fromJson(bytes);
    if (!json.isNull())
        return QString::fromUtf8(json.toJson(QJsonDocument::Indented));
    return bytes.isEmpty() ? QString() : QString::fromLatin1(bytes.toHex(' '));
}

bool FramesModel::exportJsonl(const QUrl &url) const
{
    QFile file(url.toLocalFile());
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
        return false;
    for (const FrameLine &line : rows()) {
        QJsonObject object{{QStringLiteral("direction"), line.direction},
                           {QStringLiteral("sequence"), static_cast<qint64>(line.sequence)},
                           {QStringLiteral("type"), line.type},
                           {QStringLiteral("bytes"), line.bytes},
                           {QStringLiteral("delta_ms"), line.deltaMs}};
        if (const QJsonDocument json = QJsonDocument::fromJson(line.raw); json.isObject())
            object.insert(QStringLiteral("frame"), json.object());
        if (file.write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n') < 0)
            return false;
    }
    return true;
}

} // namespace orchestra
