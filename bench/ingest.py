#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Durable ingest of line protocol, 1,000 points a request, beside its peers in the same run.

    bench/ingest.py BUILD/src/app/davy [FOLDER-OF-PEERS]

Peers, each on loopback with its files in a temporary folder, as Debian ships them: InfluxDB 1.6 (`influxd`),
VictoriaMetrics (`victoria-metrics`), and bare SQLite (WAL, synchronous=FULL, 1,000 rows a commit, in this process).
Peers are looked for in the folder (tools/peers unpacks them there) and on the path; what is not there is left out and
named. Rounds are interleaved, the figures are medians, and the client is the same for all: requests made beforehand,
sent over connections that stay open. Afterwards each server is asked how many points it holds, and strace counts
fsync, fdatasync and sync_file_range while requests are answered one after the other.
"""
import http.client
import json
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

from disk import tell_sync

ASSETS, FIELDS = 100, 10  # 1,000 points a request
REQUESTS = {1: 200, 16: 800}  # by connections: about a second each
ROUNDS = 7
TRACED = 100
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
    name, program, path, headers = "", "", "", {}

    def __init__(self, folder):
        self.folder = os.path.join(folder, self.name.split()[0])
        os.makedirs(self.folder)
        self.port = free_port()
        self.sent = 0

    def launch(self, command):
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(self.port)
        except SystemExit:
            self.stop()
            raise

    def request(self, number):
        data = body(number)
        lines = [f"POST {self.path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + data

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def post(self, connection, request):
        """Send and wait for the answer, a 204 without a body."""
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            piece = connection.recv(4096)
            answer += piece
            if not piece or not answer.startswith(b"HTTP/1.1 204"[:len(answer)]):
                raise SystemExit(f"{self.name}: {answer[:300]!r}")

    def ask(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, headers=self.headers)
        return connection.getresponse().read()

    def held(self):
        """Points of the first signal that it holds: one for each request."""
        raise NotImplementedError

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Davy(Peer):
    name, path = "davy", "/api/v2/write?precision=ns"

    def held(self):
        to = START_NS // 10**9 + 10**8
        answer = json.loads(self.ask(f"/api/v1/samples?signals=A-0/f0&from={START_NS // 10**9}&to={to}"))
        return len(answer["signals"][0]["times"])

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
    name, program, path = "InfluxDB 1.6", "influxd", "/write?db=bench&precision=ns"

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
        self.launch([self.program, "-config", config])
        self.ask("/query?q=CREATE+DATABASE+bench", "POST")

    def held(self):
        answer = json.loads(self.ask("/query?db=bench&q=SELECT+count(f0)+FROM+%22A-0%22"))
        return answer["results"][0]["series"][0]["values"][0][1]


class Victoria(Peer):
    name, program, path = "VictoriaMetrics", "victoria-metrics", "/write?precision=ns"

    def __init__(self, folder):
        super().__init__(folder)
        self.launch([self.program, "-storageDataPath", self.folder + "/data", "-httpListenAddr",
                     f"127.0.0.1:{self.port}", "-retentionPeriod", "100y"])

    def held(self):
        self.ask("/internal/force_flush")
        rows = self.ask("/api/v1/export?match[]=%7B__name__=%22A-0_f0%22%7D").splitlines()
        return sum(len(json.loads(row)["values"]) for row in rows)


def run_requests(peer, numbers, connections):
    """Points a second of these requests, shared among connections."""
    lock = threading.Lock()
    waiting = [peer.request(number) for number in reversed(numbers)]  # the last is taken first

    def work():
        with peer.connect() as connection:
            while True:
                with lock:
                    if not waiting:
                        return
                    request = waiting.pop()
                peer.post(connection, request)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    peer.sent += len(numbers)
    return len(numbers) * ASSETS * FIELDS / (time.perf_counter() - start)


def run_sqlite(folder, number):
    """Points a second of bare SQLite: a row a point, 1,000 rows a commit, synced."""
    database = sqlite3.connect(os.path.join(folder, f"rows-{number}.db"), isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE s(id INTEGER, t INTEGER, v REAL, PRIMARY KEY(id, t)) WITHOUT ROWID")
    rows = [[(point, request, 50 + point / 100) for point in range(ASSETS * FIELDS)] for request in range(REQUESTS[1])]
    start = time.perf_counter()
    for batch in rows:
        database.execute("BEGIN")
        database.executemany("INSERT INTO s VALUES(?, ?, ?)", batch)
        database.execute("COMMIT")
    rate = len(rows) * ASSETS * FIELDS / (time.perf_counter() - start)
    database.close()
    return rate


def syncs_per_request(peer):
    """Calls that sync a file while requests are answered one after the other, per request."""
    trace = os.path.join(peer.folder, "trace")
    tracer = subprocess.Popen(["strace", "-f", "-q", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", trace,
                               "-p", str(peer.process.pid)], stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    with peer.connect() as connection:
        for number in range(TRACED):
            peer.post(connection, peer.request(10**6 + number))
    peer.sent += TRACED
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    with open(trace, encoding="utf-8") as file:
        return len(re.findall(r"(?:fsync|fdatasync|sync_file_range)\(", file.read())) / TRACED


def tell(peer):
    """What a server does before it answers, and whether it holds what it answered for."""
    said = "strace is not installed"
    if shutil.which("strace"):
        count = syncs_per_request(peer)
        said = f"{count:.1f} syncs a request, " + \
            ("syncs before it answers" if count >= 1 else "answers before it syncs")
    print(f"{peer.name:18} {said}; holds {peer.held() * ASSETS * FIELDS:,} of {peer.sent * ASSETS * FIELDS:,} points")


def start_peers(folder, peers):
    peers.append(Davy(folder, os.path.abspath(sys.argv[1])))
    for kind in (Influx, Victoria):
        if shutil.which(kind.program):
            peers.append(kind(folder))
        else:
            print(f"{kind.name}: left out, {kind.program} is neither in the folder of peers nor on the path")


def run_rounds(peers, folder):
    """Points a second by connections and name. Each round begins with another server."""
    rates = {}
    for number in range(ROUNDS):
        first_peer = number % len(peers)
        for connections, requests in REQUESTS.items():
            first = number * 10**4 + connections * 10**3
            for peer in peers[first_peer:] + peers[:first_peer]:
                rate = run_requests(peer, range(first, first + requests), connections)
                rates.setdefault((connections, peer.name), []).append(rate)
        rates.setdefault((1, "SQLite rows"), []).append(run_sqlite(folder, number))
    return rates


def print_rates(rates):
    """Medians; a ratio is the median of the ratios within a round, for the disk changes between rounds."""
    print(f"{'':18} {'connections':>11} {'points/s':>10} {'slowest':>10} {'fastest':>10} {'davy is':>9}")
    for (count, name), values in sorted(rates.items()):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(rates[count, "davy"], values))
        print(f"{name:18} {count:11} {statistics.median(values):10,.0f} {min(values):10,.0f} {max(values):10,.0f} "
              f"{ratio:8.2f}x")


def main():
    if len(sys.argv) > 2:
        os.environ["PATH"] = os.path.abspath(sys.argv[2]) + os.pathsep + os.environ["PATH"]
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        tell_sync(folder)
        peers = []
        try:
            start_peers(folder, peers)
            rates = run_rounds(peers, folder)
            print_rates(rates)
            for peer in peers:
                tell(peer)
        finally:
            for peer in peers:
                peer.stop()


main()
