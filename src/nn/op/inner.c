/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/inner.h"

#include "nn/op/arguments.h"

#include <stdlib.h>
#include <string.h>

/* Loops of this thread that run now, one inside the other, and the iterations they have left. */
static _Thread_local int running;
static _Thread_local int64_t left;

bool davy_inner_ready(davy_call *call)
{
    for (size_t i = 0; i < call->in_count; i++)
        if (call->in[i] && !davy_call_constant(call, i))
            return false;
    return true;
}

static void destroy_inner(davy_inner *inner)
{
    davy_session_destroy(inner->session);
    davy_network_destroy(inner->network);
    free(inner);
}

static davy_inner *create_inner(const davy_call *call, davy_graph *graph, davy_status *status)
{
    const davy_network_options options = {
        .bf16 = call->env->bf16, .borrow = true, .memory_max = call->env->memory_max};
    davy_inner *inner = calloc(1, sizeof *inner);

    if (!inner) {
        *status = davy_call_fail(call, DAVY_ERR_NOMEM, "its graph '%s'", graph->name);
        return NULL;
    }
    inner->graph = graph;
    *status = davy_network_create(graph, &options, &inner->network);
    if (*status == DAVY_OK)
        *status = davy_session_create(inner->network, call->env->pool, &inner->session);
    if (*status == DAVY_OK)
        return inner;
    destroy_inner(inner);
    return NULL;
}

davy_status davy_inner_open(const davy_call *call, const char *attribute, size_t inputs,
                            size_t outputs, davy_inner **out)
{
    const davy_attribute *found = davy_node_attribute(call->node, attribute);
    davy_inner *inner = call->held ? *call->held : NULL;
    davy_status status;

    if (!found || found->kind != DAVY_ATTRIBUTE_GRAPH)
        return davy_call_fail(call, DAVY_ERR_INVALID, "it has no graph '%s'", attribute);
    if (found->graph->input_count != inputs || found->graph->output_count < outputs)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "its graph takes %zu values and gives %zu instead of %zu and %zu",
                              found->graph->input_count, found->graph->output_count, inputs,
                              outputs);
    while (inner && inner->graph != found->graph)
        inner = inner->next;
    if (!inner) {
        inner = create_inner(call, found->graph, &status);
        if (!inner)
            return status;
        inner->kept = call->held != NULL;
        if (call->held) {
            inner->next = *call->held;
            *call->held = inner;
        }
    }
    *out = inner;
    return DAVY_OK;
}

void davy_inner_close(davy_inner *inner)
{
    if (inner && !inner->kept)
        destroy_inner(inner);
}

void davy_inner_release(void *held)
{
    davy_inner *inner = held;

    while (inner) {
        davy_inner *next = inner->next;

        destroy_inner(inner);
        inner = next;
    }
}

davy_status davy_inner_run(const davy_call *call, const davy_inner *inner,
                           const davy_tensor *inputs, davy_tensor *outputs)
{
    const davy_status status = davy_session_run(inner->session, inputs, outputs);

    return status == DAVY_OK ? status : davy_call_fail(call, status, "%s", davy_error());
}

void davy_inner_enter(void)
{
    if (running++ == 0)
        left = DAVY_LOOP_ITERATIONS_MAX;
}

void davy_inner_leave(void)
{
    running--;
}

davy_status davy_inner_iterate(const davy_call *call)
{
    if (left-- > 0)
        return DAVY_OK;
    return davy_call_fail(call, DAVY_ERR_FULL, "more than %lld iterations",
                          (long long) DAVY_LOOP_ITERATIONS_MAX);
}

static davy_status kept_reserve(const davy_call *call, davy_kept *kept, size_t bytes)
{
    size_t size = kept->size ? kept->size : 64;
    void *moved;

    if (call->env->memory_max && bytes > call->env->memory_max)
        return davy_call_fail(call, DAVY_ERR_FULL, "results of %zu bytes, %zu at most", bytes,
                              call->env->memory_max);
    if (bytes <= kept->size)
        return DAVY_OK;
    while (size < bytes)
        size *= 2;
    moved = aligned_alloc(64, size);
    if (!moved)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "results of %zu bytes", size);
    if (kept->size > 0)
        memcpy(moved, kept->tensor.data, kept->size);
    free(kept->tensor.data);
    kept->tensor.data = moved;
    kept->size = size;
    return DAVY_OK;
}

davy_status davy_kept_set(const davy_call *call, davy_kept *kept, const davy_tensor *tensor)
{
    kept->count = 0;
    return davy_kept_push(call, kept, tensor);
}

davy_status davy_kept_push(const davy_call *call, davy_kept *kept, const davy_tensor *tensor)
{
    const size_t bytes = davy_tensor_bytes(tensor);
    davy_status status;
    void *data;

    if (kept->count > 0 &&
        (kept->tensor.type != tensor->type || !davy_tensor_same_shape(&kept->tensor, tensor)))
        return davy_call_fail(call, DAVY_ERR_INVALID, "results of different shapes");
    status = kept_reserve(call, kept, (kept->count + 1) * bytes + 1);
    if (status != DAVY_OK)
        return status;
    data = kept->tensor.data;
    memcpy((char *) data + kept->count++ * bytes, tensor->data, bytes);
    kept->tensor = *tensor;
    kept->tensor.data = data;
    return DAVY_OK;
}

davy_status davy_kept_take(const davy_call *call, davy_kept *kept, davy_kept *before,
                           size_t carried, const davy_tensor *outputs, size_t count)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; status == DAVY_OK && i < count; i++)
        status = i < carried ? davy_kept_set(call, &before[i], &outputs[i])
                             : davy_kept_push(call, &kept[i], &outputs[i]);
    for (size_t i = 0; status == DAVY_OK && i < carried; i++) {
        const davy_kept made = before[i];

        before[i] = kept[i];
        kept[i] = made;
    }
    return status;
}

void davy_kept_clear(davy_kept *kept)
{
    free(kept->tensor.data);
    *kept = (davy_kept){.size = 0};
}

davy_status davy_inner_truth(const davy_call *call, const davy_tensor *tensor, bool *out)
{
    if (tensor->type != DAVY_TYPE_BOOL || davy_tensor_count(tensor) != 1)
        return davy_call_fail(call, DAVY_ERR_INVALID, "a condition is not one bool");
    *out = *(const uint8_t *) tensor->data != 0;
    return DAVY_OK;
}
