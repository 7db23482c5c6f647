/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `svm`: support vector machines of libsvm, for classes and for numbers.
 *
 * Stage: models. Classes are told apart two by two. Every such decision becomes a probability
 * r = p(a | a or b) by Platt's curve, fitted to decisions about samples that were left out, and a
 * class scores
 *
 *     2 / classes * sum_b log r_ab
 *
 * which for two classes is log p itself, and else the geometric mean of what speaks for it: the
 * iterative coupling of libsvm does not fit into a graph and is no more exact, since the pairs
 * contradict each other either way.
 *
 * Learning takes time with the square of the samples and more, so at most `keep` of them are drawn.
 *
 * Sources: Cortes and Vapnik, Machine Learning 20, 1995; Wu, Lin, Weng, JMLR 5, 2004 (coupling).
 */
#include "core/bulk.h"
#include "models/kinds/blend.h"
#include "models/kinds/classic.h"
#include "models/kinds/platt.h"
#include "models/kinds/support.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct svm_fitting {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    davy_classic_matrix matrix;
    davy_channel_scale scale;
    size_t kept, pairs;
    size_t contradicted;   /* pairs that what was left out turns over */
    size_t *rows;          /* [kept] of the matrix */
    float *x;              /* [kept * columns] those rows */
    double *y;             /* [kept] */
    double *class_weights; /* [classes] */
    double mean, spread;   /* of numbers */
    davy_support support;
    double *factor, *shift; /* [pairs] a decision f becomes factor f + shift */
} svm_fitting;

static void fitting_clear(svm_fitting *f)
{
    davy_classic_clear(&f->matrix);
    davy_channel_scale_clear(&f->scale);
    davy_support_clear(&f->support);
    davy_bulk_free(f->rows);
    free(f->x);
    free(f->y);
    free(f->class_weights);
    free(f->factor);
    free(f->shift);
}

/* The samples that are kept, and their answers as libsvm gets them. */
static davy_status choose(svm_fitting *f)
{
    const size_t columns = f->matrix.columns;
    double *targets = NULL;
    davy_status status =
        davy_classic_draw(&f->matrix, (size_t) davy_lesson_number(f->lesson, "keep"),
                          f->lesson->seed, &f->rows, &f->kept);

    if (status == DAVY_OK && f->matrix.classes == 0)
        status = davy_classic_scale_targets(&f->matrix, &f->mean, &f->spread, &targets);
    if (status != DAVY_OK)
        return status;
    f->x = malloc((f->kept * columns + 1) * sizeof *f->x);
    f->y = malloc((f->kept + 1) * sizeof *f->y);
    for (size_t i = 0; f->x && f->y && i < f->kept; i++) {
        memcpy(f->x + i * columns, davy_classic_row(&f->matrix, f->rows[i]),
               columns * sizeof *f->x);
        f->y[i] = (targets ? targets : f->matrix.targets)[f->rows[i]];
    }
    davy_bulk_free(targets);
    return f->x && f->y ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu samples", f->kept);
}

static davy_status init(svm_fitting *f)
{
    const size_t classes = f->matrix.classes;

    f->pairs = classes > 0 ? classes * (classes - 1) / 2 : 1;
    f->factor = calloc(f->pairs, sizeof *f->factor);
    f->shift = calloc(f->pairs, sizeof *f->shift);
    f->class_weights = calloc(classes + 1, sizeof *f->class_weights);
    if (!f->factor || !f->shift || !f->class_weights)
        return davy_fail(DAVY_ERR_NOMEM, "%zu decisions", f->pairs);
    if (davy_classic_balanced(f->lesson))
        davy_classic_balance(&f->matrix);
    for (size_t i = 0; i < f->matrix.rows && classes > 0; i++)
        f->class_weights[(size_t) f->matrix.targets[i]] = f->matrix.weights[i];
    return choose(f);
}

static bool says(const davy_lesson *lesson, const char *key, const char *word)
{
    return strcmp(davy_lesson_text(lesson, key), word) == 0;
}

