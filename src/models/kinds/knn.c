/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `knn`: the answer of the k learnt samples that are nearest.
 *
 * Stage: models. Distances are Euclidean, between standardised numbers. Classes: the share of the
 * neighbours, each counting 1 or 1 / distance; numbers: the mean. It learns nothing but what it
 * keeps, so it follows any border there is, and it takes every number to be as important as every
 * other: leave out what says nothing.
 *
 * At most `keep` samples are kept, for each is looked at with every answer. More are thinned by a
 * draw, and not by a coreset that covers the space: a vote counts how dense the classes are, which
 * only a fair draw leaves as it was.
 *
 * In the graph |x - e|^2 = |x|^2 - 2 x e + |e|^2 is a matrix product, which loses digits where two
 * points are near each other. It names a few more candidates than are wanted; their distances are
 * computed again as they stand, and the nearest of these vote.
 *
 * Source: Cover and Hart, IEEE Trans. Inf. Theory 13(1), 1967.
 */
#include "models/kinds/classic.h"

#include "core/bulk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MORE        8    /* candidates beyond k */
#define NEAREST     1e-9 /* a smaller distance counts as this one */
#define SHARE_LEAST 1e-7 /* of a class without a neighbour, so that its logarithm is finite */
#define TIE         1e-5 /* squares that differ by a smaller share are taken in any order */

#define KEPT_NUMBERS_MAX ((size_t) 16 * 1024 * 1024) /* of all kept samples: 64 MiB, held twice */

typedef struct knn_fitting {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    davy_classic_matrix matrix;
    davy_channel_scale scale;
    size_t k, kept, outputs;
    size_t *rows; /* [kept] of the matrix */
    bool by_distance;
} knn_fitting;

/* An example and how far away it is. */
typedef struct knn_neighbour {
    double square; /* of the distance */
    size_t example;
} knn_neighbour;

static void fitting_clear(knn_fitting *f)
{
    davy_classic_clear(&f->matrix);
    davy_channel_scale_clear(&f->scale);
    davy_bulk_free(f->rows);
}

static const float *example(const knn_fitting *f, size_t e)
{
    return davy_classic_row(&f->matrix, f->rows[e]);
}

/* The score of an output when the example alone votes: 1 for its class, or its number. */
static double vote_of(const knn_fitting *f, size_t e, size_t output)
{
    const double target = f->matrix.targets[f->rows[e]];

    return f->matrix.classes > 0 ? target == (double) output : target;
}

static davy_value table_of(const knn_fitting *f, davy_graph *graph, const char *name,
                           size_t columns,
                           double (*entry)(const knn_fitting *f, size_t e, size_t j))
{
    double *values = calloc(f->kept * columns, sizeof *values);
    davy_value table = DAVY_VALUE_NONE;

    for (size_t e = 0; values && e < f->kept; e++)
        for (size_t j = 0; j < columns; j++)
            values[e * columns + j] = entry(f, e, j);
    if (values)
        table = davy_classic_table(graph, name, values, f->kept, columns);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "%zu examples", f->kept));
    free(values);
    return table;
}

static double number_of(const knn_fitting *f, size_t e, size_t j)
{
    return (double) example(f, e)[j];
}

/* 2 e and -|e|^2: what is larger the nearer an example is, but for |x|^2, which is the same for
 * all.
 */
static davy_value build_nearness(const knn_fitting *f, davy_graph *graph, davy_value x)
{
    const size_t columns = f->matrix.columns;
    double *weights = calloc(columns * f->kept, sizeof *weights);
    double *bias = calloc(f->kept, sizeof *bias);
    davy_value nearness = DAVY_VALUE_NONE;

    for (size_t e = 0; weights && bias && e < f->kept; e++)
        for (size_t j = 0; j < columns; j++) {
            const double value = (double) example(f, e)[j];

            weights[j * f->kept + e] = 2 * value;
            bias[e] -= value * value;
        }
    if (weights && bias)
        nearness = davy_classic_dense(graph, "nearness", x, weights, bias, columns, f->kept);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "%zu examples", f->kept));
    free(weights);
    free(bias);
    return nearness;
}

