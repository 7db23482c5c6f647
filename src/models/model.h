/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A trained model as the rest of davy sees it: what it needs, what it promises, and its scorer.
 *
 * Stage: models. A model folder holds model.onnx (all learnt numbers, as a graph that any ONNX
 * runtime can run) and model.json (signals, units, period, calibration, lineage). A model never
 * changes after it was opened and may be shared by threads; a scorer belongs to one.
 */
typedef struct davy_model davy_model;

/** What a model says of itself. All borrowed until the model is closed. */
typedef struct davy_model_info {
    const char *name;
    unsigned version;
    const char *kind;           /* "pca" */
    const char *task;           /* "anomaly" */
    const char *const *signals; /* [signal_count] in the order of a row */
    const char *const *units;   /* [signal_count] "" where unknown */
    size_t signal_count;
    int64_t period_ns;      /* time from row to row it was trained with; 0 without times */
    double budget_per_day;  /* false-alarm episodes it was asked for */
    double promise_per_day; /* what its calibration history can vouch for; >= budget when short */
    int64_t trained_ns;
    const char *flows;     /* how connections were counted (data/flows.h); "" when not */
    const char *molecules; /* how their columns were made (data/molecules.h); "" without any */
    const char *data_hash; /* of the rows it learnt from */
    const char *file_hash; /* of model.onnx */
    const char *signer;    /* public key of who signed the version; "" when nobody did */
} davy_model_info;

/** Names of models may stand in a path: letters, digits, '.', '_' and '-', not first a dot. */
DAVY_MUST_CHECK davy_status davy_model_name_check(const char *name);

/** Open a model folder. DAVY_ERR_CORRUPT names what does not fit, also for hostile files. */
DAVY_MUST_CHECK davy_status davy_model_open(const char *folder, davy_model **out);
/** The same beneath a descriptor of the folder; sentences do not name it. */
DAVY_MUST_CHECK davy_status davy_model_open_at(int folder, davy_model **out);
/** NULL is fine. */
void davy_model_close(davy_model *model);
const davy_model_info *davy_model_describe(const davy_model *model);

/** Rows that one score rests on, the newest included. */
size_t davy_model_window_rows(const davy_model *model);

/** What a model answers when the site asks for another budget than it was calibrated for. */
typedef struct davy_model_limit {
    double ratio;          /* the budget's limit in units of the model's own: divide scores by it */
    double budget_per_day; /* that the limit is for */
    double promise_per_day; /* what the history can vouch for; above the budget when too short */
    bool vouched;           /* the history is long enough for the budget */
    bool known; /* false: the model does not say; the limit is its own, for its own budget */
} davy_model_limit;

/**
 * The limit for a budget of false-alarm episodes. At the model's own budget the ratio is exactly 1.
 *
 * @param per_day  0 or less: the model's own
 */
davy_model_limit davy_model_limit_for(const davy_model *model, double per_day);

typedef enum davy_verdict {
    DAVY_VERDICT_NORMAL,
    DAVY_VERDICT_ALARM,   /* score above 1 */
    DAVY_VERDICT_ABSTAIN, /* cannot say: a signal is missing, or the window is not full yet */
    DAVY_VERDICT_OK       /* an answer that is no alarm and no all-clear: a class, a number */
} davy_verdict;

const char *davy_verdict_name(davy_verdict verdict);

typedef struct davy_score {
    double score; /* normalised: 1 is the calibrated limit; NaN when abstaining */
    davy_verdict verdict;
    const char *reason;          /* why it abstains, borrowed until the next update; NULL else */
    const double *contributions; /* [signal_count] exact shares of the score; borrowed until the
                                  * next update; they sum to the score; NULL when abstaining */
    const double *expected; /* [signal_count] what the model would have expected, in the unit of
                             * the signal; NULL when abstaining */
    const struct davy_ailment *ailments; /* [ailment_count] of the row (models/vitals.h); borrowed
                                          * until the next update */
    size_t ailment_count;
} davy_score;

/** Streaming state of one model: lags and smoothing. Allocates at creation only. */
typedef struct davy_scorer davy_scorer;

/** The model is borrowed until destroy. */
DAVY_MUST_CHECK davy_status davy_scorer_create(const davy_model *model, davy_scorer **out);
/** NULL is fine. */
void davy_scorer_destroy(davy_scorer *scorer);
/** Forget the past: a new run begins. */
void davy_scorer_reset(davy_scorer *scorer);
/** Score the next row. @param row [signal_count], NaN where missing */
void davy_scorer_update(davy_scorer *scorer, const double *row, davy_score *score);
/**
 * Before a verdict is told: an all-clear becomes an abstention when the row blinds the model (a
 * signal is stuck or mostly missing). An alarm stays one: it is true of what was seen.
 *
 * @param score  of the newest row, perhaps on the footing of another budget
 */
void davy_scorer_withhold(davy_scorer *scorer, davy_score *score);
