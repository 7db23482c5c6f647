/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural.h"

#include <math.h>
#include <stdlib.h>

/* Samples that the numbers are taken from: more would not change them. */
#define SAMPLES_MAX ((size_t) 2000)

#define PICTURE_HALF 127.5F /* 0 .. 255 becomes -1 .. 1 */

static davy_status init(davy_channel_scale *scale, size_t count)
{
    *scale = (davy_channel_scale){.count = count};
    scale->mean = calloc(count, sizeof *scale->mean);
    scale->scale = calloc(count, sizeof *scale->scale);
    return scale->mean && scale->scale ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "scale");
}

void davy_channel_scale_clear(davy_channel_scale *scale)
{
    free(scale->mean);
    free(scale->scale);
    *scale = (davy_channel_scale){0};
}

static void add_sample(const davy_form *form, const float *values, double *sum, double *squares)
{
    const size_t count = davy_form_values(form), channels = form->channels;

    for (size_t i = 0; i < count; i++) {
        sum[i % channels] += values[i];
        squares[i % channels] += (double) values[i] * values[i];
    }
}

/* A channel that never moves has a scale of 1: it says nothing, and must not divide by 0. */
static void finish(davy_channel_scale *scale, const double *sum, const double *squares, double n)
{
    for (size_t c = 0; c < scale->count; c++) {
        const double mean = sum[c] / n;
        const double spread = sqrt(fmax(squares[c] / n - mean * mean, 0));

        scale->mean[c] = (float) mean;
        scale->scale[c] = spread > 1e-6 * fabs(mean) && spread > 1e-30 ? (float) spread : 1.0F;
    }
}

static davy_status measure(const davy_lesson *lesson, davy_channel_scale *scale, double *sum,
                           float *values)
{
    const davy_sample_set *samples = lesson->samples;
    const size_t step = samples->count / SAMPLES_MAX + 1;
    double *squares = sum + scale->count;
    size_t read = 0;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < samples->count && status == DAVY_OK; i += step) {
        if (lesson->held[i] != DAVY_PURPOSE_LEARN)
            continue;
        status = davy_sample_set_read(samples, i, values);
        add_sample(&samples->form, values, sum, squares);
        read++;
    }
    if (read > 0)
        finish(scale, sum, squares,
               (double) read * (double) davy_form_values(&samples->form) / (double) scale->count);
    else
        finish(scale, sum, squares, 1);
    return status;
}

davy_status davy_channel_scale_find(const davy_lesson *lesson, davy_channel_scale *out)
{
    const davy_form *form = &lesson->samples->form;
    double *sum = calloc(2 * form->channels, sizeof *sum);
    float *values = calloc(davy_form_values(form), sizeof *values);
    davy_status status = init(out, form->channels);

    if (status == DAVY_OK && (!sum || !values))
        status = davy_fail(DAVY_ERR_NOMEM, "scale");
    if (status == DAVY_OK && form->kind == DAVY_FORM_IMAGE)
        for (size_t c = 0; c < form->channels; c++)
            out->mean[c] = out->scale[c] = PICTURE_HALF;
    else if (status == DAVY_OK)
        status = measure(lesson, out, sum, values);
    free(sum);
    free(values);
    if (status != DAVY_OK)
        davy_channel_scale_clear(out);
    return status;
}
