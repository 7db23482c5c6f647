/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Ensembles of trees beside XGBoost: what a batch takes, one thread each, in interleaved rounds.
 *
 *     bench_trees NAME.onnx [NAME.ubj [BATCH [same]]]
 *
 * bench/trees.py writes the models. XGBoost is asked through its C interface, in place, with one
 * thread; its library is opened at run time and left out where it is not there. Prints for each
 * batch the median CPU time of a row of both, the ratio of the medians, and how far the answers
 * are apart; and the same of Shapley values of all targets (XGBoost's pred_contribs). Every batch
 * is of other rows, unless `same` is said, so that branches of a peer are not learnt by heart.
 */
#include "models/explain/shapley_trees.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"

#include "core/random.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, ROWS = 8192, EXPLAINED = 32 };
/* A round repeats batches until it takes this long. */
#define ROUND_S 0.02

typedef uint64_t bst_ulong;

static struct xgboost {
    void *library, *booster, *explained; /* rows that are explained */
    int (*create)(const void *matrices[], bst_ulong count, void **out);
    int (*load)(void *booster, const char *path);
    int (*set)(void *booster, const char *name, const char *value);
    int (*predict)(void *booster, const char *values, const char *config, void *matrix,
                   const bst_ulong **shape, bst_ulong *rank, const float **result);
    int (*rows)(const float *values, bst_ulong rows, bst_ulong columns, float missing, void **out);
    int (*explain)(void *booster, void *rows, const char *config, const bst_ulong **shape,
                   bst_ulong *rank, const float **result);
    const char *(*error)(void);
} xgboost;

static struct {
    davy_network *network;
    davy_session *session;
    int64_t features;
    float *x;  /* [ROWS, features] */
    bool same; /* the first rows again and again */
    davy_shapley_trees *trees;
    size_t targets;
    float *shares; /* [EXPLAINED, targets, features + 1] as XGBoost has them */
    double *one, *mix;
} ours;

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_trees: %s\n", davy_error());
    exit(1);
}

