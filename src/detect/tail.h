/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Tail: how seldom is a number as large as this one? Learnt while it runs, in constant memory.
 *
 * Stage: detect. A threshold follows the nine-tenths quantile of the numbers by stochastic
 * approximation. What lies above it is described by a generalised Pareto distribution, whose two
 * parameters follow from the running mean and mean square of the excesses. So the answer reaches
 * beyond what has been seen, and it is another one for a series with spikes than for one without:
 *
 *     P(X > x) = 0.1 (1 + shape (x - threshold) / scale)^(-1 / shape)       above the threshold
 *
 * A number is learnt as at most DAVY_TAIL_HELD mean excesses, so that one mad sample does not blind
 * the tail; a series that has really changed is learnt all the same, within some hundred samples.
 *
 * Sources: Siffer, Fouque, Termier, Largouet, "Anomaly Detection in Streams with Extreme Value
 * Theory", KDD 2017 (peaks over threshold in a stream); Hosking, Wallis, Technometrics 29(3), 1987
 * (its parameters by moments); Robbins, Monro 1951 (the threshold). Ours keeps no list of peaks and
 * forgets. Bad at: numbers that depend on those before, of which it knows nothing.
 */

/** Samples after which an old one counts little. */
#define DAVY_TAIL_MEMORY 10000.0
/** Share of the numbers above the threshold. */
#define DAVY_TAIL_SHARE 0.1
/** Mean excesses beyond the threshold that are learnt of one number. */
#define DAVY_TAIL_HELD 10.0
/** Largest surprise: once in 10^12. */
#define DAVY_TAIL_MOST 27.631021115928547

/** Zeroed is the valid start. */
typedef struct davy_tail {
    double threshold;
    double mean;     /* of all numbers */
    double excess;   /* mean of what lies above the threshold, by how much */
    double squares;  /* mean of its squares */
    double excesses; /* how many those two rest on */
} davy_tail;

/**
 * -ln P(X > x): 0 up to the threshold, from 2.3 on above it. With nothing but equal numbers so far
 * any larger one is the largest surprise.
 *
 * @param x  0 to 1e150
 */
double davy_tail_surprise(const davy_tail *tail, double x);

/** The largest number that is learnt as it is; INFINITY as long as all were 0. */
double davy_tail_reach(const davy_tail *tail);

/**
 * Learn a number.
 *
 * @param weight  of the newest in the mean: 1 / min(samples, DAVY_TAIL_MEMORY)
 */
void davy_tail_learn(davy_tail *tail, double x, double weight);
