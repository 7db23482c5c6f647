/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Einsum: sums of products over labelled axes, as numpy's.
 *
 * Operands are contracted two at a time, from the left. Labels of a pair are in the result and in
 * both (batch), in the result and the left (rows), the right (columns), or not in the result (they
 * are summed). Copied into that order the pair is a batch of matrix products. An axis that one side
 * lacks has the stride 0 there; a label that stands twice takes both strides: the diagonal.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/product.h"
#include "nn/op/rows.h"

#include <ctype.h>
#include <string.h>

#define LETTERS    52                        /* A .. Z, a .. z, in this order */
#define LABELS_MAX (LETTERS + DAVY_RANK_MAX) /* and the axes of an ellipsis, from the last one */
#define TERM_MAX   DAVY_WALK_RANK_MAX

/* Labels of an operand or a result, in the order of its axes. */
typedef struct term {
    int labels[TERM_MAX];
    int count;
} term;

/* One pair of operands; the right one of a single operand is the number 1. */
typedef struct contraction {
    davy_walk a, b; /* how they are copied: [batch, rows, sums], [batch, sums, columns] */
    davy_product product;
    size_t made_at; /* [batch, rows, columns], in scratch */
} contraction;

typedef struct einsum {
    davy_type wide;
    contraction *pairs; /* [count] */
    size_t count;
    davy_walk result; /* of the last product, in the order of the result */
    size_t wide_at[2], copy_at[2];
} einsum;

typedef struct parsed {
    const davy_call *call;
    int64_t sizes[LABELS_MAX]; /* 0: the label does not stand anywhere */
    bool used[LABELS_MAX];
    term *terms; /* [in_count] */
    term out;
} parsed;

static davy_status bad_equation(const davy_call *call)
{
    return davy_call_fail(call, DAVY_ERR_INVALID, "equation '%s' does not fit its operands",
                          davy_node_text(call->node, "equation", ""));
}

static int letter_label(char letter)
{
    return isupper((unsigned char) letter) ? letter - 'A' : letter - 'a' + 26;
}

/* Read labels up to ',' or '-' or the end; an ellipsis stands for `dots` axes. */
static bool read_term(const char **text, int dots, term *out)
{
    const char *c = *text;
    bool fits = true;

    out->count = 0;
    for (; fits && *c && *c != ',' && *c != '-'; c++) {
        if (*c == ' ')
            continue;
        if (strncmp(c, "...", 3) == 0) {
            for (int i = dots; fits && i-- > 0;) {
                fits = out->count < TERM_MAX;
                if (fits)
                    out->labels[out->count++] = LETTERS + i;
            }
            c += 2;
        } else {
            fits = isalpha((unsigned char) *c) && out->count < TERM_MAX;
            if (fits)
                out->labels[out->count++] = letter_label(*c);
        }
    }
    *text = c;
    return fits;
}

/* Axes that an ellipsis of this term stands for, in a tensor of this rank. */
static int dots_of(const char *text, int rank)
{
    int letters = 0, dots = -1;

    for (; *text && *text != ',' && *text != '-'; text++) {
        letters += isalpha((unsigned char) *text) != 0;
        if (strncmp(text, "...", 3) == 0)
            dots = 0;
    }
    return dots < 0 ? 0 : rank - letters;
}

static davy_status add_sizes(parsed *equation, const term *labels, const davy_tensor *in)
{
    if (labels->count != in->rank)
        return bad_equation(equation->call);
    for (int i = 0; i < in->rank; i++) {
        int64_t *size = &equation->sizes[labels->labels[i]];
        const bool fresh = !equation->used[labels->labels[i]];

        if (!fresh && *size != in->dims[i] && *size != 1 && in->dims[i] != 1)
            return bad_equation(equation->call);
        if (fresh || *size == 1)
            *size = in->dims[i];
        equation->used[labels->labels[i]] = true;
    }
    return DAVY_OK;
}

/* Without "->" the result has the ellipsis and the letters that stand once, in their order. */
static void implied_result(const parsed *equation, int dots, term *out)
{
    out->count = 0;
    for (int i = dots; i-- > 0 && out->count < TERM_MAX;)
        out->labels[out->count++] = LETTERS + i;
    for (int label = 0; label < LETTERS; label++) {
        int times = 0;

        for (size_t t = 0; t < equation->call->in_count; t++)
            for (int i = 0; i < equation->terms[t].count; i++)
                times += equation->terms[t].labels[i] == label;
        if (times == 1 && out->count < TERM_MAX)
            out->labels[out->count++] = label;
    }
}

