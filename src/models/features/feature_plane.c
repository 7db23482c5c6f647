/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that lay a plane through the columns: principal components, and how far a
 * sample is from those of one class.
 *
 * Stage: models. Columns are taken less their means; `standardise` before it makes them count
 * alike. A component points where its largest weight is above 0. The distances of `novelty` are
 * those of models/kinds/pca.h: T2 within the plane and Q from it, here as logarithms and each in
 * units of its mean over the samples that the plane was laid through.
 *
 * Sources: Hotelling, J. Educ. Psychol. 24, 1933; Jackson, Mudholkar, Technometrics 21(3), 1979.
 */
#include "models/features/feature_private.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK          ((size_t) 512) /* rows that are added to the covariance at once */
#define FLAT           1e-10          /* share of the largest variance below which there is none */
#define DISTANCE_LEAST 1e-6           /* of a mean: what lies in the plane is no nearer */

typedef struct plane {
    size_t columns, kept;
    double *mean;      /* [columns] */
    double *variances; /* [columns] the largest first */
    double *weights;   /* [columns * kept] */
    double *spread;    /* [kept] 1 / deviation */
    double total;
} plane;

static void plane_clear(plane *p)
{
    free(p->mean);
    free(p->variances);
    free(p->weights);
    free(p->spread);
}

static bool is_taken(const davy_feature_matrix *m, size_t row, double class)
{
    return isnan(class) || m->targets[row] == class;
}

/* Mean of the rows of a class; NaN: of all. @return how many */
static size_t find_mean(const davy_feature_matrix *m, double class, double *mean)
{
    size_t count = 0;

    for (size_t i = 0; i < m->rows; i++) {
        if (!is_taken(m, i, class))
            continue;
        count++;
        for (size_t j = 0; j < m->columns; j++)
            mean[j] += (double) m->values[i * m->columns + j];
    }
    for (size_t j = 0; j < m->columns && count > 0; j++)
        mean[j] /= (double) count;
    return count;
}

/* The lower triangle of the covariance. @param block  [BLOCK * columns] */
static void find_covariance(const davy_feature_matrix *m, double class, const double *mean,
                            size_t count, double *block, double *covariance)
{
    const int n = (int) m->columns;
    size_t held = 0;

    for (size_t i = 0; i <= m->rows; i++) {
        if (held == BLOCK || (i == m->rows && held > 0)) {
            cblas_dsyrk(CblasColMajor, CblasUpper, CblasNoTrans, n, (int) held,
                        1.0 / (double) count, block, n, 1.0, covariance, n);
            held = 0;
        }
        if (i == m->rows || !is_taken(m, i, class))
            continue;
        for (size_t j = 0; j < m->columns; j++)
            block[held * m->columns + j] = (double) m->values[i * m->columns + j] - mean[j];
        held++;
    }
}

/* Variances fall; a vector is a column of LAPACK, and the last is the first. */
static void sort_variances(plane *p, const double *rising)
{
    for (size_t k = 0; k < p->columns; k++) {
        p->variances[k] = fmax(rising[p->columns - 1 - k], 0);
        p->total += p->variances[k];
    }
}

/* How many there are to keep: a number, or as many as hold a share of the variance. */
static size_t count_kept(const plane *p, double wanted)
{
    size_t kept = 0;
    double held = 0;

    while (kept < p->columns && p->variances[kept] > FLAT * p->variances[0] &&
           (wanted >= 1 ? (double) kept < wanted : held < wanted * p->total))
        held += p->variances[kept++];
    return kept;
}

static void take_weights(plane *p, const double *vectors)
{
    for (size_t k = 0; k < p->kept; k++) {
        const double *vector = vectors + (p->columns - 1 - k) * p->columns;
        size_t most = 0;

        for (size_t j = 1; j < p->columns; j++)
            most = fabs(vector[j]) > fabs(vector[most]) * (1 + 1e-9) ? j : most;
        for (size_t j = 0; j < p->columns; j++)
            p->weights[j * p->kept + k] = vector[most] < 0 ? -vector[j] : vector[j];
        p->spread[k] = 1 / sqrt(p->variances[k]);
    }
}

