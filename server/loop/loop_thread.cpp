// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/loop_thread.h"

#include "server/loop/epoll_dispatcher.h"

#include <QEventLoop>
#include <QThread>

namespace orchestra {

namespace {

constexpr std::size_t kMaxTasks = 65536;

} // namespace

LoopThread::LoopThread(std::string name, const Clock &clock)
    : name_(std::move(name))
    , tasks_(kMaxTasks, clock)
    , reader_(tasks_)
{
}

LoopThread::~LoopThread()
{
    stop();
}

void LoopThread::start(Task onStart, Task onStop)
{
    if (thread_)
        qFatal("LoopThread %s is started twice", name_.c_str());
    thread_.reset(
        QThread::create([this, onStart = std::move(onStart), onStop = std::move(onStop)] { run(onStart, onStop); }));
    thread_->setObjectName(QString::fromStdString(name_));
    thread_->setEventDispatcher(new EpollDispatcher);
    thread_->start();
}

void LoopThread::run(const Task &onStart, const Task &onStop)
{
    reader_.start([](std::vector<Task> &batch) {
        for (const Task &task : batch)
            task();
    });
    if (onStart)
        onStart();
    // Ended by QThread::quit(), also when that comes before this line.
    QEventLoop loop;
    loop.exec();
    reader_.drain();
    reader_.stop();
    if (onStop)
        onStop();
    hasEnded_.store(true, std::memory_order_release);
}

void LoopThread::stop()
{
    if (!thread_)
        return;
    tasks_.close();
    thread_->quit();
    thread_->wait();
    // Qt's wait() orders this too, but by locks that the thread sanitizer does not see.
    if (!hasEnded_.load(std::memory_order_acquire))
        qFatal("LoopThread %s ended before its run", name_.c_str());
    thread_.reset();
}

bool LoopThread::post(Task task)
{
    return tasks_.push(std::move(task));
}

} // namespace orchestra
