/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elements and slices by index: gather_elements, gather_nd, scatter_elements, scatter_nd.
 *
 * Indices are data: a first pass checks them all before anything is written.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

static davy_status out_of_range(const davy_call *call, int64_t index, int64_t length)
{
    return davy_call_fail(call, DAVY_ERR_INVALID, "index %" PRId64 " of %" PRId64, index, length);
}

/* The element of `data` that position `i` of `indices` stands for: the same place, but on the axis
 * the index. -1 when the index is out of range. */
static int64_t element_at(const davy_tensor *data, const davy_tensor *indices, int axis, int64_t i)
{
    int64_t element = 0, stride = 1, rest = i;

    for (int d = data->rank; d-- > 0;) {
        const int64_t place = d == axis ? davy_index(davy_tensor_int(indices, i), data->dims[d])
                                        : rest % indices->dims[d];

        if (place < 0)
            return -1;
        element += place * stride;
        stride *= data->dims[d];
        rest /= indices->dims[d];
    }
    return element;
}

static davy_status elements_check(const davy_call *call, int axis)
{
    const davy_tensor *data = call->in[0], *indices = call->in[1];

    for (int64_t i = 0; i < davy_tensor_count(indices); i++)
        if (davy_index(davy_tensor_int(indices, i), data->dims[axis]) < 0)
            return out_of_range(call, davy_tensor_int(indices, i), data->dims[axis]);
    return DAVY_OK;
}

static davy_status elements_axis(const davy_call *call, int *axis)
{
    const davy_tensor *data = call->in[0], *indices = call->in[1];
    davy_status status = davy_argument_indices(call, 1);

    if (status == DAVY_OK)
        status = davy_argument_axis(call, davy_node_int(call->node, "axis", 0), data->rank, axis);
    if (status == DAVY_OK && indices->rank != data->rank)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "indices of %d dimensions for %d",
                                indices->rank, data->rank);
    for (int d = 0; status == DAVY_OK && d < data->rank; d++)
        if (d != *axis && indices->dims[d] > data->dims[d])
            status = davy_call_fail(call, DAVY_ERR_INVALID, "more indices than elements");
    return status;
}

/* How an update meets what is there, by wide type. */
typedef struct reduction reduction;

typedef struct scatter {
    int axis;       /* of scatter_elements */
    int64_t slices; /* of scatter_nd and gather_nd: how many, and the elements of one */
    int64_t slice;
    int batch; /* of gather_nd: leading dims that indices and data share */
    const reduction *reduction;
} scatter;

static davy_status gather_elements_prepare(davy_call *call)
{
    scatter *state = call->state;
    const davy_status status = elements_axis(call, &state->axis);

    return status == DAVY_OK ? davy_result_like(call, 0, call->in[0]->type, call->in[1]) : status;
}

static davy_status gather_elements_forward(const davy_call *call)
{
    const int axis = ((const scatter *) call->state)->axis;
    const davy_tensor *data = call->in[0], *out = call->out[0];
    const size_t size = davy_type_size(data->type);
    const davy_status status = elements_check(call, axis);

    for (int64_t i = 0; status == DAVY_OK && i < davy_tensor_count(out); i++)
        memcpy((char *) out->data + (size_t) i * size,
               (const char *) data->data + (size_t) element_at(data, call->in[1], axis, i) * size,
               size);
    return status;
}

typedef void update(void *to, const void *from);
struct reduction {
    const char *name;
    update *f32, *f64, *u64;
};

#define UPDATE(name, type, operation)                                \
    static void name(void *to, const void *from)                     \
    {                                                                \
        *(type *) to = *(type *) to operation * (const type *) from; \
    }
UPDATE(add_f32, float, +)
UPDATE(add_f64, double, +)
UPDATE(add_u64, uint64_t, +)
UPDATE(mul_f32, float, *)
UPDATE(mul_f64, double, *)
UPDATE(mul_u64, uint64_t, *)

static const reduction reductions[] = {
    {"none", NULL, NULL, NULL},
    {"add", add_f32, add_f64, add_u64},
    {"mul", mul_f32, mul_f64, mul_u64},
};

