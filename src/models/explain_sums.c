/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums: graphs in which every number is looked at by itself, and what comes of it is added up. Then
 * the share of a number is what it adds, less what it adds to the usual row: exact whatever the
 * others are. Linear models are such, and naive Bayes.
 *
 * The graph is run here in double, on *terms*: an element either depends on one number of the row,
 * its owner, or it is a sum, kept as one amount for each number. What is neither ends the run, and
 * the graph is none of these.
 */
#include "models/explain_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY UINT32_MAX

/* Most amounts of one value, and how far the scores may be off those that the engine gives. */
#define AMOUNTS_MAX ((size_t) 16 * 1024 * 1024)
#define TOLERANCE   1e-4

typedef struct term {
    size_t count;
    double *numbers;  /* [count] of one owner each; NULL: sums, or not known */
    uint32_t *owners; /* [count] NOBODY: constants */
    double *amounts;  /* [count * (row + 1)] of sums; the last of each is nobody's */
} term;

/* A run of the graph. */
typedef struct run {
    const davy_explainer *e;
    davy_arena arena;
    term *terms; /* [values of the graph] */
} run;

typedef struct sums {
    double *usual; /* [outputs * (numbers + 1)] mean of the amounts over the background */
    run run;
} sums;

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

static davy_status make_single(run *r, term *t, size_t count)
{
    *t = (term){.count = count,
                .numbers = davy_arena_array(&r->arena, count, sizeof *t->numbers),
                .owners = davy_arena_array(&r->arena, count, sizeof *t->owners)};
    return t->numbers && t->owners ? DAVY_OK : no_memory();
}

static davy_status make_sums(run *r, term *t, size_t count)
{
    const size_t width = r->e->numbers + 1;

    if (count > AMOUNTS_MAX / width)
        return is_none(r->e);
    *t = (term){.count = count,
                .amounts = davy_arena_array(&r->arena, count * width, sizeof *t->amounts)};
    return t->amounts ? DAVY_OK : no_memory();
}

/* Add an element of a term, times a factor, to a sum. */
static void add(const run *r, double *amounts, const term *from, size_t i, double factor)
{
    const size_t width = r->e->numbers + 1;

    if (from->numbers)
        amounts[from->owners[i] == NOBODY ? width - 1 : from->owners[i]] +=
            factor * from->numbers[i];
    else
        for (size_t j = 0; j < width; j++)
            amounts[j] += factor * from->amounts[i * width + j];
}

