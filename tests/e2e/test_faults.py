# SPDX-License-Identifier: Apache-2.0
"""Faults from outside: a full disk, a failing sync, clocks that step, damaged files, stuck peers.

A silent failure can kill: each test asks that the daemon goes on as far as it can, loses nothing it
acknowledged, and says what is wrong.
"""
import contextlib
import glob
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

from harness import Daemon, Skip, eventually, free_port, run
from outside import Environment, SmallDisk, WallClock, has_sanitizer, shim

SITE = """
site: {{name: Faults}}
{sources}
assets:
  - name: T-1
    kind: tank
    signals:
      - {{name: level, unit: "%", limits: {{hi: {hi}}}{bound}}}
      - {{name: fill, unit: "1"}}
      - {{name: silent, unit: "1", deadline: {deadline}}}
"""

HI = "T-1/level:hi"
SECOND = 1000000000
JSON = {"Content-Type": "application/json"}


def site(hi=50, deadline="1h", sources="", bound=""):
    return SITE.format(hi=hi, deadline=deadline, sources=sources, bound=bound)


def alarm_of(daemon, key):
    return next((alarm for alarm in daemon.alarms("all") if alarm["key"] == key), None)


def state_of(daemon, key):
    alarm = alarm_of(daemon, key)
    return alarm and alarm["state"]


def figure(daemon, name):
    status, body = daemon.call("GET", "/metrics")
    assert status == 200, body
    return next(float(line.split()[-1]) for line in body.decode().splitlines() if line.startswith(name))


def stored(daemon, signal_name="fill"):
    answer = daemon.get(f"/api/v1/samples?signals=T-1/{signal_name}&from=0&to=4000000000")
    return {round(value) for value in answer["signals"][0]["values"]}


def rejects_the_start(folder, davy, daemon, code, *words):
    """The daemon ends at once with this exit code and a sentence that has these words."""
    result = subprocess.run([davy, "run", daemon.site, "--data", daemon.data, "--listen", "127.0.0.1:0",
                             "--key-file", daemon.key_file], capture_output=True, text=True, timeout=60,
                            check=False, cwd=folder)
    assert result.returncode == code, (result.returncode, result.stderr)
    for word in words:
        assert word in result.stderr, (word, result.stderr)
    return result.stderr


