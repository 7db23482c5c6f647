/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What the neural engine takes for a step of training or a batch of inference, on the networks that
 * its peers are measured on, in the peers' format: one line of JSON.
 *
 *     bench_nn TASK MODE BATCH THREADS [N] [SECONDS]
 *     bench_nn TASK write FILE.onnx      the same network with the same weights, for other runtimes
 *     bench_nn                           a few of each, one thread
 *
 * TASK cnn, ae (N wide, default 32), lstm, tf, resnet50 or yolo; MODE infer or train, then +bf16.
 * Beside the peers' fields: mem_mb, the peak of the process; gflops a second; and share, of the
 * rate that products alone reach here with the same kernels, both by CPU time as others may be
 * working.
 */
#include "core/buffer.h"
#include "core/file.h"
#include "networks.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"
#include "nn/simd/amx.h"
#include "nn/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define SAMPLES_MAX 65536
#define SAMPLES_MIN 5
/* A sample repeats a step until it takes this long. */
#define SAMPLE_MS 2.0

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_nn: %s\n", davy_error());
    exit(1);
}

/* The networks, exactly as the peers' models.py has them. */

static davy_value input(davy_graph *graph, int rank, const int64_t *dims)
{
    return davy_graph_input(graph, "x", DAVY_TYPE_F32, rank, dims);
}

static davy_value build_cnn(davy_graph *graph, int64_t n)
{
    static const int64_t channels[] = {32, 64, 128};
    davy_value x = input(graph, 4, (int64_t[]){-1, 224, 224, 3});

    (void) n;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(channels); i++) {
        const davy_conv_options options = {.channels = channels[i],
                                           .window = {.kernel = {3, 3}},
                                           .activation = DAVY_ACTIVATION_RELU,
                                           .pool = true};
        char name[8];

        (void) snprintf(name, sizeof name, "conv%zu", i + 1);
        x = davy_layer_conv(graph, name, x, &options);
    }
    x = davy_layer_dense(graph, "hidden", davy_layer_flatten(graph, x), 128, DAVY_ACTIVATION_RELU);
    return davy_layer_dense(graph, "classes", x, 2, DAVY_ACTIVATION_NONE);
}

static davy_value build_ae(davy_graph *graph, int64_t n)
{
    davy_value x = input(graph, 2, (int64_t[]){-1, n});

    x = davy_layer_dense(graph, "in", x, 256, DAVY_ACTIVATION_RELU);
    return davy_layer_dense(graph, "out", x, n, DAVY_ACTIVATION_SIGMOID);
}

static davy_value build_lstm(davy_graph *graph, int64_t n)
{
    davy_value x = input(graph, 3, (int64_t[]){-1, 50, 24});

    (void) n;
    x = davy_layer_recurrent(graph, "lstm", x, DAVY_LSTM, 64, false, true);
    return davy_layer_dense(graph, "classes", x, 2, DAVY_ACTIVATION_NONE);
}

static davy_value build_block(davy_graph *graph, const char *name, davy_value x)
{
    const davy_attention_options options = {.heads = 4, .mask = DAVY_VALUE_NONE};
    char part[4][32];
    davy_value y;

    for (int i = 0; i < 4; i++)
        (void) snprintf(part[i], sizeof part[i], "%s/%d", name, i);
    y = davy_layer_layer_norm(graph, part[0], x);
    y = davy_layer_attention(graph, part[1], y, &options);
    x = davy_layer_add(graph, x, y);
    y = davy_layer_layer_norm(graph, part[2], x);
    y = davy_layer_dense(graph, part[3], y, 512, DAVY_ACTIVATION_GELU);
    y = davy_layer_dense(graph, name, y, 128, DAVY_ACTIVATION_NONE);
    return davy_layer_add(graph, x, y);
}

static davy_value build_tf(davy_graph *graph, int64_t n)
{
    static const char *const names[] = {"block1", "block2", "block3", "block4"};
    davy_value x = input(graph, 3, (int64_t[]){-1, 64, 64});

    (void) n;
    x = davy_layer_dense(graph, "tokens", x, 128, DAVY_ACTIVATION_NONE);
    x = davy_layer_position(graph, "position", x);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        x = build_block(graph, names[i], x);
    x = davy_layer_mean(graph, davy_layer_layer_norm(graph, "norm", x), 1);
    return davy_layer_dense(graph, "classes", x, 2, DAVY_ACTIVATION_NONE);
}

static davy_value build_resnet50(davy_graph *graph, int64_t n)
{
    (void) n;
    return bench_resnet50(graph);
}