/* The term of an input: constants are made ones when they are asked for. */
static davy_status take(run *r, davy_value value, const term **out)
{
    const davy_edge *edge = &r->e->graph->values[value];
    term *t = &r->terms[value];
    davy_status status;

    *out = t;
    if (t->numbers || t->amounts)
        return DAVY_OK;
    if (!edge->tensor.data || edge->tensor.type != DAVY_TYPE_F32)
        return is_none(r->e);
    status = make_single(r, t, (size_t) davy_tensor_count(&edge->tensor));
    for (size_t i = 0; i < t->count && status == DAVY_OK; i++) {
        t->numbers[i] = (double) davy_f32(&edge->tensor)[i];
        t->owners[i] = NOBODY;
    }
    return status;
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

static davy_status combine_sums(run *r, const davy_tensor *shapes[3], double sign, const term *a,
                                const term *b, term *out)
{
    const size_t width = r->e->numbers + 1;
    const davy_status status = make_sums(r, out, (size_t) davy_tensor_count(shapes[2]));

    for (size_t i = 0; i < out->count && status == DAVY_OK; i++) {
        add(r, out->amounts + i * width, a, place(shapes[2], shapes[0], i), 1);
        add(r, out->amounts + i * width, b, place(shapes[2], shapes[1], i), sign);
    }
    return status;
}

/* Sums times constants. */
static davy_status scale_sums(run *r, const davy_tensor *shapes[3], bool divide, const term *a,
                              const term *b, term *out)
{
    const size_t width = r->e->numbers + 1;
    davy_status status;

    for (size_t i = 0; i < b->count; i++)
        if (!b->numbers || b->owners[i] != NOBODY)
            return is_none(r->e);
    status = make_sums(r, out, (size_t) davy_tensor_count(shapes[2]));
    for (size_t i = 0; i < out->count && status == DAVY_OK; i++) {
        const double factor = b->numbers[place(shapes[2], shapes[1], i)];

        add(r, out->amounts + i * width, a, place(shapes[2], shapes[0], i),
            divide ? 1 / factor : factor);
    }
    return status;
}

static davy_status do_binary(run *r, const davy_node *node, double (*op)(double, double), term *out)
{
    davy_graph *graph = r->e->graph;
    const davy_tensor *shapes[3] = {davy_graph_tensor(graph, node->in[0]),
                                    davy_graph_tensor(graph, node->in[1]),
                                    davy_graph_tensor(graph, node->out[0])};
    const term *a = NULL, *b = NULL;
    davy_status status = take(r, node->in[0], &a);

    if (status == DAVY_OK)
        status = take(r, node->in[1], &b);
    if (status != DAVY_OK)
        return status;
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
                                        : is_none(r->e);
}

/* Over the last axis alone, which is all that kinds ask for. */
static davy_status do_sum(run *r, const davy_node *node, term *out)
{
    const davy_tensor *from = davy_graph_tensor(r->e->graph, node->in[0]);
    const davy_tensor *axes = node->in_count > 1 ? &r->e->graph->values[node->in[1]].tensor : NULL;
    const size_t width = r->e->numbers + 1;
    const term *a = NULL;
    size_t length;
    davy_status status = take(r, node->in[0], &a);

    if (status != DAVY_OK)
        return status;
    if (!axes || !axes->data || axes->type != DAVY_TYPE_I64 || davy_tensor_count(axes) != 1 ||
        (*(const int64_t *) axes->data != from->rank - 1 && *(const int64_t *) axes->data != -1))
        return is_none(r->e);
    length = (size_t) from->dims[from->rank - 1];
    status = make_sums(r, out, a->count / length);
    for (size_t i = 0; i < a->count && status == DAVY_OK; i++)
        add(r, out->amounts + i / length * width, a, i, 1);
    return status;
}

/* x [1, from] times constants [from, to], plus constants. */
static davy_status do_gemm(run *r, const davy_node *node, term *out)
{
    const bool turned = davy_node_int(node, "transB", 0) != 0;
    const bool dense = strcmp(node->op->name, "dense") == 0;
    const davy_tensor *weights = davy_graph_tensor(r->e->graph, node->in[1]);
    const size_t to = (size_t) weights->dims[turned ? 0 : 1], width = r->e->numbers + 1;
    const term *x = NULL, *w = NULL, *bias = NULL;
    davy_status status = take(r, node->in[0], &x);

    if (weights->rank != 2 || davy_node_int(node, "transA", 0) != 0 ||
        davy_node_float(node, "alpha", 1) != 1.0F || davy_node_float(node, "beta", 1) != 1.0F ||
        (dense && davy_node_text(node, "activation", "")[0] != '\0'))
        return is_none(r->e);
    if (status == DAVY_OK)
        status = take(r, node->in[1], &w);
    if (status == DAVY_OK && node->in_count > 2 && node->in[2] != DAVY_VALUE_NONE)
        status = take(r, node->in[2], &bias);
    if (status == DAVY_OK && (!w->numbers || x->count * to != w->count))
        status = is_none(r->e);
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

static davy_status do_node(run *r, const davy_node *node, term *out)
{
    static const struct {
        const char *name;
        double (*op)(double, double);
    } binaries[] = {{"add", op_add}, {"sub", op_sub},         {"mul", op_mul},
                    {"div", op_div}, {"greater", op_greater}, {"less", op_less}};
    const char *name = node->op->name;
    const term *from = NULL;

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
               : is_none(r->e);
}

/* Run the graph. @param out  the scores as sums */
static davy_status run_graph(run *r, const float *row, const double **out)
{
    const davy_explainer *e = r->e;
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

/* -------------------------------------------------------------------------------------- method */

static davy_status find_usual(davy_explainer *e, sums *s)
{
    const size_t width = e->numbers + 1, rows = e->background_count > 0 ? e->background_count : 1;
    davy_status status = DAVY_OK;

    for (size_t b = 0; b < rows && status == DAVY_OK; b++) {
        const double *amounts = NULL;

        status = davy_explainer_usual(e, b, e->row);
        if (status == DAVY_OK)
            status = run_graph(&s->run, e->row, &amounts);
        for (size_t i = 0; i < e->outputs * width && status == DAVY_OK; i++)
            s->usual[i] += amounts[i] / (double) rows;
    }
    return status;
}

static davy_status create(davy_explainer *e)
{
    sums *s = calloc(1, sizeof *s);

    if (!s)
        return no_memory();
    e->state = s;
    s->run.e = e;
    s->usual = calloc(e->outputs * (e->numbers + 1), sizeof *s->usual);
    e->work = (double) e->outputs * (double) e->numbers * (double) e->numbers;
    return s->usual ? find_usual(e, s) : no_memory();
}

static void destroy(davy_explainer *e)
{
    sums *s = e->state;

    if (!s)
        return;
    davy_arena_clear(&s->run.arena);
    free(s->usual);
    free(s);
}

/* What was shared out must be what the engine answers. */
static davy_status check(davy_explainer *e, double score, double size)
{
    float *scores = calloc(e->outputs, sizeof *scores);
    double said = 0;
    davy_status status = scores ? davy_explainer_ask(e, e->row, 1, scores) : no_memory();

    for (size_t k = 0; k < e->outputs && status == DAVY_OK; k++)
        said += e->mix[k] * (double) scores[k];
    if (status == DAVY_OK && !(fabs(said - score) <= TOLERANCE * size))
        status = davy_fail(DAVY_ERR_CORRUPT,
                           "the contributions add up to %.9g, and the score is "
                           "%.9g",
                           score, said);
    free(scores);
    return status;
}

static davy_status explain(davy_explainer *e, size_t answer, davy_explanation *out)
{
    const sums *s = e->state;
    const size_t width = e->numbers + 1;
    const double *amounts = NULL;
    double size = 1;
    davy_status status = run_graph(&((sums *) e->state)->run, e->row, &amounts);

    (void) answer;
    if (status != DAVY_OK)
        return status;
    memset(e->shares, 0, e->numbers * sizeof *e->shares);
    for (size_t i = 0; i < e->outputs * width; i++) {
        const double mix = e->mix[i / width];

        out->score += mix * amounts[i];
        out->base += mix * s->usual[i];
        size += fabs(mix * amounts[i]);
        if (i % width < e->numbers)
            e->shares[i % width] += mix * (amounts[i] - s->usual[i]);
    }
    return check(e, out->score, size);
}

const davy_explain_method davy_explain_by_sums = {
    .name = "sums",
    .label = {"exact: every number adds by itself", "精确：每个数值各自相加"},
    .exact = true,
    .create = create,
    .destroy = destroy,
    .explain = explain,
};
