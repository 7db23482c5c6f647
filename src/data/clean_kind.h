/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/cleaning.h"
#include "data/page.h"

/**
 * @file
 * The kinds of cleaning steps: one file an idea, one constant row each, one table.
 *
 * Stage: data. A step that looks at the past alone has push(), and is given each value of a column
 * in turn with numbers of its own to remember the past in. One that looks ahead has apply().
 */
typedef enum davy_clean_type {
    DAVY_CLEAN_NUMBER,
    DAVY_CLEAN_DURATION, /* nanoseconds; as core/quantity.h reads it */
    DAVY_CLEAN_FLAG,     /* its name alone sets it */
    DAVY_CLEAN_COLUMN    /* the name of a column, kept in step->by */
} davy_clean_type;

typedef struct davy_clean_parameter {
    const char *name;
    davy_clean_type type;
    double value;     /* default; NaN: it must be given, or is not set */
    double low, high; /* of a number */
    const char *meaning;
} davy_clean_parameter;

/** One value of a row under way. */
typedef struct davy_clean_cell {
    double *value;
    size_t column; /* of the cleaning */
    double by;     /* value of the step's `by` column in this row; NaN without one */
} davy_clean_cell;

/** A table under way, for the steps that look at more than one value. */
typedef struct davy_clean_sheet {
    const davy_cleaning *cleaning;
    davy_table *table;
    int64_t period_ns;
    const size_t *columns; /* [table->columns] of the cleaning; SIZE_MAX: not one of its own */
    size_t *changed;       /* [table->columns] added to */
} davy_clean_sheet;

struct davy_clean_kind {
    const char *name;
    davy_words what; /* "out of range, taken out": what its count counts */
    const char *meaning;
    davy_clean_parameter parameters[DAVY_CLEAN_PARAMETER_MAX]; /* ends with one without a name */
    bool back;  /* looks at earlier rows: rows must follow each other */
    bool words; /* also makes sense for columns of categories */
    bool takes; /* takes values out, or changes them; else it fills */
    /* Learn. NULL: nothing to learn. `ranges` may be NULL. */
    davy_status (*learn)(davy_clean_step *step, const davy_table *table,
                         const davy_clean_range *ranges);
    /* Whether it has as many numbers as it needs for so many columns; NULL: it needs none. */
    bool (*fits)(const davy_clean_step *step, size_t columns);
    /* Numbers that it remembers of each column; NULL: none. */
    size_t (*state)(const davy_clean_step *step);
    void (*begin)(const davy_clean_step *step, double *state);
    /* Take the next value; true when it was changed. NULL for one that looks ahead. */
    bool (*push)(const davy_clean_step *step, const davy_clean_cell *cell, double *state);
    /* Clean a whole table, which may get other rows. NULL for one that does not look ahead. */
    davy_status (*apply)(const davy_clean_step *step, const davy_clean_sheet *sheet);
};

/** NULL for an unknown name. */
const davy_clean_kind *davy_clean_kind_find(const char *name);
/** By number; NULL behind the last. For help and documentation. */
const davy_clean_kind *davy_clean_kind_at(size_t index);

/** Numbers that a step remembers of each column. */
static inline size_t davy_clean_state(const davy_clean_step *step)
{
    return step->kind->state ? step->kind->state(step) : 0;
}

/** Whether a step is for a column of the cleaning; SIZE_MAX is none of its own. */
bool davy_clean_takes_column(const davy_clean_step *step, const davy_cleaning *cleaning,
                             size_t column);

/** Row after the last of the stretch that begins at `row`: no step reaches across its ends. */
size_t davy_clean_stretch_end(const davy_table *table, size_t row, int64_t period_ns);

extern const davy_clean_kind davy_clean_centred, davy_clean_hampel, davy_clean_hold,
    davy_clean_linear, davy_clean_median, davy_clean_missing, davy_clean_range_kind,
    davy_clean_resample, davy_clean_stuck;