static davy_status find_reduction(const davy_call *call, scatter *state)
{
    const char *name = davy_node_text(call->node, "reduction", "none");

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(reductions); i++)
        if (strcmp(reductions[i].name, name) == 0)
            state->reduction = &reductions[i];
    if (!state->reduction)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "reduction '%s'", name);
    if (state->reduction->f32 && (davy_type_wide(call->in[0]->type) == DAVY_TYPE_NONE ||
                                  call->in[0]->type == DAVY_TYPE_BOOL))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(call->in[0]->type));
    return DAVY_OK;
}

/* Elements to .. of out meet elements from .. of the updates. */
static void put(const davy_call *call, const reduction *how, int64_t to, int64_t from,
                int64_t count)
{
    const davy_tensor *out = call->out[0], *updates = call->in[2];
    const davy_type type = out->type, wide = davy_type_wide(type);
    const size_t size = davy_type_size(type);
    char *dst = (char *) out->data + (size_t) to * size;
    const char *src = (const char *) updates->data + (size_t) from * size;
    update *meet = wide == DAVY_TYPE_F32 ? how->f32 : wide == DAVY_TYPE_F64 ? how->f64 : how->u64;

    if (!meet) {
        memcpy(dst, src, (size_t) count * size);
        return;
    }
    for (int64_t i = 0; i < count; i++, dst += size, src += size) {
        uint64_t a, b;

        davy_convert(type, wide, 1, dst, &a);
        davy_convert(type, wide, 1, src, &b);
        meet(&a, &b);
        davy_convert(wide, type, 1, &a, dst);
    }
}

/* The result starts as the data; in place there is nothing to do. */
static void copy_data(const davy_call *call)
{
    if (call->out[0]->data != call->in[0]->data)
        memcpy(call->out[0]->data, call->in[0]->data, davy_tensor_bytes(call->in[0]));
}

static davy_status scatter_elements_prepare(davy_call *call)
{
    scatter *state = call->state;
    davy_status status = elements_axis(call, &state->axis);

    if (status == DAVY_OK)
        status = find_reduction(call, state);
    if (status == DAVY_OK && (!davy_tensor_same_shape(call->in[1], call->in[2]) ||
                              call->in[0]->type != call->in[2]->type))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "updates do not fit the indices");
    return status == DAVY_OK ? davy_result_like(call, 0, call->in[0]->type, call->in[0]) : status;
}

static davy_status scatter_elements_forward(const davy_call *call)
{
    const scatter *state = call->state;
    const davy_status status = elements_check(call, state->axis);

    if (status == DAVY_OK)
        copy_data(call);
    for (int64_t i = 0; status == DAVY_OK && i < davy_tensor_count(call->in[1]); i++)
        put(call, state->reduction, element_at(call->in[0], call->in[1], state->axis, i), i, 1);
    return status;
}

/* The last dim of the indices is a place in the data, from dim `batch` on; what is left of the data
 * is a slice. */
static davy_status slices_of(const davy_call *call, int batch, scatter *state)
{
    const davy_tensor *data = call->in[0], *indices = call->in[1];
    const int64_t depth = indices->rank > 0 ? indices->dims[indices->rank - 1] : -1;
    const davy_status status = davy_argument_indices(call, 1);

    if (status != DAVY_OK)
        return status;
    if (batch < 0 || batch >= indices->rank || depth < 0 || depth > data->rank - batch)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "indices of %" PRId64 " numbers for %d dimensions", depth,
                              data->rank - batch);
    for (int d = 0; d < batch; d++)
        if (data->dims[d] != indices->dims[d])
            return davy_call_fail(call, DAVY_ERR_INVALID, "batches of different sizes");
    state->batch = batch;
    state->slices = davy_tensor_span(indices, 0, indices->rank - 1);
    state->slice = davy_tensor_span(data, batch + (int) depth, data->rank);
    return DAVY_OK;
}

/* The first element of slice `i`, or -1 with *bad and *length set. */
static int64_t slice_at(const davy_call *call, int64_t i, int64_t *bad, int64_t *length)
{
    const scatter *state = call->state;
    const davy_tensor *data = call->in[0], *indices = call->in[1];
    const int64_t depth = indices->dims[indices->rank - 1];
    const int64_t group = davy_tensor_span(indices, state->batch, indices->rank - 1);
    int64_t place = i / group;

    for (int64_t k = 0; k < depth; k++) {
        const int64_t index = davy_tensor_int(indices, i * depth + k);
        const int64_t at = davy_index(index, data->dims[state->batch + k]);

        if (at < 0) {
            *bad = index;
            *length = data->dims[state->batch + k];
            return -1;
        }
        place = place * data->dims[state->batch + k] + at;
    }
    return place * state->slice;
}

