/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op.h"

#include "nn/packs.h"

#include <stdarg.h>
#include <stdio.h>

davy_status davy_call_fail(const davy_call *call, davy_status status, const char *format, ...)
{
    char text[DAVY_ERROR_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return davy_fail(status, "%s '%s': %s", call->node->op->name, call->node->name, text);
}

bool davy_call_constant(davy_call *call, size_t i)
{
    if (i < call->in_count && call->in[i] && call->in[i]->data)
        return true;
    call->late = true;
    return false;
}

davy_status davy_call_expect(const davy_call *call, size_t i, davy_type type, int rank)
{
    char text[DAVY_TENSOR_TEXT_MAX];

    if (i >= call->in_count || !call->in[i])
        return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is missing", i);
    if (call->in[i]->type != type)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "input %zu is %s and not %s", i,
                              davy_tensor_text(call->in[i], text), davy_type_name(type));
    if (rank >= 0 && call->in[i]->rank != rank)
        return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is %s and has not %d dimensions",
                              i, davy_tensor_text(call->in[i], text), rank);
    return DAVY_OK;
}

void *davy_call_keep(davy_call *call, size_t bytes)
{
    return davy_arena_alloc(call->memory, bytes ? bytes : 1);
}

void *davy_call_keep_shared(davy_call *call, size_t i, const void *tag, size_t bytes, bool *fresh)
{
    *fresh = false;
    if (!call->packs || !call->in[i] || !call->in[i]->data)
        return NULL;
    return davy_packs_get(call->packs, call->node->in[i], tag, bytes, fresh);
}

davy_status davy_call_prepare(davy_call *call)
{
    const davy_op *op = call->node->op;

    if (call->in_count < op->in_min || call->in_count > op->in_max)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu inputs; it takes %zu to %zu",
                              call->in_count, op->in_min, op->in_max);
    if (call->out_count > op->out_max)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu outputs; it has %zu", call->out_count,
                              op->out_max);
    for (size_t i = 0; i < op->in_min; i++)
        if (!call->in[i])
            return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is missing", i);
    return op->prepare(call);
}
