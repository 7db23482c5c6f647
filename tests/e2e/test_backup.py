# SPDX-License-Identifier: Apache-2.0
"""davy backup beside a daemon under load, davy restore, and a daemon on what was restored."""
import json
import os
import sys
import threading
import time

from harness import Daemon, run

POINTS = 50  # a request
SITE = """
site: {name: Backup test}
assets:
  - name: W-0
    kind: writer
    signals:
      - {name: id, unit: "1"}
  - name: T-1
    kind: tank
    signals:
      - {name: level, unit: "%", limits: {hi: 50}}
"""


class Writer(threading.Thread):
    """Writes ids 1, 2, 3 ... as value and time, and counts which were acknowledged."""

    def __init__(self, daemon):
        super().__init__()
        self.daemon_process = daemon
        self.acknowledged = 0
        self.ending = False

    def run(self):
        while not self.ending:
            ids = range(self.acknowledged + 1, self.acknowledged + POINTS + 1)
            status, _ = self.daemon_process.write("\n".join(f"W-0 id={i} {i * 1000000000}" for i in ids))
            assert status == 204, status
            self.acknowledged += POINTS


def stored_ids(daemon):
    answer = daemon.get("/api/v1/samples?signals=W-0/id&from=0&to=4000000000")
    return [round(value) for value in answer["signals"][0]["values"]]


def wait_for_alarm(daemon):
    for _ in range(400):
        if daemon.alarms():
            return
        time.sleep(0.025)
    raise AssertionError("no alarm")


def a_restored_backup_is_the_data_at_one_moment(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    copy = os.path.join(folder, "copy")
    assert daemon.write("T-1 level=60")[0] == 204
    wait_for_alarm(daemon)
    writer = Writer(daemon)
    writer.start()
    while writer.acknowledged < 10 * POINTS:
        time.sleep(0.01)
    before = writer.acknowledged
    report = json.loads(daemon.cli("backup", copy, "--data", daemon.data, "--json"))
    writer.ending = True
    writer.join()
    assert report["intact"] and report["records"] > 0, report
    assert daemon.stop() == 0

    restored = Daemon(davy, folder, SITE, name="restored")
    restored.key_file = daemon.key_file
    daemon.cli("restore", copy, "--data", restored.data)
    daemon.cli("verify", "--data", restored.data)
    restored.start()
    stored = stored_ids(restored)
    assert stored == list(range(1, len(stored) + 1)), "a hole"
    assert len(stored) % POINTS == 0, "half a request"
    assert before <= len(stored) <= writer.acknowledged, (before, len(stored), writer.acknowledged)
    assert [alarm["state"] for alarm in restored.alarms()] == ["unacknowledged"]
    print(f"# {len(stored)} samples restored, {before} were acknowledged before the backup began")
    assert restored.stop() == 0


def data_that_are_there_are_not_written_over(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    copy = os.path.join(folder, "copy")
    daemon.cli("backup", copy, "--data", daemon.data)
    daemon.cli("backup", copy, "--data", daemon.data, code=73)
    daemon.cli("restore", copy, "--data", daemon.data, code=73)
    assert daemon.stop() == 0


run([a_restored_backup_is_the_data_at_one_moment, data_that_are_there_are_not_written_over], sys.argv[1])
