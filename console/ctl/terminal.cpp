// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/ctl/terminal.h"

#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace orchestra::ctl {
namespace {

/// SGR parameters of the 16 colours that every terminal themes for its background.
const char *sgr(Tone tone)
{
    switch (tone) {
    case Tone::Plain:
        return "0";
    case Tone::Dim:
        return "2";
    case Tone::Strong:
        return "1";
    case Tone::Ok:
        return "36";
    case Tone::Warning:
        return "33";
    case Tone::Bad:
        return "31";
    case Tone::Accent:
        return "35";
    }
    return "0";
}

} // namespace

Terminal::Terminal(bool colour)
    : colour_(colour && isatty(STDOUT_FILENO) == 1 && qEnvironmentVariableIsEmpty("NO_COLOR"))
{
}

bool Terminal::isInteractive() const
{
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

std::optional<int> columnsOf(int descriptor)
{
    if (isatty(descriptor) != 1)
        return std::nullopt;
    winsize size{};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

void Terminal::append(const QString &text, Tone tone)
{
    const QByteArray utf8 = text.toUtf8();
    if (colour_ && tone != Tone::Plain)
        std::fprintf(stdout, "\x1b[%sm%s\x1b[0m", sgr(tone), utf8.constData());
    else
        std::fwrite(utf8.constData(), 1, static_cast<std::size_t>(utf8.size()), stdout);
}

void Terminal::write(const QString &text, Tone tone)
{
    append(text, tone);
    std::fflush(stdout);
}

void Terminal::writeLine(const QString &text, Tone tone)
{
    write(text, tone);
    write(QStringLiteral("\n"));
}

void Terminal::print(const std::vector<Line> &lines)
{
    for (const Line &line : lines) {
        for (const Span &span : line)
            append(span.text, span.tone);
        append(QStringLiteral("\n"));
    }
}

void Terminal::complain(const QString &text)
{
    std::fprintf(stderr, "orchestractl: %s\n", qPrintable(text));
}

QString printable(std::string_view utf8)
{
    QString text = QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
    for (QChar &c : text) {
        const ushort code = c.unicode();
        const bool isControl = (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
        const bool isBidi = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        if (isControl || isBidi)
            c = QChar(0xfffd);
    }
    return text;
}

} // namespace orchestra::ctl
