// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/container.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace orchestra {
namespace {

std::string nameOf(std::type_index type)
{
    int status = 0;
    char *readable = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
    std::string name = status == 0 ? readable : type.name();
    std::free(readable);
    return name;
}

[[noreturn]] void abortWith(const std::string &reason)
{
    std::fprintf(stderr, "orchestra: container: %s\n", reason.c_str());
    std::abort();
}

std::string_view wordFor(Lifetime lifetime)
{
    switch (lifetime) {
    case Lifetime::Singleton:
        return "singleton";
    case Lifetime::Scoped:
        return "scoped";
    case Lifetime::Transient:
        break;
    }
    return "transient";
}

} // namespace

void Container::insert(Entry entry)
{
    if (!index_.emplace(entry.type, entries_.size()).second) {
        doubles_.push_back(nameOf(entry.type) + " is registered twice");
        return;
    }
    entries_.push_back(std::move(entry));
}

const Container::Entry *Container::find(std::type_index type) const
{
    const auto at = index_.find(type);
    return at == index_.end() ? nullptr : &entries_[at->second];
}

std::vector<std::string> Container::problems() const
{
    std::vector<std::string> found = doubles_;
    for (const Entry &entry : entries_)
        checkNeeds(entry, found);
    std::vector<const Entry *> done;
    for (const Entry &entry : entries_) {
        std::vector<const Entry *> chain;
        // Walking on behind a cycle would not end.
        if (findCycle(entry, chain, done, found))
            return found;
    }
    for (const Entry &entry : entries_) {
        std::vector<const Entry *> chain{&entry};
        if (entry.lifetime == Lifetime::Singleton)
            findCaptives(entry, chain, found);
    }
    return found;
}

void Container::checkNeeds(const Entry &entry, std::vector<std::string> &found) const
{
    for (const Need &need : entry.needs) {
        const std::string edge = nameOf(entry.type) + " -> " + nameOf(need.type);
        const Entry *target = find(need.type);
        if (target == nullptr)
            found.push_back("unknown type: " + edge + " (not registered)");
        else if (need.owned && target->lifetime != Lifetime::Transient)
            found.push_back("only a transient can be owned: " + edge + " (" + std::string(wordFor(target->lifetime)) +
                            ")");
        else if (!need.owned && target->lifetime == Lifetime::Transient)
            found.push_back("a transient cannot be shared: " + edge + " (take a unique_ptr)");
    }
}

bool Container::findCycle(const Entry &entry, std::vector<const Entry *> &chain, std::vector<const Entry *> &done,
                          std::vector<std::string> &found) const
{
    const auto before = std::find(chain.begin(), chain.end(), &entry);
    if (before != chain.end()) {
        std::string text = "cycle: ";
        for (auto at = before; at != chain.end(); ++at)
            text += nameOf((*at)->type) + " -> ";
        found.push_back(text + nameOf(entry.type));
        return true;
    }
    if (std::find(done.begin(), done.end(), &entry) != done.end())
        return false;
    chain.push_back(&entry);
    for (const Need &need : entry.needs) {
        const Entry *target = find(need.type);
        if (target != nullptr && findCycle(*target, chain, done, found))
            return true;
    }
    chain.pop_back();
    done.push_back(&entry);
    return false;
}

void Container::findCaptives(const Entry &entry, std::vector<const Entry *> &chain,
                             std::vector<std::string> &found) const
{
    for (const Need &need : entry.needs) {
        const Entry *target = find(need.type);
        if (target == nullptr)
            continue;
        chain.push_back(target);
        if (target->lifetime == Lifetime::Scoped) {
            std::string text = "captive dependency: a singleton would keep a scoped object: ";
            for (const Entry *link : chain)
                text += (link == chain.front() ? "" : " -> ") + nameOf(link->type);
            found.push_back(std::move(text));
        } else if (target->lifetime == Lifetime::Transient) {
            // What a transient of a singleton holds lives as long as the singleton; another singleton is judged by
            // itself.
            findCaptives(*target, chain, found);
        }
        chain.pop_back();
    }
}

void Container::requireSound() const
{
    std::string text;
    for (const std::string &problem : problems())
        text += (text.empty() ? "" : "; ") + problem;
    if (!text.empty())
        abortWith(text);
}

Scope::Scope(const Container &container)
    : container_(container)
    , parent_(nullptr)
{
    container.requireSound();
}

Scope::Scope(Scope &parent)
    : container_(parent.container_)
    , parent_(&parent)
{
    parent.owner_.check();
    ++parent.children_;
}

Scope::~Scope()
{
    owner_.check();
    if (children_ != 0)
        abortWith("a scope ended before its children");
    while (!objects_.empty())
        objects_.pop_back();
    if (parent_ != nullptr)
        --parent_->children_;
}

void Scope::buildSingletons()
{
    for (const Container::Entry &entry : container_.entries_) {
        if (entry.lifetime == Lifetime::Singleton)
            shared(entry.type);
    }
}

void *Scope::shared(std::type_index type)
{
    owner_.check();
    const Container::Entry *entry = container_.find(type);
    if (entry == nullptr)
        abortWith("unknown type: " + nameOf(type));
    if (entry->lifetime == Lifetime::Transient)
        abortWith("a transient cannot be shared: " + nameOf(type));
    if (entry->lifetime == Lifetime::Singleton && parent_ != nullptr)
        return parent_->shared(type);
    if (entry->lifetime == Lifetime::Scoped && parent_ == nullptr)
        abortWith("a scoped object was asked of the root scope: " + nameOf(type));
    if (const auto at = built_.find(type); at != built_.end())
        return at->second;
    if (!entry->make)
        abortWith("nothing was given for " + nameOf(type));
    return keep(type, entry->make(*this));
}

Container::Owned Scope::fresh(std::type_index type)
{
    owner_.check();
    const Container::Entry *entry = container_.find(type);
    if (entry == nullptr)
        abortWith("unknown type: " + nameOf(type));
    if (entry->lifetime != Lifetime::Transient)
        abortWith("only a transient can be owned: " + nameOf(type));
    return entry->make(*this);
}

void *Scope::keep(std::type_index type, Container::Owned object)
{
    owner_.check();
    void *raw = object.get();
    if (raw == nullptr)
        abortWith("the factory made nothing: " + nameOf(type));
    if (!built_.emplace(type, raw).second)
        abortWith("given twice: " + nameOf(type));
    objects_.push_back(std::move(object));
    return raw;
}

} // namespace orchestra
