// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/answer_text.h"

#include <cstdio>
#include <cstdlib>

namespace orchestra {

ReportText ReportWriter::fill(ReportTemplate form, std::initializer_list<std::string_view> values)
{
    std::string out;
    const auto *value = values.begin();
    std::string_view rest = form.text();
    for (std::size_t place = rest.find("{}"); place != std::string_view::npos; place = rest.find("{}")) {
        if (value == values.end())
            break;
        out.append(rest.substr(0, place)).append(*value++);
        rest.remove_prefix(place + 2);
    }
    if (value != values.end() || rest.find("{}") != std::string_view::npos) {
        std::fprintf(stderr, "orchestra: report template and values differ in number: %.*s\n",
                     static_cast<int>(form.text().size()), form.text().data());
        std::abort();
    }
    out.append(rest);
    return ReportText(std::move(out));
}

ReportText ReportWriter::join(const std::initializer_list<ReportText> &parts)
{
    std::string out;
    for (const ReportText &part : parts)
        out += part.text();
    return ReportText(std::move(out));
}

} // namespace orchestra
