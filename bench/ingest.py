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
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from disk import tell_sync
from servers import ASSETS, FIELDS, start_servers

REQUESTS = {1: 200, 8: 600, 64: 800}  # by connections: about a second each
ROUNDS = 7
TRACED = 100


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
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        tell_sync(folder)
        peers = []
        try:
            start_servers(folder, sys.argv[1], peers)
            rates = run_rounds(peers, folder)
            print_rates(rates)
            for peer in peers:
                tell(peer)
        finally:
            for peer in peers:
                peer.stop()


main()
