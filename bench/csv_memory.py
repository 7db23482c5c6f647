#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Memory that a large CSV file costs: what the verbs that need all rows take for themselves at most (RssAnon), and the time of the
processor.

    bench/csv_memory.py build/src/app/davy GIGABYTES [VERB...]

writes a file of that size into the temporary folder: twenty signals that four causes move, 200,000 rows that come again and again, and
a class. Then it looks at it (`data`) and trains on it (a kind, as `pca` or `linear`), one after the other; all of them without VERB.
"""
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

SIGNALS, ROWS = 20, 200000
VERBS = ("data", "pca", "bayes", "boost")


def write_rows(file, size):
    draw = random.Random(1)
    mix = [[draw.gauss(0, 10) for _ in range(4)] for _ in range(SIGNALS)]
    lines = []
    for _ in range(ROWS):
        causes = [draw.gauss(0, 1) for _ in range(4)]
        values = [50 + sum(m * c for m, c in zip(signal, causes)) + draw.gauss(0, 1) for signal in mix]
        lines.append(",".join(f"{value:.3f}" for value in values) + (",high\n" if values[0] + values[1] > 100 else ",low\n"))
    block = "".join(lines)
    file.write(",".join(f"s{signal}" for signal in range(SIGNALS)) + ",state\n")
    for _ in range(max(1, round(size / len(block)))):
        file.write(block)
    return ROWS * max(1, round(size / len(block)))


def own_memory(process):
    try:
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("RssAnon:")), 0)
    except OSError:
        return 0


def measure(command):
    before, most = resource.getrusage(resource.RUSAGE_CHILDREN), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, own_memory(process))
            time.sleep(0.02)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        sys.exit(process.returncode)
    return most / 1024, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    davy, size, verbs = sys.argv[1], float(sys.argv[2]) * 1e9, sys.argv[3:] or VERBS
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.csv")
        with open(path, "w", encoding="ascii") as file:
            rows = write_rows(file, size)
        print(f"{os.path.getsize(path) / 1e9:.2f} GB, {rows / 1e6:.1f} million rows, {rows * SIGNALS * 8 / 1e9:.2f} GB as doubles")
        for verb in verbs:
            task = ["--types", "state=skip"] if verb == "pca" else ["--task", "classify", "--label", "state"]
            train = ["train", "large", "--model", verb, "--data", folder, "--csv", path, *task]
            megabytes, seconds = measure([davy, "data", path] if verb == "data" else [davy, *train])
            print(f"{verb:8} {megabytes:6.0f} MB at most, {seconds:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
