/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/op.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------------------- RNN, GRU, LSTM */

struct cell {
    const char *op, *type;
    size_t gates;
    unsigned char order[4]; /* gate i of ONNX is gate order[i] of the engine */
};

static const struct cell *cell_of(const davy_node *node)
{
    static const struct cell cells[] = {
        {"gru", "GRU", 3, {1, 0, 2}}, {"lstm", "LSTM", 4, {0, 3, 1, 2}}, {"rnn", "RNN", 1, {0}}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cells); i++)
        if (strcmp(cells[i].op, node->op->name) == 0)
            return &cells[i];
    return NULL;
}

static int64_t directions(const davy_node *node)
{
    return strcmp(davy_node_text(node, "direction", "forward"), "bidirectional") == 0 ? 2 : 1;
}

/* [D, C, G H] of the engine as [D, G H, C], gates in ONNX's order. */
static const char *weights(davy_exporter *exporter, const davy_node *node, size_t input,
                           const struct cell *cell)
{
    const davy_tensor *from = davy_export_fixed(exporter, node, input);
    int64_t columns, channels, units;
    davy_tensor to;
    float *numbers;

    if (!from)
        return "";
    channels = from->dims[1];
    columns = from->dims[2];
    units = columns / (int64_t) cell->gates;
    to = *from;
    to.dims[1] = columns;
    to.dims[2] = channels;
    numbers = davy_export_take(exporter, (size_t) davy_tensor_count(from), sizeof *numbers);
    if (!numbers)
        return "";
    for (int64_t d = 0; d < from->dims[0]; d++)
        for (int64_t i = 0; i < columns; i++) {
            const int64_t column = cell->order[i / units] * units + i % units;

            for (int64_t c = 0; c < channels; c++)
                numbers[(d * columns + i) * channels + c] =
                    davy_f32(from)[(d * channels + c) * columns + column];
        }
    to.data = numbers;
    return davy_export_tensor(exporter, exporter->names[node->in[input]], &to);
}

/* [D, G H] or [D, 2 G H] as [D, 2 G H]: the state's half is zeros where the engine has one bias. */
static const char *biases(davy_exporter *exporter, const davy_node *node, const struct cell *cell,
                          int64_t columns)
{
    const davy_tensor *from;
    const int64_t units = columns / (int64_t) cell->gates;
    davy_tensor to;
    float *numbers;

    if (node->in_count <= 3 || node->in[3] == DAVY_VALUE_NONE)
        return "";
    from = davy_export_fixed(exporter, node, 3);
    if (!from)
        return "";
    to = *from;
    to.dims[1] = 2 * columns;
    numbers = davy_export_take(exporter, (size_t) davy_tensor_count(&to), sizeof *numbers);
    if (!numbers)
        return "";
    for (int64_t d = 0; d < from->dims[0]; d++)
        for (int64_t i = 0; i < from->dims[1]; i++) {
            const int64_t half = i / columns * columns, at = i % columns;
            const int64_t column = half + cell->order[at / units] * units + at % units;

            numbers[d * 2 * columns + i] = davy_f32(from)[d * from->dims[1] + column];
        }
    to.data = numbers;
    return davy_export_tensor(exporter, exporter->names[node->in[3]], &to);
}

/* [N, D H] to [D, N, H] */
static const char *state_in(davy_exporter *exporter, const davy_node *node, size_t input)
{
    static const int64_t order[] = {1, 0, 2};
    const int64_t dims[] = {0, directions(node), -1};

    if (node->in_count <= input || node->in[input] == DAVY_VALUE_NONE)
        return "";
    return davy_export_transpose(
        exporter,
        davy_export_reshape(exporter, davy_export_last(exporter, node->in[input]), dims, 3), order,
        3);
}

/* [D, N, H] to [N, D H] */
static const char *state_out(davy_exporter *exporter, const char *state)
{
    static const int64_t order[] = {1, 0, 2}, dims[] = {0, -1};

    return davy_export_reshape(exporter, davy_export_transpose(exporter, state, order, 3), dims, 2);
}

static void set_recurrent(davy_exporter *exporter, const davy_node *node, int64_t units)
{
    davy_export_set_int(exporter, "hidden_size", units);
    davy_export_copy(exporter, node, "direction");
    davy_export_copy(exporter, node, "linear_before_reset");
}

/* A plain network with relu needs its activation named for each direction. */
static bool is_plain(const davy_node *node)
{
    return strcmp(davy_node_text(node, "activation", "tanh"), "tanh") == 0;
}

