/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Volume under the surface: areas under the ROC and the precision-recall curve of a series,
 * averaged over the length of a buffer around its events.
 *
 * Stage: data. Where an event begins and ends is seldom known to the row. With a buffer of length l
 * a row that lies d rows outside of an event, d <= l / 2, counts as sqrt(1 - d / l) of a faulty
 * one, but only when it is alarmed; recall is multiplied by the share of the events that were met
 * at all. The figure is the mean over l = 0 .. window, at 250 limits. A score without any
 * information gets about the share of the faulty rows.
 *
 * Source: Paparrizos, Boniol, Palpanas, Tsay, Elmore, Franklin, "Volume Under the Surface", PVLDB
 * 15(11), 2022; the limits, the buffers and the steps of the areas are those that TSB-AD (Liu,
 * Paparrizos, NeurIPS 2024) computes with, so that figures can be set beside its tables. Departure:
 * several runs are one series in which no buffer reaches across a run.
 */
#define DAVY_VUS_WINDOW 100 /* TSB-AD's, when nothing is known of the series */
#define DAVY_VUS_LIMITS 250

typedef struct davy_vus_input {
    const double *scores;   /* [count] */
    const uint8_t *faulty;  /* [count] 0 or 1 */
    const uint32_t *runs;   /* [count] */
    const uint32_t *groups; /* [count] that are weighed; NULL: all are one */
    size_t group_count;     /* 1 without groups */
    size_t count, window;
} davy_vus_input;

typedef struct davy_vus_areas {
    double roc, pr; /* NaN when no row, or every row, is faulty */
} davy_vus_areas;

/** What each group adds at each limit and buffer: measuring another weight reads no row again. */
typedef struct davy_vus davy_vus;

/** DAVY_ERR_INVALID when a score is NaN. */
DAVY_MUST_CHECK davy_status davy_vus_create(const davy_vus_input *input, davy_vus **out);
/** NULL is fine. */
void davy_vus_destroy(davy_vus *vus);

/** Of all rows, every buffer length taken. */
davy_vus_areas davy_vus_exact(const davy_vus *vus);

/**
 * With each group counted as often as `times` says, at the limits of all rows. With many groups the
 * mean is taken over every n-th buffer length, which moves it in the third digit.
 */
davy_vus_areas davy_vus_measure(const davy_vus *vus, const uint32_t *times);