static davy_status lay_plane(const davy_feature_call *call, const davy_feature_matrix *m,
                             double class, double wanted, plane *p)
{
    const lapack_int n = (lapack_int) m->columns;
    double *block = malloc(BLOCK * m->columns * sizeof *block);
    double *covariance = calloc(m->columns * m->columns, sizeof *covariance);
    double *rising = calloc(m->columns, sizeof *rising);
    davy_status status = DAVY_OK;
    size_t count;

    *p = (plane){.columns = m->columns,
                 .mean = calloc(m->columns, sizeof *p->mean),
                 .variances = calloc(m->columns, sizeof *p->variances)};
    if (!block || !covariance || !rising || !p->mean || !p->variances) {
        status = davy_fail(DAVY_ERR_NOMEM, "features");
        goto done;
    }
    count = find_mean(m, class, p->mean);
    if (count < 2) {
        status = davy_feature_fail(call, "%zu samples are too few to lay a plane through", count);
        goto done;
    }
    find_covariance(m, class, p->mean, count, block, covariance);
    if (LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', n, covariance, n, rising) != 0) {
        status = davy_feature_fail(call, "the eigenvalues of %zu columns could not be found",
                                   m->columns);
        goto done;
    }
    sort_variances(p, rising);
    p->kept = count_kept(p, wanted);
    if (p->kept == 0) {
        status = davy_feature_fail(call, "no column ever moves");
        goto done;
    }
    p->weights = calloc(p->columns * p->kept, sizeof *p->weights);
    p->spread = calloc(p->kept, sizeof *p->spread);
    if (p->weights && p->spread)
        take_weights(p, covariance);
    else
        status = davy_fail(DAVY_ERR_NOMEM, "features");
done:
    free(block);
    free(covariance);
    free(rising);
    return status;
}

