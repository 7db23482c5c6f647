/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "data/table.h"
#include "models/task.h"

#include <stddef.h>

/**
 * @file
 * Form of a sample: what one question to a predictor looks like.
 *
 * Stage: models. A sample is a block of floats [steps, channels] or an image [height, width, 3]. It
 * is cut from a table as the form says, at training and ever after: the form stands in model.json.
 */
typedef enum davy_form_kind {
    DAVY_FORM_ROW,       /* one row: 1 step, a channel for each signal */
    DAVY_FORM_WINDOW,    /* the newest row and those before it, oldest first */
    DAVY_FORM_RECORDING, /* a whole run, cut or padded to `steps` */
    DAVY_FORM_WAVE,      /* a row is a waveform: a step for each column, 1 channel */
    DAVY_FORM_IMAGE      /* height, width, 3 */
} davy_form_kind;

#define DAVY_FORM_COUNT 5

#define DAVY_FORM_BIT(kind) (1U << (unsigned) (kind))

/** Limits that a form from outside must keep. */
#define DAVY_FORM_STEPS_MAX    ((size_t) 65536)
#define DAVY_FORM_CHANNELS_MAX ((size_t) 4096)
#define DAVY_FORM_SIDE_MAX     ((size_t) 4096) /* of an image */
#define DAVY_FORM_VALUES_MAX   ((size_t) 64 * 1024 * 1024)

typedef struct davy_form {
    davy_form_kind kind;
    size_t steps, channels; /* of a table; an image has height * width steps of 3 channels */
    size_t height, width;   /* of an image */
    size_t early;           /* step 0 is the mean of the run's first rows, so many; 0: it is not */
    size_t stride;          /* rows from window to window in training; 1: every row has one */
    size_t horizon;         /* rows from the newest row to the value that is forecast */
    double cap;             /* most rows of life that are told apart; 0: no cap */
    double rate;            /* rows a second after resampling, or of a wave; 0: as they are */
} davy_form;

/** Never NULL. */
const char *davy_form_name(davy_form_kind kind);
/** False when there is no such form. */
bool davy_form_find(const char *name, davy_form_kind *out);

/** What a sample is, in Chinese, for sentences. */
const char *davy_form_chinese(davy_form_kind kind);

/** Floats of a sample. */
size_t davy_form_values(const davy_form *form);

/** Rank and dims of a sample as a network sees it: [steps, channels] or [height, width, 3]. */
int davy_form_dims(const davy_form *form, int64_t dims[3]);

/** DAVY_ERR_INVALID when a size is 0, beyond the limits, or none that the kind has. */
DAVY_MUST_CHECK davy_status davy_form_check(const davy_form *form);

/** "a window of 50 rows of 8 signals", for people. */
#define DAVY_FORM_TEXT_MAX 96
const char *davy_form_text(const davy_form *form, char text[DAVY_FORM_TEXT_MAX]);
