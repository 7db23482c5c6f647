/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The host of models: requests a second by threads, what it costs beside the bare run, what
 * batches gain, and what is left of the rate when ten times as much is asked.
 *
 *     bench_host [SECONDS]        of each measurement; 1 unless said
 *
 * Models are networks with random weights, asked without HTTP. What is compared takes turns, and is
 * compared by CPU time, which other work on the machine does not change. Under overload each thread
 * asks at its own times whatever comes back, as clients from outside do; an alarm's model runs
 * beside them every 10 ms in a thread of its own.
 */
#include "core/clock.h"
#include "core/random.h"
#include "infer/chores.h"
#include "infer/histogram.h"
#include "infer/host_private.h"
#include "nn/layers.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"

#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 96, ROUNDS = 3, OVERLOAD_THREADS = 64, WIDTH_MAX = 2048 };

/* Dense layers on a row: what a model of so many units of each layer costs. */
static const struct shape {
    const char *name;
    int64_t inputs, units, layers;
    const char *config; /* behind max_batch_size */
} shapes[] = {
    {"small", 16, 32, 2, ""},
    {"large", 512, 1536, 4, ""}, /* some milliseconds */
    {"queued", 512, 512, 4, "max_batch_size: 16 dynamic_batching { }"},
    {"single", 512, 512, 4, "max_batch_size: 16"}, /* the same, one by one */
    {"promised", 512, 1536, 4,
     "parameters: { key: \"davy.latency_ms\" value: { string_value: \"100\" } }"},
};

static char folder[] = "/tmp/davy-bench-host-XXXXXX";
static double seconds = 1;

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "%s: %s\n", davy_status_name(status), davy_error());
    exit(davy_status_exit_code(status));
}

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

/* CPU time of this process, all its threads. */
static double cpu_s(void)
{
    struct timespec now;

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static void sleep_until(int64_t ns)
{
    const struct timespec until = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

    (void) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static davy_graph *build(const struct shape *shape)
{
    davy_graph *graph = NULL;
    davy_value x;

    check(davy_graph_create(shape->name, 0, &graph));
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, shape->inputs});
    for (int64_t i = 0; i < shape->layers; i++) {
        char name[16];

        (void) snprintf(name, sizeof name, "dense%d", (int) i);
        x = davy_layer_dense(graph, name, x, shape->units, DAVY_ACTIVATION_RELU);
    }
    x = davy_layer_dense(graph, "last", x, 4, DAVY_ACTIVATION_NONE);
    davy_graph_name(graph, x, "y");
    davy_graph_output(graph, x);
    check(davy_graph_status(graph));
    return graph;
}

static void write_file(const char *path, const void *bytes, size_t length)
{
    check(davy_file_replace(path, bytes, length, 0644));
}

static void put(const struct shape *shape)
{
    davy_graph *graph = build(shape);
    davy_buffer bytes = {0};
    char path[256];

    check(davy_onnx_export(graph, NULL, 0, &bytes));
    (void) snprintf(path, sizeof path, "%s/%s/1", folder, shape->name);
    check(davy_folder_make(path, 0755));
    (void) snprintf(path, sizeof path, "%s/%s/1/model.onnx", folder, shape->name);
    write_file(path, bytes.bytes, bytes.length);
    (void) snprintf(path, sizeof path, "%s/%s/config.pbtxt", folder, shape->name);
    write_file(path, shape->config, strlen(shape->config));
    davy_buffer_clear(&bytes);
    davy_graph_destroy(graph);
}

static const struct shape *find_shape(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    return NULL;
}

/* One thread that asks. */
struct asker {
    davy_host *host;
    const struct shape *shape;
    pthread_t thread;
    int64_t from_ns, until_ns, period_ns; /* 0: again at once */
    uint64_t answered, refused;
    davy_histogram times; /* of those that were answered */
};

static void ask(struct asker *asker, const davy_infer_request *request)
{
    davy_infer_response response = {0};
    const int64_t started = now_ns();
    const davy_status status = davy_host_infer(asker->host, request, &response);

    if (status == DAVY_OK) {
        asker->answered++;
        davy_histogram_add(&asker->times, now_ns() - started);
    } else if (response.refusal == DAVY_REFUSAL_NONE) {
        check(status);
    } else {
        asker->refused++;
        if (asker->period_ns == 0) /* comes again when it is told to */
            sleep_until(now_ns() + (int64_t) response.retry_after_ms * 1000000);
    }
    davy_infer_response_clear(&response);
}

