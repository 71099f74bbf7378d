// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_connection.h"
#include "server/edge/http_api/openai_events.h"
#include "server/edge/http_exchange.h"
#include "server/edge/request_parser.h"
#include "server/edge/wire.h"

#include <memory>
#include <optional>

namespace orchestra {

/// A socket that speaks HTTP, from its first byte until it closes or becomes a WebSocket. Answers one request at a
/// time; what a client pipelines waits in the parser, of which at most 64 KiB are read ahead.
/// The hub's answers find it by its serial; a late one, for a call that has ended, is ignored.
/// Lives on: edge.
class HttpConnection final : public EdgeConnection, private WireListener
{
public:
    /// `refusal`: the listener had no room for this socket; its first request is answered with it (an operator's
    /// upgrade is let through when the server is merely full).
    HttpConnection(EdgeContext &context, std::uint64_t serial, std::unique_ptr<Wire> wire, const Arrival &arrival,
                   std::optional<Error> refusal);
    ~HttpConnection() override;

    void start();

    void receive(const AdmissionDecision &decision) override;
    void receive(const Unicast &unicast) override;
    void receive(const ApiReply &reply) override;
    void receive(const ApiStreamBegin &begin) override;
    void receive(const ApiStreamEnd &end) override;
    void receive(const CompletionBegin &begin) override;
    void receive(const CompletionPart &part) override;
    void receive(const CompletionDone &done) override;
    void receive(const CloseConnection &close) override;
    void decideSlots(bool granted) override;
    void deliver(EncodedEvent &event) override;
    void finishPart() override;
    void pauseReading() override {} // reading looks at the hub by itself
    void resumeReading() override;
    void sweep(MonotonicTime now) override;
    void cut() override;

private:
    enum class State : std::uint8_t { Handshake, Reading, Waiting, Streaming, Admitting, Lingering, Gone };

    void onReady() override;
    void onReadable() override;
    void onTaken() override;
    void onWireGone() override { leave(); }
    bool mayRead() const;
    void advance();
    void onHead();
    void onRequest();
    void callHub();
    void askAdmission();
    void refuseUpgrade(const Error &error);
    void noteRefusal(const Error &error);
    void completeUpgrade();
    void send(HttpResponse response);
    void sendFailure(const HttpFailure &failure);
    void write(std::string_view bytes);
    void beginStream(const HttpResponse &response, const std::string &first);
    void writeToStream(std::string_view text);
    void endStream();
    void count(int status);
    void linger();
    void shutWrite();
    void leave();
    std::size_t unsent() const;
    void setDeadline(std::chrono::milliseconds in);

    EdgeContext &context_;
    const std::uint64_t serial_;
    const Arrival arrival_;
    std::optional<Error> refusal_;
    std::unique_ptr<Wire> wire_;
    RequestParser parser_;
    State state_ = State::Handshake;
    std::optional<MonotonicTime> deadline_;
    MonotonicTime lastProgress_{}; ///< of writing
    bool isHeadDeadline_ = true;   ///< deadline_ is for the head that is being read

    Exchange exchange_;
    bool isHeadSeen_ = false;
    bool isAnswered_ = false;
    bool isShut_ = false;
    std::uint64_t call_ = 0;

    // an upgrade between the hub's and the listener's word
    std::optional<UpgradeWish> wish_;
    std::optional<Admission> admission_;
    SlotSet slots_;
    Address client_;

    // an event stream
    std::string streamUser_;
    std::uint64_t sequence_ = 0;
    bool owesPartDrained_ = false;
    std::optional<OpenAiEvents> completion_; ///< while a completion is streamed
};

} // namespace orchestra
