// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/model_rows.h"

namespace orchestra {
namespace {

wire::ModelRow rowOf(const ModelServerState &server)
{
    wire::ModelRow row;
    row.server = server.name;
    row.kind = wireNames(server.kind)[static_cast<std::size_t>(server.kind)];
    row.url = server.url;
    row.configured = server.isConfigured;
    if (server.trouble)
        row.trouble = server.trouble->message;
    return row;
}

} // namespace

std::vector<wire::ModelRow> modelRows(const Models &models,
                                      const std::function<const CircuitBreaker *(const std::string &)> &breakerNamed)
{
    const std::vector<ModelOffer> offers = models.offers();
    std::vector<wire::ModelRow> rows;
    for (const ModelServerState &server : models.servers()) {
        if (server.models == 0)
            rows.push_back(rowOf(server));
        for (const ModelOffer &offer : offers) {
            if (offer.server != server.name)
                continue;
            wire::ModelRow row = rowOf(server);
            row.model = offer.info.name;
            row.canChat = offer.info.canChat;
            row.canUseTools = offer.info.canUseTools;
            row.canThink = offer.info.canThink;
            row.bytes = offer.info.bytes;
            row.parameters = offer.info.parameters;
            row.contextTokens = offer.info.contextTokens;
            if (const CircuitBreaker *breaker = breakerNamed(offer.breaker)) {
                row.breaker = offer.breaker;
                row.breakerState = breaker->state();
            }
            if (offer.firstToken)
                row.firstTokenMs = static_cast<double>(offer.firstToken->count());
            row.errorRate = offer.errorRate;
            row.inFlight = offer.inFlight;
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

} // namespace orchestra
