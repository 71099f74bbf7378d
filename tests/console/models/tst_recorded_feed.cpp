// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/connections_model.h"
#include "console/models/link.h"
#include "console/models/overview.h"
#include "console/models/texts.h"
#include "shared/wire/json_codec.h"
#include "shared/wire/ops_codec.h"
#include "shared/wire/series_names.h"
#include "tests/console/models/recorded_feed.h"
#include "tests/support/manual_clock.h"
#include "tests/support/wire_peer.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <random>
#include <set>

using namespace orchestra;
using wire::Topic;

namespace {

/// What a server would say that has sent these frames: written apart from the console's mirror, on purpose simply.
class ServerMemory
{
public:
    void take(const wire::OpsServerFrame &frame)
    {
        if (const auto *snapshot = std::get_if<wire::TopicSnapshot>(&frame)) {
            Table &table = tables_[snapshot->topic];
            if (snapshot->part == 0)
                table = {};
            put(table, snapshot->rows);
            note(table, *snapshot);
        } else if (const auto *delta = std::get_if<wire::TopicDelta>(&frame)) {
            Table &table = tables_[delta->topic];
            for (const std::string &key : delta->removed) {
                table.connections.erase(key);
                table.breakers.erase(key);
                table.flags.erase(key);
                table.models.erase(key);
                table.tools.erase(key);
            }
            put(table, delta->upserts);
            note(table, *delta);
        }
    }

    bool knows(Topic topic) const { return tables_.contains(topic); }
    wire::TopicSnapshot snapshot(Topic topic) const
    {
        const Table &table = tables_.at(topic);
        wire::TopicSnapshot out;
        out.topic = topic;
        out.revision = table.revision;
        out.last = true;
        out.total = table.total;
        out.matched = table.matched;
        const auto fill = [](auto &rows, const auto &from) {
            for (const auto &[key, row] : from)
                rows.push_back(row);
        };
        fill(out.rows.overview, table.overview);
        fill(out.rows.connections, table.connections);
        fill(out.rows.breakers, table.breakers);
        fill(out.rows.flags, table.flags);
        fill(out.rows.degradation, table.degradation);
        fill(out.rows.series, table.series);
        fill(out.rows.models, table.models);
        fill(out.rows.tools, table.tools);
        return out;
    }

private:
    struct Table
    {
        std::map<std::string, wire::OverviewRow> overview;
        std::map<std::string, wire::ConnectionRow> connections;
        std::map<std::string, wire::BreakerRow> breakers;
        std::map<std::string, wire::FlagRow> flags;
        std::map<std::string, wire::DegradationRow> degradation;
        std::map<std::string, wire::SeriesChunk> series;
        std::map<std::string, wire::ModelRow> models;
        std::map<std::string, wire::ToolRow> tools;
        std::uint64_t revision = 0;
        std::uint64_t total = 0;
        std::uint64_t matched = 0;
    };

    static void note(Table &table, const auto &frame)
    {
        table.revision = frame.revision;
        table.total = frame.total;
        table.matched = frame.matched;
    }
    static void put(Table &table, const wire::Rows &rows)
    {
        for (const auto &row : rows.overview)
            table.overview["overview"] = row;
        for (const auto &row : rows.connections)
            table.connections[toString(row.connectionId)] = row;
        for (const auto &row : rows.breakers)
            table.breakers[row.name] = row;
        for (const auto &row : rows.flags)
            table.flags[row.name] = row;
        for (const auto &row : rows.degradation)
            table.degradation["degradation"] = row;
        for (const auto &row : rows.models)
            table.models[row.server + "/" + row.model] = row;
        for (const auto &row : rows.tools)
            table.tools[row.server + "/" + row.name] = row;
        for (const auto &chunk : rows.series)
            append(table.series[chunk.name], chunk);
    }
    static void append(wire::SeriesChunk &known, const wire::SeriesChunk &chunk)
    {
        if (known.values.empty()) {
            known = chunk;
            return;
        }
        for (std::size_t i = 0; i < chunk.values.size(); ++i) {
            const auto at = static_cast<std::size_t>((chunk.start.ms - known.start.ms) / 1000) + i;
            const bool isGap = std::ranges::find(chunk.gaps, i) != chunk.gaps.end();
            while (known.values.size() <= at) {
                known.gaps.push_back(known.values.size());
                known.values.push_back(0);
            }
            known.values[at] = chunk.values[i];
            std::erase(known.gaps, at);
            if (isGap)
                known.gaps.push_back(at);
            std::ranges::sort(known.gaps);
        }
    }

