/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/replay.h"

#include "../models/plant.h"
#include "detect_testing.h"

static const char plant_site[] =
    "site: {name: test}\n"
    "sources: [{name: in, kind: lines}]\n"
    "assets:\n"
    "  - name: P\n"
    "    signals:\n"
    "      - {name: s0, unit: kPa, limits: {hi: 150}}\n"
    "      - {name: s1, unit: kPa}\n"
    "      - {name: s2, unit: kPa, limits: {hi: 200, lo: 20}, deadline: 10s}\n"
    "      - {name: s3, unit: kPa}\n"
    "      - {name: s4, unit: kPa}\n"
    "      - {name: s5, unit: kPa}\n"
    "detectors:\n"
    "  - {name: plant, model: plant, signals: [P/*]}\n"
    "  - {name: lost, model: nowhere, signals: [P/*]}\n";

static char registry[64];

static int train(void **state)
{
    davy_table table = plant_make(6000, 7);
    davy_train_report report;

    (void) state;
    plant_folder(registry);
    for (size_t j = 0; j < PLANT_SIGNALS; j++) {
        free(table.names[j]);
        table.names[j] = calloc(8, 1);
        assert_non_null(table.names[j]);
        (void) snprintf(table.names[j], 8, "P/s%zu", j);
    }
    davy_model_close(plant_train(&table, registry, NULL, 0, 20.0 * 86400.0 / 1500.0, &report));
    davy_table_clear(&table);
    return 0;
}

static int forget(void **state)
{
    (void) state;
    plant_remove(registry);
    return 0;
}

/* Two runs of the plant, both from the same second on; in each, s2 is moved from row 300 to 349,
 * and in the first s0 passes 150 in row 100 alone. */
static davy_table two_runs(void)
{
    davy_table table = plant_make(800, 11);

    for (size_t j = 0; j < PLANT_SIGNALS; j++) {
        free(table.names[j]);
        table.names[j] = calloc(8, 1);
        assert_non_null(table.names[j]);
        (void) snprintf(table.names[j], 8, "P/s%zu", j);
    }
    for (size_t row = 0; row < 800; row++) {
        table.runs[row] = row < 400 ? 0 : 1;
        table.times[row] = (int64_t) (1000 + row % 400) * S;
        if (row % 400 >= 300 && row % 400 < 350)
            table.values[(size_t) 2 * 800 + row] += 30.0;
    }
    table.values[100] = 160.0;
    return table;
}

struct told {
    char lines[40][200];
    bool is_fault[40]; /* begins with the fault and lasts as long as it */
    size_t count;
    bool caused_by_s2;
};

static void note_alarm(void *context, const davy_replay_alarm *alarm)
{
    struct told *told = context;

    if (told->count == DAVY_ARRAY_LENGTH(told->lines))
        return;
    told->is_fault[told->count] = alarm->begin_ns <= 1305 * S && alarm->peak > 10.0 &&
                                  (alarm->end_ns == 0 || alarm->end_ns >= 1345 * S);
    (void) snprintf(told->lines[told->count++], sizeof told->lines[0], "%s %lld-%lld %.0f",
                    alarm->condition->key, (long long) (alarm->begin_ns / S),
                    (long long) (alarm->end_ns / S), alarm->peak);
    if (alarm->peak > 10.0 && alarm->begin_ns >= 1200 * S)
        told->caused_by_s2 =
            alarm->finding->cause_count > 0 && alarm->finding->causes[0].signal == 2;
}

static davy_replay *replay_of(const davy_site *site, size_t detector, struct told *told)
{
    const davy_replay_options options = {.site = site,
                                         .registry = registry,
                                         .detector = detector,
                                         .context = told,
                                         .alarm = note_alarm};
    davy_replay *replay = NULL;

    assert_ok(davy_replay_create(&options, &replay));
    return replay;
}

static void a_detector_tells_the_alarms_of_each_run(void **state)
{
    davy_site *site = site_from(plant_site);
    davy_table table = two_runs();
    struct told told = {0};
    davy_replay *replay = replay_of(site, 0, &told);
    davy_replay_stats stats;
    size_t faults = 0;

    (void) state;
    table.values[(size_t) 5 * 800 + 399] = NAN; /* so the last row of the first run has to wait */
    assert_ok(davy_replay_table(replay, &table));
    for (size_t i = 0; i < told.count; i++)
        faults += told.is_fault[i] ? 1 : 0;
    assert_int_equal(faults, 2);
    assert_true(told.caused_by_s2);
    davy_replay_get_stats(replay, &stats);
    assert_int_equal(stats.rows, 800);
    assert_int_equal(stats.alarms, told.count);
    assert_int_equal(stats.samples, 800 * PLANT_SIGNALS - 1);
    assert_int_equal(stats.first_ns / S, 1000);
    assert_int_equal(stats.last_ns / S, 1399);
    davy_replay_destroy(replay);
    davy_table_clear(&table);
    davy_site_destroy(site);
}

