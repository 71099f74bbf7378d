// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/shipped_model.h"

#include <QResource>

namespace orchestra {

std::string_view shippedIntentModel()
{
    const QResource model(QStringLiteral(":/orchestra/intents.model"));
    return {reinterpret_cast<const char *>(model.data()), static_cast<std::size_t>(model.size())};
}

} // namespace orchestra