def a_full_disk_refuses_writes_and_nothing_else(folder, davy):
    with SmallDisk(folder, "48m") as disk:
        daemon = Daemon(davy, disk.path, site()).start()
        try:
            assert daemon.write("\n".join(f"T-1 fill={i} {i * SECOND}" for i in range(1, 101))) == (204, b"")
            held = figure(daemon, "davy_data_reserve_bytes")
            disk.fill()
            refused = None
            kept = set(range(1, 101))
            for number in range(101, 400):  # the log may have a little room that it took before
                ids = range(number * 1000, number * 1000 + 1000)
                status, body = daemon.write("\n".join(f"T-1 fill={i} {i * SECOND}" for i in ids))
                if status != 204:
                    refused = (status, body)
                    break
                kept.update(ids)
            assert refused and refused[0] == 507, refused
            assert stored(daemon) == kept, "a refused write left something behind, or a read failed"

            connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
            connection.request("POST", "/api/v2/write", body=b"T-1 level=60\n" + b"T-1 fill=7\n" * 4000,
                               headers={"Authorization": "Bearer " + daemon.key})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 507 and int(answer.getheader("Retry-After")) > 0, answer.status
            eventually(lambda: state_of(daemon, HI) == "unacknowledged", "an alarm of a sample that was not kept")
            eventually(lambda: state_of(daemon, "davy:store") == "unacknowledged", "the alarm of the store")
            assert "space" in alarm_of(daemon, "davy:store")["reason"]["text"], alarm_of(daemon, "davy:store")
            status, body = daemon.call("GET", "/health/ready")
            assert status == 503 and b"space" in body, (status, body)
            assert daemon.call("GET", "/health/live")[0] == 200
            assert figure(daemon, 'davy_condition{condition="store"}') == 1
            assert figure(daemon, "davy_intake_refused_samples_total") > 0
            for _ in range(50):  # each takes room that the reserve held
                status, body = daemon.call("POST", f"/api/v1/alarms/{alarm_of(daemon, HI)['id']}/comment",
                                           body='{"comment": "the disk is full"}', headers=JSON)
                assert status == 200, (status, body)
                disk.fill()
            assert figure(daemon, "davy_alarm_records_waiting") == 0, "an alarm is not on the disk"
            assert state_of(daemon, "davy:records") in (None, "normal"), alarm_of(daemon, "davy:records")
            assert figure(daemon, "davy_data_reserve_bytes") < held, "the disk was not full"
            status, body = daemon.call("POST", "/api/v1/prooftests", body="{}", headers=JSON)
            assert status == 507 and b"nothing of this was kept" in body, (status, body)

            disk.make_room()
            room_s = time.monotonic()
            eventually(lambda: daemon.write("T-1 fill=999999999 999999999000000000")[0] == 204, "writes again")
            print(f"# writes again {time.monotonic() - room_s:.2f} s after there is room", end="")
            kept.add(999999999)
            assert stored(daemon) == kept
            eventually(lambda: daemon.call("GET", "/health/ready")[0] == 200, "ready again")
            print(f", ready {time.monotonic() - room_s:.2f} s after")
            eventually(lambda: state_of(daemon, "davy:store") == "returned", "the return of the store")
            eventually(lambda: figure(daemon, "davy_data_reserve_bytes") == held, "the reserve for the next time")
            daemon.kill()
            daemon.start()
            assert stored(daemon) == kept, "what was acknowledged is lost"
            assert state_of(daemon, HI) == "unacknowledged", "the alarm of the full disk is forgotten"
            code = daemon.stop()
            assert code == 0, (code, daemon.log_text())
            disk.fill()
            daemon.start()  # with what the reserve gives
            assert stored(daemon) == kept
            assert daemon.write("T-1 level=55")[0] == 507
            eventually(lambda: state_of(daemon, HI) == "unacknowledged", "an alarm of a daemon that began on a full disk")
            assert daemon.stop() == 0
            os.remove(os.path.join(daemon.data, "reserve"))
            disk.fill()
            said = rejects_the_start(disk.path, davy, daemon, 74, "space")
            assert disk.path in said, said
            disk.make_room()
            daemon.start()
            assert stored(daemon) == kept
            assert daemon.stop() == 0
        finally:
            daemon.kill() if daemon.process.poll() is None else None