/* The `count` greatest of every line; *where: the places at which they stand. */
static davy_value first(davy_graph *graph, davy_value x, size_t count, davy_value *where)
{
    int64_t k = (int64_t) count;
    const davy_tensor tensor = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = &k};
    const davy_value in[] = {x, davy_graph_constant(graph, "", &tensor)};
    const davy_node *node = davy_graph_node(graph, "top_k", in, 2, 2);

    *where = node ? node->out[1] : DAVY_VALUE_NONE;
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* "gather" or "gather_elements" */
static davy_value take(davy_graph *graph, const char *op, davy_value from, davy_value index,
                       int64_t axis)
{
    davy_node *node = davy_graph_node(graph, op, (const davy_value[]){from, index}, 2, 1);

    davy_node_set_int(graph, node, "axis", axis);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Minus the squares of the distances [N, candidates], from the numbers themselves. */
static davy_value build_minus_squares(const knn_fitting *f, davy_graph *graph, davy_value x,
                                      davy_value candidates)
{
    davy_value d =
        take(graph, "gather", table_of(f, graph, "examples", f->matrix.columns, number_of),
             candidates, 0);

    x = davy_layer_reshape(graph, x, 3, (const int64_t[]){0, 1, (int64_t) f->matrix.columns});
    d = davy_neural_binary(graph, "sub", d, x);
    d = davy_classic_sum(graph, davy_neural_binary(graph, "mul", d, d), 2);
    return davy_classic_number(graph, "mul", d, "minus", -1);
}

static davy_value unary(davy_graph *graph, const char *op, davy_value x)
{
    const davy_node *node = davy_graph_node(graph, op, &x, 1, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* The mean of what the neighbours say [N, k, outputs], each by its weight. */
static davy_value build_vote(const knn_fitting *f, davy_graph *graph, davy_value said,
                             davy_value minus_squares)
{
    davy_value w;

    if (!f->by_distance) {
        w = davy_classic_sum(graph, said, 1);
        return davy_classic_number(graph, "mul", w, "share", 1 / (double) f->k);
    }
    w = davy_classic_number(graph, "mul", minus_squares, "plus", -1);
    w = davy_classic_number(graph, "max", w, "nearest", NEAREST * NEAREST);
    w = unary(graph, "reciprocal", unary(graph, "sqrt", w));
    w = davy_layer_reshape(graph, w, 3, (const int64_t[]){0, (int64_t) f->k, 1});
    return davy_neural_binary(graph, "div",
                              davy_classic_sum(graph, davy_neural_binary(graph, "mul", said, w), 1),
                              davy_classic_sum(graph, w, 1));
}

static size_t candidates_of(const knn_fitting *f)
{
    return f->k + MORE < f->kept ? f->k + MORE : f->kept;
}

static davy_value build_score(const knn_fitting *f, davy_graph *graph, davy_value x)
{
    davy_value candidates, places, nearest, score;

    (void) first(graph, build_nearness(f, graph, x), candidates_of(f), &candidates);
    nearest = first(graph, build_minus_squares(f, graph, x, candidates), f->k, &places);
    candidates = take(graph, "gather_elements", candidates, places, 1);
    score = take(graph, "gather", table_of(f, graph, "votes", f->outputs, vote_of), candidates, 0);
    score = build_vote(f, graph, score, nearest);
    if (f->matrix.classes == 0)
        return score;
    return unary(graph, "log", davy_classic_number(graph, "max", score, "least", SHARE_LEAST));
}

static davy_status build(const knn_fitting *f)
{
    davy_graph *graph = NULL;
    davy_value x;
    davy_status status = davy_graph_create("knn", 0, &graph);

    if (status != DAVY_OK)
        return status;
    x = davy_classic_begin(graph, &f->lesson->samples->form, &f->scale);
    return davy_classic_end(graph, build_score(f, graph, x), f->result);
}

/* The same without a graph. */

/* Put an example where it belongs among the nearest [count] so far; the farthest falls out. */
static void meet(knn_neighbour *nearest, size_t count, size_t *met, knn_neighbour newcomer)
{
    size_t at;

    if (*met == count && newcomer.square >= nearest[count - 1].square)
        return;
    at = *met < count ? (*met)++ : count - 1;
    for (; at > 0 && newcomer.square < nearest[at - 1].square; at--)
        nearest[at] = nearest[at - 1];
    nearest[at] = newcomer;
}

static double square_between(const float *a, const float *b, size_t count)
{
    double sum = 0;

    for (size_t j = 0; j < count; j++)
        sum += ((double) a[j] - (double) b[j]) * ((double) a[j] - (double) b[j]);
    return sum;
}

static double size_of(const float *x, size_t count)
{
    double sum = 0;

    for (size_t j = 0; j < count; j++)
        sum += (double) x[j] * (double) x[j];
    return sum;
}

static void score_of(const knn_fitting *f, const knn_neighbour *nearest, double *scores)
{
    double total = 0;

    memset(scores, 0, f->outputs * sizeof *scores);
    for (size_t n = 0; n < f->k; n++) {
        const double w = f->by_distance ? 1 / fmax(sqrt(nearest[n].square), NEAREST) : 1;

        total += w;
        for (size_t o = 0; o < f->outputs; o++)
            scores[o] += w * vote_of(f, nearest[n].example, o);
    }
    for (size_t o = 0; o < f->outputs; o++) {
        scores[o] /= total;
        if (f->matrix.classes > 0)
            scores[o] = log(fmax(scores[o], SHARE_LEAST));
    }
}

/* Where the last neighbour and the next example are as far away as can be told in floats, either
 * may vote: such a sample is not compared. */
static void expect(const knn_fitting *f, const float *x, knn_neighbour *nearest, double *scores)
{
    const size_t more = f->k < f->kept ? f->k + 1 : f->k;
    size_t met = 0;

    for (size_t e = 0; e < f->kept; e++)
        meet(nearest, more, &met,
             (knn_neighbour){square_between(x, example(f, e), f->matrix.columns), e});
    score_of(f, nearest, scores);
    if (more > f->k && nearest[f->k].square - nearest[f->k - 1].square <=
                           TIE * (nearest[f->k].square + size_of(x, f->matrix.columns)))
        for (size_t o = 0; o < f->outputs; o++)
            scores[o] = NAN;
}

static davy_status check(const knn_fitting *f)
{
    const size_t rows = davy_classic_checked(&f->matrix);
    double *expected = calloc(rows * f->outputs, sizeof *expected);
    knn_neighbour *nearest = calloc(f->k + 1, sizeof *nearest);
    davy_status status = expected && nearest ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "self-check");

    for (size_t i = 0; i < rows && status == DAVY_OK; i++)
        expect(f, davy_classic_row(&f->matrix, i), nearest, expected + i * f->outputs);
    if (status == DAVY_OK)
        status = davy_classic_check(f->lesson, &f->matrix, f->result, expected);
    free(expected);
    free(nearest);
    return status;
}

static davy_status choose(knn_fitting *f)
{
    const size_t keep = (size_t) davy_lesson_number(f->lesson, "keep");
    const size_t most = KEPT_NUMBERS_MAX / f->matrix.columns;
    davy_status status = davy_classic_draw(&f->matrix, keep < most ? keep : most, f->lesson->seed,
                                           &f->rows, &f->kept);

    if (status == DAVY_OK && f->k > f->kept)
        status = davy_fail(DAVY_ERR_INVALID, "k=%zu neighbours of %zu samples", f->k, f->kept);
    return status;
}

static davy_status fit_knn(const davy_lesson *lesson, davy_lesson_result *result)
{
    knn_fitting f = {.lesson = lesson,
                     .result = result,
                     .k = (size_t) davy_lesson_number(lesson, "k"),
                     .by_distance = strcmp(davy_lesson_text(lesson, "weights"), "distance") == 0};
    davy_status status = davy_classic_read(lesson, DAVY_PURPOSE_LEARN, &f.matrix);

    f.outputs = davy_classic_outputs(&f.matrix);
    if (status == DAVY_OK)
        status = davy_classic_measure(&f.matrix, &f.scale);
    if (status == DAVY_OK) {
        davy_classic_standardise(&f.matrix, &f.scale);
        status = choose(&f);
    }
    if (status == DAVY_OK)
        status = build(&f);
    if (status == DAVY_OK)
        status = check(&f);
    if (status == DAVY_OK)
        davy_say(&result->note, "The %zu nearest of %zu kept samples (of %zu), weights %s.",
                 "取最近的 %zu 个样本（保留 %zu 个，共 %zu 个），权重 %s。", f.k, f.kept,
                 f.matrix.rows, f.by_distance ? "1 / distance" : "alike");
    fitting_clear(&f);
    return status;
}

static const davy_setting settings[] = {
    {"k", "5", "neighbours that vote", 1, 1000, NULL},
    {"weights", "uniform", "what a neighbour counts: 1, or 1 / distance", NAN, NAN,
     "uniform|distance"},
    {"keep", "10000", "most samples that are kept: with every answer each is looked at", 1, 100000,
     NULL},
};

const davy_predictor_kind davy_predictor_knn = {
    .name = "knn",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms = DAVY_CLASSIC_FORMS,
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_knn,
};
