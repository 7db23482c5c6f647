/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/drift_features.h"
#include "infer/drift_statistics.h"

/**
 * @file
 * One window of samples against the reference, by three monitors; and how good these are.
 *
 * Stage: infer. A monitor fires for a window when what it sees has a chance of at most
 * DAVY_DRIFT_ALPHA where nothing changed:
 *
 *     psi  of a feature is DAVY_DRIFT_PSI_LIMIT or more, and significant among all features
 *     ks   of a feature is significant among all that are numbers
 *     mmd  of all numbers of a sample together is significant
 *
 * "Among all" is Holm's correction. The limit of the index is what keeps many samples of a change
 * that does not matter from firing; the test is what keeps few samples from it.
 */
#define DAVY_DRIFT_ALPHA     0.01
#define DAVY_DRIFT_PSI_LIMIT 0.25

/** Bins of numbers: a tenth of the reference lies in each. */
#define DAVY_DRIFT_BINS 10

/** Rows of each side that the mean embeddings are compared of, and how often they are relabelled:
 * the least p is 1 / 200. */
#define DAVY_DRIFT_MMD_ROWS    100
#define DAVY_DRIFT_RELABELINGS 199

typedef enum davy_drift_monitor {
    DAVY_DRIFT_PSI,
    DAVY_DRIFT_KS,
    DAVY_DRIFT_MMD,
    DAVY_DRIFT_ANY /* one of them */
} davy_drift_monitor;
#define DAVY_DRIFT_MONITORS 4

/** "psi", "ks", "mmd", "any". */
const char *davy_drift_monitor_name(davy_drift_monitor monitor);

/** One feature of a window. Numbers that there are none of are NaN. */
typedef struct davy_drift_figure {
    double psi, psi_p;
    double ks, ks_p;                   /* of numbers */
    double mean, reference_mean;       /* of numbers */
    double missing, reference_missing; /* shares of the samples */
    bool fired;
} davy_drift_figure;

typedef struct davy_drift_verdict {
    davy_mmd mmd; /* NaN when there are no numbers */
    double psi;   /* the largest of all features */
    double ks_p;  /* the smallest */
    bool fired[DAVY_DRIFT_MONITORS];
} davy_drift_verdict;

/**
 * Compare.
 *
 * @param reference  [n * features->count] rows, NaN where there is nothing; n at least 4
 * @param window     [m * features->count]
 * @param seed       of the relabellings
 * @param figures    [features->count]
 */
DAVY_MUST_CHECK davy_status davy_drift_compare(const davy_drift_features *features,
                                               const float *reference, size_t n,
                                               const float *window, size_t m, uint64_t seed,
                                               davy_drift_figure *figures, davy_drift_verdict *out);

/**
 * Mean and standard deviation of each feature; 0 and 1 where there is nothing, and a deviation of 1
 * where nothing moves.
 *
 * @param mean, deviation  [features->count]
 */
void davy_drift_scale(const davy_drift_features *features, const float *rows, size_t count,
                      double *mean, double *deviation);

/**
 * How good the monitors are on this reference, beside one that never fires and one that always
 * does: these are right half of the time and say nothing.
 *
 * So often the rows of the reference are split into two halves by chance: nothing changed between
 * them, and a monitor that fires is wrong. Then one feature of the second half, another each time,
 * is moved by DAVY_DRIFT_SHIFT of its standard deviations (of a category half of the rows become
 * the rarest), and a monitor that does not fire misses it. The halves are smaller than a reference
 * and a window, so what is missed here may be seen there. Halves by chance do not depend on each
 * other; rows of a plant that follow each other do, and fire more often.
 */
#define DAVY_DRIFT_TRIALS 100
#define DAVY_DRIFT_SHIFT  1.0

typedef struct davy_drift_baseline {
    double false_alarms, detected; /* shares of the trials */
} davy_drift_baseline;

DAVY_MUST_CHECK davy_status davy_drift_rate(const davy_drift_features *features,
                                            const float *reference, size_t n,
                                            davy_drift_baseline out[DAVY_DRIFT_MONITORS]);
