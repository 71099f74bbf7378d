// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/table_access.h"

#include <chrono>

namespace orchestra {
namespace {

constexpr WallMs kKept = std::chrono::milliseconds(std::chrono::hours(24)).count();

Result<wire::BreakerTransition> transitionOf(const SqliteRows &rows)
{
    wire::BreakerTransition transition;
    transition.breaker = rows.text(1);
    const auto from = valueOf<wire::BreakerState>(rows.text(2));
    const auto to = valueOf<wire::BreakerState>(rows.text(3));
    if (!from || !to)
        return damaged("a change of the breaker " + transition.breaker + " has no known state");
    transition.fromState = *from;
    transition.toState = *to;
    transition.at.ms = rows.integer(4);
    transition.cause = rows.text(5);
    transition.actor = rows.optionalText(6);
    if (const auto until = rows.optionalInteger(7))
        transition.overrideUntil = wire::Timestamp{*until};
    return transition;
}

} // namespace

Result<Ok> execute(TableAccess &tables, const SaveTransition &request)
{
    const wire::BreakerTransition &transition = request.transition;
    tables.database.run("INSERT INTO breaker_transitions (breaker, from_state, to_state, at, cause, actor, "
                        "override_until) VALUES (?, ?, ?, ?, ?, ?, ?)",
                        transition.breaker, nameOf(transition.fromState), nameOf(transition.toState), transition.at.ms,
                        transition.cause, transition.actor,
                        transition.overrideUntil ? std::optional(transition.overrideUntil->ms) : std::nullopt);
    tables.database.run("DELETE FROM breaker_transitions WHERE at < ? AND coalesce(override_until, 0) <= ?",
                        transition.at.ms - kKept, transition.at.ms);
    return Ok{};
}

Result<TransitionPage> execute(TableAccess &tables, const ReadTransitions &request)
{
    TransitionPage page;
    // One more than asked for tells whether there are older ones.
    auto rows = tables.database.query(
        "SELECT transition_index, breaker, from_state, to_state, at, cause, actor, override_until "
        "FROM breaker_transitions WHERE (?1 = '' OR breaker = ?1) AND (?2 = 0 OR transition_index < ?2) "
        "ORDER BY transition_index DESC LIMIT ?3",
        request.breaker, request.beforeIndex, request.limit + 1);
    std::uint64_t last = 0;
    while (rows.next()) {
        if (page.transitions.size() == request.limit) {
            page.nextIndex = last;
            break;
        }
        auto transition = transitionOf(rows);
        if (!transition)
            return transition.error();
        last = rows.count(0);
        page.transitions.push_back(*std::move(transition));
    }
    return page;
}

Result<TransitionPage> execute(TableAccess &tables, const LoadTransitions &request)
{
    TransitionPage page;
    auto rows = tables.database.query(
        "SELECT transition_index, breaker, from_state, to_state, at, cause, actor, override_until FROM ("
        "SELECT *, row_number() OVER (PARTITION BY breaker ORDER BY transition_index DESC) AS place "
        "FROM breaker_transitions) WHERE place <= ? ORDER BY transition_index DESC",
        request.perBreaker);
    while (rows.next()) {
        auto transition = transitionOf(rows);
        if (!transition)
            return transition.error();
        page.transitions.push_back(*std::move(transition));
    }
    return page;
}

} // namespace orchestra
