/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/pca_fit.h"

#include "core/bulk.h"
#include "models/kinds/pca_scaling.h"
#include "models/kinds/scaling.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK          256 /* windows that are added to the covariance at once */
#define EIGENVALUE_MIN 1e-10
#define Q_MIN          1e-6 /* mean Q per number of the window that a perfect plane is given */

/* What learning keeps between its walks over the rows. */
typedef struct fit_work {
    const davy_study *fit;
    const davy_pca_settings *settings;
    size_t signals, window;
    double *rows; /* [capacity * signals] newest row of every window */
    size_t capacity, count;
    uint8_t *trimmed; /* [count] 1: this window is not learnt from */
    size_t trimmed_count;
    davy_pca *scaling; /* centre and scale of each regime; no plane yet, and a mean of 0 */
    double *block;     /* [BLOCK * window] */
    size_t in_block;
    double *covariance;         /* [window * window], then its eigenvectors */
    double *mean, *eigenvalues; /* [window] */
    double *x;                  /* [window] */
    size_t seen;                /* windows of this walk */
    davy_pca *pca;
    double *scratch, *t2, *q; /* of every window */
    double total_variance;
} fit_work;

static davy_status gather(void *context, size_t row, const double *window)
{
    fit_work *work = context;

    (void) row;
    memcpy(work->rows + work->count++ * work->signals, window, work->signals * sizeof(double));
    return DAVY_OK;
}

static davy_status add_to_mean(void *context, size_t row, const double *window)
{
    fit_work *work = context;

    (void) row;
    if (work->trimmed[work->seen++])
        return DAVY_OK;
    davy_pca_scale(work->scaling, window, work->x);
    for (size_t d = 0; d < work->window; d++)
        work->mean[d] += work->x[d];
    return DAVY_OK;
}

/* The covariance is what takes time; it is learnt once more after the worst windows are known. */
static void tell_progress(const fit_work *work)
{
    const davy_study *fit = work->fit;
    const size_t rounds = work->settings->trim > 0 ? 2 : 1;

    if (fit->progress)
        fit->progress(fit->progress_context, (work->pca ? work->count : 0) + work->seen,
                      rounds * work->count, "");
}

static void add_block(fit_work *work)
{
    const int n = (int) work->window;

    tell_progress(work);
    if (work->in_block > 0)
        cblas_dsyrk(CblasColMajor, CblasUpper, CblasNoTrans, n, (int) work->in_block, 1.0,
                    work->block, n, 1.0, work->covariance, n);
    work->in_block = 0;
}

static davy_status add_to_covariance(void *context, size_t row, const double *window)
{
    fit_work *work = context;
    double *x = work->block + work->in_block * work->window;

    (void) row;
    if (work->trimmed[work->seen++])
        return DAVY_OK;
    davy_pca_scale(work->scaling, window, x);
    for (size_t d = 0; d < work->window; d++)
        x[d] -= work->mean[d];
    if (++work->in_block == BLOCK)
        add_block(work);
    return DAVY_OK;
}

static davy_status walk_fit(fit_work *work, davy_walk_visit visit)
{
    work->seen = 0;
    return davy_walk_windows(&work->fit->fit, work->fit->lags, work->fit->hold, visit, work);
}

static davy_status learn_covariance(fit_work *work)
{
    const double used = (double) (work->count - work->trimmed_count);
    davy_status status;

    memset(work->mean, 0, work->window * sizeof(double));
    memset(work->covariance, 0, work->window * work->window * sizeof(double));
    status = walk_fit(work, add_to_mean);
    if (status != DAVY_OK)
        return status;
    for (size_t d = 0; d < work->window; d++)
        work->mean[d] /= used;
    status = walk_fit(work, add_to_covariance);
    add_block(work);
    for (size_t i = 0; i < work->window * work->window; i++)
        work->covariance[i] /= used - 1.0;
    return status;
}

/* Eigenvalues in rising order, eigenvectors in the columns of the covariance. */
static davy_status decompose(fit_work *work)
{
    const lapack_int n = (lapack_int) work->window;
    const lapack_int failed =
        LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', n, work->covariance, n, work->eigenvalues);

    if (failed != 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "the eigenvalues of these %zu signals could not be found (LAPACK %d)",
                         work->signals, (int) failed);
    work->total_variance = 0;
    for (size_t i = 0; i < work->window; i++)
        work->total_variance += fmax(work->eigenvalues[i], 0);
    if (!(work->total_variance > 0) || !isfinite(work->total_variance))
        return davy_fail(DAVY_ERR_INVALID,
                         "none of the %zu signals moves in the rows to learn from", work->signals);
    return DAVY_OK;
}

