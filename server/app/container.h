// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/thread_owner.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace orchestra {

class Scope;

/// How long an object lives and who shares it.
enum class Lifetime : std::uint8_t {
    Singleton, ///< one in the root scope
    Scoped,    ///< one in each child scope
    Transient, ///< a new one each time, owned by who asked
};

/// What can be built, from what, and for how long. A factory's parameters are its dependencies: `T &` shares a
/// singleton or scoped object, `std::unique_ptr<T>` takes ownership of a new transient. So the whole graph is known,
/// and checked by `problems()`, before anything is built. Constant once the root Scope is open.
class Container
{
public:
    /// An object that owns itself type-erased.
    using Owned = std::unique_ptr<void, void (*)(void *)>;

    /// Registers how to make the T of the given lifetime; `make` returns a unique_ptr to T or to a class derived from
    /// it.
    template <class T, class Make>
    void singleton(Make make)
    {
        add<T>(Lifetime::Singleton, std::move(make));
    }
    template <class T, class Make>
    void scoped(Make make)
    {
        add<T>(Lifetime::Scoped, std::move(make));
    }
    template <class T, class Make>
    void transient(Make make)
    {
        add<T>(Lifetime::Transient, std::move(make));
    }

    /// Registers a scoped T that whoever opens a child scope hands in with Scope::give().
    template <class T>
    void given()
    {
        insert({typeid(T), Lifetime::Scoped, {}, nullptr});
    }

    /// Everything that is wrong with the registrations, each naming the chain of types; empty when sound:
    /// double registration, unknown type, cycle, a singleton that captures a scoped object, a shared transient.
    std::vector<std::string> problems() const;

    /// Aborts with the problems, if there are any.
    void requireSound() const;

private:
    friend class Scope;

    struct Need
    {
        std::type_index type;
        bool owned;
    };
    struct Entry
    {
        std::type_index type;
        Lifetime lifetime;
        std::vector<Need> needs;
        std::function<Owned(Scope &)> make; ///< empty for given()
    };

    template <class T>
    struct Parameter;
    template <class Method>
    struct Signature;

    template <class T, class Make>
    void add(Lifetime lifetime, Make make)
    {
        using Arguments = typename Signature<decltype(&Make::operator())>::Arguments;
        addAs<T>(lifetime, std::move(make), static_cast<Arguments *>(nullptr));
    }
    template <class T, class Make, class... Arguments>
    void addAs(Lifetime lifetime, Make make, std::tuple<Arguments...> *);

    void insert(Entry entry);
    const Entry *find(std::type_index type) const;
    void checkNeeds(const Entry &entry, std::vector<std::string> &found) const;
    void findCaptives(const Entry &entry, std::vector<const Entry *> &chain, std::vector<std::string> &found) const;
    bool findCycle(const Entry &entry, std::vector<const Entry *> &chain, std::vector<const Entry *> &done,
                   std::vector<std::string> &found) const;

    std::vector<Entry> entries_; ///< in the order of registration
    std::unordered_map<std::type_index, std::size_t> index_;
    std::vector<std::string> doubles_;
};

/// A lifetime: builds on demand, shares within itself, destroys in reverse order of construction. The root scope holds
/// the singletons; a child scope (one per session) holds its scoped objects and must end before its parent.
/// Misuse (an unknown type, a scoped object asked of the root) aborts with the reason. Lives on: the thread that opened
/// it.
class Scope
{
public:
    explicit Scope(const Container &container); ///< the root; aborts when the container is not sound
    explicit Scope(Scope &parent);
    ~Scope();
    Scope(const Scope &) = delete;
    Scope &operator=(const Scope &) = delete;

    /// Hands in the T registered with Container::given(). Once, before the first get() that needs it.
    template <class T>
    void give(std::unique_ptr<T> object)
    {
        keep(typeid(T), erase(std::move(object)));
    }

    /// The shared T of this scope (or of the root, for a singleton); built on first use.
    template <class T>
    T &get()
    {
        return *static_cast<T *>(shared(typeid(T)));
    }

    /// A new transient T. What it shares lives in this scope, so it must not outlive the scope.
    template <class T>
    std::unique_ptr<T> make()
    {
        return std::unique_ptr<T>(static_cast<T *>(fresh(typeid(T)).release()));
    }

    /// Builds every singleton that is not there yet, in the order of registration.
    void buildSingletons();

private:
    friend class Container;

    template <class T>
    static Container::Owned erase(std::unique_ptr<T> object)
    {
        return {object.release(), [](void *raw) { delete static_cast<T *>(raw); }};
    }
    void *shared(std::type_index type);
    Container::Owned fresh(std::type_index type);
    void *keep(std::type_index type, Container::Owned object);

    ThreadOwner owner_;
    const Container &container_;
    Scope *const parent_;
    int children_ = 0;
    std::vector<Container::Owned> objects_; ///< in the order of construction
    std::unordered_map<std::type_index, void *> built_;
};

template <class T>
struct Container::Parameter<T &>
{
    static Need need() { return {typeid(T), false}; }
    static T &from(Scope &scope) { return scope.get<std::remove_const_t<T>>(); }
};
template <class T>
struct Container::Parameter<std::unique_ptr<T>>
{
    static Need need() { return {typeid(T), true}; }
    static std::unique_ptr<T> from(Scope &scope) { return scope.make<T>(); }
};
template <class Class, class R, class... As>
struct Container::Signature<R (Class::*)(As...) const>
{
    using Arguments = std::tuple<As...>;
};

template <class T, class Make, class... Arguments>
void Container::addAs(Lifetime lifetime, Make make, std::tuple<Arguments...> *)
{
    insert({typeid(T), lifetime, {Parameter<Arguments>::need()...}, [make = std::move(make)](Scope &scope) {
                (void)scope;
                return Scope::erase(std::unique_ptr<T>(make(Parameter<Arguments>::from(scope)...)));
            }});
}

} // namespace orchestra
