#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a sample to its durable alarm, what a flood of all signals costs, and the memory a signal takes.

    bench/latency.py BUILD/src/app/davy [SIGNALS]          10,000 if not given

Ten requests a second of 1,000 signals each keep the daemon busy; now and then one signal passes its limit. The time runs
from the send of the request to the arrival of the alarm on an event stream: the sample was synced, then scored, then the
alarm's transition was synced before it was announced. Those two syncs are the disk's: beside the run this program
appends to a file of the same folder and syncs it, twenty times a second, and its times are printed. Then 10,000 signals pass
their limits at once: CPU time is the daemon's, all threads, until the last alarm has arrived. Memory is the resident set of
all signals, with a limit and a deadline and one sample each, less that of 10.
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
from disk import SyncProbe  # noqa: E402
from harness import Daemon  # noqa: E402

FIELDS = 100
ALARMS = 150
FLOOD = 10_000


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


def load(daemon, assets, ending):
    """1,000 signals every 100 ms."""
    asset = 0
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
    while not ending.is_set():
        started = time.perf_counter()
        lines = "\n".join(f"A-{(asset + i) % assets} " + ",".join(f"f{field}=1" for field in range(1, FIELDS))
                          for i in range(10))
        connection.request("POST", "/api/v2/write", body=lines, headers={"Authorization": "Bearer " + daemon.key})
        connection.getresponse().read()
        asset += 10
        time.sleep(max(0.0, 0.1 - (time.perf_counter() - started)))


def cpu_seconds(daemon):
    with open(f"/proc/{daemon.process.pid}/stat", encoding="utf-8") as file:
        times = file.read().rsplit(")", 1)[1].split()[11:13]
    return sum(int(ticks) for ticks in times) / os.sysconf("SC_CLK_TCK")


def one_alarm(daemon, stream, asset):
    """Seconds from the send of a sample beyond its limit to the arrival of the alarm."""
    signal, started = f"A-{asset}/f0", time.perf_counter()
    daemon.write(f"A-{asset} f0=200")
    while stream.arrived.get(signal, 0) < started:
        if time.perf_counter() - started > 10:
            raise SystemExit(f"no alarm for {signal}")
        time.sleep(0.0002)
    daemon.write(f"A-{asset} f0=1")
    return stream.arrived[signal] - started


def measure_latency(daemon, stream, assets, folder):
    ending = threading.Event()
    loader = threading.Thread(target=load, args=(daemon, assets, ending))
    loader.start()
    with SyncProbe(folder) as probe:
        delays = []
        for number in range(ALARMS):
            time.sleep(0.05)
            delays.append(one_alarm(daemon, stream, number % assets))
    ending.set()
    loader.join()
    delays.sort()
    p50, p99 = 1000 * statistics.median(delays), 1000 * delays[int(0.99 * len(delays))]
    print(f"sample to durable alarm at {assets * FIELDS:,} signals: p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
          f"worst {1000 * delays[-1]:.1f} ms; a sync beside it: {probe.text()}; "
          f"p99 less that of two syncs: {p99 - 2 * probe.at(0.99):.1f} ms")


def measure_flood(daemon, stream, assets):
    """The first fields of all assets pass their limits, a sample each, as fast as the daemon takes them."""
    fields = min(FIELDS, FLOOD // assets)
    stream.arrived.clear()
    before, cpu, memory = time.perf_counter(), cpu_seconds(daemon), resident_kib(daemon)
    for asset in range(assets):
        status, text = daemon.write(f"A-{asset} " + ",".join(f"f{field}=200" for field in range(fields)))
        assert status == 204, text
    while len(stream.arrived) < assets * fields:
        if time.perf_counter() - before > 120:
            raise SystemExit(f"{len(stream.arrived)} of {assets * fields} alarms arrived")
        time.sleep(0.01)
    print(f"flood of {assets * fields:,} alarms in {assets} requests: the last arrived after "
          f"{time.perf_counter() - before:.2f} s, {cpu_seconds(daemon) - cpu:.2f} s of CPU for samples, records, events "
          f"and figures, {(resident_kib(daemon) - memory) / 1024:.1f} MiB more memory")


def main():
    davy = os.path.abspath(sys.argv[1])
    assets = int(sys.argv[2] if len(sys.argv) > 2 else 10_000) // FIELDS
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        small = Daemon(davy, folder, site(1, 10), "small").start()
        sample_once(small, 1, 10)
        base = resident_kib(small)
        small.stop()
        daemon = Daemon(davy, folder, site(assets, FIELDS)).start()
        sample_once(daemon, assets, FIELDS)
        print(f"memory per signal: {(resident_kib(daemon) - base) / (assets * FIELDS) * 1024:,.0f} bytes "
              f"({base / 1024:.0f} MiB with 10 signals, {resident_kib(daemon) / 1024:.0f} MiB with {assets * FIELDS:,})")
        stream = Stream(daemon)
        stream.start()
        measure_latency(daemon, stream, assets, folder)
        measure_flood(daemon, stream, assets)
        daemon.stop()


main()
