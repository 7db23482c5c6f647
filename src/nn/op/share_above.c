/* SPDX-License-Identifier: Apache-2.0 */
/*
 * share_above: x [N, T, C] and thresholds [F, C] to y [N, F, C], the share of the T steps at which
 * a channel lies above a threshold. ONNX has it as a comparison of F times as many numbers as x
 * has, and their mean; here nothing but y is written.
 */
#include "nn/op/arguments.h"
#include "nn/op/rows.h"

#define THRESHOLDS ((size_t) 16) /* of one task */

typedef struct share_state {
    size_t steps, channels, thresholds;
    size_t tasks; /* of a sample */
} share_state;

static davy_status prepare(davy_call *call)
{
    share_state *state = call->state;
    const davy_tensor *x = call->in[0], *thresholds = call->in[1];
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, 3);

    if (status == DAVY_OK)
        status = davy_call_expect(call, 1, DAVY_TYPE_F32, 2);
    if (status != DAVY_OK)
        return status;
    if (x->dims[2] != thresholds->dims[1] || x->dims[1] < 1 || x->dims[1] > INT32_MAX)
        return davy_call_fail(
            call, DAVY_ERR_INVALID, "%lld steps of %lld channels, and thresholds for %lld",
            (long long) x->dims[1], (long long) x->dims[2], (long long) thresholds->dims[1]);
    *state = (share_state){.steps = (size_t) x->dims[1],
                           .channels = (size_t) x->dims[2],
                           .thresholds = (size_t) thresholds->dims[0]};
    state->tasks = (state->thresholds + THRESHOLDS - 1) / THRESHOLDS;
    return davy_result(call, 0, DAVY_TYPE_F32, 3,
                       (const int64_t[]){x->dims[0], thresholds->dims[0], x->dims[2]});
}

static void count_some(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const share_state *state = call->state;
    const size_t sample = chunk / state->tasks, from = chunk % state->tasks * THRESHOLDS;
    const size_t left = state->thresholds - from;
    const davy_share share = {.steps = state->steps,
                              .channels = state->channels,
                              .count = left < THRESHOLDS ? left : THRESHOLDS,
                              .x = davy_f32(call->in[0]) + sample * state->steps * state->channels,
                              .thresholds = davy_f32(call->in[1]) + from * state->channels,
                              .dst = davy_f32(call->out[0]) +
                                     (sample * state->thresholds + from) * state->channels};

    (void) worker;
    call->env->kernels->share_above(&share);
}

static davy_status forward(const davy_call *call)
{
    const share_state *state = call->state;

    davy_pool_run(call->env->pool, (size_t) call->in[0]->dims[0] * state->tasks, count_some,
                  (void *) (uintptr_t) call);
    return DAVY_OK;
}

const davy_op davy_op_share_above = {
    .name = "share_above",
    .in_min = 2,
    .in_max = 2,
    .out_max = 1,
    .state_size = sizeof(share_state),
    .prepare = prepare,
    .forward = forward,
};