static davy_value build_yolo(davy_graph *graph, int64_t n)
{
    (void) n;
    return bench_yolo(graph);
}

/* Sums and products of one sample; `by_n`: for each of N. */
static const struct task {
    const char *name;
    davy_value (*build)(davy_graph *graph, int64_t n);
    double gflop_infer, gflop_train;
    bool by_n, has_outputs;
} tasks[] = {
    {"cnn", build_cnn, 0.940, 2.75, false, false},
    {"ae", build_ae, 1.024e-6, 3.072e-6, true, false},
    {"lstm", build_lstm, 2.253e-3, 6.76e-3, false, false},
    {"tf", build_tf, 0.1102, 0.331, false, false},
    {"resnet50", build_resnet50, 8.18, 24.5, false, false},
    {"yolo", build_yolo, 16.5, 49.5, false, true},
};

struct bench {
    const struct task *task;
    bool train, bf16;
    int64_t batch, n;
    size_t threads;
    davy_pool *pool;
    davy_graph *graph; /* training: ours; inference: the network's */
    davy_trainer *trainer;
    davy_network *network;
    davy_session *session;
    davy_tensor inputs[2], outputs[3];
};

/* Even numbers in [0, 1), fixed. */
static void fill(davy_tensor *tensor)
{
    uint32_t state = 1;

    tensor->data = malloc(davy_tensor_bytes(tensor));
    if (!tensor->data)
        exit(1);
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++) {
        state = state * 1664525U + 1013904223U;
        davy_f32(tensor)[i] = (float) (state >> 8) * 0x1p-24F;
    }
}

