# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, 50 times: nothing that was acknowledged is lost, nothing is doubled."""
import os
import random
import sys
import threading
import time

from harness import Daemon, run

KILLS = int(os.environ.get("DAVY_KILLS", "50"))
WRITERS = 2
POINTS = 50  # a request

SITE = """
site: {name: Kill test}
assets:
""" + "".join(f"""
  - name: W-{i}
    kind: writer
    signals:
      - {{name: id, unit: "1"}}
""" for i in range(WRITERS)) + """
  - name: T-1
    kind: tank
    signals:
      - {name: level, unit: "%", limits: {hi: 50}}
"""


class Writer(threading.Thread):
    """Writes ids 1, 2, 3 ... as value and time, and notes which were acknowledged."""

    def __init__(self, daemon, number, first):
        super().__init__()
        self.daemon_process = daemon
        self.number = number
        self.next = first
        self.acknowledged = []
        self.attempted = []
        self.ending = False

    def run(self):
        while not self.ending:
            ids = range(self.next, self.next + POINTS)
            lines = "\n".join(f"W-{self.number} id={i} {i * 1000000000}" for i in ids)
            self.attempted.extend(ids)
            self.next += POINTS
            try:
                status, _ = self.daemon_process.write(lines)
            except OSError:
                return  # the daemon is gone; these ids may or may not be there
            except Exception:
                return
            if status == 204:
                self.acknowledged.extend(ids)


def stored_ids(daemon, number):
    answer = daemon.get(f"/api/v1/samples?signals=W-{number}/id&from=0&to=4000000000")
    return [round(value) for value in answer["signals"][0]["values"]]


def nothing_acknowledged_is_lost_or_doubled(folder, davy):
    daemon = Daemon(davy, folder, SITE).start()
    acknowledged = [set() for _ in range(WRITERS)]
    attempted = [set() for _ in range(WRITERS)]
    first = [1] * WRITERS
    raised = False
    choose = random.Random(20260101)

    for kill in range(KILLS):
        writers = [Writer(daemon, i, first[i]) for i in range(WRITERS)]
        for writer in writers:
            writer.start()
        if kill == KILLS // 2:  # an alarm that must survive every later kill
            status, body = daemon.write("T-1 level=60")
            assert status == 204, body
            for _ in range(400):
                if daemon.alarms():
                    raised = True
                    break
                time.sleep(0.025)
        time.sleep(choose.uniform(0.02, 0.25))
        daemon.kill()
        for i, writer in enumerate(writers):
            writer.ending = True
            writer.join()
            acknowledged[i].update(writer.acknowledged)
            attempted[i].update(writer.attempted)
            first[i] = writer.next
        daemon.start()

    for i in range(WRITERS):
        stored = stored_ids(daemon, i)
        assert len(stored) == len(set(stored)), f"doubled: {len(stored) - len(set(stored))}"
        lost = acknowledged[i] - set(stored)
        assert not lost, f"writer {i} lost {len(lost)} of {len(acknowledged[i])}"
        assert set(stored) <= attempted[i], "ids that nobody sent"
        assert len(acknowledged[i]) > KILLS, "the load was no load"
    assert raised
    alarms = daemon.alarms()
    assert [alarm["state"] for alarm in alarms] == ["unacknowledged"], alarms
    print(f"# {KILLS} kills, {sum(map(len, acknowledged))} samples acknowledged, 0 lost, 0 doubled")
    assert daemon.stop() == 0


run([nothing_acknowledged_is_lost_or_doubled], sys.argv[1])
