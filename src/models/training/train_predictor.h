/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/assess.h"
#include "models/predictor_kind.h"
#include "models/predictor_private.h"
#include "models/samples/data_quality.h"
#include "models/samples/leaks.h"
#include "models/samples/sample_split.h"
#include "models/training/train.h"

/**
 * @file
 * The training of a predictor under way, shared by the files that learn, write and report.
 *
 * Stage: models. Samples are split into those to learn from, to watch, and to judge by; the kind
 * gives a graph of scores; the graph is calibrated on the last part, written, opened again, and
 * must give the same answers to the bit before it becomes a version.
 */
#define DAVY_PREDICTOR_SETTINGS_MAX 64

typedef struct davy_teaching_source davy_teaching_source;

typedef struct davy_teaching {
    const davy_sample_set *samples;
    const davy_teaching_source *source;
    const davy_train_options *options;
    davy_train_options adopted;       /* those of the kind that `auto` chose */
    const davy_data_quality *quality; /* of the table; NULL for pictures */
    const davy_predictor_kind *kind;
    davy_setting table[DAVY_PREDICTOR_SETTINGS_MAX]; /* all settings of the kind */
    size_t table_count;
    char steps[2048]; /* of the features, as the settings have them or words need them */
    uint8_t *held;    /* [samples->count] davy_purpose */
    davy_split_done split;
    davy_cautions cautions;           /* what must be known before the figures are believed */
    size_t parts[DAVY_PURPOSE_COUNT]; /* samples of each part */
    davy_lesson_result learnt;
    davy_predictor *predictor; /* texts, info, bytes and network */
    double temperature;        /* of classes */
    double half_width;         /* of the interval of numbers; NaN without one */
    davy_answer_set answers;   /* of the judged part, or of all without one */
    davy_assessment judged;
    const char *const *units; /* [signal_count of the predictor] or NULL */
    const char *author;       /* public key of who signs the version */
    bool cut_vouched;         /* the threshold keeps what it was asked for */
    davy_clock_figures clock; /* beside the model, on what was judged */
    davy_sentences said; /* for the page, whose other sections tell of the data and of cautions */
    char summary[8192];  /* the same and these, for all else */
} davy_teaching;

/** A setting as it is used. */
double davy_teaching_number(const davy_teaching *teaching, const char *key);
const char *davy_teaching_text(const davy_teaching *teaching, const char *key);

/** Fill the predictor's info of the model but for what is learnt. */
DAVY_MUST_CHECK davy_status davy_teaching_describe(davy_teaching *teaching);

/** Copies in the predictor's arena; NULL without memory. */
const char *const *davy_teaching_keep_all(davy_teaching *teaching, const char *const *texts,
                                          size_t count);

/** Fit features and the kind, or as many of it as `bags` says, into teaching->learnt. */
DAVY_MUST_CHECK davy_status davy_teaching_learn(davy_teaching *teaching, davy_pool *pool);

/** The part that figures come from: judged samples, or all of them when none are held out. */
const uint8_t *davy_teaching_judge(const davy_teaching *teaching);

/** Add temperature, softmax or interval, and make the predictor's bytes and network of the graph.
 */
DAVY_MUST_CHECK davy_status davy_teaching_calibrate(davy_teaching *teaching);

/** Whether the samples of each part allow what `threshold` asks, before anything is learnt. */
DAVY_MUST_CHECK davy_status davy_teaching_check_cut(const davy_teaching *teaching);

/** Whether `threshold` is chosen on watched samples. */
bool davy_teaching_cut_watches(const davy_teaching *teaching);

/** Choose the probability from which one of two classes is said, as `threshold` asks. */
DAVY_MUST_CHECK davy_status davy_teaching_cut(davy_teaching *teaching, davy_pool *pool);

/** Go on as the kind that a search has chosen, with its settings; those of the search stay known,
 * for model.json. */
DAVY_MUST_CHECK davy_status davy_teaching_adopt(davy_teaching *teaching);

/** Look for leaks and for what flatters, into teaching->cautions and teaching->clock. */
DAVY_MUST_CHECK davy_status davy_teaching_examine(davy_teaching *teaching);

/** Fill teaching->said and teaching->summary. */
void davy_teaching_summarise(davy_teaching *teaching);

/** Write the files of a version into a folder, synced. */
DAVY_MUST_CHECK davy_status davy_teaching_write(davy_teaching *teaching, const char *folder);

/** The page of a training. */
DAVY_MUST_CHECK davy_status davy_teaching_report(const davy_teaching *teaching, davy_buffer *html);

/** What the samples are, for model.json. */
struct davy_teaching_source {
    const char *const *signals; /* [signal_count] */
    const char *const *units;   /* [signal_count] or NULL */
    const davy_levels *levels;  /* [signal_count] of categories; NULL: there are none */
    size_t signal_count;
    const char *label;
    size_t hold;
    int64_t period_ns;
    const char *data_hash;
    const davy_data_quality *quality; /* of the table; NULL: of a table there was none */
};

/** Train on samples: all of the above, into the registry. */
DAVY_MUST_CHECK davy_status davy_train_predictor(const davy_sample_set *samples,
                                                 const davy_teaching_source *source,
                                                 const davy_train_options *options,
                                                 davy_train_report *report);

/** All settings of a kind of predictor. @return how many; 0 for an unknown kind */
size_t davy_predictor_settings(const char *kind,
                               davy_setting settings[DAVY_PREDICTOR_SETTINGS_MAX]);

/** Train on a table: cut its samples as the settings say. */
DAVY_MUST_CHECK davy_status davy_train_answers(const davy_table *table, davy_task task,
                                               const davy_train_options *options,
                                               davy_train_report *report);
