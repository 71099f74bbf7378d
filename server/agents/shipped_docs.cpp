// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/shipped_docs.h"

#include <QDirIterator>
#include <QFile>

#include <algorithm>

namespace orchestra {

std::vector<Document> shippedDocuments()
{
    const QString root = QStringLiteral(":/docs/");
    std::vector<Document> documents;
    QDirIterator files(root, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly))
            documents.push_back({files.filePath().mid(root.size()).toStdString(), file.readAll().toStdString()});
    }
    std::sort(documents.begin(), documents.end(), [](const Document &a, const Document &b) { return a.file < b.file; });
    return documents;
}

} // namespace orchestra
