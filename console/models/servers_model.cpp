// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/servers_model.h"

#include "console/link/credential.h"
#include "console/models/texts.h"
#include "shared/wire/close_code.h"

#include <QDir>
#include <QFile>
#include <QHostInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QTcpSocket>
#include <QUuid>

#include <algorithm>

namespace orchestra {

void ServerDraft::begin(const ServerProfile &profile, bool hasToken)
{
    profile_ = profile;
    token_.clear();
    hadToken_ = hasToken;
    open_ = true;
    check();
}

void ServerDraft::check()
{
    const auto endpoint = Endpoint::parse(profile_.url);
    const QByteArray pin = QByteArray::fromHex(QString(profile_.pin).remove(QLatin1Char(':')).toLatin1());
    error_.clear();
    errorField_ = None;
    if (profile_.name.trimmed().isEmpty()) {
        error_ = tr("Give the server a name.");
        errorField_ = Name;
    } else if (!endpoint) {
        error_ = texts::line(endpoint.error().message);
        errorField_ = Url;
    } else if (token_.contains(QLatin1Char(' ')) || token_.contains(QLatin1Char('\n'))) {
        error_ = tr("A token has no spaces.");
        errorField_ = Token;
    } else if (!profile_.pin.isEmpty() && pin.size() != 32) {
        error_ = tr("A pin is the SHA-256 of the certificate: 64 hexadecimal digits.");
        errorField_ = Pin;
    }
    Q_EMIT changed();
}

bool ServerDraft::save()
{
    check();
    if (!error_.isEmpty())
        return false;
    open_ = false;
    Q_EMIT saved(profile_, token_);
    token_.clear();
    Q_EMIT changed();
    return true;
}

void ServerDraft::discard()
{
    open_ = false;
    token_.clear();
    Q_EMIT changed();
}

/// The steps to a session, each once, and where they end. Lives on: gui.
class ServersModel::Probe : public QObject
{
public:
    Probe(ServersModel &owner, const Endpoint &endpoint, const QString &token, const QString &pin)
        : owner_(owner)
        , endpoint_(endpoint)
        , client_(owner.clock_, owner.random_)
        , token_(token)
        , pin_(pin)
    {
        connect(&client_, &OpsClient::linkChanged, this, [this] { whenLinkChanged(); });
        connect(&client_, &OpsClient::welcomed, this, [this] { whenWelcomed(); });
        step(tr("Name"));
        QHostInfo::lookupHost(endpoint.url().host(), this, [this](const QHostInfo &info) { whenResolved(info); });
    }

private:
    void step(const QString &name)
    {
        steps_.push_back({name, {}, {}, Health::Pending, static_cast<int>(steps_.size())});
        began_ = owner_.clock_.now();
        owner_.testSteps_.setRows(steps_);
    }
    void end(bool ok, const QString &why)
    {
        const auto took = std::chrono::duration<double, std::milli>(owner_.clock_.now() - began_).count();
        steps_.back().status = ok ? Health::Ok : Health::Bad;
        steps_.back().tookText = texts::duration(took);
        steps_.back().whyText = why;
        owner_.testSteps_.setRows(steps_);
        if (!ok)
            finish(tr("%1 failed: %2").arg(steps_.back().name, why));
    }
    void finish(const QString &text)
    {
        isDone_ = true;
        client_.leave();
        owner_.testText_ = text;
        Q_EMIT owner_.testChanged();
    }
    void whenResolved(const QHostInfo &info)
    {
        if (info.error() != QHostInfo::NoError)
            return end(false, info.errorString());
        end(true, info.addresses().value(0).toString());
        step(tr("Port"));
        connect(&socket_, &QTcpSocket::connected, this, [this] { whenConnected(); });
        connect(&socket_, &QTcpSocket::errorOccurred, this, [this] {
            if (!isDone_)
                end(false, socket_.errorString());
        });
        socket_.connectToHost(endpoint_.url().host(), static_cast<quint16>(endpoint_.url().port()));
    }
    void whenConnected()
    {
        end(true, endpoint_.name());
        socket_.disconnect(this);
        socket_.abort();
        step(endpoint_.url().scheme() == QLatin1String("https") ? tr("Certificate and session") : tr("Session"));
        client_.connectTo(endpoint_, token_, pin_);
    }
    void whenWelcomed()
    {
        if (isDone_)
            return;
        end(true, texts::line(client_.welcome()->serverVersion));
        step(tr("Role"));
        end(true, texts::line(client_.welcome()->role));
        finish(tr("Works: you are %1, %2.")
                   .arg(texts::line(client_.welcome()->userId), texts::line(client_.welcome()->role)));
    }
    void whenLinkChanged()
    {
        const LinkState &link = client_.link();
        if (isDone_ || (link.phase() != LinkPhase::Lost && link.phase() != LinkPhase::Denied))
            return;
        end(false, link.closeReason().empty() ? texts::line(closeCodeMeaning(link.closeCode()))
                                              : texts::line(link.closeReason()));
    }