void davy_export_recurrent(davy_exporter *exporter, const davy_node *node)
{
    static const int64_t swap[] = {1, 0, 2}, steps[] = {2, 0, 1, 3}, flat[] = {0, 0, -1};
    const struct cell *cell = cell_of(node);
    const davy_tensor *from = davy_export_fixed(exporter, node, 1);
    const int64_t columns = from ? from->dims[2] : 0;
    const char *x = davy_export_last(exporter, node->in[0]), *out[3];

    if (!from || !is_plain(node)) {
        davy_export_refuse(exporter, node, "its activation");
        return;
    }
    x = davy_export_transpose(exporter, x, swap, 3);
    {
        const char *in[] = {x,
                            weights(exporter, node, 1, cell),
                            weights(exporter, node, 2, cell),
                            biases(exporter, node, cell, columns),
                            "",
                            state_in(exporter, node, 4),
                            state_in(exporter, node, 5)};

        out[0] = davy_export_op(exporter, cell->type, in, DAVY_ARRAY_LENGTH(in));
    }
    set_recurrent(exporter, node, columns / (int64_t) cell->gates);
    for (size_t i = 1; i < node->out_count; i++)
        out[i] = davy_export_more(exporter);
    if (node->out[0] != DAVY_VALUE_NONE)
        davy_export_made_last(exporter, node->out[0],
                              davy_export_reshape(exporter,
                                                  davy_export_transpose(exporter, out[0], steps, 4),
                                                  flat, 3));
    for (size_t i = 1; i < node->out_count; i++)
        if (node->out[i] != DAVY_VALUE_NONE)
            davy_export_made_last(exporter, node->out[i], state_out(exporter, out[i]));
}

/* -------------------------------------------------------------------- gated linear recurrence */

static Onnx__ValueInfoProto *float_value(davy_exporter *exporter, const char *name)
{
    Onnx__ValueInfoProto *info = davy_export_take(exporter, 1, sizeof *info);
    Onnx__TypeProto *type = davy_export_take(exporter, 1, sizeof *type);
    Onnx__TypeProto__Tensor *tensor = davy_export_take(exporter, 1, sizeof *tensor);

    if (!info || !type || !tensor)
        return NULL;
    onnx__value_info_proto__init(info);
    onnx__type_proto__init(type);
    onnx__type_proto__tensor__init(tensor);
    tensor->has_elem_type = 1;
    tensor->elem_type = (int32_t) DAVY_TYPE_F32;
    type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    info->name = davy_export_text(exporter, name);
    info->type = type;
    return info;
}

/* h' = a h + b, given out as the state and as the step. Names are the body's own. */
static Onnx__GraphProto *scan_body(davy_exporter *exporter, const char *prefix)
{
    static const char *const names[] = {"h", "a", "b", "ah", "next", "step"};
    enum { H, A, B, AH, NEXT, STEP, NAMES };
    Onnx__GraphProto *body = davy_export_take(exporter, 1, sizeof *body);
    Onnx__ValueInfoProto **values = davy_export_take(exporter, 5, sizeof *values);
    const size_t before = exporter->node_count;
    Onnx__NodeProto **nodes = davy_export_take(exporter, 3, sizeof(Onnx__NodeProto *));
    char *full[NAMES];

    for (size_t i = 0; i < NAMES; i++) {
        const size_t size = strlen(prefix) + strlen(names[i]) + 2;

        full[i] = davy_export_take(exporter, size, 1);
        if (!full[i] || !body || !values || !nodes)
            return NULL;
        (void) strcat(strcat(strcpy(full[i], prefix), "_"), names[i]);
    }
    (void) davy_export_op2(exporter, "Mul", full[A], full[H]);
    (void) davy_export_op2(exporter, "Add", full[AH], full[B]);
    (void) davy_export_op1(exporter, "Identity", full[NEXT]);
    if (exporter->status != DAVY_OK)
        return NULL;
    memcpy(nodes, exporter->nodes + before, 3 * sizeof(Onnx__NodeProto *));
    exporter->node_count = before; /* they belong to the body */
    nodes[0]->output[0] = full[AH];
    nodes[1]->output[0] = full[NEXT];
    nodes[2]->output[0] = full[STEP];
    for (size_t i = 0; i < 3; i++) {
        nodes[i]->name = nodes[i]->output[0];
        values[i] = float_value(exporter, full[i]);
    }
    values[3] = float_value(exporter, full[NEXT]);
    values[4] = float_value(exporter, full[STEP]);
    onnx__graph_proto__init(body);
    body->name = full[NEXT];
    body->n_node = 3;
    body->node = nodes;
    body->n_input = 3;
    body->input = values;
    body->n_output = 2;
    body->output = values + 3;
    return body;
}

/* One direction of weights [D, C, 2 H] or bias [D, 2 H]. */
static const char *direction_of(davy_exporter *exporter, const davy_node *node, size_t input,
                                int64_t direction)
{
    const davy_tensor *from = davy_export_fixed(exporter, node, input);
    davy_tensor part;

    if (!from)
        return "";
    part = *from;
    part.rank--;
    memmove(part.dims, part.dims + 1, (size_t) part.rank * sizeof *part.dims);
    part.data = davy_f32(from) + direction * davy_tensor_count(&part);
    return davy_export_tensor(exporter, "", &part);
}

