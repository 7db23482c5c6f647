/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "detect/engine.h"
#include "site/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * What a check costs, and the logic and the delays of rules, what a signal weighs, and how long it
 * takes from the call that hands over a sample beyond its limit to the announcement of the alarm,
 * whose record is on the disk by then. Checks are timed by the CPU time of the thread, in rounds in
 * which all variants take turns.
 *
 *     bench_detect [FOLDER]      the records are written in FOLDER (default: the current one)
 */
#define SIGNALS_PER_ASSET 10
#define LOGICS            1000
#define ROUNDS            20
#define ALARMS            200

/* Settings of a signal, and what the rules of the site say. */
struct variant {
    const char *name;
    const char *settings;
    bool logics, delays;
};

#define LIMITS "limits: {lolo: 5, lo: 10, hi: 90, hihi: 95}, deadband: 1%"
#define ALL    LIMITS ", rate_limit: 50/s, stuck: 1h, shift: 2, deadline: 10s"

static const struct variant variants[] = {
    {"4 limits and quality", LIMITS, false, false},
    {"all 9 conditions", ALL, false, false},
    {"all, 1,000 logics over 3 signals each", ALL, true, false},
    {"all, rules with delays for every limit", ALL, false, true},
};

#define VARIANTS DAVY_ARRAY_LENGTH(variants)

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_detect: %s\n", davy_error());
    exit(1);
}

/* Each logic is over two signals and a condition, and looked at with every sample of three. */
static void add_rules(davy_buffer *text, const struct variant *variant)
{
    if (variant->logics || variant->delays)
        davy_buffer_append_text(text, "alarms:\n");
    for (size_t i = 0; variant->logics && i < LOGICS; i++)
        davy_buffer_printf(text,
                           "  - {match: [A%zu/s0:lo], suppress_when: A%zu/s1 < 20 and A%zu/s2 > 30"
                           " and not A%zu/s3:hi}\n",
                           i, i, i, i);
    if (variant->delays)
        davy_buffer_append_text(text, "  - {match: [\"A*/*:hi\", \"A*/*:lo\", \"A*/*:hihi\","
                                      " \"A*/*:lolo\"], on_delay: 2s, off_delay: 1s}\n");
}

static davy_site *make_site(size_t signals, const struct variant *variant)
{
    davy_buffer text = {0};
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    davy_buffer_append_text(&text, "site: {name: bench}\nsources: [{name: in, kind: lines}]\n"
                                   "assets:\n");
    for (size_t i = 0; i < signals; i++) {
        if (i % SIGNALS_PER_ASSET == 0)
            davy_buffer_printf(&text, "  - name: A%zu\n    signals:\n", i / SIGNALS_PER_ASSET);
        davy_buffer_printf(&text, "      - {name: s%zu, unit: kPa, range: [0, 100], %s}\n",
                           i % SIGNALS_PER_ASSET, variant->settings);
    }
    add_rules(&text, variant);
    check(davy_buffer_ok(&text));
    check(davy_site_parse("bench.yaml", text.bytes, text.length, &faults, &site));
    for (size_t i = 0; i < signals; i++)
        site->signals[i].id = (davy_signal_id) i;
    check(davy_site_index(site));
    davy_buffer_clear(&text);
    return site;
}

struct bench {
    davy_site *site;
    davy_detect *engine;
    davy_alarms *alarms; /* NULL while only checks are measured */
    davy_finding *findings;
    size_t finding_count, finding_room;
    size_t announced;
    int64_t announced_ns;
};

static void keep_finding(void *context, const davy_finding *finding)
{
    struct bench *bench = context;

    if (bench->finding_count < bench->finding_room)
        bench->findings[bench->finding_count++] = *finding;
}

static void note_announcement(void *context, const davy_alarm *alarm, const char *transition)
{
    struct bench *bench = context;

    (void) alarm;
    (void) transition;
    bench->announced++;
    bench->announced_ns = davy_monotonic_ns(davy_clock_system());
}

