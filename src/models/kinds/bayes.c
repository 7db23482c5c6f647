/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `bayes`: the numbers of a sample are taken as independent within a class (naive Bayes).
 *
 * Stage: models. The score of a class is log p(class) + sum_j log p(number j | class), of which the
 * softmax behind it gives p(class | sample). Three densities:
 *
 *     gaussian     numbers about the mean of their class, each with its variance
 *     multinomial  counts: of all events of a class a share falls to each number
 *     bernoulli    whether a number is above the threshold
 *
 * It learns in one pass and from few samples, and each number's part of the score is exact. Numbers
 * that move together are counted twice, so it is too sure of itself; the temperature mends that.
 *
 * Sources: as scikit-learn's GaussianNB, MultinomialNB and BernoulliNB document them: `smoothing`
 * is the share of the largest variance that is added to all, `alpha` the events that are added.
 */
#include "models/kinds/classic.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_2PI  1.8378770664093453
#define ROUNDING 1e-24 /* a variance below this share of the squared mean is none */

typedef struct bayes_fitting {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    davy_classic_matrix matrix;
    davy_channel_scale scale;
    size_t classes, columns;
    double *mean, *variance; /* [classes * columns] gaussian, in the units of the samples */
    double *weights;         /* [columns * classes] of the others */
    double *bias;            /* [classes] what a class scores before any number is seen */
} bayes_fitting;

/* How a density is learnt and becomes a graph. */
typedef struct bayes_density {
    const char *name;
    davy_status (*learn)(bayes_fitting *f);
    davy_value (*build)(const bayes_fitting *f, davy_graph *graph, davy_value x);
    /* Score of class k for a row of the matrix. */
    double (*score)(const bayes_fitting *f, const float *row, size_t k);
} bayes_density;

static void fitting_clear(bayes_fitting *f)
{
    davy_classic_clear(&f->matrix);
    davy_channel_scale_clear(&f->scale);
    free(f->mean);
    free(f->variance);
    free(f->weights);
    free(f->bias);
}

static davy_status fitting_init(bayes_fitting *f)
{
    const size_t cells = f->matrix.classes * f->matrix.columns;

    f->classes = f->matrix.classes;
    f->columns = f->matrix.columns;
    f->mean = calloc(cells, sizeof *f->mean);
    f->variance = calloc(cells, sizeof *f->variance);
    f->weights = calloc(cells, sizeof *f->weights);
    f->bias = calloc(f->classes, sizeof *f->bias);
    if (!f->mean || !f->variance || !f->weights || !f->bias)
        return davy_fail(DAVY_ERR_NOMEM, "%zu classes of %zu numbers", f->classes, f->columns);
    return davy_classic_measure(&f->matrix, &f->scale);
}

/* log p(class): the share of the samples, or the same for all. */
static void learn_priors(bayes_fitting *f)
{
    const bool balanced = davy_classic_balanced(f->lesson);

    for (size_t k = 0; k < f->classes; k++)
        f->bias[k] = balanced ? -log((double) f->classes)
                              : log((double) f->matrix.counts[k] / (double) f->matrix.rows);
}

static size_t class_of(const bayes_fitting *f, size_t row)
{
    return (size_t) f->matrix.targets[row];
}

/* gaussian */

static void add_moments(bayes_fitting *f)
{
    for (size_t i = 0; i < f->matrix.rows; i++) {
        const float *x = davy_classic_row(&f->matrix, i);
        double *mean = f->mean + class_of(f, i) * f->columns;

        for (size_t j = 0; j < f->columns; j++)
            mean[j] += (double) x[j] / (double) f->matrix.counts[class_of(f, i)];
    }
    for (size_t i = 0; i < f->matrix.rows; i++) {
        const float *x = davy_classic_row(&f->matrix, i);
        const size_t at = class_of(f, i) * f->columns;

        for (size_t j = 0; j < f->columns; j++) {
            const double d = (double) x[j] - f->mean[at + j];

            f->variance[at + j] += d * d / (double) f->matrix.counts[class_of(f, i)];
        }
    }
}

