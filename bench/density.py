#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bytes on disk for a point, index included, beside InfluxDB, VictoriaMetrics and Gorilla, in the same run.

    bench/density.py BUILD/src/app/davy [FOLDER-OF-PEERS]

The sets: SKAB (34 runs and the one without fault, eight signals) and Tennessee Eastman (22 test runs, 52 signals) from
DAVY_DATA, and quantised tags: 50 signals of a step of 0.01 once a second for a day, which move as a tank's level
does. Each server has taken a set, has merged what it merges, and was stopped; then the bytes of its folder are counted. davy's
are its day files, whole. Gorilla is counted without any index: 16 bytes for the first point of a series, then deltas
of deltas of times in milliseconds and XORs of values (Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series
Database", VLDB 2015, sections 4.1.1 and 4.1.2).
"""
import calendar
import csv
import glob
import gzip
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

from servers import Influx, START_NS, Victoria

POINTS_A_REQUEST = 5000
TEP_STEP_S = 180
TAGS, TAG_SECONDS = 50, 86400
SETTLE_S, QUIET_S = 120, 15  # for the servers that merge in the background: at most, and without a change


def skab(data):
    for run, path in enumerate(sorted(glob.glob(f"{data}/skab/*/*.csv"))):
        with open(path, encoding="utf-8") as file:
            rows = csv.reader(file, delimiter=";")
            names = [name.replace(" ", "_") for name in next(rows)[1:9]]
            for row in rows:
                stamp = calendar.timegm(time.strptime(row[0], "%Y-%m-%d %H:%M:%S"))
                yield f"run-{run}", stamp, list(zip(names, row[1:9]))


def tennessee(data):
    for run, path in enumerate(sorted(glob.glob(f"{data}/tep/d*_te.dat.gz"))):
        with gzip.open(path, "rt") as file:
            for number, line in enumerate(file):
                values = [repr(float(word)) for word in line.split()]
                yield f"run-{run}", START_NS // 10**9 + number * TEP_STEP_S, \
                    [(f"x{i + 1}", value) for i, value in enumerate(values)]


def tags(_):
    chance = random.Random(1)
    levels = [chance.randrange(2000, 8000) for _ in range(TAGS)]
    for second in range(TAG_SECONDS):
        levels = [level + (chance.randrange(-2, 3) if chance.random() < 0.1 else 0) for level in levels]
        yield "tags", START_NS // 10**9 + second, [(f"t{i}", f"{level / 100:.2f}") for i, level in enumerate(levels)]


def gorilla_time_bits(step):
    for bits, limit in ((1, 0), (9, 64), (12, 256), (16, 2048)):
        if -limit < step <= limit or step == limit == 0:
            return bits
    return 36


def gorilla_bytes(rows):
    """The length of all series, coded one by one."""
    series, bits = {}, 0
    for asset, stamp, fields in rows:
        for name, text in fields:
            word = struct.unpack(">Q", struct.pack(">d", float(text)))[0]
            before = series.get((asset, name))
            if before is None:
                series[asset, name] = (stamp, 0, word, 64, 0)
                bits += 128
                continue
            last, step, value, leading, trailing = before
            bits += gorilla_time_bits(1000 * (stamp - last - step))
            xor = word ^ value
            if xor == 0:
                bits += 1
            else:
                zeros, end = min(31, 64 - xor.bit_length()), (xor & -xor).bit_length() - 1
                if zeros >= leading and end >= trailing and leading + trailing < 64:
                    bits += 2 + 64 - leading - trailing
                else:
                    leading, trailing = zeros, end
                    bits += 2 + 5 + 6 + 64 - zeros - end
            series[asset, name] = (stamp, stamp - last, word, leading, trailing)
    return bits / 8


def load(server, rows):
    """Send all rows."""
    lines, inside = [], 0
    with server.connect() as connection:
        for asset, stamp, fields in rows:
            lines.append(f"{asset} {','.join(f'{name}={text}' for name, text in fields)} {stamp * 10**9}")
            inside += len(fields)
            if inside >= POINTS_A_REQUEST:
                server.post(connection, server.request_of("\n".join(lines).encode()))
                lines, inside = [], 0
        if lines:
            server.post(connection, server.request_of("\n".join(lines).encode()))


def disk_bytes(name):
    """Bytes that a file takes on the disk: InfluxDB makes large files of which it uses the begin."""
    return 512 * os.stat(name).st_blocks


def folder_bytes(folder):
    sizes = []
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append(disk_bytes(os.path.join(path, name)) if name != "log" else 0)
            except FileNotFoundError:  # it was merged meanwhile
                pass
    return sum(sizes)


def settled_bytes(server):
    """Ask for the merge where there is a way to ask, wait until the folder is quiet, stop."""
    if isinstance(server, Victoria):
        server.ask("/internal/force_flush")
        server.ask("/internal/force_merge")
    last, quiet = folder_bytes(server.folder), 0
    for _ in range(SETTLE_S):
        time.sleep(1)
        now = folder_bytes(server.folder)
        quiet = quiet + 1 if now == last else 0
        last = now
        if quiet >= QUIET_S:
            break
    server.stop()
    return folder_bytes(server.folder)


def peer_bytes(kind, rows):
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        server = kind(folder)
        load(server, rows)
        return settled_bytes(server)


def davy_bytes(davy, rows):
    """The day files of a store into which the rows were imported."""
    with tempfile.TemporaryDirectory(prefix="davy-bench-", dir=os.environ.get("DAVY_BENCH_DIR")) as folder:
        site, data, assets, files = f"{folder}/site.yaml", f"{folder}/data", {}, {}
        for asset, stamp, fields in rows:
            if asset not in assets:
                assets[asset] = [name for name, _ in fields]
                files[asset] = open(f"{folder}/{asset}.csv", "w", encoding="utf-8")
                print("time", *(f"{asset}/{name}" for name, _ in fields), sep=",", file=files[asset])
            print(stamp, *(text for _, text in fields), sep=",", file=files[asset])
        for file in files.values():
            file.close()
        with open(site, "w", encoding="utf-8") as file:
            print("site: {name: Bench}\nassets:", file=file)
            for asset, names in assets.items():
                print(f"  - name: {asset}\n    kind: bench\n    signals:", file=file)
                for name in names:
                    print(f"      - {{name: {name}}}", file=file)
        subprocess.run([davy, "import", *(file.name for file in files.values()), "--site", site, "--data", data],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return sum(disk_bytes(name) for name in glob.glob(f"{data}/days/????-??-??.db"))


def measure(name, rows, davy):
    points = sum(len(fields) for _, _, fields in rows)
    said = [f"davy {davy_bytes(davy, rows) / points:.2f}"]
    for kind in (Influx, Victoria):
        if shutil.which(kind.program):
            said.append(f"{kind.name} {peer_bytes(kind, rows) / points:.2f}")
    said.append(f"Gorilla {gorilla_bytes(rows) / points:.2f}")
    print(f"{name}: {points:,} points; bytes a point: {', '.join(said)}", flush=True)


def main():
    davy, data = os.path.abspath(sys.argv[1]), os.environ.get("DAVY_DATA", "")
    if len(sys.argv) > 2:
        os.environ["PATH"] = os.path.abspath(sys.argv[2]) + os.pathsep + os.environ["PATH"]
    for name, rows_of in (("SKAB", skab), ("Tennessee Eastman", tennessee), ("quantised tags", tags)):
        rows = list(rows_of(data))
        if rows:
            measure(name, rows, davy)
        else:
            print(f"{name}: left out, set DAVY_DATA to the folder of the data sets")


main()