class Device(threading.Thread):
    """A Modbus device with one holding register (MODBUS Messaging on TCP/IP V1.0b, 3.1.3)."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.value = 10
        self.start()

    def run(self):
        while True:
            peer, _ = self.listener.accept()
            with peer:
                while True:
                    request = peer.recv(12, socket.MSG_WAITALL)
                    if len(request) < 12:
                        break
                    peer.sendall(request[:4] + b"\0\5" + request[6:8] + b"\2" + self.value.to_bytes(2, "big"))


def a_polled_device_is_watched_while_nothing_is_kept(folder, davy):
    device = Device()
    source = f"sources:\n  - {{name: plc, kind: modbus, address: 'tcp://127.0.0.1:{device.port}', poll: 100ms}}\n"
    bound = ", from: {source: plc, register: holding 0, type: uint16}"
    with SmallDisk(folder, "48m") as disk:
        daemon = Daemon(davy, disk.path, site(sources=source, bound=bound)).start()
        eventually(lambda: 10 in stored(daemon, "level"), "values of the device")
        disk.fill()
        eventually(lambda: state_of(daemon, "davy:store") == "unacknowledged", "the disk is full")
        device.value = 60
        eventually(lambda: state_of(daemon, HI) == "unacknowledged", "an alarm of a value that is not kept")
        device.value = 20
        eventually(lambda: state_of(daemon, HI) == "returned", "its end")
        disk.make_room()
        device.value = 30
        eventually(lambda: 30 in stored(daemon, "level"), "values are kept again")
        assert daemon.stop() == 0


def a_failing_sync_is_never_an_acknowledgement(folder, davy):
    flag = os.path.join(folder, "fail")
    with Environment(LD_PRELOAD=shim(folder, davy), FAIL_SYNC=flag):
        daemon = Daemon(davy, folder, site()).start()
    assert daemon.write("T-1 fill=1 1000000000")[0] == 204
    with open(flag, "w", encoding="utf-8"):
        pass
    assert daemon.write("T-1 fill=2 2000000000")[0] == 503
    assert daemon.write("T-1 fill=3 3000000000")[0] == 503
    assert 1 in stored(daemon)
    assert daemon.write("T-1 level=60")[0] == 503
    eventually(lambda: state_of(daemon, HI) == "unacknowledged", "a limit's alarm although nothing is kept")
    eventually(lambda: state_of(daemon, "davy:store") == "unacknowledged", "the alarm of the store")
    eventually(lambda: state_of(daemon, "davy:records") == "unacknowledged", "the alarm of the records")
    assert daemon.call("GET", "/health/ready")[0] == 503
    assert figure(daemon, "davy_store_failed") == 1
    assert figure(daemon, "davy_alarm_records_waiting") > 0
    os.remove(flag)
    assert daemon.write("T-1 fill=4 4000000000")[0] == 503, "after a failed sync nothing is known about the log"
    daemon.kill()
    daemon.start()
    assert daemon.write("T-1 fill=5 5000000000")[0] == 204
    kept = stored(daemon)
    assert {1, 5} <= kept <= {1, 2, 3, 5}, kept  # 2 was written: a failed sync does not tell
    eventually(lambda: state_of(daemon, "davy:store") in (None, "normal", "returned"), "the store's alarm is over")
    assert daemon.stop() == 0


def clocks_may_step(folder, davy):
    clock = WallClock(folder, davy)
    set_step = clock.set_step
    with clock:
        daemon = Daemon(davy, folder, site(deadline="4s")).start()
        assert daemon.write("T-1 level=60,silent=1")[0] == 204
        alarm = eventually(lambda: alarm_of(daemon, HI) if state_of(daemon, HI) == "unacknowledged" else None, HI)
        answer = daemon.call("POST", f"/api/v1/alarms/{alarm['id']}/shelve", b'{"duration": "2h"}',
                             headers={"Content-Type": "application/json"})
        assert answer[0] == 200, answer
        set_step(-3600)
        assert daemon.write("T-1 silent=2")[0] == 204
        time.sleep(0.6)
        assert state_of(daemon, "T-1/silent:silence") in (None, "normal"), "a step back is not a silence"
        assert state_of(daemon, HI) == "shelved"
        set_step(86400)
        time.sleep(0.6)
        assert state_of(daemon, "T-1/silent:silence") in (None, "normal"), "a step ahead is not a silence"
        eventually(lambda: state_of(daemon, HI) == "unacknowledged", "the shelf ends at its wall time")
        assert daemon.write("T-1 level=10")[0] == 204
        eventually(lambda: state_of(daemon, HI) == "returned", "the alarm is over")
        set_step(0)  # a day back: after a few samples their time is believed, older than the newest or not
        for _ in range(4):
            assert daemon.write("T-1 level=70")[0] == 204
        eventually(lambda: alarm_of(daemon, HI)["active"], "an alarm after the clock went back a day")
        eventually(lambda: state_of(daemon, "T-1/silent:silence") == "unacknowledged", "a real silence is one")
        assert daemon.stop() == 0

        set_step(-int(time.time()))  # 1970, as after an empty battery
        daemon = Daemon(davy, folder, site(deadline="1s"), name="old").start()
        assert daemon.write("T-1 level=60")[0] == 204
        eventually(lambda: state_of(daemon, HI) == "unacknowledged", "an alarm in 1970")
        eventually(lambda: state_of(daemon, "T-1/silent:silence") == "unacknowledged", "a silence in 1970")
        set_step(0)  # the time server answers
        assert daemon.write("T-1 level=10,silent=1")[0] == 204
        eventually(lambda: state_of(daemon, HI) == "returned", "the end of an alarm of 1970")
        eventually(lambda: state_of(daemon, "T-1/silent:silence") == "returned", "the end of the silence of 1970")
        assert daemon.stop() == 0


class Writer(threading.Thread):
    """Writes ids as value and time; notes which were acknowledged."""

    def __init__(self, daemon, first, points=20):
        super().__init__(daemon=True)
        self.target_daemon = daemon
        self.next = first
        self.points = points
        self.acknowledged = set()
        self.failures = []
        self.ending = False

    def run(self):
        while not self.ending:
            ids = range(self.next, self.next + self.points)
            self.next += self.points
            try:
                status, body = self.target_daemon.write("\n".join(f"T-1 fill={i} {i * SECOND}" for i in ids))
            except (OSError, http.client.HTTPException):
                return
            if status == 204:
                self.acknowledged.update(ids)
            else:
                self.failures.append((status, body))

    def end(self):
        self.ending = True
        self.join()


def reloads_in_a_storm_lose_nothing(folder, davy):
    port = free_port()  # nobody listens: the source reconnects all the time
    broken = f"sources:\n  - {{name: plc, kind: modbus, address: 'tcp://127.0.0.1:{port}', poll: 100ms}}\n"
    bound = ", from: {source: plc, register: holding 0, type: uint16}"
    texts = [site(), site(hi=55, sources=broken, bound=bound), "site: {name: [", site(hi=50)]
    daemon = Daemon(davy, folder, site()).start()
    assert daemon.write("T-1 level=60")[0] == 204
    eventually(lambda: state_of(daemon, HI) == "unacknowledged", HI)
    writer = Writer(daemon, 1)
    writer.start()
    for number in range(20):
        daemon.write_site(texts[number % len(texts)])
        for _ in range(5):  # most of them find the daemon at work on the one before
            daemon.process.send_signal(signal.SIGHUP)
            time.sleep(0.02)
    daemon.write_site(site())
    daemon.process.send_signal(signal.SIGHUP)
    eventually(lambda: daemon.get("/api/v1/sources")["sources"] == [], "the last site")
    writer.end()
    assert not writer.failures, writer.failures[:3]
    assert stored(daemon) == writer.acknowledged and writer.acknowledged
    assert state_of(daemon, HI) == "unacknowledged"
    assert alarm_of(daemon, HI)["occurrences"] <= 6, alarm_of(daemon, HI)
    keys = [alarm["key"] for alarm in daemon.alarms("all")]
    assert len(keys) == len(set(keys)), keys
    before = figure(daemon, "process_open_fds"), figure(daemon, "davy_threads")
    eventually(lambda: figure(daemon, "process_open_fds") <= before[0] + 2, "descriptors are given back")
    assert daemon.stop() == 0, daemon.log_text()
    assert "WARNING: ThreadSanitizer" not in daemon.log_text(), daemon.log_text()


def stuck_readers_delay_nobody(folder, davy):
    daemon = Daemon(davy, folder, site()).start()
    key = daemon.key.encode()
    stuck = []
    try:
        for path in (b"/api/v1/events", b"/api/v1/samples?signals=T-1/fill&from=0&to=4000000000"):
            reader = socket.create_connection(("127.0.0.1", daemon.port))
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stuck.append((path, reader))
        assert daemon.write("\n".join(f"T-1 fill={i} {i * SECOND}" for i in range(1, 200001)))[0] == 204
        for path, reader in stuck:
            reader.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + key + b"\r\n\r\n")
        idle = [socket.create_connection(("127.0.0.1", daemon.port), source_address=(f"127.0.0.{2 + i % 4}", 0))
                for i in range(200)]  # one address may have 100
        eventually(lambda: figure(daemon, "davy_event_streams") == 1, "the stream is open")
        longest = 0
        for number in range(300):  # each is two announcements of an alarm
            begun = time.monotonic()
            assert daemon.write(f"T-1 level={10 + 50 * (number % 2)}")[0] == 204
            longest = max(longest, time.monotonic() - begun)
        eventually(lambda: state_of(daemon, HI) in ("unacknowledged", "returned"), HI)
        print(f"# the slowest of 300 writes beside stuck readers took {longest * 1000:.0f} ms")
        base = int(time.time()) * SECOND
        for number in range(24):  # more announcements than a stream keeps
            lines = "\n".join(f"T-1 level={60 - 50 * (k % 2)} {base + (number * 1000 + k) * 1000}" for k in range(1000))
            assert daemon.write(lines)[0] == 204
        eventually(lambda: figure(daemon, "davy_live_ring_samples") == 0, "all samples are looked at")
        stream, text = stuck[0][1], b""
        stream.settimeout(20)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        while b"event: gap" not in text:
            more = stream.recv(1 << 20)
            assert more, "the stream ended without telling its gap"
            text = text[-20:] + more
        for connection in idle:
            connection.close()
    finally:
        for _, reader in stuck:
            reader.close()
    assert daemon.stop() == 0


class Tarpit(threading.Thread):
    """Accepts and then sends `answer` a byte a second, or nothing."""

    def __init__(self, answer=b""):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answer = answer
        self.accepted = 0
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.drip, args=(peer,), daemon=True).start()

    def drip(self, peer):
        try:
            while True:
                for byte in self.answer or b"":
                    time.sleep(1)
                    peer.send(bytes([byte]))
                if not self.answer and not peer.recv(4096):
                    return
        except OSError:
            return


def ends_within_seconds_whatever_its_peers_do(folder, davy):
    mute, slow = Tarpit(), Tarpit(b"\0\0\0\0\0\xff")
    sources = f"""sources:
  - {{name: broker, kind: mqtt, address: 'mqtt://127.0.0.1:{mute.port}', topics: ['a/#']}}
  - {{name: drip, kind: mqtt, address: 'mqtt://127.0.0.1:{slow.port}', topics: ['a/#']}}
  - {{name: deaf, kind: modbus, address: 'tcp://127.0.0.1:{mute.port}', poll: 100ms}}
  - {{name: plc, kind: modbus, address: 'tcp://127.0.0.1:{slow.port}', poll: 100ms}}
