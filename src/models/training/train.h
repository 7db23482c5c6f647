/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/cleaning.h"
#include "data/molecules.h"
#include "models/model.h"
#include "models/settings.h"

/**
 * @file
 * Training: from a table to a calibrated model in the registry.
 *
 * Stage: models. For anomalies: split by time, fit on the first part, calibrate on the latest clean
 * part, count false-alarm episodes, and turn the budget into a limit. Rows whose label is above 0
 * are left out of both. For answers: cut samples, hold some out, fit, calibrate. The same data,
 * seed, settings and machine give the same model.onnx to the byte.
 */
typedef struct davy_train_options {
    const char *name;
    const char *kind; /* "pca", "cnn", ... or "auto" */
    const char *task; /* a word of models/task.h */
    const char *registry;
    double budget_per_day; /* 0: 1 per week */
    uint64_t seed;
    const char *const *settings; /* KEY=VALUE, as the kind documents them */
    size_t setting_count;
    const char *const *units; /* [columns] or NULL */
    const char *label;        /* name of the label column; NULL: none */
    const char *clean;        /* recipe of cleaning (data/cleaning.h); NULL: rows are ordered */
    const davy_clean_range *ranges; /* [columns] of the signals, for it; NULL: not known */
    const char *flows;     /* connections that were counted (data/flows.h); NULL: none were */
    const char *molecules; /* recipe of their columns (data/molecules.h); NULL: none were read */
    const davy_molecule_tally *tally; /* of these molecules */
    const char *query; /* where the data came from, in words for model.json; NULL: unsaid */
    bool unchecked;    /* do not look for leaks: the model is a baseline */
    /* Told now and then what is being done ("learning", "calibrating"), how far, and how well
     * ("loss 0.3, ...", or ""). NULL is fine. */
    void (*progress)(void *context, const char *what, uint64_t done, uint64_t total,
                     const char *note);
    /* Asked often: true ends the training, which goes on later from where it was. NULL is fine. */
    bool (*interrupted)(void *context);
    void *progress_context;
} davy_train_options;

typedef struct davy_train_report {
    char name[128];
    unsigned version;
    char folder[1024];
    char summary[8192]; /* sentences for a person: rows used, promise, what falls short */
    double promise_per_day;
} davy_train_report;

/** Train on a table: what watches, or what answers, as the task says. */
DAVY_MUST_CHECK davy_status davy_train(const davy_table *table, const davy_train_options *options,
                                       davy_train_report *report);

/**
 * Train on a folder of pictures (data/image_folder.h).
 *
 * @return DAVY_ERR_INVALID for a folder with one class, an empty one, or a picture that cannot be
 *         read, which is named; DAVY_ERR_TIMEOUT when it was interrupted: the same call goes on
 */
DAVY_MUST_CHECK davy_status davy_train_pictures(const char *folder, const char *part,
                                                const davy_train_options *options,
                                                davy_train_report *report);

/** Most settings of a kind, those of training included. */
#define DAVY_TRAIN_SETTINGS_MAX 64

/**
 * Every setting that `--set` takes for a kind and a task, for help and documentation.
 *
 * @return how many were written; 0 for an unknown kind
 */
size_t davy_train_settings(const char *kind, const char *task,
                           davy_setting settings[DAVY_TRAIN_SETTINGS_MAX]);
