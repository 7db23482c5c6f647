#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Models for bench_trees: the same trees as XGBoost's own file and as ONNX.

    bench/trees.py FOLDER

writes FOLDER/NAME.ubj and FOLDER/NAME.onnx for
    boost    500 trees of depth 6, 28 features
    deep     100 trees as a random forest has them, some 5,000 leaves each
    classes  1,000 trees of depth 6 for 10 classes
Needs Debian's python3-xgboost and python3-onnx.
"""
import pathlib
import sys

import numpy as np
import xgboost

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "nn"))
import converters  # noqa: E402
from onnx import TensorProto  # noqa: E402

FEATURES = 28


def data(rows):
    draw = np.random.default_rng(4)
    x = draw.random((rows, FEATURES), dtype=np.float32)
    y = np.sin(6 * x[:, 0]) + 3 * x[:, 1] * x[:, 2] + (x[:, 3] > 0.4) * x[:, 4] + x[:, 5:].sum(1) / 4
    return x, (y + draw.normal(0, 0.3, rows)).astype(np.float32)


def train(folder, name):
    x, y = data(20000 if name != "classes" else 10000)
    common = {"nthread": 2, "tree_method": "hist", "seed": 1}
    if name == "boost":
        booster = xgboost.train({**common, "max_depth": 6, "eta": 0.1, "base_score": 0.5}, xgboost.DMatrix(x, y), 500)
    elif name == "deep":
        booster = xgboost.train(
            {**common, "max_depth": 18, "num_parallel_tree": 100, "subsample": 0.63, "colsample_bynode": 0.33,
             "eta": 1, "lambda": 0, "base_score": 0.5}, xgboost.DMatrix(x, y), 1)
    else:
        label = np.digitize(y, np.quantile(y, np.arange(1, 10) / 10))
        booster = xgboost.train({**common, "max_depth": 6, "eta": 0.1, "objective": "multi:softprob", "num_class": 10,
                                 "base_score": 0.5}, xgboost.DMatrix(x, label), 100)
    booster.save_model(folder / (name + ".ubj"))
    if name == "classes":
        trees = converters.xgboost_trees(booster, "target", lambda tree: tree % 10, True)
        made = converters.model([trees.make(["y"], n_targets=10, aggregate_function="SUM", post_transform="SOFTMAX",
                                            base_values=[0.5] * 10)], FEATURES, [("y", TensorProto.FLOAT)])
    else:
        made = converters.xgboost_regressor(booster, FEATURES, 0.5, True)
    (folder / (name + ".onnx")).write_bytes(made.SerializeToString())


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    for one in sys.argv[2:] or ["boost", "deep", "classes"]:
        train(pathlib.Path(sys.argv[1]), one)
