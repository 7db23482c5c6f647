/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `svm` that watches: the border of a one-class support vector machine around normal windows.
 *
 * Stage: models. With support vectors e_i of weights a_i (their sum is 1) and x a scaled window,
 *
 *     u(x) = -log sum_i a_i exp(-gamma |x - e_i|^2)
 *
 * is at least 0, and libsvm's decision is a falling function of it: A exp(-u) - rho, A the sum of
 * its coefficients. So u orders windows exactly as the machine does, and where the machine knows
 * nothing but "far away", at -rho, u still tells how far.
 *
 * Which signal is to blame needs no sampling, for u has an exact decomposition. Let p_i be the
 * share of vector i in the sum, p = softmax(log a_i - gamma |x - e_i|^2). Then
 *
 *     u(x) = sum_j gamma sum_i p_i (x_j - e_ij)^2  +  sum_i p_i log(p_i / a_i)
 *
 * The first term is a sum over the numbers j of the window, none below 0: how far number j is from
 * the vectors that answer for this window, each as much as it answers. The rest is the divergence
 * of p from a, at least 0: it says how few vectors answer and belongs to no number, so it is shared
 * out as the first term is. A Shapley value would ask what the score is without a signal, which a
 * border cannot say; here every part is a distance that a person can check, to `expected`, the mean
 * of the vectors by p.
 *
 * It knows normal windows as places and not as relations: it sees a regime that was never there.
 * With hundreds of numbers in a window all distances are alike and it sees little, so `lags` are
 * few.
 *
 * Sources: Schoelkopf et al., Neural Computation 13(7), 2001; the decomposition is the variational
 * formula of Gibbs for log-sum-exp (Donsker and Varadhan, 1975).
 */
#include "models/kinds/classic.h"
#include "models/kinds/support.h"
#include "models/kinds/watch_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_HELD   20.0F /* scaled numbers that are learnt from */
#define WEIGHT_LEAST 1e-12 /* of a support vector, as a share of all */
#define SUM_LEAST    1e-30
#define CHECKED      ((size_t) 1000)
#define TOLERANCE    1e-5
#define FAR          30.0 /* beyond, the machine's own decision has no digits left */

typedef struct border_fitting {
    const davy_study *fit;
    size_t signals, rows;
    davy_windows windows;
    float *centre, *scale; /* [signals] */
    float *x;              /* [count * size] scaled windows */
    davy_support support;
    double total; /* A, the sum of the coefficients */
} border_fitting;

static const davy_setting settings[] = {
    {"nu", "0.05", "share of the windows that may lie outside of the border", 1e-4, 0.5, NULL},
    {"gamma", "0", "how soon windows are strangers; 0: 1 / (numbers * their variance)", 0, 1e6,
     NULL},
    {"keep", "5000", "most windows that are learnt from: time grows with their square", 10, 1e5,
     NULL},
};

static double number(const border_fitting *f, const char *key)
{
    return davy_settings_number(settings, DAVY_ARRAY_LENGTH(settings), f->fit->settings,
                                f->fit->setting_count, key);
}

static void fitting_clear(border_fitting *f)
{
    davy_windows_clear(&f->windows);
    davy_support_clear(&f->support);
    free(f->centre);
    free(f->scale);
    free(f->x);
}

static davy_status scale_windows(border_fitting *f)
{
    const size_t count = f->windows.count * f->windows.size;
    davy_status status = davy_windows_scale(&f->windows, f->signals, false, &f->centre, &f->scale);

    if (status != DAVY_OK)
        return status;
    f->x = malloc(count * sizeof *f->x);
    for (size_t i = 0; f->x && i < count; i++) {
        const size_t j = i % f->signals;
        const float z = (f->windows.values[i] - f->centre[j]) / f->scale[j];

        f->x[i] = fminf(fmaxf(z, -INPUT_HELD), INPUT_HELD);
    }
    return f->x ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu windows", f->windows.count);
}

static davy_status learn(border_fitting *f)
{
    const double gamma = number(f, "gamma");
    const davy_support_problem problem = {
        .x = f->x,
        .rows = f->windows.count,
        .columns = f->windows.size,
        .type = DAVY_SUPPORT_BORDER,
        .gamma = gamma > 0 ? gamma : davy_support_gamma(f->x, f->windows.count, f->windows.size),
        .nu = number(f, "nu"),
        .tolerance = 1e-4};
    davy_status status = davy_support_fit(&problem, &f->support);

    for (size_t s = 0; s < f->support.vectors && status == DAVY_OK; s++)
        f->total += f->support.coefficients[s];
    if (status == DAVY_OK && !(f->total > 0))
        status = davy_fail(DAVY_ERR_INVALID, "the windows have no border: they are too few");
    return status;
}

