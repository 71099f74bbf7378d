// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/command_line.h"

#include <array>
#include <optional>
#include <string_view>

namespace orchestra {
namespace {

/// An option that stands for one configuration key.
struct ShortForm
{
    std::string_view option;
    std::string_view key;
    bool takesValue;
    std::string_view help;
};

constexpr std::array kShortForms{
    ShortForm{"--address", "server.address", true, "--address A            listen on this address (127.0.0.1)"},
    ShortForm{"--port", "server.port", true, "--port P               listen on this port (8700); 0: any free one"},
    ShortForm{"--data-dir", "server.data_dir", true,
              "--data-dir D           keep the database and the operator token here"},
    ShortForm{"--insecure-http", "server.insecure_http", false,
              "--insecure-http        allow a non-loopback address without TLS"},
};

/// Reads the arguments from front to back.
class Reader
{
public:
    Reader(const std::vector<std::string> &arguments, Environment environment)
        : arguments_(arguments)
    {
        out_.sources = standardSources(std::move(environment));
    }

    Result<CommandLine> read()
    {
        while (next_ < arguments_.size()) {
            const std::string &argument = arguments_[next_++];
            const auto equals = argument.find('=');
            option_ = argument.substr(0, equals);
            attached_ = equals == std::string::npos ? std::nullopt : std::optional(argument.substr(equals + 1));
            if (Status status = take(argument); !status)
                return status.error();
        }
        return std::move(out_);
    }

private:
    Status take(const std::string &argument)
    {
        if (option_ == "--config")
            return withValue([&](std::string value) { return takeFile(std::move(value)); });
        if (option_ == "--set")
            return withValue([&](const std::string &value) { return takeSetting(value); });
        for (const ShortForm &form : kShortForms) {
            if (option_ != form.option)
                continue;
            if (!form.takesValue && attached_)
                return Error{Code::Invalid, option_ + " takes no value"};
            if (!form.takesValue)
                return add(form.key, "true");
            return withValue([&](std::string value) { return add(form.key, std::move(value)); });
        }
        out_.rest.push_back(argument);
        return Ok{};
    }

    template <class Use>
    Status withValue(Use use)
    {
        if (attached_)
            return use(*attached_);
        if (next_ == arguments_.size())
            return Error{Code::Invalid, option_ + " needs a value"};
        return use(arguments_[next_++]);
    }

    Status takeFile(std::string file)
    {
        out_.sources.only = std::move(file);
        return Ok{};
    }

    Status takeSetting(const std::string &text)
    {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            return Error{Code::Invalid, "--set needs SECTION.KEY=VALUE, not " + text};
        return add(text.substr(0, equals), text.substr(equals + 1));
    }

    Status add(std::string_view key, std::string value)
    {
        out_.sources.settings.push_back({std::string(key), std::move(value), option_});
        return Ok{};
    }

    const std::vector<std::string> &arguments_;
    std::size_t next_ = 0;
    std::string option_;
    std::optional<std::string> attached_;
    CommandLine out_;
};

} // namespace

Result<CommandLine> readCommandLine(const std::vector<std::string> &arguments, Environment environment)
{
    return Reader(arguments, std::move(environment)).read();
}

std::string configOptionsHelp()
{
    std::string out;
    for (const ShortForm &form : kShortForms)
        out += "  " + std::string(form.help) + "\n";
    return out + "  --set SECTION.KEY=VALUE  set any configuration key (orchestrad config schema lists them)\n"
                 "  --config FILE          read this file instead of /etc/orchestra and the user's own\n";
}

} // namespace orchestra
