/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/whatif.h"
#include "core/buffer.h"
#include "core/random.h"
#include "core/sample.h"
#include "site/load.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * What a question about other limits costs: 100 signals at 1 Hz, every one with changed limits.
 *
 *     bench_whatif [FOLDER [DAYS]]    the store is written in FOLDER, best one in memory
 *                                     (/dev/shm); DAYS of history, 1 when not given
 *
 * Values have two decimals, wander with the day and carry noise, as a transmitter's do; a limit is
 * passed about once a day and signal.
 */
#define SIGNALS 100
#define SEED    1
#define ROUNDS  3
#define BATCH   600 /* seconds appended together */
#define DAY_NS  (86400 * DAVY_NS_PER_S)
#define BEGIN   (20000 * DAY_NS)

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_whatif: %s\n", davy_error());
    exit(1);
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* @param rules  what else stands in the file */
static davy_site *make_site(double hi, const char *rules)
{
    davy_site_faults faults = {0};
    davy_buffer text = {0};
    davy_site *site = NULL;

    davy_buffer_append_text(&text, "site: {name: bench}\nassets:\n");
    for (int i = 0; i < SIGNALS; i++)
        davy_buffer_printf(&text,
                           "- {name: A%d, signals: [{name: p, limits: {lo: 10, hi: %g, hihi: 95},"
                           " deadband: 4, on_delay: 2s, deadline: 30s}]}\n",
                           i, hi);
    davy_buffer_append_text(&text, rules);
    check(davy_buffer_ok(&text));
    check(davy_site_parse("bench.yaml", text.bytes, text.length, &faults, &site));
    davy_buffer_clear(&text);
    return site;
}

static double value_at(int signal, int64_t second)
{
    const uint64_t n = (uint64_t) second * SIGNALS + (uint64_t) signal;
    const double phase = 2.0 * M_PI * (double) ((second + 600 * signal) % 86400) / 86400.0;
    const double value = 50.0 + 29.0 * sin(phase) + 2.0 * (double) davy_random_uniform(SEED, 0, n);

    return round(100.0 * value) / 100.0;
}

static void write_history(davy_store *store, const davy_signal_id *ids, int days)
{
    davy_sample *samples = calloc((size_t) BATCH * SIGNALS, sizeof *samples);

    if (!samples)
        exit(1);
    for (int64_t second = 0; second < days * 86400LL; second += BATCH) {
        size_t count = 0;

        for (int64_t i = second; i < second + BATCH; i++)
            for (int signal = 0; signal < SIGNALS; signal++)
                samples[count++] = (davy_sample){BEGIN + i * DAVY_NS_PER_S, value_at(signal, i),
                                                 ids[signal], DAVY_QUALITY_GOOD};
        check(davy_store_append(store, samples, count));
    }
    check(davy_store_seal(store));
    free(samples);
}

static void ask(davy_store *store, int days, const char *name, const char *rules)
{
    double best = INFINITY;
    long long before = 0, after = 0, samples = 0;

    for (int round = 0; round < ROUNDS; round++) {
        davy_site *current = make_site(80.0, rules), *proposed = make_site(80.5, rules);
        const davy_whatif_question question = {.store = store,
                                               .registry = "",
                                               .current = current,
                                               .proposed = proposed,
                                               .from_ns = BEGIN,
                                               .to_ns = BEGIN + days * DAY_NS};
        json_t *answer = NULL, *alarms;
        double started = cpu_seconds(), lasted;

        check(davy_whatif_ask(&question, &answer));
        lasted = cpu_seconds() - started;
        best = lasted < best ? lasted : best;
        alarms = json_object_get(answer, "alarms");
        before = json_integer_value(json_object_get(alarms, "before"));
        after = json_integer_value(json_object_get(alarms, "after"));
        samples = json_integer_value(json_object_get(answer, "samples"));
        json_decref(answer);
        davy_site_destroy(current);
        davy_site_destroy(proposed);
    }
    (void) printf("%-10s %lld samples, %lld alarms before, %lld after: %.3f s, %.1f M samples/s, "
                  "30 days at this rate %.1f s\n",
                  name, samples, before, after, best, 1e-6 * (double) samples / best,
                  best * 30.0 / days);
}

int main(int argc, char **argv)
{
    static const char never[] = "alarms:\n- {match: [\"A0/p:silence\"],"
                                " suppress_when: \"A0/p > 999\"}\n";
    const int days = argc > 2 ? atoi(argv[2]) : 1;
    davy_signal_id ids[SIGNALS];
    davy_store *store;
    char folder[256], command[300];

    (void) snprintf(folder, sizeof folder, "%s/davy-bench-whatif-XXXXXX",
                    argc > 1 ? argv[1] : "/tmp");
    if (days < 1 || !mkdtemp(folder))
        return 1;
    check(davy_store_open(folder, NULL, &store));
    for (int i = 0; i < SIGNALS; i++) {
        char path[32];

        (void) snprintf(path, sizeof path, "A%d/p", i);
        check(davy_store_signal(store, path, NULL, &ids[i]));
    }
    write_history(store, ids, days);
    ask(store, days, "alone", "");
    if (days == 1)
        ask(store, days, "together", never);
    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : 1;
}
