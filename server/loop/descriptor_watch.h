// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QEvent>
#include <QSocketNotifier>

namespace orchestra {

/// Calls a function when a descriptor is ready, for as long as it is; a QSocketNotifier without a signal, because the
/// connection to one takes as much memory as the notifier. It is enabled from the start.
/// Lives on: the thread that makes it.
class DescriptorWatch final : public QSocketNotifier
{
public:
    using Call = void (*)(void *owner);

    DescriptorWatch(int descriptor, Type type, void *owner, Call call)
        : QSocketNotifier(descriptor, type)
        , owner_(owner)
        , call_(call)
    {
    }

protected:
    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::SockAct)
            return QSocketNotifier::event(event);
        call_(owner_);
        return true;
    }

private:
    void *const owner_;
    const Call call_;
};

} // namespace orchestra
