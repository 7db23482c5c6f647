/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "models/features/feature_set.h"
#include "models/kinds/classic.h"

/**
 * @file
 * Features while they are fitted, for the files that hold the steps.
 *
 * Stage: models. There are two things that steps work on. The *series* is [N, steps, channels]: the
 * sample, with channels changed or added. The *columns* are [N, count]: what was gathered so far. A
 * step changes the series, gathers columns from it, or changes the columns. When the last step has
 * gathered nothing, the columns are all numbers of the series.
 */

/** Most arguments of a step, numbers in a list, and steps. */
#define DAVY_FEATURE_ARGUMENTS_MAX ((size_t) 8)
#define DAVY_FEATURE_LIST_MAX      ((size_t) 64)
#define DAVY_FEATURE_STEPS_MAX     ((size_t) 32)

typedef struct davy_feature_channel {
    const char *name;
    const davy_levels *levels; /* NULL: numbers */
} davy_feature_channel;

struct davy_features {
    davy_arena arena; /* names and channels */
    const davy_lesson *lesson;
    davy_graph *graph;
    davy_value sample, series;
    size_t steps, channel_count;    /* of the series */
    davy_feature_channel *channels; /* [channel_count] */
    bool base;                      /* step 0 of the series is the mean of the run's early rows */
    davy_value columns;             /* DAVY_VALUE_NONE: nothing is gathered */
    size_t count;
    const char **names;      /* [count] */
    davy_value features;     /* the end of the graph */
    float *matrix;           /* [samples * count] */
    davy_sample_set samples; /* the lesson's, with rows of the matrix */
};

/** A step as it was asked for. */
typedef struct davy_feature_call {
    const davy_feature_step *step;
    const char *given[DAVY_FEATURE_ARGUMENTS_MAX]; /* KEY=VALUE */
    size_t given_count;
} davy_feature_call;

struct davy_feature_step {
    const char *name;
    const char *meaning;
    const davy_setting *arguments; /* an argument without its key is the first one not yet given */
    size_t argument_count;
    davy_status (*check)(const davy_feature_call *call); /* of lists; NULL: there are none */
    davy_status (*fit)(davy_features *features, const davy_feature_call *call);
};

/** Steps of a text, in order; texts live in the arena. */
DAVY_MUST_CHECK davy_status davy_features_parse(davy_arena *arena, const char *text,
                                                davy_feature_call *calls, size_t *count);

/* Arguments of a call. */
double davy_feature_number(const davy_feature_call *call, const char *key);
const char *davy_feature_text(const davy_feature_call *call, const char *key);
bool davy_feature_is(const davy_feature_call *call, const char *key, const char *word);
/** Numbers of a list "5,20,50"; whole ones when `whole`. DAVY_ERR_INVALID outside of low .. high.
 */
DAVY_MUST_CHECK davy_status davy_feature_list(const davy_feature_call *call, const char *key,
                                              double low, double high, bool whole,
                                              double values[DAVY_FEATURE_LIST_MAX], size_t *count);
/** Fails with "features: STEP: ...". */
davy_status davy_feature_fail(const davy_feature_call *call, const char *format, ...)
    DAVY_PRINTF(2, 3);

/** "a+b*" of the argument `of` as the patterns of core/pattern.h have it: "a,b*"; "" for none. */
#define DAVY_FEATURE_PATTERNS_MAX 1024
DAVY_MUST_CHECK davy_status davy_feature_patterns(const davy_feature_call *call,
                                                  char patterns[DAVY_FEATURE_PATTERNS_MAX]);

/** Channels that the argument `of` names by patterns "a+b*"; all numbers when it is empty.
 * @param chosen  [channel_count] */
DAVY_MUST_CHECK davy_status davy_feature_choose(davy_features *features,
                                                const davy_feature_call *call, bool *chosen,
                                                size_t *count);

/** Channels that a step works on, and the others; arrays live in the arena. */
typedef struct davy_feature_choice {
    bool *chosen;
    size_t *list, *others; /* [count] and [other_count] of the channels */
    size_t count, other_count;
} davy_feature_choice;

/** Channels that the argument `of` names. */
DAVY_MUST_CHECK davy_status davy_feature_take(davy_features *features,
                                              const davy_feature_call *call,
                                              davy_feature_choice *out);
/** Fails when one of them holds categories. */
DAVY_MUST_CHECK davy_status davy_feature_need_numbers(const davy_features *features,
                                                      const davy_feature_call *call,
                                                      const davy_feature_choice *of);
