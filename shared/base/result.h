// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace orchestra {

/// Every way in which an operation can fail that a client or operator may hear of.
/// The table in shared/wire/error_table.h gives each its wire name, HTTP status, close code and metric label.
enum class Code : std::uint8_t {
    Invalid,
    UnsupportedVersion,
    Unauthenticated,
    Forbidden,
    Origin,
    NotFound,
    Conflict,
    IdempotencyConflict,
    AlreadyEnded,
    Busy,
    StaleRevision,
    TooLarge,
    UnsupportedType,
    RateLimited,
    TooManyConnections,
    Internal,
    ProviderError,
    NotReady,
    Draining,
    Full,
    NoModel,
    ProviderUnavailable,
    BreakerOpen,
    ServiceInitFailed,
    StorageUnavailable,
    ProviderTimeout,
    InitTimeout,
    Interrupted,
    Cancelled,
};

/// A failure: what kind, in words a person can act on, and whether the same request may succeed later.
struct Error
{
    Code code = Code::Internal;
    std::string message;
    bool retryable = false;
    /// JSON Pointer (RFC 6901) to the offending part of the input; empty when there is none.
    std::string pointer = {};
    /// Milliseconds to wait before a retry; absent when there is no better advice than back-off.
    std::optional<std::int64_t> retryAfterMs = {};

    bool operator==(const Error &) const = default;
};

/// A value or an Error. Discarding one is a warning; reading the absent side is a programming error and aborts.
template <class T>
class [[nodiscard]] Result
{
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return state_.index() == 0; }
    T &operator*() & { return std::get<0>(state_); }
    const T &operator*() const & { return std::get<0>(state_); }
    T &&operator*() && { return std::get<0>(std::move(state_)); }
    T *operator->() { return &std::get<0>(state_); }
    const T *operator->() const { return &std::get<0>(state_); }
    const Error &error() const { return std::get<1>(state_); }

    /// Applies `next` (T -> Result<U>) to the value, or passes the error on.
    template <class Next>
    auto andThen(Next &&next) && -> decltype(next(std::declval<T>()))
    {
        if (*this)
            return next(std::get<0>(std::move(state_)));
        return std::get<1>(std::move(state_));
    }

private:
    std::variant<T, Error> state_;
};

struct Ok
{
    bool operator==(const Ok &) const = default;
};
using Status = Result<Ok>;

/// Joins lambdas into one visitor for std::visit; a missing alternative does not compile.
template <class... Fs>
struct Overload : Fs...
{
    using Fs::operator()...;
};
template <class... Fs>
Overload(Fs...) -> Overload<Fs...>;

} // namespace orchestra