    std::map<Topic, Table> tables_;
};

/// What may happen to a frame on its way.
enum class Fate { Comes, IsLost, ComesAfterTheNext, ComesTwice, ComesBroken };

} // namespace

/// A recorded link of a real server, replayed over a real WebSocket into the console's models.
class TstRecordedFeed : public QObject
{
    Q_OBJECT

private:
    RecordedFeed feed_;
    std::vector<wire::OpsServerFrame> frames_;

    static constexpr std::array kTopics{Topic::Overview,    Topic::Connections, Topic::Breakers, Topic::Flags,
                                        Topic::Degradation, Topic::Metrics,     Topic::Models,   Topic::Tools};

    /// The console's models, and a peer that has the recording.
    struct Stage
    {
        explicit Stage(TstRecordedFeed &test)
            : test_(test)
        {
            // Wherever the wall clock stood: "now" is the end of the recording.
            clock.setWall(test.feed_.end);
            peer.onConnected = [this] {
                peer.sendRaw(test_.feed_.frames.front().bytes);
                asked.clear();
            };
            peer.onFrame = [this](const wire::OpsClientFrame &frame) {
                const auto *subscribe = std::get_if<wire::Subscribe>(&frame);
                if (!subscribe)
                    return;
                asked.insert(subscribe->topic);
                ++asks;
                if (memory.knows(subscribe->topic))
                    peer.send(memory.snapshot(subscribe->topic));
            };
            for (QAbstractItemModel *list :
                 {static_cast<QAbstractItemModel *>(&connections), static_cast<QAbstractItemModel *>(overview.tiles()),
                  static_cast<QAbstractItemModel *>(overview.breakers()),
                  static_cast<QAbstractItemModel *>(overview.flags()),
                  static_cast<QAbstractItemModel *>(overview.changes()),
                  static_cast<QAbstractItemModel *>(overview.problems()),
                  static_cast<QAbstractItemModel *>(overview.models()),
                  static_cast<QAbstractItemModel *>(overview.tools()),
                  static_cast<QAbstractItemModel *>(overview.startup())})
                testers.push_back(std::make_unique<QAbstractItemModelTester>(
                    list, QAbstractItemModelTester::FailureReportingMode::Fatal));
            wire::Subscribe always;
            always.topic = Topic::Overview;
            client.subscribe(always);
            client.connectTo(*Endpoint::parse(peer.address()), {});
            connections.setActive(true);
            overview.setActive(true);
        }

        bool isAsked() const { return asked.size() == kTopics.size(); }
        bool isInStep() const
        {
            return std::ranges::all_of(kTopics, [this](Topic topic) {
                return client.mirror().isSynced(topic) &&
                       client.mirror().revision(topic) == memory.snapshot(topic).revision;
            });
        }
        void send(std::size_t number, Fate fate)
        {
            memory.take(test_.frames_[number]);
            const QByteArray &bytes = test_.feed_.frames[number].bytes;
            if (fate == Fate::ComesBroken)
                peer.sendRaw(bytes.chopped(1));
            else if (fate != Fate::IsLost)
                peer.sendRaw(bytes);
            if (fate == Fate::ComesTwice)
                peer.sendRaw(bytes);
        }
        /// Everything that the screens would show, in words.
        QStringList words()
        {
            range.tick(qQNaN());
            feed.tick();
            overview.tick();
            QStringList out{link.word(), connections.headText(), overview.degradation()->noteText()};
            for (QAbstractItemModel *model : {static_cast<QAbstractItemModel *>(overview.tiles()),
                                              static_cast<QAbstractItemModel *>(overview.breakers()),
                                              static_cast<QAbstractItemModel *>(overview.flags()),
                                              static_cast<QAbstractItemModel *>(overview.changes()),
                                              static_cast<QAbstractItemModel *>(overview.problems()),
                                              static_cast<QAbstractItemModel *>(overview.models()),
                                              static_cast<QAbstractItemModel *>(overview.tools()),
                                              static_cast<QAbstractItemModel *>(&connections)}) {
                for (int row = 0; row < model->rowCount(); ++row) {
                    QStringList cells;
                    for (int column = 0; column < model->columnCount(); ++column)
                        for (const int role : model->roleNames().keys())
                            cells << model->index(row, column).data(role).toString();
                    cells.sort();
                    out << cells.join(u'|');
                }
            }
            for (const auto name : {series::kMessagesIn, series::kFramesOut, series::kClients})
                for (const QPointF &point : feed.points(name))
                    out << QStringLiteral("%1 %2").arg(point.x(), 0, 'f', 0).arg(point.y());
            return out;
        }