/* The largest variance of a number over all samples. */
static double largest_variance(const bayes_fitting *f)
{
    double largest = 0;

    for (size_t j = 0; j < f->columns; j++) {
        double mean = 0, squares = 0;

        for (size_t i = 0; i < f->matrix.rows; i++)
            mean += (double) davy_classic_row(&f->matrix, i)[j] / (double) f->matrix.rows;
        for (size_t i = 0; i < f->matrix.rows; i++) {
            const double d = (double) davy_classic_row(&f->matrix, i)[j] - mean;

            squares += d * d / (double) f->matrix.rows;
        }
        largest = fmax(largest, squares);
    }
    return largest;
}

static davy_status learn_gaussian(bayes_fitting *f)
{
    const double added = davy_lesson_number(f->lesson, "smoothing") * largest_variance(f);

    add_moments(f);
    for (size_t i = 0; i < f->classes * f->columns; i++) {
        f->variance[i] += added;
        if (!(f->variance[i] > ROUNDING * f->mean[i] * f->mean[i]) || !isfinite(f->variance[i]))
            return davy_fail(DAVY_ERR_INVALID,
                             "number %zu never changes within class '%s': say smoothing=1e-9 or "
                             "more",
                             i % f->columns + 1, f->lesson->samples->classes[i / f->columns]);
        f->bias[i / f->columns] -= (LOG_2PI + log(f->variance[i])) / 2;
    }
    return DAVY_OK;
}

/* A constant [1, classes, columns] of a term in the units of what is scaled. */
static davy_value terms(davy_graph *graph, const char *name, const bayes_fitting *f,
                        double (*term)(const bayes_fitting *f, size_t i))
{
    double *values = calloc(f->classes * f->columns, sizeof *values);
    davy_value table = DAVY_VALUE_NONE;

    for (size_t i = 0; values && i < f->classes * f->columns; i++)
        values[i] = term(f, i);
    if (values)
        table = davy_classic_table(graph, name, values, f->classes, f->columns);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "a graph"));
    free(values);
    return table;
}

static double scaled_mean(const bayes_fitting *f, size_t i)
{
    const size_t c = i % f->columns % f->scale.count;

    return (f->mean[i] - (double) f->scale.mean[c]) / (double) f->scale.scale[c];
}

static double scaled_deviation(const bayes_fitting *f, size_t i)
{
    return sqrt(f->variance[i]) / (double) f->scale.scale[i % f->columns % f->scale.count];
}

/* bias - 1/2 sum ((x - mean) / deviation)^2. Multiplied out it would be two matrix products, and
 * for small variances the difference of two large numbers. */
static davy_value build_gaussian(const bayes_fitting *f, davy_graph *graph, davy_value x)
{
    x = davy_layer_reshape(graph, x, 3, (const int64_t[]){0, 1, (int64_t) f->columns});
    x = davy_neural_binary(graph, "sub", x, terms(graph, "class_mean", f, scaled_mean));
    x = davy_neural_binary(graph, "div", x, terms(graph, "class_deviation", f, scaled_deviation));
    x = davy_classic_sum(graph, davy_neural_binary(graph, "mul", x, x), 2);
    x = davy_classic_number(graph, "mul", x, "half", -0.5);
    return davy_classic_vector(graph, "add", x, "class_bias", f->bias, f->classes);
}

static double score_gaussian(const bayes_fitting *f, const float *row, size_t k)
{
    const double *mean = f->mean + k * f->columns, *variance = f->variance + k * f->columns;
    double score = f->bias[k];

    for (size_t j = 0; j < f->columns; j++)
        score -= ((double) row[j] - mean[j]) * ((double) row[j] - mean[j]) / (2 * variance[j]);
    return score;
}

/* multinomial and bernoulli: a product with weights */

/* Sum of what each number counts in each class, in `mean`; a balanced class counts no more, since
 * all classes are compared by their shares. */
