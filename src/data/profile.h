/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/cleaning.h"

/**
 * @file
 * A look at a table: what each column holds, how it moves, and what is wrong with it.
 *
 * Stage: data. Nothing is changed. Spikes are counted by the step `centred` of a recipe with the
 * arguments DAVY_PROFILE_SPIKES: far enough out that a normal distribution has none.
 */
#define DAVY_PROFILE_SPIKES "centred:11:sigmas=8"

#define DAVY_PROFILE_TRACE 180 /* strokes of a small plot over the rows */
#define DAVY_PROFILE_BARS  28  /* bars of a histogram */

typedef enum davy_column_shape {
    DAVY_SHAPE_EMPTY,    /* no value at all */
    DAVY_SHAPE_CONSTANT, /* one value */
    DAVY_SHAPE_SWITCH,   /* two values: a state, a label */
    DAVY_SHAPE_STEPS,    /* a few values, each many times: a mode, a set point */
    DAVY_SHAPE_WHOLE,    /* whole numbers */
    DAVY_SHAPE_NUMBER,
    DAVY_SHAPE_WORDS /* categories */
} davy_column_shape;

/** "number", for JSON and tables. */
const char *davy_column_shape_name(davy_column_shape type);

/** What one should look at before learning from a column. */
typedef enum davy_column_note {
    DAVY_NOTE_EMPTY = 1 << 0,    /* leave it out */
    DAVY_NOTE_CONSTANT = 1 << 1, /* nothing to learn */
    DAVY_NOTE_SPARSE = 1 << 2,   /* more than half is missing */
    DAVY_NOTE_CODE = 1 << 3,     /* a number far from all others, again and again: no value? */
    DAVY_NOTE_CLOCK = 1 << 4,    /* only ever grows, by the same step: it counts rows */
    DAVY_NOTE_SAME = 1 << 5,     /* the values of an earlier column */
    DAVY_NOTE_OUTSIDE = 1 << 6   /* values outside of the range of the signal */
} davy_column_note;

typedef struct davy_column_profile {
    davy_column_shape type;
    unsigned notes;   /* davy_column_note */
    double code;      /* the number of DAVY_NOTE_CODE */
    size_t code_rows; /* how often it stands */
    size_t same;      /* the column of DAVY_NOTE_SAME */
    size_t present, missing, infinite;
    size_t distinct; /* values; of words those that were met */
    size_t spikes, stuck, outside;
    int64_t period_ns; /* usual time from value to value; 0 without times */
    double mean, deviation;
    double low, high, quarter, median, three_quarters;
    double bottom, top; /* 0.5 % and 99.5 %: the scale of the small plots */
    /* Over the rows, from left to right; NaN where there is no value. */
    float trace_low[DAVY_PROFILE_TRACE], trace_high[DAVY_PROFILE_TRACE];
    float trace_mean[DAVY_PROFILE_TRACE];
    size_t bars[DAVY_PROFILE_BARS]; /* from bottom to top; the ends hold what is beyond */
} davy_column_profile;

/** Zeroed is empty. */
typedef struct davy_profile {
    size_t rows, runs;
    davy_quality_report found;
    int64_t period_ns, first_ns, last_ns; /* 0 without times */
    davy_column_profile *columns;         /* [column_count] */
    size_t column_count;
} davy_profile;

void davy_profile_clear(davy_profile *profile);

/**
 * Look at a table in the order of time.
 *
 * @param ordered  what davy_clean_order() found
 * @param ranges   [columns] of the signals; NULL: not known
 */
DAVY_MUST_CHECK davy_status davy_profile_make(const davy_table *table,
                                              const davy_quality_report *ordered,
                                              const davy_clean_range *ranges, davy_profile *out);
