/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "data/sentences.h"
#include "models/settings.h"
#include "models/window.h"

/**
 * @file
 * What a kind of anomaly model fills in: learn, save, load, and score one window.
 *
 * Stage: models. Everything else (holding gaps, lags, smoothing, calibration, files, the registry)
 * is the same for every kind and lives outside of it.
 */

/** Limits that a model from outside must keep. */
#define DAVY_MODEL_SIGNALS_MAX ((size_t) 1024)
#define DAVY_MODEL_WINDOW_MAX  ((size_t) 4096) /* (lags + 1) * signals */
#define DAVY_MODEL_LAGS_MAX    ((size_t) 64)
#define DAVY_MODEL_HOLD_MAX    ((size_t) 100000)
#define DAVY_MODEL_PERIOD_MAX                                          \
    (INT64_MAX / 100) /* ns, about 3 years: ten of it are still a time \
                       */

/** Largest model.onnx that is read. */
#define DAVY_MODEL_FILE_MAX ((size_t) 512 * 1024 * 1024)

/** What there is to learn from. */
typedef struct davy_study {
    davy_walk fit;       /* rows to learn from */
    davy_walk reference; /* later rows, to put the parts of the score on one footing */
    size_t lags, hold;
    uint64_t seed;
    const char *const *settings;
    size_t setting_count;
    /* Told every few hundred windows, with how well it goes or ""; NULL is fine. */
    void (*progress)(void *context, uint64_t done, uint64_t total, const char *note);
    bool (*interrupted)(void *context); /* asked often: true ends it; NULL is fine */
    void *progress_context;             /* of both */
} davy_study;

typedef struct davy_model_kind {
    const char *name;
    const char *lags; /* rows before the newest one, when the settings say nothing */
    const davy_setting *settings;
    size_t setting_count;
    /* Says in `note` what it learnt, in a few words for the report. */
    davy_status (*fit)(const davy_study *fit, davy_sentences *note, void **parameters);
    void (*destroy)(void *parameters); /* NULL is fine */
    /* Multiply every score by `factor` from now on. */
    davy_status (*scale)(void *parameters, double factor);
    /* The bytes of model.onnx, appended; and parameters out of them. */
    davy_status (*save)(const void *parameters, const char *name, davy_buffer *onnx);
    davy_status (*load)(const void *onnx, size_t length, size_t signals, size_t lags,
                        void **parameters);
    /* Memory of one scorer: score() allocates nothing. */
    davy_status (*begin)(const void *parameters, void **scratch);
    void (*end)(void *scratch); /* NULL is fine */
    /* Score a window [(lags + 1) * signals], newest row first, all finite: the share of each
     * signal in the score and what was expected of it in the newest row. Shares are at least 0. A
     * failure is told by the scorer as an answer that cannot be given. */
    davy_status (*score)(const void *parameters, void *scratch, const double *window,
                         double *shares, double *expected);
} davy_model_kind;

/** The kind with this name; "auto" is the first. NULL when there is none. */
const davy_model_kind *davy_model_kind_find(const char *name);

/** All, closed by NULL. */
const davy_model_kind *const *davy_model_kinds(void);

/** "auto, pca, ...", for a sentence. */
const char *davy_model_kind_names(void);

extern const davy_model_kind davy_model_autoencoder, davy_model_cnn, davy_model_isolation,
    davy_model_kmeans, davy_model_lstm, davy_model_pca, davy_model_svm, davy_model_transformer;
