#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""CSV into a table: davy beside pandas, in turns.

    bench/csv_pandas.py build/bench/bench_csv

writes four files of 20 to 50 MB into a temporary folder, reads each seven times with both in turns, and prints medians of the time of
the processor and their ratio. Both give columns of doubles (and words), types found. pandas is asked twice: as it is, with an
inexact parser of numbers, and with float_precision="round_trip", which is exact as davy always is. Needs Debian's python3-pandas.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import pandas

ROUNDS = 7


def write_files(folder):
    draw, rows = np.random.default_rng(3), 300000
    waves = 50 + 10 * np.sin(np.arange(rows)[:, None] * 0.001 * np.arange(1, 11))
    tables = {
        "measured": pandas.DataFrame(waves.round(3)),
        "exact": pandas.DataFrame(waves[:150000]),  # sixteen and seventeen digits, as programs write them
        "whole": pandas.DataFrame(draw.integers(0, 4000, (rows, 10))),
        "words": pandas.DataFrame({**{f"s{i}": waves[:, i].round(2) for i in range(6)},
                                   **{f"w{i}": draw.choice(["ftp", "ssh", "http", "smtp", "other"], rows) for i in range(4)}}),
    }
    for name, table in tables.items():
        table.columns = [f"c{column}" for column in table.columns]
        path = os.path.join(folder, name + ".csv")
        table.to_csv(path, index=False)
        yield name, path


def processor_seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def read_pandas(path, **how):
    begin = processor_seconds(resource.RUSAGE_SELF)
    pandas.read_csv(path, **how)
    return processor_seconds(resource.RUSAGE_SELF) - begin


def read_davy(program, path):
    return float(subprocess.run([program, path], capture_output=True, text=True, check=True).stdout)


def main(program):
    print(f"{'':10} {'MB':>5} {'davy':>10} {'pandas':>10} {'ratio':>6} {'exact':>10} {'ratio':>6}   (MB/s of processor time)")
    with tempfile.TemporaryDirectory(prefix="davy-bench-") as folder:
        for name, path in write_files(folder):
            seconds = {"davy": [], "pandas": [], "exact": []}
            for _ in range(ROUNDS):
                seconds["davy"].append(read_davy(program, path))
                seconds["pandas"].append(read_pandas(path))
                seconds["exact"].append(read_pandas(path, float_precision="round_trip"))
            size = os.path.getsize(path) / 1e6
            davy, fast, exact = (statistics.median(seconds[who]) for who in ("davy", "pandas", "exact"))
            print(f"{name:10} {size:5.0f} {size / davy:10.0f} {size / fast:10.0f} {fast / davy:5.1f}x {size / exact:10.0f} {exact / davy:5.1f}x")


if __name__ == "__main__":
    main(sys.argv[1])