static davy_support_type type_of(const svm_fitting *f)
{
    const bool nu = says(f->lesson, "variant", "nu");

    if (f->matrix.classes > 0)
        return nu ? DAVY_SUPPORT_NU_CLASSES : DAVY_SUPPORT_C_CLASSES;
    return nu ? DAVY_SUPPORT_NU_NUMBERS : DAVY_SUPPORT_EPSILON_NUMBERS;
}

static davy_support_problem problem_of(const svm_fitting *f)
{
    const davy_lesson *lesson = f->lesson;
    const double given = davy_lesson_number(lesson, "gamma");
    const double gamma = given > 0 ? given : davy_support_gamma(f->x, f->kept, f->matrix.columns);

    return (davy_support_problem){.x = f->x,
                                  .y = f->y,
                                  .rows = f->kept,
                                  .columns = f->matrix.columns,
                                  .classes = f->matrix.classes,
                                  .type = type_of(f),
                                  .kernel = says(lesson, "kernel", "linear") ? DAVY_SUPPORT_LINEAR
                                            : says(lesson, "kernel", "poly") ? DAVY_SUPPORT_POLY
                                                                             : DAVY_SUPPORT_RBF,
                                  .gamma = (double) (float) gamma, /* as the file will have it */
                                  .coef0 = (double) (float) davy_lesson_number(lesson, "coef0"),
                                  .degree = (int) davy_lesson_number(lesson, "degree"),
                                  .c = davy_lesson_number(lesson, "c"),
                                  .nu = davy_lesson_number(lesson, "nu"),
                                  .epsilon = davy_lesson_number(lesson, "epsilon"),
                                  .tolerance = davy_lesson_number(lesson, "tolerance"),
                                  .class_weights = f->class_weights};
}

/* Platt's curve of decisions [kept * pairs] about samples of classes a and b. */
static davy_status fit_curve(const svm_fitting *f, const double *decisions, size_t pair, size_t a,
                             size_t b, davy_platt *platt)
{
    double *chosen = calloc(f->kept, sizeof *chosen);
    bool *positive = calloc(f->kept, sizeof *positive);
    size_t count = 0;
    davy_status status = chosen && positive ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a curve");

    assert(f->kept > 0);

    for (size_t i = 0; i < f->kept && status == DAVY_OK; i++) {
        const double decision = decisions[i * f->pairs + pair];

        if ((f->y[i] != (double) a && f->y[i] != (double) b) || isnan(decision))
            continue;
        chosen[count] = decision;
        positive[count++] = f->y[i] == (double) a;
    }
    if (status == DAVY_OK)
        status = davy_platt_fit(chosen, positive, count, platt);
    free(chosen);
    free(positive);
    return status;
}

static davy_status go_on(void *context, size_t fold)
{
    const svm_fitting *f = context;

    davy_classic_tell(f->lesson, "learning", fold + 1,
                      (uint64_t) davy_lesson_number(f->lesson, "folds") + 1);
    return davy_classic_go_on(f->lesson);
}

/* Decisions [kept * pairs] about samples that were left out. No group is torn apart; samples of one
 * run are left out by stretches of time. */
static davy_status leave_out(svm_fitting *f, size_t count, double *decisions)
{
    const davy_support_problem problem = problem_of(f);
    uint32_t *groups = calloc(f->kept, sizeof *groups);
    const davy_support_folds folds = {
        .count = count, .groups = groups, .seed = f->lesson->seed, .go_on = go_on, .context = f};
    davy_status status;

    if (!groups)
        return davy_fail(DAVY_ERR_NOMEM, "%zu samples", f->kept);
    for (size_t i = 0; i < f->kept; i++)
        groups[i] = f->lesson->samples->in_order
                        ? (uint32_t) (i * count / f->kept)
                        : f->lesson->samples->groups[f->matrix.members[f->rows[i]]];
    status = davy_support_leave_out(&problem, &folds, decisions);
    free(groups);
    return status;
}

/* The machine's own decisions [kept * pairs], about what it learnt from. */
static davy_status decide_learnt(const svm_fitting *f, double *decisions)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < f->kept && status == DAVY_OK; i++)
        status = davy_support_decide(&f->support, f->x + i * f->matrix.columns,
                                     decisions + i * f->pairs);
    return status;
}

