/* SPDX-License-Identifier: Apache-2.0 */
/* The greatest or least k of every line, with their indices; and lines read backwards. */
#include "nn/op/line.h"
#include "nn/op/order.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

/* Below this share of a line it is not worth sorting it all. */
#define FEW 16

typedef struct top_k {
    davy_lines lines;
    int64_t k;
    davy_type wide;
    bool least;
} top_k;

/* One line in scratch, widened. */
typedef struct ranked {
    const top_k *state;
    const void *numbers;
} ranked;

/* Greater stands first, equal ones as they come, NaN like the greatest. */
#define BEFORE(name, type)                                               \
    static bool name##_before(const void *context, int64_t a, int64_t b) \
    {                                                                    \
        const ranked *line = context;                                    \
        const type *x = line->numbers;                                   \
        if (x[a] == x[b] || (x[a] != x[a] && x[b] != x[b]))              \
            return a < b;                                                \
        if (x[a] != x[a] || x[b] != x[b])                                \
            return (x[a] != x[a]) != line->state->least;                 \
        return line->state->least ? x[a] < x[b] : x[a] > x[b];           \
    }
BEFORE(f64, double)
BEFORE(i64, int64_t)
BEFORE(u64, uint64_t)

static davy_status top_k_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    top_k *state = call->state;
    davy_tensor made = *in;
    int64_t k[1] = {0};
    size_t count = 0;
    int axis = 0;
    davy_status status;

    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = davy_argument_axis(call, davy_node_int(call->node, "axis", -1), in->rank, &axis);
    if (status == DAVY_OK)
        status = davy_argument_list(call, 1, 1, k, &count);
    if (status == DAVY_OK && (count != 1 || k[0] < 0 || k[0] > in->dims[axis]))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "the first %" PRId64 " of %" PRId64, k[0],
                                in->dims[axis]);
    if (status != DAVY_OK)
        return status;
    state->wide = davy_type_wide(in->type);
    if (state->wide == DAVY_TYPE_F32)
        state->wide = DAVY_TYPE_F64;
    if (state->wide == DAVY_TYPE_NONE || state->wide == DAVY_TYPE_BOOL)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(in->type));
    state->lines = davy_lines_of(in, axis);
    state->k = k[0];
    state->least = davy_node_int(call->node, "largest", 1) == 0;
    call->scratch_size = 2 * (size_t) in->dims[axis] * sizeof(int64_t);
    made.dims[axis] = k[0];
    status = davy_result_like(call, 0, in->type, &made);
    return status == DAVY_OK ? davy_result_like(call, 1, DAVY_TYPE_I64, &made) : status;
}

typedef bool (*standing_before)(const void *context, int64_t a, int64_t b);

/* The first `k` of many in order: a newcomer moves up from the end, and most never enter. */
static void take_first(int64_t *order, int64_t k, int64_t length, standing_before before,
                       const ranked *context)
{
    int64_t taken = 0;

    for (int64_t i = 0; i < length; i++) {
        int64_t at;

        if (taken == k && !before(context, i, order[k - 1]))
            continue;
        at = taken < k ? taken++ : k - 1;
        for (; at > 0 && before(context, i, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static void sort_line(int64_t *order, int64_t k, int64_t length, standing_before before,
                      const ranked *context)
{
    if (k > 0 && k <= length / FEW) {
        take_first(order, k, length, before, context);
        return;
    }
    for (int64_t i = 0; i < length; i++)
        order[i] = i;
    davy_order_sort(order, length, before, context);
}

static void top_k_line(const davy_call *call, int64_t line)
{
    const top_k *state = call->state;
    const davy_lines *lines = &state->lines, kept = {lines->outer, state->k, lines->inner};
    char *numbers = call->scratch;
    int64_t *order = (int64_t *) call->scratch + lines->length;
    const ranked context = {state, numbers};

    for (int64_t from = 0; from < lines->length;)
        from += (int64_t) davy_line_read(lines, call->in[0], line, from, state->wide,
                                         numbers + from * (int64_t) sizeof(int64_t));
    sort_line(order, state->k, lines->length,
              state->wide == DAVY_TYPE_F64   ? f64_before
              : state->wide == DAVY_TYPE_I64 ? i64_before
                                             : u64_before,
              &context);
    for (int64_t i = 0; i < state->k; i++) {
        if (call->out[0])
            davy_line_write(&kept, call->out[0], line, i, 1, state->wide,
                            numbers + order[i] * (int64_t) sizeof(int64_t));
        if (call->out_count > 1 && call->out[1])
            davy_line_write(&kept, call->out[1], line, i, 1, DAVY_TYPE_I64, &order[i]);
    }
}

/* One line after the other: they share the scratch. */
static davy_status top_k_forward(const davy_call *call)
{
    const top_k *state = call->state;

    for (int64_t line = 0; line < davy_lines_count(&state->lines); line++)
        top_k_line(call, line);
    return DAVY_OK;
}

/* [time, batch, rest], or with batch_axis 0 [batch, time, rest] */
static davy_status reverse_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const int64_t batch = davy_node_int(call->node, "batch_axis", 1);
    const int64_t time = davy_node_int(call->node, "time_axis", 0);
    davy_status status;

    if (in->rank < 2 || batch + time != 1 || batch * time != 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "time and batch are the first two axes");
    status = davy_argument_indices(call, 1);
    if (status == DAVY_OK && davy_tensor_count(call->in[1]) != in->dims[batch])
        status =
            davy_call_fail(call, DAVY_ERR_INVALID, "%" PRId64 " lengths for %" PRId64 " sequences",
                           davy_tensor_count(call->in[1]), in->dims[batch]);
    return status == DAVY_OK ? davy_result_like(call, 0, in->type, in) : status;
}

static davy_status reverse_forward(const davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const bool batch_first = davy_node_int(call->node, "batch_axis", 1) == 0;
    const int64_t batch = in->dims[!batch_first], time = in->dims[batch_first];
    const size_t bytes = (size_t) davy_tensor_span(in, 2, in->rank) * davy_type_size(in->type);

    for (int64_t b = 0; b < batch; b++) {
        const int64_t length = davy_tensor_int(call->in[1], b);

        if (length < 0 || length > time)
            return davy_call_fail(call, DAVY_ERR_INVALID, "length %" PRId64 " of %" PRId64, length,
                                  time);
        for (int64_t t = 0; t < time; t++) {
            const int64_t from = t < length ? length - 1 - t : t;

            memcpy((char *) call->out[0]->data +
                       (size_t) (batch_first ? b * time + t : t * batch + b) * bytes,
                   (const char *) in->data +
                       (size_t) (batch_first ? b * time + from : from * batch + b) * bytes,
                   bytes);
        }
    }
    return DAVY_OK;
}

const davy_op davy_op_top_k = {.name = "top_k",
                               .onnx = "TopK",
                               .in_min = 2,
                               .in_max = 2,
                               .out_max = 2,
                               .state_size = sizeof(top_k),
                               .prepare = top_k_prepare,
                               .forward = top_k_forward};
const davy_op davy_op_reverse_sequence = {.name = "reverse_sequence",
                                          .onnx = "ReverseSequence",
                                          .in_min = 2,
                                          .in_max = 2,
                                          .out_max = 1,
                                          .prepare = reverse_prepare,
                                          .forward = reverse_forward};
