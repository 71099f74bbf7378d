// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/proto/chat.pb.h"
#include "shared/wire/json_codec.h"
#include "shared/wire/ops_codec.h"
#include "shared/wire/protobuf_codec.h"
#include "shared/wire/v1_adapter.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <functional>

/// Prints what one frame costs to write and to read, in microseconds of CPU: the median of eleven runs.
namespace {

using namespace orchestra;
using namespace orchestra::wire;

template <class IdType>
IdType someId()
{
    return *parseId<IdType>("01890a5d-ac96-774b-bcce-b302099a8057");
}

/// CPU time of this process, so that neighbours on a busy machine count little.
double cpuMicroseconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

double medianMicroseconds(const std::function<void()> &once)
{
    constexpr int kRuns = 11;
    constexpr double kRunTime = 20000;
    std::array<double, kRuns> runs{};
    for (double &run : runs) {
        int rounds = 0;
        const double begin = cpuMicroseconds();
        double spent = 0;
        for (; spent < kRunTime; spent = cpuMicroseconds() - begin) {
            for (int i = 0; i < 100; ++i)
                once();
            rounds += 100;
        }
        run = spent / rounds;
    }
    std::sort(runs.begin(), runs.end());
    return runs[kRuns / 2];
}

void report(const char *what, std::size_t bytes, const std::function<void()> &once)
{
    std::printf("%-44s %7zu B %9.3f us\n", what, bytes, medianMicroseconds(once));
}

ServerFrame turnFrame(ServerBody body)
{
    ServerFrame frame;
    frame.id = someId<EventId>();
    frame.timestamp.ms = 1'795'162'481'250;
    frame.userId = "ann";
    frame.threadId = someId<ThreadId>();
    frame.epoch = 1;
    frame.offset = 42;
    frame.requestId = "m-1";
    frame.taskId = someId<TaskId>();
    frame.body = std::move(body);
    return frame;
}

AgentCompleted completion()
{
    AgentCompleted completed;
    completed.content = std::string(2000, 'x');
    completed.qualityScore = 0.75;
    completed.timings = {0.25, 12.5, 180.125, 2400.75, 3.5};
    completed.provenance = {AnswerSource::Model, "ollama", "llama3.2", 1, {}, {}, {{"new_router", "on"}}};
    completed.messageId = someId<MessageId>();
    return completed;
}

Rows connectionRows(std::size_t count)
{
    Rows rows;
    for (std::size_t i = 0; i < count; ++i) {
        ConnectionRow row;
        row.connectionId = someId<ConnectionId>();
        row.userId = "user-" + std::to_string(i);
        row.address = "192.0.2.17";
        row.inPerS = 1.5;
        row.outPerS = 20.25;
        row.framesIn = row.framesOut = row.sequence = 100000 + i;
        rows.connections.push_back(std::move(row));
    }
    return rows;
}

void benchServerFrame(const char *name, const ServerFrame &frame)
{
    JsonReader reader(kServerFrameDepth);
    std::string json;
    encodeServerJson(frame, json);
    appendSequenceJson(7, json);
    std::string bytes;
    encodeServerProtobuf(frame, bytes);
    appendSequenceProtobuf(7, bytes);
    const auto label = [name](const char *what) { return std::string(name) + ": " + what; };

    std::string out;
    report(label("write JSON").c_str(), json.size(), [&] {
        out.clear();
        encodeServerJson(frame, out);
        appendSequenceJson(7, out);
    });
    report(label("read JSON").c_str(), json.size(), [&] { (void)decodeServerJson(reader, json); });
    report(label("write protobuf").c_str(), bytes.size(), [&] {
        out.clear();
        encodeServerProtobuf(frame, out);
        appendSequenceProtobuf(7, out);
    });
    report(label("read protobuf").c_str(), bytes.size(), [&] { (void)decodeServerProtobuf(reader, bytes); });
    v2::Envelope generated;
    report(label("read with protoc's class").c_str(), bytes.size(), [&] { generated.ParseFromString(bytes); });
    report(label("write with protoc's class").c_str(), bytes.size(), [&] { generated.SerializeToString(&out); });
}

void benchClientFrame()
{
    JsonReader reader;
    const ClientFrame frame = Chat{.id = "01890a5d-ac96-774b-bcce-b302099a8057",
                                   .content = "What is the state of the breakers, and which one opened last night?",
                                   .threadId = someId<ThreadId>(),
                                   .optimizationHints = OptimizationHints{.mode = ExecutionMode::Balanced}};
    std::string json;
    encodeClientJson(frame, json);
    std::string bytes;
    encodeClientProtobuf(frame, bytes);
    const std::string old = R"({"type":"chat","data":{"message":"What is the state of the breakers, and which one?"}})";
    const std::string broken = json.substr(0, json.size() - 1);
    report("chat: read JSON", json.size(), [&] { (void)decodeClientJson(reader, json); });
    report("chat: read protobuf", bytes.size(), [&] { (void)decodeClientProtobuf(reader, bytes); });
    report("chat: refuse malformed JSON", broken.size(), [&] { (void)decodeClientJson(reader, broken); });
    report("chat: read version 1", old.size(), [&] {
        V1Adapter adapter("session");
        (void)adapter.decode(reader, old, "m");
    });
}

void benchOpsDelta()
{
    JsonReader reader;
    const OpsServerFrame delta = TopicDelta{.topic = Topic::Connections, .upserts = connectionRows(200)};
    std::string out;
    encodeOpsServer(delta, out);
    appendOpsSequence(1, out);
    const std::string bytes = out;
    report("ops delta of 200 connections: write", bytes.size(), [&] {
        out.clear();
        encodeOpsServer(delta, out);
    });
    report("ops delta of 200 connections: read", bytes.size(), [&] { (void)decodeOpsServer(reader, bytes); });
}

} // namespace

int main()
{
    benchServerFrame("stream_token", turnFrame(StreamToken{7, "Hello there"}));
    benchServerFrame("agent_completed", turnFrame(completion()));
    benchServerFrame("2 kB of Chinese", turnFrame(StreamToken{7, [] {
                                                                  std::string text;
                                                                  while (text.size() < 2000)
                                                                      text += "\u4e2d\u6587";
                                                                  return text;
                                                              }()}));
    benchClientFrame();
    benchOpsDelta();
    return 0;
}
