/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/op.h"

#include <stdio.h>
#include <string.h>

/* The gated linear recurrence, which ONNX has no operator for, as a Scan. */

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
        (void) snprintf(full[i], size, "%s_%s", prefix, names[i]);
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
    const int64_t count = strcmp(direction, "bidirectional") == 0 ? 2 : 1;
    const char *parts[2][2] = {{NULL}}; /* of a direction: y, last */

    if (node->in_count > 4) {
        davy_export_refuse(exporter, node, "it has an initial state");
        return;
    }
    for (int64_t d = 0; d < count; d++)
        scan_direction(exporter, node, d, d == 1 || strcmp(direction, "reverse") == 0, parts[d]);
    for (size_t i = 0; i < node->out_count && i < DAVY_ARRAY_LENGTH(parts[0]); i++) {
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