/* The fewest components that explain the share asked for, at most half the windows. */
static size_t count_components(const fit_work *work)
{
    const size_t half = (work->count - work->trimmed_count) / 2;
    const size_t most = half < work->window - 1 ? half : work->window - 1;
    const double largest = work->eigenvalues[work->window - 1];
    double explained = 0;
    size_t k = 0;

    while (k < most && explained < work->settings->variance * work->total_variance) {
        const double value = work->eigenvalues[work->window - 1 - k];

        if (value <= EIGENVALUE_MIN * largest)
            break;
        explained += value;
        k++;
    }
    return k > 0 ? k : 1;
}

/* Component i is the eigenvector of the i-th largest value; its largest entry is positive. */
static void take_component(fit_work *work, davy_pca *pca, size_t i)
{
    const double *vector = work->covariance + (work->window - 1 - i) * work->window;
    double largest = 0;

    for (size_t d = 0; d < work->window; d++)
        if (fabs(vector[d]) > fabs(largest) * (1.0 + 1e-9))
            largest = vector[d];
    for (size_t d = 0; d < work->window; d++)
        pca->loadings[d * pca->components + i] = largest < 0 ? -vector[d] : vector[d];
    pca->whiten[i] = 1.0 / sqrt(work->eigenvalues[work->window - 1 - i]);
}

/* The regimes are those of the scaling, lent until learning has succeeded. */
static void drop_pca(davy_pca **pca)
{
    if (*pca)
        (*pca)->regimes = (davy_regimes){.count = 1};
    davy_pca_destroy(*pca);
    *pca = NULL;
}

static davy_status make_pca(fit_work *work)
{
    const size_t regimes = work->scaling->regimes.count;
    const size_t components = count_components(work);
    davy_status status;

    drop_pca(&work->pca);
    status = davy_pca_create(work->signals, work->fit->lags, components, regimes, &work->pca);
    if (status != DAVY_OK)
        return status;
    memcpy(work->pca->centre, work->scaling->centre, regimes * work->signals * sizeof(double));
    memcpy(work->pca->scale, work->scaling->scale, regimes * work->signals * sizeof(double));
    memcpy(work->pca->mean, work->mean, work->window * sizeof(double));
    for (size_t i = 0; i < components; i++)
        take_component(work, work->pca, i);
    work->pca->regimes = work->scaling->regimes; /* lent until learning is done */
    davy_pca_finish(work->pca);
    free(work->scratch);
    work->scratch = calloc(davy_pca_scratch(work->pca), sizeof(double));
    return work->scratch ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "model");
}

static davy_status learn_plane(fit_work *work)
{
    davy_status status = learn_covariance(work);

    if (status == DAVY_OK)
        status = decompose(work);
    if (status == DAVY_OK)
        status = make_pca(work);
    return status;
}

static davy_status note_parts(void *context, size_t row, const double *window)
{
    fit_work *work = context;
    const davy_pca_parts parts = davy_pca_measure(work->pca, window, work->scratch, NULL);

    (void) row;
    work->t2[work->seen] = parts.t2;
    work->q[work->seen++] = parts.q;
    return DAVY_OK;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double) count;
}

/* History is never quite clean: leave out the worst windows by the first model, learn again. */
static davy_status trim(fit_work *work)
{
    double mean_t2, mean_q, cut;
    davy_status status = walk_fit(work, note_parts);

    if (status != DAVY_OK)
        return status;
    mean_t2 = fmax(mean_of(work->t2, work->count), 1e-300);
    mean_q = fmax(mean_of(work->q, work->count), 1e-300);
    for (size_t i = 0; i < work->count; i++)
        work->q[i] = work->t2[i] = work->t2[i] / mean_t2 + work->q[i] / mean_q;
    cut = davy_quantile(work->q, work->count, 1.0 - work->settings->trim);
    for (size_t i = 0; i < work->count; i++)
        work->trimmed_count += work->trimmed[i] = work->t2[i] > cut;
    return work->trimmed_count > 0 ? learn_plane(work) : DAVY_OK;
}

typedef struct reference_walk {
    fit_work *work;
    double t2, q;
    size_t count;
} reference_walk;

static davy_status add_reference(void *context, size_t row, const double *window)
{
    reference_walk *walk = context;
    const davy_pca_parts parts =
        davy_pca_measure(walk->work->pca, window, walk->work->scratch, NULL);

    (void) row;
    walk->t2 += parts.t2;
    walk->q += parts.q;
    walk->count++;
    return DAVY_OK;
}

