/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/passes/list.h"

#include <math.h>
#include <string.h>

/*
 * Attention as frameworks write it out: q, k and v are cut into heads by a reshape to
 * [N, T, heads, depth] and a transpose, or all three at once from one tensor; then
 *
 *     softmax(q k' * scale) v
 *
 * and the heads are put together again. That N and T stay what they were must be certain: a shape
 * says so by zeros, or takes them from the shape of the tensor itself or of one it was made of by
 * layers that change the last dimension alone.
 */

/* Layers that keep all dimensions of their first input but the last. */
static const char *const keepers[] = {"dense", "gelu",    "identity", "layer_norm",
                                      "relu",  "sigmoid", "silu",     "tanh"};

/* Where a value's dimensions but the last come from. */
static davy_value root_of(const davy_edit *edit, davy_value value)
{
    for (;;) {
        const davy_node *node = davy_edit_maker(edit, value);
        bool keeps = false;

        for (size_t i = 0; node && i < DAVY_ARRAY_LENGTH(keepers); i++)
            keeps |= davy_node_is(node, keepers[i]);
        if (!keeps || node->out[0] != value)
            return value;
        value = davy_edit_in(edit, node, 0);
    }
}

static bool fixed_integer(const davy_edit *edit, davy_value value, int64_t *out)
{
    const davy_tensor *tensor = davy_edit_fixed(edit, value);

    if (!tensor || tensor->type != DAVY_TYPE_I64 || davy_tensor_count(tensor) != 1)
        return false;
    *out = *(const int64_t *) tensor->data;
    return true;
}

/* Whether a value is dimension `axis` of x, as gather(shape(y), axis), perhaps unsqueezed. */
static bool is_dimension(const davy_edit *edit, davy_value value, int64_t axis, davy_value x)
{
    const davy_node *node = davy_edit_made_by(edit, value, "unsqueeze"), *shape;
    int64_t index;

    if (node)
        value = davy_edit_in(edit, node, 0);
    node = davy_edit_made_by(edit, value, "gather");
    if (!node || !fixed_integer(edit, davy_edit_in(edit, node, 1), &index) || index != axis)
        return false;
    shape = davy_edit_made_by(edit, davy_edit_in(edit, node, 0), "shape");
    return shape && shape->attribute_count == 0 &&
           root_of(edit, davy_edit_in(edit, shape, 0)) == root_of(edit, x);
}

/*
 * Read a shape of `count` elements whose first two are N and T of x.
 *
 * @param sizes  the others, -1 where they are not fixed
 */
static bool read_shape(const davy_edit *edit, davy_value value, davy_value x, size_t count,
                       int64_t *sizes)
{
    const davy_tensor *tensor = davy_edit_fixed(edit, value);
    const davy_node *concat = davy_edit_made_by(edit, value, "concat");

    if (tensor && tensor->type == DAVY_TYPE_I64 && davy_tensor_count(tensor) == (int64_t) count) {
        memcpy(sizes, tensor->data, count * sizeof *sizes);
        return sizes[0] == 0 && sizes[1] == 0;
    }
    if (!concat || concat->in_count != count ||
        !is_dimension(edit, davy_edit_in(edit, concat, 0), 0, x) ||
        !is_dimension(edit, davy_edit_in(edit, concat, 1), 1, x))
        return false;
    for (size_t i = 2; i < count; i++)
        if (!fixed_integer(edit, davy_edit_in(edit, concat, i), &sizes[i]))
            sizes[i] = -1;
    return true;
}

static bool has_order(const davy_node *node, const int64_t *order, size_t rank)
{
    size_t count;
    const int64_t *has = node ? davy_node_ints(node, "perm", &count) : NULL;

    return has && davy_node_is(node, "transpose") && count == rank &&
           memcmp(has, order, rank * sizeof *order) == 0;
}

