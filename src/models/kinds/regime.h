/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Operating regimes: the levels at which a plant's set points stand.
 *
 * Stage: models. A signal is like a set point when it moves in at most a tenth of the rows and yet
 * moves. k-means (k-means++ seeds, ten starts, S. Lloyd 1982; Arthur and Vassilvitskii 2007) over
 * those signals finds up to four levels; the smallest k that explains 95 % of their variance is
 * taken, if each regime has 50 rows and 5 % of them and lasts ten windows on the average. Else, and
 * without such signals, there is one regime: a slow sensor that wanders is no regime.
 *
 * The squared distance from a centre is linear in the row, up to a term that is the same for all:
 * regime = argmin over r of (row . weights[.][r] + bias[r]).
 */
#define DAVY_REGIMES_MAX 4

typedef struct davy_regimes {
    size_t count;    /* 1: weights and bias are NULL */
    double *weights; /* [signals * count] */
    double *bias;    /* [count] */
} davy_regimes;

typedef struct davy_regime_input {
    const double *rows; /* [count * signals] newest row of every window */
    size_t count, signals, lags;
    const double *median, *scale; /* [signals] */
    const uint8_t *chosen;        /* [signals] 1: use this signal; NULL: those like a set point */
    size_t wanted;                /* 0: as said above; else this many */
    uint64_t seed;
} davy_regime_input;

DAVY_MUST_CHECK davy_status davy_regimes_find(const davy_regime_input *input, davy_regimes *out);
/** A zeroed one is fine. */
void davy_regimes_clear(davy_regimes *regimes);

/** The regime of a row. */
size_t davy_regimes_of(const davy_regimes *regimes, const double *row, size_t signals);