static void *keep_asking(void *context)
{
    struct asker *asker = context;
    float numbers[WIDTH_MAX] = {0};
    const davy_named_tensor input = {
        "x",
        {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, asker->shape->inputs}, .data = numbers}};
    const davy_infer_request request = {.model = asker->shape->name,
                                        .version = "",
                                        .id = "",
                                        .client = "bench",
                                        .inputs = &input,
                                        .input_count = 1};
    int64_t next = asker->from_ns;

    for (size_t i = 0; i < WIDTH_MAX; i++)
        numbers[i] = davy_random_uniform(1, 0, i);
    sleep_until(next);
    while (now_ns() < asker->until_ns) {
        ask(asker, &request);
        if (asker->period_ns > 0) {
            next += asker->period_ns;
            sleep_until(next);
        }
    }
    return NULL;
}

static struct asker askers[THREADS_MAX];

/* Answers, or runs, by the clock and by CPU time. */
struct rate {
    double a_second, a_cpu_second;
};

/* So many threads ask; what they saw stays in `askers`. */
static struct rate ask_all(davy_host *host, const char *name, size_t threads, double rate)
{
    const int64_t from = now_ns() + 20000000;
    const double before = cpu_s();
    uint64_t answered = 0;

    for (size_t i = 0; i < threads; i++) {
        askers[i] = (struct asker){.host = host,
                                   .shape = find_shape(name),
                                   .from_ns = from,
                                   .until_ns = from + (int64_t) (seconds * 1e9)};
        if (rate > 0) { /* evenly, one thread after another */
            askers[i].period_ns = (int64_t) (1e9 * (double) threads / rate);
            askers[i].from_ns += (int64_t) (1e9 * (double) i / rate);
        }
        if (pthread_create(&askers[i].thread, NULL, keep_asking, &askers[i]) != 0)
            exit(71);
    }
    for (size_t i = 0; i < threads; i++) {
        (void) pthread_join(askers[i].thread, NULL);
        answered += askers[i].answered;
    }
    return (struct rate){(double) answered / seconds, (double) answered / (cpu_s() - before)};
}

static void gather(size_t threads, davy_histogram *times, uint64_t *refused)
{
    *refused = 0;
    for (size_t i = 0; i < threads; i++) {
        *refused += askers[i].refused;
        for (size_t k = 0; k < DAVY_HISTOGRAM_BUCKETS; k++)
            times->counts[k] += askers[i].times.counts[k];
    }
}

/* Runs a second of the plan itself. */
static struct rate run_bare(const char *name)
{
    const struct shape *shape = find_shape(name);
    float numbers[WIDTH_MAX] = {0};
    const davy_tensor input = {
        .type = DAVY_TYPE_F32, .rank = 2, .dims = {1, shape->inputs}, .data = numbers};
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor output;
    uint64_t runs = 0;
    int64_t until;
    double before;

