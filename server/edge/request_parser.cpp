// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/request_parser.h"

#include "server/edge/head_rules.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace orchestra {
namespace {

namespace http = boost::beast::http;

// What may stand between two pieces of a chunked body: a size line with its extensions, or the trailer.
constexpr std::size_t kMaxChunkFraming = 8192;

std::string_view asView(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

} // namespace

struct RequestParser::Framing
{
    http::request_parser<http::string_body> parser;
};

RequestParser::RequestParser(RequestLimits limits)
    : limits_(limits)
{
}

RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::append(std::string_view bytes)
{
    input_.append(bytes);
    advance();
    return state_;
}

RequestParser::State RequestParser::next()
{
    if (state_ != State::Complete)
        return state_;
    state_ = State::Head;
    forgaveEmptyLine_ = false;
    head_ = {};
    body_ = {};
    framing_.reset();
    advance();
    return state_;
}

std::string RequestParser::takeBody()
{
    return std::move(body_);
}

std::string RequestParser::takeRest()
{
    return std::exchange(input_, {});
}

void RequestParser::advance()
{
    if (state_ == State::Head)
        readHead();
    if (state_ == State::Body)
        readBody();
}

void RequestParser::readHead()
{
    // RFC 9112 section 2.2: one empty line before a request is forgiven.
    if (!forgaveEmptyLine_ && input_.starts_with("\r\n")) {
        input_.erase(0, 2);
        scanned_ = 0;
        forgaveEmptyLine_ = true;
    }
    const char previous = scanned_ > 0 ? input_[scanned_ - 1] : '\0';
    const auto searchFrom = scanned_ > 3 ? scanned_ - 3 : 0;
    const auto end = input_.find("\r\n\r\n", searchFrom);
    const auto until = end == std::string::npos ? input_.size() : end + 4;
    if (holdsForbiddenByte(std::string_view(input_).substr(scanned_, until - scanned_), previous))
        return fail({400, makeError(Code::Invalid, "The request head holds a control character or a bare line end.")});
    if (until > limits_.headBytes)
        return fail({431, makeError(Code::TooLarge, "The request head is too long.")});
    scanned_ = until;
    if (end == std::string::npos)
        return;
    scanned_ = 0;
    if (auto violation = headViolation(std::string_view(input_).substr(0, end + 2)))
        return fail(std::move(*violation));

    framing_ = std::make_unique<Framing>();
    framing_->parser.eager(false);
    framing_->parser.header_limit(static_cast<std::uint32_t>(limits_.headBytes + 1));
    framing_->parser.body_limit(limits_.bodyBytes);
    boost::beast::error_code error;
    const std::size_t used = framing_->parser.put(boost::asio::buffer(input_.data(), until), error);
    if (error == http::error::body_limit) {
        copyHead(until); // so that whoever is refused is told in a form that it reads
        return fail({413, makeError(Code::TooLarge, "The request body is too large.")});
    }
    // The rules have passed this head, so a parser that stops elsewhere has understood it differently.
    if (error || used != until || !framing_->parser.is_header_done())
        return fail({400, makeError(Code::Invalid, "The request head cannot be read.")});
    input_.erase(0, until);
    copyHead(until);
    if (state_ == State::Failed)
        return;
    state_ = framing_->parser.is_done() ? State::Complete : State::Body;
    framing_->parser.eager(true);
}

void RequestParser::copyHead(std::size_t bytes)
{
    const auto &message = framing_->parser.get();
    head_ = {};
    head_.bytes = bytes;
    head_.method = asView(message.method_string());
    head_.isHttp11 = message.version() == 11;
    for (const auto &field : message)
        head_.fields.push_back({lowerAscii(asView(field.name_string())), std::string(asView(field.value()))});

    std::string_view target = asView(message.target());
    for (const std::string_view scheme : {"http://", "https://"}) {
        // The absolute form names the host a second time; only the same one can be meant.
        if (target.size() < scheme.size() || !equalsIgnoringCase(target.substr(0, scheme.size()), scheme))
            continue;
        target.remove_prefix(scheme.size());
        const auto authority = target.substr(0, target.find_first_of("/?"));
        if (!equalsIgnoringCase(authority, head_.valueOf("host")))
            return fail({400, makeError(Code::Invalid, "The request target names another host than Host.")});
        target.remove_prefix(authority.size());
        break;
    }
    const auto question = target.find('?');
    head_.path = target.substr(0, question);
    if (question != std::string_view::npos)
        head_.query = target.substr(question + 1);
    if (head_.path.empty())
        head_.path = "/";
    if (head_.path.front() != '/' && head_.path != "*")
        fail({400, makeError(Code::Invalid, "The request target must begin with a slash.")});
}

void RequestParser::readBody()
{
    std::size_t used = 0;
    boost::beast::error_code error;
    while (used < input_.size() && !framing_->parser.is_done()) {
        const std::size_t step =
            framing_->parser.put(boost::asio::buffer(input_.data() + used, input_.size() - used), error);
        used += step;
        if (error || step == 0)
            break;
    }
    input_.erase(0, used);
    if (error == http::error::body_limit)
        return fail({413, makeError(Code::TooLarge, "The request body is too large.")});
    if (error && error != http::error::need_more)
        return fail({400, makeError(Code::Invalid, "The request body is not framed as it says.")});
    if (framing_->parser.is_done()) {
        body_ = std::move(framing_->parser.get().body());
        state_ = State::Complete;
    } else if (input_.size() > kMaxChunkFraming) {
        fail({400, makeError(Code::Invalid, "A chunk header or trailer is too long.")});
    }
}

void RequestParser::fail(HttpFailure failure)
{
    state_ = State::Failed;
    failure_ = std::move(failure);
    input_.clear();
}

} // namespace orchestra
