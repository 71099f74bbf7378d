// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/markdown_blocks.h"

#include "shared/base/text.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kDeepest = 6;
constexpr std::string_view kSpace = " \t\r";

/// 1 to 6 for "## Heading", else 0.
std::size_t headingLevel(std::string_view line)
{
    const std::size_t level = std::min(line.find_first_not_of('#'), line.size());
    return level >= 1 && level <= kDeepest && (level == line.size() || line[level] == ' ') ? level : 0;
}

/// The text of a heading without closing signs, emphasis and code marks.
std::string plainHeading(std::string_view text)
{
    text = trimmed(text, kSpace);
    while (text.ends_with('#'))
        text.remove_suffix(1);
    std::string plain(trimmed(text, kSpace));
    std::erase_if(plain, [](char c) { return c == '`' || c == '*'; });
    return plain;
}

bool consistsOf(std::string_view line, std::string_view bytes)
{
    return !line.empty() && line.find_first_not_of(bytes) == std::string_view::npos;
}

bool isFence(std::string_view line)
{
    return line.starts_with("```") || line.starts_with("~~~");
}
bool isTableRow(std::string_view line)
{
    return line.starts_with('|');
}
bool isTableRule(std::string_view line)
{
    return isTableRow(line) && consistsOf(line, "|-: \t");
}

bool beginsListItem(std::string_view line)
{
    if (line.size() > 2 && (line[0] == '-' || line[0] == '*' || line[0] == '+') && line[1] == ' ')
        return true;
    const std::size_t digits = line.find_first_not_of("0123456789");
    return digits != 0 && digits != std::string_view::npos && digits + 1 < line.size() &&
           (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
}

/// Goes through the lines of one text.
class BlockReader
{
public:
    explicit BlockReader(std::string_view text)
        : text_(text)
    {
    }

    std::vector<MarkdownBlock> run()
    {
        std::size_t number = 0;
        for (std::size_t from = 0; from < text_.size();) {
            const std::size_t to = std::min(text_.find('\n', from), text_.size());
            line(text_.substr(from, to - from), from, ++number);
            from = to + 1;
        }
        close();
        closeHeading();
        return std::move(blocks_);
    }

private:
    void line(std::string_view raw, std::size_t offset, std::size_t number)
    {
        const std::string_view text = trimmed(raw, kSpace);
        if (inFence_) {
            extend(offset, raw);
            inFence_ = !isFence(text);
            if (!inFence_)
                close();
            return;
        }
        if (inComment_ || text.starts_with("<!--")) {
            close();
            inComment_ = text.find("-->") == std::string_view::npos;
            return;
        }
        if (const std::size_t level = headingLevel(text); level > 0)
            return heading(level, text.substr(level), number);
        if (isOpen_ && block_.line + 1 == number && (consistsOf(text, "=") || consistsOf(text, "-"))) {
            const std::string title(text_.substr(block_.offset, block_.length));
            isOpen_ = false;
            return heading(text[0] == '=' ? 1 : 2, title, number - 1);
        }
        if (text.empty() || consistsOf(text, "-*_ ") || isTableRule(text))
            return close();
        const bool fence = isFence(text);
        if (fence || isTableRow(text) || beginsListItem(text))
            close();
        if (!isOpen_)
            open(offset, number);
        extend(offset, raw);
        inFence_ = fence;
        if (isTableRow(text))
            close();
    }

    void heading(std::size_t level, std::string_view title, std::size_t number)
    {
        close();
        closeHeading();
        while (!levels_.empty() && levels_.back() >= level) {
            levels_.pop_back();
            headings_.pop_back();
        }
        levels_.push_back(level);
        headings_.push_back(plainHeading(title));
        headingLine_ = number;
        headingIsBare_ = true;
    }

    /// A heading with nothing below it can still be found by its words.
    void closeHeading()
    {
        if (!headingIsBare_)
            return;
        headingIsBare_ = false;
        std::size_t offset = 0;
        for (std::size_t skipped = 1; skipped < headingLine_; ++skipped)
            offset = text_.find('\n', offset) + 1;
        const std::size_t end = std::min(text_.find('\n', offset), text_.size());
        blocks_.push_back({headings_, headingLine_, headingLine_, offset, end - offset});
    }

    void open(std::size_t offset, std::size_t number)
    {
        isOpen_ = true;
        block_ = {headings_, headingLine_, number, offset, 0};
    }

    void extend(std::size_t offset, std::string_view raw)
    {
        const std::size_t end = offset + raw.size() - (raw.ends_with('\r') ? 1 : 0);
        block_.length = std::max(end, block_.offset) - block_.offset;
    }

    void close()
    {
        if (!isOpen_)
            return;
        isOpen_ = false;
        headingIsBare_ = false;
        blocks_.push_back(std::move(block_));
    }

    std::string_view text_;
    std::vector<MarkdownBlock> blocks_;
    std::vector<std::string> headings_;
    std::vector<std::size_t> levels_;
    std::size_t headingLine_ = 1;
    bool headingIsBare_ = false;
    MarkdownBlock block_;
    bool isOpen_ = false;
    bool inFence_ = false;
    bool inComment_ = false;
};

} // namespace

std::vector<MarkdownBlock> markdownBlocks(std::string_view text)
{
    return BlockReader(text).run();
}

} // namespace orchestra
