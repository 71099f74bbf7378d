// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/revealed.h"

#include <QJsonDocument>

namespace orchestra {
namespace {

bool isSeen(char32_t code)
{
    switch (QChar::category(code)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_PrivateUse:
    case QChar::Other_Surrogate:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    default:
        return true;
    }
}

} // namespace

QString revealed(const QString &text)
{
    QString out;
    for (const char32_t code : text.toUcs4()) {
        if (isSeen(code) || code == U'\n')
            out += QString::fromUcs4(&code, 1);
        else
            out += QStringLiteral("<U+%1>").arg(static_cast<uint>(code), 4, 16, QLatin1Char('0')).toUpper();
    }
    return out;
}

QString revealedJson(const std::string &json)
{
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(json));
    return revealed(document.isNull() ? QString::fromStdString(json)
                                      : QString::fromUtf8(document.toJson(QJsonDocument::Indented)));
}

} // namespace orchestra
