// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/wire.h"
#include "server/loop/descriptor_watch.h"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace orchestra {
namespace {

/// What the kernel may hold beyond what is in flight. By default it takes megabytes for a peer that does not read,
/// which is memory too, and hides from the send queue that the peer is slow.
constexpr int kKernelUnsent = 128 * 1024;

class PlainWire final : public Wire
{
public:
    explicit PlainWire(int descriptor)
        : descriptor_(descriptor)
        , reading_(descriptor, QSocketNotifier::Read, this,
                   [](void *wire) { static_cast<PlainWire *>(wire)->onReadable(); })
    {
    }
    ~PlainWire() override { close(); }

    bool isTls() const override { return false; }
    bool isReady() const override { return true; }

    std::ptrdiff_t read(std::span<char> buffer) override;
    bool resume() override;
    std::size_t readAhead() const override { return 0; }
    bool write(std::string_view bytes) override;
    std::size_t unsent() const override { return unsent_.size() - taken_; }
    void shutWrite() override;
    void finish() override;
    bool isFinishing() const override { return isFinishing_; }
    void abort() override;

private:
    void onReadable();
    void onWritable();
    /// What the system takes now. False when the wire is down.
    bool send(std::string_view &bytes);
    void goDown();
    void close();

    int descriptor_; ///< -1 once it is down
    DescriptorWatch reading_;
    std::unique_ptr<DescriptorWatch> writing_; ///< while there are unsent bytes
    std::string unsent_;
    std::size_t taken_ = 0; ///< of unsent_, from its front
    bool wasRead_ = false;
    bool isFinishing_ = false;
    bool isShutting_ = false;
};

void PlainWire::onReadable()
{
    if (!listener())
        return reading_.setEnabled(false);
    wasRead_ = false;
    listener()->onReadable();
    // Who does not read would be told again at once, and again.
    if (!wasRead_)
        reading_.setEnabled(false);
}

std::ptrdiff_t PlainWire::read(std::span<char> buffer)
{
    wasRead_ = true;
    if (descriptor_ < 0 || isFinishing_)
        return -1;
    ssize_t size = 0;
    do
        size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    while (size < 0 && errno == EINTR);
    if (size > 0 || (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))) {
        resume();
        return std::max<ssize_t>(size, 0);
    }
    reading_.setEnabled(false);
    return -1;
}

bool PlainWire::resume()
{
    // The kernel tells of what waits for as long as it waits.
    if (descriptor_ >= 0 && !isFinishing_ && !reading_.isEnabled())
        reading_.setEnabled(true);
    return false;
}

bool PlainWire::send(std::string_view &bytes)
{
    while (!bytes.empty()) {
        const ssize_t size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(size));
        else if (errno != EINTR)
            return errno == EAGAIN || errno == EWOULDBLOCK;
    }
    return true;
}

bool PlainWire::write(std::string_view bytes)
{
    if (descriptor_ < 0 || isFinishing_ || isShutting_)
        return false;
    if (unsent() == 0 && !send(bytes)) {
        // Whoever reads is told of the end.
        resume();
        return false;
    }
    if (bytes.empty())
        return true;
    unsent_.append(bytes);
    if (!writing_)
        writing_ = std::make_unique<DescriptorWatch>(descriptor_, QSocketNotifier::Write, this,
                                                     [](void *wire) { static_cast<PlainWire *>(wire)->onWritable(); });
    writing_->setEnabled(true);
    return true;
}

void PlainWire::onWritable()
{
    std::string_view rest = std::string_view(unsent_).substr(taken_);
    if (!send(rest))
        return goDown();
    taken_ = unsent_.size() - rest.size();
    if (rest.empty()) {
        std::string().swap(unsent_);
        taken_ = 0;
        writing_->setEnabled(false);
    } else if (taken_ > unsent_.size() / 2) {
        unsent_.erase(0, taken_);
        taken_ = 0;
    }
    if (listener())
        listener()->onTaken();
    if (unsent() > 0 || descriptor_ < 0)
        return;
    if (isShutting_)
        ::shutdown(descriptor_, SHUT_WR);
    if (isFinishing_)
        goDown();
}

void PlainWire::shutWrite()
{
    if (std::exchange(isShutting_, true) || descriptor_ < 0 || unsent() > 0)
        return;
    ::shutdown(descriptor_, SHUT_WR);
}

void PlainWire::finish()
{
    if (std::exchange(isFinishing_, true) || descriptor_ < 0)
        return;
    reading_.setEnabled(false);
    if (unsent() == 0)
        goDown();
}

void PlainWire::abort()
{
    if (descriptor_ >= 0)
        goDown();
}

void PlainWire::goDown()
{
    close();
    if (listener())
        listener()->onWireGone();
}

void PlainWire::close()
{
    if (descriptor_ < 0)
        return;
    // Before the number may be given to another file.
    reading_.setEnabled(false);
    if (writing_)
        writing_->setEnabled(false);
    ::close(std::exchange(descriptor_, -1));
    std::string().swap(unsent_);
    taken_ = 0;
}

} // namespace

std::unique_ptr<Wire> openPlainWire(int descriptor)
{
    if (descriptor < 0)
        return nullptr;
    return std::make_unique<PlainWire>(descriptor);
}

void prepareForWires(int listeningDescriptor)
{
    const int yes = 1;
    ::setsockopt(listeningDescriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(listeningDescriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    ::setsockopt(listeningDescriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kKernelUnsent, sizeof kKernelUnsent);
}

} // namespace orchestra
