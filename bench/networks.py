# SPDX-License-Identifier: Apache-2.0
"""What networks and MiniRocket find on real pictures, movements and bearings: splits made, models trained and judged through the
command line.

usage: networks.py DAVY FOLDER [SET...]     (DAVY_DATA: the data sets; FOLDER: for splits and models)

fire, neu: the first four fifths of the numbers of each class train, the rest test. hat: helmets and heads, every fifth picture
tests. sisfall: ten folds of people. cwru: waves of 2,048 values of the three faults; load 0 trains, loads 1 to 3 test.
sisfall-rocket, cwru-rocket: the same by --model rocket.
"""
import csv
import glob
import gzip
import json
import os
import re
import subprocess
import sys

DATA = os.environ.get("DAVY_DATA", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "shared", "data"))
BETTER = ["network=residual", "width=16", "precision=bf16", "holdout=0.05"]


def davy(program, *arguments):
    print("$ davy", *arguments[:1], " ".join(a for a in arguments[1:] if not a.endswith(".csv")), flush=True)
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def sets(settings):
    return [word for setting in settings for word in ("--set", setting)]


def train_and_judge(program, folder, name, train, test, settings, model="cnn"):
    models = ["--models", os.path.join(folder, "models")]
    davy(program, "train", name, "--model", model, "--task", "classify", *train, *sets(settings), "--seed", "1", *models)
    return json.loads(davy(program, "evaluate", name, *test, "--json", *models))


def number_of(name):
    return int(re.findall(r"\d+", name)[-1])


def link(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if not os.path.lexists(target):
        os.symlink(source, target)


def split_pictures(source, folder):
    for kind in sorted(os.listdir(source)):
        if not os.path.isdir(os.path.join(source, kind)):
            continue
        files = sorted((f for f in os.listdir(os.path.join(source, kind)) if f.endswith(".jpg")), key=number_of)
        for i, name in enumerate(files):
            part = "train" if i < 0.8 * len(files) else "test"
            link(os.path.abspath(os.path.join(source, kind, name)), os.path.join(folder, part, kind, name))


def pictures(program, folder, name, data, epochs):
    here = os.path.join(folder, name)
    split_pictures(os.path.join(DATA, data), here)
    figures = train_and_judge(program, folder, name, ["--images", os.path.join(here, "train")],
                              ["--images", os.path.join(here, "test")], [*BETTER, f"epochs={epochs}"])
    print(f"{name}: accuracy {figures['accuracy']:.4f}, macro-F1 {figures['macro_f1']:.4f} of {figures['samples']}")


def hat(program, folder):
    with open(os.path.join(DATA, "hard_hat", "annotations.csv"), encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file)]
    tests = set(sorted({row["filename"] for row in rows})[4::5])
    for part in ("train", "test"):
        here = os.path.join(folder, "hat-" + part)
        os.makedirs(here, exist_ok=True)
        with open(os.path.join(here, "annotations.csv"), "w", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            for row in rows:
                if row["class"] != "person" and (row["filename"] in tests) == (part == "test"):
                    writer.writerow(row)
                    name = os.path.basename(row["filename"])
                    link(os.path.abspath(os.path.join(DATA, "hard_hat", "images", name)), os.path.join(here, row["filename"]))
    figures = train_and_judge(program, folder, "hat", ["--images", os.path.join(folder, "hat-train")],
                              ["--images", os.path.join(folder, "hat-test")], [*BETTER, "size=48", "epochs=30"])
    print(f"hat: accuracy {figures['accuracy']:.4f}, macro-F1 {figures['macro_f1']:.4f} of {figures['samples']} crops")


def sisfall(program, folder, model="cnn", settings=("width=16", "epochs=30")):
    here = os.path.join(folder, "sisfall")
    os.makedirs(here, exist_ok=True)
    for path in sorted(glob.glob(os.path.join(DATA, "sisfall", "*.csv.gz"))):
        who = os.path.basename(path)[:4]
        with gzip.open(path, "rt") as file, open(os.path.join(here, who + ".csv"), "w", encoding="utf-8") as out:
            out.write("recording,fall,ax,ay,az\n")
            for row in csv.DictReader(file):
                kind = "fall" if row["activity"].startswith("F") else "daily"
                out.write(f"{who}-{row['activity']}-{row['trial']},{kind},{row['ax']},{row['ay']},{row['az']}\n")
    files = sorted(glob.glob(os.path.join(here, "*.csv")))
    rows = ["--label", "fall", "--group", "recording", "--period", "5ms"]
    answers = [[0, 0], [0, 0]]
    for fold in range(10):
        test = [f for i, f in enumerate(files, 1) if i % 10 == fold]
        train = [f for f in files if f not in test]
        figures = train_and_judge(program, folder, f"sisfall-{fold}", ["--csv", *train, *rows], ["--csv", *test, *rows],
                                  ["per=group", "rate=20", "window=160", *settings, "holdout=0"], model)
        for k in range(2):
            for said in range(2):
                answers[k][said] += figures["classes"][k]["answers"][said]
    count = sum(map(sum, answers))
    print(f"sisfall: accuracy {(answers[0][0] + answers[1][1]) / count:.4f}, sensitivity {answers[1][1] / sum(answers[1]):.4f}, "
          f"specificity {answers[0][0] / sum(answers[0]):.4f} of {count} recordings")


def cwru(program, folder, model="cnn", settings=("width=16", "epochs=15")):
    source = os.path.join(DATA, "cwru_drive_end")
    os.makedirs(folder, exist_ok=True)
    outs = {part: open(os.path.join(folder, f"cwru-{part}.csv"), "w", encoding="utf-8") for part in ("train", "test")}
    for out in outs.values():
        out.write("recording,fault," + ",".join(f"s{i}" for i in range(2048)) + "\n")
    with open(os.path.join(source, "index.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["fault"] == "normal":  # at load 0 alone
                continue
            part = "train" if row["load_hp"] == "0" else "test"
            with gzip.open(os.path.join(source, row["file"]), "rt") as values:
                x = [float(v) * float(row["g_per_count"]) for v in values if re.fullmatch(r"-?\d+", v.strip())]
            for begin in range(0, len(x) - 2047, 512 if part == "train" else 2048):
                outs[part].write(f"{row['file']},{row['fault']}," + ",".join(f"{v:.5g}" for v in x[begin:begin + 2048]) + "\n")
    for out in outs.values():
        out.close()
    rows = ["--label", "fault", "--group", "recording"]
    figures = train_and_judge(program, folder, "cwru", ["--csv", outs["train"].name, *rows], ["--csv", outs["test"].name, *rows],
                              ["wave=s0..s2047@12000", *settings, "holdout=0"], model)
    print(f"cwru: accuracy {figures['accuracy']:.4f}, macro-F1 {figures['macro_f1']:.4f} of {figures['samples']} waves")


SETS = {"fire": lambda p, f: pictures(p, f, "fire", "fire_images", 30), "neu": lambda p, f: pictures(p, f, "neu", "neu_surface", 40),
        "hat": hat, "sisfall": sisfall, "cwru": cwru, "sisfall-rocket": lambda p, f: sisfall(p, f, "rocket", ()),
        "cwru-rocket": lambda p, f: cwru(p, f, "rocket", ())}

if __name__ == "__main__":
    for chosen in sys.argv[3:] or [name for name in SETS if not name.endswith("-rocket")]:
        SETS[chosen](os.path.abspath(sys.argv[1]), sys.argv[2])
