/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_augment.h"
#include "data/image_set.h"
#include "models/samples/form.h"

#include <stdint.h>

/**
 * @file
 * Samples: what a predictor learns from and answers, whether they come from a table or from
 * pictures.
 *
 * Stage: models. A set knows what each sample looks like, what the answer should be, which samples
 * belong together, and reads one sample at a time into floats, in the units they came in. Scaling
 * is the model's business: it is part of its graph.
 */
typedef struct davy_sample_set davy_sample_set;

/** What a sample is for. */
typedef enum davy_purpose {
    DAVY_PURPOSE_LEARN,
    DAVY_PURPOSE_WATCH, /* to see when a training has done enough, and to choose by */
    DAVY_PURPOSE_JUDGE, /* touched by no choice: calibration and figures */
    DAVY_PURPOSE_NONE   /* left out: it overlaps another part */
} davy_purpose;

#define DAVY_PURPOSE_COUNT 4

/** A place without a time. */
#define DAVY_PLACE_NO_TIME INT64_MIN

/** Where a sample stands among all that was read. */
typedef struct davy_sample_place {
    size_t run; /* samples of two runs never overlap */
    size_t first,
        last;        /* rows of all that it knows, that of its answer included; in order of time */
    int64_t time_ns; /* of its newest row; DAVY_PLACE_NO_TIME */
    int part;        /* davy_purpose that official files give it; -1: none */
} davy_sample_place;

/** How a kind of set reads and ends. */
typedef struct davy_sample_source {
    /* Fill values[davy_form_values()]; threads may call it at the same time. */
    davy_status (*read)(const davy_sample_set *samples, size_t sample, float *values);
    /* The same as it could as well have been; NULL: a series is varied as series are. */
    davy_status (*vary)(const davy_sample_set *samples, const davy_augmentation_key *key,
                        float *values);
    void (*clear)(davy_sample_set *samples);
    /* NULL: every sample stands for itself. */
    davy_sample_place (*where)(const davy_sample_set *samples, size_t sample);
} davy_sample_source;

struct davy_sample_set {
    davy_form form;
    const davy_sample_source *source;
    void *own; /* of the source */
    size_t count;
    double *targets;  /* [count] class index or number; NaN where it is not known */
    uint32_t *groups; /* [count] from 0: samples that must not be torn apart by a split */
    size_t *places;   /* [count] row or picture it answers for, among all that were read */
    size_t group_count;
    char **group_names; /* [group_count] */
    char **classes;     /* [class_count] NULL when the targets are numbers */
    size_t class_count;
    char **names;          /* [count] of each sample, such as its file; NULL: they have none */
    const float *rounding; /* [values] how far each number may be off as it is computed; NULL: they
                              are what was measured */
    size_t left_out;       /* samples with a missing value, which are not in the set */
    size_t unlabelled;     /* of a training: samples without an answer, which are not in the set */
    size_t holed;          /* samples of the set that miss a value which the model fills */
    bool by_scaffold;      /* groups are molecules of one scaffold */
    bool in_order;         /* they follow each other in time: a split must be one of time */
};

/** Zeroed is a valid empty set. */
void davy_sample_set_clear(davy_sample_set *samples);

/** Read one sample. */
DAVY_MUST_CHECK davy_status davy_sample_set_read(const davy_sample_set *samples, size_t sample,
                                                 float *values);

/** Groups of one name become one group. DAVY_OK without names. */
DAVY_MUST_CHECK davy_status davy_sample_set_merge_groups(davy_sample_set *samples);

/** Molecules of one scaffold become one group, whatever rows they stand in; those whose scaffold is
 * not known are one, too. @param column  of the table: words */
DAVY_MUST_CHECK davy_status davy_sample_set_group_by_scaffold(davy_sample_set *samples,
                                                              const davy_table *table,
                                                              size_t column);

/** Where one sample stands. */
davy_sample_place davy_sample_set_where(const davy_sample_set *samples, size_t sample);

/** Among the columns of a cut: the label column, which a forecast also learns from. */
#define DAVY_CUT_LABEL SIZE_MAX

typedef struct davy_cut {
    davy_form form;
    davy_task task;
    const size_t *columns; /* [column_count] of the table: the channels, or the steps of a wave */
    size_t column_count;
    const bool *imputed; /* [column_count] may be missing, as NaN: the model fills it; NULL: none */
    size_t hold;         /* rows for which a missing value is held */
    bool by_scaffold;    /* groups are the words of column `scaffold`, and not the runs */
    size_t scaffold;
    bool training; /* windows stand `stride` apart, and samples without a target are left out */
} davy_cut;

/**
 * Cut the samples of a form out of a table. The answer is the label of the newest row; of a
 * forecast the label `horizon` rows later; of a life, without labels, the rows that are left.
 *
 * In training, runs of one name (`--group`, in several files) are one group: they are one engine or
 * one person.
 *
 * A sample with a missing value is left out and counted, unless the model fills it; one in which
 * every value is missing is left out by any model. A recording that is longer than the form
 * is cut around its largest movement, a shorter one goes on with its last row.
 *
 * @return DAVY_ERR_INVALID when the rows cannot have the form's rate
 */
DAVY_MUST_CHECK davy_status davy_sample_set_cut(const davy_table *table, const davy_cut *cut,
                                                davy_sample_set *out);

/**
 * Rows of a table that are averaged into one step, so that steps have the form's rate.
 *
 * @return DAVY_ERR_INVALID when the rows have no times, or come more seldom
 */
DAVY_MUST_CHECK davy_status davy_form_factor(const davy_form *form, const davy_table *table,
                                             size_t *factor);

/**
 * Map targets to the classes of a model, by name. A class the model does not know becomes NaN.
 *
 * @param classes  [class_count] of the model
 */
DAVY_MUST_CHECK davy_status davy_sample_set_map_classes(davy_sample_set *samples,
                                                        const char *const *classes,
                                                        size_t class_count);

/** How a folder of pictures is read. */
typedef struct davy_picture_options {
    uint32_t width, height; /* what each picture is made to, each side by itself */
    bool labelled;          /* two classes or more are needed, each with a picture */
    const char *part;       /* "train", "val" or "test" of a folder that is split so; NULL: all */
    /* Told now and then, on another thread; NULL is fine. */
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
    davy_image_report *report; /* what was found in the files; NULL is fine */
} davy_picture_options;

/**
 * The pictures of a folder (data/image_folder.h), or the boxes in them, as samples of 0 .. 255. All
 * are read once, so that damage is known before anything is learnt; groups are pictures that are
 * alike.
 *
 * @return DAVY_ERR_CORRUPT when too many are damaged
 */
DAVY_MUST_CHECK davy_status davy_sample_set_pictures(const char *folder,
                                                     const davy_picture_options *options,
                                                     davy_sample_set *out);
