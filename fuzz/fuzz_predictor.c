/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The model.json of a predictor from a stranger. What it says must hold together: samples of its
 * form are cut from rows without a fault, and what is written of it reads back.
 */
#include "models/predictor_private.h"
#include "models/samples/sample_set.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS       12
#define STEP_NS    INT64_C(10000000)
#define VALUES_MAX ((size_t) 65536) /* larger samples are cut alike, only slower */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_info(const davy_predictor_info *info)
{
    int64_t dims[3];

    assert(info->version > 0 && info->name && info->kind && info->label && info->file_hash);
    assert((info->task == DAVY_TASK_CLASSIFY) == (info->class_count > 0));
    assert(davy_form_check(&info->form) == DAVY_OK && davy_form_dims(&info->form, dims) >= 2);
    for (size_t i = 0; i < info->signal_count; i++)
        assert(info->signals[i]);
    for (size_t i = 0; i < info->class_count; i++)
        assert(info->classes[i]);
}

static void read_samples(const davy_sample_set *samples, size_t length)
{
    float *values = malloc(length * sizeof *values); /* no more, so that the sanitizer sees */

    for (size_t i = 0; values && i < samples->count; i++)
        if (davy_sample_set_read(samples, i, values) == DAVY_OK)
            for (size_t j = 0; j < length; j++)
                assert(isfinite(values[j]));
    free(values);
}

/* Two runs of a few rows of one column, which stands for all. */
static void cut_samples(const davy_predictor_info *info)
{
    const size_t length = davy_form_values(&info->form);
    double values[ROWS], labels[ROWS];
    int64_t times[ROWS];
    uint32_t runs[ROWS];
    char *names[] = {(char[]){"a"}, (char[]){"b"}};
    const davy_table table = {.rows = ROWS,
                              .columns = 1,
                              .names = names,
                              .values = values,
                              .times = times,
                              .runs = runs,
                              .run_names = names,
                              .run_count = 2,
                              .labels = labels};
    size_t *columns = calloc(info->signal_count + 1, sizeof *columns);
    const davy_cut cut = {.form = info->form,
                          .task = info->task,
                          .columns = columns,
                          .column_count = info->signal_count,
                          .hold = info->hold};
    davy_sample_set samples = {0};

    for (size_t row = 0; row < ROWS; row++) {
        values[row] = labels[row] = (double) row;
        times[row] = (int64_t) row * STEP_NS;
        runs[row] = row >= ROWS / 3;
    }
    if (columns && length <= VALUES_MAX && davy_sample_set_cut(&table, &cut, &samples) == DAVY_OK)
        read_samples(&samples, length);
    davy_sample_set_clear(&samples);
    free(columns);
}

static char *text_of(const davy_predictor *predictor)
{
    json_t *root = davy_predictor_json_make(predictor);
    char *text = root ? json_dumps(root, JSON_REAL_PRECISION(17)) : NULL;

    json_decref(root);
    return text;
}

static void read_back(const davy_predictor *predictor)
{
    char *text = text_of(predictor), *twice;
    davy_predictor *again = NULL;

    assert(text && davy_predictor_json_read(text, strlen(text), &again) == DAVY_OK);
    twice = text_of(again);
    assert(twice && strcmp(twice, text) == 0);
    davy_predictor_close(again);
    free(text);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_predictor *predictor = NULL;

    if (davy_predictor_json_read((const char *) data, size, &predictor) != DAVY_OK)
        return 0;
    check_info(&predictor->info);
    if (predictor->info.form.kind != DAVY_FORM_IMAGE)
        cut_samples(&predictor->info);
    read_back(predictor);
    davy_predictor_close(predictor);
    return 0;
}
