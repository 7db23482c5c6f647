/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Figures of answers that are numbers: errors, life, intervals.
 *
 * Stage: data. Sums of what each sample adds, so that groups can be weighed.
 *
 * Source of the score of a remaining life: Saxena, Goebel, Simon, Eklund, "Damage Propagation
 * Modeling for Aircraft Engine Run-to-Failure Simulation", PHM 2008, equation 9: to answer too
 * late costs more than too early. It is a sum, so it grows with the number of answers, and a
 * single answer that is a hundred cycles late outweighs all others.
 */

/** Answers to compare with targets. */
typedef struct davy_number_answers {
    const float *values;
    const float *low, *high; /* the interval; both NULL without one */
    const double *targets;
    const uint32_t *groups; /* NULL: all are one group */
    size_t count;
} davy_number_answers;

/** What the answers of a group add up to. Zeroed is none. */
typedef struct davy_number_sums {
    double count, off, squares, sizes;
    double target, target_squares; /* from the origin that was given */
    double phm, inside, width, crps;
} davy_number_sums;

/**
 * Add each answer to the sums of its group; an answer or a target that is no number is left out.
 *
 * @param coverage  share that the interval is meant to hold
 * @param origin    a number near the targets: squares are taken from it, so that digits are kept
 * @param groups    [groups] added to
 */
void davy_number_add(const davy_number_answers *answers, double coverage, double origin,
                     davy_number_sums *groups);

/** NaN where there is no answer to say it of. */
typedef struct davy_number_figures {
    double count;
    double rmse, mae, bias; /* bias: mean of answer minus target */
    double r2;              /* NaN when all targets are equal */
    double phm, phm_mean;   /* score of a life, summed, and for each answer */
    double covered;         /* share of the targets inside the interval, edges included */
    double width;           /* mean width of the interval */
    double crps;            /* see davy_crps_interval(); the mean absolute error without one */
} davy_number_figures;

/**
 * @param times    [group_count] how often each group counts; NULL: once
 * @param bounded  the answers have an interval
 */
davy_number_figures davy_number_judge(const davy_number_sums *groups, size_t group_count,
                                      const uint32_t *times, bool bounded);

/** What one answer adds to the score of a life: 0 on the point, more when it is late. */
double davy_phm_score(double answer, double target);