/*
 * The curves of all pairs. Where what was left out says the contrary of what was learnt from, as
 * when each group is a fault of another size, a curve would turn the decision over, also about what
 * was learnt: the pair has the curve of that then, which is too sure, and roughly right.
 */
static davy_status fit_curves(svm_fitting *f, const double *left_out, double *learnt)
{
    size_t pair = 0;
    davy_status status = DAVY_OK;

    for (size_t a = 0; a < f->matrix.classes; a++)
        for (size_t b = a + 1; b < f->matrix.classes && status == DAVY_OK; b++, pair++) {
            davy_platt platt = {0};

            status = fit_curve(f, left_out, pair, a, b, &platt);
            if (status == DAVY_OK && platt.a >= 0) {
                status = f->contradicted++ == 0 ? decide_learnt(f, learnt) : DAVY_OK;
                if (status == DAVY_OK)
                    status = fit_curve(f, learnt, pair, a, b, &platt);
            }
            f->factor[pair] = platt.a;
            f->shift[pair] = platt.b;
        }
    return status;
}

static davy_status calibrate(svm_fitting *f)
{
    const size_t folds = (size_t) davy_lesson_number(f->lesson, "folds");
    double *left_out, *learnt;
    davy_status status;

    for (size_t p = 0; p < f->pairs; p++)
        f->factor[p] = -1;
    if (folds < 2)
        return DAVY_OK;
    left_out = calloc(f->kept * f->pairs, sizeof *left_out);
    learnt = calloc(f->kept * f->pairs, sizeof *learnt);
    status = left_out && learnt ? leave_out(f, folds, left_out)
                                : davy_fail(DAVY_ERR_NOMEM, "%zu samples", f->kept);
    if (status == DAVY_OK)
        status = fit_curves(f, left_out, learnt);
    free(left_out);
    free(learnt);
    return status;
}

/* What pair (a, b) gives to class k: by softplus(t) to a, by softplus(-t) to b. */
static davy_value build_side(const svm_fitting *f, davy_graph *graph, davy_value t, bool first)
{
    const size_t classes = f->matrix.classes;
    double *weights = calloc(f->pairs * classes + 1, sizeof *weights);
    double *bias = calloc(classes + 1, sizeof *bias);
    size_t pair = 0;
    const davy_node *node;

    for (size_t a = 0; weights && a < classes; a++)
        for (size_t b = a + 1; b < classes; b++)
            weights[pair++ * classes + (first ? a : b)] = -2 / (double) classes;
    if (!first)
        t = davy_classic_number(graph, "mul", t, "minus", -1);
    node = davy_graph_node(graph, "softplus", &t, 1, 1);
    t = node ? node->out[0] : DAVY_VALUE_NONE;
    if (weights && bias)
        t = davy_classic_dense(graph, first ? "for" : "against", t, weights, bias, f->pairs,
                               classes);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "a graph"));
    free(weights);
    free(bias);
    return t;
}

typedef davy_value (*decision_graph)(const davy_support *support, davy_graph *graph, davy_value x,
                                     const double *factor, const double *shift);

static davy_status build(const svm_fitting *f, decision_graph decide)
{
    davy_graph *graph = NULL;
    davy_value x;
    davy_status status = davy_graph_create("svm", 0, &graph);

    if (status != DAVY_OK)
        return status;
    x = davy_classic_begin(graph, &f->lesson->samples->form, &f->scale);
    x = decide(&f->support, graph, x, f->factor, f->shift);
    if (f->matrix.classes > 0)
        x = davy_layer_add(graph, build_side(f, graph, x, true), build_side(f, graph, x, false));
    return davy_classic_end(graph, x, f->result);
}

static double softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* Scores of one sample out of libsvm's decisions. */
static void score_of(const svm_fitting *f, const double *decisions, double *scores)
{
    const size_t classes = f->matrix.classes;
    size_t pair = 0;

    if (classes == 0) {
        scores[0] = f->factor[0] * decisions[0] + f->shift[0];
        return;
    }
    for (size_t a = 0; a < classes; a++)
        for (size_t b = a + 1; b < classes; b++, pair++) {
            const double t = f->factor[pair] * decisions[pair] + f->shift[pair];

            scores[a] -= 2 * softplus(t) / (double) classes;
            scores[b] -= 2 * softplus(-t) / (double) classes;
        }
}

