/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/recall.h"

#include "detect/engine.h"
#include "detect_testing.h"
#include "numbers.h"

#include <stdlib.h>
#include <unistd.h>

#define LIMIT   1000.0
#define SAMPLES 30000
#define PER     10000 /* samples of a call */

static char folder[64];
static davy_store *store;
static davy_site *site;

static const char text[] = "site: {name: test}\n"
                           "sources: [{name: in, kind: lines}]\n"
                           "assets:\n"
                           "  - name: A\n"
                           "    signals:\n"
                           "      - {name: x, unit: kPa, novel: 1000}\n"
                           "      - {name: y, unit: kPa, novel: 1000}\n";

static double value_of(size_t i, uint64_t *seed)
{
    return i == 29990 ? 90 : 20 + normal(seed);
}

/* Noise once a second, with a spike near its end and a bad sample each 1000. */
static void fill(davy_signal_id id)
{
    static davy_sample samples[PER];
    uint64_t seed = 1;

    for (size_t i = 0; i < SAMPLES; i++) {
        samples[i % PER] = sample_at((double) i, id, value_of(i, &seed), DAVY_QUALITY_GOOD);
        if (i % 1000 == 999)
            samples[i % PER].quality = DAVY_QUALITY_BAD;
        if (i % PER == PER - 1)
            assert_ok(davy_store_append(store, samples, PER));
    }
}

static int begin(void **state)
{
    (void) state;
    (void) snprintf(folder, sizeof folder, "/tmp/davy-recall-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_ok(davy_store_open(folder, NULL, &store));
    site = site_from(text);
    for (size_t i = 0; i < site->signal_count; i++)
        assert_ok(davy_store_signal(store, site->signals[i].path, "kPa", &site->signals[i].id));
    assert_ok(davy_site_index(site));
    fill(site->signals[0].id);
    return 0;
}

static int end(void **state)
{
    char command[128];

    (void) state;
    davy_store_close(store);
    davy_site_destroy(site);
    (void) snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

/* 4 h hold 14,400 samples, which is the first stretch with 10,000. */
static void it_knows_what_the_newest_samples_would_have_taught_it(void **state)
{
    davy_novel recalled = {0}, looked = {0};
    uint64_t seed = 1;

    (void) state;
    assert_ok(davy_recall_novel(store, site->signals[0].id, LIMIT, &recalled));
    for (size_t i = 0; i < SAMPLES; i++) {
        const double value = value_of(i, &seed);

        if (i >= SAMPLES - 14400 && i % 1000 != 999)
            (void) davy_novel_look(&looked, LIMIT, value);
    }
    assert_int_equal(recalled.count, looked.count);
    assert_true(recalled.quiet > 0); /* the spike's ten seconds ago */
    assert_int_equal(recalled.quiet, looked.quiet);
    assert_near(recalled.level, looked.level, 0);
    assert_memory_equal(recalled.tails, looked.tails, sizeof looked.tails);
    assert_int_equal(recalled.records[0].count, looked.records[0].count);
}

static void a_signal_without_a_past_begins_afresh(void **state)
{
    davy_novel novel = {0};

    (void) state;
    assert_ok(davy_recall_novel(store, site->signals[1].id, LIMIT, &novel));
    assert_int_equal(novel.count, 0);
}

static davy_detect *start(struct found *found, davy_detect *previous)
{
    const davy_detect_callbacks callbacks = {.context = found, .finding = note_finding};
    davy_detect *engine = NULL;
    size_t count;

    assert_ok(davy_detect_create(site, folder, &callbacks, 0, previous, &engine));
    found->conditions = davy_detect_conditions(engine, &count);
    return engine;
}

static void tell(davy_detect *engine, double second, double value)
{
    const davy_sample sample = sample_at(second, site->signals[0].id, value, DAVY_QUALITY_GOOD);

    davy_detect_samples(engine, &sample, 1, sample.time_ns);
}

/* Its spike is ten seconds old, so the condition still holds, and ends where it would have. */
static void a_restart_goes_on_where_the_samples_ended(void **state)
{
    struct found *found = calloc(1, sizeof *found);
    davy_detect *engine;

    (void) state;
    assert_non_null(found);
    engine = start(found, NULL);
    assert_ok(davy_detect_recall(engine, store));
    assert_int_equal(found->count, 0);
    tell(engine, SAMPLES, 20);
    assert_int_equal(found->count, 2);
    assert_non_null(strstr(found->lines[1], "30000 +A/x:novel"));
    for (int i = 1; i < 200; i++)
        tell(engine, SAMPLES + i, 20 + i % 2);
    assert_int_equal(found->count, 3);
    assert_non_null(strstr(found->lines[2], " -A/x:novel x 2"));
    assert_in_range(found->findings[2].time_ns / S, 29990 + 100, 29990 + 130);
    davy_detect_destroy(engine);
    free(found);
}

static void a_reload_recalls_only_what_it_cannot_take_over(void **state)
{
    struct found *found = calloc(1, sizeof *found);
    davy_detect *engine, *next;

    (void) state;
    assert_non_null(found);
    engine = start(found, NULL); /* not recalled: it knows of one sample */
    tell(engine, SAMPLES, 20);
    next = start(found, engine);
    davy_detect_destroy(engine);
    assert_ok(davy_detect_recall(next, store));
    found->count = 0;
    tell(next, SAMPLES + 1, 90); /* still warming up */
    assert_int_equal(found->count, 0);
    davy_detect_destroy(next);
    free(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_knows_what_the_newest_samples_would_have_taught_it),
        cmocka_unit_test(a_signal_without_a_past_begins_afresh),
        cmocka_unit_test(a_restart_goes_on_where_the_samples_ended),
        cmocka_unit_test(a_reload_recalls_only_what_it_cannot_take_over),
    };

    return cmocka_run_group_tests_name("detect: the past", tests, begin, end);
}