/* q, k or v cut into heads. */
struct heads {
    davy_value x; /* [N, T, D], or [N, T, 3 D] with `part` 0, 1 or 2 */
    int64_t count;
    int part; /* -1: x is not shared */
};

/* transpose(reshape(x, [N, T, heads, depth])) */
static bool find_alone(const davy_edit *edit, const davy_node *transpose, struct heads *out)
{
    const davy_node *reshape = davy_edit_made_by(edit, davy_edit_in(edit, transpose, 0), "reshape");
    int64_t sizes[4];

    if (!reshape || davy_node_int(reshape, "allowzero", 0) != 0)
        return false;
    out->x = davy_edit_in(edit, reshape, 0);
    out->part = -1;
    if (!read_shape(edit, davy_edit_in(edit, reshape, 1), out->x, 4, sizes) || sizes[2] < 1)
        return false;
    out->count = sizes[2];
    return true;
}

/* Which third of axis 0 of a tensor a value is: by split and squeeze, or by gather. */
static int third_of(const davy_edit *edit, davy_value value, davy_value *whole)
{
    const davy_node *node = davy_edit_maker(edit, value);
    int64_t index;

    if (!node)
        return -1;
    if (davy_node_is(node, "gather")) {
        *whole = davy_edit_in(edit, node, 0);
        return davy_node_int(node, "axis", 0) == 0 &&
                       fixed_integer(edit, davy_edit_in(edit, node, 1), &index) &&
                       davy_edit_fixed(edit, davy_edit_in(edit, node, 1))->rank == 0 &&
                       index >= 0 && index < 3
                   ? (int) index
                   : -1;
    }
    if (!davy_node_is(node, "squeeze") ||
        !fixed_integer(edit, davy_edit_in(edit, node, 1), &index) || index != 0)
        return -1;
    value = davy_edit_in(edit, node, 0);
    node = davy_edit_maker(edit, value);
    if (!node || !davy_node_is(node, "split") || node->out_count != 3 ||
        davy_node_int(node, "axis", 0) != 0)
        return -1;
    *whole = davy_edit_in(edit, node, 0);
    for (int i = 0; i < 3; i++)
        if (node->out[i] == value)
            return i;
    return -1;
}

/* A third of transpose(reshape(x, [N, T, 3, heads, depth]), [2, 0, 3, 1, 4]) */
static bool find_packed(const davy_edit *edit, davy_value value, struct heads *out)
{
    static const int64_t order[] = {2, 0, 3, 1, 4};
    davy_value whole = DAVY_VALUE_NONE;
    const int part = third_of(edit, value, &whole);
    const davy_node *transpose = part < 0 ? NULL : davy_edit_maker(edit, whole), *reshape;
    int64_t sizes[5];

    if (!transpose || !has_order(transpose, order, 5))
        return false;
    reshape = davy_edit_made_by(edit, davy_edit_in(edit, transpose, 0), "reshape");
    if (!reshape || davy_node_int(reshape, "allowzero", 0) != 0)
        return false;
    out->x = davy_edit_in(edit, reshape, 0);
    out->part = part;
    if (!read_shape(edit, davy_edit_in(edit, reshape, 1), out->x, 5, sizes) || sizes[2] != 3 ||
        sizes[3] < 1)
        return false;
    out->count = sizes[3];
    return true;
}

/* @param turned  the last two dimensions have changed places, as k for the product needs them */
static bool find_heads(const davy_edit *edit, davy_value value, bool turned, struct heads *out)
{
    static const int64_t straight[] = {0, 2, 1, 3}, round[] = {0, 2, 3, 1}, swap[] = {0, 1, 3, 2};
    const davy_node *node = davy_edit_maker(edit, value);

    if (node && has_order(node, turned ? round : straight, 4))
        return find_alone(edit, node, out);
    if (!turned)
        return find_packed(edit, value, out);
    return node && has_order(node, swap, 4) &&
           find_heads(edit, davy_edit_in(edit, node, 0), false, out);
}

