#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a sample to its durable alarm at 10,000 signals, and the memory a signal takes.

    bench/latency.py BUILD/src/app/davy

Ten requests a second of 1,000 signals each keep the daemon busy; now and then one signal passes its limit. The time runs
from the send of the request to the arrival of the alarm on an event stream: the sample was synced, then scored, then the
alarm's transition was synced before it was announced. Memory is the resident set of 10,000 signals, with a limit and a
deadline and one sample each, less that of 10.
"""
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tests", "e2e"))
from disk import tell_sync  # noqa: E402
from harness import Daemon  # noqa: E402

ASSETS, FIELDS = 100, 100
ALARMS = 150


def site(assets, fields):
    lines = ["site: {name: Bench}", "assets:"]
    for asset in range(assets):
        lines += [f"  - name: A-{asset}", "    kind: bench", "    signals:"]
        lines += [f"      - {{name: f{field}, unit: \"1\", limits: {{hi: 100}}, deadline: 1h}}" for field in range(fields)]
    return "\n".join(lines) + "\n"


def resident_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])


def sample_once(daemon, assets, fields):
    for asset in range(assets):
        line = f"A-{asset} " + ",".join(f"f{field}=1" for field in range(fields))
        status, text = daemon.write(line)
        assert status == 204, text


class Stream(threading.Thread):
    """Notes when each alarm arrives."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
        self.connection.request("GET", "/api/v1/events", headers={"Authorization": "Bearer " + daemon.key})
        self.answer = self.connection.getresponse()
        self.arrived = {}

    def run(self):
        event = ""
        for line in self.answer:
            if line.startswith(b"event:"):
                event = line[6:].strip().decode()
            elif line.startswith(b"data:") and event == "alarm":
                alarm = json.loads(line[5:])
                if alarm["active"]:
                    self.arrived[alarm.get("signal")] = time.perf_counter()


def load(daemon, ending):
    """1,000 signals every 100 ms."""
    asset = 0
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
    while not ending.is_set():
        started = time.perf_counter()
        lines = "\n".join(f"A-{(asset + i) % ASSETS} " + ",".join(f"f{field}=1" for field in range(1, FIELDS))
                          for i in range(10))
        connection.request("POST", "/api/v2/write", body=lines, headers={"Authorization": "Bearer " + daemon.key})
        connection.getresponse().read()
        asset += 10
        time.sleep(max(0.0, 0.1 - (time.perf_counter() - started)))


def main():
    davy = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        tell_sync(folder)
        small = Daemon(davy, folder, site(1, 10), "small").start()
        sample_once(small, 1, 10)
        base = resident_kib(small)
        small.stop()
        daemon = Daemon(davy, folder, site(ASSETS, FIELDS)).start()
        sample_once(daemon, ASSETS, FIELDS)
        print(f"memory per signal: {(resident_kib(daemon) - base) / (ASSETS * FIELDS) * 1024:,.0f} bytes "
              f"({base / 1024:.0f} MiB with 10 signals, {resident_kib(daemon) / 1024:.0f} MiB with {ASSETS * FIELDS:,})")

        stream = Stream(daemon)
        stream.start()
        ending = threading.Event()
        loader = threading.Thread(target=load, args=(daemon, ending))
        loader.start()
        sent = {}
        for number in range(ALARMS):
            time.sleep(0.05)
            asset = number % ASSETS
            signal = f"A-{asset}/f0"
            sent[number] = (signal, time.perf_counter())
            daemon.write(f"A-{asset} f0=200")
            while stream.arrived.get(signal, 0) < sent[number][1]:
                if time.perf_counter() - sent[number][1] > 10:
                    raise SystemExit(f"no alarm for {signal}")
                time.sleep(0.0002)
            sent[number] = stream.arrived[signal] - sent[number][1]
            daemon.write(f"A-{asset} f0=1")
        ending.set()
        loader.join()
        delays = sorted(sent.values())
        print(f"sample to durable alarm at {ASSETS * FIELDS:,} signals: p50 {1000 * statistics.median(delays):.1f} ms, "
              f"p99 {1000 * delays[int(0.99 * len(delays))]:.1f} ms, worst {1000 * delays[-1]:.1f} ms")
        daemon.stop()


main()