/* Loss and target: the autoencoder's is its input, the classes are 0 1 0 1 ... */
static davy_value add_loss(struct bench *bench, davy_value y)
{
    const bool rebuilds = strcmp(bench->task->name, "ae") == 0;
    davy_value in[2] = {y, 0};
    davy_node *node;

    bench->inputs[1] = bench->inputs[0];
    if (rebuilds) {
        in[1] =
            davy_graph_input(bench->graph, "target", DAVY_TYPE_F32, 2, (int64_t[]){-1, bench->n});
    } else {
        in[1] = davy_graph_input(bench->graph, "target", DAVY_TYPE_I64, 1, (int64_t[]){-1});
        check(davy_tensor_shape(&bench->inputs[1], DAVY_TYPE_I64, 1, &bench->batch));
        bench->inputs[1].data = calloc((size_t) bench->batch, sizeof(int64_t));
        for (int64_t i = 0; bench->inputs[1].data && i < bench->batch; i++)
            ((int64_t *) bench->inputs[1].data)[i] = i % 2;
    }
    node = davy_graph_node(bench->graph, rebuilds ? "mse" : "cross_entropy", in, 2, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static void make(struct bench *bench)
{
    int64_t dims[DAVY_RANK_MAX];
    davy_value y, loss;

    check(davy_graph_create(bench->task->name, 0, &bench->graph));
    y = bench->task->build(bench->graph, bench->n);
    check(davy_graph_status(bench->graph));
    memcpy(dims, bench->graph->values[bench->graph->inputs[0]].tensor.dims, sizeof dims);
    dims[0] = bench->batch;
    check(davy_tensor_shape(&bench->inputs[0], DAVY_TYPE_F32,
                            bench->graph->values[bench->graph->inputs[0]].tensor.rank, dims));
    fill(&bench->inputs[0]);
    if (!bench->task->has_outputs)
        davy_graph_output(bench->graph, y);
    if (bench->train) {
        const davy_trainer_options options = {.bf16 = bench->bf16};

        loss = add_loss(bench, y);
        davy_layers_initialise(bench->graph, 1);
        check(davy_graph_status(bench->graph));
        check(davy_trainer_create(bench->graph, loss, &options, bench->pool, &bench->trainer));
    } else {
        const davy_network_options options = {.bf16 = bench->bf16};

        davy_layers_initialise(bench->graph, 1);
        check(davy_network_create(bench->graph, &options, &bench->network));
        check(davy_session_create(bench->network, bench->pool, &bench->session));
    }
}

static void step(struct bench *bench)
{
    if (bench->train)
        check(davy_trainer_step(bench->trainer, bench->inputs, NULL));
    else
        check(davy_session_run(bench->session, bench->inputs, bench->outputs));
}

static void clear(struct bench *bench)
{
    if (bench->inputs[1].data != bench->inputs[0].data)
        free(bench->inputs[1].data);
    free(bench->inputs[0].data);
    davy_trainer_destroy(bench->trainer);
    if (bench->train)
        davy_graph_destroy(bench->graph);
    davy_session_destroy(bench->session);
    davy_network_destroy(bench->network);
    davy_pool_destroy(bench->pool);
}

/* Measuring. */

static double clock_ms(clockid_t clock)
{
    struct timespec now;

    (void) clock_gettime(clock, &now);
    return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Products of the size of a cache, for a peak. */
#define PEAK_M ((size_t) 240)
#define PEAK_N ((size_t) 64)
#define PEAK_K ((size_t) 512)

struct peak {
    float *a, *b, *c; /* bf16 uses the same memory */
    bool bf16;
};

static void peak_product(void *context, size_t chunk, size_t worker)
{
    const struct peak *peak = context;
    float *c = peak->c + worker * PEAK_M * PEAK_N;
    const davy_gemm floats = {.m = PEAK_M,
                              .n = PEAK_N,
                              .k = PEAK_K,
                              .segments = 1,
                              .a = peak->a,
                              .a_row = PEAK_K,
                              .a_column = 1,
                              .b = peak->b,
                              .b_row = PEAK_N,
                              .c = c,
                              .c_row = PEAK_N};
    const davy_bf16_gemm halves = {.m = PEAK_M,
                                   .n = PEAK_N,
                                   .k = PEAK_K,
                                   .segments = 1,
                                   .a = (const void *) peak->a,
                                   .a_row = PEAK_K,
                                   .b = (const void *) peak->b,
                                   .b_pair = 32,
                                   .b_panel = PEAK_K * 16,
                                   .c = c,
                                   .c_row = PEAK_N};

    (void) chunk;
    if (!peak->bf16) {
        davy_kernels_best()->gemm(&floats);
        return;
    }
    davy_bf16_begin();
    davy_bf16_multiply(&halves);
    davy_bf16_end();
}

/* GF of products alone in a second of CPU time, on all threads; the best of some rounds. */
static double measure_peak(const struct bench *bench)
{
    struct peak peak = {.a = calloc(PEAK_M * PEAK_K, sizeof(float)),
                        .b = calloc(PEAK_N * PEAK_K, sizeof(float)),
                        .c = calloc(bench->threads * PEAK_M * PEAK_N, sizeof(float)),
                        .bf16 = bench->bf16};
    const size_t products = 200 * bench->threads;
    double best = 0;

    for (int round = 0; peak.a && peak.b && peak.c && round < 5; round++) {
        const double start = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
        double rate;

        davy_pool_run(bench->pool, products, peak_product, &peak);
        rate = 2e-6 * PEAK_M * PEAK_N * PEAK_K * (double) products /
               (clock_ms(CLOCK_PROCESS_CPUTIME_ID) - start);
        best = rate > best ? rate : best;
    }
    free(peak.a);
    free(peak.b);
    free(peak.c);
    return best;
}

static void print(const struct bench *bench, double wall, double least, double cpu, size_t samples)
{
    const double each = bench->train ? bench->task->gflop_train : bench->task->gflop_infer;
    const double gflop = each * (bench->task->by_n ? (double) bench->n : 1) * (double) bench->batch;
    char name[32];
    struct rusage usage;

    (void) getrusage(RUSAGE_SELF, &usage); /* before the peak takes memory of its own */
    (void) snprintf(name, sizeof name, bench->task->by_n ? "%s%d" : "%s", bench->task->name,
                    (int) bench->n);
    (void) printf("{\"impl\": \"davy%s\", \"task\": \"%s\", \"mode\": \"%s\", \"batch\": %d, "
                  "\"threads\": %zu, \"median_ms\": %.5f, \"min_ms\": %.5f, \"cpu_ms\": %.5f, "
                  "\"per_s\": %.1f, \"samples\": %zu, \"mem_mb\": %.0f, \"gflops\": %.1f, "
                  "\"share\": %.3f}\n",
                  bench->bf16 ? "-bf16" : "", name, bench->train ? "train" : "infer",
                  (int) bench->batch, bench->threads, wall, least, cpu,
                  (double) bench->batch / wall * 1e3, samples, (double) usage.ru_maxrss / 1024.0,
                  gflop / wall * 1e3, gflop / cpu * 1e3 / measure_peak(bench));
}

static void measure(struct bench *bench, double seconds)
{
    static double wall[SAMPLES_MAX], cpu[SAMPLES_MAX];
    double start, end;
    size_t inner = 1, samples = 0;

    step(bench);
    step(bench);
    start = clock_ms(CLOCK_MONOTONIC);
    step(bench);
    start = clock_ms(CLOCK_MONOTONIC) - start;
    if (start < SAMPLE_MS)
        inner = (size_t) (SAMPLE_MS / (start + 1e-4)) + 1;
    end = clock_ms(CLOCK_MONOTONIC) + seconds * 1e3;
    while (samples < SAMPLES_MAX && (samples < SAMPLES_MIN || clock_ms(CLOCK_MONOTONIC) < end)) {
        const double w = clock_ms(CLOCK_MONOTONIC), c = clock_ms(CLOCK_PROCESS_CPUTIME_ID);

        for (size_t i = 0; i < inner; i++)
            step(bench);
        wall[samples] = (clock_ms(CLOCK_MONOTONIC) - w) / (double) inner;
        cpu[samples++] = (clock_ms(CLOCK_PROCESS_CPUTIME_ID) - c) / (double) inner;
    }
    qsort(wall, samples, sizeof *wall, compare);
    qsort(cpu, samples, sizeof *cpu, compare);
    print(bench, wall[samples / 2], wall[0], cpu[samples / 2], samples);
}

static bool read_task(const char *name, struct bench *bench)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tasks); i++)
        if (strcmp(name, tasks[i].name) == 0)
            bench->task = &tasks[i];
    return bench->task != NULL;
}

