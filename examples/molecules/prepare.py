#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bring public collections of molecules into the shape that examples/molecules/train.sh learns from.

    examples/molecules/prepare.py DATA OUT

DATA holds ld50_zhu/LD50_Zhu.csv, flash_point/flash_point.csv, tox21/tox21.csv and ghs_japan/*; docs/chemicals.md
says where they are from. A molecule that was measured more than once has the mean of its measurements: left as they
are, its rows would stand on both sides of a split, and the figure would flatter.

ghs_japan names chemicals and has no structures. OPSIN (Lowe et al., J. Chem. Inf. Model. 51, 739, 2011) makes them of
the systematic names: apt install libopsin-java. JARS is the folder of its jars (/usr/share/java). Without it skin and
eyes are left out.
"""
import collections
import csv
import glob
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile


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


def structures(names):
    """SMILES of systematic names; a name that OPSIN does not read has none."""
    folder = os.environ.get("JARS", "/usr/share/java")
    jars = [jar for part in ("opsin", "automaton", "commons-cli", "commons-io", "log4j-api", "log4j-core", "woodstox-core", "stax2-api")
            for jar in glob.glob(os.path.join(folder, part + "*.jar"))]
    if not shutil.which("java") or not any("opsin" in jar for jar in jars):
        return None
    with tempfile.TemporaryDirectory() as scratch:
        asked, told = os.path.join(scratch, "names"), os.path.join(scratch, "smiles")
        with open(asked, "w", encoding="utf-8") as file:
            file.write("\n".join(names) + "\n")
        subprocess.run(["java", "-cp", os.pathsep.join(jars), "uk.ac.cam.ch.wwmm.opsin.Cli", asked, told], check=True, capture_output=True)
        with open(told, encoding="utf-8") as file:
            return dict(zip(names, (line.strip() for line in file)))


def classified(folder, file, hazard):
    """Rows of one hazard: those with a category, and those that were tested and are in none."""
    with open(os.path.join(folder, file), encoding="utf-8", errors="replace", newline="") as categories:
        yield from csv.DictReader(categories)
    with gzip.open(os.path.join(folder, "notclassified.csv.gz"), "rt", encoding="utf-8", errors="replace", newline="") as none:
        yield from (row for row in csv.DictReader(none) if row["Classification"].startswith(hazard))


# What follows " - " in a classification; what is of a solution, an isomer or doubtful between two is none of these.
SKIN = [("corrosive", r"Category 1([ABC]|A-1[BC])?"), ("irritant", r"Category 2"), ("mild or none", r"Category 3|Not classified")]
EYE = [("damage", r"Category 1"), ("irritant", r"Category 2([AB]|A-2B)?"), ("none", r"Not classified")]

NON_METALS = {"H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "As", "Se", "Br", "I"}


def names_of(row):
    """The name as it is, and what stands between semicolons."""
    name = " ".join(row["Name"].split())
    return [name] + ([part.strip() for part in name.split(";") if part.strip()] if ";" in name else [])


def organic(smiles):
    """One part that holds carbon and no metal: all that models are asked about; of elements OPSIN makes single atoms."""
    bracketed = re.findall(r"\[\d*([A-Z][a-z]?|[a-z]{1,2})", smiles)
    return ("." not in smiles and re.search(r"C(?!l)|c", re.sub(r"\[[^\]]*\]", "", smiles)) is not None
            and all(element.capitalize() in NON_METALS for element in bracketed))


def write_classes(path, label, classes, rows):
    """Organic molecules, each once, with the class that they were given; two classes for one molecule are none."""
    rows = [(row, word) for row in rows for word, pattern in classes
            if re.fullmatch(pattern, row["Classification"].split(" - ", 1)[1].strip())]
    smiles = structures(sorted({name for row, _ in rows for name in names_of(row)}))
    if smiles is None:
        print(f"{path}: left out, for java and OPSIN make its structures: apt install libopsin-java")
        return
    found = collections.defaultdict(dict)
    for row, word in rows:
        one = next((smiles[name] for name in names_of(row) if smiles[name]), "")
        if organic(one):
            found[one].setdefault(word, row)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["smiles", label, "cas", "name"])
        writer.writerows([one, word, row["CASRN"], row["Name"]] for one, given in found.items() if len(given) == 1 for word, row in given.items())
    print(f"{path}: {sum(len(given) == 1 for given in found.values())} molecules of {len(rows)} classifications")


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
    ghs = os.path.join(data, "ghs_japan")
    write_classes(os.path.join(out, "skin.csv"), "skin_ghs", SKIN, classified(ghs, "skin_cor.csv", "Skin corrosion"))
    write_classes(os.path.join(out, "eye.csv"), "eye_ghs", EYE, classified(ghs, "eye_dmg.csv", "Serious eye damage"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