"""
    bound = (", from: {source: plc, register: holding 0, type: uint16}}\n"
             "      - {name: other, unit: '1', from: {source: deaf, register: holding 0, type: uint16}")
    daemon = Daemon(davy, folder, site(sources=sources, bound=bound)).start()
    eventually(lambda: mute.accepted >= 2 and slow.accepted >= 2, "all four are connected")
    writer = Writer(daemon, 1)
    writer.start()
    time.sleep(1.5)
    begun = time.monotonic()
    assert daemon.stop() == 0, daemon.log_text()
    took = time.monotonic() - begun
    writer.end()
    print(f"# ended after {took:.1f} s")
    assert took < 5, took
    daemon.write_site(site())
    daemon.start()
    assert writer.acknowledged <= stored(daemon)
    assert daemon.stop() == 0


def every_answer_before_a_stop_is_kept(folder, davy):
    daemon = Daemon(davy, folder, site()).start()
    choose = random.Random(20260401)
    acknowledged = set()
    first = 1
    for _ in range(10):
        writers = [Writer(daemon, first + 1000000 * number) for number in range(2)]
        first += 5000000
        for writer in writers:
            writer.start()
        time.sleep(choose.uniform(0.02, 0.3))
        code = daemon.stop()
        assert code == 0, (code, daemon.log_text())
        for writer in writers:
            writer.end()
            acknowledged |= writer.acknowledged
        daemon.start()
    for _ in range(10):  # a stop in the first moment is a stop like any other
        assert daemon.stop() == 0, daemon.process.returncode
        daemon.start()
    lost = acknowledged - stored(daemon)
    assert acknowledged and not lost, f"{len(lost)} of {len(acknowledged)}"
    assert daemon.stop() == 0


def put(path, content):
    with open(path, "wb") as file:
        file.write(content)


def verify(daemon, *options):
    """What `davy verify` prints of a store that is not whole."""
    result = subprocess.run([daemon.davy, "verify", "--data", daemon.data, *options], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 65, result
    return result.stdout


def damaged_files_are_named_and_the_rest_goes_on(folder, davy):
    daemon = Daemon(davy, folder, site()).start()
    day = 86400
    for i in range(3):
        lines = "\n".join(f"T-1 fill={i * 5000 + k} {((20000 + i) * day + k) * SECOND}" for k in range(2500))
        assert daemon.write(lines)[0] == 204
    eventually(lambda: figure(daemon, "davy_store_chunks") >= 3 and figure(daemon, "davy_store_hot_samples") == 0,
               "the days are sealed")
    assert daemon.stop() == 0
    good = os.path.join(folder, "good")
    shutil.copytree(daemon.data, good)

    def fresh():
        shutil.rmtree(daemon.data)
        shutil.copytree(good, daemon.data)

    days = sorted(glob.glob(daemon.data + "/days/**/*[0-9].db", recursive=True))  # rollups are made anew
    assert len(days) >= 3, os.listdir(daemon.data + "/days")
    put(days[0], b"This was a day file.\n" * 100)
    for extra in ("-wal", "-shm"):
        if os.path.exists(days[0] + extra):
            os.remove(days[0] + extra)
    daemon.start()
    eventually(lambda: state_of(daemon, "davy:damage") == "unacknowledged", "the alarm of the damage")
    assert stored(daemon) == set(range(5000, 7500)) | set(range(10000, 12500))
    assert figure(daemon, "davy_store_missed_files") == 1
    assert daemon.write("T-1 fill=1 " + str((20000 * day + 1) * SECOND))[0] == 204, "late samples of that day"
    assert daemon.stop() == 0

    said = verify(daemon)
    print("# " + said.strip().replace(folder, "").replace("\n", "\n# "))
    assert os.path.basename(days[0]) + ".damaged-" in said, said

    fresh()
    for path in glob.glob(days[1] + "*"):
        os.remove(path)
    daemon.start()
    eventually(lambda: state_of(daemon, "davy:damage") == "unacknowledged", "the alarm of a day file that is gone")
    assert stored(daemon) == set(range(0, 2500)) | set(range(10000, 12500))
    assert daemon.stop() == 0
    faults = json.loads(verify(daemon, "--json"))["faults"]
    assert len(faults) == 1 and "gone" in faults[0]["what"], faults

    fresh()
    log = sorted(glob.glob(daemon.data + "/hot/*.log"))[-1]
    put(log, os.urandom(5000))
    daemon.start()
    assert len(stored(daemon)) == 7500
    eventually(lambda: figure(daemon, "davy_store_cut_bytes") > 0 or figure(daemon, "davy_store_damaged_frames") > 0,
               "garbage in the log is told")
    assert daemon.stop() == 0

    for name, content in (("catalogue.db", None), ("records.db", None), ("keys.json", b"{broken")):
        fresh()
        path = os.path.join(daemon.data, name)
        for extra in ("-wal", "-shm"):
            if os.path.exists(path + extra):
                os.remove(path + extra)
        with open(path, "rb") as file:
            old = file.read()
        put(path, old[:len(old) // 3] + b"?" * 100 if content is None else content)
        said = rejects_the_start(folder, davy, daemon, 65, name)
        print("# " + said.strip().splitlines()[-1].replace(folder, ""))

    fresh()
    daemon.start()
    daemon.write("T-1 level=60")
    eventually(lambda: state_of(daemon, HI) == "unacknowledged", HI)
    assert daemon.stop() == 0
    path = os.path.join(daemon.data, "records.db")
    with open(path, "rb") as file:
        put_content = file.read().replace(b'{"', b'{?')
    put(path, put_content)
    daemon.start()
    eventually(lambda: state_of(daemon, "davy:damage") == "unacknowledged", "the alarm of records that cannot be read")
    assert figure(daemon, "davy_alarm_records_unreadable") > 0
    daemon.write("T-1 level=60")
    eventually(lambda: state_of(daemon, HI) == "unacknowledged", "an alarm whose past cannot be read")
    assert daemon.stop() == 0
    put(daemon.data + "/days/list", b"no list")  # one fault does not hide another
    said = verify(daemon)
    assert "records.db: " in said and "days/list: " in said, said
    faults = json.loads(verify(daemon, "--json"))["faults"]
    assert {"records.db", "days/list"} <= {fault["where"] for fault in faults}, faults

    fresh()
    text = glob.glob(daemon.data + "/settings/*")[0]
    with open(text, "ab") as file:
        file.write(b"x")
    with open(daemon.data + "/keys.json", "r+b") as file:
        keys = file.read().replace(b'"admin"', b'"ademin"', 1)
        file.seek(0)
        file.write(keys)
    faults = json.loads(verify(daemon, "--json"))["faults"]
    assert {"keys.json", "settings/" + os.path.basename(text)} == {fault["where"] for fault in faults}, faults

    fresh()
    os.remove(daemon.site)
    rejects_the_start(folder, davy, daemon, 66, os.path.basename(daemon.site))


def memory_and_descriptors_stay_flat(folder, davy):
    if has_sanitizer(davy):
        raise Skip("a sanitizer keeps notes that grow")
    daemon = Daemon(davy, folder, site()).start()
    seconds = float(os.environ.get("DAVY_FLAT_SECONDS", "6"))
    at, resident = 0, []
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        lines = "\n".join(f"T-1 fill={k} {(at + k) * SECOND // 1000}" for k in range(2000))
        at += 2000
        assert daemon.write(lines)[0] == 204
        resident.append(figure(daemon, "process_resident_memory_bytes"))
        time.sleep(max(0, begun + at / 20000 - time.monotonic()))  # 20,000 a second
    half = resident[len(resident) // 2]
    print(f"# {at} samples in {seconds:.0f} s, resident {half / 1e6:.0f} MB at half time, {resident[-1] / 1e6:.0f} MB"
          f" at the end, {figure(daemon, 'process_open_fds'):.0f} descriptors,"
          f" {figure(daemon, 'davy_live_waits_total'):.0f} waits for the ring")
    assert resident[-1] < half + 30e6, resident
    assert daemon.stop() == 0


RETENTION = """
site: {{name: Retention}}
assets:
  - name: T-1
    signals: [{{name: fill, unit: "1"}}, {{name: vibration, unit: mm/s}}]
