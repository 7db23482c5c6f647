# SPDX-License-Identifier: Apache-2.0
"""What a data folder holds, what goes from it and when: retention as an operator meets it."""
import glob
import os
import sys

from harness import Daemon, run

SITE = """
site: {name: Storage}
assets:
  - name: T-1
    signals: [{name: fill, unit: "1"}, {name: vibration, unit: mm/s}]
retention:
  - {class: bulk, match: ["*/vibration"], %s}
"""


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def days_of(daemon):
    return sorted(os.path.basename(path) for path in glob.glob(daemon.data + "/days/*.db") if "rollups" not in path)


def what_is_imported_lies_under_its_class(folder, davy):
    daemon = Daemon(davy, folder, SITE % "keep: 36600d")
    rows = "".join(f"2024-10-04T00:00:{second:02}Z,{second},{second / 8}\n" for second in range(60))
    history = write(folder, "history.csv", "time,T-1/fill,T-1/vibration\n" + rows)
    daemon.cli("import", history, "--site", daemon.site, "--data", daemon.data)
    assert days_of(daemon) == ["2024-10-04.bulk.db", "2024-10-04.db"], days_of(daemon)


TESTS = [
    what_is_imported_lies_under_its_class,
]
run([test for test in TESTS if len(sys.argv) < 3 or sys.argv[2] in test.__name__], sys.argv[1])
