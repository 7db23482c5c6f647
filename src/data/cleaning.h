/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/clean.h"

/**
 * @file
 * A recipe of cleaning: `range,hampel:11:sigmas=4,stuck,hold:5`, the same for a history and live.
 *
 * Stage: data. A recipe is a list of steps, done in their order; data/clean_kind.h says what a step
 * is. What a step must know of the plant (ranges, medians, which signals move) it learns once from
 * the history and keeps: a cleaning that was learnt is written into a model and never learns again.
 *
 * A step that looks at the past alone changes a value when it comes, so a table is cleaned by the
 * very code that cleans live rows (davy_cleaner), and gives the same bits. A step that looks ahead
 * is for histories alone; davy_cleaning_check_live() names it. No step reaches across runs, nor
 * across a gap of DAVY_CLEAN_GAP periods, nor a step back in time.
 */
#define DAVY_CLEAN_STEPS_MAX     ((size_t) 16)
#define DAVY_CLEAN_PARAMETER_MAX 4

typedef struct davy_clean_kind davy_clean_kind;

/** A step of a recipe with what it has learnt. */
typedef struct davy_clean_step {
    const davy_clean_kind *kind;
    double arguments[DAVY_CLEAN_PARAMETER_MAX]; /* as the kind's parameters stand; flags 0 or 1 */
    char *by;                                   /* the column that a parameter named; NULL: none */
    size_t by_column;                           /* its number, once learnt */
    double *learnt;                             /* [learnt_count] as the kind lays them out */
    size_t learnt_count;
} davy_clean_step;

/** Zeroed is the recipe that does nothing. */
typedef struct davy_cleaning {
    char *text; /* as it was written */
    davy_clean_step steps[DAVY_CLEAN_STEPS_MAX];
    size_t step_count;
    char **names;        /* [column_count] of the columns it was learnt for */
    uint8_t *categories; /* [column_count] 1: holds words, which most steps leave alone */
    size_t column_count;
} davy_cleaning;

/** Read a recipe. DAVY_ERR_INVALID names the step or parameter and what there is instead. */
DAVY_MUST_CHECK davy_status davy_cleaning_parse(const char *text, davy_cleaning *out);
/** A zeroed cleaning is fine. */
void davy_cleaning_clear(davy_cleaning *cleaning);

/** Room for what a step has learnt: `count` numbers, zeroed. */
DAVY_MUST_CHECK davy_status davy_clean_learnt_init(davy_clean_step *step, size_t count);

/** For a cleaning whose names and numbers were read and not learnt: find the columns that steps
 * name, and whether each has as many numbers as it needs. */
DAVY_MUST_CHECK davy_status davy_cleaning_bind(davy_cleaning *cleaning);
bool davy_cleaning_fits(const davy_cleaning *cleaning);

/** DAVY_ERR_INVALID, naming the step, when the recipe looks ahead, as no live row can. */
DAVY_MUST_CHECK davy_status davy_cleaning_check_live(const davy_cleaning *cleaning);

/** The range of a signal: what its instrument can show. NaN: no bound. */
typedef struct davy_clean_range {
    double low, high;
} davy_clean_range;

/**
 * Learn what the steps need from a history, in the order of the recipe: a step learns from what the
 * steps before it leave. The table itself stays as it is. Runs that are to be watched or judged by
 * (table->run_parts) are not learnt from.
 *
 * @param ranges  [columns] or NULL
 * @return DAVY_ERR_INVALID when a step cannot work on this table
 */
DAVY_MUST_CHECK davy_status davy_cleaning_learn(davy_cleaning *cleaning, const davy_table *table,
                                                const davy_clean_range *ranges);

/** What was changed: how many cells, by step and column of the table. Zeroed is none. */
typedef struct davy_clean_tally {
    size_t steps, columns;
    size_t *changed;                /* [steps * columns] */
    size_t rows_before, rows_after; /* a change of the grid makes other rows */
} davy_clean_tally;

void davy_clean_tally_clear(davy_clean_tally *tally);
/** Cells that a step changed, of all columns. */
size_t davy_clean_tally_step(const davy_clean_tally *tally, size_t step);

/**
 * Clean a table in the order of time by a learnt recipe. Columns are found by their names; others
 * are left alone.
 *
 * @param period_ns  usual time from row to row; 0: the table's own
 * @param tally      made; NULL: not asked for
 */
DAVY_MUST_CHECK davy_status davy_cleaning_apply(const davy_cleaning *cleaning, davy_table *table,
                                                int64_t period_ns, davy_clean_tally *tally);

/** Cleans rows as they come: the past that the steps of a recipe remember. */
typedef struct davy_cleaner davy_cleaner;

/** Allocates all that it ever needs; the cleaning is borrowed, learnt and without a look ahead. */
DAVY_MUST_CHECK davy_status davy_cleaner_create(const davy_cleaning *cleaning, davy_cleaner **out);
/** NULL is fine. */
void davy_cleaner_destroy(davy_cleaner *cleaner);
/** Forget the past: a new run begins. */
void davy_cleaner_reset(davy_cleaner *cleaner);
/** Clean the next row in place. @param row  [column_count] in the order of the cleaning's names */
void davy_cleaner_push(davy_cleaner *cleaner, double *row);
