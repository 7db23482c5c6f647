/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_folder.h"

/**
 * @file
 * The pictures of a folder on the sides of a split, so that a figure is honest.
 *
 * Stage: data. Groups (boxes of a picture, pictures alike: image_alike.h) stand on one side as a
 * whole. An official split is kept, but for items whose group also stands on a side that matters
 * more (test before validation before training): they are taken out, and told. Items of files with
 * a problem stand on no side.
 */
typedef struct davy_image_split_options {
    double validation; /* share, 0: no such side */
    double test;       /* share, 0: no such side; both leave something to train on */
    size_t folds;      /* 0: by the shares; else the fold is the test side, the others train. An
                          official split goes before both */
    size_t fold;       /* from 0 */
    uint64_t seed;
} davy_image_split_options;

typedef struct davy_image_split_report {
    size_t counts[DAVY_PART_NONE]; /* items on each side */
    size_t leaked;                 /* items taken out of an official split */
} davy_image_split_report;

/**
 * Give every item its part. An official split keeps its test side, and its validation side if it
 * has one; else that is dealt out from its training side.
 *
 * @return DAVY_ERR_INVALID for shares or folds that make no sense, or when a class is missing on a
 *         side that was asked for: the sentence names it
 */
DAVY_MUST_CHECK davy_status davy_image_split(davy_image_folder *folder,
                                             const davy_image_split_options *options,
                                             davy_image_split_report *report);
