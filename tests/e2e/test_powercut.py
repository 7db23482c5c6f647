# SPDX-License-Identifier: Apache-2.0
"""The power is cut under a daemon whose data stand on an ext4 file system of their own, in an image on a loop device: the daemon is
stopped, the image copied as the disk holds it, the daemon killed, and the copy mounted in the place of the image. What was
acknowledged is there, samples and an alarm. With syncing switched off the same cuts lose data, or the test is blind."""
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

from harness import DAEMONS, Daemon, Skip, eventually, run

CUTS = int(os.environ.get("DAVY_POWER_CUTS", "10"))
IMAGE_BYTES = 96 * 1024 * 1024
POINTS = 50  # a request
PAGE = 20000  # ids asked for at once; their times are seconds
SITE = """
site: {name: Power cut test}
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


def tool(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Disk:
    """An ext4 file system in a file."""

    def __init__(self, folder):
        self.image = os.path.join(folder, "image")
        self.copy = os.path.join(folder, "copy")
        self.root = os.path.join(folder, "disk")
        os.mkdir(self.root)
        if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
            raise Skip("mounting an image needs root and mkfs.ext4")
        with open(self.image, "wb") as file:
            file.truncate(IMAGE_BYTES)
        tool("mkfs.ext4", "-q", "-F", self.image)
        try:
            self.mount()
        except subprocess.CalledProcessError:
            raise Skip("loop devices are not allowed here") from None

    def mount(self):
        tool("mount", "-o", "loop", self.image, self.root)

    def unmount(self):
        tool("umount", self.root)

    def keep_what_is_on_it(self):
        tool("cp", "--sparse=always", self.image, self.copy)

    def come_back(self):
        """As it was when it was copied."""
        self.unmount()
        os.replace(self.copy, self.image)
        self.mount()


class Writer(threading.Thread):
    """Writes 1, 2, 3, ... as value and time, and notes what was acknowledged."""

    def __init__(self, daemon, first):
        super().__init__()
        self.daemon_process, self.next = daemon, first
        self.acknowledged = []

    def run(self):
        try:
            while True:
                ids = range(self.next, self.next + POINTS)
                self.next += POINTS
                status, _ = self.daemon_process.write("\n".join(f"W-0 id={i} {i * 1000000000}" for i in ids))
                if status == 204:
                    self.acknowledged.extend(ids)
        except Exception:
            return  # the daemon is gone


def stored(daemon, first, end):
    """Ids from first on, below end."""
    found = []
    for begin in range(first, end, PAGE):
        answer = daemon.get(f"/api/v1/samples?signals=W-0/id&from={begin}&to={min(begin + PAGE, end)}")
        found += [round(value) for value in answer["signals"][0]["values"]] if answer["signals"] else []
    assert len(found) == len(set(found)), "doubled"
    return set(found)


def cut(daemon, disk, first, seconds):
    """Write, and cut the power. What was acknowledged before, and where to go on."""
    writer = Writer(daemon, first)
    writer.start()
    time.sleep(seconds)
    daemon.process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, daemon.process.pid, os.WSTOPPED | os.WNOWAIT)
    disk.keep_what_is_on_it()
    daemon.kill()
    writer.join()
    disk.come_back()
    return writer.acknowledged, writer.next


def take_out(disk):
    for process in DAEMONS:
        if process.poll() is None:
            process.kill()
            process.wait()
    disk.unmount()


def start(davy, folder, disk):
    daemon = Daemon(davy, folder, SITE)
    daemon.data = os.path.join(disk.root, "data")
    return daemon.start()


def nothing_acknowledged_is_lost(folder, davy, _):
    disk = Disk(folder)
    choose = random.Random(20261122)
    acknowledged, first = set(), 1

    try:
        daemon = start(davy, folder, disk)
        for number in range(CUTS):
            if number == CUTS // 2:
                assert daemon.write("T-1 level=60")[0] == 204
                eventually(daemon.alarms, "an alarm")
            told, end = cut(daemon, disk, first, choose.uniform(0.05, 0.4))
            acknowledged.update(told)
            daemon.start()
            lost = set(told) - stored(daemon, first, end)
            assert not lost, f"cut {number}: {len(lost)} of {len(told)} lost"
            first = end
        assert acknowledged <= stored(daemon, 1, first), "lost later"
        assert [alarm["state"] for alarm in daemon.alarms()] == ["unacknowledged"]
        assert daemon.stop() == 0
        daemon.cli("verify", "--data", daemon.data)
        print(f"# {CUTS} power cuts, {len(acknowledged)} samples acknowledged, 0 lost")
        assert len(acknowledged) > CUTS, "the load was no load"
    finally:
        take_out(disk)


def lost_without_syncing(folder, davy, no_sync, disk):
    os.environ["LD_PRELOAD"] = no_sync
    try:
        daemon = start(davy, folder, disk)
    finally:
        del os.environ["LD_PRELOAD"]
    told, end = cut(daemon, disk, 1, 0.4)
    try:
        found = stored(daemon.start(), 1, end)
        daemon.kill()
    except AssertionError:
        found = set()  # it does not even start, or knows no such signal
    return len(set(told) - found)


def without_syncing_a_power_cut_loses_data(folder, davy, no_sync):
    disk = Disk(folder)
    try:
        lost = lost_without_syncing(folder, davy, no_sync, disk)
        print(f"# without syncing a power cut loses {lost} acknowledged samples")
        assert lost > 0
    finally:
        take_out(disk)


run([nothing_acknowledged_is_lost, without_syncing_a_power_cut_loses_data], *sys.argv[1:])