        TstRecordedFeed &test_;
        ManualClock clock;
        SystemRandom random;
        OpsPeer peer;
        ServerMemory memory;
        std::set<Topic> asked;
        int asks = 0;
        OpsClient client{clock, random};
        ViewRange range{clock, nullptr};
        SeriesFeed feed{client, range, nullptr};
        Link link{client, clock, nullptr};
        ConnectionsModel connections{client, range, clock, nullptr};
        Overview overview{client, feed, range, clock, nullptr};
        std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
    };

    /// Plays the frames after the welcome; `fate` tells what happens to each.
    template <class FateOf>
    void play(Stage &stage, FateOf fate)
    {
        QTRY_VERIFY(stage.isAsked());
        for (std::size_t i = 1; i < frames_.size(); ++i) {
            const Fate what = fate(i);
            if (what == Fate::ComesAfterTheNext && i + 1 < frames_.size()) {
                stage.memory.take(frames_[i]);
                stage.send(i + 1, Fate::Comes);
                stage.peer.sendRaw(feed_.frames[i].bytes);
                ++i;
            } else {
                stage.send(i, what);
            }
            if (i % 5 == 0)
                QCoreApplication::processEvents();
        }
        QTRY_VERIFY(stage.isInStep());
        QTest::qWait(600); // the models gather changes for a quarter of a second
    }

    QStringList plainWords()
    {
        Stage stage(*this);
        play(stage, [](std::size_t) { return Fate::Comes; });
        return stage.words();
    }

    QJsonArray answer(const char *path, const char *list) const
    {
        const QJsonDocument json = QJsonDocument::fromJson(feed_.answers.value(QLatin1String(path)));
        return json.isArray() ? json.array() : json.object()[QLatin1String(list)].toArray();
    }
    static bool isDelta(const wire::OpsServerFrame &frame) { return std::holds_alternative<wire::TopicDelta>(frame); }
    /// A delta that others of its topic follow: only these tell that one is missing.
    bool isFollowed(std::size_t number) const
    {
        const auto *delta = std::get_if<wire::TopicDelta>(&frames_[number]);
        return delta && std::any_of(frames_.begin() + static_cast<std::ptrdiff_t>(number) + 1, frames_.end(),
                                    [delta](const wire::OpsServerFrame &later) {
                                        const auto *other = std::get_if<wire::TopicDelta>(&later);
                                        return other && other->topic == delta->topic;
                                    });
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto feed = RecordedFeed::read(qEnvironmentVariable("ORCHESTRA_SOURCE") +
                                             QStringLiteral("/tests/console/data/operator.feed"));
        QVERIFY(feed.has_value());
        feed_ = *feed;
        wire::JsonReader reader(wire::kServerFrameDepth);
        for (const RecordedFeed::Frame &frame : feed_.frames) {
            const auto decoded =
                wire::decodeOpsServer(reader, {frame.bytes.constData(), static_cast<std::size_t>(frame.bytes.size())});
            QVERIFY(bool(decoded));
            frames_.push_back(decoded->frame);
        }
        QVERIFY(std::holds_alternative<wire::OpsWelcome>(frames_.front()));
        QVERIFY(std::ranges::count_if(frames_, isDelta) > 30);
    }

