# SPDX-License-Identifier: Apache-2.0
"""Networks from the command line: pictures and rows go in, classes and numbers come out, and an interrupted training goes on."""
import csv
import glob
import io
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
import zlib

from harness import run

SIDE = 24


def call(davy, *arguments, code=0):
    result = subprocess.run([davy, *arguments], capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == code, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stdout + result.stderr


def png(path, pixels):
    """An RGB picture of SIDE x SIDE."""
    rows = b"".join(b"\0" + bytes(v for pixel in row for v in pixel) for row in pixels)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)) +
                   chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pictures(folder, name, count, seed):
    """Stripes that lie or stand, of any colour, on noise."""
    random.seed(seed)
    root = os.path.join(folder, name)
    for kind in ("lying", "standing"):
        os.makedirs(os.path.join(root, kind))
        for number in range(count):
            shift, colour = random.randrange(8), [random.randrange(120, 255) for _ in range(3)]
            png(os.path.join(root, kind, f"{number}.png"),
                [[[min(255, c * ((((y if kind == "lying" else x) + shift) // 4) % 2) + random.randrange(60)) for c in colour]
                  for x in range(SIDE)] for y in range(SIDE)])
    return root


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


LITTLE = ("--set", "network=residual", "--set", "size=24", "--set", "width=8", "--set", "batch=8")


def copies_stand_on_one_side(folder, davy):
    """The copy is not the last file by name: groups are counted, whatever file they are named by."""
    root, models = pictures(folder, "train", 20, 1), os.path.join(folder, "models")
    shutil.copy(os.path.join(root, "lying", "1.png"), os.path.join(root, "lying", "again.png"))
    how = ("train", "stripes", "--model", "cnn", "--task", "classify", "--images", root, *LITTLE, "--set", "epochs=1", "--models", models)
    said = call(davy, *how)
    assert "41 samples" in said and "Split (group)" in said, said
    assert "tear apart what belongs together" in call(davy, *how, "--set", "split=random", code=65)


def pictures_are_told_apart(folder, davy):
    train, test, models = pictures(folder, "train", 40, 1), pictures(folder, "test", 12, 2), os.path.join(folder, "models")
    said = call(davy, "train", "stripes", "--model", "cnn", "--task", "classify", "--images", train, *LITTLE, "--set", "epochs=12",
                "--set", "augment=no", "--models", models, "--seed", "1")
    assert "80 samples, each a picture of 24 x 24, of 2 classes" in said and "stripes version 1" in said, said
    page = os.path.join(folder, "page.html")
    figures = json.loads(call(davy, "evaluate", "stripes", "--images", test, "--models", models, "--report", page, "--json"))
    assert figures["samples"] == 24 and figures["accuracy"] >= 0.9, figures
    assert [c["class"] for c in figures["classes"]] == ["lying", "standing"] and figures["common_accuracy"] == 0.5, figures
    with open(page, encoding="utf-8") as file:
        html = file.read()
    assert "worst answers" in html and html.count("data:image/png;base64,") == 24, html.count("data:image/png")  # 12, and 12 explained
    with open(os.path.join(models, "stripes", "1", "report.html"), encoding="utf-8") as file:
        html = file.read()
    assert "Share of right answers" in html and "12 epochs" in html
    backbone = "backbone=" + os.path.join(models, "stripes", "1", "model.onnx")
    said = call(davy, "train", "few", "--model", "cnn", "--task", "classify", "--images", test, "--set", backbone, "--set", "pixels=bytes",
                "--set", "batch=8", "--models", models)
    assert "Network 'transfer', 130 parameters" in said, said  # 64 features for each of two classes
    assert json.loads(call(davy, "evaluate", "few", "--images", train, "--models", models, "--json"))["accuracy"] >= 0.9
    said = call(davy, "train", "few", "--model", "cnn", "--task", "classify", "--images", test, "--set", "backbone=" + page, "--models",
                models, code=65)
    assert "backbone" in said and "not an ONNX model" in said, said
    flat = os.path.join(folder, "flat")
    os.makedirs(flat)
    for name in os.listdir(os.path.join(test, "lying")):
        os.rename(os.path.join(test, "lying", name), os.path.join(flat, name))
    lines = rows_of(call(davy, "infer", "stripes", "--images", flat, "--models", models))
    assert lines[0] == ["file", "label", "p_lying", "p_standing", "verdict"] and len(lines) == 13, lines[:2]
    assert sum(line[1] == "lying" for line in lines[1:]) >= 10 and all(line[-1] == "ok" for line in lines[1:]), lines
    assert all(abs(float(line[2]) + float(line[3]) - 1) < 1e-5 for line in lines[1:])


def the_same_seed_gives_the_same_bytes(folder, davy):
    train, models = pictures(folder, "train", 12, 1), os.path.join(folder, "models")
    for seed in ("1", "1", "2"):
        call(davy, "train", "s", "--model", "cnn", "--task", "classify", "--images", train, *LITTLE, "--set", "epochs=2", "--models",
             models, "--seed", seed)
    files = [open(os.path.join(models, "s", str(v), "model.onnx"), "rb").read() for v in (1, 2, 3)]
    assert files[0] == files[1] != files[2]


def an_interrupted_training_goes_on_to_the_same_bytes(folder, davy):
    train, models = pictures(folder, "train", 20, 1), os.path.join(folder, "models")
    arguments = ["train", "s", "--model", "cnn", "--task", "classify", "--images", train, "--set", "network=residual", "--set",
                 "size=24", "--set", "width=8", "--set", "batch=8", "--set", "epochs=12", "--seed", "1", "--models"]
    call(davy, *arguments, os.path.join(folder, "whole"))
    with subprocess.Popen([davy, *arguments, models], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not glob.glob(os.path.join(models, ".s-*.checkpoint")):
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=300)[1]
    if process.returncode != 0:  # a fast machine may have ended before the signal came
        assert process.returncode == 75 and "the same command goes on" in said, (process.returncode, said)
        call(davy, *arguments, models)
    assert not glob.glob(os.path.join(models, ".s-*.checkpoint"))
    whole, again = (open(os.path.join(folder, m, "s", "1", "model.onnx"), "rb").read() for m in ("whole", "models"))
    assert whole == again


def bad_folders_are_told(folder, davy):
    models = os.path.join(folder, "models")

    def train(path):
        return call(davy, "train", "s", "--model", "cnn", "--task", "classify", "--images", path, *LITTLE, "--models", models, code=65)

    one = os.path.join(folder, "one")
    os.makedirs(os.path.join(one, "only"))
    assert "one" in train(one)
    png(os.path.join(one, "only", "1.png"), [[[1, 2, 3]] * SIDE] * SIDE)
    assert "class" in train(one)
    call(davy, "train", "s", "--model", "cnn", "--task", "classify", "--images", os.path.join(folder, "none"), "--models", models, code=66)
    both = pictures(folder, "both", 3, 1)
    for name in ("0.png", "1.png"):
        with open(os.path.join(both, "lying", name), "wb") as file:
            file.write(b"no picture")
    assert "0.png" in train(both)
    assert "--task classify" in call(davy, "train", "s", "--model", "cnn", "--images", both, "--models", models, code=69)
    assert "does not take pictures" in call(davy, "train", "s", "--model", "lstm", "--task", "classify", "--images", both, "--models",
                                            models, code=69)


def explain_whole(folder, davy, models, table):
    call(davy, "train", "line", "--model", "linear", "--task", "regress", "--csv", table, "--label", "load", "--columns", "a,b", "--models",
         models)
    page = os.path.join(folder, "why.json")
    lines = rows_of(call(davy, "infer", "line", "--csv", table, "--models", models, "--top", "1", "--explain-json", page))
    assert lines[0][4:] == ["outside", "causes", "base", "score", "residual"] and ";" not in lines[1][5], lines[:2]
    with open(page, encoding="utf-8") as file:
        why = [json.loads(line) for line in file]
    assert len(why) == 300 and why[0]["method"] == "sums" and why[0]["exact"], why[0]
    assert why[0]["contributions"][0]["name"] == "a" and len(why[0]["nearest"]) == 3, why[0]
    assert abs(float(lines[1][0]) - why[0]["score"]) < 1e-4, (lines[1], why[0])
    said = call(davy, "infer", "line", "--csv", table, "--models", models, "--explain-by", "paths", code=69)
    assert "no trees" in said, said
    assert "--top" in call(davy, "infer", "line", "--csv", table, "--models", models, "--explain", "--top", "0", code=65)


def rows_have_classes_numbers_and_forecasts(folder, davy):
    random.seed(3)
    models = os.path.join(folder, "models")
    table = os.path.join(folder, "rows.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("a,b,kind,load\n")
        for _ in range(300):
            kind = random.choice(["pump", "valve"])
            a, b = random.gauss(4 if kind == "pump" else 0, 1), random.gauss(0, 1)
            file.write(f"{a:.4f},{b:.4f},{kind},{10 + 3 * a:.4f}\n")
    few = ("--set", "epochs=15", "--models", models, "--seed", "1")
    call(davy, "train", "kind", "--model", "cnn", "--task", "classify", "--csv", table, "--label", "kind", "--columns", "a,b", *few)
    lines = rows_of(call(davy, "infer", "kind", "--csv", table, "--models", models, "--explain"))
    assert lines[0] == ["label", "p_pump", "p_valve", "verdict", "outside", "causes", "base", "score", "residual"] and len(lines) == 301, lines[:2]
    assert sum(line[5].startswith("a=") for line in lines[1:]) > 200, lines[1:5]
    explain_whole(folder, davy, models, table)
    call(davy, "train", "load", "--model", "lstm", "--task", "regress", "--csv", table, "--label", "load", "--columns", "a,b", *few)
    lines = rows_of(call(davy, "infer", "load", "--csv", table, "--models", models))
    assert lines[0] == ["value", "low", "high", "verdict", "outside"] and len(lines) == 301, lines[:2]
    assert all(float(low) < float(value) < float(high) for value, low, high, *_ in lines[1:])
    figures = json.loads(call(davy, "evaluate", "load", "--csv", table, "--models", models, "--json"))
    assert figures["rmse"] < 0.7 * figures["mean_rmse"] and figures["covered"] > 0.7, figures
    call(davy, "train", "ahead", "--model", "transformer", "--task", "forecast", "--csv", table, "--period", "1s", "--label", "load",
         "--columns", "a,b", "--set", "window=8", "--set", "horizon=2", *few)
    lines = rows_of(call(davy, "infer", "ahead", "--csv", table, "--period", "1s", "--models", models))
    assert len(lines) == 301 and [line[3] for line in lines[1:9]] == ["abstain"] * 7 + ["ok"], lines[1:9]
    assert "--label" in call(davy, "train", "x", "--model", "cnn", "--task", "classify", "--csv", table, "--models", models, code=65)
    short = os.path.join(folder, "short.csv")
    with open(short, "w", encoding="utf-8") as file:
        file.write("a\n1\n")
    assert "'b'" in call(davy, "infer", "kind", "--csv", short, "--models", models, code=65)
    assert "answers rows, not pictures" in call(davy, "infer", "kind", "--images", folder, "--models", models, code=65)
    assert "kind" in call(davy, "models", "--models", models)


def a_network_watches_with_a_budget(folder, davy):
    random.seed(4)
    models, table = os.path.join(folder, "models"), os.path.join(folder, "plant.csv")
    with open(table, "w", encoding="utf-8") as file:
        file.write("time,a,b,c\n")
        cause = 0.0
        for row in range(1200):
            cause = 0.95 * cause + random.gauss(0, 1)
            broken = 20 if row >= 1150 else 0
            file.write(f"{1767225600 + row},{cause:.4f},{2 * cause + random.gauss(0, .2):.4f},{broken - cause + random.gauss(0, .2):.4f}\n")
    history = os.path.join(folder, "history.csv")
    with open(table, encoding="utf-8") as file, open(history, "w", encoding="utf-8") as out:
        out.writelines(file.readlines()[:1101])
    for kind, more in (("autoencoder", ()), ("autoencoder", ("--set", "network=convolutional", "--set", "lags=15")), ("cnn", ()),
                       ("lstm", ()), ("transformer", ())):
        call(davy, "train", "w", "--model", kind, "--csv", history, "--time", "time", "--budget", "500/day", "--set", "epochs=10",
             "--models", models, *more)
        lines = rows_of(call(davy, "infer", "w", "--csv", table, "--time", "time", "--models", models, "--explain"))
        assert lines[0] == ["time", "score", "limit", "verdict", "causes"], lines[0]
        assert lines[1170][3] == "alarm" and "c=" in lines[1170][4], (kind, lines[1170])
        assert sum(line[3] == "alarm" for line in lines[101:1100]) < 100, kind


run([copies_stand_on_one_side, pictures_are_told_apart, the_same_seed_gives_the_same_bytes, an_interrupted_training_goes_on_to_the_same_bytes,
     bad_folders_are_told, rows_have_classes_numbers_and_forecasts, a_network_watches_with_a_budget], sys.argv[1])