static bool stands_in(const term *in, int label)
{
    for (int i = 0; i < in->count; i++)
        if (in->labels[i] == label)
            return true;
    return false;
}

static davy_status parse(parsed *equation)
{
    const davy_call *call = equation->call;
    const char *text = davy_node_text(call->node, "equation", "");
    int most = 0;
    davy_status status = DAVY_OK;

    for (size_t i = 0; status == DAVY_OK && i < call->in_count; i++) {
        const int dots = dots_of(text, call->in[i]->rank);

        if (dots < 0 || !read_term(&text, dots, &equation->terms[i]) ||
            (i + 1 < call->in_count) != (*text == ','))
            return bad_equation(call);
        text += *text == ',';
        most = dots > most ? dots : most;
        status = add_sizes(equation, &equation->terms[i], call->in[i]);
    }
    if (status != DAVY_OK)
        return status;
    if (strncmp(text, "->", 2) == 0) {
        text += 2;
        if (!read_term(&text, most, &equation->out) || *text)
            return bad_equation(call);
    } else if (*text) {
        return bad_equation(call);
    } else {
        implied_result(equation, most, &equation->out);
    }
    for (int i = 0; i < equation->out.count; i++) {
        if (!equation->used[equation->out.labels[i]])
            return bad_equation(call);
        for (int k = 0; k < i; k++)
            if (equation->out.labels[k] == equation->out.labels[i])
                return bad_equation(call);
    }
    return equation->out.count <= DAVY_RANK_MAX ? DAVY_OK : bad_equation(call);
}

/* The stride of a label in an operand whose dims lie without gaps; 0 where it does not stand, or
 * is repeated from a size of 1. */
static int64_t stride_of(const term *labels, const int64_t *dims, int label)
{
    int64_t stride = 1, sum = 0;

    for (int i = labels->count; i-- > 0; stride *= dims[i])
        if (labels->labels[i] == label && dims[i] != 1)
            sum += stride;
    return sum;
}

static void add_axis(const parsed *equation, davy_walk *walk, const term *labels,
                     const int64_t *dims, int label)
{
    walk->dims[walk->rank] = equation->sizes[label];
    walk->strides[walk->rank++] = stride_of(labels, dims, label);
}

/* An operand of a pair: its labels, and the size of each of its axes. */
typedef struct side {
    term labels;
    int64_t dims[TERM_MAX];
} side;

/* A matrix or a batch of them must not be larger than a tensor may be. */
static davy_status check_size(const davy_call *call, int64_t batch, int64_t rows, int64_t columns)
{
    davy_tensor shape;
    const davy_status status =
        davy_tensor_shape(&shape, DAVY_TYPE_U8, 3, (int64_t[]){batch, rows, columns});

    return status == DAVY_OK ? status : davy_call_fail(call, status, "%s", davy_error());
}

