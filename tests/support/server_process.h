// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace orchestra {

/// The real orchestrad on a free port of the loopback interface, with a data directory of its own that outlives
/// restarts. Found through ORCHESTRA_BIN, which ctest sets.
class ServerProcess
{
public:
    ServerProcess();
    ~ServerProcess();

    /// Starts and waits until the server says that it is ready. `settings` as for --set. False (with the server's
    /// output in lastOutput()) when it did not get ready within 20 s. `port` 0 takes a free one; a restart keeps the
    /// port it had.
    bool start(const QStringList &settings = {});
    /// Starts without waiting for anything but its port: the first line it prints is not awaited.
    bool launch(const QStringList &settings = {});
    /// Waits for the line that says ready.
    bool waitReady(int timeoutMs = 20000);
    /// SIGKILL, and waits for the end.
    void killHard();
    /// SIGTERM, and waits for the end; the exit code, or -1 when it had to be killed after `timeoutMs`.
    int terminate(int timeoutMs = 40000);
    void signal(int number);

    quint16 port() const { return port_; }
    qint64 pid() const { return process_.processId(); }
    QString dataDir() const { return data_.path(); }
    /// http://127.0.0.1:PORT
    QString url() const;
    /// The token the first start wrote; empty before.
    QString operatorToken() const;
    /// Makes a token with `orchestrad token add`; empty when that failed.
    QString addToken(const QString &role, const QString &user);
    /// What the server has printed since the last start.
    QString lastOutput() const { return output_; }
    bool isRunning() const { return process_.state() == QProcess::Running; }
    /// Resident memory in bytes and CPU time (user and system) in seconds, from /proc; 0 when it does not run.
    qint64 residentBytes() const;
    double cpuSeconds() const;

    static QString binary(const QString &name);

private:
    void collect();

    QTemporaryDir data_;
    QProcess process_;
    QString output_;
    quint16 port_ = 0;
};

} // namespace orchestra
