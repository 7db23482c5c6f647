/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/loss.h"

#include <string.h>

struct work {
    const davy_call *call;
    size_t count, chunk;
    davy_loss_part *part;
    davy_loss_part_back *part_back;
};

static size_t chunks(size_t count, size_t chunk)
{
    return (count + chunk - 1) / chunk;
}

static size_t end_of(const struct work *work, size_t i)
{
    const size_t end = (i + 1) * work->chunk;

    return end < work->count ? end : work->count;
}

static void sum_chunk(void *context, size_t i, size_t worker)
{
    const struct work *work = context;
    double *sums = work->call->scratch;

    (void) worker;
    sums[i] = work->part(work->call, i * work->chunk, end_of(work, i));
}

static void carry_chunk(void *context, size_t i, size_t worker)
{
    const struct work *work = context;

    (void) worker;
    work->part_back(work->call, i * work->chunk, end_of(work, i));
}

size_t davy_loss_scratch(size_t count, size_t chunk)
{
    return chunks(count, chunk) * sizeof(double);
}

double davy_loss_sum(const davy_call *call, size_t count, size_t chunk, davy_loss_part *part)
{
    struct work work = {.call = call, .count = count, .chunk = chunk, .part = part};
    const double *sums = call->scratch;
    double sum = 0.0;

    davy_pool_run(call->env->pool, chunks(count, chunk), sum_chunk, &work);
    for (size_t i = 0; i < chunks(count, chunk); i++)
        sum += sums[i];
    return sum;
}

void davy_loss_back(const davy_call *call, size_t count, size_t chunk, davy_loss_part_back *part)
{
    struct work work = {.call = call, .count = count, .chunk = chunk, .part_back = part};

    if (call->diff_in[0])
        davy_pool_run(call->env->pool, chunks(count, chunk), carry_chunk, &work);
    for (size_t i = 1; i < call->in_count; i++)
        if (call->diff_in[i] && !call->diff_add[i])
            memset(call->diff_in[i]->data, 0, davy_tensor_bytes(call->diff_in[i]));
}

void davy_loss_set(const davy_call *call, double loss)
{
    *davy_f32(call->out[0]) = (float) loss;
}

float davy_loss_factor(const davy_call *call)
{
    return *davy_f32(call->diff_out[0]);
}

davy_status davy_loss_shape(const davy_call *call)
{
    if (davy_tensor_count(call->in[0]) == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "there is nothing to take the mean of");
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, 0, NULL);
}

davy_status davy_loss_same(const davy_call *call, size_t i)
{
    char x[DAVY_TENSOR_TEXT_MAX], target[DAVY_TENSOR_TEXT_MAX];
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);

    if (status == DAVY_OK)
        status = davy_call_expect(call, i, DAVY_TYPE_F32, -1);
    if (status == DAVY_OK && !davy_tensor_same_shape(call->in[0], call->in[i]))
        status =
            davy_call_fail(call, DAVY_ERR_INVALID, "%s against %s",
                           davy_tensor_text(call->in[0], x), davy_tensor_text(call->in[i], target));
    return status;
}