/* a = sigmoid(x Wa + ba), b = (1 - a) (x Wv + bv), then h(t) = a(t) h(t-1) + b(t). */
static void scan_direction(davy_exporter *exporter, const davy_node *node, int64_t direction,
                           bool reverse, const char *out[2])
{
    const int64_t axes[] = {1, 1}, backward[] = {1, 1}, zero = 0;
    const char *x = davy_export_op2(exporter, "MatMul", davy_export_last(exporter, node->in[0]),
                                    direction_of(exporter, node, 1, direction));
    const char *gate, *value, *kept, *rest, *start;

    if (node->in_count > 3 && node->in[3] != DAVY_VALUE_NONE)
        x = davy_export_op2(exporter, "Add", x, direction_of(exporter, node, 3, direction));
    gate = davy_export_op1(exporter, "Split", x);
    davy_export_set_int(exporter, "axis", 2);
    value = davy_export_more(exporter);
    gate = davy_export_op1(exporter, "Sigmoid", gate);
    rest = davy_export_op2(exporter, "Sub", davy_export_number(exporter, 1.0F), gate);
    kept = davy_export_op2(exporter, "Mul", rest, value);
    start = davy_export_op2(exporter, "Gather", gate, davy_export_ints(exporter, &zero, 1));
    davy_export_set_int(exporter, "axis", 1);
    start =
        davy_export_op2(exporter, "Squeeze", start, davy_export_ints(exporter, &(int64_t){1}, 1));
    start = davy_export_op2(exporter, "Mul", start, davy_export_number(exporter, 0.0F));
    {
        Onnx__GraphProto *body = scan_body(exporter, gate);
        const char *in[] = {start, gate, kept};

        out[1] = davy_export_op(exporter, "Scan", in, 3);
        out[0] = davy_export_more(exporter);
        davy_export_set_graph(exporter, "body", body);
    }
    davy_export_set_int(exporter, "num_scan_inputs", 2);
    davy_export_set_ints(exporter, "scan_input_axes", axes, 2);
    davy_export_set_ints(exporter, "scan_output_axes", axes, 1);
    if (reverse) {
        davy_export_set_ints(exporter, "scan_input_directions", backward, 2);
        davy_export_set_ints(exporter, "scan_output_directions", backward, 1);
    }
}

void davy_export_linear_recurrence(davy_exporter *exporter, const davy_node *node)
{
    const char *direction = davy_node_text(node, "direction", "forward");
    const int64_t count = directions(node);
    const char *parts[2][2];

    if (node->in_count > 4) {
        davy_export_refuse(exporter, node, "it has an initial state");
        return;
    }
    for (int64_t d = 0; d < count; d++)
        scan_direction(exporter, node, d, d == 1 || strcmp(direction, "reverse") == 0, parts[d]);
    for (size_t i = 0; i < node->out_count; i++) {
        const char *y = parts[0][i];

        if (node->out[i] == DAVY_VALUE_NONE)
            continue;
        if (count == 2) {
            y = davy_export_op2(exporter, "Concat", parts[0][i], parts[1][i]);
            davy_export_set_int(exporter, "axis", i == 0 ? 2 : 1);
        } else {
            y = davy_export_op1(exporter, "Identity", y);
        }
        davy_export_made_last(exporter, node->out[i], y);
    }
}

/* ---------------------------------------------------------------------------------- attention */

/* [N, T, D] to [N, heads, T, D / heads], or with the last two turned round. */
static const char *heads_of(davy_exporter *exporter, const char *x, int64_t heads, bool turned)
{
    static const int64_t straight[] = {0, 2, 1, 3}, round[] = {0, 2, 3, 1};
    const int64_t dims[] = {0, 0, heads, -1};

    return davy_export_transpose(exporter, davy_export_reshape(exporter, x, dims, 4),
                                 turned ? round : straight, 4);
}

/* 0 .. size of axis 1 of x, as a column or as a row. */
static const char *positions(davy_exporter *exporter, const char *x, bool as_column)
{
    static const int64_t one = 1, column[] = {-1, 1};
    const davy_tensor zero = {.type = DAVY_TYPE_I64,
                              .data = (void *) (uintptr_t) & (const int64_t){0}};
    const davy_tensor step = {.type = DAVY_TYPE_I64, .data = (void *) (uintptr_t) &one};
    const char *size = davy_export_op2(exporter, "Gather", davy_export_op1(exporter, "Shape", x),
                                       davy_export_tensor(exporter, "", &step));
    const char *in[] = {davy_export_tensor(exporter, "", &zero), size,
                        davy_export_tensor(exporter, "", &step)};
    const char *range = davy_export_op(exporter, "Range", in, 3);

    return as_column ? davy_export_reshape(exporter, range, column, 2) : range;
}

