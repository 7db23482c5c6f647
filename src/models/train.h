/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"
#include "models/model.h"
#include "models/settings.h"

/**
 * @file
 * Training: from a table to a calibrated model in the registry.
 *
 * Stage: models. Split by time, fit on the first part, calibrate on the latest clean part, count
 * false-alarm episodes, and turn the budget into a limit. Rows whose label is above 0 are left out
 * of both. The same table, seed, settings and machine give the same model.onnx to the byte.
 */
typedef struct davy_train_options {
    const char *name;
    const char *kind; /* "pca" or "auto" */
    const char *task; /* "anomaly" */
    const char *registry;
    double budget_per_day; /* 0: 1 per week */
    uint64_t seed;
    const char *const *settings; /* KEY=VALUE, as the kind documents them */
    size_t setting_count;
    const char *const *units; /* [columns] or NULL */
    /* Told now and then what is being done ("learning", "calibrating") and how far. NULL is fine.
     */
    void (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
} davy_train_options;

typedef struct davy_train_report {
    char name[128];
    unsigned version;
    char folder[1024];
    char summary[4096]; /* sentences for a person: rows used, promise, what falls short */
    double promise_per_day;
} davy_train_report;

DAVY_MUST_CHECK davy_status davy_train(const davy_table *table, const davy_train_options *options,
                                       davy_train_report *report);

/** Most settings of a kind, those of training included. */
#define DAVY_TRAIN_SETTINGS_MAX 32

/**
 * Every setting that `--set` takes for a kind, for help and documentation.
 *
 * @return how many were written; 0 for an unknown kind
 */
size_t davy_train_settings(const char *kind, davy_setting settings[DAVY_TRAIN_SETTINGS_MAX]);
