/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Support vector machines beside libsvm: what a sample takes, one thread each, in interleaved
 * rounds.
 *
 *     bench_svm
 *
 * Machines are learnt from drawn samples of two and of six classes that overlap. libsvm is asked by
 * svm_predict_values(), the engine runs the graph that davy_support_build() makes. Prints the
 * number of support vectors, the median CPU time of a sample of both, their ratio, and how far
 * apart the decisions are.
 */
#include "core/random.h"
#include "models/kinds/support.h"
#include "nn/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, ROWS = 1024 };
/* A round repeats until it takes this long. */
#define ROUND_S 0.02

static struct {
    size_t rows, columns, classes;
    float *x;
    double *y;
    davy_support support;
    davy_network *network;
    davy_session *session;
    double *decisions; /* [ROWS * decisions] of libsvm */
} bench;

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_svm: %s\n", davy_error());
    exit(1);
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* Each class is a cloud about its own centre, as wide as the centres are apart. */
static void draw(size_t rows, size_t columns, size_t classes)
{
    bench.rows = rows;
    bench.columns = columns;
    bench.classes = classes;
    bench.x = malloc(rows * columns * sizeof *bench.x);
    bench.y = malloc(rows * sizeof *bench.y);
    if (!bench.x || !bench.y)
        check(davy_fail(DAVY_ERR_NOMEM, "samples"));
    for (size_t i = 0; i < rows; i++) {
        bench.y[i] = (double) (i % classes);
        for (size_t j = 0; j < columns; j++)
            bench.x[i * columns + j] = davy_random_normal(1, 0, i * columns + j) +
                                       0.3F * davy_random_normal(1, 1, (i % classes) * columns + j);
    }
}

static void learn(davy_support_kernel kernel)
{
    const davy_support_problem problem = {
        .x = bench.x,
        .y = bench.y,
        .rows = bench.rows,
        .columns = bench.columns,
        .classes = bench.classes,
        .kernel = kernel,
        .gamma = davy_support_gamma(bench.x, bench.rows, bench.columns),
        .degree = 3,
        .coef0 = 1,
        .c = 1,
        .tolerance = 1e-3};
    davy_graph *graph;
    davy_value x;

    check(davy_support_fit(&problem, &bench.support));
    bench.decisions = calloc(ROWS * bench.support.decisions, sizeof *bench.decisions);
    check(davy_graph_create("svm", 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2,
                         (const int64_t[]){-1, (int64_t) bench.columns});
    davy_graph_output(graph, davy_support_build(&bench.support, graph, x, NULL, NULL));
    check(davy_graph_status(graph));
    check(davy_network_create(graph, NULL, &bench.network));
    check(davy_session_create(bench.network, NULL, &bench.session));
}

static void ask_libsvm(size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++)
        check(davy_support_decide(&bench.support, bench.x + i * bench.columns,
                                  bench.decisions + i * bench.support.decisions));
}

/* @return the largest difference to libsvm's decisions */
static double ask_engine(size_t from, size_t count)
{
    const davy_tensor input = {.type = DAVY_TYPE_F32,
                               .rank = 2,
                               .dims = {(int64_t) count, (int64_t) bench.columns},
                               .data = bench.x + from * bench.columns};
    const size_t decisions = bench.support.decisions;
    davy_tensor output;
    double apart = 0;

    check(davy_session_run(bench.session, &input, &output));
    for (size_t i = 0; i < count * decisions; i++)
        apart = fmax(apart,
                     fabs((double) davy_f32(&output)[i] - bench.decisions[from * decisions + i]));
    return apart;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Seconds of a sample, of one round. */
static double time_round(size_t batch, int engine)
{
    const double start = now_s();
    size_t asked = 0;

    while (now_s() - start < ROUND_S) {
        const size_t from = asked % ROWS / batch * batch;

        if (engine)
            (void) ask_engine(from, batch);
        else
            ask_libsvm(from, batch);
        asked += batch;
    }
    return (now_s() - start) / (double) asked;
}

static void compare(size_t batch)
{
    double times[2][ROUNDS];

    for (int round = 0; round < ROUNDS; round++)
        for (int engine = 0; engine < 2; engine++)
            times[engine][round] = time_round(batch, engine);
    for (int engine = 0; engine < 2; engine++)
        qsort(times[engine], ROUNDS, sizeof **times, by_size);
    (void) printf("   %5zu %12.2f %12.2f %8.1f", batch, 1e6 * times[0][ROUNDS / 2],
                  1e6 * times[1][ROUNDS / 2], times[0][ROUNDS / 2] / times[1][ROUNDS / 2]);
}

static void run(const char *name, davy_support_kernel kernel, size_t rows, size_t columns,
                size_t classes)
{
    draw(rows, columns, classes);
    learn(kernel);
    ask_libsvm(0, ROWS);
    (void) printf("%s, %zu numbers, %zu classes, %zu vectors; apart by %.1e\n", name, columns,
                  classes, bench.support.vectors, ask_engine(0, ROWS));
    (void) printf("   batch    libsvm us      davy us    ratio\n");
    for (size_t batch = 1; batch <= ROWS; batch *= 32) {
        compare(batch);
        (void) printf("\n");
    }
    davy_session_destroy(bench.session);
    davy_network_destroy(bench.network);
    davy_support_clear(&bench.support);
    free(bench.x);
    free(bench.y);
    free(bench.decisions);
}

int main(void)
{
    run("rbf", DAVY_SUPPORT_RBF, 2000, 16, 2);
    run("rbf", DAVY_SUPPORT_RBF, 4000, 128, 6);
    run("poly", DAVY_SUPPORT_POLY, 2000, 40, 2);
    return 0;
}