/** Channels that are chosen, or those that are not. @return how many */
size_t davy_feature_list_channels(const davy_features *features, const bool *chosen, bool which,
                                  size_t *list);
/** The series becomes the channels `kept`, and behind them `added` [N, steps, count] numbers. */
DAVY_MUST_CHECK davy_status davy_feature_put_behind(davy_features *features, const size_t *kept,
                                                    size_t kept_count, davy_value added,
                                                    const char *const *names, size_t count);

/* What steps do. A failure of the graph is told at its end. */

/** A name in the arena. */
const char *davy_feature_name(davy_features *features, const char *format, ...) DAVY_PRINTF(2, 3);

/** Put `series` [N, steps, count] in place of the series. */
DAVY_MUST_CHECK davy_status davy_feature_set_series(davy_features *features, davy_value series,
                                                    size_t steps, davy_feature_channel *channels,
                                                    size_t count);
/** Add columns [N, count] to what is gathered. */
DAVY_MUST_CHECK davy_status davy_feature_gather(davy_features *features, davy_value columns,
                                                const char *const *names, size_t count);
/** Put columns in place of what is gathered. */
DAVY_MUST_CHECK davy_status davy_feature_set_columns(davy_features *features, davy_value columns,
                                                     const char **names, size_t count);
/** The columns; all numbers of the series when nothing was gathered. */
DAVY_MUST_CHECK davy_status davy_feature_columns(davy_features *features, davy_value *out);

/** Rows of the series without the base. */
size_t davy_feature_rows(const davy_features *features);
/** The newest `span` rows [N, span, channels]. */
davy_value davy_feature_newest(davy_features *features, size_t span);
/** Channels of a series, by index. */
davy_value davy_feature_pick(davy_features *features, davy_value series, const size_t *channels,
                             size_t count);
/** An operator over one axis: reduce_mean, reduce_max, ... */
davy_value davy_feature_reduce(davy_features *features, const char *op, davy_value x, int64_t axis,
                               bool keep);
davy_value davy_feature_unary(davy_features *features, const char *op, davy_value x);
/** x in floats, of what compared or counted. */
davy_value davy_feature_floats(davy_features *features, davy_value x);
/** Where a channel of the series equals each of `values`: [N, steps, count] of 0 and 1. */
davy_value davy_feature_equal(davy_features *features, size_t channel, const float *values,
                              size_t count);
/** A constant of floats of any shape. */
davy_value davy_feature_constant(davy_features *features, const char *name, const float *values,
                                 int rank, const int64_t *dims);

/** What a value is for the samples to learn from: rows of the numbers of one sample. */
typedef struct davy_feature_matrix {
    size_t rows, columns;
    float *values;   /* [rows * columns] */
    double *targets; /* [rows] */
    size_t *members; /* [rows] samples of the lesson */
    size_t classes;  /* 0: the targets are numbers */
} davy_feature_matrix;

DAVY_MUST_CHECK davy_status davy_feature_learn(davy_features *features, davy_value value,
                                               davy_feature_matrix *out);
void davy_feature_matrix_clear(davy_feature_matrix *matrix);

/** What a value is for some samples of the lesson. @param out  [count * width] */
DAVY_MUST_CHECK davy_status davy_feature_run(davy_features *features, davy_value value,
                                             const size_t *members, size_t count, size_t width,
                                             float *out);

/** Measure how far the features may be off, for those who learn from them.
 * @param levels  [channels of the samples] NULL: all hold numbers */
DAVY_MUST_CHECK davy_status davy_feature_measure_rounding(davy_features *features,
                                                          const davy_levels *levels);

/* The steps. */
extern const davy_feature_step davy_feature_difference;
extern const davy_feature_step davy_feature_early;
extern const davy_feature_step davy_feature_envelope;
extern const davy_feature_step davy_feature_hash;
extern const davy_feature_step davy_feature_impute;
extern const davy_feature_step davy_feature_lags;
extern const davy_feature_step davy_feature_last;
extern const davy_feature_step davy_feature_log;
extern const davy_feature_step davy_feature_novelty;
extern const davy_feature_step davy_feature_onehot;
extern const davy_feature_step davy_feature_pca;
extern const davy_feature_step davy_feature_quantiles;
extern const davy_feature_step davy_feature_regimes;
extern const davy_feature_step davy_feature_select;
extern const davy_feature_step davy_feature_spectrum;
extern const davy_feature_step davy_feature_standardise;
extern const davy_feature_step davy_feature_window;
