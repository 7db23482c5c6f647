#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory of a daemon that takes a sample a second of each of many signals.

    bench/memory.py BUILD/src/app/davy [SIGNALS [MINUTES]]          100,000 and 10 if not given

Values are of two decimals and move a little, as an instrument's do. Once a minute the resident set of the process is
printed and what it is for each signal, less that of a daemon with ten signals; also how late the sender is, so that one
sees whether the daemon kept up.
"""
import http.client
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tests", "e2e"))
from harness import Daemon  # noqa: E402

FIELDS = 100
ASSETS_A_REQUEST = 10  # 1,000 samples


def site(assets):
    lines = ["site: {name: Bench}", "assets:"]
    for asset in range(assets):
        lines += [f"  - name: A-{asset}", "    kind: bench", "    signals:"]
        lines += [f"      - {{name: f{field}, unit: \"1\"}}" for field in range(FIELDS)]
    return "\n".join(lines) + "\n"


def resident_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status", encoding="utf-8") as file:
        return int(next(line for line in file if line.startswith("VmRSS")).split()[1])


def bodies(assets):
    """Requests of one second, without times: the same for all seconds but for one of ten shapes."""
    chance = random.Random(1)
    shapes = []
    for _ in range(10):
        fields = [",".join(f"f{field}={50 + chance.randrange(-200, 200) / 100}" for field in range(FIELDS))
                  for _ in range(20)]
        shapes.append([[(f"A-{asset} {fields[chance.randrange(20)]} ") for asset in range(first, first + ASSETS_A_REQUEST)]
                       for first in range(0, assets, ASSETS_A_REQUEST)])
    return shapes


def send_second(connection, daemon, requests, stamp):
    for lines in requests:
        body = "\n".join(line + str(stamp) for line in lines)
        connection.request("POST", "/api/v2/write?precision=s", body=body, headers={"Authorization": "Bearer " + daemon.key})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 204:
            raise SystemExit(f"{answer.status} {text[:300]!r}")


def run(daemon, assets, minutes, base):
    shapes = bodies(assets)
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
    begin = time.time()
    for second in range(60 * minutes + 1):
        if second % 60 == 0:
            now = resident_kib(daemon)
            print(f"minute {second // 60:2}: {now / 1024:6.0f} MiB, {(now - base) / (assets * FIELDS):5.2f} KiB a signal; "
                  f"the sender is {max(0.0, time.time() - begin - second):.1f} s late", flush=True)
        send_second(connection, daemon, shapes[second % len(shapes)], int(begin) + second)
        time.sleep(max(0.0, begin + second + 1 - time.time()))


def main():
    davy = os.path.abspath(sys.argv[1])
    assets = int(sys.argv[2] if len(sys.argv) > 2 else 100_000) // FIELDS
    minutes = int(sys.argv[3] if len(sys.argv) > 3 else 10)
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        small = Daemon(davy, folder, site(1), "small").start()
        base = resident_kib(small)
        small.stop()
        daemon = Daemon(davy, folder, site(assets)).start()
        run(daemon, assets, minutes, base)
        daemon.stop()


main()