/*
 * T2 and Q are put on one footing by their means over later rows: on the rows a plane was laid
 * through, both are flattered, T2 the more so the more components there are.
 */
static davy_status weigh(fit_work *work)
{
    reference_walk walk = {.work = work};
    const double half = work->settings->fuse_max ? 1.0 : 0.5;
    davy_status status = davy_walk_windows(&work->fit->reference, work->fit->lags, work->fit->hold,
                                           add_reference, &walk);

    if (status != DAVY_OK)
        return status;
    if (walk.count == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "the rows to calibrate on hold no whole window of %zu "
                         "rows without gaps",
                         work->fit->lags + 1);
    work->pca->fuse_max = work->settings->fuse_max;
    work->pca->weight_t2 = half / fmax(walk.t2 / (double) walk.count, 1e-300);
    work->pca->weight_q = half / fmax(walk.q / (double) walk.count, Q_MIN * (double) work->window);
    return DAVY_OK;
}

static davy_status work_allocate(fit_work *work)
{
    const size_t window = work->window;

    work->trimmed = davy_bulk_alloc(work->count, 1);
    work->block = davy_bulk_alloc(BLOCK * window, sizeof(double));
    work->covariance = davy_bulk_alloc(window * window, sizeof(double));
    work->mean = davy_bulk_alloc(window, sizeof(double));
    work->eigenvalues = davy_bulk_alloc(window, sizeof(double));
    work->x = davy_bulk_alloc(window, sizeof(double));
    work->t2 = davy_bulk_alloc(work->count, sizeof(double));
    work->q = davy_bulk_alloc(work->count, sizeof(double));
    if (!work->trimmed || !work->block || !work->covariance || !work->mean || !work->eigenvalues ||
        !work->x || !work->t2 || !work->q)
        return davy_fail_in(DAVY_ERR_NOMEM, "learning from %zu windows of %zu numbers", work->count,
                            window);
    return DAVY_OK;
}

static davy_status work_begin(fit_work *work)
{
    const davy_walk *rows = &work->fit->fit;
    davy_status status;

    work->capacity = rows->to - rows->from;
    work->rows = davy_bulk_alloc(work->capacity * work->signals + 1, sizeof(double));
    if (!work->rows)
        return davy_fail_in(DAVY_ERR_NOMEM, "learning from %zu rows", work->capacity);
    status = davy_walk_windows(rows, work->fit->lags, work->fit->hold, gather, work);
    if (status != DAVY_OK)
        return status;
    if (work->signals == 0 || work->count < DAVY_PCA_WINDOWS_MIN)
        return davy_fail(DAVY_ERR_INVALID,
                         "%zu whole windows of %zu rows to learn from; at least %d are needed",
                         work->count, work->fit->lags + 1, DAVY_PCA_WINDOWS_MIN);
    return work_allocate(work);
}

static void work_clear(fit_work *work)
{
    davy_pca_destroy(work->scaling);
    davy_bulk_free(work->rows);
    davy_bulk_free(work->trimmed);
    davy_bulk_free(work->block);
    davy_bulk_free(work->covariance);
    davy_bulk_free(work->mean);
    davy_bulk_free(work->eigenvalues);
    davy_bulk_free(work->x);
    davy_bulk_free(work->t2);
    davy_bulk_free(work->q);
    free(work->scratch);
}

davy_status davy_pca_fit(const davy_study *fit, const davy_pca_settings *settings,
                         davy_pca_learnt *learnt, davy_pca **out)
{
    const size_t signals = fit->fit.table->columns;
    fit_work work = {
        .fit = fit, .settings = settings, .signals = signals, .window = (fit->lags + 1) * signals};
    davy_status status = work_begin(&work);

    openblas_set_num_threads(1); /* more threads would add in another order */
    if (status == DAVY_OK)
        status = davy_pca_learn_scaling(fit, settings, work.rows, work.count, &work.scaling);
    if (status == DAVY_OK)
        status = learn_plane(&work);
    if (status == DAVY_OK && settings->trim > 0)
        status = trim(&work);
    if (status == DAVY_OK)
        status = weigh(&work);
    if (status == DAVY_OK) {
        *learnt = (davy_pca_learnt){work.count, work.trimmed_count, work.pca->components,
                                    work.scaling->regimes.count};
        work.scaling->regimes = (davy_regimes){.count = 1}; /* the model owns them now */
        *out = work.pca;
    } else {
        drop_pca(&work.pca);
    }
    work_clear(&work);
    return status;
}