retention:
  - {{class: bulk, match: ["*/vibration"], {keep}}}
"""


def removals(daemon):
    """What the audit says of removed days."""
    with contextlib.closing(sqlite3.connect(f"file:{daemon.data}/records.db?mode=ro", uri=True)) as records:
        return [json.loads(body) for body, in records.execute("SELECT body FROM record WHERE subject = 'store'")]


def days_of(daemon):
    return sorted(os.path.basename(path) for path in glob.glob(daemon.data + "/days/*.db") if "rollups" not in path)


def old_days_of(daemon):
    return [name for name in days_of(daemon) if name.startswith("2024-")]


def days_go_when_their_time_is_over(folder, davy):
    clock = WallClock(folder, davy)
    with clock:
        daemon = Daemon(davy, folder, RETENTION.format(keep="when_full: 1d")).start()
        for day in range(20000, 20003):  # 2024-10-04 and on: long over
            for name in ("fill", "vibration"):
                lines = "\n".join(f"T-1 {name}={k} {(day * 86400 + k) * SECOND}" for k in range(1500))
                assert daemon.write(lines)[0] == 204
        now = int(time.time())  # what comes today shows that the clock is right
        assert daemon.write("\n".join(f"T-1 fill={k} {(now - 2500 + k) * SECOND}" for k in range(2500)))[0] == 204
        eventually(lambda: len(old_days_of(daemon)) == 6 and len(days_of(daemon)) > 6, "a file for each day and class")
        assert figure(daemon, "davy_store_removed_files_total") == 0, "without 'keep' all stay while there is room"
        assert figure(daemon, 'davy_store_class_bytes{class="bulk"}') > 0
        daemon.write_site(RETENTION.format(keep="keep: 30d"))
        daemon.process.send_signal(signal.SIGHUP)
        eventually(lambda: figure(daemon, "davy_store_retention_waits") == 1, "the shorter time waits for a day")
        eventually(lambda: state_of(daemon, "davy:retention") == "unacknowledged", "the alarm of it")
        assert "3 days of samples" in daemon.log_text(), daemon.log_text()
        (bulk,) = [one for one in daemon.get("/api/v1/storage")["classes"] if one["class"] == "bulk"]
        assert bulk["keep_days"] is None and bulk["waits"]["keep_days"] == 30 and bulk["waits"]["files"] == 3, bulk
        assert daemon.stop() == 0
        daemon.start()
        assert figure(daemon, "davy_store_retention_waits") == 1, "a start does not shorten it"
        assert daemon.stop() == 0 and len(old_days_of(daemon)) == 6
        clock.set_step(25 * 3600)
        daemon.start()
        eventually(lambda: old_days_of(daemon) == ["2024-10-04.db", "2024-10-05.db", "2024-10-06.db"], "the bulk goes")
        eventually(lambda: figure(daemon, "davy_store_removed_files_total") == 3, "the figure of it")
        eventually(lambda: state_of(daemon, "davy:retention") == "returned", "nothing waits any more")
        told = removals(daemon)
        assert [one["file"] for one in told if one["action"] == "remove"] == [f"days/2024-10-0{day}.bulk.db" for day in (4, 5, 6)], told
        assert [one["files"] for one in told if one["action"] == "shorten"] == [3], told
        told = [one for one in told if one["action"] == "remove"]
        assert all(one["class"] == "bulk" and one["samples"] == 1500 and one["bytes"] > 0 for one in told), told
        assert len(stored(daemon, "fill")) > 1500 and not stored(daemon, "vibration")
        assert daemon.stop() == 0
        daemon.cli("verify", "--data", daemon.data)


def what_an_incident_touches_stays_and_a_leaping_clock_removes_nothing(folder, davy):
    for incident in (False, True):
        place = os.path.join(folder, str(incident))
        os.mkdir(place)
        clock = WallClock(place, davy)
        with clock:
            daemon = Daemon(davy, place, RETENTION.format(keep="keep: 1d")).start()
            now = int(time.time())
            lines = "\n".join(f"T-1 vibration={k} {(now - 2500) * SECOND + k * SECOND // 2}" for k in range(5000))
            assert daemon.write(lines)[0] == 204
            eventually(lambda: any("bulk" in name for name in days_of(daemon)), "a file of the day")
            if incident:
                status, body = daemon.call("POST", "/api/v1/incidents", body='{"name": "a leak"}', headers=JSON)
                assert status == 201, (status, body)
            clock.set_step(30 * 86400)
            eventually(lambda: "leapt" in daemon.log_text(), "the leap is told")
            assert len(stored(daemon, "vibration")) == 5000, "a leap of the clock has made samples old"
            assert daemon.stop() == 0
            clock.set_step(2 * 86400)
            daemon.start()
            if incident:
                eventually(lambda: figure(daemon, "davy_store_held_files") > 0, "a day that is evidence")
                assert len(stored(daemon, "vibration")) == 5000
                assert figure(daemon, "davy_store_removed_files_total") == 0
            else:
                eventually(lambda: not stored(daemon, "vibration"), "its time is over")
            assert daemon.stop() == 0


def the_oldest_days_go_when_the_disk_runs_full(folder, davy):
    with SmallDisk(folder, "48m") as disk:
        daemon = Daemon(davy, disk.path, RETENTION.format(keep="when_full: 30d")).start()
        random.seed(1)
        for day in range(20000, 20003):
            lines = "\n".join(f"T-1 fill={k},vibration={random.random()} {(day * 86400 + k) * SECOND}" for k in range(3000))
            assert daemon.write(lines)[0] == 204
        eventually(lambda: len(days_of(daemon)) == 6, "a file for each day and class")
        disk.fill()
        eventually(lambda: days_of(daemon) == ["2024-10-04.db", "2024-10-05.db", "2024-10-06.db"], "what may go is gone")
        assert len(stored(daemon, "fill")) == 3000
        assert [one["why"] for one in removals(daemon)] == ["the disk runs full"] * 3, removals(daemon)
        disk.make_room()
        eventually(lambda: daemon.write("T-1 fill=1 1")[0] == 204, "writes again")
        assert daemon.stop() == 0
        daemon.cli("verify", "--data", daemon.data)


TESTS = [
    days_go_when_their_time_is_over,
    what_an_incident_touches_stays_and_a_leaping_clock_removes_nothing,
    the_oldest_days_go_when_the_disk_runs_full,
    a_full_disk_refuses_writes_and_nothing_else,
    a_polled_device_is_watched_while_nothing_is_kept,
    a_failing_sync_is_never_an_acknowledgement,
    clocks_may_step,
    reloads_in_a_storm_lose_nothing,
    stuck_readers_delay_nobody,
    ends_within_seconds_whatever_its_peers_do,
    damaged_files_are_named_and_the_rest_goes_on,
    memory_and_descriptors_stay_flat,
    every_answer_before_a_stop_is_kept,
]
run([test for test in TESTS if len(sys.argv) < 3 or sys.argv[2] in test.__name__], sys.argv[1])