/* Which query sees which key: [T, S] booleans, or NULL for all. */
static const char *visible(davy_exporter *exporter, const davy_node *node, const char *q,
                           const char *k)
{
    const int64_t window = davy_node_int(node, "window", 0);
    const bool causal = davy_node_int(node, "causal", 0) != 0;
    const davy_tensor limit = {.type = DAVY_TYPE_I64, .data = (void *) (uintptr_t) &window};
    const char *from, *to, *near, *past;

    if (!causal && window <= 0)
        return NULL;
    from = positions(exporter, q, true);
    to = positions(exporter, k, false);
    past = causal ? davy_export_op2(exporter, "LessOrEqual", to, from) : NULL;
    if (window <= 0)
        return past;
    near = davy_export_op1(exporter, "Abs", davy_export_op2(exporter, "Sub", to, from));
    near = davy_export_op2(exporter, "LessOrEqual", near, davy_export_tensor(exporter, "", &limit));
    return past ? davy_export_op2(exporter, "And", past, near) : near;
}

/* Keys that the mask [N, S] shows, as [N, 1, 1, S] booleans. */
static const char *shown(davy_exporter *exporter, const char *mask)
{
    static const int64_t axes[] = {1, 2};
    const char *some =
        davy_export_op2(exporter, "Greater", mask, davy_export_number(exporter, 0.0F));

    return davy_export_op2(exporter, "Unsqueeze", some, davy_export_ints(exporter, axes, 2));
}

/* Numbers of keys that are not seen become `instead`. */
static const char *hide(davy_exporter *exporter, const char *numbers, const char *seen,
                        float instead)
{
    const char *in[] = {seen, numbers, ""};

    if (!seen)
        return numbers;
    in[2] = davy_export_number(exporter, instead);
    return davy_export_op(exporter, "Where", in, 3);
}

/* q, k and v apart. */
static void take_apart(davy_exporter *exporter, const davy_node *node, const char *parts[3])
{
    if (!davy_node_int(node, "packed", 0)) {
        for (size_t i = 0; i < 3; i++)
            parts[i] = davy_export_last(exporter, node->in[i]);
        return;
    }
    parts[0] = davy_export_op1(exporter, "Split", davy_export_last(exporter, node->in[0]));
    davy_export_set_int(exporter, "axis", 2);
    parts[1] = davy_export_more(exporter);
    parts[2] = davy_export_more(exporter);
}

static float scale_of(davy_exporter *exporter, const davy_node *node, int64_t heads)
{
    const davy_tensor *q = davy_graph_tensor(exporter->graph, node->in[0]);
    const int64_t columns =
        q->dims[2] / (davy_node_int(node, "packed", 0) ? 3 : 1) / (heads > 0 ? heads : 1);
    const float scale = davy_node_float(node, "scale", 0.0F);

    return scale != 0.0F ? scale : 1.0F / sqrtf((float) columns);
}

void davy_export_attention(davy_exporter *exporter, const davy_node *node)
{
    static const int64_t order[] = {0, 2, 1, 3}, flat[] = {0, 0, -1};
    const int64_t heads = davy_node_int(node, "heads", 1);
    const davy_value mask = node->in_count > 3 ? node->in[3] : DAVY_VALUE_NONE;
    const char *parts[3], *scores, *seen;

    if (davy_export_rank(exporter, node->in[0]) != 3) {
        davy_export_refuse(exporter, node, "its shape");
        return;
    }
    take_apart(exporter, node, parts);
    scores = davy_export_op2(exporter, "MatMul", heads_of(exporter, parts[0], heads, false),
                             heads_of(exporter, parts[1], heads, true));
    scores = davy_export_op2(exporter, "Mul", scores,
                             davy_export_number(exporter, scale_of(exporter, node, heads)));
    seen = visible(exporter, node, parts[0], parts[1]);
    if (mask != DAVY_VALUE_NONE) {
        const char *keys = shown(exporter, davy_export_last(exporter, mask));

        seen = seen ? davy_export_op2(exporter, "And", seen, keys) : keys;
    }
    scores = hide(exporter, scores, seen, -FLT_MAX);
    scores = davy_export_op1(exporter, "Softmax", scores);
    davy_export_set_int(exporter, "axis", -1);
    scores = hide(exporter, scores, seen, 0.0F); /* a query that sees no key gives zeros */
    scores =
        davy_export_op2(exporter, "MatMul", scores, heads_of(exporter, parts[2], heads, false));
    scores = davy_export_transpose(exporter, scores, order, 4);
    davy_export_made_last(exporter, node->out[0], davy_export_reshape(exporter, scores, flat, 3));
}
