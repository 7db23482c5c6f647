#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signals out of a file of binary columns: davy query 'T-101/*' --columns > t101.columns

    python3 read.py t101.columns

The format is in docs/query.md.
"""
import sys
import zlib

import numpy


def signals(file):
    """For each block of samples: the signal's path, its unit, times in ns, values and qualities."""
    if file.read(8) != b"DAVYCOL1":
        raise ValueError("not a file of columns")
    path = unit = ""
    while True:
        kind, checksum, length = numpy.frombuffer(file.read(16), "<u4,<u4,<u8")[0].tolist()
        payload = file.read((length + 7) // 8 * 8)[:length]
        if zlib.crc32(payload) != checksum:
            raise ValueError("a block is damaged or cut short")
        if kind == 3:
            return
        if kind == 1:
            end = 8 + int.from_bytes(payload[:4], "little")
            path, unit = payload[8:end].decode(), payload[end:].decode()
            continue
        n = int.from_bytes(payload[:8], "little")
        yield (path, unit, numpy.frombuffer(payload, "<i8", n, 8), numpy.frombuffer(payload, "<f8", n, 8 + 8 * n),
               numpy.frombuffer(payload, "u1", n, 8 + 16 * n))


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as columns:
        for name, unit, times, values, quality in signals(columns):
            print(name, unit, len(times), "samples, of them bad:", (quality == 2).sum(), "mean:", values[quality < 2].mean())
