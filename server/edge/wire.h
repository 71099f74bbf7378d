// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

class QSslConfiguration;

namespace orchestra {

/// Who is told what happens on a wire. It may use the wire while it is told, but not destroy it.
/// Lives on: edge.
class WireListener
{
public:
    /// There is something to read, or the end.
    virtual void onReadable() = 0;
    /// The peer took some of what was unsent.
    virtual void onTaken() = 0;
    /// The wire is down: by finish(), abort(), or the peer where nobody had to read to find out.
    virtual void onWireGone() = 0;
    /// A TLS wire has done its handshake; a plain one is ready from the start.
    virtual void onReady() {}

protected:
    ~WireListener() = default;
};

/// A connected stream of bytes: TCP, plain or under TLS. Reads only when asked, so that a peer nobody listens to is
/// held up by TCP; never blocks. Small, because there is one for each connection.
/// Lives on: edge.
class Wire
{
public:
    Wire() = default;
    Wire(const Wire &) = delete;
    Wire &operator=(const Wire &) = delete;
    virtual ~Wire() = default;

    /// From now on `listener` is told; nullptr: nobody.
    void tell(WireListener *listener) { listener_ = listener; }

    virtual bool isTls() const = 0;
    virtual bool isReady() const = 0;

    /// Bytes read; 0 when there are none now; -1 when there will be none any more.
    virtual std::ptrdiff_t read(std::span<char> buffer) = 0;
    /// Whoever stopped reading goes on. True when onReadable() may not come for what is here already.
    virtual bool resume() = 0;

    /// Bytes that were taken from the system and are not read yet.
    virtual std::size_t readAhead() const = 0;

    /// Takes all of it. False when the wire is down.
    virtual bool write(std::string_view bytes) = 0;
    /// Bytes taken that the system has not yet accepted.
    virtual std::size_t unsent() const = 0;

    /// Nothing more is sent once the unsent bytes are gone; reading goes on where the wire can do that.
    virtual void shutWrite() = 0;
    /// Goes down when the unsent bytes are gone. Nothing is read any more.
    virtual void finish() = 0;
    virtual bool isFinishing() const = 0;
    /// Goes down at once.
    virtual void abort() = 0;

protected:
    WireListener *listener() const { return listener_; }

private:
    WireListener *listener_ = nullptr;
};

/// Over an accepted descriptor, which it owns from then on; without Nagle's delay, with keep-alive (see
/// prepareForWires()). Empty when it is none.
std::unique_ptr<Wire> openPlainWire(int descriptor);
std::unique_ptr<Wire> openTlsWire(int descriptor, const QSslConfiguration &configuration);

/// Sets what every connection needs on a socket that listens: those that it accepts inherit it, so that no connection
/// has to ask for it.
void prepareForWires(int listeningDescriptor);

} // namespace orchestra
