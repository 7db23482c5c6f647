/* SPDX-License-Identifier: Apache-2.0 */
#include "models/explain/explain_terms.h"

#include <string.h>

#define NOBODY UINT32_MAX /* the owner of a constant */

/* Most amounts of one value. */
#define AMOUNTS_MAX ((size_t) 16 * 1024 * 1024)

typedef struct davy_term {
    size_t count;
    double *numbers;  /* [count] of one owner each; NULL: sums, or not known */
    uint32_t *owners; /* [count] NOBODY: constants */
    double *amounts;  /* [count * (row + 1)] of sums; the last of each is nobody's */
} term;

static davy_status is_none(const davy_explainer *e)
{
    return davy_fail(DAVY_ERR_UNSUPPORTED, "model '%s' adds up no single numbers",
                     e->predictor->info.name);
}

static davy_status no_memory(void)
{
    return davy_fail(DAVY_ERR_NOMEM, "explanations");
}

/* --------------------------------------------------------------------------------------- terms */

static davy_status make_single(davy_terms *r, term *t, size_t count)
{
    *t = (term){.count = count,
                .numbers = davy_arena_array(&r->arena, count, sizeof *t->numbers),
                .owners = davy_arena_array(&r->arena, count, sizeof *t->owners)};
    return t->numbers && t->owners ? DAVY_OK : no_memory();
}

static davy_status make_sums(davy_terms *r, term *t, size_t count)
{
    const size_t width = r->explainer->numbers + 1;

    if (count > AMOUNTS_MAX / width)
        return is_none(r->explainer);
    *t = (term){.count = count,
                .amounts = davy_arena_array(&r->arena, count * width, sizeof *t->amounts)};
    return t->amounts ? DAVY_OK : no_memory();
}

/* Add an element of a term, times a factor, to a sum. */
static void add(const davy_terms *r, double *amounts, const term *from, size_t i, double factor)
{
    const size_t width = r->explainer->numbers + 1;

    if (from->numbers)
        amounts[from->owners[i] == NOBODY ? width - 1 : from->owners[i]] +=
            factor * from->numbers[i];
    else
        for (size_t j = 0; j < width; j++)
            amounts[j] += factor * from->amounts[i * width + j];
}

/* The term of an input: constants are made ones when they are asked for. */
static davy_status take(davy_terms *r, davy_value value, const term **out)
{
    const davy_edge *edge = &r->explainer->graph->values[value];
    term *t = &r->terms[value];
    davy_status status;

    *out = t;
    if (t->numbers || t->amounts)
        return DAVY_OK;
    if (!edge->tensor.data || edge->tensor.type != DAVY_TYPE_F32)
        return is_none(r->explainer);
    status = make_single(r, t, (size_t) davy_tensor_count(&edge->tensor));
    for (size_t i = 0; i < t->count && status == DAVY_OK; i++) {
        t->numbers[i] = (double) davy_f32(&edge->tensor)[i];
        t->owners[i] = NOBODY;
    }
    return status;
}

/* Numbers of a value for one row: a free size, which the batch has, is 1. */
static size_t count_of(const davy_tensor *tensor)
{
    size_t count = 1;

    for (int d = 0; d < tensor->rank; d++)
        count *= tensor->dims[d] > 0 ? (size_t) tensor->dims[d] : 1;
    return count;
}

/* Which element of `in` stands where element i of `out` is made: sizes of 1 are repeated. */
static size_t place(const davy_tensor *out, const davy_tensor *in, size_t i)
{
    size_t at = 0, step = 1;

    for (int d = 0; d < in->rank; d++) {
        const int64_t wide = out->dims[out->rank - 1 - d], own = in->dims[in->rank - 1 - d];

        at += own == 1 ? 0 : i % (size_t) wide * step;
        i /= (size_t) wide;
        step *= (size_t) own;
    }
    return at;
}

/* ----------------------------------------------------------------------------------- operators */

static double op_add(double a, double b)
{
    return a + b;
}

static double op_sub(double a, double b)
{
    return a - b;
}

static double op_mul(double a, double b)
{
    return a * b;
}

static double op_div(double a, double b)
{
    return a / b;
}

static double op_greater(double a, double b)
{
    return a > b;
}

static double op_less(double a, double b)
{
    return a < b;
}