    void showsTheConnectionsThatTheServerItselfNames()
    {
        Stage stage(*this);
        play(stage, [](std::size_t) { return Fate::Comes; });
        std::map<QString, QJsonObject> truth;
        for (const QJsonValue &row : answer("/admin/connections", "connections"))
            truth[row[QLatin1String("connection_id")].toString()] = row.toObject();
        QVERIFY(truth.size() >= 3);
        QStringList users;
        for (int row = 0; row < stage.connections.rowTotal(); ++row) {
            const auto cell = [&](int column) { return stage.connections.index(row, column).data().toString(); };
            const auto found = truth.find(stage.connections.keyAt(row));
            QVERIFY2(found != truth.end(), qPrintable(cell(ConnectionsModel::UserColumn)));
            const auto text = [&](const char *name) { return found->second[QLatin1String(name)].toString(); };
            const auto number = [&](const char *name) {
                return static_cast<std::uint64_t>(found->second[QLatin1String(name)].toDouble());
            };
            QCOMPARE(cell(ConnectionsModel::UserColumn), text("user_id"));
            QCOMPARE(cell(ConnectionsModel::ClientColumn), text("client_id"));
            QCOMPARE(cell(ConnectionsModel::SessionColumn), text("session_id"));
            QCOMPARE(cell(ConnectionsModel::AddressColumn), text("address"));
            QCOMPARE(cell(ConnectionsModel::StateColumn).toLower(), text("phase"));
            QCOMPARE(cell(ConnectionsModel::EncodingColumn), text("encoding"));
            QCOMPARE(cell(ConnectionsModel::SequenceColumn), texts::count(number("sequence")));
            users << cell(ConnectionsModel::UserColumn);
        }
        QCOMPARE(stage.connections.rowTotal(), static_cast<int>(truth.size()));
        users.sort();
        QCOMPARE(users, QStringList({u"ann"_qs, u"ben"_qs, u"zoe"_qs}));
        QCOMPARE(stage.link.serverName().toStdString(), std::get<wire::OpsWelcome>(frames_.front()).serverName);
        QCOMPARE(stage.link.phase(), static_cast<int>(Link::Live));
        QCOMPARE(stage.connections.topUsers()->rowCount(), 3);
    }

    void showsTheFlagsAndBreakersThatTheServerItselfNames()
    {
        Stage stage(*this);
        play(stage, [](std::size_t) { return Fate::Comes; });
        const QJsonArray flags = answer("/admin/feature-flags", "flags");
        QVERIFY(!flags.isEmpty());
        QCOMPARE(stage.overview.flags()->count(), static_cast<int>(flags.size()));
        for (const QJsonValue &flag : flags) {
            const auto &rows = stage.overview.flags()->rows();
            const auto row = std::ranges::find(rows, flag[QLatin1String("name")].toString(), &FlagTile::name);
            QVERIFY(row != rows.end());
            QCOMPARE(row->status != Health::Idle, flag[QLatin1String("enabled")].toBool());
        }
        const auto &rows = stage.overview.flags()->rows();
        const auto changed = std::ranges::find(rows, u"suggestions"_qs, &FlagTile::name);
        QVERIFY(changed != rows.end());
        QCOMPARE(changed->percentText, u"25 %"_qs);
        const QJsonArray breakers = answer("/admin/breakers", "breakers");
        QCOMPARE(stage.overview.breakers()->count(), static_cast<int>(breakers.size()));
        QVERIFY(std::ranges::any_of(stage.overview.changes()->rows(),
                                    [](const Change &change) { return change.subject.contains(u"suggestions"_qs); }));
        QCOMPARE(stage.overview.degradation()->level(), 1);
        QCOMPARE(stage.overview.models()->count(), 1);
        const ModelLine &model = stage.overview.models()->rows()[0];
        QCOMPARE(model.name, u"peer/tiny"_qs);
        QCOMPARE(model.stateText, u"Answers"_qs);
        QVERIFY2(model.firstTokenText.startsWith(u"first token "_qs), qPrintable(model.firstTokenText));
        const auto &tools = stage.overview.tools()->rows();
        const auto changing = std::ranges::find(tools, u"set_flag"_qs, &ToolRowLine::name);
        QVERIFY(changing != tools.end());
        QVERIFY2(changing->roleText.endsWith(u", asks first"_qs), qPrintable(changing->roleText));
        stage.range.tick(qQNaN());
        stage.feed.tick();
        QCOMPARE(stage.overview.tiles()->rows()[0].value, u"3"_qs);
        QVERIFY(stage.overview.messagesIn()->maximum() >= 1);
        QVERIFY(stage.feed.points(series::kClients).size() >= 10);
    }

