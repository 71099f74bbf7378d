// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/digest.h"

#include "shared/base/text.h"

#include <QCryptographicHash>

namespace orchestra {
namespace {

QByteArrayView view(std::string_view bytes)
{
    return {bytes.data(), static_cast<qsizetype>(bytes.size())};
}

std::string result(const QCryptographicHash &hash)
{
    const QByteArray bytes = hash.result();
    return hex({bytes.constData(), static_cast<std::size_t>(bytes.size())});
}

} // namespace

std::string sha256(std::string_view bytes)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(view(bytes));
    return result(hash);
}

std::string sha256(std::initializer_list<std::string_view> parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const std::string_view part : parts) {
        hash.addData(view(std::to_string(part.size()) + ':'));
        hash.addData(view(part));
    }
    return result(hash);
}

} // namespace orchestra
