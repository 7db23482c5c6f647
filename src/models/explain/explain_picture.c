/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures: where a network looked, by its last maps, each weighted by the mean of its gradients.
 */
#include "models/explain/explain_private.h"

#include "data/image_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Maps [1, H, W, C] weighted by the mean of their gradients, what speaks against left out. */
static void weigh_maps(const davy_tensor *maps, const davy_tensor *diff, float *heat)
{
    const int64_t cells = maps->dims[1] * maps->dims[2], channels = maps->dims[3];

    memset(heat, 0, (size_t) cells * sizeof *heat);
    for (int64_t c = 0; c < channels; c++) {
        double weight = 0;

        for (int64_t i = 0; i < cells; i++)
            weight += (double) davy_f32(diff)[i * channels + c];
        weight /= (double) cells;
        for (int64_t i = 0; i < cells; i++)
            heat[i] += (float) weight * davy_f32(maps)[i * channels + c];
    }
    for (int64_t i = 0; i < cells; i++)
        heat[i] = fmaxf(heat[i], 0);
}

davy_status davy_explain_picture(davy_explainer *e, const davy_sample_set *samples, size_t sample,
                                 size_t answer, davy_image *image)
{
    const davy_tensor *maps, *diff = NULL;
    float *heat;
    davy_status status;

    if (!davy_gradients_maps(e, &diff))
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' has no maps of features",
                         e->predictor->info.name);
    status = davy_sample_set_read(samples, sample, e->row);
    if (status == DAVY_OK)
        status = davy_gradients_run(e, e->row, answer, NULL);
    if (status != DAVY_OK)
        return status;
    maps = davy_gradients_maps(e, &diff);
    if (!diff || maps->rank != 4)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "the features of model '%s' are no maps",
                         e->predictor->info.name);
    heat = calloc((size_t) (maps->dims[1] * maps->dims[2]), sizeof *heat);
    if (!heat)
        return davy_fail(DAVY_ERR_NOMEM, "a picture");
    weigh_maps(maps, diff, heat);
    davy_image_lay_heat(image,
                        &(davy_heat){heat, (uint32_t) maps->dims[2], (uint32_t) maps->dims[1]});
    free(heat);
    return DAVY_OK;
}

davy_status davy_explain_read_picture(const davy_sample_set *samples, size_t sample,
                                      davy_image *out)
{
    const davy_form *form = &samples->form;
    const size_t count = davy_form_values(form);
    float *values = calloc(count, sizeof *values);
    davy_status status = values ? davy_sample_set_read(samples, sample, values)
                                : davy_fail(DAVY_ERR_NOMEM, "a picture");

    if (status == DAVY_OK)
        status = davy_image_init(out, (uint32_t) form->width, (uint32_t) form->height);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        out->pixels[i] = (uint8_t) lrintf(fminf(fmaxf(values[i], 0), 255));
    free(values);
    return status;
}