    check(davy_network_create(build(shape), NULL, &network));
    check(davy_session_create(network, NULL, &session));
    check(davy_session_run(session, &input, &output));
    until = now_ns() + (int64_t) (seconds * 1e9);
    before = cpu_s();
    for (; now_ns() < until; runs++)
        check(davy_session_run(session, &input, &output));
    before = cpu_s() - before;
    davy_session_destroy(session);
    davy_network_destroy(network);
    return (struct rate){(double) runs / seconds, (double) runs / before};
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void measure_cost(davy_host *host, const char *name)
{
    double bare[ROUNDS], asked[ROUNDS], ratio[ROUNDS];

    for (size_t i = 0; i < ROUNDS; i++) {
        bare[i] = run_bare(name).a_cpu_second;
        asked[i] = ask_all(host, name, 1, 0).a_cpu_second;
        ratio[i] = asked[i] / bare[i];
    }
    printf("%-9s bare %9.0f runs a second of CPU (%.3f ms), by the host %9.0f requests (%.3f ms): "
           "%.1f %% of it\n",
           name, median(bare, ROUNDS), 1e3 / median(bare, ROUNDS), median(asked, ROUNDS),
           1e3 / median(asked, ROUNDS), 100 * median(ratio, ROUNDS));
}

static void measure_threads(davy_host *host, const char *name)
{
    for (size_t threads = 1; threads <= 8; threads *= 2) {
        davy_histogram times = {0};
        const struct rate rate = ask_all(host, name, threads, 0);
        uint64_t refused;

        gather(threads, &times, &refused);
        printf("%-9s %2zu threads %9.0f requests/s, p50 %7.3f ms, p99 %7.3f ms\n", name, threads,
               rate.a_second, (double) davy_histogram_quantile(&times, 0.5) / 1e6,
               (double) davy_histogram_quantile(&times, 0.99) / 1e6);
    }
}

static void measure_batching(davy_host *host)
{
    double gain[ROUNDS], one[ROUNDS], together[ROUNDS];

    for (size_t i = 0; i < ROUNDS; i++) {
        one[i] = ask_all(host, "single", 16, 0).a_cpu_second;
        together[i] = ask_all(host, "queued", 16, 0).a_cpu_second;
        gain[i] = together[i] / one[i];
    }
    printf(
        "batching  16 threads: one by one %.0f requests a second of CPU, together %.0f: %.2f times "
        "as many\n",
        median(one, ROUNDS), median(together, ROUNDS), median(gain, ROUNDS));
}

/* An alarm's model: it runs every 10 ms, and is late by as much as it had to wait for a CPU. */
static struct alarm {
    pthread_t thread;
    _Atomic bool stopping;
    davy_histogram late;
} alarm_model;

static void *watch(void *context)
{
    const struct shape *shape = find_shape("small");
    float numbers[WIDTH_MAX] = {0};
    const davy_tensor input = {
        .type = DAVY_TYPE_F32, .rank = 2, .dims = {1, shape->inputs}, .data = numbers};
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor output;
    int64_t next = now_ns();

    (void) context;
    check(davy_network_create(build(shape), NULL, &network));
    check(davy_session_create(network, NULL, &session));
    while (!alarm_model.stopping) {
        next += 10000000;
        sleep_until(next);
        check(davy_session_run(session, &input, &output));
        davy_histogram_add(&alarm_model.late, now_ns() - next);
    }
    davy_session_destroy(session);
    davy_network_destroy(network);
    return NULL;
}

static void start_alarm(void)
{
    memset(&alarm_model, 0, sizeof alarm_model);
    if (pthread_create(&alarm_model.thread, NULL, watch, NULL) != 0)
        exit(71);
}

static void stop_alarm(const char *when)
{
    alarm_model.stopping = true;
    (void) pthread_join(alarm_model.thread, NULL);
    printf(
        "alarm     a model that runs every 10 ms, %s: late by %.2f ms in the middle, %.2f at p99\n",
        when, (double) davy_histogram_quantile(&alarm_model.late, 0.5) / 1e6,
        (double) davy_histogram_quantile(&alarm_model.late, 0.99) / 1e6);
}

static void measure_overload(davy_host *host)
{
    double capacity[ROUNDS], good[ROUNDS], ratio[ROUNDS];
    davy_histogram times = {0};
    uint64_t refused = 0;

    start_alarm();
    sleep_until(now_ns() + (int64_t) (seconds * 1e9));
    stop_alarm("alone");
    start_alarm();
    for (size_t i = 0; i < ROUNDS; i++) {
        const struct rate most = ask_all(host, "promised", 2, 0);
        const struct rate asked = ask_all(host, "promised", OVERLOAD_THREADS, 10 * most.a_second);

        capacity[i] = most.a_cpu_second;
        good[i] = asked.a_cpu_second;
        ratio[i] = good[i] / capacity[i];
    }
    gather(OVERLOAD_THREADS, &times, &refused);
    printf("overload  capacity %.0f requests a second of CPU; ten times that asked: %.0f answered "
           "(%.1f %%), %.0f refused a second, p99 of the answered %.1f ms of the 100 ms promised\n",
           median(capacity, ROUNDS), median(good, ROUNDS), 100 * median(ratio, ROUNDS),
           (double) refused / seconds, (double) davy_histogram_quantile(&times, 0.99) / 1e6);
    stop_alarm("beside ten times too much");
}

int main(int count, char **arguments)
{
    static const char *const all[] = {"*"};
    const davy_host_options options = {.repository = {.folder = folder,
                                                      .control = DAVY_CONTROL_EXPLICIT,
                                                      .startup = all,
                                                      .startup_count = 1}};
    davy_host *host = NULL;
    char command[sizeof folder + 16];

    if (count > 1)
        seconds = strtod(arguments[1], NULL);
    if (!(seconds > 0) || !mkdtemp(folder))
        return 64;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++)
        put(&shapes[i]);
    check(davy_host_create(&options, &host));
    davy_chores_settle(host->chores); /* until all are measured */
    measure_cost(host, "small");
    measure_cost(host, "large");
    measure_threads(host, "small");
    measure_batching(host);
    measure_overload(host);
    davy_host_destroy(host);
    (void) snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? 0 : 73;
}