/* One value of every signal; noise without a generator's cost. */
static void make_samples(davy_sample *samples, size_t count, int64_t time_ns, uint64_t round)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t mix = (i * 0x9e3779b97f4a7c15ULL) ^ (round * 0xbf58476d1ce4e5b9ULL);

        mix ^= mix >> 29;
        samples[i] = (davy_sample){time_ns, 50.0 + (double) (mix % 1000) * 1e-3, (davy_signal_id) i,
                                   DAVY_QUALITY_GOOD};
    }
}

static double median_of(const int64_t *sorted, size_t count)
{
    int64_t middle = sorted[count / 2];

    return (double) middle;
}

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *) a, right = *(const int64_t *) b;

    return left < right ? -1 : left > right;
}

static int64_t cpu_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * DAVY_NS_PER_S + time.tv_nsec;
}

static void make_bench(struct bench *bench, size_t signals, const struct variant *variant)
{
    const davy_detect_callbacks callbacks = {.context = bench, .finding = keep_finding};

    *bench = (struct bench){.finding_room = 12 * signals};
    bench->findings = calloc(bench->finding_room, sizeof *bench->findings);
    if (!bench->findings) {
        (void) fprintf(stderr, "bench_detect: no memory for %zu signals\n", signals);
        exit(1);
    }
    bench->site = make_site(signals, variant);
    check(davy_detect_create(bench->site, ".", &callbacks, 0, NULL, &bench->engine));
}

static void destroy_bench(struct bench *bench)
{
    davy_detect_destroy(bench->engine);
    davy_site_destroy(bench->site);
    free(bench->findings);
}

static davy_sample *take_samples(size_t count)
{
    davy_sample *samples = calloc(count, sizeof *samples);

    if (!samples) {
        (void) fprintf(stderr, "bench_detect: no memory for %zu samples\n", count);
        exit(1);
    }
    return samples;
}

/* One look at a sample of every signal, and one at the time. */
static void time_round(struct bench *bench, davy_sample *samples, size_t signals, int64_t now_ns,
                       int64_t *sample_ns, int64_t *tick_ns)
{
    int64_t start_ns = cpu_ns();

    bench->finding_count = 0;
    davy_detect_samples(bench->engine, samples, signals, now_ns);
    *sample_ns = cpu_ns() - start_ns;
    start_ns = cpu_ns();
    davy_detect_tick(bench->engine, now_ns, now_ns);
    *tick_ns = cpu_ns() - start_ns;
}

static void print_checks(const struct bench *bench, size_t signals, const char *name,
                         int64_t sample_ns[ROUNDS], int64_t tick_ns[ROUNDS])
{
    davy_detect_stats stats;

    qsort(sample_ns, ROUNDS, sizeof sample_ns[0], compare_times);
    qsort(tick_ns, ROUNDS, sizeof tick_ns[0], compare_times);
    davy_detect_get_stats(bench->engine, &stats);
    (void) printf("detect: %zu signals, %s: %.0f ns of CPU per sample, %.1f ns per signal and tick,"
                  " %zu bytes per signal\n",
                  signals, name, median_of(sample_ns, ROUNDS) / (double) signals,
                  median_of(tick_ns, ROUNDS) / (double) signals, stats.bytes / signals);
}

static void measure_checks(size_t signals)
{
    static int64_t sample_ns[VARIANTS][ROUNDS], tick_ns[VARIANTS][ROUNDS];
    davy_sample *samples = take_samples(signals);
    struct bench benches[VARIANTS];

    for (size_t i = 0; i < VARIANTS; i++)
        make_bench(&benches[i], signals, &variants[i]);
    for (size_t round = 0; round < ROUNDS; round++) {
        int64_t now_ns = (int64_t) (round + 1) * DAVY_NS_PER_S;

        make_samples(samples, signals, now_ns, round);
        for (size_t i = 0; i < VARIANTS; i++)
            time_round(&benches[i], samples, signals, now_ns, &sample_ns[i][round],
                       &tick_ns[i][round]);
    }
    for (size_t i = 0; i < VARIANTS; i++) {
        print_checks(&benches[i], signals, variants[i].name, sample_ns[i], tick_ns[i]);
        destroy_bench(&benches[i]);
    }
    free(samples);
}

