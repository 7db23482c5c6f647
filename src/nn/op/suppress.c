/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Non-maximum suppression: of boxes that overlap, the one with the best score.
 *
 * Greedy, class by class: O(boxes log boxes + boxes x kept). The count of results depends on the
 * numbers, so the work is done while preparing, and kept.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/order.h"
#include "nn/op/overlap.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

typedef struct picks {
    int64_t *boxes; /* [count] in the order they were picked */
    int64_t count;
} picks;

typedef struct suppress {
    picks *classes; /* [batch, classes] */
    int64_t batch, class_count, boxes;
} suppress;

/* What one class is picked by. */
typedef struct contest {
    const float *boxes, *scores; /* [boxes, 4], [boxes] */
    bool centered;               /* boxes are centre and size, else two corners */
    int64_t most;
    float overlap, least; /* allowed overlap; a score must be above `least` */
    bool limited;         /* there is a least */
} contest;

static bool score_before(const void *context, int64_t a, int64_t b)
{
    const float *scores = context;

    if (scores[a] == scores[b] || (scores[a] != scores[a] && scores[b] != scores[b]))
        return a < b;
    return scores[b] != scores[b] || scores[a] > scores[b]; /* NaN last */
}

/* Low ends of a box along both axes, then the high ones; corners may be given in any order. */
static void box_ends(const contest *round, int64_t i, float ends[4])
{
    const float *box = round->boxes + 4 * i;

    for (int d = 0; d < 2; d++) {
        const float a = round->centered ? box[d] - box[d + 2] / 2 : box[d];
        const float b = round->centered ? box[d] + box[d + 2] / 2 : box[d + 2];

        ends[d] = a < b ? a : b;
        ends[d + 2] = a < b ? b : a;
    }
}

static float overlap(const contest *round, int64_t a, int64_t b)
{
    float ends[2][4];

    box_ends(round, a, ends[0]);
    box_ends(round, b, ends[1]);
    return davy_overlap(ends[0], ends[1]);
}

/* @param order  room for all boxes; @param picked  room for all boxes */
static int64_t pick(const contest *round, int64_t boxes, int64_t *order, int64_t *picked)
{
    int64_t kept = 0, count = 0;

    for (int64_t i = 0; i < boxes; i++)
        if (!round->limited || round->scores[i] > round->least)
            order[count++] = i;
    davy_order_sort(order, count, score_before, round->scores);
    for (int64_t i = 0; i < count && kept < round->most; i++) {
        bool free_of_others = true;

        for (int64_t k = 0; free_of_others && k < kept; k++)
            free_of_others = !(overlap(round, order[i], picked[k]) > round->overlap);
        if (free_of_others)
            picked[kept++] = order[i];
    }
    return kept;
}

static davy_status pick_all(davy_call *call, contest *round, int64_t *total)
{
    suppress *state = call->state;
    int64_t *order = davy_call_keep(call, (size_t) state->boxes * sizeof *order);
    int64_t *picked = davy_call_keep(call, (size_t) state->boxes * sizeof *picked);

    state->classes =
        davy_call_keep(call, (size_t) (state->batch * state->class_count) * sizeof(picks));
    if (!order || !picked || !state->classes)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "%" PRId64 " boxes", state->boxes);
    for (int64_t i = 0; i < state->batch * state->class_count; i++) {
        picks *one = &state->classes[i];

        round->boxes = davy_f32(call->in[0]) + i / state->class_count * state->boxes * 4;
        round->scores = davy_f32(call->in[1]) + i * state->boxes;
        one->count = pick(round, state->boxes, order, picked);
        one->boxes = davy_call_keep(call, (size_t) one->count * sizeof *picked);
        if (!one->boxes)
            return davy_call_fail(call, DAVY_ERR_NOMEM, "%" PRId64 " boxes", one->count);
        memcpy(one->boxes, picked, (size_t) one->count * sizeof *picked);
        *total += one->count;
    }
    return DAVY_OK;
}

static davy_status check_boxes(const davy_call *call)
{
    const davy_tensor *boxes = call->in[0], *scores = call->in[1];
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, 3);

    if (status == DAVY_OK)
        status = davy_call_expect(call, 1, DAVY_TYPE_F32, 3);
    if (status == DAVY_OK && (boxes->dims[2] != 4 || boxes->dims[0] != scores->dims[0] ||
                              boxes->dims[1] != scores->dims[2]))
        status = davy_call_fail(call, DAVY_ERR_INVALID,
                                "boxes [batch, n, 4] and scores [batch, classes, n] are wanted");
    return status;
}

static davy_status suppress_prepare(davy_call *call)
{
    suppress *state = call->state;
    double numbers[3] = {0, 0, 0};
    int64_t total = 0;
    contest round = {.centered = davy_node_int(call->node, "center_point_box", 0) != 0};
    davy_status status = check_boxes(call);

    for (size_t i = 0; status == DAVY_OK && i < call->in_count; i++)
        if ((i < 2 || call->in[i]) && !davy_call_constant(call, i))
            return DAVY_OK;
    for (size_t i = 2; status == DAVY_OK && i < call->in_count; i++)
        if (call->in[i])
            status = davy_argument_number(call, i, &numbers[i - 2]);
    if (status != DAVY_OK)
        return status;
    state->batch = call->in[0]->dims[0];
    state->boxes = call->in[0]->dims[1];
    state->class_count = call->in[1]->dims[1];
    round.most = numbers[0] > 0
                     ? (numbers[0] < (double) state->boxes ? (int64_t) numbers[0] : state->boxes)
                     : 0;
    round.overlap = (float) numbers[1];
    round.least = (float) numbers[2];
    round.limited = davy_argument(call, 4) != NULL;
    status = pick_all(call, &round, &total);
    return status == DAVY_OK ? davy_result(call, 0, DAVY_TYPE_I64, 2, (int64_t[]){total, 3})
                             : status;
}

static davy_status suppress_forward(const davy_call *call)
{
    const suppress *state = call->state;
    int64_t *out = call->out[0]->data;

    for (int64_t i = 0; i < state->batch * state->class_count; i++)
        for (int64_t k = 0; k < state->classes[i].count; k++) {
            *out++ = i / state->class_count;
            *out++ = i % state->class_count;
            *out++ = state->classes[i].boxes[k];
        }
    return DAVY_OK;
}

const davy_op davy_op_non_max_suppression = {.name = "non_max_suppression",
                                             .onnx = "NonMaxSuppression",
                                             .in_min = 2,
                                             .in_max = 5,
                                             .out_max = 1,
                                             .state_size = sizeof(suppress),
                                             .prepare = suppress_prepare,
                                             .forward = suppress_forward};
