// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/tls_identity.h"

#include "shared/wire/error_table.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <QFile>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

namespace orchestra {
namespace {

Result<QByteArray> readFile(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return makeError(Code::Invalid, "Cannot read " + path + ": " + file.errorString().toStdString());
    return file.readAll();
}

QSslKey readKey(const QByteArray &pem, const std::string &password)
{
    const QByteArray phrase = QByteArray::fromStdString(password);
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
        QSslKey key(pem, algorithm, QSsl::Pem, QSsl::PrivateKey, phrase);
        if (!key.isNull())
            return key;
    }
    return {};
}

/// Qt would find out only at the first handshake, and then at every one.
bool belongTogether(const QByteArray &certificatePem, const QByteArray &keyPem, const std::string &password)
{
    BIO *certificateText = BIO_new_mem_buf(certificatePem.constData(), static_cast<int>(certificatePem.size()));
    BIO *keyText = BIO_new_mem_buf(keyPem.constData(), static_cast<int>(keyPem.size()));
    X509 *certificate = PEM_read_bio_X509(certificateText, nullptr, nullptr, nullptr);
    // Without a callback OpenSSL takes the last argument for the passphrase.
    EVP_PKEY *key = PEM_read_bio_PrivateKey(keyText, nullptr, nullptr, const_cast<char *>(password.c_str()));
    const bool isPair = certificate && key && X509_check_private_key(certificate, key) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    BIO_free(certificateText);
    BIO_free(keyText);
    return isPair;
}

} // namespace

Result<QSslConfiguration> loadTlsIdentity(const TlsFiles &files)
{
    if (!QSslSocket::supportsSsl())
        return makeError(Code::Invalid, "Qt cannot find a TLS library.");
    const auto certificatePem = readFile(files.certificate);
    if (!certificatePem)
        return certificatePem.error();
    const auto keyPem = readFile(files.key);
    if (!keyPem)
        return keyPem.error();
    const auto chain = QSslCertificate::fromData(*certificatePem, QSsl::Pem);
    if (chain.isEmpty())
        return makeError(Code::Invalid, files.certificate + " holds no certificate in PEM form.");
    const QSslKey key = readKey(*keyPem, files.keyPassword);
    if (key.isNull())
        return makeError(Code::Invalid, files.key + " holds no private key in PEM form, or its passphrase is wrong.");
    if (!belongTogether(*certificatePem, *keyPem, files.keyPassword))
        return makeError(Code::Invalid, files.key + " is not the key of " + files.certificate + ".");
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(key);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setAllowedNextProtocols({QByteArrayLiteral("http/1.1")});
    // No client certificate is asked for, so nobody needs to be trusted.
    configuration.setCaCertificates({});
    return configuration;
}

} // namespace orchestra
