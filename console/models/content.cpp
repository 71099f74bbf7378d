// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/content.h"

#include "console/models/texts.h"
#include "shared/wire/error_table.h"

namespace orchestra {

void Content::set(Kind kind, const QString &headline, const QString &detail, const QString &code)
{
    if (kind == kind_ && headline == headline_ && detail == detail_ && code == code_)
        return;
    kind_ = kind;
    headline_ = headline;
    detail_ = detail;
    code_ = code;
    Q_EMIT changed();
}

void Content::setError(const orchestra::Error &error, const QString &headline)
{
    set(error.code == Code::Forbidden ? NoPermission : Error, headline, texts::line(error.message),
        texts::line(wireNames(error.code)[static_cast<std::size_t>(error.code)]));
}

void Content::retry()
{
    if (retry_)
        retry_();
}

} // namespace orchestra
