/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept depends on the numbers: non_zero, compress, unique.
 *
 * They are prepared when the numbers are there.
 */
#include "nn/op/line.h"
#include "nn/op/order.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

static bool is_set(const davy_tensor *tensor, int64_t i)
{
    static const uint64_t zero = 0;
    const size_t size = davy_type_size(tensor->type);

    if (davy_type_is_float(tensor->type)) /* -0.0 is zero too */
        return davy_tensor_number(tensor, i) != 0;
    return memcmp((const char *) tensor->data + (size_t) i * size, &zero, size) != 0;
}

static davy_status non_zero_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    int64_t count = 0;

    if (!davy_call_constant(call, 0))
        return DAVY_OK;
    if (davy_type_wide(in->type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%s", davy_type_name(in->type));
    for (int64_t i = 0; i < davy_tensor_count(in); i++)
        count += is_set(in, i);
    return davy_result(call, 0, DAVY_TYPE_I64, 2, (int64_t[]){in->rank, count});
}

static davy_status non_zero_forward(const davy_call *call)
{
    const davy_tensor *in = call->in[0], *out = call->out[0];
    int64_t made = 0;

    for (int64_t i = 0; i < davy_tensor_count(in); i++) {
        int64_t rest = i;

        if (!is_set(in, i))
            continue;
        for (int d = in->rank; d-- > 0; rest /= in->dims[d])
            ((int64_t *) out->data)[d * out->dims[1] + made] = rest % in->dims[d];
        made++;
    }
    return DAVY_OK;
}

/* The input as [outer, length, inner]; without an axis all of it is one line. */
static davy_status whole_or_axis(const davy_call *call, davy_lines *lines, int *axis)
{
    const davy_tensor *in = call->in[0];
    const davy_attribute *attribute = davy_node_attribute(call->node, "axis");
    davy_status status;

    *axis = -1;
    *lines = (davy_lines){1, davy_tensor_count(in), 1};
    if (!attribute)
        return DAVY_OK;
    status = davy_argument_axis(call, davy_node_int(call->node, "axis", 0), in->rank, axis);
    if (status == DAVY_OK)
        *lines = davy_lines_of(in, *axis);
    return status;
}

/* The result of keeping `count` indices of an axis, or of the flat input. */
static davy_status result_of_kept(const davy_call *call, int axis, int64_t count)
{
    davy_tensor kept = *call->in[0];

    if (axis < 0)
        kept.rank = 1;
    kept.dims[axis < 0 ? 0 : axis] = count;
    return davy_result_like(call, 0, kept.type, &kept);
}

static bool is_kept(const davy_tensor *condition, int64_t i)
{
    return i < condition->dims[0] && ((const uint8_t *) condition->data)[i] != 0;
}

static davy_status compress_prepare(davy_call *call)
{
    davy_lines *lines = call->state;
    int64_t count = 0;
    int axis = 0;
    davy_status status = davy_call_expect(call, 1, DAVY_TYPE_BOOL, 1);

    if (status == DAVY_OK)
        status = whole_or_axis(call, lines, &axis);
    if (status != DAVY_OK || !davy_call_constant(call, 1))
        return status;
    for (int64_t i = 0; i < lines->length; i++)
        count += is_kept(call->in[1], i);
    return result_of_kept(call, axis, count);
}

static davy_status compress_forward(const davy_call *call)
{
    const davy_lines *lines = call->state;
    const size_t bytes = (size_t) lines->inner * davy_type_size(call->in[0]->type);
    const char *src = call->in[0]->data;
    char *dst = call->out[0]->data;

    for (int64_t o = 0; o < lines->outer; o++)
        for (int64_t i = 0; i < lines->length; i++, src += bytes)
            if (is_kept(call->in[1], i)) {
                memcpy(dst, src, bytes);
                dst += bytes;
            }
    return DAVY_OK;
}

/* Slices of the input along the axis, each [outer, inner]. */
typedef struct unique {
    davy_lines lines;
    const davy_tensor *in;
    int64_t *order; /* slices sorted by their numbers, equal ones by where they stand */
    int64_t *group; /* [length] which distinct slice, in the order of results */
    int64_t *first; /* [count] where it stands first */
    int64_t count;
} unique;

static int compare_numbers(const davy_tensor *in, int64_t a, int64_t b)
{
    if (davy_type_is_float(in->type)) {
        const double x = davy_tensor_number(in, a), y = davy_tensor_number(in, b);

        if (x != x || y != y) /* NaN last, and equal to itself */
            return (x != x) - (y != y);
        return (x > y) - (x < y);
    }
    if (davy_type_wide(in->type) == DAVY_TYPE_I64) {
        const int64_t x = davy_tensor_int(in, a), y = davy_tensor_int(in, b);

        return (x > y) - (x < y);
    }
    const uint64_t x = (uint64_t) davy_tensor_int(in, a), y = (uint64_t) davy_tensor_int(in, b);

    return (x > y) - (x < y);
}

static int compare_slices(const unique *state, int64_t a, int64_t b)
{
    const davy_lines *lines = &state->lines;

    for (int64_t o = 0; o < lines->outer; o++)
        for (int64_t i = 0; i < lines->inner; i++) {
            const int64_t base = o * lines->length;
            const int order = compare_numbers(state->in, (base + a) * lines->inner + i,
                                              (base + b) * lines->inner + i);

            if (order != 0)
                return order;
        }
    return 0;
}

static bool slice_before(const void *context, int64_t a, int64_t b)
{
    const int order = compare_slices(context, a, b);

    return order != 0 ? order < 0 : a < b;
}

static bool number_before(const void *context, int64_t a, int64_t b)
{
    const int64_t *first = context;

    return first[a] < first[b];
}

/* Number the distinct slices, sorted or as they come. */
static void find_groups(unique *state, bool sorted, int64_t *place)
{
    const int64_t length = state->lines.length;

    for (int64_t i = 0; i < length; i++)
        state->order[i] = i;
    davy_order_sort(state->order, length, slice_before, state);
    for (int64_t i = 0; i < length; i++) {
        if (i == 0 || compare_slices(state, state->order[i - 1], state->order[i]) != 0)
            state->first[state->count++] = state->order[i];
        state->group[state->order[i]] = state->count - 1;
    }
    if (sorted)
        return;
    for (int64_t i = 0; i < state->count; i++) /* sorted group -> where it comes by its first */
        state->order[i] = i;
    davy_order_sort(state->order, state->count, number_before, state->first);
    for (int64_t i = 0; i < state->count; i++)
        place[state->order[i]] = i;
    for (int64_t i = 0; i < length; i++)
        state->group[i] = place[state->group[i]];
    memcpy(place, state->first, (size_t) state->count * sizeof *place);
    for (int64_t i = 0; i < state->count; i++)
        state->first[i] = place[state->order[i]];
}

static davy_status unique_prepare(davy_call *call)
{
    unique *state = call->state;
    int axis = 0;
    int64_t *place;
    size_t bytes;
    davy_status status;

    if (!davy_call_constant(call, 0))
        return DAVY_OK;
    state->in = call->in[0];
    if (davy_type_wide(state->in->type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%s", davy_type_name(state->in->type));
    status = whole_or_axis(call, &state->lines, &axis);
    if (status != DAVY_OK)
        return status;
    bytes = (size_t) state->lines.length * sizeof(int64_t);
    state->order = davy_call_keep(call, bytes);
    state->group = davy_call_keep(call, bytes);
    state->first = davy_call_keep(call, bytes);
    place = davy_call_keep(call, bytes);
    if (!state->order || !state->group || !state->first || !place)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "%" PRId64 " slices", state->lines.length);
    find_groups(state, davy_node_int(call->node, "sorted", 1) != 0, place);
    status = result_of_kept(call, axis, state->count);
    for (size_t i = 1; status == DAVY_OK && i < 4; i++)
        status =
            davy_result(call, i, DAVY_TYPE_I64, 1, i == 2 ? &state->lines.length : &state->count);
    return status;
}

static int64_t *whole_numbers(const davy_call *call, size_t output)
{
    return output < call->out_count && call->out[output] ? call->out[output]->data : NULL;
}

static davy_status unique_forward(const davy_call *call)
{
    const unique *state = call->state;
    const davy_lines *lines = &state->lines;
    const size_t bytes = (size_t) lines->inner * davy_type_size(call->in[0]->type);
    int64_t *first = whole_numbers(call, 1), *group = whole_numbers(call, 2);
    int64_t *counts = whole_numbers(call, 3);

    for (int64_t o = 0; call->out[0] && o < lines->outer; o++)
        for (int64_t i = 0; i < state->count; i++)
            memcpy((char *) call->out[0]->data + (size_t) (o * state->count + i) * bytes,
                   (const char *) call->in[0]->data +
                       (size_t) (o * lines->length + state->first[i]) * bytes,
                   bytes);
    if (first)
        memcpy(first, state->first, (size_t) state->count * sizeof *first);
    if (group)
        memcpy(group, state->group, (size_t) lines->length * sizeof *group);
    if (counts)
        memset(counts, 0, (size_t) state->count * sizeof *counts);
    for (int64_t i = 0; counts && i < lines->length; i++)
        counts[state->group[i]]++;
    return DAVY_OK;
}

const davy_op davy_op_non_zero = {.name = "non_zero",
                                  .onnx = "NonZero",
                                  .in_min = 1,
                                  .in_max = 1,
                                  .out_max = 1,
                                  .prepare = non_zero_prepare,
                                  .forward = non_zero_forward};
const davy_op davy_op_compress = {.name = "compress",
                                  .onnx = "Compress",
                                  .in_min = 2,
                                  .in_max = 2,
                                  .out_max = 1,
                                  .state_size = sizeof(davy_lines),
                                  .prepare = compress_prepare,
                                  .forward = compress_forward};
const davy_op davy_op_unique = {.name = "unique",
                                .onnx = "Unique",
                                .in_min = 1,
                                .in_max = 1,
                                .out_max = 4,
                                .state_size = sizeof(unique),
                                .prepare = unique_prepare,
                                .forward = unique_forward};
