/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/op.h"

#include <float.h>
#include <math.h>

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
