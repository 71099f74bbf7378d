// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/mailbox_bell.h"

#include "server/loop/epoll_dispatcher.h"

#include <QCoreApplication>
#include <QEvent>
#include <QObject>
#include <QThread>

namespace orchestra {

namespace {

class Listener final : public QObject
{
public:
    Listener(std::function<void()> call, std::function<void()> isAboutToCall)
        : call_(std::move(call))
        , isAboutToCall_(std::move(isAboutToCall))
    {
    }

    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        isAboutToCall_();
        // A copy, because the call may detach, which deletes this object.
        const auto call = call_;
        call();
        return true;
    }

private:
    const std::function<void()> call_;
    const std::function<void()> isAboutToCall_;
};

} // namespace

MailboxBell::MailboxBell() = default;

MailboxBell::~MailboxBell()
{
    detach();
}

void MailboxBell::ring()
{
    auto *ours = dynamic_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance());
    auto shared = weak_from_this().lock();
    if (ours && shared && !isOfThisThread())
        ours->ringWhenTurnEnds(std::move(shared));
    else
        ringNow();
}

bool MailboxBell::isOfThisThread()
{
    const std::lock_guard lock(mutex_);
    return target_ && target_->thread() == QThread::currentThread();
}

void MailboxBell::ringNow()
{
    // Posted under the lock: detach() cannot delete the target in between.
    const std::lock_guard lock(mutex_);
    if (!isRung_ && target_)
        QCoreApplication::postEvent(target_, new QEvent(QEvent::User));
    isRung_ = true;
}

void MailboxBell::attach(std::function<void()> listener)
{
    detach();
    listener_ = std::make_unique<Listener>(std::move(listener), [this] {
        const std::lock_guard lock(mutex_);
        isRung_ = false;
    });
    const std::lock_guard lock(mutex_);
    target_ = listener_.get();
    if (isRung_)
        QCoreApplication::postEvent(target_, new QEvent(QEvent::User));
}

void MailboxBell::detach()
{
    {
        const std::lock_guard lock(mutex_);
        target_ = nullptr;
    }
    listener_.reset();
}

} // namespace orchestra
