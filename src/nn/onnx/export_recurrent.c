/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/op.h"

#include <string.h>

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
