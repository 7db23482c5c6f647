#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A request for every sample on 64 connections, beside its peers in the same run: answers, time to the answer, syncs.

    bench/single.py BUILD/src/app/davy [FOLDER-OF-PEERS]

wrk asks; rounds are interleaved, the figures are medians. While davy is asked, this program appends to a file of the
same folder and syncs it twenty times a second: davy's answers come after a sync, and its time is the measure for theirs.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

from disk import SyncProbe
from servers import start_servers

CONNECTIONS, THREADS, SECONDS, ROUNDS = 64, 2, 4, 5
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "single.lua")
FIRST_SECOND = 1600000000


def ask(server, number):
    """One round with one server: what wrk says of it."""
    key = server.headers.get("Authorization", "").removeprefix("Bearer ")
    command = ["wrk", "-t", str(THREADS), "-c", str(CONNECTIONS), "-d", f"{SECONDS}s", "-s", SCRIPT,
               f"http://127.0.0.1:{server.port}{server.path}", "--", str(FIRST_SECOND + number)] + ([key] if key else [])
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    answer = json.loads(said.strip().splitlines()[-1])
    if answer["failed"]:
        raise SystemExit(f"{server.name}: {answer['failed']} requests failed")
    return answer


def syncs(davy):
    return float(re.search(r"^davy_store_syncs_total (\S+)", davy.ask("/metrics").decode(), re.MULTILINE).group(1))


def ask_davy(davy, number, folder):
    """The same, with answers a sync, and how much longer than a sync the slowest of a hundred takes."""
    before = syncs(davy)
    with SyncProbe(folder) as probe:
        answer = ask(davy, number)
    answer["answers_a_sync"] = answer["requests"] / (syncs(davy) - before)
    answer["p99_syncs"] = answer["p99_ms"] / probe.at(0.99)
    answer["sync_ms"] = probe.at(0.99)
    return answer


def median(rounds, what):
    return statistics.median(one[what] for one in rounds)


def rate(one):
    return one["requests"] / one["seconds"]


def tell(name, rounds, ours):
    ratio = statistics.median(rate(a) / rate(b) for a, b in zip(ours, rounds))
    print(f"{name:18} {statistics.median(map(rate, rounds)):9,.0f} answers/s, p50 {median(rounds, 'p50_ms'):.2f} ms, "
          f"p99 {median(rounds, 'p99_ms'):.1f} ms; davy is {ratio:.2f} times as fast")


def main():
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        servers, rounds = [], {}
        try:
            start_servers(folder, sys.argv[1], servers)
            for number in range(ROUNDS):
                for server in servers[number % len(servers):] + servers[:number % len(servers)]:
                    own = server is servers[0]
                    answer = ask_davy(server, number, folder) if own else ask(server, number)
                    rounds.setdefault(server.name, []).append(answer)
        finally:
            for server in servers:
                server.stop()
    ours = rounds["davy"]
    for name, all_of_it in rounds.items():
        tell(name, all_of_it, ours)
    print(f"davy: {median(ours, 'answers_a_sync'):.0f} answers a sync; the p99 of its answers is {median(ours, 'p99_syncs'):.1f} "
          f"times the p99 of fdatasync in the same seconds ({median(ours, 'sync_ms'):.1f} ms)")


main()
