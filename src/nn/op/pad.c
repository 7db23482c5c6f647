/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pad: more, or fewer, elements at both ends of every axis.
 *
 * For each axis a table says which element of the input stands at each index of the result, or that
 * it is new. Constant, edge and reflect differ in that table alone, and the way back reads it too.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

#define NEW (-1) /* an element of the constant */

typedef struct pad {
    int64_t *source[DAVY_RANK_MAX]; /* [dims of the result] */
    int64_t strides[DAVY_RANK_MAX]; /* of the input */
} pad;

/* Where index `i` of an axis of `length` comes from. */
typedef int64_t pad_mode(int64_t i, int64_t length);

static int64_t constant_index(int64_t i, int64_t length)
{
    return i < 0 || i >= length ? NEW : i;
}

static int64_t edge_index(int64_t i, int64_t length)
{
    return i < 0 ? 0 : i >= length ? length - 1 : i;
}

/* There and back without the ends twice: 2 1 [0 1 2] 1 0 1 ... */
static int64_t reflect_index(int64_t i, int64_t length)
{
    const int64_t period = 2 * (length - 1);
    int64_t at;

    if (length == 1)
        return 0;
    at = i % period;
    at += at < 0 ? period : 0;
    return at < length ? at : period - at;
}

static pad_mode *find_mode(const davy_call *call)
{
    static const struct {
        const char *name;
        pad_mode *index;
    } modes[] = {{"constant", constant_index}, {"edge", edge_index}, {"reflect", reflect_index}};
    const char *name = davy_node_text(call->node, "mode", "constant");

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(modes); i++)
        if (strcmp(modes[i].name, name) == 0)
            return modes[i].index;
    return NULL;
}

static davy_status padded_dims(const davy_call *call, bool constant, int64_t *begins, int64_t *dims)
{
    const davy_tensor *in = call->in[0];
    int64_t pads[2 * DAVY_RANK_MAX];
    size_t count = 0;
    davy_status status = davy_argument_list(call, 1, DAVY_ARRAY_LENGTH(pads), pads, &count);

    if (status == DAVY_OK && count != 2 * (size_t) in->rank)
        status =
            davy_call_fail(call, DAVY_ERR_INVALID, "%zu pads for %d dimensions", count, in->rank);
    for (int d = 0; status == DAVY_OK && d < in->rank; d++) {
        const int64_t begin = pads[d], end = pads[in->rank + d];

        if (begin < -DAVY_ELEMENTS_MAX || begin > DAVY_ELEMENTS_MAX || end < -DAVY_ELEMENTS_MAX ||
            end > DAVY_ELEMENTS_MAX)
            status =
                davy_call_fail(call, DAVY_ERR_FULL, "pads of %" PRId64 " and %" PRId64, begin, end);
        else if (!constant && in->dims[d] == 0 && (begin > 0 || end > 0))
            status = davy_call_fail(call, DAVY_ERR_INVALID, "an empty axis has nothing to repeat");
        if (status != DAVY_OK)
            break;
        begins[d] = begin;
        dims[d] = in->dims[d] + begin + end;
    }
    return status;
}

static davy_status pad_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0], *constant = davy_argument(call, 2);
    pad_mode *index = find_mode(call);
    pad *state = call->state;
    int64_t begins[DAVY_RANK_MAX], dims[DAVY_RANK_MAX], stride = 1;
    davy_tensor shape;
    davy_status status;

    if (!index)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "mode '%s'",
                              davy_node_text(call->node, "mode", ""));
    if (constant && (davy_tensor_count(constant) != 1 || constant->type != in->type))
        return davy_call_fail(call, DAVY_ERR_INVALID, "the constant is not one %s",
                              davy_type_name(in->type));
    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = padded_dims(call, index == constant_index, begins, dims);
    if (status == DAVY_OK)
        status = davy_result(call, 0, in->type, in->rank, dims);
    if (status == DAVY_OK)
        status = davy_tensor_shape(&shape, in->type, in->rank, dims);
    if (status != DAVY_OK || davy_tensor_count(&shape) == 0)
        return status;
    for (int d = in->rank; d-- > 0; stride *= in->dims[d]) {
        state->strides[d] = stride;
        state->source[d] = davy_call_keep(call, (size_t) dims[d] * sizeof(int64_t));
        if (!state->source[d])
            return davy_call_fail(call, DAVY_ERR_NOMEM, "a table of %" PRId64 " indices", dims[d]);
        for (int64_t i = 0; i < dims[d]; i++)
            state->source[d][i] = index(i - begins[d], in->dims[d]);
    }
    return DAVY_OK;
}

