/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/explain_picture.h"

#include "data/image_write.h"

#include <string.h>

/* One sample in memory as a set of samples. */
static davy_status read_pixels(const davy_sample_set *samples, size_t sample, float *values)
{
    const size_t count = davy_form_values(&samples->form);

    memcpy(values, (const float *) samples->own + sample * count, count * sizeof *values);
    return DAVY_OK;
}

static davy_status write_png(const davy_image *image, davy_arena *arena, davy_bytes *out)
{
    davy_buffer png = {0};
    davy_status status = davy_image_append_png(image, &png);
    void *copy;

    if (status == DAVY_OK) {
        copy = davy_arena_alloc(arena, png.length);
        if (copy) {
            memcpy(copy, png.bytes, png.length);
            *out = (davy_bytes){copy, png.length};
        } else {
            status = davy_fail(DAVY_ERR_NOMEM, "a picture of %zu bytes", png.length);
        }
    }
    davy_buffer_clear(&png);
    return status;
}

davy_status davy_explain_png(davy_explainer *explainer, const davy_form *form, const float *pixels,
                             size_t answer, davy_arena *arena, davy_bytes *out)
{
    const davy_sample_source source = {.read = read_pixels};
    const davy_sample_set samples = {
        .form = *form, .source = &source, .own = (void *) (uintptr_t) pixels, .count = 1};
    davy_image image = {0};
    davy_status status = davy_explain_read_picture(&samples, 0, &image);

    *out = (davy_bytes){0};
    if (status == DAVY_OK) {
        status = davy_explain_picture(explainer, &samples, 0, answer, &image);
        if (status == DAVY_OK)
            status = write_png(&image, arena, out);
        else if (status == DAVY_ERR_UNSUPPORTED)
            status = DAVY_OK;
    }
    davy_image_clear(&image);
    return status;
}
