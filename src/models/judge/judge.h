/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/metrics_class.h"
#include "data/metrics_number.h"
#include "models/judge/assess.h"
#include "models/judge/comparison.h"
#include "models/judge/evaluate.h"

/**
 * @file
 * A model judged: every figure of its task, with intervals, beside the baselines.
 *
 * Stage: models. Figures are of the judged data alone. Nothing is tuned on them: a limit that is
 * chosen with hindsight is called so, and every method gets it. Points are never adjusted.
 */
#define DAVY_CURVE_POINTS  ((size_t) 240)
#define DAVY_CURVES_MAX    ((size_t) 12)
#define DAVY_JUDGE_BUDGETS 3

/** Another model on the same rows, in place of the baselines. */
typedef struct davy_rival {
    davy_words own_name, name;      /* as tables and pages call the two */
    const davy_answer_set *answers; /* of a model that answers: to the same samples and classes */
    const double *scores;           /* [rows] of one that watches; NaN where it abstains */
} davy_rival;

typedef struct davy_judge_options {
    uint64_t seed;             /* of draws, folds and random baselines */
    unsigned draws;            /* 0: DAVY_BOOTSTRAP_DRAWS */
    const davy_table *history; /* what baselines learn from, best the model's own; NULL: folds */
    const davy_rival *rival;   /* NULL: the baselines */
    /* Told now and then, of so many methods; NULL is fine. */
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
} davy_judge_options;

/** How the comparison came about, for the page. */
typedef struct davy_protocol {
    size_t rows;        /* rows or samples that were judged */
    size_t group_count; /* that are drawn */
    size_t fold_count;  /* that baselines learn by; 0: from a history */
    bool same_history;  /* the history is what the model says it learnt from, by its hash */
} davy_protocol;

typedef struct davy_curve {
    davy_words name; /* of a method; or a class, in `class` */
    const char *class;
    davy_rank_point points[DAVY_CURVE_POINTS];
    size_t count;
} davy_curve;

/** What a limit does, for people. Delays are in seconds, or in rows without times. */
typedef struct davy_budget_figures {
    double limit;
    davy_estimate episodes;         /* false ones, a day */
    davy_estimate recall;           /* share of the faults found */
    davy_estimate precision;        /* share of the episodes that were for a fault */
    davy_estimate delay, delay_p90; /* median, and that nine of ten keep */
} davy_budget_figures;

/** False-alarm budgets, episodes a day. */
extern const double davy_judge_budgets[DAVY_JUDGE_BUDGETS];

/** A model that watches. */
typedef struct davy_watch_judgement {
    davy_evaluation found; /* at the model's own limit */
    bool labelled;         /* false: the rest is empty */
    davy_protocol protocol;
    davy_comparison comparison;
    bool timed; /* rows have times */
    size_t merge, window;
    davy_model_limit limits[DAVY_JUDGE_BUDGETS];
    davy_budget_figures promised[DAVY_JUDGE_BUDGETS]; /* at the limits of the calibration */
    davy_budget_figures hindsight[DAVY_METHODS_MAX][DAVY_JUDGE_BUDGETS];
    davy_budget_figures own; /* at the model's own limit */
    davy_curve curves[DAVY_CURVES_MAX];
    size_t curve_count;
} davy_watch_judgement;

/** @param out  freed with free() */
DAVY_MUST_CHECK davy_status davy_judge_watch(const davy_model *model, const davy_table *table,
                                             const davy_run *run, const davy_judge_options *options,
                                             davy_watch_judgement **out);

#define DAVY_COST_STEPS 101

/** Shares of the other samples that may be called a class, at which its recall is told. */
#define DAVY_JUDGE_RATES 3
extern const double davy_judge_rates[DAVY_JUDGE_RATES];

/** One class at low false-alarm rates, and as the model says it. */
typedef struct davy_rate_figures {
    davy_estimate recall[DAVY_JUDGE_RATES]; /* at the limit, in hindsight, that keeps the rate */
    davy_estimate said_false_rate;          /* of the others that the model calls so */
    davy_estimate said_recall;
} davy_rate_figures;

/** A model that answers. */
typedef struct davy_answer_judgement {
    davy_protocol protocol;
    davy_cautions cautions; /* of these data: copies of the history, samples outside of it */
    size_t outside;         /* samples with a signal beyond what the model learnt from */
    davy_comparison comparison;
    /* Classes. */
    davy_curve curves[DAVY_CURVES_MAX]; /* one class against the others; a pair needs one */
    double costs[DAVY_CURVES_MAX][DAVY_COST_STEPS];
    size_t curve_count, curves_left_out;
    davy_rate_figures rates[DAVY_CURVES_MAX]; /* of the curves */
    davy_reliability_bin bins[DAVY_RELIABILITY_BINS];
    davy_estimate *class_figures; /* [class_count * 3] precision, recall, F1 */
    /* Numbers. */
    double cap;       /* of a life; 0: none */
    size_t season;    /* rows; 0: none */
    size_t naive_lag; /* rows: what MASE divides by the error of; 0: no forecast */
    double naive_error;
} davy_answer_judgement;

/** What answers are judged on. */
typedef struct davy_answer_case {
    const davy_predictor *predictor;
    const davy_sample_set *samples;
    const davy_table *table; /* that they were cut from; NULL: pictures */
    const davy_answer_set *answers;
} davy_answer_case;

DAVY_MUST_CHECK davy_status davy_judge_answers(const davy_answer_case *asked,
                                               const davy_judge_options *options,
                                               davy_answer_judgement **out);
/** NULL is fine. */
void davy_answer_judgement_free(davy_answer_judgement *judgement);
