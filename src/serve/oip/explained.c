/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "serve/oip/answer.h"

/* Tensors that an explanation adds to the outputs. */
enum { SHARES, NAMES, BASES, RESIDUALS, PICTURES, EXTRA };

static const struct {
    const char *suffix;
    davy_type type;
    bool wide; /* [N, K] and not [N] */
} extras[EXTRA] = {
    [SHARES] = {".explain", DAVY_TYPE_F64, true},
    [NAMES] = {".explain_name", DAVY_TYPE_TEXT, true},
    [BASES] = {".explain_base_value", DAVY_TYPE_F64, false},
    [RESIDUALS] = {".explain_residual", DAVY_TYPE_F64, false},
    [PICTURES] = {".explain_picture", DAVY_TYPE_TEXT, false},
};

static davy_status make_extra(int which, const char *output, size_t samples, size_t width,
                              davy_oip_memory *memory, davy_named_tensor *out)
{
    const int64_t dims[2] = {(int64_t) samples, (int64_t) width};
    const size_t count = samples * (extras[which].wide ? width : 1);
    const size_t size = extras[which].type == DAVY_TYPE_TEXT ? sizeof(davy_bytes) : sizeof(double);
    char name[256];
    void *data;
    davy_status status;

    (void) snprintf(name, sizeof name, "%s%s", output, extras[which].suffix);
    out->name = davy_arena_text(&memory->arena, name, strlen(name));
    if (!out->name)
        return davy_fail(DAVY_ERR_NOMEM, "an explanation");
    status = davy_named_tensor_shape(out, extras[which].type, extras[which].wide ? 2 : 1, dims);
    if (status == DAVY_OK)
        status = davy_oip_take(memory, count, size, &data);
    if (status == DAVY_OK)
        out->tensor.data = data;
    return status;
}

static davy_status fill_sample(const davy_attribution *from, size_t sample, size_t width,
                               davy_oip_memory *memory, davy_named_tensor *to)
{
    double *shares = to[SHARES].tensor.data;
    davy_bytes *names = to[NAMES].tensor.data, *pictures = to[PICTURES].tensor.data;
    davy_buffer base64 = {0};
    davy_status status = DAVY_OK;

    for (size_t k = 0; k < width; k++) {
        const bool there = k < from->count;

        shares[sample * width + k] = there ? from->shares[k] : 0;
        names[sample * width + k].at = there ? from->names[k] : "";
        names[sample * width + k].length = strlen(names[sample * width + k].at);
    }
    ((double *) to[BASES].tensor.data)[sample] = from->base;
    ((double *) to[RESIDUALS].tensor.data)[sample] = from->residual;
    pictures[sample] = (davy_bytes){"", 0};
    if (from->picture.length == 0)
        return DAVY_OK;
    davy_base64_write(&base64, from->picture);
    pictures[sample].at = davy_arena_text(&memory->arena, base64.bytes, base64.length);
    pictures[sample].length = base64.length;
    status = pictures[sample].at ? davy_buffer_ok(&base64)
                                 : davy_fail(DAVY_ERR_NOMEM, "the picture of an explanation");
    davy_buffer_clear(&base64);
    return status;
}

static bool has_pictures(const davy_infer_response *response)
{
    for (size_t i = 0; i < response->attribution_count; i++)
        if (response->attributions[i].picture.length > 0)
            return true;
    return false;
}

static davy_status add_explanation(const davy_infer_response *response, davy_oip_memory *memory,
                                   davy_named_tensor *to, size_t *count)
{
    const size_t samples = response->attribution_count;
    davy_status status = DAVY_OK;
    size_t width = 0;

    for (size_t i = 0; i < samples; i++)
        if (response->attributions[i].count > width)
            width = response->attributions[i].count;
    for (int which = 0; which < EXTRA && status == DAVY_OK; which++)
        status =
            make_extra(which, response->attributions[0].output, samples, width, memory, &to[which]);
    for (size_t i = 0; i < samples && status == DAVY_OK; i++)
        status = fill_sample(&response->attributions[i], i, width, memory, to);
    *count += has_pictures(response) ? EXTRA : PICTURES;
    return status;
}

davy_status davy_oip_explained(const davy_infer_response *response, davy_oip_memory *memory,
                               davy_named_tensor **tensors, size_t *count)
{
    void *taken;
    davy_status status =
        davy_oip_take(memory, response->output_count + EXTRA, sizeof **tensors, &taken);

    if (status != DAVY_OK)
        return status;
    *tensors = taken;
    *count = response->output_count;
    for (size_t i = 0; i < response->output_count; i++)
        (*tensors)[i] = response->outputs[i];
    return response->attribution_count > 0
               ? add_explanation(response, memory, *tensors + *count, count)
               : DAVY_OK;
}
