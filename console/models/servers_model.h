// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/endpoint.h"
#include "console/link/ops_client.h"
#include "console/models/link.h"
#include "console/models/preferences.h"
#include "console/models/small_models.h"

#include <QtQml/qqmlregistration.h>

#include <memory>

namespace orchestra {

/// A server that the operator knows.
struct ServerProfile
{
    QString key;
    QString name;
    QString url;
    int environment = Link::Development;
    QString pin;
    bool readOnly = false;
    // of the last session
    QString roleText;
    QString lastSeenText;
    QString versionText;
    bool isCurrent = false;
    int status = Health::Idle;
    bool operator==(const ServerProfile &) const = default;
};

/// The form in which a server is added or changed. Lives on: gui.
class ServerDraft : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(bool open READ isOpen NOTIFY changed)
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY changed)
    Q_PROPERTY(QString url READ url WRITE setUrl NOTIFY changed)
    Q_PROPERTY(QString token READ token WRITE setToken NOTIFY changed)
    Q_PROPERTY(bool hasToken READ hasToken NOTIFY changed)
    Q_PROPERTY(QString pin READ pin WRITE setPin NOTIFY changed)
    Q_PROPERTY(int environment READ environment WRITE setEnvironment NOTIFY changed)
    Q_PROPERTY(bool readOnly READ readOnly WRITE setReadOnly NOTIFY changed)
    Q_PROPERTY(QString error READ error NOTIFY changed)
    Q_PROPERTY(int errorField READ errorField NOTIFY changed)

public:
    enum Field { None, Name, Url, Token, Pin };
    Q_ENUM(Field)

    explicit ServerDraft(QObject *parent)
        : QObject(parent)
    {
    }

    bool isOpen() const { return open_; }
    QString name() const { return profile_.name; }
    void setName(const QString &name) { assign(profile_.name, name); }
    QString url() const { return profile_.url; }
    void setUrl(const QString &url) { assign(profile_.url, url); }
    /// Write-only: what is kept is never shown again.
    QString token() const { return {}; }
    void setToken(const QString &token) { assign(token_, token); }
    bool hasToken() const { return hadToken_ || !token_.isEmpty(); }
    QString pin() const { return profile_.pin; }
    void setPin(const QString &pin) { assign(profile_.pin, pin); }
    int environment() const { return profile_.environment; }
    void setEnvironment(int environment) { assign(profile_.environment, environment); }
    bool readOnly() const { return profile_.readOnly; }
    void setReadOnly(bool readOnly) { assign(profile_.readOnly, readOnly); }
    QString error() const { return error_; }
    int errorField() const { return errorField_; }

    void begin(const ServerProfile &profile, bool hasToken);
    /// False (with `error`) while something is wrong.
    Q_INVOKABLE bool save();
    Q_INVOKABLE void discard();

Q_SIGNALS:
    void changed();
    /// `token` empty: unchanged.
    void saved(const orchestra::ServerProfile &profile, const QString &token);

private:
    template <class T>
    void assign(T &field, T value)
    {
        if (field == value)
            return;
        field = value;
        check();
    }
    void check();

    ServerProfile profile_;
    QString token_;
    QString error_;
    int errorField_ = None;
    bool open_ = false;
    bool hadToken_ = false;
};

/// The servers the operator knows; tokens are kept apart from them in a file only the owner can read. Lives on: gui.
class ServersModel : public RowModel<ServerProfile>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(QString tokenStoreText READ tokenStoreText CONSTANT)
    Q_PROPERTY(ServerDraft *draft READ draft CONSTANT)
    Q_PROPERTY(int testRow READ testRow NOTIFY testChanged)
    Q_PROPERTY(StepsModel *testSteps READ testSteps CONSTANT)
    Q_PROPERTY(QString testText READ testText NOTIFY testChanged)

public:
    /// `preferences`, `clock` and `random` must outlive the model. `directory` holds the token file.
    ServersModel(Preferences &preferences, const QString &directory, const Clock &clock, RandomSource &random,
                 QObject *parent);
    ~ServersModel() override;

    int count() const { return rowCount(); }
    QString tokenStoreText() const;
    ServerDraft *draft() { return &draft_; }
    int testRow() const { return testRow_; }
    StepsModel *testSteps() { return &testSteps_; }
    QString testText() const { return testText_; }

    /// The profile in use; nullptr when there is none.
    const ServerProfile *current() const;
    QString tokenOf(const QString &key) const;
    /// What the session in use has learnt.
    void noteSession(const QString &role, const QString &version, int status, const QString &lastSeen);
    /// Adds (or finds) a profile for an address and uses it.
    void useAddress(const Endpoint &endpoint);

    Q_INVOKABLE void use(int row);
    Q_INVOKABLE void edit(int row);
    Q_INVOKABLE void forget(int row);
    /// Tries the steps to a session one by one and says which one fails.
    Q_INVOKABLE void test(int row);

Q_SIGNALS:
    void changed();
    void testChanged();
    void used(const orchestra::ServerProfile &profile);
    /// A server was taken out of the list.
    void forgotten(const QString &name);

private:
    class Probe;

    void load();
    void store();
    void put(ServerProfile profile, const QString &token);
    QString tokenFile() const;
    /// Empty: the token is forgotten.
    void keepToken(const QString &key, const QString &token);

    Preferences &preferences_;
    const QString directory_;
    const Clock &clock_;
    RandomSource &random_;
    ServerDraft draft_{this};
    StepsModel testSteps_{this};
    std::unique_ptr<Probe> probe_;
    QString testText_;
    int testRow_ = -1;
};

} // namespace orchestra
