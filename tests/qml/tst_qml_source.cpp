// SPDX-License-Identifier: GPL-3.0-or-later
// Reads our QML as text: the rules that no compiler knows.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

class TstQmlSource : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheRules_data()
    {
        QTest::addColumn<QString>("file");
        const QString root = QString::fromUtf8(qgetenv("ORCHESTRA_SOURCE")) + QStringLiteral("/qml");
        QDirIterator it(root, {QStringLiteral("*.qml")}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString file = it.next();
            QTest::newRow(qPrintable(file.mid(root.size() + 1))) << file;
        }
    }
    void keepsTheRules();
};

// Outside of the class, because moc loses a class that holds raw strings with quotes.
void TstQmlSource::keepsTheRules()
{
    QFETCH(QString, file);
    QFile source(file);
    QVERIFY(source.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(source.readAll());
    const bool isTheme = file.endsWith(QStringLiteral("/Theme.qml"));
    const bool isChart = file.endsWith(QStringLiteral("/ChartLines.qml"));

    struct Rule
    {
        const char *pattern;
        const char *why;
        bool applies;
    };
    const Rule rules[] = {
        {R"(\bproperty\s+var\b)", "an untyped property", true},
        {R"("#[0-9a-fA-F]{3,8}")", "a colour outside the theme", !isTheme},
        {R"(Qt\.(rgba|hsla|hsva|lighter|darker|tint)\()", "a colour outside the theme", !isTheme},
        {R"(\bcolor:\s*"(?!transparent"))", "a colour outside the theme", !isTheme},
        {R"(pixelSize:\s*\d)", "a text size outside the theme", !isTheme},
        {R"(pointSize)", "a text size that does not follow the text scale", true},
        {R"(font\.family:\s*")", "a font outside the theme", !isTheme},
        {R"((duration|delay):\s*\d)", "a duration outside the theme", !isTheme},
        {R"(interval:\s*[1-9])", "a duration outside the theme", !isTheme},
        {R"(\b(width|height|spacing|padding|radius|margins|[a-z]+Margin|[a-z]+Padding|implicitWidth|implicitHeight|size):\s*\d*[1-9]\d*\s*$)",
         "a size outside the theme", !isTheme},
        {R"(^import QtCharts)", "only ChartLines may know Qt Charts", !isChart},
        {R"(textFormat:\s*Text\.(?!PlainText))", "markup: what others wrote is never markup", true},
        {R"(\b(ShaderEffect|ShaderEffectSource|MultiEffect|Canvas)\b)",
         "does not draw with the software renderer, or slowly", true},
        {R"(\bonClicked:(?! (if \(available\) triggered\(\)|toggleWanted\(\))))",
         "UiButton sends triggered, which knows what is available", true},
        {R"(XMLHttpRequest|Qt\.openUrlExternally|loadFromModule|eval\()", "reaches outside", true},
        {R"(\b(text|tip|placeholderText|title|headline|detail):\s*"[^"]*[A-Za-z]{2,}[^"]*"\s*$)", "words without qsTr",
         !isTheme},
    };
    for (const Rule &rule : rules) {
        if (!rule.applies)
            continue;
        const QRegularExpression pattern(QString::fromLatin1(rule.pattern), QRegularExpression::MultilineOption);
        const QRegularExpressionMatch match = pattern.match(text);
        const QString where =
            QStringLiteral("%1: '%2' is %3").arg(file, match.captured().trimmed(), QString::fromLatin1(rule.why));
        QVERIFY2(!match.hasMatch(), qPrintable(where));
    }
    QVERIFY2(text.startsWith(QStringLiteral("// SPDX-License-Identifier: GPL-3.0-or-later")),
             "the licence line comes first");
}

QTEST_GUILESS_MAIN(TstQmlSource)
#include "tst_qml_source.moc"
