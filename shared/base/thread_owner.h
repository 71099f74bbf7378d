// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <thread>

namespace orchestra {

/// Aborts when a class is used from a thread that does not own it.
/// A member of every class with a `Lives on:` line; its public methods begin with `owner_.check()`.
/// The owner is the constructing thread until `adopt()` is called on another.
class ThreadOwner
{
public:
    ThreadOwner() : owner_(std::this_thread::get_id()) {}

    /// Makes the calling thread the owner. For objects that are built on one thread and handed to another once.
    void adopt() { owner_ = std::this_thread::get_id(); }

    void check() const
    {
        if (owner_ != std::this_thread::get_id()) [[unlikely]]
            abortWithReason();
    }

private:
    [[noreturn]] static void abortWithReason();

    std::thread::id owner_;
};

} // namespace orchestra
