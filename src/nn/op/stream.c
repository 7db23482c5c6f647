/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/stream.h"

#include "nn/op/floats.h"

#define TASK_ELEMENTS ((size_t) 16 * DAVY_STREAM_BLOCK)

static void run_block(const davy_stream *stream, size_t from, size_t count)
{
    const davy_kernels *kernels = stream->call->env->kernels;
    float a_buffer[DAVY_STREAM_BLOCK] DAVY_UNSET, b_buffer[DAVY_STREAM_BLOCK] DAVY_UNSET,
        result[DAVY_STREAM_BLOCK] DAVY_UNSET;
    const float *a = davy_floats_read(kernels, stream->a, from, count, a_buffer);
    const float *b = stream->b ? davy_floats_read(kernels, stream->b, from, count, b_buffer) : NULL;
    float *to = davy_floats_place(stream->dst, from, result);

    stream->block(stream->call, from, count, a, b, stream->add ? result : to);
    if (stream->add) {
        const float *before = davy_floats_read(kernels, stream->dst, from, count, a_buffer);

        kernels->add(count, before, result, to);
    }
    davy_floats_store(kernels, stream->dst, from, count, result);
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
