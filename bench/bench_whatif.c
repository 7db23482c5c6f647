/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/whatif.h"
#include "alarm_site.h"
#include "core/random.h"
#include "core/sample.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What a question about other limits costs: 100 signals at 1 Hz, every one with changed limits.
 *
 *     bench_whatif [FOLDER [DAYS]]    the store is written in FOLDER, best one in memory
 *                                     (/dev/shm); DAYS of history, 1 when not given. More than
 *                                     one: only what limits alone cost
 *
 * Values have two decimals, wander with the day and carry noise, as a transmitter's do; a limit is
 * passed about once a day and signal.
 */
#define SIGNALS 100
#define SEED    1
#define ROUNDS  3
#define BATCH   600 /* seconds appended together */

#define RATE  ", rate_limit: "
#define STUCK ", stuck: "
#define SHIFT ", shift: "
#define NOVEL ", novel: "

/* A kind of question: what else every signal asks for before and after, and what else stands in
 * the files. */
struct kind {
    const char *name, *before, *after, *rules;
};

static davy_site *make_site(double hi, const char *asks, const char *rules)
{
    davy_buffer text = {0};

    davy_buffer_append_text(&text, "site: {name: bench}\nassets:\n");
    for (int i = 0; i < SIGNALS; i++)
        davy_buffer_printf(&text,
                           "- {name: A%d, signals: [{name: p, limits: {lo: 10, hi: %g, hihi: 95},"
                           " deadband: 4, on_delay: 2s, deadline: 30s%s}]}\n",
                           i, hi, asks);
    davy_buffer_append_text(&text, rules);
    return take_site(&text);
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
        if ((second + BATCH) % 86400 == 0)
            check(davy_store_seal(store));
    }
    free(samples);
}

static void ask(davy_store *store, int days, const struct kind *kind)
{
    double best = INFINITY;
    long long before = 0, after = 0, samples = 0;

    for (int round = 0; round < ROUNDS; round++) {
        davy_site *current = make_site(80.0, kind->before, kind->rules),
                  *proposed = make_site(80.5, kind->after, kind->rules);
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
                  kind->name, samples, before, after, best, 1e-6 * (double) samples / best,
                  best * 30.0 / days);
}

int main(int argc, char **argv)
{
    static const struct kind kinds[] = {
        {"alone", "", "", ""},
        {"unchanged", RATE "50/s" STUCK "600s", RATE "50/s" STUCK "600s", ""},
        {"rate", RATE "50/s", RATE "60/s", ""},
        {"stuck", STUCK "600s", STUCK "700s", ""},
        {"shift", SHIFT "6", SHIFT "7", ""},
        {"novel", NOVEL "100000", NOVEL "200000", ""},
        {"together", "", "",
         "alarms:\n- {match: [\"A0/p:silence\"], suppress_when: \"A0/p > 999\"}\n"},
    };
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
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds) && (i == 0 || days == 1); i++)
        ask(store, days, &kinds[i]);
    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : 1;
}
