#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes features_golden.h: what numpy, scipy and scikit-learn make of a small table of waves.

Wave i of 64 values at 64 Hz: sin(2 pi f t + i) with f = 4 + i % 5, its amplitude 1 + 0.5 sin(2 pi 2 t), and a level i / 10.
Run: /usr/bin/python3 make_features.py > features_golden.h
"""
import numpy as np
import scipy
import scipy.signal
import scipy.stats
import sklearn
from sklearn.decomposition import PCA
from sklearn.feature_selection import mutual_info_classif

COUNT, ROWS, RATE = 12, 64, 64


def waves():
    t = np.arange(ROWS) / RATE
    return np.array([(1 + 0.5 * np.sin(4 * np.pi * t)) * np.sin(2 * np.pi * (4 + i % 5) * t + i) + i / 10 for i in range(COUNT)])


def bands(energies, count, low, high):
    """Mean over the lines low <= f < high of each band; the last holds its upper edge."""
    step = RATE / ROWS
    out = []
    for i in range(count):
        a, b = (low + (high - low) * k / count for k in (i, i + 1))
        first, last = int(np.ceil(a / step)), int(np.ceil(b / step)) + (i + 1 == count)
        out.append(energies[first:last].mean())
    return np.log(np.array(out) + 1e-12)


def energies(x):
    window = scipy.signal.get_window("hann", ROWS)
    return np.abs(np.fft.rfft((x - x.mean()) * window)) ** 2 / window.sum() ** 2


def envelope(x):
    """Of all frequencies but 0 and half of the rate."""
    return np.abs(scipy.signal.hilbert(x - x.mean() - alternating(x)))


def alternating(x):
    signs = (-1.0) ** np.arange(ROWS)
    return signs * (x * signs).mean()


def show(name, values):
    values = np.atleast_1d(values).ravel()
    print(f"static const double {name}[] = {{" + ", ".join(f"{v:.9g}" for v in values) + "};")


def main():
    x = waves().astype(np.float32).astype(np.float64)
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print(f"/* Made by make_features.py with numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}. */")
    print("#pragma once\n\n/* clang-format off */")
    show("golden_spectrum", np.array([bands(energies(w), 4, 0, 32) for w in x]))
    show("golden_envelope", np.array([bands(energies(envelope(w)), 4, 0, 16) for w in x]))
    show("golden_quantiles", np.percentile(x, [10, 25, 50, 90, 100], axis=1).T)
    show("golden_skew", scipy.stats.skew(x, axis=1))
    show("golden_kurtosis", scipy.stats.kurtosis(x, axis=1, fisher=False))
    pca = PCA(n_components=3).fit(x[:9])
    signs = np.sign(pca.components_[np.arange(3), np.abs(pca.components_).argmax(axis=1)])
    show("golden_pca", pca.transform(x) * signs)
    print("/* clang-format on */")


main()
