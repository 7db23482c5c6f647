#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Write metrics_expected.h, or with --numbers numbers_expected.h: figures of scikit-learn 1.2.1 for test_metrics_*.c.

usage: make_metrics.py [--numbers] > FILE      (Debian: python3-sklearn)
"""
import sys

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

rng = np.random.default_rng(7)
ROWS, CLASSES = 60, 3
NUMBERS = sys.argv[1:] == ["--numbers"]


def array(kind, name, values, digits=17):
    if name.startswith("number_") != NUMBERS:
        return
    text = ", ".join(f"{v:.{digits}g}" if kind != "uint8_t" and kind != "uint32_t" else str(int(v)) for v in values)
    print(f"static const {kind} {name}[] = {{{text}}};")


print("/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by make_metrics.py with scikit-learn 1.2.1. */\n"
      "/* clang-format off */\n#pragma once\n#include <stdint.h>\n")

faulty = (rng.random(ROWS) < 0.35).astype(int)
scores = np.round(rng.normal(size=ROWS) + 0.9 * faulty, 1)  # one digit: ties
array("double", "rank_scores", scores)
array("uint8_t", "rank_faulty", faulty)
array("double", "rank_areas", [metrics.roc_auc_score(faulty, scores), metrics.average_precision_score(faulty, scores)])
groups = np.arange(ROWS) // 12
times = np.array([2, 0, 1, 3, 1])
array("uint32_t", "rank_groups", groups)
array("uint32_t", "rank_times", times)
weights = times[groups]
array("double", "rank_weighted", [metrics.roc_auc_score(faulty, scores, sample_weight=weights),
                                  metrics.average_precision_score(faulty, scores, sample_weight=weights)])
false_rate, recall, limits = metrics.roc_curve(faulty, scores, drop_intermediate=False)
array("double", "roc_false_rates", false_rate)
array("double", "roc_recalls", recall)
array("double", "roc_limits", limits[1:])

right = rng.integers(0, CLASSES, ROWS)
logits = rng.normal(size=(ROWS, CLASSES)) + 1.2 * np.eye(CLASSES)[right]
p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
p = p.astype(np.float32)
said = p.argmax(1)
array("float", "class_probabilities", p.reshape(-1), 9)
array("uint8_t", "class_right", right)
array("double", "class_counts", metrics.confusion_matrix(right, said).reshape(-1))
precision, recall, f1, _ = metrics.precision_recall_fscore_support(right, said)
array("double", "class_precision", precision)
array("double", "class_recall", recall)
array("double", "class_f1", f1)
array("double", "class_summary", [metrics.accuracy_score(right, said), metrics.balanced_accuracy_score(right, said),
                                  precision.mean(), recall.mean(), metrics.f1_score(right, said, average="macro")])
two = p[:, 0].astype(float)
array("double", "class_brier_of_two", [metrics.brier_score_loss(right == 0, two)])
confidence = p.max(1).astype(float)
true_share, mean_said = calibration_curve(right == said, confidence, n_bins=10)
array("double", "reliability_said", mean_said)
array("double", "reliability_true", true_share)

targets = rng.gamma(2.0, 30.0, ROWS)
values = (targets + rng.normal(size=ROWS) * 8 + 1.5).astype(np.float32)
array("double", "number_targets", targets)
array("float", "number_values", values, 9)
v = values.astype(float)
array("double", "number_figures", [metrics.mean_squared_error(targets, v) ** 0.5, metrics.mean_absolute_error(targets, v),
                                   (v - targets).mean(), metrics.r2_score(targets, v)])
levels = [0.1, 0.5, 0.9]
quantiles = np.stack([v - 10, v, v + 10], 1)
array("double", "number_pinball", [np.mean([2 * metrics.mean_pinball_loss(targets, quantiles[:, i], alpha=a)
                                            for i, a in enumerate(levels)])])
