// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace orchestra {

// Text that may reach a user as an answer has one of three types, and each can be built by its maker alone. So no
// code path can put words into a model's mouth: there is no other way into Turn::say() and Turn::complete().

/// Text of a language model. Built by provider adapters only, with the upstream's request id.
class ModelText
{
public:
    const std::string &text() const { return text_; }
    const std::string &upstreamRequestId() const { return *upstreamRequestId_; }
    /// Appends what the same answer says next. False, and nothing changes, when it is another's.
    bool append(const ModelText &next)
    {
        if (next.upstreamRequestId_ != upstreamRequestId_ && *next.upstreamRequestId_ != *upstreamRequestId_)
            return false;
        text_ += next.text_;
        return true;
    }

private:
    friend class ModelTextKey;
    ModelText(std::string text, std::shared_ptr<const std::string> id)
        : text_(std::move(text))
        , upstreamRequestId_(std::move(id))
    {
    }
    std::string text_;
    std::shared_ptr<const std::string> upstreamRequestId_; ///< of all pieces of an answer; null once moved from
};

/// Text that a tool call returned, verbatim.
class ToolText
{
public:
    const std::string &text() const { return text_; }
    const std::string &callId() const { return callId_; }

private:
    friend class ToolCall;
    ToolText(std::string text, std::string callId)
        : text_(std::move(text))
        , callId_(std::move(callId))
    {
    }
    std::string text_;
    std::string callId_;
};

/// Maestro's report: a template filled from live values or from what a tool returned.
class ReportText
{
public:
    const std::string &text() const { return text_; }

private:
    friend class ReportWriter;
    explicit ReportText(std::string text)
        : text_(std::move(text))
    {
    }
    std::string text_;
};

using AnswerText = std::variant<ModelText, ToolText, ReportText>;

/// The one maker of ReportText: a template with {} places, each filled with a value, in order.
/// A template is a string literal (consteval), so that what a person typed can only be a value.
class ReportTemplate
{
public:
    template <std::size_t N>
    consteval ReportTemplate(const char (&text)[N])
        : text_(text, N - 1)
    {
    }
    constexpr std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

class ReportWriter
{
public:
    /// Aborts when the number of values is not the number of places: that is a programming error.
    static ReportText fill(ReportTemplate form, std::initializer_list<std::string_view> values = {});
    /// Joins reports with nothing between them.
    static ReportText join(const std::initializer_list<ReportText> &parts);
};

} // namespace orchestra
