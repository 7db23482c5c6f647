#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bring public collections of molecules into the shape that examples/molecules/train.sh learns from.

    examples/molecules/prepare.py DATA OUT

DATA holds ld50_zhu/LD50_Zhu.csv, flash_point/flash_point.csv and tox21/tox21.csv; docs/chemicals.md says where
they are from. A molecule that was measured more than once has the mean of its measurements: left as they are,
its rows would stand on both sides of a split, and the figure would flatter.
"""
import collections
import csv
import os
import sys


def means(source, value):
    """Mean of a column for each SMILES, in the order in which the SMILES come."""
    found = collections.defaultdict(list)
    with open(source, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["smiles"]].append(float(row[value]))
    return [(smiles, sum(all_of) / len(all_of)) for smiles, all_of in found.items()]


def write(path, label, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["smiles", label])
        writer.writerows((smiles, f"{value:.6g}") for smiles, value in rows)
    print(f"{path}: {len(rows)} molecules")


def main(data, out):
    os.makedirs(out, exist_ok=True)
    write(os.path.join(out, "ld50.csv"), "neg_log_ld50", means(os.path.join(data, "ld50_zhu", "LD50_Zhu.csv"), "active"))
    write(os.path.join(out, "flash.csv"), "flash_point_k",
          means(os.path.join(data, "flash_point", "flash_point.csv"), "flashpoint"))
    with open(os.path.join(data, "tox21", "tox21.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(os.path.join(out, "tox21.csv"), "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in rows[0] if name != "mol_id"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{os.path.join(out, 'tox21.csv')}: {len(rows)} molecules")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
