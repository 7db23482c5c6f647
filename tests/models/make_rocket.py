#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes rocket_golden.h: MiniRocket in NumPy, written from the paper (arXiv:2012.08791, section 3), of one series.

    tests/models/make_rocket.py      needs Debian's python3-numpy

The thresholds come from a single training series, so no draw matters. As in davy they stand a hundred-thousandth above
their quantile.
"""
import itertools
import pathlib

import numpy

STEPS, PER_KERNEL = 60, 4

draw = numpy.random.RandomState(5)
series = numpy.round(numpy.cumsum(draw.normal(size=(2, STEPS)), axis=1), 3)
scaled = (series - series[0].mean()) / series[0].std()
kernels = list(itertools.combinations(range(9), 3))
most = min(PER_KERNEL, 32)
exponent = numpy.log2((STEPS - 1) / 8)
steps, counts = numpy.unique(numpy.logspace(0, exponent, most, base=2).astype(int), return_counts=True)
counts = (counts * (PER_KERNEL / most)).astype(int)
for i in range(PER_KERNEL - counts.sum()):
    counts[i % len(counts)] += 1


def convolve(x, kernel, step):
    padded = numpy.concatenate([numpy.zeros(4 * step), x, numpy.zeros(4 * step)])
    weights = [2 if tap in kernel else -1 for tap in range(9)]
    return sum(w * padded[tap * step : tap * step + STEPS] for tap, w in enumerate(weights))


quantiles = [(n + 1) * (numpy.sqrt(5) + 1) / 2 % 1 for n in range(84 * PER_KERNEL)]
shares = [{}, {}]
number = 0
for d, (step, count) in enumerate(zip(steps, counts)):
    for k, kernel in enumerate(kernels):
        limits = numpy.quantile(convolve(scaled[0], kernel, step), quantiles[number : number + count])
        limits = limits + 1e-5 * (1 + numpy.abs(limits))
        number += count
        padded = (d + k) % 2 == 0
        for s in range(2):
            c = convolve(scaled[s], kernel, step)
            c = c if padded else c[4 * step : STEPS - 4 * step]
            for i, limit in enumerate(limits):
                shares[s][d, not padded, i, k] = (c > limit).mean()


def lines(values):
    words = [f"{float(v):.9g}" for v in values]
    return "".join("    " + ", ".join(words[i : i + 10]) + ",\n" for i in range(0, len(words), 10))


with open(pathlib.Path(__file__).parent / "rocket_golden.h", "w", encoding="ascii") as file:
    file.write(f"""/* SPDX-License-Identifier: Apache-2.0 */
/* Made by make_rocket.py with NumPy {numpy.__version__}. */
#pragma once

#define ROCKET_STEPS  {STEPS}
#define ROCKET_SHARES {84 * PER_KERNEL}

/* clang-format off */

/* two series; thresholds come from the first */
static const float rocket_series[] = {{
{lines(series.flatten())}}};

/* their shares: by dilation, padded kernels first, then by threshold, then by kernel */
static const float rocket_shares[] = {{
{lines([one[key] for one in shares for key in sorted(one)])}}};
/* clang-format on */
""")