/* Divide the labels of a pair; `kept` are those that are needed later. made: the pair's result. */
static davy_status divide(const parsed *equation, const side *a, const side *b,
                          const bool kept[LABELS_MAX], contraction *pair, side *made)
{
    enum { BATCH, ROWS, COLUMNS, SUMS, KINDS };
    term kinds[KINDS] = {{.count = 0}};
    int64_t sizes[KINDS] = {1, 1, 1, 1};
    int total = 0;
    davy_status status;

    for (int label = 0; label < LABELS_MAX; label++) {
        const bool left = stands_in(&a->labels, label), right = stands_in(&b->labels, label);
        const int kind = !kept[label] ? SUMS : left && right ? BATCH : left ? ROWS : COLUMNS;

        if (!left && !right)
            continue;
        if (++total > TERM_MAX)
            return davy_call_fail(equation->call, DAVY_ERR_UNSUPPORTED, "more than %d labels",
                                  TERM_MAX);
        kinds[kind].labels[kinds[kind].count++] = label;
        if (equation->sizes[label] > 0 && sizes[kind] > DAVY_ELEMENTS_MAX / equation->sizes[label])
            return davy_call_fail(equation->call, DAVY_ERR_FULL, "a product too large");
        sizes[kind] *= equation->sizes[label];
    }
    status = check_size(equation->call, sizes[BATCH], sizes[ROWS], sizes[SUMS]);
    if (status == DAVY_OK)
        status = check_size(equation->call, sizes[BATCH], sizes[SUMS], sizes[COLUMNS]);
    if (status == DAVY_OK)
        status = check_size(equation->call, sizes[BATCH], sizes[ROWS], sizes[COLUMNS]);
    if (status != DAVY_OK)
        return status;
    pair->a = pair->b = (davy_walk){.rank = 0};
    made->labels.count = 0;
    for (int kind = 0; kind < KINDS; kind++)
        for (int i = 0; i < kinds[kind].count; i++) {
            const int label = kinds[kind].labels[i];

            if (kind != COLUMNS)
                add_axis(equation, &pair->a, &a->labels, a->dims, label);
            if (kind == BATCH)
                add_axis(equation, &pair->b, &b->labels, b->dims, label);
            if (kind != SUMS) {
                made->dims[made->labels.count] = equation->sizes[label];
                made->labels.labels[made->labels.count++] = label;
            }
        }
    for (int i = 0; i < kinds[SUMS].count; i++)
        add_axis(equation, &pair->b, &b->labels, b->dims, kinds[SUMS].labels[i]);
    for (int i = 0; i < kinds[COLUMNS].count; i++)
        add_axis(equation, &pair->b, &b->labels, b->dims, kinds[COLUMNS].labels[i]);
    davy_walk_merge(&pair->a);
    davy_walk_merge(&pair->b);
    pair->product = (davy_product){.m = sizes[ROWS],
                                   .n = sizes[COLUMNS],
                                   .k = sizes[SUMS],
                                   .a_row = sizes[SUMS],
                                   .a_column = 1,
                                   .b_row = sizes[COLUMNS],
                                   .b_column = 1,
                                   .a_batch = {.rank = 1,
                                               .dims = {sizes[BATCH]},
                                               .strides = {sizes[ROWS] * sizes[SUMS]},
                                               .count = sizes[BATCH]},
                                   .b_batch = {.rank = 1,
                                               .dims = {sizes[BATCH]},
                                               .strides = {sizes[SUMS] * sizes[COLUMNS]},
                                               .count = sizes[BATCH]}};
    return DAVY_OK;
}

/* Room in scratch for a walk's elements, at most what a tensor may take. */
static davy_status reserve(davy_call *call, davy_type type, int64_t count, size_t *at)
{
    const size_t bytes = (size_t) count * davy_type_size(type);

    *at = call->scratch_size;
    if (count > DAVY_ELEMENTS_MAX || (call->env->memory_max && bytes > call->env->memory_max))
        return davy_call_fail(call, DAVY_ERR_FULL, "%zu bytes between, %zu at most", bytes,
                              call->env->memory_max);
    call->scratch_size += (bytes + 63) / 64 * 64;
    return DAVY_OK;
}

/* Labels that stand in the result, or in operands after `last`. */
static void needed_later(const parsed *equation, size_t last, bool kept[LABELS_MAX])
{
    memset(kept, 0, LABELS_MAX * sizeof *kept);
    for (int i = 0; i < equation->out.count; i++)
        kept[equation->out.labels[i]] = true;
    for (size_t t = last + 1; t < equation->call->in_count; t++)
        for (int i = 0; i < equation->terms[t].count; i++)
            kept[equation->terms[t].labels[i]] = true;
}

static side side_of(const parsed *equation, size_t input)
{
    side made = {.labels = equation->terms[input]};

    memcpy(made.dims, equation->call->in[input]->dims,
           (size_t) made.labels.count * sizeof *made.dims);
    return made;
}

/* Count a walk's elements without overflow; what is too many is refused by reserve(). */
static int64_t larger(int64_t kept, int64_t count)
{
    return count > kept ? count : kept;
}

static davy_status plan_pairs(davy_call *call, const parsed *equation, einsum *state, side *last)
{
    side left = side_of(equation, 0);
    int64_t copies[2] = {0, 0};
    davy_status status = DAVY_OK;

    for (size_t i = 0; status == DAVY_OK && i < state->count; i++) {
        contraction *pair = &state->pairs[i];
        const davy_product *product = &pair->product;
        const size_t input = i + 1;
        const side right =
            input < call->in_count ? side_of(equation, input) : (side){.labels = {.count = 0}};
        bool kept[LABELS_MAX];

        needed_later(equation, input, kept);
        status = divide(equation, &left, &right, kept, pair, last);
        if (status != DAVY_OK)
            break;
        pair->product.wide = state->wide;
        copies[0] = larger(copies[0], pair->a.count);
        copies[1] = larger(copies[1], pair->b.count);
        status = reserve(call, state->wide, product->a_batch.count * product->m * product->n,
                         &pair->made_at);
        left = *last;
    }
    for (int i = 0; status == DAVY_OK && i < 2; i++)
        status = reserve(call, state->wide, copies[i], &state->copy_at[i]);
    return status;
}

