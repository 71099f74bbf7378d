// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace orchestra {

/// A self-signed certificate for 127.0.0.1 and localhost with a P-256 key, made on the spot and valid for a day.
struct TestCertificate
{
    static TestCertificate make();

    std::string certificatePem;
    std::string keyPem;
};

} // namespace orchestra
