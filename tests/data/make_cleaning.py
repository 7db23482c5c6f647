#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Write cleaning_expected.h: what pandas makes of a series with spikes and holes.

Run with Debian's python3-pandas: tests/data/make_cleaning.py > tests/data/cleaning_expected.h
"""
import math

import numpy as np
import pandas as pd

ROWS = 80
WINDOW = 7
SIGMAS = 3.0


def hampel(values, window, centred):
    """Spikes become the median of their window, where its MAD is not 0."""
    rolled = values.rolling(window, center=centred, min_periods=window // 2 + 1 if centred else window)
    median = rolled.median()
    mad = rolled.apply(lambda w: np.nanmedian(np.abs(w - np.nanmedian(w))), raw=True)
    spike = ((values - median).abs() > SIGMAS * 1.4826 * mad) & (mad > 0)
    return values.where(~spike, median), int(spike.sum())


def series():
    random = np.random.default_rng(7)
    values = np.round(20 + 3 * np.sin(np.arange(ROWS) / 6) + random.normal(0, 0.2, ROWS), 3)
    values[[12, 33, 60]] += [9, -7, 5]
    values[[5, 20, 21, 22, 45, 46, 47, 48, 49, 50, 51]] = np.nan
    return pd.Series(values)


def put(name, values):
    texts = ["NAN" if math.isnan(v) else repr(float(v)) for v in values]
    print(f"static const double {name}[] = {{{', '.join(texts)}}};")


def main():
    raw = series()
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* Made by make_cleaning.py with pandas. */")
    put("cleaning_raw", raw)
    known = raw.dropna()
    backward, count = hampel(known, WINDOW, False)
    put("cleaning_hampel", backward.reindex(raw.index))
    print(f"static const size_t cleaning_hampel_count = {count};")
    centred, count = hampel(raw, WINDOW, True)
    put("cleaning_centred", centred)
    print(f"static const size_t cleaning_centred_count = {count};")
    times = pd.to_datetime(np.arange(ROWS) * 1_000_000_000)
    timed = pd.Series(raw.values, index=times)
    # Rows at t hold (t - 4 s, t]; a grid row without a value is not made by davy.
    mean = timed.resample("4s", closed="right", label="right").mean().dropna()
    put("cleaning_mean", mean)
    print("static const int64_t cleaning_mean_seconds[] = {"
          + ", ".join(str(int(t.timestamp())) for t in mean.index) + "};")
    # Holes of three rows and less are filled; pandas' own limit would begin longer ones.
    line = raw.interpolate("linear", limit_area="inside")
    hole = raw.isna()
    length = hole.groupby((~hole).cumsum()).transform("sum")
    put("cleaning_linear", line.where(~hole | (length <= 3), np.nan))


if __name__ == "__main__":
    main()