static davy_value multiply(davy_features *f, davy_value x, davy_value table)
{
    const davy_value in[] = {x, table};
    const davy_node *node = davy_graph_node(f->graph, "matmul", in, 2, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_status fit_pca(davy_features *f, const davy_feature_call *call)
{
    davy_feature_matrix matrix = {0};
    plane p = {0};
    davy_value x;
    davy_status status = davy_feature_columns(f, &x);

    if (status == DAVY_OK)
        status = davy_feature_learn(f, x, &matrix);
    if (status == DAVY_OK)
        status = lay_plane(call, &matrix, NAN, davy_feature_number(call, "keep"), &p);
    davy_feature_matrix_clear(&matrix);
    if (status == DAVY_OK) {
        const char **names = davy_arena_array(&f->arena, p.kept + 1, sizeof *names);

        for (size_t k = 0; names && k < p.kept; k++)
            names[k] = davy_feature_name(f, "pc%zu", k + 1);
        x = davy_classic_vector(f->graph, "sub", x, "features/centre", p.mean, p.columns);
        x = multiply(
            f, x,
            davy_classic_table(f->graph, "features/components", p.weights, p.columns, p.kept));
        status = davy_feature_set_columns(f, x, names, p.kept);
    }
    plane_clear(&p);
    return status;
}

static const davy_setting pca_arguments[] = {
    {"keep", "0.95", "components; below 1: as many as hold this share of the variance", 1e-6, 4096,
     NULL},
};

const davy_feature_step davy_feature_pca = {
    .name = "pca",
    .meaning = "principal components of the columns, in place of them",
    .arguments = pca_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(pca_arguments),
    .fit = fit_pca,
};

/* -------------------------------------------------------------------------------------- novelty */

/* Squared distances in units of their mean: [N]. */
static davy_value distance(davy_features *f, davy_value squares, double mean)
{
    return davy_classic_number(f->graph, "div", davy_classic_sum(f->graph, squares, 1),
                               "features/usual", mean > 0 ? mean : 1);
}

/* log(d + least) as a column [N, 1]. */
static davy_value log_column(davy_features *f, davy_value d)
{
    const int64_t dims[] = {-1, 1};

    d = davy_classic_number(f->graph, "add", d, "features/least", DISTANCE_LEAST);
    return davy_layer_reshape(f->graph, davy_feature_unary(f, "log", d), 2, dims);
}

static davy_value square(davy_features *f, davy_value x)
{
    return davy_neural_binary(f->graph, "mul", x, x);
}

/* T2 of the plane has a mean of the number of its components; Q of the variances that are left.
 * Fused they are one column, their sum. */
static davy_value build_distances(davy_features *f, davy_value x, const plane *p, bool fused)
{
    const int64_t order[] = {1, 0};
    double outside = 0;
    davy_value table, inside, rest;
    davy_value both[2];

    for (size_t k = p->kept; k < p->columns; k++)
        outside += p->variances[k];
    table = davy_classic_table(f->graph, "features/components", p->weights, p->columns, p->kept);
    x = davy_classic_vector(f->graph, "sub", x, "features/centre", p->mean, p->columns);
    inside = multiply(f, x, table);
    rest = davy_neural_binary(f->graph, "sub", x,
                              multiply(f, inside, davy_layer_transpose(f->graph, table, order)));
    inside = davy_classic_vector(f->graph, "mul", inside, "features/spread", p->spread, p->kept);
    inside = distance(f, square(f, inside), (double) p->kept);
    rest = distance(f, square(f, rest), outside);
    if (fused)
        return log_column(f, davy_neural_binary(f->graph, "add", inside, rest));
    both[0] = log_column(f, inside);
    both[1] = log_column(f, rest);
    return davy_layer_concat(f->graph, both, 2, 1);
}

static davy_status find_class(const davy_features *f, const davy_feature_call *call, double *class)
{
    const davy_sample_set *samples = f->lesson->samples;
    const char *name = davy_feature_text(call, "class");

    *class = NAN;
    if (name[0] == '\0')
        return DAVY_OK;
    for (size_t k = 0; k < samples->class_count; k++)
        if (strcmp(samples->classes[k], name) == 0)
            *class = (double) k;
    return isnan(*class) ? davy_feature_fail(call, "there is no class '%.60s'", name) : DAVY_OK;
}

static davy_status fit_novelty(davy_features *f, const davy_feature_call *call)
{
    static const char *const words[] = {"log T2", "log Q"}, *const fused[] = {"log T2+Q"};
    const bool fuses = davy_feature_is(call, "fuse", "yes");
    davy_feature_matrix matrix = {0};
    plane p = {0};
    double class;
    davy_value x;
    davy_status status = find_class(f, call, &class);

    if (status == DAVY_OK)
        status = davy_feature_columns(f, &x);
    if (status == DAVY_OK)
        status = davy_feature_learn(f, x, &matrix);
    if (status == DAVY_OK)
        status = lay_plane(call, &matrix, class, davy_feature_number(call, "planes"), &p);
    davy_feature_matrix_clear(&matrix);
    if (status == DAVY_OK) {
        if (davy_feature_is(call, "beside", "no")) {
            f->columns = DAVY_VALUE_NONE;
            f->count = 0;
        }
        status = davy_feature_gather(f, build_distances(f, x, &p, fuses), fuses ? fused : words,
                                     fuses ? 1 : 2);
    }
    plane_clear(&p);
    return status;
}

static const davy_setting novelty_arguments[] = {
    {"class", "", "class that the plane is laid through; empty: all samples", NAN, NAN, NULL},
    {"planes", "0.95", "components; below 1: as many as hold this share of the variance", 1e-6,
     4096, NULL},
    {"fuse", "no", "one column, the sum of both distances", NAN, NAN, "yes|no"},
    {"beside", "no", "the columns stay beside the two distances", NAN, NAN, "yes|no"},
};

const davy_feature_step davy_feature_novelty = {
    .name = "novelty",
    .meaning = "how far a sample is from those of one class: T2 and Q",
    .arguments = novelty_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(novelty_arguments),
    .fit = fit_novelty,
};
