// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/server_process.h"

#include <QCoreApplication>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <unistd.h>

namespace orchestra {

ServerProcess::ServerProcess()
{
    process_.setProcessChannelMode(QProcess::MergedChannels);
    QObject::connect(&process_, &QProcess::readyRead, &process_, [this] { collect(); });
}

ServerProcess::~ServerProcess()
{
    if (isRunning())
        killHard();
}

QString ServerProcess::binary(const QString &name)
{
    const QString folder =
        qEnvironmentVariable("ORCHESTRA_BIN", QCoreApplication::applicationDirPath() + QStringLiteral("/../bin"));
    return folder + QLatin1Char('/') + name;
}

void ServerProcess::collect()
{
    output_ += QString::fromUtf8(process_.readAll());
    static const QRegularExpression ready(QStringLiteral("ready on https?://[^ \\n]*:(\\d+)"));
    const auto match = ready.match(output_);
    if (match.hasMatch())
        port_ = static_cast<quint16>(match.captured(1).toUInt());
}

bool ServerProcess::launch(const QStringList &settings)
{
    output_.clear();
    QStringList arguments{QStringLiteral("--port"), QString::number(port_), QStringLiteral("--data-dir"), data_.path()};
    // What else runs on the machine is not part of the test.
    arguments << QStringLiteral("--set") << QStringLiteral("models.discover=false");
    for (const QString &setting : settings)
        arguments << QStringLiteral("--set") << setting;
    process_.start(binary(QStringLiteral("orchestrad")), arguments);
    return process_.waitForStarted();
}

bool ServerProcess::waitReady(int timeoutMs)
{
    return QTest::qWaitFor([this] { return output_.contains(QStringLiteral("ready on ")) || !isRunning(); },
                           timeoutMs) &&
           isRunning();
}

bool ServerProcess::start(const QStringList &settings)
{
    return launch(settings) && waitReady();
}

void ServerProcess::killHard()
{
    process_.kill();
    process_.waitForFinished();
}

int ServerProcess::terminate(int timeoutMs)
{
    process_.terminate();
    const bool ended = QTest::qWaitFor([this] { return !isRunning(); }, timeoutMs);
    if (!ended) {
        killHard();
        return -1;
    }
    return process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
}

void ServerProcess::signal(int number)
{
    ::kill(static_cast<pid_t>(pid()), number);
}

QString ServerProcess::url() const
{
    return QStringLiteral("http://127.0.0.1:%1").arg(port_);
}

QString ServerProcess::operatorToken() const
{
    QFile file(data_.filePath(QStringLiteral("operator.token")));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).trimmed() : QString();
}

QString ServerProcess::addToken(const QString &role, const QString &user)
{
    QProcess add;
    add.start(binary(QStringLiteral("orchestrad")),
              {QStringLiteral("token"), QStringLiteral("add"), QStringLiteral("--role"), role, QStringLiteral("--user"),
               user, QStringLiteral("--data-dir"), data_.path()});
    if (!add.waitForFinished() || add.exitCode() != 0)
        return {};
    static const QRegularExpression token(QStringLiteral("ork_[A-Za-z0-9_-]+"));
    return token.match(QString::fromUtf8(add.readAllStandardOutput())).captured(0);
}

qint64 ServerProcess::residentBytes() const
{
    QFile file(QStringLiteral("/proc/%1/statm").arg(pid()));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

double ServerProcess::cpuSeconds() const
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid()));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    // Fields are counted from behind the name, which may hold anything but is closed by the last parenthesis.
    const QByteArray stat = file.readAll();
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    return (fields.value(11).toDouble() + fields.value(12).toDouble()) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace orchestra
