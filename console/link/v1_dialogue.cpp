// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/v1_dialogue.h"

#include "shared/wire/error_table.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace orchestra {
namespace {

double milliseconds(MonotonicTime::duration duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

std::string textOf(const QJsonValue &value)
{
    return value.toString().toStdString();
}

QByteArray written(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject envelope(const QString &type, const QString &member, const std::string &text)
{
    return {{QStringLiteral("type"), type},
            {QStringLiteral("data"), QJsonObject{{member, QString::fromStdString(text)}}}};
}

} // namespace

V1Dialogue::V1Dialogue(const Clock &clock, IdSource &ids, std::string user)
    : clock_(clock)
    , ids_(ids)
    , user_(std::move(user))
{
}

std::optional<QByteArray> V1Dialogue::encode(const wire::ClientFrame &frame) const
{
    if (const auto *chat = std::get_if<wire::Chat>(&frame))
        return written(envelope(QStringLiteral("chat"), QStringLiteral("message"), chat->content));
    if (const auto *command = std::get_if<wire::Command>(&frame))
        return written(envelope(QStringLiteral("command"), QStringLiteral("command"), command->name));
    if (std::holds_alternative<wire::Ping>(frame))
        return written({{QStringLiteral("type"), QStringLiteral("ping")}});
    return std::nullopt;
}

std::vector<wire::ServerFrame> V1Dialogue::echo(const wire::ClientFrame &frame)
{
    const auto *chat = std::get_if<wire::Chat>(&frame);
    if (!chat)
        return {};
    std::vector<wire::ServerFrame> out;
    out.push_back(this->frame(wire::UserMessage{ids_.make<MessageId>(), chat->id, chat->content}));
    if (!task_)
        askedAt_ = clock_.now();
    return out;
}

QString V1Dialogue::typeOf(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object().value(QStringLiteral("type")).toString();
}

std::vector<wire::ServerFrame> V1Dialogue::decode(const QByteArray &json)
{
    const QJsonObject root = QJsonDocument::fromJson(json).object();
    const QString type = root.value(QStringLiteral("type")).toString();
    const QJsonObject data = root.value(QStringLiteral("data")).toObject();
    if (type == QLatin1String("stream_token"))
        return {token(data)};
    if (type == QLatin1String("response"))
        return {completed(data)};
    if (type == QLatin1String("status"))
        return {frame(wire::StatusFrame{})};
    if (type == QLatin1String("error"))
        return {trouble(root)};
    if (type == QLatin1String("system_message"))
        return {progress(root)};
    return {};
}

wire::ServerFrame V1Dialogue::progress(const QJsonObject &root) const
{
    const QString event = root.value(QStringLiteral("event")).toString();
    // Version 1 has no resume_done: it may begin when the services are ready.
    if (event == QLatin1String("ready"))
        return frame(wire::ResumeDone{});
    wire::SystemMessage body;
    body.event = event == QLatin1String("initializing")              ? wire::SystemEvent::Initializing
                 : event == QLatin1String("initialization_progress") ? wire::SystemEvent::InitializationProgress
                                                                     : wire::SystemEvent::Maintenance;
    body.message = textOf(root.value(QStringLiteral("message")));
    if (const QJsonValue percent = root.value(QStringLiteral("progress")); percent.isDouble())
        body.progress = static_cast<std::uint64_t>(percent.toDouble());
    return frame(std::move(body));
}

wire::ServerFrame V1Dialogue::frame(wire::ServerBody body) const
{
    wire::ServerFrame out;
    out.id = ids_.make<EventId>();
    out.timestamp = {clock_.wallMs()};
    out.userId = user_;
    out.taskId = task_;
    out.body = std::move(body);
    return out;
}

wire::ServerFrame V1Dialogue::token(const QJsonObject &data)
{
    if (!task_) {
        task_ = ids_.make<TaskId>();
        firstTokenAt_.reset();
        tokens_ = 0;
    }
    const std::string content = textOf(data.value(QStringLiteral("content")));
    if (data.value(QStringLiteral("type")).toString() == QLatin1String("manager"))
        return frame(wire::AgentThinking{"maestro", content});
    if (!firstTokenAt_)
        firstTokenAt_ = clock_.now();
    return frame(wire::StreamToken{tokens_++, content});
}

wire::Timings V1Dialogue::timings() const
{
    wire::Timings out;
    out.totalMs = milliseconds(clock_.now() - askedAt_);
    if (firstTokenAt_)
        out.firstTokenMs = milliseconds(*firstTokenAt_ - askedAt_);
    return out;
}

wire::ServerFrame V1Dialogue::completed(const QJsonObject &data)
{
    wire::AgentCompleted body;
    body.content = textOf(data.value(QStringLiteral("response")));
    if (!data.value(QStringLiteral("success")).toBool())
        body.status = wire::CompletionStatus::Failed;
    if (const QJsonValue quality = data.value(QStringLiteral("quality_score")); quality.isDouble())
        body.qualityScore = quality.toDouble();
    body.provenance.attempt = 0;
    body.timings = timings();
    if (!task_)
        task_ = ids_.make<TaskId>();
    wire::ServerFrame out = frame(std::move(body));
    task_.reset();
    askedAt_ = clock_.now(); // what was asked meanwhile begins now
    return out;
}

wire::ServerFrame V1Dialogue::trouble(const QJsonObject &root)
{
    wire::ErrorFrame body;
    body.message = textOf(root.value(QStringLiteral("message")));
    if (const auto code = codeFromName(textOf(root.value(QStringLiteral("error_code")))))
        body.code = *code;
    wire::ServerFrame out = frame(std::move(body));
    out.taskId.reset();
    return out;
}

} // namespace orchestra
