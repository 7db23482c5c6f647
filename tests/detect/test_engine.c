/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_testing.h"

#include <pthread.h>
#include <stdatomic.h>

static void a_fault_becomes_a_model_finding_with_its_causes(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(plant_site);
    davy_detect *engine = start(site, outcome, NULL);
    davy_detect_status status;
    const davy_finding *finding = NULL;
    size_t count;
    davy_sample *samples = samples_of(1000, 2000, 1800, 25.0, &count);

    (void) state;
    feed(engine, samples, count, 6);
    assert_non_null(strstr(line_of(outcome, "detector plant:model"), "+detector plant:model"));
    for (size_t i = 0; i < outcome->found.count; i++)
        if (strstr(outcome->found.lines[i], "+detector plant:model"))
            finding = &outcome->found.findings[i];
    assert_non_null(finding);
    if (!finding)
        return; /* cmocka left already; an analyser cannot know */
    assert_in_range(finding->time_ns / S, 1800, 1810);
    assert_true(finding->cause_count > 0);
    assert_string_equal(site->signals[finding->causes[0].signal].path, "P/s2");
    assert_true(finding->causes[0].value > finding->causes[0].expected + 5.0);
    assert_string_equal(finding->model, "plant@1");
    assert_int_equal(strlen(finding->model_hash), 64);
    assert_true(finding->window_to_ns == finding->time_ns);
    /* docs/models.md: pca has 5 lags; no on-delay, so the first score above the limit is the last
     */
    assert_true(finding->above_ns == finding->time_ns);
    assert_int_equal((finding->window_to_ns - finding->window_from_ns) / S, 5);
    assert_non_null(strstr(finding->text, "most from P/s2 and"));

    davy_detect_get_status(engine, 0, &status);
    assert_int_equal(status.verdict, DAVY_VERDICT_ALARM);
    assert_string_equal(status.model->name, "plant");
    assert_int_equal(status.rows, outcome->rows);
    assert_true(status.score > 1.0);
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

static void batches_of_any_size_give_the_same_findings_and_the_same_bits(void **state)
{
    static const size_t batches[] = {1, 7, 64, 6000};
    struct outcome *outcome[DAVY_ARRAY_LENGTH(batches)];
    size_t count;
    davy_sample *samples = samples_of(1000, 2000, 1800, 25.0, &count);

    (void) state;
    for (size_t b = 0; b < DAVY_ARRAY_LENGTH(batches); b++) {
        davy_site *site = site_from(plant_site);
        davy_detect *engine;

        outcome[b] = calloc(1, sizeof *outcome[b]);
        engine = start(site, outcome[b], NULL);
        feed(engine, samples, count, batches[b]);
        assert_int_equal(outcome[b]->found.count, outcome[0]->found.count);
        for (size_t i = 0; i < outcome[0]->found.count; i++)
            assert_string_equal(outcome[b]->found.lines[i], outcome[0]->found.lines[i]);
        assert_true(outcome[b]->bits == outcome[0]->bits);
        assert_int_equal(outcome[b]->rows, 1000);
        davy_detect_destroy(engine);
        davy_site_destroy(site);
    }
    for (size_t b = 0; b < DAVY_ARRAY_LENGTH(batches); b++)
        free(outcome[b]);
    free(samples);
}

/* The rows of the table through the scorer alone are the batch answer. */
static void live_scores_are_those_of_the_table_to_the_bit(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    struct outcome direct = {0};
    davy_site *site = site_from(plant_site);
    davy_detect *engine = start(site, outcome, NULL);
    davy_model *model = NULL;
    davy_scorer *scorer = NULL;
    size_t count;
    davy_sample *samples = samples_of(1000, 1500, 1400, 25.0, &count);

    (void) state;
    feed(engine, samples, count, 13);
    assert_ok(davy_registry_open(registry, "plant", &model));
    assert_ok(davy_scorer_create(model, &scorer));
    for (size_t row = 0; row < 500; row++) {
        double values[PLANT_SIGNALS];
        davy_score score;
        davy_detect_score out = {0};

        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            values[j] = samples[row * PLANT_SIGNALS + j].value;
        davy_scorer_update(scorer, values, &score);
        out.score = score.score;
        out.verdict = score.verdict;
        note_score(&direct, &out);
    }
    assert_int_equal(direct.rows, outcome->rows);
    assert_true(direct.bits == outcome->bits);
    davy_scorer_destroy(scorer);
    davy_model_close(model);
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

static void a_detector_without_verdicts_is_an_alarm_that_names_the_missing_signal(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(plant_site);
    davy_detect *engine = start(site, outcome, NULL);
    size_t count;
    davy_sample *samples = samples_of(0, 200, 6000, 0.0, &count);

    (void) state;
    for (size_t i = 0; i < count; i++) {
        davy_sample sample = samples[i];

        if (sample.signal == 4 && sample.time_ns >= 100 * S)
            continue;
        davy_detect_samples(engine, &sample, 1, sample.time_ns);
        if (sample.signal == 5)
            davy_detect_tick(engine, sample.time_ns, sample.time_ns);
    }
    assert_non_null(strstr(line_of(outcome, "detector plant:verdict"),
                           "+detector plant:verdict plant gives no verdict: P/s4 has no good "
                           "sample"));
    free(samples);
    samples = samples_of(200, 300, 6000, 0.0, &count);
    feed(engine, samples, count, 6);
    assert_non_null(strstr(line_of(outcome, "detector plant:verdict"),
                           "-detector plant:verdict plant gives verdicts"));
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

static const char six_signals[] =
    "site: {name: test}\n"
    "sources: [{name: in, kind: lines}]\n"
    "assets:\n"
    "  - name: P\n"
    "    signals: [{name: s0, unit: kPa}, {name: s1, unit: kPa}, {name: s2, unit: kPa},\n"
    "              {name: s3, unit: kPa}, {name: s4, unit: kPa}, {name: s5, unit: kPa}]\n"
    "detectors: [{name: plant, model: plant, signals: [P/*], off_delay: 60s}]\n";

/* The model's window of five rows must fill again; until then no score mixes both sides. */
static void after_a_gap_the_window_is_filled_anew(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(six_signals);
    davy_detect *engine = start(site, outcome, NULL);
    size_t count, at_start, before;
    davy_sample *samples = samples_of(0, 200, 6000, 0.0, &count);

    (void) state;
    feed(engine, samples, count, 6);
    at_start = outcome->abstained;
    assert_true(at_start > 0);
    free(samples);
    samples = samples_of(3000, 3200, 6000, 0.0, &count);
    before = outcome->abstained;
    feed(engine, samples, count, 6);
    assert_int_equal(outcome->abstained - before, at_start);
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

/* The score is normal for a moment, then nobody knows: the off-delay begins again afterwards. */
static void no_alarm_ends_while_its_model_abstains(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(six_signals);
    davy_detect *engine = start(site, outcome, NULL);
    size_t count;
    davy_sample *samples = samples_of(1000, 1300, 6000, 0.0, &count);

    (void) state;
    for (size_t i = 0; i < count; i++) {
        davy_sample sample = samples[i];
        int64_t second = sample.time_ns / S;

        if (second >= 1120) /* the plant's mean, and alive: as normal as can be */
            sample.value = 100.0 + 10.0 * sample.signal + (second % 2 > 0 ? 0.01 : -0.01);
        else if (sample.signal == 2 && second >= 1100)
            sample.value += 30.0;
        if (sample.signal == 4 && second >= 1160 && second < 1180)
            continue; /* nobody knows */
        davy_detect_samples(engine, &sample, 1, sample.time_ns);
    }
    assert_non_null(strstr(line_of(outcome, "detector plant:model"), "-detector plant:model"));
    assert_in_range(outcome->found.findings[outcome->found.count - 1].time_ns / S, 1180 + 60, 1299);
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

/* Transmitters that show one number for longer than ever are no all-clear: the model says so, and
 * after the time without a verdict so does an alarm, which names the first. */
static void a_model_of_frozen_signals_gives_no_verdict(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(six_signals);
    davy_detect *engine = start(site, outcome, NULL);
    davy_detect_status status;
    size_t count;
    davy_sample *samples = samples_of(1000, 1300, 6000, 0.0, &count);

    (void) state;
    for (size_t i = 0; i < count; i++) {
        const int64_t second = samples[i].time_ns / S;

        if (second >= 1100 && second < 1200) /* the means: nothing else is unusual */
            samples[i].value = 100.0 + 10.0 * samples[i].signal;
        davy_detect_samples(engine, &samples[i], 1, samples[i].time_ns);
        davy_detect_tick(engine, samples[i].time_ns, samples[i].time_ns);
        if (second == 1199) {
            davy_detect_get_status(engine, 0, &status);
            assert_int_equal(status.verdict, DAVY_VERDICT_ABSTAIN);
            assert_string_equal(status.message, "stuck: P/s0 at 100");
            assert_non_null(strstr(line_of(outcome, "detector plant:verdict"),
                                   "+detector plant:verdict plant gives no verdict: stuck: P/s0"));
        }
    }
    assert_non_null(strstr(line_of(outcome, "detector plant:verdict"), "-detector plant:verdict"));
    davy_detect_get_status(engine, 0, &status);
    assert_int_equal(status.verdict, DAVY_VERDICT_NORMAL);
    assert_string_equal(status.message, "");
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

static void a_reload_keeps_what_did_not_change(void **state)
{
    static const char changed[] = "site: {name: test}\n"
                                  "sources: [{name: in, kind: lines}]\n"
                                  "assets:\n"
                                  "  - name: P\n"
                                  "    signals:\n"
                                  "      - {name: before, unit: kPa, limits: {hi: 1}}\n"
                                  "      - {name: s0, unit: kPa, limits: {hi: 125}, deadline: 5s}\n"
                                  "      - {name: s1, unit: kPa, limits: {hi: 500}}\n"
                                  "      - {name: s2, unit: kPa}\n"
                                  "      - {name: s3, unit: kPa}\n"
                                  "      - {name: s4, unit: kPa}\n"
                                  "      - {name: s5, unit: kPa}\n"
                                  "detectors:\n"
                                  "  - {name: plant, model: plant, signals: [\"P/s*\"]}\n";
    static const char first[] = "site: {name: test}\n"
                                "sources: [{name: in, kind: lines}]\n"
                                "assets:\n"
                                "  - name: P\n"
                                "    signals:\n"
                                "      - {name: s0, unit: kPa, limits: {hi: 125}, deadline: 5s}\n"
                                "      - {name: s1, unit: kPa}\n"
                                "      - {name: s2, unit: kPa}\n"
                                "      - {name: s3, unit: kPa}\n"
                                "      - {name: s4, unit: kPa}\n"
                                "      - {name: s5, unit: kPa}\n"
                                "detectors:\n"
                                "  - {name: plant, model: plant, signals: [\"P/s*\"]}\n";
    struct outcome *whole = calloc(1, sizeof *whole);
    struct outcome *halves = calloc(1, sizeof *halves);
    davy_site *before = site_from(first), *after = site_from(changed), *alone = site_from(first);
    davy_detect *engine, *next;
    size_t count, half, told = 0;
    davy_sample *samples = samples_of(1000, 1400, 1300, 25.0, &count);

    (void) state;
    for (size_t i = 1; i < after->signal_count; i++)
        after->signals[i].id = (davy_signal_id) (i - 1); /* the store's ids stay with the paths */
    after->signals[0].id = 77;
    assert_ok(davy_site_index(after));

    engine = start(alone, whole, NULL);
    feed(engine, samples, count, 6);
    davy_detect_destroy(engine);

    half = count / 2;
    engine = start(before, halves, NULL);
    feed(engine, samples, half, 6);
    next = start(after, halves, engine);
    davy_detect_destroy(engine);
    feed(next, samples + half, count - half, 6);
    assert_int_equal(halves->rows, whole->rows);
    assert_int_equal(halves->abstained, whole->abstained); /* the window did not start again */
    assert_true(halves->bits == whole->bits);
    for (size_t i = 0; i < halves->found.count; i++)
        told += strstr(halves->found.lines[i], "P/s0:hi") ? 1 : 0;
    assert_int_equal(told, 1);
    /* s1 got a limit: it is looked at afresh and told once; s0 is not told again. */
    assert_non_null(strstr(line_of(halves, "P/s1:hi"), "-P/s1:hi"));
    davy_detect_destroy(next);
    davy_site_destroy(before);
    davy_site_destroy(after);
    davy_site_destroy(alone);
    free(samples);
    free(whole);
    free(halves);
}

static void a_source_that_loses_its_peer_for_a_while_is_told_once(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from("site: {name: test}\n"
                                "sources: [{name: in, kind: lines}]\n");
    davy_detect *engine = start(site, outcome, NULL);

    (void) state;
    davy_detect_source(engine, 0, true, "", 1 * S);
    davy_detect_source(engine, 0, false, "no route to host", 2 * S); /* back within the delay */
    davy_detect_tick(engine, 2 * S, 2 * S);
    davy_detect_source(engine, 0, true, "", 3 * S);
    davy_detect_source(engine, 0, false, "no route to host", 5 * S);
    davy_detect_source(engine, 0, false, "connection refused", 6 * S);
    for (int64_t second = 6; second < 12; second++)
        davy_detect_tick(engine, second * S, second * S);
    davy_detect_source(engine, 0, true, "", 20 * S);
    davy_detect_source(engine, 9, true, "", 20 * S);
    assert_found(&outcome->found, "1 -source in:source source in runs",
                 "5 +source in:source source in has lost its peer: connection refused",
                 "20 -source in:source source in runs");
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

/* A looker asks for the status while the owner works; the thread sanitizer watches. */
struct looker {
    const davy_detect *engine;
    atomic_bool stop;
    uint64_t looks;
};

static void *look_at_status(void *context)
{
    struct looker *looker = context;
    davy_detect_status status;

    do {
        davy_detect_get_status(looker->engine, 0, &status);
        looker->looks += status.rows >= status.abstained ? 1 : 0;
    } while (!atomic_load(&looker->stop));
    return NULL;
}

static void the_status_may_be_asked_for_from_another_thread(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(plant_site);
    davy_detect *engine = start(site, outcome, NULL), *next;
    struct looker looker = {.engine = engine};
    pthread_t thread;
    size_t count;
    davy_sample *samples = samples_of(1000, 1500, 6000, 0.0, &count);

    (void) state;
    assert_int_equal(pthread_create(&thread, NULL, look_at_status, &looker), 0);
    feed(engine, samples, count, 6);
    next = start(site, outcome, engine); /* a reload beside it */
    atomic_store(&looker.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(looker.looks > 0);
    davy_site_destroy(site);
    davy_detect_destroy(engine); /* engines may outlive their site */
    davy_detect_destroy(next);
    free(samples);
    free(outcome);
}

static void samples_of_strangers_are_counted(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(plant_site);
    davy_detect *engine = start(site, outcome, NULL);
    davy_detect_stats stats;
    const davy_sample samples[] = {
        {S, 1.0, 12345, 0}, {S, 1.0, DAVY_SIGNAL_NONE, 0}, {S, 1.0, 0, 0}, {S, 1.0, 0, 0}};

    (void) state;
    davy_detect_samples(engine, samples, DAVY_ARRAY_LENGTH(samples), S);
    davy_detect_get_stats(engine, &stats);
    assert_int_equal(stats.unknown, 2);
    assert_int_equal(stats.samples, 1);
    assert_int_equal(stats.late, 1);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

/* The linker hands these to everything in the test (-Wl,--wrap). */
static size_t allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    allocations++;
    return __real_realloc(memory, size);
}

static void nothing_is_allocated_after_creation(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(plant_site);
    davy_detect *engine = start(site, outcome, NULL);
    size_t count;
    davy_sample *samples = samples_of(1000, 2000, 1500, 25.0, &count);
    size_t before = allocations;

    (void) state;
    assert_true(before > 0);
    feed(engine, samples, count, 6);
    for (int64_t second = 2000; second < 2100; second++)
        davy_detect_tick(engine, second * S, second * S);
    assert_int_equal(allocations, before);
    assert_true(outcome->found.count > 3);
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_becomes_a_model_finding_with_its_causes),
        cmocka_unit_test(batches_of_any_size_give_the_same_findings_and_the_same_bits),
        cmocka_unit_test(live_scores_are_those_of_the_table_to_the_bit),
        cmocka_unit_test(a_detector_without_verdicts_is_an_alarm_that_names_the_missing_signal),
        cmocka_unit_test(after_a_gap_the_window_is_filled_anew),
        cmocka_unit_test(no_alarm_ends_while_its_model_abstains),
        cmocka_unit_test(a_model_of_frozen_signals_gives_no_verdict),
        cmocka_unit_test(a_reload_keeps_what_did_not_change),
        cmocka_unit_test(a_source_that_loses_its_peer_for_a_while_is_told_once),
        cmocka_unit_test(the_status_may_be_asked_for_from_another_thread),
        cmocka_unit_test(samples_of_strangers_are_counted),
        cmocka_unit_test(nothing_is_allocated_after_creation),
    };

    return cmocka_run_group_tests(tests, train, forget);
}
