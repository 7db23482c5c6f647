/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Samples shared out to parts (training, validation, test, or folds), so that a figure is honest.
 *
 * Stage: data. What belongs together (the crops of a picture, the windows of a person, copies of a
 * file) is a group and goes to one part as a whole: a model that has seen one half of it would know
 * the other. Each class is spread over the parts by their shares, as far as groups allow.
 *
 * Groups are dealt out largest first, those of one size in random order, each to the part that
 * lacks most of the group's classes. The answer depends on the seed, the order of the samples and
 * their classes and groups alone. Splits by time need no dealing out and are not made here.
 */

/** Most parts. */
#define DAVY_SPLIT_PARTS_MAX 100

typedef struct davy_split_options {
    const uint32_t *classes; /* [count] numbers below 2^32 - 1; NULL: all of one class */
    const uint32_t *groups;  /* [count] likewise; NULL: each sample is a group */
    const double *shares;    /* [parts] of the samples, above 0; they need not sum to one */
    size_t parts;
    bool common_first; /* what is common goes to the first part: a group larger than half of another
                        * one, as far as the first has room. Scaffolds are dealt out so by the
                        * Therapeutics Data Commons (tdc/utils/split.py) */
    uint64_t seed;
} davy_split_options;

/**
 * @param part  [count] 0 .. parts-1 for each sample. A class of fewer groups than parts is missing
 *              from some
 * @return DAVY_ERR_INVALID for no parts, too many, or a share that is not above 0
 */
DAVY_MUST_CHECK davy_status davy_split(const davy_split_options *options, size_t count,
                                       uint8_t *part);
