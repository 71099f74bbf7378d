// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <string_view>
#include <vector>

namespace orchestra::ctl {

enum class Tone : std::uint8_t { Plain, Dim, Strong, Ok, Warning, Bad, Accent };

/// A piece of a line with its tone.
struct Span
{
    QString text;
    Tone tone = Tone::Plain;
};
using Line = std::vector<Span>;

/// Where output goes: colour only on a terminal that wants it, and never a control character that somebody else wrote.
class Terminal
{
public:
    /// `colour` false forces plain text. NO_COLOR and a stream that is no terminal do so too.
    explicit Terminal(bool colour);

    bool isInteractive() const; ///< both ends are terminals
    /// Writes text of our own, in a tone, to standard output and flushes.
    void write(const QString &text, Tone tone = Tone::Plain);
    /// The same, but it may wait for the next write(): for what comes in many pieces.
    void append(const QString &text, Tone tone = Tone::Plain);
    void writeLine(const QString &text = {}, Tone tone = Tone::Plain);
    /// Whole lines; like append().
    void print(const std::vector<Line> &lines);
    /// To standard error.
    void complain(const QString &text);

private:
    bool colour_;
};

/// Columns of the terminal behind a descriptor, 100 when it does not say. Nothing when it is no terminal: what goes
/// into a file or another program is never cut.
std::optional<int> columnsOf(int descriptor);

/// Text of somebody else, safe to print: control characters (but line feed and tab) and bidirectional overrides are
/// replaced, so that it can neither move the cursor nor disguise itself.
QString printable(std::string_view utf8);

} // namespace orchestra::ctl
