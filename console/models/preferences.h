// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QObject>
#include <QSettings>
#include <QStringList>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// How the operator likes the console; kept in one INI file, written a second after the last change. Lives on: gui.
class Preferences : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int scheme READ scheme WRITE setScheme NOTIFY changed)
    Q_PROPERTY(int density READ density WRITE setDensity NOTIFY changed)
    Q_PROPERTY(int textScale READ textScale WRITE setTextScale NOTIFY changed)
    Q_PROPERTY(bool reduceMotion READ reduceMotion WRITE setReduceMotion NOTIFY changed)
    Q_PROPERTY(bool utc READ utc WRITE setUtc NOTIFY changed)
    Q_PROPERTY(bool railCollapsed READ railCollapsed WRITE setRailCollapsed NOTIFY changed)
    Q_PROPERTY(bool inspectorOpen READ inspectorOpen WRITE setInspectorOpen NOTIFY changed)
    Q_PROPERTY(int windowWidth READ windowWidth WRITE setWindowWidth NOTIFY windowChanged)
    Q_PROPERTY(int windowHeight READ windowHeight WRITE setWindowHeight NOTIFY windowChanged)

public:
    enum Scheme { Dark, Light, Contrast, System };
    Q_ENUM(Scheme)
    enum Density { Compact, Normal, Cosy };
    Q_ENUM(Density)

    /// `file`: path of the INI file; its directory is made when it is missing.
    Preferences(const QString &file, QObject *parent);
    ~Preferences() override;

    int scheme() const { return scheme_; }
    void setScheme(int scheme) { assign(scheme_, qBound<int>(Dark, scheme, System), "scheme"); }
    int density() const { return density_; }
    void setDensity(int density) { assign(density_, qBound<int>(Compact, density, Cosy), "density"); }
    int textScale() const { return textScale_; }
    void setTextScale(int percent) { assign(textScale_, qBound(90, percent, 200), "text_scale"); }
    bool reduceMotion() const { return reduceMotion_; }
    void setReduceMotion(bool reduce) { assign(reduceMotion_, reduce, "reduce_motion"); }
    bool utc() const { return utc_; }
    void setUtc(bool utc) { assign(utc_, utc, "utc"); }
    bool railCollapsed() const { return railCollapsed_; }
    void setRailCollapsed(bool collapsed) { assign(railCollapsed_, collapsed, "rail_collapsed"); }
    bool inspectorOpen() const { return inspectorOpen_; }
    void setInspectorOpen(bool open) { assign(inspectorOpen_, open, "inspector_open"); }
    int windowWidth() const { return windowWidth_; }
    void setWindowWidth(int width);
    int windowHeight() const { return windowHeight_; }
    void setWindowHeight(int height);

    Q_INVOKABLE QList<int> hiddenColumns(const QString &table, const QList<int> &usual = {}) const;
    Q_INVOKABLE void setHiddenColumns(const QString &table, const QList<int> &columns);

    /// Lists of texts that other parts keep here, for example saved messages.
    QStringList list(const QString &name) const;
    void setList(const QString &name, const QStringList &values);
    QString text(const QString &name) const;
    void setText(const QString &name, const QString &value);

Q_SIGNALS:
    void changed();
    void windowChanged();
    void columnsChanged();

private:
    template <class T>
    void assign(T &field, T value, const char *key)
    {
        if (field == value)
            return;
        field = value;
        keep(QLatin1String(key), value);
        Q_EMIT changed();
    }
    void keep(const QString &key, const QVariant &value);
    void write();

    QSettings settings_;
    QTimer writer_;
    QHash<QString, QVariant> dirty_;
    int scheme_ = Dark;
    int density_ = Normal;
    int textScale_ = 100;
    bool reduceMotion_ = false;
    bool utc_ = true;
    bool railCollapsed_ = false;
    bool inspectorOpen_ = true;
    int windowWidth_ = 1360;
    int windowHeight_ = 860;
};

} // namespace orchestra