/* Both inputs element by element. @return false: some element has two owners */
static bool combine(const davy_tensor *shapes[3], double (*op)(double, double), const term *a,
                    const term *b, term *out)
{
    for (size_t i = 0; i < out->count; i++) {
        const size_t at = place(shapes[2], shapes[0], i), bt = place(shapes[2], shapes[1], i);
        const uint32_t one = a->owners[at], other = b->owners[bt];

        if (one != NOBODY && other != NOBODY && one != other)
            return false;
        out->numbers[i] = op(a->numbers[at], b->numbers[bt]);
        out->owners[i] = one != NOBODY ? one : other;
    }
    return true;
}

static davy_status combine_sums(davy_terms *r, const davy_tensor *shapes[3], double sign,
                                const term *a, const term *b, term *out)
{
    const size_t width = r->explainer->numbers + 1;
    const davy_status status = make_sums(r, out, (size_t) davy_tensor_count(shapes[2]));

    for (size_t i = 0; i < out->count && status == DAVY_OK; i++) {
        add(r, out->amounts + i * width, a, place(shapes[2], shapes[0], i), 1);
        add(r, out->amounts + i * width, b, place(shapes[2], shapes[1], i), sign);
    }
    return status;
}

/* Sums times constants. */
static davy_status scale_sums(davy_terms *r, const davy_tensor *shapes[3], bool divide,
                              const term *a, const term *b, term *out)
{
    const size_t width = r->explainer->numbers + 1;
    davy_status status;

    for (size_t i = 0; i < b->count; i++)
        if (!b->numbers || b->owners[i] != NOBODY)
            return is_none(r->explainer);
    status = make_sums(r, out, (size_t) davy_tensor_count(shapes[2]));
    for (size_t i = 0; i < out->count && status == DAVY_OK; i++) {
        const double factor = b->numbers[place(shapes[2], shapes[1], i)];

        add(r, out->amounts + i * width, a, place(shapes[2], shapes[0], i),
            divide ? 1 / factor : factor);
    }
    return status;
}

static davy_status do_binary(davy_terms *r, const davy_node *node, double (*op)(double, double),
                             term *out)
{
    davy_graph *graph = r->explainer->graph;
    const davy_tensor *shapes[3] = {davy_graph_tensor(graph, node->in[0]),
                                    davy_graph_tensor(graph, node->in[1]),
                                    davy_graph_tensor(graph, node->out[0])};
    const term *a = NULL, *b = NULL;
    davy_status status = take(r, node->in[0], &a);

    if (status == DAVY_OK)
        status = take(r, node->in[1], &b);
    if (status != DAVY_OK)
        return status;
    if (a->count != count_of(shapes[0]) || b->count != count_of(shapes[1]))
        return is_none(r->explainer); /* a shape that is not known */
    if (a->numbers && b->numbers) {
        status = make_single(r, out, (size_t) davy_tensor_count(shapes[2]));
        if (status != DAVY_OK || combine(shapes, op, a, b, out))
            return status;
    }
    if (op == op_add || op == op_sub)
        return combine_sums(r, shapes, op == op_add ? 1 : -1, a, b, out);
    if (op == op_mul && a->numbers)
        return scale_sums(r, (const davy_tensor *[]){shapes[1], shapes[0], shapes[2]}, false, b, a,
                          out);
    return op == op_mul || op == op_div ? scale_sums(r, shapes, op == op_div, a, b, out)
                                        : is_none(r->explainer);
}

/* Over the last axis alone, which is all that kinds ask for. */
static davy_status do_sum(davy_terms *r, const davy_node *node, term *out)
{
    const davy_tensor *from = davy_graph_tensor(r->explainer->graph, node->in[0]);
    const davy_tensor *axes =
        node->in_count > 1 ? &r->explainer->graph->values[node->in[1]].tensor : NULL;
    const size_t width = r->explainer->numbers + 1;
    const term *a = NULL;
    size_t length;
    davy_status status = take(r, node->in[0], &a);

    if (status != DAVY_OK)
        return status;
    if (from->rank < 1 || !axes || !axes->data || axes->type != DAVY_TYPE_I64 ||
        davy_tensor_count(axes) != 1 ||
        (*(const int64_t *) axes->data != from->rank - 1 && *(const int64_t *) axes->data != -1))
        return is_none(r->explainer);
    length = (size_t) from->dims[from->rank - 1];
    if (a->count % length != 0)
        return is_none(r->explainer);
    status = make_sums(r, out, a->count / length);
    for (size_t i = 0; i < a->count && status == DAVY_OK; i++)
        add(r, out->amounts + i / length * width, a, i, 1);
    return status;
}

