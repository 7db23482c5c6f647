/* SPDX-License-Identifier: Apache-2.0 */
#include "models/predictor_private.h"

#include <math.h>
#include <stdlib.h>

struct davy_asker {
    const davy_predictor *predictor;
    davy_session *session;
    davy_tensor outputs[3];
};

davy_status davy_asker_create(const davy_predictor *predictor, davy_pool *pool, davy_asker **out)
{
    davy_asker *asker = calloc(1, sizeof *asker);
    davy_status status;

    if (!asker)
        return davy_fail(DAVY_ERR_NOMEM, "asker of '%s'", predictor->info.name);
    asker->predictor = predictor;
    status = davy_session_create(predictor->network, pool, &asker->session);
    if (status != DAVY_OK) {
        davy_asker_destroy(asker);
        return status;
    }
    *out = asker;
    return DAVY_OK;
}

void davy_asker_destroy(davy_asker *asker)
{
    if (!asker)
        return;
    davy_session_destroy(asker->session);
    free(asker);
}

static davy_status check_finite(const davy_predictor_info *info, const float *samples, size_t count)
{
    const size_t values = davy_form_values(&info->form), channels = info->form.channels;

    for (size_t i = 0; i < values * count; i++)
        if (!isfinite(samples[i]) &&
            !(isnan(samples[i]) && info->imputed && info->imputed[i % channels]))
            return davy_fail(DAVY_ERR_INVALID, "sample %zu holds a number that is not finite",
                             i / values + 1);
    return DAVY_OK;
}

/* An answer that is not finite, or not one for each sample, must not leave as one. */
static davy_status check_answers(const davy_asker *asker, size_t outputs, size_t expected)
{
    for (size_t i = 0; i < outputs; i++) {
        const davy_tensor *output = &asker->outputs[i];
        const float *numbers = davy_f32(output);

        if (output->type != DAVY_TYPE_F32 || davy_tensor_count(output) != (int64_t) expected)
            return davy_fail(DAVY_ERR_CORRUPT, "model '%s' gives %lld numbers instead of %zu",
                             asker->predictor->info.name, (long long) davy_tensor_count(output),
                             expected);
        for (size_t k = 0; k < expected; k++)
            if (!isfinite(numbers[k]))
                return davy_fail(DAVY_ERR_UNAVAILABLE, "model '%s' gives no finite answer",
                                 asker->predictor->info.name);
    }
    return DAVY_OK;
}

davy_status davy_asker_ask(davy_asker *asker, const float *samples, size_t count,
                           davy_answers *answers)
{
    const davy_predictor_info *info = &asker->predictor->info;
    const bool classes = info->class_count > 0, interval = info->coverage > 0;
    davy_tensor input = {.type = DAVY_TYPE_F32, .data = (void *) (uintptr_t) samples};
    davy_status status = check_finite(info, samples, count);

    input.dims[0] = (int64_t) count;
    input.rank = 1 + davy_form_dims(&info->form, input.dims + 1);
    if (status == DAVY_OK)
        status = davy_session_run(asker->session, &input, asker->outputs);
    if (status == DAVY_OK)
        status = check_answers(asker, !classes && interval ? 3 : 1,
                               count * (classes ? info->class_count : 1));
    if (status != DAVY_OK)
        return status;
    *answers = (davy_answers){
        .count = count,
        .probabilities = classes ? davy_f32(&asker->outputs[0]) : NULL,
        .values = classes ? NULL : davy_f32(&asker->outputs[0]),
        .low = !classes && interval ? davy_f32(&asker->outputs[1]) : NULL,
        .high = !classes && interval ? davy_f32(&asker->outputs[2]) : NULL,
    };
    return DAVY_OK;
}
