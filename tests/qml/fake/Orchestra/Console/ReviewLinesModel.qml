// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["change", "line"]

    enum Change { Same, Added, Removed }
}
