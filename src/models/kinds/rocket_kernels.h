/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/neural.h"

/**
 * @file
 * MiniRocket: a series as shares of its steps at which a convolution lies above a threshold.
 *
 * Stage: models. 84 kernels of nine weights, three of them 2 and six -1, each with many dilations;
 * nothing of them is learnt. Thresholds are quantiles of the convolutions of samples drawn by a
 * seed. Half of the kernels see the series with zeros around it, half only where they fit, and take
 * turns from dilation to dilation. Of several channels a kernel adds up a few, drawn for each
 * dilation: mostly one or two, at most nine.
 *
 * A kernel's weights sum to 0: it sees shapes and not levels. Where the authors compare with a
 * quantile, here it is a little above it, so that rounding does not decide: a signal that stands
 * still is a tie with its own quantile at every step.
 *
 * Source: A. Dempster, D. F. Schmidt, G. I. Webb, "MiniRocket: A Very Fast (Almost) Deterministic
 * Transform for Time Series Classification", KDD 2021, arXiv:2012.08791, and the authors' code, of
 * which the variant for several channels is.
 */
#define DAVY_ROCKET_KERNELS ((size_t) 84)
#define DAVY_ROCKET_TAPS    ((size_t) 9)

typedef struct davy_rocket_dilation {
    size_t step;   /* from tap to tap */
    size_t shares; /* thresholds of each kernel */
    size_t first;  /* of all thresholds: kernel k has first + k * shares ... */
} davy_rocket_dilation;

/** Zeroed is none. */
typedef struct davy_rocket {
    size_t steps, channels; /* of a sample */
    davy_rocket_dilation *dilations;
    size_t dilation_count;
    float *thresholds; /* [count] */
    size_t count;      /* shares that a sample becomes */
    uint8_t *sees;     /* [dilation_count * 84 * channels] 1: the kernel adds this channel */
} davy_rocket;

typedef struct davy_rocket_options {
    const float *x; /* [rows * steps * channels] */
    size_t rows, steps, channels;
    const davy_channel_scale *scale; /* of the numbers that kernels see */
    size_t shares;                   /* wanted: becomes a multiple of 84 */
    uint64_t seed;
} davy_rocket_options;

/** @return DAVY_ERR_INVALID when a sample has fewer than nine steps */
DAVY_MUST_CHECK davy_status davy_rocket_fit(const davy_rocket_options *options, davy_rocket *out);
void davy_rocket_clear(davy_rocket *rocket);

/** From scaled x [N, steps, channels] to [N, count]: by dilation, padded kernels first, then by
 * threshold, then by kernel. */
davy_value davy_rocket_build(const davy_rocket *rocket, davy_graph *graph, davy_value x);