    void comesToTheSameThroughLostDoubledBrokenAndSwappedFrames()
    {
        const QStringList expected = plainWords();
        QVERIFY(expected.size() > 20);
        for (unsigned seed = 1; seed <= 5; ++seed) {
            std::mt19937 random(seed);
            Stage stage(*this);
            int mishaps = 0;
            play(stage, [&](std::size_t number) {
                const bool isHit = isFollowed(number) && random() % 4 == 0;
                mishaps += isHit ? 1 : 0;
                return isHit ? static_cast<Fate>(1 + random() % 4) : Fate::Comes;
            });
            QVERIFY(mishaps > 5);
            QVERIFY(stage.asks > static_cast<int>(kTopics.size()));
            QCOMPARE(stage.words(), expected);
        }
    }

    void comesToTheSameWhenASnapshotLacksItsFirstPart()
    {
        const QStringList expected = plainWords();
        Stage stage(*this);
        bool isCut = false;
        play(stage, [&](std::size_t number) {
            const auto *snapshot = std::get_if<wire::TopicSnapshot>(&frames_[number]);
            if (isCut || !snapshot || snapshot->topic != Topic::Connections)
                return Fate::Comes;
            isCut = true;
            stage.memory.take(frames_[number]);
            wire::TopicSnapshot second = *snapshot;
            second.part = 1;
            stage.peer.send(second);
            return Fate::IsLost;
        });
        QVERIFY(isCut);
        QCOMPARE(stage.words(), expected);
    }

    void comesToTheSameThroughABrokenLinkAndAFreshSnapshot()
    {
        const QStringList expected = plainWords();
        Stage stage(*this);
        QTRY_VERIFY(stage.isAsked());
        const std::size_t half = frames_.size() / 2;
        for (std::size_t i = 1; i < half; ++i)
            stage.send(i, Fate::Comes);
        QTRY_VERIFY(stage.isInStep());
        stage.client.refresh();
        QTRY_VERIFY(stage.isInStep());
        stage.peer.vanish();
        QTRY_COMPARE(stage.client.link().phase(), LinkPhase::Lost);
        QTRY_VERIFY(stage.connections.rowTotal() > 0);
        // What happens meanwhile is told by the snapshots after the reconnect.
        for (std::size_t i = half; i < frames_.size(); ++i)
            stage.memory.take(frames_[i]);
        stage.client.retryNow();
        QTRY_VERIFY_WITH_TIMEOUT(stage.client.link().phase() == LinkPhase::Live && stage.isInStep(), 20000);
        QTest::qWait(600);
        QCOMPARE(stage.words(), expected);
    }

    void asksOnceForWhatIsAlreadyOnItsWay()
    {
        Stage stage(*this);
        play(stage, [](std::size_t) { return Fate::Comes; });
        const int before = stage.asks;
        stage.client.refresh();
        // Deltas that were sent before the server read the request.
        for (std::size_t i = 1; i < frames_.size(); ++i)
            if (isDelta(frames_[i]))
                stage.peer.sendRaw(feed_.frames[i].bytes);
        QTRY_COMPARE(stage.asks, before + static_cast<int>(kTopics.size()));
        QTRY_VERIFY(stage.isInStep());
        QTest::qWait(100);
        QVERIFY(stage.isInStep());
    }
};

QTEST_GUILESS_MAIN(TstRecordedFeed)
#include "tst_recorded_feed.moc"
