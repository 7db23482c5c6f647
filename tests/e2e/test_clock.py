# SPDX-License-Identifier: Apache-2.0
"""The wall clock of a running daemon steps by an hour, by a day, back to 1970 and to the right time again: no sample is lost,
no series is broken, alarms come and go, and a start finds all of it."""
import os
import struct
import sys
import time

from harness import Daemon, eventually, run

SITE = """
site: {name: Clock test}
assets:
  - name: T-1
    kind: tank
    signals:
      - {name: level, unit: "%", limits: {hi: 50}}
"""
HOUR, DAY = 3600, 86400
RUN = 4  # samples, high and then low, between two steps: a clock that went back is believed after three (detect/monitor.h)


class Clock:
    """What clock_step.c reads."""

    def __init__(self, folder, library):
        self.path = os.path.join(folder, "clock")
        self.step(0)
        self.environment = {"LD_PRELOAD": library, "DAVY_TEST_CLOCK": self.path}

    def step(self, seconds):
        # In place: the daemon has the file mapped.
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:
            file.write(struct.pack("=q", seconds * 1000000000))


def stored(daemon):
    answer = daemon.get("/api/v1/samples?signals=T-1/level&from=0&to=4000000000")
    return sorted(answer["signals"][0]["values"])


def state(daemon):
    alarms = daemon.alarms()
    return alarms[0]["state"] if alarms else None


def nothing_is_lost_when_the_clock_steps(folder, davy, library):
    clock = Clock(folder, library)
    os.environ.update(clock.environment)
    try:
        daemon = Daemon(davy, folder, SITE).start()
    finally:
        for name in clock.environment:
            del os.environ[name]
    sent = []

    def write(value):
        status, body = daemon.write(f"T-1 level={value}")  # without a time: the daemon's own
        assert status == 204, (status, body)
        sent.append(value)

    for place, offset in enumerate([0, HOUR, 0, DAY, 0, 1000 - int(time.time()), 0, -HOUR, 0]):
        clock.step(offset)
        for i in range(RUN):
            write(60 + place + i / 10)
        eventually(lambda: state(daemon) == "unacknowledged", f"an alarm with the clock {offset} s off: {state(daemon)}")
        for i in range(RUN):
            write(place + i / 10)
        eventually(lambda: state(daemon) != "unacknowledged", f"its end with the clock {offset} s off: {state(daemon)}")
    assert stored(daemon) == sorted(sent)
    daemon.kill()
    daemon.start()  # with the right clock
    assert stored(daemon) == sorted(sent)
    write(30)
    assert stored(daemon) == sorted(sent)
    daemon.cli("verify", "--data", daemon.data)
    print(f"# {len(sent)} samples over {place} steps of the clock")
    assert daemon.stop() == 0


run([nothing_is_lost_when_the_clock_steps], *sys.argv[1:])
