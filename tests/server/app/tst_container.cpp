// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/container.h"

#include <QTest>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fcntl.h>

using namespace orchestra;

namespace {

using Journal = std::vector<std::string>;

/// Writes its construction and destruction into a journal.
class Traced
{
public:
    Traced(std::string name, Journal &journal)
        : name_(std::move(name))
        , journal_(journal)
    {
        journal.push_back("+" + name_);
    }
    virtual ~Traced() { journal_.push_back("-" + name_); }

private:
    std::string name_;
    Journal &journal_;
};

class Disk : public Traced
{
    using Traced::Traced;
};
class Ledger : public Traced
{
    using Traced::Traced;
};
class Desk : public Traced
{
    using Traced::Traced;
};
class Session : public Traced
{
    using Traced::Traced;
};
class Errand : public Traced
{
    using Traced::Traced;
};
class RamDisk : public Disk
{
    using Disk::Disk;
};
struct Visitor
{
    std::string name;
};

template <class T>
auto maker(std::string name, Journal &journal)
{
    return std::make_unique<T>(std::move(name), journal);
}

/// Disk <- Ledger (singletons, registered the wrong way round), Visitor given, Session scoped, Errand transient.
Container office(Journal &journal)
{
    Container c;
    c.singleton<Ledger>([&journal](Disk &) { return maker<Ledger>("ledger", journal); });
    c.singleton<Disk>([&journal] { return maker<RamDisk>("disk", journal); });
    c.given<Visitor>();
    c.scoped<Session>([&journal](const Visitor &visitor, Ledger &) { return maker<Session>(visitor.name, journal); });
    c.transient<Errand>([&journal](Session &) { return maker<Errand>("errand", journal); });
    return c;
}

/// Runs `body` in a forked child; returns what it wrote to standard error when it aborted, "" when it did not.
std::string reasonOfAbort(const std::function<void()> &body)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return {};
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        // QTest's handler would print a stack trace of its own.
        ::signal(SIGABRT, SIG_DFL);
        ::dup2(ends[1], STDERR_FILENO);
        body();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    char buffer[256];
    for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? text : std::string();
}

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TstContainer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void buildsDependenciesFirstAndDisposesInReverse()
    {
        Journal journal;
        const Container c = office(journal);
        {
            Scope root(c);
            root.buildSingletons();
            Scope session(root);
            session.give(std::make_unique<Visitor>(Visitor{"ada"}));
            auto errand = session.make<Errand>();
        }
        QCOMPARE(journal, (Journal{"+disk", "+ledger", "+ada", "+errand", "-errand", "-ada", "-ledger", "-disk"}));
    }

    void buildsNothingBeforeItIsAskedFor()
    {
        Journal journal;
        const Container c = office(journal);
        Scope root(c);
        QVERIFY(journal.empty());
        root.get<Disk>();
        QCOMPARE(journal, Journal{"+disk"});
    }

    void sharesSingletonsBetweenScopesAndScopedObjectsOnlyWithinOne()
    {
        Journal journal;
        const Container c = office(journal);
        Scope root(c);
        Scope first(root);
        Scope second(root);
        first.give(std::make_unique<Visitor>(Visitor{"ada"}));
        second.give(std::make_unique<Visitor>(Visitor{"bob"}));
        QCOMPARE(&first.get<Ledger>(), &second.get<Ledger>());
        QCOMPARE(&first.get<Ledger>(), &root.get<Ledger>());
        QCOMPARE(&first.get<Session>(), &first.get<Session>());
        QVERIFY(&first.get<Session>() != &second.get<Session>());
    }

    void makesANewTransientEachTime()
    {
        Journal journal;
        const Container c = office(journal);
        Scope root(c);
        Scope session(root);
        session.give(std::make_unique<Visitor>(Visitor{"ada"}));
        const auto one = session.make<Errand>();
        const auto two = session.make<Errand>();
        QVERIFY(one.get() != two.get());
        QCOMPARE(std::count(journal.begin(), journal.end(), "+ada"), 1);
    }

    void disposesASessionWhileTheSingletonsLiveOn()
    {
        Journal journal;
        const Container c = office(journal);
        Scope root(c);
        {
            Scope session(root);
            session.give(std::make_unique<Visitor>(Visitor{"ada"}));
            session.get<Session>();
        }
        QCOMPARE(journal, (Journal{"+disk", "+ledger", "+ada", "-ada"}));
    }

    void findsNoProblemInASoundGraph()
    {
        Journal journal;
        QVERIFY(office(journal).problems().empty());
    }

    void reportsATypeRegisteredTwice()
    {
        Journal journal;
        Container c = office(journal);
        c.transient<Disk>([&journal] { return maker<Disk>("other", journal); });
        QCOMPARE(c.problems().size(), 1U);
        QVERIFY(contains(c.problems().front(), "Disk is registered twice"));
    }

    void reportsAnUnknownTypeWithWhoAsksForIt()
    {
        Journal journal;
        Container c;
        c.singleton<Ledger>([&journal](Disk &) { return maker<Ledger>("ledger", journal); });
        QCOMPARE(c.problems().size(), 1U);
        QVERIFY(contains(c.problems().front(), "unknown type: "));
        QVERIFY(contains(c.problems().front(), "Ledger -> "));
        QVERIFY(contains(c.problems().front(), "Disk (not registered)"));
    }

    void reportsACycleWithItsChainOnly()
    {
        Journal journal;
        Container c;
        c.singleton<Desk>([&journal](Disk &) { return maker<Desk>("desk", journal); });
        c.singleton<Disk>([&journal](Ledger &) { return maker<Disk>("disk", journal); });
        c.singleton<Ledger>([&journal](Disk &) { return maker<Ledger>("ledger", journal); });
        QCOMPARE(c.problems().size(), 1U);
        const std::string problem = c.problems().front();
        QVERIFY(contains(problem, "cycle: "));
        QVERIFY(contains(problem, "Disk -> "));
        QVERIFY(contains(problem, "Ledger -> "));
        QVERIFY2(!contains(problem, "Desk"), problem.c_str());
    }

    void reportsAScopedObjectCapturedThroughATransient()
    {
        Journal journal;
        Container c = office(journal);
        c.singleton<Desk>([&journal](std::unique_ptr<Errand>) { return maker<Desk>("desk", journal); });
        QCOMPARE(c.problems().size(), 1U);
        const std::string problem = c.problems().front();
        QVERIFY(contains(problem, "captive dependency"));
        QVERIFY(problem.find("Desk -> ") < problem.find("Errand -> "));
        QVERIFY(problem.find("Errand -> ") < problem.rfind("Session"));
    }

    void reportsASharedTransientAndAnOwnedSingleton()
    {
        Journal journal;
        Container c = office(journal);
        c.scoped<Desk>([&journal](Errand &, std::unique_ptr<Disk>) { return maker<Desk>("desk", journal); });
        QCOMPARE(c.problems().size(), 2U);
        QVERIFY(contains(c.problems()[0], "a transient cannot be shared"));
        QVERIFY(contains(c.problems()[1], "only a transient can be owned"));
    }

    void abortsWithTheReasonWhenItIsMisused_data()
    {
        QTest::addColumn<int>("misuse");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("unsound") << 0 << QByteArray("registered twice");
        QTest::newRow("unknown") << 1 << QByteArray("unknown type");
        QTest::newRow("scoped of root") << 2 << QByteArray("asked of the root scope");
        QTest::newRow("not given") << 3 << QByteArray("nothing was given for");
        QTest::newRow("child survives") << 4 << QByteArray("ended before its children");
        QTest::newRow("given twice") << 5 << QByteArray("given twice");
    }

    void abortsWithTheReasonWhenItIsMisused()
    {
        QFETCH(int, misuse);
        QFETCH(QByteArray, reason);
        Journal journal;
        const std::string said = reasonOfAbort([&] {
            Container c = office(journal);
            if (misuse == 0)
                c.given<Disk>();
            auto root = std::make_unique<Scope>(c);
            if (misuse == 1)
                root->get<Desk>();
            if (misuse == 2)
                root->get<Session>();
            Scope child(*root);
            if (misuse == 3)
                child.get<Session>();
            if (misuse == 4)
                root.reset();
            child.give(std::make_unique<Visitor>());
            child.give(std::make_unique<Visitor>());
        });
        QVERIFY2(contains(said, reason.toStdString()), said.c_str());
    }
};

QTEST_APPLESS_MAIN(TstContainer)
#include "tst_container.moc"