/* The widened copies of inputs, and the number 1 that a single operand is multiplied by. */
static davy_status reserve_inputs(davy_call *call, einsum *state)
{
    int64_t largest = 1;

    for (size_t i = 0; i < call->in_count; i++)
        largest = larger(largest, davy_tensor_count(call->in[i]));
    for (int i = 0; i < 2; i++) {
        const davy_status status = reserve(call, state->wide, largest, &state->wide_at[i]);

        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

static davy_status einsum_prepare(davy_call *call)
{
    einsum *state = call->state;
    parsed equation = {.call = call, .terms = davy_call_keep(call, call->in_count * sizeof(term))};
    int64_t dims[DAVY_RANK_MAX];
    side last = {.labels = {.count = 0}};
    davy_status status = davy_arguments_alike(call, 0, call->in_count);

    state->wide = davy_type_wide(call->in[0]->type);
    state->count = call->in_count > 1 ? call->in_count - 1 : 1;
    state->pairs = davy_call_keep(call, state->count * sizeof *state->pairs);
    if (!equation.terms || !state->pairs)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "its equation");
    if (status == DAVY_OK && (state->wide == DAVY_TYPE_NONE || state->wide == DAVY_TYPE_BOOL))
        status = davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                                davy_type_name(call->in[0]->type));
    if (status == DAVY_OK)
        status = parse(&equation);
    for (int i = 0; status == DAVY_OK && i < equation.out.count; i++)
        dims[i] = equation.sizes[equation.out.labels[i]];
    if (status == DAVY_OK)
        status = davy_result(call, 0, call->in[0]->type, equation.out.count, dims);
    if (status == DAVY_OK)
        status = plan_pairs(call, &equation, state, &last);
    if (status == DAVY_OK)
        status = reserve_inputs(call, state);
    if (status != DAVY_OK)
        return status;
    state->result = (davy_walk){.rank = 0};
    for (int i = 0; i < equation.out.count; i++)
        add_axis(&equation, &state->result, &last.labels, last.dims, equation.out.labels[i]);
    davy_walk_merge(&state->result);
    return DAVY_OK;
}

static char *scratch_at(const davy_call *call, size_t at)
{
    return (char *) call->scratch + at;
}

/* Input i in the wide type; beyond the last one the number 1. */
static const void *widened(const davy_call *call, const einsum *state, size_t i, int place)
{
    static const int64_t one = 1;
    char *to = scratch_at(call, state->wide_at[place]);

    if (i >= call->in_count)
        davy_convert(DAVY_TYPE_I64, state->wide, 1, &one, to);
    else if (call->in[i]->type == state->wide)
        return call->in[i]->data;
    else
        davy_convert(call->in[i]->type, state->wide, (size_t) davy_tensor_count(call->in[i]),
                     call->in[i]->data, to);
    return to;
}

static davy_status einsum_forward(const davy_call *call)
{
    const einsum *state = call->state;
    const davy_tensor *out = call->out[0];
    const size_t size = davy_type_size(state->wide);
    const void *left = widened(call, state, 0, 0);
    char *ordered = scratch_at(call, state->copy_at[0]);

    for (size_t i = 0; i < state->count; i++) {
        const contraction *pair = &state->pairs[i];
        davy_product product = pair->product;

        davy_walk_copy(&pair->a, call->env, size, left, scratch_at(call, state->copy_at[0]));
        davy_walk_copy(&pair->b, call->env, size, widened(call, state, i + 1, 1),
                       scratch_at(call, state->copy_at[1]));
        product.a = scratch_at(call, state->copy_at[0]);
        product.b = scratch_at(call, state->copy_at[1]);
        product.c = scratch_at(call, pair->made_at);
        davy_product_run(&product, call->env);
        left = product.c;
    }
    if (state->wide == out->type) {
        davy_walk_copy(&state->result, call->env, size, left, out->data);
        return DAVY_OK;
    }
    davy_walk_copy(&state->result, call->env, size, left, ordered);
    davy_convert(state->wide, out->type, (size_t) davy_tensor_count(out), ordered, out->data);
    return DAVY_OK;
}

const davy_op davy_op_einsum = {.name = "einsum",
                                .onnx = "Einsum",
                                .in_min = 1,
                                .in_max = 32,
                                .out_max = 1,
                                .state_size = sizeof(einsum),
                                .prepare = einsum_prepare,
                                .forward = einsum_forward};