static davy_value unary(davy_graph *graph, const char *op, davy_value x)
{
    const davy_node *node = davy_graph_node(graph, op, &x, 1, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Tables of the vectors: `e`, their squares, and the product of which p is the softmax. */
typedef struct tables {
    double *weights, *bias; /* [size * vectors] 2 gamma e, [vectors] log a - gamma |e|^2 */
    double *e, *squares;    /* [vectors * size] */
} tables;

static davy_status tables_init(const border_fitting *f, tables *t)
{
    const davy_support *s = &f->support;
    const size_t cells = s->vectors * s->columns;

    t->weights = calloc(cells, sizeof(double));
    t->bias = calloc(s->vectors, sizeof(double));
    t->e = calloc(cells, sizeof(double));
    t->squares = calloc(cells, sizeof(double));
    if (!t->weights || !t->bias || !t->e || !t->squares)
        return davy_fail(DAVY_ERR_NOMEM, "%zu support vectors", s->vectors);
    for (size_t v = 0; v < s->vectors; v++) {
        t->bias[v] = log(fmax(s->coefficients[v] / f->total, WEIGHT_LEAST));
        for (size_t i = 0; i < s->columns; i++) {
            const double e = (double) s->x[v * s->columns + i];

            t->weights[i * s->vectors + v] = 2 * s->gamma * e;
            t->bias[v] -= s->gamma * e * e;
            t->e[v * s->columns + i] = e;
            t->squares[v * s->columns + i] = e * e;
        }
    }
    return DAVY_OK;
}

static void tables_clear(tables *t)
{
    free(t->weights);
    free(t->bias);
    free(t->e);
    free(t->squares);
}

/* u [N, 1]: |x|^2 stands outside of the logarithm, so that nothing far away underflows. */
static davy_value build_unusual(const border_fitting *f, davy_graph *graph, davy_value x,
                                davy_value nearness)
{
    static const int64_t last = 1;
    davy_node *node = davy_graph_node(graph, "reduce_log_sum_exp", &nearness, 1, 1);
    davy_value u;

    davy_node_set_ints(graph, node, "axes", &last, 1);
    u = davy_classic_sum(graph, davy_neural_binary(graph, "mul", x, x), 1);
    u = davy_classic_number(graph, "mul", u, "gamma", f->support.gamma);
    u = davy_layer_reshape(graph, u, 2, (const int64_t[]){0, 1});
    u = davy_neural_binary(graph, "sub", u, node ? node->out[0] : DAVY_VALUE_NONE);
    return unary(graph, "relu", u);
}

/* [N, size] sum_i p_i (x - e_i)^2 = (x - m)^2 + sum_i p_i e_i^2 - m^2, m being sum_i p_i e_i. */
static davy_value build_distances(davy_graph *graph, davy_value x, davy_value middle,
                                  davy_value squares)
{
    davy_value d = davy_neural_binary(graph, "sub", x, middle), spread;

    spread =
        davy_neural_binary(graph, "sub", squares, davy_neural_binary(graph, "mul", middle, middle));
    return davy_neural_binary(graph, "add", davy_neural_binary(graph, "mul", d, d),
                              unary(graph, "relu", spread));
}

static davy_status build_of(const border_fitting *f, const tables *t, davy_graph *graph,
                            davy_value *factor)
{
    const davy_support *s = &f->support;
    const int64_t window[] = {0, (int64_t) f->rows, (int64_t) f->signals};
    davy_value x, nearness, p, middle, shares, total;

    x = davy_watch_begin(graph, f->rows, f->signals, f->centre, f->scale);
    x = davy_layer_flatten(graph, x);
    nearness = davy_classic_dense(graph, "support", x, t->weights, t->bias, s->columns, s->vectors);
    p = davy_layer_softmax(graph, nearness);
    middle = davy_neural_binary(graph, "matmul", p,
                                davy_classic_table(graph, "vectors", t->e, s->vectors, s->columns));
    shares = davy_neural_binary(
        graph, "matmul", p,
        davy_classic_table(graph, "squares", t->squares, s->vectors, s->columns));
    shares = build_distances(graph, x, middle, shares);
    total =
        davy_classic_number(graph, "add", davy_classic_sum(graph, shares, 1), "tiny", SUM_LEAST);
    total = davy_layer_reshape(graph, total, 2, (const int64_t[]){0, 1});
    shares = davy_neural_binary(graph, "div", shares, total);
    shares = davy_neural_binary(graph, "mul", shares, build_unusual(f, graph, x, nearness));
    shares = davy_classic_sum(graph, davy_layer_reshape(graph, shares, 3, window), 1);
    middle = davy_layer_slice(graph, davy_layer_reshape(graph, middle, 3, window), 1, 0, 1);
    return davy_watch_end(graph, shares, middle, f->centre, f->scale, f->signals, factor);
}

static davy_status build(const void *learnt, davy_graph *graph, davy_value *factor)
{
    tables t = {0};
    davy_status status = tables_init(learnt, &t);

    if (status == DAVY_OK)
        status = build_of(learnt, &t, graph, factor);
    tables_clear(&t);
    return status;
}

/* Whether a window was learnt as it stands: no number of it was held. */
static bool is_whole(const border_fitting *f, size_t n)
{
    for (size_t i = 0; i < f->windows.size; i++)
        if (fabsf(f->x[n * f->windows.size + i]) >= INPUT_HELD)
            return false;
    return true;
}

/* The graph's score against libsvm's decision, where that has digits. */
static davy_status check_window(const border_fitting *f, const void *watcher, void *scratch,
                                size_t n, double *window, double *shares)
{
    double decision, score = 0, u;
    davy_status status = davy_support_decide(&f->support, f->x + n * f->windows.size, &decision);

    for (size_t i = 0; i < f->windows.size; i++)
        window[i] = (double) f->windows.values[n * f->windows.size + i];
    if (status == DAVY_OK)
        status = davy_watcher_score(watcher, scratch, window, shares, shares + f->signals);
    if (status != DAVY_OK)
        return status;
    for (size_t j = 0; j < f->signals; j++)
        score += shares[j];
    u = -log(fmax((decision - f->support.bias[0]) / f->total, 1e-300));
    if (u < FAR && fabs(score - u) > TOLERANCE * fmax(u, 1))
        return davy_fail(DAVY_ERR_CORRUPT,
                         "the graph scores %.9g where the support vectors score %.9g", score, u);
    return DAVY_OK;
}

static davy_status check(const void *learnt, const void *watcher)
{
    const border_fitting *f = learnt;
    double *window = calloc(f->windows.size, sizeof *window);
    double *shares = calloc(2 * f->signals, sizeof *shares);
    void *scratch = NULL;
    davy_status status = window && shares ? davy_watcher_begin(watcher, &scratch)
                                          : davy_fail(DAVY_ERR_NOMEM, "self-check");

    for (size_t n = 0; n < f->windows.count && n < CHECKED && status == DAVY_OK; n++)
        if (is_whole(f, n))
            status = check_window(f, watcher, scratch, n, window, shares);
    davy_watcher_end(scratch);
    free(window);
    free(shares);
    return status;
}

static davy_status fit_border(const davy_study *fit, davy_sentences *note, void **parameters)
{
    border_fitting f = {.fit = fit, .signals = fit->fit.table->columns, .rows = fit->lags + 1};
    davy_status status =
        davy_windows_collect(fit, &fit->fit, (size_t) number(&f, "keep"), &f.windows);

    if (status == DAVY_OK)
        status = scale_windows(&f);
    if (fit->progress)
        fit->progress(fit->progress_context, 0, 1, "");
    if (status == DAVY_OK)
        status = learn(&f);
    if (status == DAVY_OK)
        status = davy_watch_finish(&(davy_watch_maker){"svm", f.rows, f.signals, build, check}, &f,
                                   parameters);
    if (status == DAVY_OK)
        davy_say(note,
                 "Border of %zu support vectors of %zu windows of %zu numbers, nu %g, gamma "
                 "%.4g; libsvm %s.",
                 "边界由 %zu 个支持向量构成（共 %zu 个窗口，每个 %zu 个数值），nu %g，"
                 "gamma %.4g；libsvm %s。",
                 f.support.vectors, f.windows.count, f.windows.size, number(&f, "nu"),
                 f.support.gamma, davy_support_version());
    fitting_clear(&f);
    return status;
}

const davy_model_kind davy_model_svm = {
    .name = "svm",
    .lags = "2",
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_border,
    .destroy = davy_watcher_destroy,
    .scale = davy_watcher_scale,
    .save = davy_watcher_save,
    .load = davy_watcher_load,
    .begin = davy_watcher_begin,
    .end = davy_watcher_end,
    .score = davy_watcher_score,
};
