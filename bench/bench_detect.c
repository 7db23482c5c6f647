/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm.h"
#include "core/buffer.h"
#include "core/clock.h"
#include "detect/engine.h"
#include "site/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What a check costs, and the logic of a rule, what a signal weighs, and how long it takes from the
 * call that hands over a sample beyond its limit to the announcement of the alarm, whose record is
 * on the disk by then.
 *
 *     bench_detect [FOLDER]      the records are written in FOLDER (default: the current one)
 */
#define SIGNALS_PER_ASSET 10
#define LOGICS            1000
#define ROUNDS            20
#define ALARMS            200

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_detect: %s\n", davy_error());
    exit(1);
}

/* Each is over two signals and a condition, and looked at with every sample of three signals. */
static void add_rules(davy_buffer *text, size_t logics)
{
    if (logics > 0)
        davy_buffer_append_text(text, "alarms:\n");
    for (size_t i = 0; i < logics; i++)
        davy_buffer_printf(text,
                           "  - {match: [A%zu/s0:lo], suppress_when: A%zu/s1 < 20 and A%zu/s2 > 30"
                           " and not A%zu/s3:hi}\n",
                           i, i, i, i);
}

/* Signals with all their checks: four limits, rate, stuck, shift, quality and silence. */
static davy_site *make_site(size_t signals, size_t logics)
{
    davy_buffer text = {0};
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    davy_buffer_append_text(&text, "site: {name: bench}\nsources: [{name: in, kind: lines}]\n"
                                   "assets:\n");
    for (size_t i = 0; i < signals; i++) {
        if (i % SIGNALS_PER_ASSET == 0)
            davy_buffer_printf(&text, "  - name: A%zu\n    signals:\n", i / SIGNALS_PER_ASSET);
        davy_buffer_printf(&text,
                           "      - {name: s%zu, unit: kPa, range: [0, 100], deadband: 1%%,"
                           " limits: {lolo: 5, lo: 10, hi: 90, hihi: 95}, rate_limit: 50/s,"
                           " stuck: 1h, shift: 2, deadline: 10s}\n",
                           i % SIGNALS_PER_ASSET);
    }
    add_rules(&text, logics);
    check(davy_buffer_ok(&text));
    check(davy_site_parse("bench.yaml", text.bytes, text.length, &faults, &site));
    for (size_t i = 0; i < signals; i++)
        site->signals[i].id = (davy_signal_id) i;
    check(davy_site_index(site));
    davy_buffer_clear(&text);
    return site;
}

struct bench {
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

static void measure_checks(struct bench *bench, size_t signals, size_t logics, davy_sample *samples)
{
    int64_t sample_ns[ROUNDS], tick_ns[ROUNDS];
    davy_detect_stats stats;

    for (size_t round = 0; round < ROUNDS; round++) {
        int64_t now_ns = (int64_t) (round + 1) * DAVY_NS_PER_S;
        int64_t start_ns;

        make_samples(samples, signals, now_ns, round);
        bench->finding_count = 0;
        start_ns = davy_monotonic_ns(davy_clock_system());
        davy_detect_samples(bench->engine, samples, signals, now_ns);
        sample_ns[round] = davy_monotonic_ns(davy_clock_system()) - start_ns;
        start_ns = davy_monotonic_ns(davy_clock_system());
        davy_detect_tick(bench->engine, now_ns, now_ns);
        tick_ns[round] = davy_monotonic_ns(davy_clock_system()) - start_ns;
    }
    qsort(sample_ns, ROUNDS, sizeof sample_ns[0], compare_times);
    qsort(tick_ns, ROUNDS, sizeof tick_ns[0], compare_times);
    davy_detect_get_stats(bench->engine, &stats);
    (void) printf("detect: %zu signals with 9 conditions each, %zu logics over 3 of them: %.0f ns "
                  "per sample, %.1f ns per signal and tick, %zu bytes per signal\n",
                  signals, logics, median_of(sample_ns, ROUNDS) / (double) signals,
                  median_of(tick_ns, ROUNDS) / (double) signals, stats.bytes / signals);
}

/* Every round one signal of the batch jumps beyond its limits. */
static void measure_alarms(struct bench *bench, size_t signals, davy_sample *samples)
{
    static int64_t taken_ns[ALARMS];
    size_t at_99;

    for (size_t i = 0; i < ALARMS; i++) {
        int64_t now_ns = (int64_t) (ROUNDS + i + 1) * DAVY_NS_PER_S;
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
    int64_t now_ns = (int64_t) (ROUNDS + ALARMS + 1) * DAVY_NS_PER_S;
    int64_t start_ns;
    size_t before = bench->announced;

    make_samples(samples, signals, now_ns, 1);
    for (size_t i = 0; i < signals; i++)
        samples[i].value = 93.0;
    bench->finding_count = 0;
    start_ns = davy_monotonic_ns(davy_clock_system());
    davy_detect_samples(bench->engine, samples, signals, now_ns);
    check(davy_alarms_take(bench->alarms, bench->findings, bench->finding_count));
    (void) printf("alarm: a flood of %zu transitions durable and announced in %.0f ms\n",
                  bench->announced - before,
                  (double) (davy_monotonic_ns(davy_clock_system()) - start_ns) * 1e-6);
}

static void measure(size_t signals, size_t logics, const char *records_file)
{
    davy_site *site = make_site(signals, logics);
    davy_sample *samples = calloc(signals, sizeof *samples);
    struct bench bench = {.finding_room = 12 * signals};
    const davy_detect_callbacks callbacks = {.context = &bench, .finding = keep_finding};
    const davy_alarms_callbacks announcing = {&bench, note_announcement};
    const davy_condition *conditions;
    davy_records *records = NULL;
    size_t count;

    bench.findings = calloc(bench.finding_room, sizeof *bench.findings);
    if (!samples || !bench.findings) {
        (void) fprintf(stderr, "bench_detect: no memory for %zu signals\n", signals);
        exit(1);
    }
    check(davy_detect_create(site, ".", &callbacks, 0, NULL, &bench.engine));
    measure_checks(&bench, signals, logics, samples);
    if (records_file) {
        conditions = davy_detect_conditions(bench.engine, &count);
        check(davy_records_open(records_file, &records));
        check(davy_alarms_open(records, davy_clock_system(), &announcing, &bench.alarms));
        check(davy_alarms_configure(bench.alarms, site, conditions, count));
        measure_alarms(&bench, signals, samples);
        measure_flood(&bench, signals, samples);
    }
    davy_alarms_close(bench.alarms);
    davy_records_close(records);
    davy_detect_destroy(bench.engine);
    davy_site_destroy(site);
    free(bench.findings);
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
    measure(10000, 0, file);
    measure(10000, LOGICS, NULL);
    measure(100000, 0, NULL);
    measure(100000, LOGICS, NULL);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : 1; /* NOLINT(cert-env33-c): a fixed command */
}
