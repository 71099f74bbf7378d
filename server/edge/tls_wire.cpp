// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/wire.h"

#include <QSslConfiguration>
#include <QSslSocket>

namespace orchestra {
namespace {

/// It decrypts no more than this ahead; without a bound Qt goes on decrypting while nobody reads.
constexpr qint64 kDecryptedAhead = 64 * 1024;

class TlsWire final : public Wire
{
public:
    explicit TlsWire(std::unique_ptr<QSslSocket> socket);
    ~TlsWire() override;

    bool isTls() const override { return true; }
    bool isReady() const override { return socket_->isEncrypted(); }

    std::ptrdiff_t read(std::span<char> buffer) override;
    /// It tells once, however much it holds.
    bool resume() override { return readAhead() > 0; }
    std::size_t readAhead() const override { return static_cast<std::size_t>(socket_->bytesAvailable()); }
    bool write(std::string_view bytes) override;
    std::size_t unsent() const override
    {
        return static_cast<std::size_t>(socket_->bytesToWrite() + socket_->encryptedBytesToWrite());
    }
    void shutWrite() override { socket_->disconnectFromHost(); }
    void finish() override { socket_->disconnectFromHost(); }
    bool isFinishing() const override { return socket_->state() == QAbstractSocket::ClosingState; }
    void abort() override { socket_->abort(); }

private:
    const std::unique_ptr<QSslSocket> socket_;
};

TlsWire::TlsWire(std::unique_ptr<QSslSocket> socket)
    : socket_(std::move(socket))
{
    const auto forward = [this](void (WireListener::*told)()) {
        return [this, told] {
            if (listener())
                (listener()->*told)();
        };
    };
    QObject::connect(socket_.get(), &QIODevice::readyRead, socket_.get(), forward(&WireListener::onReadable));
    QObject::connect(socket_.get(), &QSslSocket::encrypted, socket_.get(), forward(&WireListener::onReady));
    // It is the encrypted bytes that wait for the peer.
    QObject::connect(socket_.get(), &QSslSocket::encryptedBytesWritten, socket_.get(), forward(&WireListener::onTaken));
    QObject::connect(socket_.get(), &QAbstractSocket::disconnected, socket_.get(), forward(&WireListener::onWireGone));
    QObject::connect(socket_.get(), &QAbstractSocket::errorOccurred, socket_.get(), [this] {
        if (listener() && socket_->state() == QAbstractSocket::UnconnectedState)
            listener()->onWireGone();
    });
}

TlsWire::~TlsWire()
{
    // A socket says that it is disconnected while it is destroyed; nobody is left to hear it.
    tell(nullptr);
}

std::ptrdiff_t TlsWire::read(std::span<char> buffer)
{
    const qint64 size = socket_->read(buffer.data(), static_cast<qint64>(buffer.size()));
    return size < 0 && socket_->state() == QAbstractSocket::ConnectedState ? 0 : size;
}

bool TlsWire::write(std::string_view bytes)
{
    const bool isTaken = socket_->write(bytes.data(), static_cast<qint64>(bytes.size())) >= 0;
    socket_->flush();
    return isTaken;
}

} // namespace

std::unique_ptr<Wire> openTlsWire(int descriptor, const QSslConfiguration &configuration)
{
    auto socket = std::make_unique<QSslSocket>();
    socket->setSslConfiguration(configuration);
    if (!socket->setSocketDescriptor(descriptor))
        return nullptr;
    socket->setReadBufferSize(kDecryptedAhead);
    socket->startServerEncryption();
    return std::make_unique<TlsWire>(std::move(socket));
}

} // namespace orchestra