static bool read_mode(const char *mode, struct bench *bench)
{
    bench->train = strncmp(mode, "train", 5) == 0;
    bench->bf16 = strcmp(mode + 5, "+bf16") == 0;
    return (bench->train || strncmp(mode, "infer", 5) == 0) && (bench->bf16 || mode[5] == '\0');
}

static void run(struct bench *bench, double seconds)
{
    if (bench->threads > 1)
        check(davy_pool_create(bench->threads, &bench->pool));
    make(bench);
    measure(bench, seconds);
    clear(bench);
}

/* What `make bench` prints. */
static void run_some(void)
{
    static const struct {
        const char *task, *mode;
        int64_t batch;
    } some[] = {
        {"cnn", "train", 32},      {"cnn", "train+bf16", 32}, {"cnn", "infer", 32},
        {"cnn", "infer+bf16", 32}, {"cnn", "infer", 1},       {"ae", "train", 32},
        {"ae", "infer", 1},        {"lstm", "train", 32},     {"lstm", "infer", 1},
        {"tf", "train", 32},       {"tf", "infer", 1},        {"resnet50", "infer", 1},
        {"yolo", "infer", 1},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(some); i++) {
        struct bench bench = {.n = 32, .batch = some[i].batch, .threads = 1};

        if (read_task(some[i].task, &bench) && read_mode(some[i].mode, &bench) &&
            (!bench.bf16 || davy_bf16_available()))
            run(&bench, 1);
    }
}

static void write_model(const struct task *task, int64_t n, const char *path)
{
    davy_graph *graph;
    davy_buffer buffer = {0};
    davy_value y;

    check(davy_graph_create(task->name, 0, &graph));
    y = task->build(graph, n);
    check(davy_graph_status(graph));
    davy_graph_name(graph, y, "y");
    if (!task->has_outputs)
        davy_graph_output(graph, y);
    davy_layers_initialise(graph, 1);
    check(davy_onnx_export(graph, NULL, 0, &buffer));
    check(davy_file_replace(path, buffer.bytes, buffer.length, 0644));
    davy_buffer_clear(&buffer);
    davy_graph_destroy(graph);
}

int main(int argc, char **argv)
{
    struct bench bench = {.n = argc > 5 ? strtol(argv[5], NULL, 10) : 32};

    if (argc == 1) {
        run_some();
        return 0;
    }
    if (argc == 4 && read_task(argv[1], &bench) && strcmp(argv[2], "write") == 0) {
        write_model(bench.task, bench.n, argv[3]);
        return 0;
    }
    if (argc < 5 || !read_task(argv[1], &bench) || strlen(argv[2]) < 5 ||
        !read_mode(argv[2], &bench) || strtol(argv[3], NULL, 10) < 1 ||
        strtol(argv[4], NULL, 10) < 1 || bench.n < 1) {
        (void) fprintf(stderr, "usage: bench_nn cnn|ae|lstm|tf|resnet50|yolo infer|train[+bf16] "
                               "BATCH THREADS [N] [SECONDS]\n"
                               "       bench_nn TASK write FILE.onnx\n");
        return 64;
    }
    if (bench.bf16 && !davy_bf16_available()) {
        (void) fprintf(stderr, "bench_nn: this CPU has no AMX\n");
        return 69;
    }
    bench.batch = strtol(argv[3], NULL, 10);
    bench.threads = (size_t) strtol(argv[4], NULL, 10);
    run(&bench, argc > 6 ? strtod(argv[6], NULL) : 2.0);
    return 0;
}