    ServersModel &owner_;
    const Endpoint endpoint_;
    OpsClient client_;
    const QString token_;
    const QString pin_;
    QTcpSocket socket_;
    std::vector<Step> steps_;
    MonotonicTime began_{};
    bool isDone_ = false;
};

ServersModel::ServersModel(Preferences &preferences, const QString &directory, const Clock &clock, RandomSource &random,
                           QObject *parent)
    : RowModel(
          {{"key", [](const ServerProfile &row) { return QVariant(row.key); }},
           {"name", [](const ServerProfile &row) { return QVariant(row.name); }},
           {"environment", [](const ServerProfile &row) { return QVariant(row.environment); }},
           {"environmentText",
            [](const ServerProfile &row) {
                return QVariant(row.environment == Link::Production ? tr("prod")
                                : row.environment == Link::Staging  ? tr("staging")
                                                                    : tr("dev"));
            }},
           {"url", [](const ServerProfile &row) { return QVariant(row.url); }},
           {"pinText",
            [](const ServerProfile &row) { return QVariant(row.pin.isEmpty() ? tr("not pinned") : tr("pinned")); }},
           {"roleText", [](const ServerProfile &row) { return QVariant(row.roleText); }},
           {"lastSeenText", [](const ServerProfile &row) { return QVariant(row.lastSeenText); }},
           {"versionText", [](const ServerProfile &row) { return QVariant(row.versionText); }},
           {"readOnly", [](const ServerProfile &row) { return QVariant(row.readOnly); }},
           {"current", [](const ServerProfile &row) { return QVariant(row.isCurrent); }},
           {"status", [](const ServerProfile &row) { return QVariant(row.status); }}},
          [](const ServerProfile &row) { return row.key; }, parent)
    , preferences_(preferences)
    , directory_(directory)
    , clock_(clock)
    , random_(random)
{
    connect(&draft_, &ServerDraft::saved, this, &ServersModel::put);
    load();
}

ServersModel::~ServersModel() = default;

QString ServersModel::tokenFile() const
{
    return directory_ + QStringLiteral("/tokens.json");
}

QString ServersModel::tokenStoreText() const
{
    return tr("Tokens are kept in %1, which only you can read. There is no keyring in use.")
        .arg(QDir::toNativeSeparators(tokenFile()));
}

void ServersModel::load()
{
    std::vector<ServerProfile> profiles;
    const QJsonArray stored = QJsonDocument::fromJson(preferences_.text(QStringLiteral("servers")).toUtf8()).array();
    for (const QJsonValue &value : stored) {
        const QJsonObject object = value.toObject();
        ServerProfile profile;
        profile.key = object[QStringLiteral("key")].toString();
        profile.name = object[QStringLiteral("name")].toString();
        profile.url = object[QStringLiteral("url")].toString();
        profile.environment = object[QStringLiteral("environment")].toInt(Link::Development);
        profile.pin = object[QStringLiteral("pin")].toString();
        profile.readOnly = object[QStringLiteral("read_only")].toBool();
        if (!profile.key.isEmpty())
            profiles.push_back(std::move(profile));
    }
    setRows(std::move(profiles));
    Q_EMIT changed();
}

void ServersModel::store()
{
    QJsonArray stored;
    for (const ServerProfile &profile : rows())
        stored.append(QJsonObject{{QStringLiteral("key"), profile.key},
                                  {QStringLiteral("name"), profile.name},
                                  {QStringLiteral("url"), profile.url},
                                  {QStringLiteral("environment"), profile.environment},
                                  {QStringLiteral("pin"), profile.pin},
                                  {QStringLiteral("read_only"), profile.readOnly}});
    preferences_.setText(QStringLiteral("servers"),
                         QString::fromUtf8(QJsonDocument(stored).toJson(QJsonDocument::Compact)));
    Q_EMIT changed();
}

QString ServersModel::tokenOf(const QString &key) const
{
    QFile file(tokenFile());
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object()[key].toString();
}

void ServersModel::keepToken(const QString &key, const QString &token)
{
    QJsonObject tokens;
    if (QFile file(tokenFile()); file.open(QIODevice::ReadOnly))
        tokens = QJsonDocument::fromJson(file.readAll()).object();
    if (token.isEmpty())
        tokens.remove(key);
    else
        tokens[key] = token;
    QDir().mkpath(directory_);
    QSaveFile file(tokenFile());
    if (!file.open(QIODevice::WriteOnly))
        return;
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    file.write(QJsonDocument(tokens).toJson());
    file.commit();
}

void ServersModel::put(ServerProfile profile, const QString &token)
{
    if (profile.key.isEmpty())
        profile.key = QUuid::createUuid().toString(QUuid::WithoutBraces);
    if (!token.isEmpty())
        keepToken(profile.key, token);
    std::vector<ServerProfile> profiles = rows();
    const auto found = std::ranges::find(profiles, profile.key, &ServerProfile::key);
    const bool isUsed = found != profiles.end() && found->isCurrent;
    if (found == profiles.end())
        profiles.push_back(profile);
    else
        *found = profile;
    setRows(std::move(profiles));
    store();
    if (isUsed || count() == 1)
        use(static_cast<int>(std::ranges::find(rows(), profile.key, &ServerProfile::key) - rows().begin()));
}

const ServerProfile *ServersModel::current() const
{
    const auto found = std::ranges::find(rows(), true, &ServerProfile::isCurrent);
    return found == rows().end() ? nullptr : &*found;
}

void ServersModel::noteSession(const QString &role, const QString &version, int status, const QString &lastSeen)
{
    for (int row = 0; row < rowCount(); ++row) {
        if (!at(row).isCurrent)
            continue;
        at(row).roleText = role;
        at(row).versionText = version;
        at(row).status = status;
        at(row).lastSeenText = lastSeen;
        touch(row);
    }
}

void ServersModel::useAddress(const Endpoint &endpoint)
{
    for (int row = 0; row < rowCount(); ++row) {
        const auto known = Endpoint::parse(at(row).url);
        if (known && *known == endpoint)
            return use(row);
    }
    ServerProfile profile;
    profile.name = endpoint.name();
    profile.url = endpoint.url().toString();
    profile.key = QUuid::createUuid().toString(QUuid::WithoutBraces);
    append(profile);
    store();
    use(rowCount() - 1);
}

void ServersModel::use(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    for (int other = 0; other < rowCount(); ++other) {
        at(other).isCurrent = other == row;
        at(other).status = Health::Idle;
        touch(other);
    }
    preferences_.setText(QStringLiteral("server"), at(row).key);
    Q_EMIT used(at(row));
}

void ServersModel::edit(int row)
{
    const bool exists = row >= 0 && row < rowCount();
    draft_.begin(exists ? at(row) : ServerProfile(), exists && !tokenOf(at(row).key).isEmpty());
}

void ServersModel::forget(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    const QString name = at(row).name;
    const QString key = at(row).key;
    if (!tokenOf(key).isEmpty())
        keepToken(key, {});
    removeAt(row);
    store();
    Q_EMIT forgotten(name);
}

void ServersModel::test(int row)
{
    if (row < 0 || row >= rowCount())
        return;
    testRow_ = row;
    testText_.clear();
    testSteps_.setRows({});
    const auto endpoint = Endpoint::parse(at(row).url);
    if (endpoint) {
        const auto credential = findCredential(*endpoint, tokenOf(at(row).key), {});
        probe_ = std::make_unique<Probe>(*this, *endpoint, credential ? credential->token : QString(), at(row).pin);
    } else {
        testText_ = texts::line(endpoint.error().message);
    }
    Q_EMIT testChanged();
}

} // namespace orchestra
