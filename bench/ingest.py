#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Durable ingest of line protocol, 1,000 points a request, beside its peers in the same run.

    bench/ingest.py BUILD/src/app/davy

Peers, each on loopback with its files in a temporary folder, as Debian ships them: InfluxDB 1.6 (`influxd`),
VictoriaMetrics (`victoria-metrics`), and bare SQLite (WAL, synchronous=FULL, 1,000 rows a commit, in this process).
Peers that are not installed are left out and named. Rounds are interleaved; the figures are medians. Which of them sync
before they answer is counted with strace: calls of fsync, fdatasync and sync_file_range per request.
"""
import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ASSETS, FIELDS = 100, 10  # 1,000 points a request
REQUESTS = 200
ROUNDS = 3
START_NS = 1700000000 * 10**9


def body(request):
    stamp = START_NS + request * 10**9
    return "\n".join(
        f"A-{asset} " + ",".join(f"f{field}={50 + ((request * 7 + asset * 13 + field) % 997) / 100}"
                                 for field in range(FIELDS)) + f" {stamp}"
        for asset in range(ASSETS)).encode()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


class Peer:
    """A server that takes line protocol."""
    name, path, headers = "", "", {}

    def __init__(self, folder):
        self.folder = os.path.join(folder, self.name.split()[0])
        os.makedirs(self.folder)
        self.port = free_port()

    def launch(self, command):
        log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self.port)
        return self

    def post(self, connection, data):
        connection.request("POST", self.path, body=data, headers=self.headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 204:
            raise SystemExit(f"{self.name}: {answer.status} {text[:200]!r}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Davy(Peer):
    name, path = "davy", "/api/v2/write?precision=ns"

    def __init__(self, folder, program):
        super().__init__(folder)
        site = os.path.join(self.folder, "site.yaml")
        with open(site, "w", encoding="utf-8") as file:
            file.write("site: {name: Bench}\nassets:\n")
            for asset in range(ASSETS):
                file.write(f"  - name: A-{asset}\n    kind: bench\n    signals:\n")
                for field in range(FIELDS):
                    file.write(f"      - {{name: f{field}, unit: \"1\"}}\n")
        key = os.path.join(self.folder, "key")
        self.launch([program, "run", site, "--data", os.path.join(self.folder, "data"), "--listen",
                     f"127.0.0.1:{self.port}", "--key-file", key])
        with open(key, encoding="utf-8") as file:
            self.headers = {"Authorization": "Bearer " + file.read().strip()}


class Influx(Peer):
    name, path = "InfluxDB 1.6", "/write?db=bench&precision=ns"

    def __init__(self, folder):
        super().__init__(folder)
        config = os.path.join(self.folder, "influxdb.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"""reporting-disabled = true
bind-address = "127.0.0.1:{free_port()}"
[meta]
  dir = "{self.folder}/meta"
[data]
  dir = "{self.folder}/data"
  wal-dir = "{self.folder}/wal"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{self.port}"
  log-enabled = false
[monitor]
  store-enabled = false
""")
        self.launch(["influxd", "-config", config])
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/query?q=CREATE+DATABASE+bench")
        connection.getresponse().read()


class Victoria(Peer):
    name, path = "VictoriaMetrics", "/write?precision=ns"

    def __init__(self, folder):
        super().__init__(folder)
        self.launch(["victoria-metrics", "-storageDataPath", self.folder + "/data", "-httpListenAddr",
                     f"127.0.0.1:{self.port}", "-retentionPeriod", "100y"])


def run_requests(peer, bodies, connections):
    """Points a second of the bodies, shared among connections."""
    lock = threading.Lock()
    waiting = list(bodies)

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", peer.port)
        while True:
            with lock:
                if not waiting:
                    return
                data = waiting.pop()
            peer.post(connection, data)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(bodies) * ASSETS * FIELDS / (time.perf_counter() - start)


def run_sqlite(folder, number):
    """Points a second of bare SQLite: a row a point, 1,000 rows a commit, synced."""
    database = sqlite3.connect(os.path.join(folder, f"rows-{number}.db"), isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE s(id INTEGER, t INTEGER, v REAL, PRIMARY KEY(id, t)) WITHOUT ROWID")
    rows = [[(point, request, 50 + point / 100) for point in range(ASSETS * FIELDS)] for request in range(REQUESTS)]
    start = time.perf_counter()
    for batch in rows:
        database.execute("BEGIN")
        database.executemany("INSERT INTO s VALUES(?, ?, ?)", batch)
        database.execute("COMMIT")
    rate = REQUESTS * ASSETS * FIELDS / (time.perf_counter() - start)
    database.close()
    return rate


def syncs_per_request(peer):
    """Calls that sync a file while 20 requests are answered one after the other, per request."""
    if not shutil.which("strace"):
        return None
    trace = os.path.join(peer.folder, "trace")
    tracer = subprocess.Popen(["strace", "-f", "-q", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", trace,
                               "-p", str(peer.process.pid)], stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    connection = http.client.HTTPConnection("127.0.0.1", peer.port)
    for request in range(20):
        peer.post(connection, body(10**6 + request))
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    with open(trace, encoding="utf-8") as file:
        return len(re.findall(r"(?:fsync|fdatasync|sync_file_range)\(", file.read())) / 20


def main():
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        peers = [Davy(folder, os.path.abspath(sys.argv[1]))]
        for kind, program in ((Influx, "influxd"), (Victoria, "victoria-metrics")):
            if shutil.which(program):
                peers.append(kind(folder))
            else:
                print(f"{kind.name}: left out, {program} is not installed")
        rates = {}
        for number in range(ROUNDS):
            for connections in (1, 16):
                bodies = [body(number * 10**4 + connections * 10**3 + i) for i in range(REQUESTS)]
                for peer in peers:
                    rates.setdefault((peer.name, connections), []).append(run_requests(peer, bodies, connections))
            rates.setdefault(("SQLite rows", 1), []).append(run_sqlite(folder, number))
        base = {count: statistics.median(rates[("davy", count)]) for count in (1, 16)}
        print(f"{'':18} {'connections':>11} {'points/s':>10} {'davy is':>9}")
        for (name, count), values in sorted(rates.items(), key=lambda item: item[0][1]):
            rate = statistics.median(values)
            print(f"{name:18} {count:11} {rate:10,.0f} {base[count] / rate:8.2f}x")
        for peer in peers:
            count = syncs_per_request(peer)
            said = "strace is not installed" if count is None else \
                f"{count:.1f} syncs a request: " + ("syncs before it answers" if count >= 1 else "answers before it syncs")
            print(f"{peer.name:18} {said}")
            peer.stop()


main()