static void add_counts(bayes_fitting *f, double threshold, bool events)
{
    for (size_t i = 0; i < f->matrix.rows; i++) {
        const float *x = davy_classic_row(&f->matrix, i);

        for (size_t j = 0; j < f->columns; j++)
            f->mean[class_of(f, i) * f->columns + j] +=
                events ? (double) x[j] : (double) x[j] > threshold;
    }
}

static davy_status check_counts(const bayes_fitting *f)
{
    for (size_t i = 0; i < f->matrix.rows * f->columns; i++)
        if (f->matrix.values[i] < 0)
            return davy_fail(DAVY_ERR_INVALID,
                             "number %zu of sample %zu is %g: density=multinomial takes counts, "
                             "which are not below 0",
                             i % f->columns + 1, f->matrix.members[i / f->columns] + 1,
                             (double) f->matrix.values[i]);
    return DAVY_OK;
}

/* Scores are linear, so the scaled numbers do as well: x w = (x - mean) w + mean w. */
static davy_status learn_multinomial(bayes_fitting *f)
{
    const double alpha = davy_lesson_number(f->lesson, "alpha");
    const davy_status status = check_counts(f);

    if (status != DAVY_OK)
        return status;
    add_counts(f, 0, true);
    for (size_t k = 0; k < f->classes; k++) {
        double events = 0;

        for (size_t j = 0; j < f->columns; j++)
            events += f->mean[k * f->columns + j] + alpha;
        for (size_t j = 0; j < f->columns; j++)
            f->weights[j * f->classes + k] = log((f->mean[k * f->columns + j] + alpha) / events);
    }
    return DAVY_OK;
}

static davy_value build_multinomial(const bayes_fitting *f, davy_graph *graph, davy_value x)
{
    double *weights = calloc(f->columns * f->classes, sizeof *weights);
    double *bias = calloc(f->classes, sizeof *bias);

    for (size_t k = 0; weights && bias && k < f->classes; k++) {
        bias[k] = f->bias[k];
        for (size_t j = 0; j < f->columns; j++) {
            const size_t c = j % f->scale.count;

            weights[j * f->classes + k] =
                f->weights[j * f->classes + k] * (double) f->scale.scale[c];
            bias[k] += f->weights[j * f->classes + k] * (double) f->scale.mean[c];
        }
    }
    if (weights && bias)
        x = davy_classic_dense(graph, "counts", x, weights, bias, f->columns, f->classes);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "a graph"));
    free(weights);
    free(bias);
    return x;
}

static double score_multinomial(const bayes_fitting *f, const float *row, size_t k)
{
    double score = f->bias[k];

    for (size_t j = 0; j < f->columns; j++)
        score += (double) row[j] * f->weights[j * f->classes + k];
    return score;
}

/* log p where a number is above the threshold, log(1 - p) where it is not. The numbers themselves
 * are compared, so nothing is scaled. */
static davy_status learn_bernoulli(bayes_fitting *f)
{
    const double alpha = davy_lesson_number(f->lesson, "alpha");

    add_counts(f, davy_lesson_number(f->lesson, "binarize"), false);
    for (size_t k = 0; k < f->classes; k++)
        for (size_t j = 0; j < f->columns; j++) {
            const double p =
                (f->mean[k * f->columns + j] + alpha) / ((double) f->matrix.counts[k] + 2 * alpha);

            f->weights[j * f->classes + k] = log(p) - log1p(-p);
            f->bias[k] += log1p(-p);
        }
    for (size_t c = 0; c < f->scale.count; c++) {
        f->scale.mean[c] = 0;
        f->scale.scale[c] = 1;
    }
    return DAVY_OK;
}

static davy_value build_bernoulli(const bayes_fitting *f, davy_graph *graph, davy_value x)
{
    davy_node *node;

    x = davy_classic_number(graph, "greater", x, "threshold",
                            davy_lesson_number(f->lesson, "binarize"));
    node = davy_graph_node(graph, "cast", &x, 1, 1);
    davy_node_set_int(graph, node, "to", DAVY_TYPE_F32);
    x = node ? node->out[0] : DAVY_VALUE_NONE;
    return davy_classic_dense(graph, "above", x, f->weights, f->bias, f->columns, f->classes);
}

