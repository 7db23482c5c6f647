#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains and evaluates davy on real data sets by its command line, and prints a table in Markdown.

    DAVY_DATA=FOLDER bench/learn/learn.py [--davy PATH] [--work FOLDER] [SET...]

SET is the beginning of a name in sets.py; all without one. Each model is trained on the files to learn from and asked once for the files to
test on; folds are pooled. Beside it stand the baselines of `davy evaluate`, on the same rows, and what has been published.
Needs Debian's python3-pandas.
"""
import argparse
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import time

import sets

ROOT = pathlib.Path(__file__).resolve().parents[2]


def call(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
    return json.loads(done.stdout)


def ask(davy, work, question, kind, settings, train, test):
    """One training, one evaluation; the evaluation's JSON."""
    common = ["--models", work / "models", "--label", question.label, *question.arguments]
    chosen = [word for setting in settings for word in ("--set", setting)]
    shutil.rmtree(work / "models", ignore_errors=True)
    call(davy, "train", "m", "--model", kind.strip(), "--task", question.task, "--csv", train, *common, *question.training, *chosen, "--json")
    return call(davy, "evaluate", "m", "--csv", test, "--history", train, *common, "--json")


def f1_of(told, name):
    classes = [one["class"] for part in told for one in part["classes"]]
    if name not in classes:
        return math.nan
    right = said = real = 0
    for part in told:
        names = [one["class"] for one in part["classes"]]
        if name not in names:
            continue
        k = names.index(name)
        right += part["classes"][k]["answers"][k]
        said += sum(one["answers"][k] for one in part["classes"])
        real += sum(part["classes"][k]["answers"])
    return 2 * right / max(said + real, 1)


def macro_f1(told):
    names = sorted({one["class"] for part in told for one in part["classes"]})
    return sum(f1_of(told, name) for name in names) / len(names)


def method_figure(part, method, figure):
    for one in part["comparison"]:
        if one["method"] == method and one.get("measured"):
            return one["figures"].get(figure, {}).get("value", math.nan)
    return math.nan


def pooled(told, figure, method="model"):
    """A figure over all folds: of their answers where those are counted, else the mean over the samples."""
    if method == "model" and figure.startswith("f1:"):
        return f1_of(told, figure[3:])
    if method == "model" and figure == "macro_f1" and len(told) > 1:
        return macro_f1(told)
    name = "macro_f1" if figure.startswith("f1:") else figure
    square = 2 if figure == "rmse" else 1
    weights = [part["samples"] for part in told]
    values = [method_figure(part, method, name) for part in told]
    return (sum(w * v ** square for w, v in zip(weights, values)) / sum(weights)) ** (1 / square)


def text(value, figure):
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.4g}" if figure in ("rmse", "mae") else f"{value:.3f}"


def measure(davy, work, name):
    data = pathlib.Path(os.environ.get("DAVY_DATA", ROOT.parent / "shared" / "data")) / sets.folder_of(name)
    folder = work / name.replace(" ", "_")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    question = sets.QUESTIONS[name](data, folder)
    print(f"\n**{name}**: {question.protocol}. Published or floor: {question.published}.\n")
    print("| model | " + " | ".join(question.figures) + " | seconds |")
    print("|---|" + "---|" * (len(question.figures) + 1), flush=True)
    last = None
    for kind, settings in question.kinds.items():
        begin = time.monotonic()
        label = " ".join([kind, *settings])
        try:
            told = [ask(davy, folder, question, kind, settings, train, test) for train, test in question.parts]
        except RuntimeError as error:
            print(f"| {label} | {error} |", flush=True)
            continue
        last = told
        figures = [text(pooled(told, figure), figure) for figure in question.figures]
        print(f"| {label} | " + " | ".join(figures) + f" | {time.monotonic() - begin:.0f} |", flush=True)
    for one in (last or [{"comparison": []}])[0]["comparison"][1:]:
        if one.get("measured"):
            figures = [text(pooled(last, figure, one["method"]), figure) for figure in question.figures]
            print(f"| ({one['name']}) | " + " | ".join(figures) + " | |", flush=True)
    shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--davy", default=ROOT / "build/src/app/davy", type=pathlib.Path)
    parser.add_argument("--work", default=pathlib.Path("/tmp/davy-learn"), type=pathlib.Path)
    parser.add_argument("sets", nargs="*")
    options = parser.parse_args()
    wanted = [name for name in sets.QUESTIONS if not options.sets or any(name.startswith(one) for one in options.sets)]
    for name in wanted:
        measure(options.davy, options.work, name)
    return 0 if wanted else sys.exit("no such set")


if __name__ == "__main__":
    main()