/* The element of the input that the row `row` of the result starts from, or NEW. */
static int64_t row_source(const pad *state, const davy_tensor *out, int64_t row)
{
    int64_t element = 0;

    for (int d = out->rank - 1; d-- > 0;) {
        const int64_t from = state->source[d][row % out->dims[d]];

        if (from == NEW)
            return NEW;
        element += from * state->strides[d];
        row /= out->dims[d];
    }
    return element;
}

#define ROW(type)                                                                        \
    do {                                                                                 \
        const type *src = (const type *) call->in[0]->data + (first == NEW ? 0 : first); \
        type fill, *dst = (type *) call->out[0]->data + row * width;                     \
        memcpy(&fill, constant, sizeof fill);                                            \
        for (int64_t i = 0; i < width; i++)                                              \
            dst[i] = first == NEW || source[i] == NEW ? fill : src[source[i]];           \
    } while (0)

static void pad_row(const davy_call *call, int64_t row, int64_t width, const void *constant)
{
    static const int64_t only[] = {0};
    const pad *state = call->state;
    const davy_tensor *out = call->out[0];
    const int64_t first = row_source(state, out, row);
    const int64_t *source = out->rank > 0 ? state->source[out->rank - 1] : only;

    switch (davy_type_size(out->type)) {
    case 1:
        ROW(uint8_t);
        break;
    case 2:
        ROW(uint16_t);
        break;
    case 4:
        ROW(uint32_t);
        break;
    default:
        ROW(uint64_t);
    }
}

static davy_status pad_forward(const davy_call *call)
{
    const davy_tensor *out = call->out[0], *constant = davy_argument(call, 2);
    const int64_t width = out->rank > 0 ? out->dims[out->rank - 1] : 1;
    const uint64_t zero = 0;

    for (int64_t row = 0; width > 0 && row < davy_tensor_count(out) / width; row++)
        pad_row(call, row, width, constant ? constant->data : &zero);
    return DAVY_OK;
}

static void pad_backward(const davy_call *call)
{
    const pad *state = call->state;
    const davy_tensor *diff_out = call->diff_out[0];
    const int64_t width = diff_out->rank > 0 ? diff_out->dims[diff_out->rank - 1] : 1;
    davy_tensor *diff_in = call->diff_in[0];

    if (!diff_in)
        return;
    if (!call->diff_add[0])
        memset(diff_in->data, 0, davy_tensor_bytes(diff_in));
    for (int64_t row = 0; width > 0 && row < davy_tensor_count(diff_out) / width; row++) {
        const int64_t first = row_source(state, diff_out, row);

        for (int64_t i = 0; first != NEW && i < width; i++) {
            const int64_t from = diff_out->rank > 0 ? state->source[diff_out->rank - 1][i] : 0;

            if (from != NEW)
                davy_f32(diff_in)[first + from] += davy_f32(diff_out)[row * width + i];
        }
    }
}

const davy_op davy_op_pad = {.name = "pad",
                             .onnx = "Pad",
                             .in_min = 2,
                             .in_max = 3,
                             .out_max = 1,
                             .state_size = sizeof(pad),
                             .prepare = pad_prepare,
                             .forward = pad_forward,
                             .backward = pad_backward};