/* libsvm's own scores of the samples that are checked. */
static davy_status ask_machine(const svm_fitting *f, double *expected)
{
    const size_t rows = davy_classic_checked(&f->matrix),
                 outputs = davy_classic_outputs(&f->matrix);
    double *decisions = calloc(f->pairs, sizeof *decisions);
    davy_status status = decisions ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "self-check");

    for (size_t i = 0; i < rows && status == DAVY_OK; i++) {
        status = davy_support_decide(&f->support, davy_classic_row(&f->matrix, i), decisions);
        score_of(f, decisions, expected + i * outputs);
    }
    free(decisions);
    return status;
}

/* A graph of products is many times as fast as one in doubles, and exact enough but where large
 * coefficients of both signs leave little. */
static davy_status build_checked(const svm_fitting *f)
{
    double *expected = calloc(davy_classic_checked(&f->matrix) * davy_classic_outputs(&f->matrix),
                              sizeof *expected);
    davy_status status =
        expected ? ask_machine(f, expected) : davy_fail(DAVY_ERR_NOMEM, "self-check");

    if (status == DAVY_OK)
        status = build(f, davy_support_build);
    if (status == DAVY_OK)
        status = davy_classic_check(f->lesson, &f->matrix, f->result, expected);
    if (status == DAVY_ERR_CORRUPT) { /* another answer than libsvm's */
        davy_graph_destroy(f->result->graph);
        f->result->graph = NULL;
        status = build(f, davy_support_build_exact);
        if (status == DAVY_OK)
            status = davy_classic_check(f->lesson, &f->matrix, f->result, expected);
    }
    free(expected);
    return status;
}

static void note(const svm_fitting *f, double gamma)
{
    davy_say(&f->result->note,
             "%zu support vectors of %zu samples (of %zu), kernel %s, gamma %.4g; libsvm %s.",
             "%zu 个支持向量，学自 %zu 个样本（共 %zu 个），核函数 %s，gamma %.4g；libsvm %s。",
             f->support.vectors, f->kept, f->matrix.rows, davy_lesson_text(f->lesson, "kernel"),
             gamma, davy_support_version());
    if (f->contradicted > 0)
        davy_say(&f->result->note,
                 " %zu of %zu pairs of classes are told apart the wrong way round where they were "
                 "left out: their probabilities are only roughly right.",
                 "%zu 对类别（共 %zu 对）在留出的样本上判断相反：其概率只是大致正确。",
                 f->contradicted, f->pairs);
}

static davy_status learn(svm_fitting *f)
{
    const davy_support_problem problem = problem_of(f);
    davy_status status;

    davy_classic_tell(f->lesson, "learning", 0, 1);
    status = davy_support_fit(&problem, &f->support);
    if (status != DAVY_OK)
        return status;
    if (f->matrix.classes > 0) {
        status = calibrate(f);
    } else {
        f->factor[0] = f->spread;
        f->shift[0] = f->mean;
    }
    note(f, problem.gamma);
    return status;
}

static davy_status fit_svm(const davy_lesson *lesson, davy_lesson_result *result)
{
    svm_fitting f = {.lesson = lesson, .result = result};
    davy_status status = davy_classic_read(lesson, DAVY_PURPOSE_LEARN, &f.matrix);

    if (status == DAVY_OK)
        status = davy_classic_measure(&f.matrix, &f.scale);
    if (status == DAVY_OK) {
        davy_classic_standardise(&f.matrix, &f.scale);
        status = init(&f);
    }
    if (status == DAVY_OK)
        status = learn(&f);
    if (status == DAVY_OK)
        status = build_checked(&f);
    fitting_clear(&f);
    return status;
}

static const davy_setting settings[] = {DAVY_SVM_SETTINGS, DAVY_CLASSIC_BALANCE};

const davy_predictor_kind davy_predictor_svm = {
    .name = "svm",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms = DAVY_CLASSIC_FORMS,
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_svm,
};