static davy_status slices_check(const davy_call *call)
{
    const scatter *state = call->state;

    for (int64_t i = 0; i < state->slices; i++) {
        int64_t bad = 0, length = 0;

        if (slice_at(call, i, &bad, &length) < 0)
            return out_of_range(call, bad, length);
    }
    return DAVY_OK;
}

static davy_status gather_nd_prepare(davy_call *call)
{
    const davy_tensor *data = call->in[0], *indices = call->in[1];
    scatter *state = call->state;
    const int64_t batch = davy_node_int(call->node, "batch_dims", 0);
    int64_t dims[2 * DAVY_RANK_MAX];
    int rank = 0;
    davy_status status =
        slices_of(call, batch >= 0 && batch < DAVY_RANK_MAX ? (int) batch : -1, state);

    if (status != DAVY_OK)
        return status;
    for (int d = 0; d < indices->rank - 1; d++)
        dims[rank++] = indices->dims[d];
    for (int d = state->batch + (int) indices->dims[indices->rank - 1]; d < data->rank; d++)
        dims[rank++] = data->dims[d];
    return davy_result(call, 0, data->type, rank, dims);
}

static davy_status gather_nd_forward(const davy_call *call)
{
    const scatter *state = call->state;
    const size_t bytes = (size_t) state->slice * davy_type_size(call->in[0]->type);
    const davy_status status = slices_check(call);
    int64_t bad, length;

    for (int64_t i = 0; status == DAVY_OK && i < state->slices; i++)
        memcpy((char *) call->out[0]->data + (size_t) i * bytes,
               (const char *) call->in[0]->data +
                   (size_t) slice_at(call, i, &bad, &length) * davy_type_size(call->in[0]->type),
               bytes);
    return status;
}

static davy_status scatter_nd_prepare(davy_call *call)
{
    scatter *state = call->state;
    davy_status status = slices_of(call, 0, state);

    if (status == DAVY_OK)
        status = find_reduction(call, state);
    if (status == DAVY_OK && (davy_tensor_count(call->in[2]) != state->slices * state->slice ||
                              call->in[0]->type != call->in[2]->type))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "updates do not fit the indices");
    return status == DAVY_OK ? davy_result_like(call, 0, call->in[0]->type, call->in[0]) : status;
}

static davy_status scatter_nd_forward(const davy_call *call)
{
    const scatter *state = call->state;
    const davy_status status = slices_check(call);
    int64_t bad, length;

    if (status == DAVY_OK)
        copy_data(call);
    for (int64_t i = 0; status == DAVY_OK && i < state->slices; i++)
        put(call, state->reduction, slice_at(call, i, &bad, &length), i * state->slice,
            state->slice);
    return status;
}

#define INDEXED(name_, onnx_, inputs_, flags_, prepare_, forward_)                                \
    {                                                                                             \
        .name = (name_), .onnx = (onnx_), .in_min = (inputs_), .in_max = (inputs_), .out_max = 1, \
        .flags = (flags_), .state_size = sizeof(scatter), .prepare = (prepare_),                  \
        .forward = (forward_)                                                                     \
    }

const davy_op davy_op_gather_elements = INDEXED("gather_elements", "GatherElements", 2, 0,
                                                gather_elements_prepare, gather_elements_forward);
const davy_op davy_op_gather_nd =
    INDEXED("gather_nd", "GatherND", 2, 0, gather_nd_prepare, gather_nd_forward);
const davy_op davy_op_scatter = INDEXED("scatter", "Scatter", 3, DAVY_OP_IN_PLACE,
                                        scatter_elements_prepare, scatter_elements_forward);
const davy_op davy_op_scatter_elements =
    INDEXED("scatter_elements", "ScatterElements", 3, DAVY_OP_IN_PLACE, scatter_elements_prepare,
            scatter_elements_forward);
const davy_op davy_op_scatter_nd =
    INDEXED("scatter_nd", "ScatterND", 3, DAVY_OP_IN_PLACE, scatter_nd_prepare, scatter_nd_forward);