static void check_xgboost(int failed)
{
    if (!failed)
        return;
    (void) fprintf(stderr, "bench_trees: XGBoost: %s\n", xgboost.error());
    exit(1);
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static void open_trees(const davy_graph *graph)
{
    for (size_t n = 0; n < graph->node_count && !ours.trees; n++)
        if (davy_shapley_trees_create(&graph->nodes[n], (size_t) ours.features, &ours.trees) !=
            DAVY_OK)
            ours.trees = NULL; /* a node of another operator, or of others' trees */
    if (!ours.trees || !davy_shapley_trees_covered(ours.trees))
        return;
    ours.targets = davy_shapley_trees_targets(ours.trees);
    ours.shares = calloc((size_t) (EXPLAINED * (ours.features + 1)) * ours.targets, sizeof(float));
    ours.one = calloc((size_t) ours.features, sizeof *ours.one);
    ours.mix = calloc(ours.targets, sizeof *ours.mix);
    if (!ours.shares || !ours.one || !ours.mix)
        exit(1);
}

static void open_ours(const char *path)
{
    davy_graph *graph;

    check(davy_onnx_load(path, 0, &graph));
    ours.features = graph->values[graph->inputs[0]].tensor.dims[1];
    open_trees(graph);
    check(davy_network_create(graph, NULL, &ours.network));
    check(davy_session_create(ours.network, NULL, &ours.session));
    ours.x = calloc((size_t) (ROWS * ours.features), sizeof *ours.x);
    if (!ours.x)
        exit(1);
    for (int64_t i = 0; i < ROWS * ours.features; i++)
        ours.x[i] = davy_random_uniform(3, 0, (uint64_t) i);
}

/* @return false when the library is not there */
static bool open_xgboost(const char *path)
{
    xgboost.library = dlopen("libxgboost.so.0", RTLD_NOW);
    if (!xgboost.library)
        return false;
    *(void **) &xgboost.create = dlsym(xgboost.library, "XGBoosterCreate");
    *(void **) &xgboost.load = dlsym(xgboost.library, "XGBoosterLoadModel");
    *(void **) &xgboost.set = dlsym(xgboost.library, "XGBoosterSetParam");
    *(void **) &xgboost.predict = dlsym(xgboost.library, "XGBoosterPredictFromDense");
    *(void **) &xgboost.rows = dlsym(xgboost.library, "XGDMatrixCreateFromMat");
    *(void **) &xgboost.explain = dlsym(xgboost.library, "XGBoosterPredictFromDMatrix");
    *(void **) &xgboost.error = dlsym(xgboost.library, "XGBGetLastError");
    if (!xgboost.create || !xgboost.load || !xgboost.set || !xgboost.predict || !xgboost.error)
        return false;
    check_xgboost(xgboost.create(NULL, 0, &xgboost.booster));
    check_xgboost(xgboost.load(xgboost.booster, path));
    check_xgboost(xgboost.set(xgboost.booster, "nthread", "1"));
    check_xgboost(
        xgboost.rows(ours.x, EXPLAINED, (bst_ulong) ours.features, NAN, &xgboost.explained));
    return true;
}

/* @return the numbers of the answer */
static size_t ask_ours(const float *x, int64_t batch, const float **out)
{
    const davy_tensor in = {.type = DAVY_TYPE_F32,
                            .rank = 2,
                            .dims = {batch, ours.features},
                            .data = (void *) (uintptr_t) x};
    davy_tensor y[2];

    check(davy_session_run(ours.session, &in, y));
    *out = y[0].data;
    return (size_t) davy_tensor_count(&y[0]);
}

static size_t ask_xgboost(const float *x, int64_t batch, const float **out)
{
    static const char config[] =
        "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
        "\"strict_shape\": false, \"cache_id\": 0, \"missing\": NaN}";
    char values[200];
    const bst_ulong *shape;
    bst_ulong rank, count = 1;

    (void) snprintf(values, sizeof values,
                    "{\"data\": [%" PRIuPTR ", true], \"shape\": [%" PRId64 ", %" PRId64
                    "], \"typestr\": \"<f4\", \"version\": 3}",
                    (uintptr_t) x, batch, ours.features);
    check_xgboost(xgboost.predict(xgboost.booster, values, config, NULL, &shape, &rank, out));
    for (bst_ulong i = 0; i < rank; i++)
        count *= shape[i];
    return (size_t) count;
}

/* Microseconds of CPU that a batch takes. */
static double time_us(size_t (*ask)(const float *, int64_t, const float **), int64_t batch)
{
    static int64_t row;
    const double start = now_s();
    const float *out;
    double took;
    size_t times = 0;

    do {
        row = ours.same || row + batch + batch > ROWS ? 0 : row + batch;
        (void) ask(ours.x + row * ours.features, batch, &out);
        times++;
        took = now_s() - start;
    } while (took < ROUND_S);
    return took / (double) times * 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

/* The greatest difference of answers, relative above 1. */
static double apart(int64_t batch)
{
    const float *a, *b;
    const size_t count = ask_ours(ours.x, batch, &a);
    double worst = 0.0;

    if (ask_xgboost(ours.x, batch, &b) != count) {
        (void) fprintf(stderr, "bench_trees: answers of different size\n");
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        worst = fmax(worst, fabs((double) a[i] - (double) b[i]) / (1.0 + fabs((double) b[i])));
    return worst;
}

static void measure(int64_t batch, bool beside)
{
    double mine[ROUNDS], theirs[ROUNDS];

    (void) time_us(ask_ours, batch);
    for (size_t i = 0; i < ROUNDS; i++) {
        mine[i] = time_us(ask_ours, batch);
        theirs[i] = beside ? time_us(ask_xgboost, batch) : 0.0;
    }
    (void) printf("batch %5" PRId64 ": %9.2f us, %8.3f us a row", batch, median(mine),
                  median(mine) / (double) batch);
    if (beside)
        (void) printf("; XGBoost %9.2f us, %5.2f times as long; apart %.1e", median(theirs),
                      median(theirs) / median(mine), apart(batch));
    (void) printf("\n");
}

/* ------------------------------------------------------------------------------ explanations */

/* Shares of each target and, last, the base of it; rows are the first ones. */
static size_t explain_ours(const float *x, int64_t batch, const float **out)
{
    float *to = ours.shares;

    (void) x;
    (void) batch;
    for (size_t i = 0; i < EXPLAINED * ours.targets; i++) {
        const size_t row = i / ours.targets;
        davy_shapley_sum sum;

        for (size_t k = 0; k < ours.targets; k++)
            ours.mix[k] = k == i - row * ours.targets;
        check(davy_shapley_by_paths(ours.trees, ours.mix, ours.x + (int64_t) row * ours.features,
                                    ours.one, &sum));
        for (int64_t j = 0; j < ours.features; j++)
            *to++ = (float) ours.one[j];
        *to++ = (float) sum.base;
    }
    *out = ours.shares;
    return (size_t) (to - ours.shares);
}

static size_t explain_xgboost(const float *x, int64_t batch, const float **out)
{
    static const char config[] = "{\"type\": 2, \"training\": false, \"iteration_begin\": 0, "
                                 "\"iteration_end\": 0, \"strict_shape\": true}";
    const bst_ulong *shape;
    bst_ulong rank, count = 1;

    (void) x;
    (void) batch;
    check_xgboost(xgboost.explain(xgboost.booster, xgboost.explained, config, &shape, &rank, out));
    for (bst_ulong i = 0; i < rank; i++)
        count *= shape[i];
    return (size_t) count;
}

static double shares_apart(void)
{
    const float *a, *b;
    const size_t count = explain_ours(NULL, 0, &a);
    double worst = 0;

    if (explain_xgboost(NULL, 0, &b) != count) {
        (void) fprintf(stderr, "bench_trees: explanations of different size\n");
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        if ((i + 1) % (size_t) (ours.features + 1) != 0) /* bases of margins may be apart */
            worst = fmax(worst, fabs((double) a[i] - (double) b[i]));
    return worst;
}

static void measure_shares(bool beside)
{
    double mine[ROUNDS], theirs[ROUNDS];

    if (!ours.shares)
        return;
    for (size_t i = 0; i < ROUNDS; i++) {
        mine[i] = time_us(explain_ours, 0) / EXPLAINED;
        theirs[i] = beside ? time_us(explain_xgboost, 0) / EXPLAINED : 0.0;
    }
    (void) printf("explained:   %9.2f us a row", median(mine));
    if (beside)
        (void) printf("; XGBoost %9.2f us, %5.2f times as long; apart %.1e", median(theirs),
                      median(theirs) / median(mine), shares_apart());
    (void) printf("\n");
}

int main(int argc, char **argv)
{
    static const int64_t batches[] = {1, 16, 64, 1024};
    bool beside;

    if (argc < 2) {
        (void) fprintf(stderr, "usage: bench_trees NAME.onnx [NAME.ubj [BATCH [same]]]\n");
        return 2;
    }
    open_ours(argv[1]);
    ours.same = argc > 4;
    beside = argc > 2 && open_xgboost(argv[2]);
    if (argc > 3)
        measure(strtol(argv[3], NULL, 10), beside);
    else
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(batches); i++)
            measure(batches[i], beside);
    measure_shares(beside);
    davy_shapley_trees_destroy(ours.trees);
    free(ours.shares);
    free(ours.one);
    free(ours.mix);
    davy_session_destroy(ours.session);
    davy_network_destroy(ours.network);
    free(ours.x);
    return 0;
}
