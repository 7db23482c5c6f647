/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Reading and writing tensors that hold floats or bf16 as floats, a piece at a time.
 *
 * Stage: nn.
 */

/** Elements from .. from+count-1: where they lie, or converted into the buffer. */
static inline const float *davy_floats_read(const davy_kernels *kernels, const davy_tensor *tensor,
                                            size_t from, size_t count, float *buffer)
{
    if (tensor->type == DAVY_TYPE_F32)
        return davy_f32(tensor) + from;
    kernels->from_bf16(count, (const uint16_t *) tensor->data + from, buffer);
    return buffer;
}

/** Where to write them: the tensor itself, or a buffer that davy_floats_store() then rounds. */
static inline float *davy_floats_place(const davy_tensor *tensor, size_t from, float *buffer)
{
    return tensor->type == DAVY_TYPE_F32 ? davy_f32(tensor) + from : buffer;
}

static inline void davy_floats_store(const davy_kernels *kernels, const davy_tensor *tensor,
                                     size_t from, size_t count, const float *buffer)
{
    if (tensor->type != DAVY_TYPE_F32)
        kernels->to_bf16(count, buffer, (uint16_t *) tensor->data + from);
}

/** Whether each input may be floats or bf16, because the plan chose between them. */
static inline bool davy_floats_mixed(const davy_call *call)
{
    return call->env->bf16 && call->node->op->flags & (DAVY_OP_BF16 | DAVY_OP_BF16_SERVED);
}

/** DAVY_OK for floats, and for bf16 where the plan allows it. */
static inline davy_status davy_floats_expect(const davy_call *call, size_t i, int rank)
{
    bool bf16 =
        i < call->in_count && call->in[i] && call->in[i]->type == DAVY_TYPE_BF16 && call->env->bf16;

    return davy_call_expect(call, i, bf16 ? DAVY_TYPE_BF16 : DAVY_TYPE_F32, rank);
}

/** Type of output 0: bf16 where the plan offers it. */
static inline davy_type davy_floats_type(const davy_call *call)
{
    return call->out[0]->type == DAVY_TYPE_BF16 && call->env->bf16 ? DAVY_TYPE_BF16 : DAVY_TYPE_F32;
}