static void all_checks_tell_limits_with_their_peaks(void **state)
{
    davy_site *site = site_from(plant_site);
    davy_table table = two_runs();
    struct told told = {0};
    davy_replay *replay;

    (void) state;
    site->detector_count = 0;
    replay = replay_of(site, DAVY_SITE_NONE, &told);
    for (size_t row = 200; row < 240; row++)
        table.values[(size_t) 2 * 800 + row] = row < 220 ? NAN : 10.0 - (double) row / 100.0;
    assert_ok(davy_replay_table(replay, &table));
    assert_int_equal(told.count, 3);
    assert_string_equal(told.lines[0], "P/s0:hi 1100-1101 160");
    /* Silent from row 200: the last sample is of row 199, the deadline 10 s. */
    assert_non_null(strstr(told.lines[1], "P/s2:silence 1209-1220"));
    assert_string_equal(told.lines[2], "P/s2:lo 1220-1240 8"); /* 10 - 2.39 */
    davy_replay_destroy(replay);
    davy_table_clear(&table);
    davy_site_destroy(site);
}

static void an_alarm_that_stands_at_the_end_has_no_end(void **state)
{
    davy_site *site = site_from(plant_site);
    struct told told = {0};
    davy_replay *replay = replay_of(site, DAVY_SITE_NONE, &told);
    const davy_sample samples[] = {
        {5 * S, 140.0, 0, 0}, {6 * S, 151.0, 0, 0}, {7 * S, 155.0, 0, 0}};

    (void) state;
    assert_ok(davy_replay_samples(replay, samples, 3));
    assert_int_equal(told.count, 0);
    assert_ok(davy_replay_end(replay));
    assert_ok(davy_replay_end(replay));
    assert_true(told.count >= 1);
    assert_string_equal(told.lines[0], "P/s0:hi 6-0 155");
    davy_replay_destroy(replay);
    davy_site_destroy(site);
}

static void a_detector_without_its_model_is_refused(void **state)
{
    davy_site *site = site_from(plant_site);
    const davy_replay_options options = {
        .site = site, .registry = registry, .detector = 1, .alarm = note_alarm};
    davy_replay *replay = NULL;

    (void) state;
    assert_fails(davy_replay_create(&options, &replay), DAVY_ERR_UNAVAILABLE, "nowhere");
    assert_null(replay);
    davy_replay_destroy(NULL);
    davy_site_destroy(site);
}

static void a_table_that_fits_nothing_is_refused(void **state)
{
    davy_site *site = site_from(plant_site);
    davy_table table = plant_make(10, 1); /* its columns are named s0 to s5 */
    struct told told = {0};
    davy_replay *replay = replay_of(site, 0, &told);
    int64_t *times = table.times;

    (void) state;
    assert_fails(davy_replay_table(replay, &table), DAVY_ERR_INVALID, "no column is a signal");
    table.times = NULL;
    assert_fails(davy_replay_table(replay, &table), DAVY_ERR_INVALID, "--time");
    table.times = times;
    davy_replay_destroy(replay);
    davy_table_clear(&table);
    davy_site_destroy(site);
}

/* One run of the table goes into a real store; its replay tells what the table's told. */
static void the_store_tells_the_same_as_the_table(void **state)
{
    davy_site *site = site_from(plant_site);
    davy_table table = two_runs();
    struct told from_table = {0}, from_store = {0};
    davy_replay *replay;
    davy_store *store = NULL;
    char folder[64];

    (void) state;
    table.rows = 400; /* the values' columns are 800 apart, so copy the first run out of them */
    for (size_t j = 1; j < PLANT_SIGNALS; j++)
        memmove(table.values + j * 400, table.values + j * 800, 400 * sizeof *table.values);

    plant_folder(folder);
    assert_ok(davy_store_open(folder, NULL, &store));
    for (size_t j = 0; j < PLANT_SIGNALS; j++)
        assert_ok(davy_store_signal(store, site->signals[j].path, "kPa", &site->signals[j].id));
    assert_ok(davy_site_index(site));
    for (size_t j = 0; j < PLANT_SIGNALS; j++) {
        davy_sample samples[400];

        for (size_t row = 0; row < 400; row++)
            samples[row] = (davy_sample){table.times[row], davy_table_at(&table, row, j),
                                         site->signals[j].id, DAVY_QUALITY_GOOD};
        assert_ok(davy_store_append(store, samples, 400));
    }

    replay = replay_of(site, 0, &from_table);
    assert_ok(davy_replay_table(replay, &table));
    davy_replay_destroy(replay);
    replay = replay_of(site, 0, &from_store);
    assert_ok(davy_replay_store(replay, store, 0, 2000 * S));
    davy_replay_destroy(replay);
    assert_true(from_table.count > 0);
    assert_int_equal(from_store.count, from_table.count);
    for (size_t i = 0; i < from_table.count; i++)
        assert_string_equal(from_store.lines[i], from_table.lines[i]);

    from_store.count = 0;
    replay = replay_of(site, 0, &from_store);
    assert_ok(davy_replay_store(replay, store, 5000 * S, 6000 * S)); /* nothing there */
    assert_int_equal(from_store.count, 0);
    davy_replay_destroy(replay);
    davy_store_close(store);
    plant_remove(folder);
    davy_table_clear(&table);
    davy_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detector_tells_the_alarms_of_each_run),
        cmocka_unit_test(all_checks_tell_limits_with_their_peaks),
        cmocka_unit_test(an_alarm_that_stands_at_the_end_has_no_end),
        cmocka_unit_test(a_detector_without_its_model_is_refused),
        cmocka_unit_test(a_table_that_fits_nothing_is_refused),
        cmocka_unit_test(the_store_tells_the_same_as_the_table),
    };

    return cmocka_run_group_tests(tests, train, forget);
}
