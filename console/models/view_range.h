// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

#include <chrono>

namespace orchestra {

/// The time that every chart of the console shows, the shared crosshair, and Pause, which freezes the view and not the
/// intake. Lives on: gui.
class ViewRange : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(TimeRange)
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int preset READ preset WRITE setPreset NOTIFY presetChanged)
    Q_PROPERTY(QString text READ text NOTIFY presetChanged)
    Q_PROPERTY(QStringList presets READ presets CONSTANT)
    Q_PROPERTY(qreal fromMs READ fromMs NOTIFY moved)
    Q_PROPERTY(qreal toMs READ toMs NOTIFY moved)
    Q_PROPERTY(qreal cutMs READ cutMs NOTIFY moved)
    Q_PROPERTY(bool paused READ isPaused WRITE setPaused NOTIFY pausedChanged)
    Q_PROPERTY(QString heldText READ heldText NOTIFY heldChanged)
    Q_PROPERTY(qreal cursorMs READ cursorMs WRITE setCursorMs NOTIFY cursorChanged)
    Q_PROPERTY(int utcOffsetSeconds READ utcOffsetSeconds NOTIFY zoneChanged)

public:
    enum Preset { Minutes5, Minutes15, Hour1, Hours6, Hours24, Custom };
    Q_ENUM(Preset)

    /// `clock` must outlive the range.
    ViewRange(const Clock &clock, QObject *parent);

    int preset() const { return preset_; }
    void setPreset(int preset);
    QString text() const;
    QStringList presets() const;
    /// The preset as links write it, "15m"; empty for a custom range.
    QString word() const;
    /// What is no preset's word is ignored.
    void setWord(const QString &word);
    qreal fromMs() const { return fromMs_; }
    qreal toMs() const { return toMs_; }
    qreal cutMs() const { return cutMs_; }
    bool isPaused() const { return paused_; }
    void setPaused(bool paused);
    QString heldText() const;
    qreal cursorMs() const { return cursorMs_; }
    void setCursorMs(qreal ms);
    int utcOffsetSeconds() const { return utcOffsetSeconds_; }
    void setUtcOffsetSeconds(int seconds);
    /// How far back it looks.
    std::chrono::seconds length() const;
    bool isFollowing() const { return preset_ != Custom && !paused_; }

    Q_INVOKABLE void shorter();
    Q_INVOKABLE void longer();
    Q_INVOKABLE void goLive();
    Q_INVOKABLE void zoom(qreal fromMs, qreal toMs);

    /// Once a second. `cutMs` is the time of the last frame while the link is not live, else NaN.
    void tick(qreal cutMs);
    /// A change came in while the view is paused.
    void hold();

Q_SIGNALS:
    void presetChanged();
    void moved();
    void pausedChanged();
    void heldChanged();
    void cursorChanged();
    void zoneChanged();

private:
    void follow();

    const Clock &clock_;
    int preset_ = Minutes15;
    int presetBeforeZoom_ = Minutes15;
    qreal fromMs_ = 0;
    qreal toMs_ = 0;
    qreal cutMs_ = qQNaN();
    qreal cursorMs_ = qQNaN();
    int held_ = 0;
    int utcOffsetSeconds_ = 0;
    bool paused_ = false;
};

} // namespace orchestra