static double score_bernoulli(const bayes_fitting *f, const float *row, size_t k)
{
    const float threshold = (float) davy_lesson_number(f->lesson, "binarize");
    double score = f->bias[k];

    for (size_t j = 0; j < f->columns; j++)
        score += row[j] > threshold ? f->weights[j * f->classes + k] : 0;
    return score;
}

static const bayes_density densities[] = {
    {"gaussian", learn_gaussian, build_gaussian, score_gaussian},
    {"multinomial", learn_multinomial, build_multinomial, score_multinomial},
    {"bernoulli", learn_bernoulli, build_bernoulli, score_bernoulli},
};

static const bayes_density *find_density(const davy_lesson *lesson)
{
    const char *name = davy_lesson_text(lesson, "density");
    size_t i = 0;

    while (strcmp(densities[i].name, name) != 0)
        i++; /* the settings were checked: it is one of them */
    return &densities[i];
}

static davy_status build(const bayes_fitting *f, const bayes_density *density)
{
    davy_graph *graph = NULL;
    davy_value x;
    davy_status status = davy_graph_create("bayes", 0, &graph);

    if (status != DAVY_OK)
        return status;
    x = davy_classic_begin(graph, &f->lesson->samples->form, &f->scale);
    return davy_classic_end(graph, density->build(f, graph, x), f->result);
}

static davy_status check(const bayes_fitting *f, const bayes_density *density)
{
    const size_t rows = davy_classic_checked(&f->matrix);
    double *expected = calloc(rows * f->classes, sizeof *expected);
    davy_status status;

    if (!expected)
        return davy_fail(DAVY_ERR_NOMEM, "self-check");
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < f->classes; k++)
            expected[i * f->classes + k] = density->score(f, davy_classic_row(&f->matrix, i), k);
    status = davy_classic_check(f->lesson, &f->matrix, f->result, expected);
    free(expected);
    return status;
}

static davy_status fit_bayes(const davy_lesson *lesson, davy_lesson_result *result)
{
    const bayes_density *density = find_density(lesson);
    bayes_fitting f = {.lesson = lesson, .result = result};
    davy_status status = davy_classic_read(lesson, DAVY_PURPOSE_LEARN, &f.matrix);

    if (status == DAVY_OK)
        status = fitting_init(&f);
    if (status == DAVY_OK) {
        learn_priors(&f);
        status = density->learn(&f);
    }
    if (status == DAVY_OK)
        status = build(&f, density);
    if (status == DAVY_OK)
        status = check(&f, density);
    if (status == DAVY_OK)
        davy_say(&result->note,
                 "Naive Bayes of %s densities: %zu numbers, %zu classes, %zu samples.",
                 "朴素贝叶斯（%s 密度）：%zu 个数值，%zu 个类别，%zu 个样本。", density->name,
                 f.columns, f.classes, f.matrix.rows);
    fitting_clear(&f);
    return status;
}

static const davy_setting settings[] = {
    {"density", "gaussian", "how a number is spread within a class: counts are multinomial", NAN,
     NAN, "gaussian|multinomial|bernoulli"},
    {"smoothing", "1e-9", "gaussian: share of the largest variance that is added to all", 0, 1,
     NULL},
    {"alpha", "1", "multinomial, bernoulli: events that are added to all", 1e-10, 1e6, NULL},
    {"binarize", "0", "bernoulli: a number above it is a yes", -1e30, 1e30, NULL},
    {"balance", "no", "all classes are taken to be as common", NAN, NAN, "yes|no"},
};

const davy_predictor_kind davy_predictor_bayes = {
    .name = "bayes",
    .tasks = DAVY_TASK_BIT(DAVY_TASK_CLASSIFY),
    .forms = DAVY_CLASSIC_FORMS,
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_bayes,
};
