/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/proof.h"

#include "engine_testing.h"

/*
 * Proofs of a model: the rows that it is given, and why there may be none. The plant and its model
 * are those of test_engine; the newest rows of the store are rows 5000 to 6000 of the history.
 */

#define ROWS 1000
#define NOW  (6000 * S)

static const char proof_site[] =
    "site: {name: test}\n"
    "sources: [{name: in, kind: lines}]\n"
    "assets:\n"
    "  - name: P\n"
    "    signals: [{name: s0, unit: kPa}, {name: s1, unit: kPa}, {name: s2, unit: kPa},\n"
    "              {name: s3, unit: kPa}, {name: s4, unit: kPa}, {name: s5, unit: kPa}]\n"
    "detectors:\n"
    "  - {name: now, model: plant, signals: [P/*]}\n"
    "  - {name: later, model: plant, signals: [P/*], on_delay: 5min}\n"
    "alarms:\n"
    "  - {match: [\"detector later:verdict\"], on_delay: 1d}\n";

struct plant_trial {
    davy_proof *proof;
    davy_proof_samples samples;
    bool ready, done;
    size_t sent;
    davy_finding finding;
};

static char folder[64];
static davy_store *store;
static davy_site *site;
static davy_condition *conditions;
static size_t condition_count;

static void open_store(void)
{
    (void) snprintf(folder, sizeof folder, "/tmp/davy-proofs-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_ok(davy_store_open(folder, NULL, &store));
    for (size_t i = 0; i < site->signal_count; i++)
        assert_ok(davy_store_signal(store, site->signals[i].path, "kPa", &site->signals[i].id));
    assert_ok(davy_site_index(site));
}

static int begin(void **state)
{
    size_t bytes;
    int result = train(state);

    site = site_from(proof_site);
    assert_ok(davy_conditions_make(site, &conditions, &condition_count, &bytes));
    return result;
}

static int end(void **state)
{
    free(conditions);
    davy_site_destroy(site);
    return forget(state);
}

static void close_store(void)
{
    char command[128];

    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

/* Takes the samples. */
static void keep(davy_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        samples[i].signal = site->signals[i % PLANT_SIGNALS].id;
    assert_ok(davy_store_append(store, samples, count));
    free(samples);
}

static void keep_rows(size_t from, size_t to)
{
    size_t count;
    davy_sample *samples = samples_of(from, to, 0, 0.0, &count);

    keep(samples, count);
}

static void note_found(void *context, const davy_finding *finding)
{
    struct plant_trial *trial = context;

    /* What begins before the samples are handed over is not the proof's. */
    if (!trial->ready || !finding->active || finding->condition != davy_proof_index(trial->proof))
        return;
    trial->finding = *finding;
    trial->done = true;
}

static davy_status make(struct plant_trial *trial, const char *key, const char *model)
{
    davy_proof_parts parts = {
        .site = site,
        .model = model,
        .registry = registry,
        .store = store,
        .callbacks = {.context = trial, .finding = note_found},
        .wall_ns = NOW,
        .now_ns = 40LL * 86400 * S,
    };

    *trial = (struct plant_trial){0};
    for (size_t i = 0; i < condition_count; i++)
        if (strcmp(conditions[i].key, key) == 0)
            parts.condition = &conditions[i];
    assert_non_null(parts.condition);
    assert_ok(davy_proof_create(&parts, &trial->proof));
    return davy_proof_prepare(trial->proof, &trial->samples);
}

static void hand_over(struct plant_trial *trial)
{
    davy_detect *engine = davy_proof_engine(trial->proof);

    trial->ready = true;
    for (size_t i = 0; i < trial->samples.count && !trial->done; i += trial->samples.batch) {
        size_t left = trial->samples.count - i;

        trial->sent = i + (left < trial->samples.batch ? left : trial->samples.batch);
        davy_detect_samples(engine, trial->samples.samples + i, trial->sent - i, 40LL * 86400 * S);
    }
    davy_detect_tick(engine, 40LL * 86400 * S, NOW);
}

/* The rows before the deviation are quiet; it is found while the deviation grows. */
static void the_newest_rows_with_a_deviation_are_found(void **state)
{
    struct plant_trial trial;

    (void) state;
    open_store();
    keep_rows(6000 - ROWS, 6000);
    assert_ok(make(&trial, "detector now:model", "plant@1"));
    assert_int_equal(trial.samples.count, 48 * PLANT_SIGNALS);
    hand_over(&trial);
    assert_true(trial.done);
    assert_true(trial.finding.value > 1.0);
    assert_string_equal(trial.finding.model, "plant@1");
    assert_true(trial.finding.cause_count > 0);
    assert_true(trial.finding.time_ns <= NOW);
    davy_proof_destroy(trial.proof);
    close_store();
}

/* An alarm that stands on the newest rows has begun already; the proof's must begin all the same.
 */
static void a_plant_that_is_in_alarm_is_proved_as_well(void **state)
{
    struct plant_trial trial;
    size_t count;
    davy_sample *samples = samples_of(5000, 6000, 5800, 25.0, &count);

    (void) state;
    open_store();
    keep(samples, count);
    assert_ok(make(&trial, "detector now:model", NULL));
    hand_over(&trial);
    assert_true(trial.done);
    davy_proof_destroy(trial.proof);
    close_store();
}

/* 300 rows of one second hold the deviation before it may be told. */
static void an_on_delay_is_waited_for_in_rows(void **state)
{
    struct plant_trial now, later;

    (void) state;
    open_store();
    keep_rows(6000 - ROWS, 6000);
    assert_ok(make(&now, "detector now:model", NULL));
    assert_ok(make(&later, "detector later:model", NULL));
    assert_int_equal(later.samples.count - now.samples.count, 300 * PLANT_SIGNALS);
    hand_over(&later);
    assert_true(later.done);
    assert_true(later.sent > 300 * PLANT_SIGNALS);
    davy_proof_destroy(now.proof);
    davy_proof_destroy(later.proof);
    close_store();
}

/* Of a plant that stopped sending an hour ago there is no row that could be moved. */
static void a_plant_without_values_of_late_says_so(void **state)
{
    struct plant_trial trial;

    (void) state;
    open_store();
    assert_fails(make(&trial, "detector now:model", NULL), DAVY_ERR_UNAVAILABLE,
                 "its signals have no values of late");
    davy_proof_destroy(trial.proof);
    keep_rows(1000, 6000 - 3600);
    assert_fails(make(&trial, "detector now:model", NULL), DAVY_ERR_UNAVAILABLE,
                 "its signals have no values of late");
    davy_proof_destroy(trial.proof);
    close_store();
}

static void an_unknown_version_of_the_model_says_why(void **state)
{
    struct plant_trial trial;

    (void) state;
    open_store();
    assert_fails(make(&trial, "detector now:model", "plant@7"), DAVY_ERR_UNAVAILABLE, "7");
    davy_proof_destroy(trial.proof);
    close_store();
}

/* Without rows; its own on-delay of a day by a rule lies behind it as well. */
static void a_missing_verdict_needs_no_rows(void **state)
{
    static const char *const keys[] = {"detector now:verdict", "detector later:verdict"};
    struct plant_trial trial;

    (void) state;
    open_store();
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++) {
        assert_ok(make(&trial, keys[i], NULL));
        assert_int_equal(trial.samples.count, 0);
        hand_over(&trial);
        assert_true(trial.done);
        davy_proof_destroy(trial.proof);
    }
    close_store();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_rows_with_a_deviation_are_found),
        cmocka_unit_test(a_plant_that_is_in_alarm_is_proved_as_well),
        cmocka_unit_test(an_on_delay_is_waited_for_in_rows),
        cmocka_unit_test(a_plant_without_values_of_late_says_so),
        cmocka_unit_test(an_unknown_version_of_the_model_says_why),
        cmocka_unit_test(a_missing_verdict_needs_no_rows),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
