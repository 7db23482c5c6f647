/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/samples/sample_split.h"

/**
 * @file
 * Where the samples of a set stand in time, for who splits them or looks for leaks.
 *
 * Stage: models.
 */
typedef struct davy_sample_order {
    davy_sample_place *places; /* [count] */
    size_t count;
    bool ordered;     /* the samples can be put in the order of time */
    bool timed;       /* by their times; else by their rows, within the one run there is */
    bool independent; /* none has to do with another */
    bool official;    /* files say what is learnt from and what is judged */
} davy_sample_order;

/** Ask the set for the places of all its samples. Clear it also after a failure. */
DAVY_MUST_CHECK davy_status davy_sample_order_read(const davy_sample_set *samples,
                                                   davy_sample_order *order);
void davy_sample_order_clear(davy_sample_order *order);

/** Put members of the set in the order of time. */
DAVY_MUST_CHECK davy_status davy_sample_order_sort(const davy_sample_order *order, size_t *members,
                                                   size_t count);

/** The rule by which some of the samples may be shared out: time, group or random. */
davy_split_rule davy_sample_order_rule(const davy_sample_order *order,
                                       const davy_sample_set *samples, const size_t *members,
                                       size_t count);

/**
 * Leave out what knows rows of another part: samples to learn from that overlap what is watched or
 * judged, and watched ones that overlap what is judged.
 *
 * @param purposes  [order->count]
 * @param left_out  how many became DAVY_PURPOSE_NONE
 */
DAVY_MUST_CHECK davy_status davy_sample_order_purge(const davy_sample_order *order,
                                                    uint8_t *purposes, size_t *left_out);

/** How many held-out samples (watched or judged) know rows that are learnt from. */
DAVY_MUST_CHECK davy_status davy_sample_order_overlap(const davy_sample_order *order,
                                                      const uint8_t *purposes, size_t *overlapping,
                                                      size_t *held);
