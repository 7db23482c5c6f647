/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/line.h"

#include "nn/op/walk.h"

/* Elements that one task of the pool works on, about. */
#define CHUNK ((int64_t) 16384)

davy_lines davy_lines_of(const davy_tensor *tensor, int axis)
{
    return (davy_lines){.outer = davy_tensor_span(tensor, 0, axis),
                        .length = tensor->dims[axis],
                        .inner = davy_tensor_span(tensor, axis + 1, tensor->rank)};
}

/* The part of a line that a block holds. */
static davy_walk line_walk(const davy_lines *lines, int64_t line, int64_t from, int64_t count)
{
    return (davy_walk){.rank = 1,
                       .dims = {count},
                       .strides = {lines->inner},
                       .origin = line / lines->inner * lines->length * lines->inner +
                                 line % lines->inner + from * lines->inner,
                       .count = count};
}

size_t davy_line_read(const davy_lines *lines, const davy_tensor *tensor, int64_t line,
                      int64_t from, davy_type as, void *block)
{
    const int64_t left = lines->length - from;
    const int64_t count = left < DAVY_LINE_BLOCK ? left : DAVY_LINE_BLOCK;
    const davy_walk walk = line_walk(lines, line, from, count);
    uint64_t raw[DAVY_LINE_BLOCK];

    davy_walk_read(&walk, davy_type_size(tensor->type), tensor->data, 0, (size_t) count, raw);
    davy_convert(tensor->type, as, (size_t) count, raw, block);
    return (size_t) count;
}

void davy_line_write(const davy_lines *lines, const davy_tensor *tensor, int64_t line, int64_t from,
                     size_t count, davy_type as, const void *block)
{
    const davy_walk walk = line_walk(lines, line, from, (int64_t) count);
    uint64_t raw[DAVY_LINE_BLOCK];

    davy_convert(as, tensor->type, count, block, raw);
    davy_walk_write(&walk, davy_type_size(tensor->type), tensor->data, 0, count, raw);
}

typedef struct job {
    const davy_call *call;
    void (*one)(const davy_call *call, int64_t line);
    int64_t lines, step;
} job;

static void lines_chunk(void *context, size_t chunk, size_t worker)
{
    const job *work = context;
    const int64_t first = (int64_t) chunk * work->step;

    (void) worker;
    for (int64_t line = first; line < first + work->step && line < work->lines; line++)
        work->one(work->call, line);
}

void davy_lines_run(const davy_call *call, const davy_lines *lines,
                    void (*one)(const davy_call *call, int64_t line))
{
    job work = {call, one, davy_lines_count(lines), 1};

    if (lines->length < CHUNK)
        work.step = CHUNK / (lines->length + 1) + 1;
    davy_pool_run(call->env->pool, (size_t) ((work.lines + work.step - 1) / work.step), lines_chunk,
                  &work);
}