/* The product inside softmax, and the number that it is scaled by: a float, so all are floats. */
static const davy_node *find_scores(const davy_edit *edit, davy_value value, float *scale)
{
    const davy_node *node = davy_edit_maker(edit, value);
    const davy_tensor *factor;

    if (!node)
        return NULL;
    factor = davy_edit_fixed(edit, davy_edit_in(edit, node, 1));
    if (!factor || factor->type != DAVY_TYPE_F32 || davy_tensor_count(factor) != 1 ||
        !(davy_node_is(node, "div") || davy_node_is(node, "mul")))
        return NULL;
    *scale = davy_node_is(node, "div") ? 1.0F / *davy_f32(factor) : *davy_f32(factor);
    return davy_edit_made_by(edit, davy_edit_in(edit, node, 0), "matmul");
}

/* q, k and v of matmul(softmax(scores), v). */
static bool find_attention(const davy_edit *edit, const davy_node *product, struct heads parts[3],
                           float *scale)
{
    const davy_node *softmax = davy_edit_made_by(edit, davy_edit_in(edit, product, 0), "softmax");
    const int64_t axis = softmax ? davy_node_int(softmax, "axis", -1) : 0;
    const davy_node *scores;

    if (axis != -1 && axis != 3)
        return false;
    scores = find_scores(edit, davy_edit_in(edit, softmax, 0), scale);
    if (!scores || !(*scale > 0.0F) || !isfinite(*scale) ||
        !find_heads(edit, davy_edit_in(edit, scores, 0), false, &parts[0]) ||
        !find_heads(edit, davy_edit_in(edit, scores, 1), true, &parts[1]) ||
        !find_heads(edit, davy_edit_in(edit, product, 1), false, &parts[2]))
        return false;
    for (int i = 0; i < 3; i++)
        if (parts[i].count != parts[0].count || (parts[i].part >= 0) != (parts[0].part >= 0) ||
            (parts[i].part >= 0 && (parts[i].part != i || parts[i].x != parts[0].x)))
            return false;
    return true;
}

/* reshape(transpose(product, [0, 2, 1, 3]), [N, T, D]) is where the heads come together. */
static void join(davy_edit *edit, const davy_node *reshape)
{
    static const int64_t order[] = {0, 2, 1, 3};
    const davy_node *transpose = davy_edit_maker(edit, davy_edit_in(edit, reshape, 0));
    const davy_node *product =
        has_order(transpose, order, 4)
            ? davy_edit_made_by(edit, davy_edit_in(edit, transpose, 0), "matmul")
            : NULL;
    const davy_node copy = *reshape;
    struct heads parts[3];
    davy_value in[3], out;
    int64_t sizes[3];
    float scale;
    bool packed;

    if (!product || !find_attention(edit, product, parts, &scale) ||
        !read_shape(edit, davy_edit_in(edit, reshape, 1), parts[0].x, 3, sizes))
        return;
    packed = parts[0].part >= 0;
    for (int i = 0; i < 3; i++)
        in[i] = parts[i].x;
    out = davy_edit_add(edit, "attention", in, packed ? 1 : 3);
    if (out == DAVY_VALUE_NONE)
        return;
    davy_edit_newest(edit)->name = copy.name;
    davy_node_set_int(edit->graph, davy_edit_newest(edit), "heads", parts[0].count);
    davy_node_set_float(edit->graph, davy_edit_newest(edit), "scale", scale);
    if (packed)
        davy_node_set_int(edit->graph, davy_edit_newest(edit), "packed", 1);
    (void) davy_edit_replace(edit, copy.out[0], out);
}

davy_status davy_pass_attention(davy_edit *edit)
{
    for (size_t i = 0; i < edit->node_count && edit->graph->status == DAVY_OK; i++)
        if (davy_node_is(&edit->graph->nodes[i], "reshape"))
            join(edit, &edit->graph->nodes[i]);
    return DAVY_OK;
}