/* x [1, from] times constants [from, to], plus constants. */
static davy_status do_gemm(davy_terms *r, const davy_node *node, term *out)
{
    const bool turned = davy_node_int(node, "transB", 0) != 0;
    const bool dense = strcmp(node->op->name, "dense") == 0;
    const davy_tensor *weights = davy_graph_tensor(r->explainer->graph, node->in[1]);
    const size_t to = (size_t) weights->dims[turned ? 0 : 1], width = r->explainer->numbers + 1;
    const term *x = NULL, *w = NULL, *bias = NULL;
    davy_status status = take(r, node->in[0], &x);

    if (weights->rank != 2 || davy_node_int(node, "transA", 0) != 0 ||
        davy_node_float(node, "alpha", 1) != 1.0F || davy_node_float(node, "beta", 1) != 1.0F ||
        (dense && davy_node_text(node, "activation", "")[0] != '\0'))
        return is_none(r->explainer);
    if (status == DAVY_OK)
        status = take(r, node->in[1], &w);
    if (status == DAVY_OK && node->in_count > 2)
        status = take(r, node->in[2], &bias);
    if (status == DAVY_OK && (!w->numbers || x->count * to != w->count ||
                              (bias && bias->count != 1 && bias->count != to)))
        status = is_none(r->explainer);
    if (status == DAVY_OK)
        status = make_sums(r, out, to);
    for (size_t k = 0; k < to && status == DAVY_OK; k++) {
        for (size_t i = 0; i < x->count; i++)
            add(r, out->amounts + k * width, x, i,
                w->numbers[turned ? k * x->count + i : i * to + k]);
        if (bias)
            add(r, out->amounts + k * width, bias, bias->count == 1 ? 0 : k, 1);
    }
    return status;
}

static davy_status do_node(davy_terms *r, const davy_node *node, term *out)
{
    static const struct {
        const char *name;
        double (*op)(double, double);
    } binaries[] = {{"add", op_add}, {"sub", op_sub},         {"mul", op_mul},
                    {"div", op_div}, {"greater", op_greater}, {"less", op_less}};
    const char *name = node->op->name;
    const term *from = NULL;

    for (uint32_t i = 0; i < node->in_count; i++)
        if (node->in[i] == DAVY_VALUE_NONE)
            return is_none(r->explainer);
    if (node->out_count != 1 || node->out[0] == DAVY_VALUE_NONE)
        return is_none(r->explainer);
    if (davy_explain_is_view(node) || strcmp(name, "cast") == 0) {
        const davy_status status = take(r, node->in[0], &from);

        *out = *from;
        return status;
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(binaries); i++)
        if (strcmp(name, binaries[i].name) == 0)
            return do_binary(r, node, binaries[i].op, out);
    if (strcmp(name, "reduce_sum") == 0)
        return do_sum(r, node, out);
    return strcmp(name, "gemm") == 0 || strcmp(name, "dense") == 0 || strcmp(name, "matmul") == 0
               ? do_gemm(r, node, out)
               : is_none(r->explainer);
}

davy_status davy_terms_run(davy_terms *r, const float *row, const double **out)
{
    const davy_explainer *e = r->explainer;
    const davy_graph *graph = e->graph;
    term input, scores;
    davy_status status;

    davy_arena_reset(&r->arena);
    r->terms = davy_arena_array(&r->arena, graph->value_count, sizeof *r->terms);
    status = r->terms ? make_single(r, &input, e->numbers) : no_memory();
    for (size_t i = 0; i < e->numbers && status == DAVY_OK; i++) {
        input.numbers[i] = (double) row[i];
        input.owners[i] = (uint32_t) i;
    }
    if (status == DAVY_OK)
        r->terms[graph->inputs[0]] = input;
    for (size_t n = 0; n < graph->node_count && status == DAVY_OK; n++) {
        term made = {0};

        status = do_node(r, &graph->nodes[n], &made);
        if (status == DAVY_OK)
            r->terms[graph->nodes[n].out[0]] = made;
    }
    if (status != DAVY_OK)
        return status;
    scores = r->terms[graph->outputs[0]];
    if (!scores.amounts || scores.count != e->outputs)
        return is_none(e);
    *out = scores.amounts;
    return DAVY_OK;
}