/* Every round one signal of the batch jumps beyond its limits. */
static void measure_alarms(struct bench *bench, size_t signals, davy_sample *samples)
{
    static int64_t taken_ns[ALARMS];
    size_t at_99;

    for (size_t i = 0; i < ALARMS; i++) {
        int64_t now_ns = (int64_t) (i + 1) * DAVY_NS_PER_S;
        int64_t start_ns;

        make_samples(samples, signals, now_ns, i);
        samples[(i * 7919) % signals].value = 93.0;
        bench->finding_count = 0;
        start_ns = davy_monotonic_ns(davy_clock_system());
        davy_detect_samples(bench->engine, samples, signals, now_ns);
        check(davy_alarms_take(bench->alarms, bench->findings, bench->finding_count));
        taken_ns[i] = bench->announced_ns - start_ns;
    }
    qsort(taken_ns, ALARMS, sizeof taken_ns[0], compare_times);
    at_99 = ALARMS * 99 / 100;
    (void) printf("alarm: sample to durable announcement, among %zu samples: p50 %.2f ms, "
                  "p99 %.2f ms\n",
                  signals, median_of(taken_ns, ALARMS) * 1e-6, (double) taken_ns[at_99] * 1e-6);
}

/* All signals at once: how a flood is taken. */
static void measure_flood(struct bench *bench, size_t signals, davy_sample *samples)
{
    int64_t now_ns = (int64_t) (ALARMS + 1) * DAVY_NS_PER_S;
    int64_t start_ns, start_cpu_ns;
    size_t before = bench->announced;

    make_samples(samples, signals, now_ns, 1);
    for (size_t i = 0; i < signals; i++)
        samples[i].value = 93.0;
    bench->finding_count = 0;
    start_cpu_ns = cpu_ns();
    start_ns = davy_monotonic_ns(davy_clock_system());
    davy_detect_samples(bench->engine, samples, signals, now_ns);
    check(davy_alarms_take(bench->alarms, bench->findings, bench->finding_count));
    (void) printf("alarm: a flood of %zu transitions durable and announced in %.0f ms, %.0f ms of"
                  " CPU\n",
                  bench->announced - before,
                  (double) (davy_monotonic_ns(davy_clock_system()) - start_ns) * 1e-6,
                  (double) (cpu_ns() - start_cpu_ns) * 1e-6);
}

static void measure_announcing(size_t signals, const char *records_file)
{
    davy_sample *samples = take_samples(signals);
    struct bench bench;
    const davy_alarms_callbacks announcing = {&bench, note_announcement};
    const davy_condition *conditions;
    davy_records *records;
    size_t count;

    make_bench(&bench, signals, &variants[1]);
    conditions = davy_detect_conditions(bench.engine, &count);
    check(davy_records_open(records_file, &records));
    check(davy_alarms_open(records, davy_clock_system(), &announcing, &bench.alarms));
    check(davy_alarms_configure(bench.alarms, bench.site, conditions, count));
    measure_alarms(&bench, signals, samples);
    measure_flood(&bench, signals, samples);
    davy_alarms_close(bench.alarms);
    davy_records_close(records);
    destroy_bench(&bench);
    free(samples);
}

int main(int argc, char **argv)
{
    char folder[512], file[600], command[600];

    (void) snprintf(folder, sizeof folder, "%s/davy-bench-XXXXXX", argc > 1 ? argv[1] : ".");
    if (!mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    (void) snprintf(file, sizeof file, "%s/records.db", folder);
    measure_checks(10000);
    measure_checks(100000);
    measure_announcing(10000, file);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : 1; /* NOLINT(cert-env33-c): a fixed command */
}
