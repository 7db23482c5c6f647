/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/stream.h"

#define TASK_ELEMENTS ((size_t) 16 * DAVY_STREAM_BLOCK)

/** Elements as floats: where they lie, or converted into the buffer. */
static const float *read_block(const davy_kernels *kernels, const davy_tensor *tensor, size_t from,
                               size_t count, float *buffer)
{
    if (!tensor)
        return NULL;
    if (tensor->type == DAVY_TYPE_F32)
        return davy_f32(tensor) + from;
    kernels->from_bf16(count, (const uint16_t *) tensor->data + from, buffer);
    return buffer;
}

static void run_block(const davy_stream *stream, size_t from, size_t count)
{
    const davy_kernels *kernels = stream->call->env->kernels;
    bool floats = stream->dst->type == DAVY_TYPE_F32;
    float a_buffer[DAVY_STREAM_BLOCK], b_buffer[DAVY_STREAM_BLOCK], result[DAVY_STREAM_BLOCK];
    const float *a = read_block(kernels, stream->a, from, count, a_buffer);
    const float *b = read_block(kernels, stream->b, from, count, b_buffer);
    float *dst = floats && !stream->add ? davy_f32(stream->dst) + from : result;

    stream->block(stream->call, from, count, a, b, dst);
    if (stream->add) {
        const float *before = read_block(kernels, stream->dst, from, count, a_buffer);

        kernels->add(count, before, result, floats ? davy_f32(stream->dst) + from : result);
    }
    if (!floats)
        kernels->to_bf16(count, result, (uint16_t *) stream->dst->data + from);
}

static void run_task(void *context, size_t chunk, size_t worker)
{
    const davy_stream *stream = context;
    size_t total = (size_t) davy_tensor_count(stream->dst), from = chunk * TASK_ELEMENTS;
    size_t to = total - from < TASK_ELEMENTS ? total : from + TASK_ELEMENTS;

    (void) worker;
    for (; from < to; from += DAVY_STREAM_BLOCK)
        run_block(stream, from, to - from < DAVY_STREAM_BLOCK ? to - from : DAVY_STREAM_BLOCK);
}

void davy_stream_run(const davy_stream *stream)
{
    size_t total = (size_t) davy_tensor_count(stream->dst);

    davy_pool_run(stream->call->env->pool, (total + TASK_ELEMENTS - 1) / TASK_ELEMENTS, run_task,
                  (void *) (uintptr_t) stream);
}
