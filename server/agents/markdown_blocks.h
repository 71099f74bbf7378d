// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// A paragraph, list item, table row or code block of a Markdown text, with the headings above it.
struct MarkdownBlock
{
    std::vector<std::string> headings; ///< outermost first, as plain text
    std::size_t headingLine = 1;       ///< of the innermost heading; 1 where there is none
    std::size_t line = 1;              ///< of its first line
    std::size_t offset = 0;            ///< bytes of the text
    std::size_t length = 0;            ///< without the last line end
};

/// The blocks of a Markdown text in order. Headings (# to ######, or underlined) are not blocks, unless nothing stands
/// below one. Table rules, HTML comments and front matter are left out. Never fails: what is no Markdown is paragraphs.
std::vector<MarkdownBlock> markdownBlocks(std::string_view text);

} // namespace orchestra
