/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Networks of well-known shapes with random weights: how long a run takes.
 *
 *     bench_shapes SHAPE BATCH THREADS [bf16] [SECONDS]   one JSON line; SHAPE: resnet50, yolo
 *     bench_shapes SHAPE write FILE.onnx                  the same network, for other runtimes
 *     bench_shapes                                        every shape once, f32 and bf16
 *
 * The line has the fields of other runtimes' benchmarks: impl, task, mode, batch, threads,
 * median_ms, min_ms, cpu_ms, per_s, samples.
 */
#include "core/buffer.h"
#include "core/clock.h"
#include "networks.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS_MAX 1000

static const struct shape {
    const char *name;
    davy_value (*build)(davy_graph *graph);
    int64_t side;
} shapes[] = {{"resnet50", bench_resnet50, 224}, {"yolo", bench_yolo, 640}};

static davy_status build(const struct shape *shape, davy_graph **out)
{
    davy_status status = davy_graph_create(shape->name, 0, out);
    davy_value last;

    if (status != DAVY_OK)
        return status;
    last = shape->build(*out);
    if ((*out)->output_count == 0)
        davy_graph_output(*out, last);
    if (last != DAVY_VALUE_NONE)
        davy_graph_name(*out, last, "y");
    davy_layers_initialise(*out, 1);
    return davy_graph_status(*out);
}

static davy_status write_model(const struct shape *shape, const char *path)
{
    davy_graph *graph = NULL;
    davy_buffer buffer = {0};
    davy_status status = build(shape, &graph);
    FILE *file = NULL;

    if (status == DAVY_OK)
        status = davy_onnx_export(graph, NULL, 0, &buffer);
    if (status == DAVY_OK) {
        file = fopen(path, "wbe");
        if (!file || fwrite(buffer.bytes, 1, buffer.length, file) != buffer.length)
            status = davy_fail(DAVY_ERR_IO, "cannot write '%s'", path);
    }
    if (file && fclose(file) != 0 && status == DAVY_OK)
        status = davy_fail(DAVY_ERR_IO, "cannot write '%s'", path);
    davy_buffer_clear(&buffer);
    davy_graph_destroy(graph);
    return status;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return x < y ? -1 : x > y;
}

static double cpu_ms(void)
{
    struct timespec time;

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double) time.tv_sec * 1e3 + (double) time.tv_nsec * 1e-6;
}

static double wall_ms(void)
{
    return (double) davy_monotonic_ns(davy_clock_system()) * 1e-6;
}

static void print_line(const struct shape *shape, int64_t batch, size_t threads, bool bf16,
                       double wall[], double cpu[], size_t runs)
{
    qsort(wall, runs, sizeof *wall, by_size);
    qsort(cpu, runs, sizeof *cpu, by_size);
    (void) printf("{\"impl\": \"davy%s\", \"task\": \"%s\", \"mode\": \"infer\", \"batch\": %lld, "
                  "\"threads\": %zu, \"median_ms\": %.4f, \"min_ms\": %.4f, \"cpu_ms\": %.4f, "
                  "\"per_s\": %.2f, \"samples\": %zu}\n",
                  bf16 ? "-bf16" : "", shape->name, (long long) batch, threads, wall[runs / 2],
                  wall[0], cpu[runs / 2], (double) batch * 1e3 / wall[runs / 2], runs);
    (void) fflush(stdout);
}

static davy_status time_runs(davy_session *session, const struct shape *shape, int64_t batch,
                             size_t threads, bool bf16, double seconds)
{
    static double wall[RUNS_MAX], cpu[RUNS_MAX];
    davy_tensor input = {
        .type = DAVY_TYPE_F32, .rank = 4, .dims = {batch, shape->side, shape->side, 3}};
    const size_t count = (size_t) davy_tensor_count(&input);
    davy_tensor outputs[3];
    float *data = malloc(count * sizeof *data);
    const double end = wall_ms() + seconds * 1e3;
    size_t runs = 0;
    davy_status status = data ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "input");

    for (size_t i = 0; data && i < count; i++)
        data[i] = (float) (i % 251) / 251;
    input.data = data;
    if (status == DAVY_OK)
        status = davy_session_run(session, &input, outputs);
    while (status == DAVY_OK && runs < RUNS_MAX && (runs < 3 || wall_ms() < end)) {
        const double w = wall_ms(), c = cpu_ms();

        status = davy_session_run(session, &input, outputs);
        wall[runs] = wall_ms() - w;
        cpu[runs++] = cpu_ms() - c;
    }
    if (status == DAVY_OK)
        print_line(shape, batch, threads, bf16, wall, cpu, runs);
    free(data);
    return status;
}

static davy_status measure(const struct shape *shape, int64_t batch, size_t threads, bool bf16,
                           double seconds)
{
    const davy_network_options options = {.bf16 = bf16};
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_pool *pool = NULL;
    davy_status status = build(shape, &graph);

    if (status != DAVY_OK)
        davy_graph_destroy(graph);
    else
        status = davy_network_create(graph, &options, &network);
    if (status == DAVY_OK && threads > 1)
        status = davy_pool_create(threads, &pool);
    if (status == DAVY_OK)
        status = davy_session_create(network, pool, &session);
    if (status == DAVY_OK)
        status = time_runs(session, shape, batch, threads, bf16, seconds);
    davy_session_destroy(session);
    davy_network_destroy(network);
    davy_pool_destroy(pool);
    return status;
}

static const struct shape *find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    return NULL;
}

static davy_status all(void)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++)
        for (int bf16 = 0; status == DAVY_OK && bf16 < 2; bf16++)
            status = measure(&shapes[i], 1, 1, bf16, 2);
    return status;
}

int main(int argc, char **argv)
{
    const struct shape *shape = argc > 2 ? find(argv[1]) : NULL;
    const bool bf16 = argc > 4 && strcmp(argv[4], "bf16") == 0;
    davy_status status;

    if (argc == 1)
        status = all();
    else if (!shape || argc < 4)
        status =
            davy_fail(DAVY_ERR_INVALID, "usage: bench_shapes resnet50|yolo BATCH THREADS [bf16] "
                                        "[SECONDS], or SHAPE write FILE.onnx");
    else if (strcmp(argv[2], "write") == 0)
        status = write_model(shape, argv[3]);
    else
        status = measure(shape, strtol(argv[2], NULL, 10), (size_t) strtol(argv[3], NULL, 10), bf16,
                         argc > 4 + bf16 ? strtod(argv[4 + bf16], NULL) : 2);
    if (status != DAVY_OK)
        (void) fprintf(stderr, "bench_shapes: %s\n", davy_error());
    return davy_status_exit_code(status);
}
