// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/log_pool.h"

namespace orchestra {

void LogPool::touch(ThreadLog &log)
{
    const auto known = entries_.find(&log);
    if (known == entries_.end())
        entries_.emplace(&log, byAge_.insert(byAge_.end(), Entry{&log, 0}));
    else
        byAge_.splice(byAge_.end(), byAge_, known->second);
    recount(byAge_.back());
    if (bytes_ > limit_)
        makeRoom();
}

void LogPool::remove(ThreadLog &log)
{
    const auto known = entries_.find(&log);
    if (known == entries_.end())
        return;
    bytes_ -= known->second->counted;
    byAge_.erase(known->second);
    entries_.erase(known);
}

void LogPool::recount(ThreadLog &log)
{
    const auto known = entries_.find(&log);
    if (known != entries_.end())
        recount(*known->second);
}

void LogPool::recount(Entry &entry)
{
    bytes_ = bytes_ - entry.counted + entry.log->bytes();
    entry.counted = entry.log->bytes();
}

void LogPool::makeRoom()
{
    for (Entry &entry : byAge_) {
        if (bytes_ <= limit_)
            return;
        entry.log->forget();
        recount(entry);
    }
}

} // namespace orchestra
