# SPDX-License-Identifier: Apache-2.0
"""What a question to davy is, and how rows are dealt into files to learn from and to test on."""
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

CLASSICAL = ["linear", "bayes", "knn", "svm", "tree", "forest", "boost"]
SEED = 0


@dataclass
class Question:
    """What is trained and tested. Parts: pairs of files to learn from and to test on; several are folds, and are pooled."""

    protocol: str
    task: str
    label: str
    figures: list  # of davy evaluate --json, the first decides
    parts: list
    published: str
    kinds: dict = field(default_factory=dict)  # kind: list of KEY=VALUE; a kind with blanks behind it is asked again
    arguments: list = field(default_factory=list)  # of davy train and davy evaluate alike
    training: list = field(default_factory=list)  # of davy train alone


def kinds(names=CLASSICAL, **settings):
    """All kinds with the same settings: kinds(holdout=0)."""
    return {name: [f"{key}={value}" for key, value in settings.items()] for name in names}


def write(folder, name, frame):
    path = folder / (name + ".csv")
    frame.to_csv(path, index=False)
    return path


def folds(folder, frame, groups, count, contiguous=False):
    """`count` pairs of files. Rows of one group stay together; contiguous folds follow the order of the file."""
    names = pd.unique(groups)
    if not contiguous:
        names = np.random.default_rng(SEED).permutation(names)
    of = {name: i * count // len(names) for i, name in enumerate(names)}
    fold = np.array([of[g] for g in groups])
    return [(write(folder, f"train{i}", frame[fold != i]), write(folder, f"test{i}", frame[fold == i])) for i in range(count)]


def stratified(folder, frame, label, count):
    """Random folds with the same share of every class."""
    fold = np.zeros(len(frame), int)
    draw = np.random.default_rng(SEED)
    for _, rows in frame.reset_index(drop=True).groupby(label).groups.items():
        fold[draw.permutation(rows)] = np.arange(len(rows)) % count
    return [(write(folder, f"train{i}", frame[fold != i]), write(folder, f"test{i}", frame[fold == i])) for i in range(count)]


def by_time(folder, frame, share):
    cut = int(len(frame) * share)
    return [(write(folder, "train", frame[:cut]), write(folder, "test", frame[cut:]))]
