/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine.h"

#include "../models/plant.h"
#include "detect_testing.h"

#include <pthread.h>
#include <stdatomic.h>

/*
 * The small plant of the models' tests as a site: asset P with the signals s0 to s5, a detector
 * that knows them, one over a model that is not there, and limits on s0.
 */
static const char plant_site[] = "site: {name: test}\n"
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
                                 "      - {name: other, unit: kPa, shift: 1}\n"
                                 "detectors:\n"
                                 "  - {name: plant, model: plant, signals: [P/*]}\n"
                                 "  - {name: lost, model: nowhere, signals: [P/s0]}\n";

static char registry[64];
static davy_table history;

static int train(void **state)
{
    davy_train_report report;

    (void) state;
    plant_folder(registry);
    history = plant_make(6000, 7);
    for (size_t j = 0; j < PLANT_SIGNALS; j++) {
        free(history.names[j]);
        history.names[j] = calloc(8, 1);
        assert_non_null(history.names[j]);
        (void) snprintf(history.names[j], 8, "P/s%zu", j);
    }
    davy_model_close(plant_train(&history, registry, NULL, 0, 20.0 * 86400.0 / 1500.0, &report));
    return 0;
}

static int forget(void **state)
{
    (void) state;
    davy_table_clear(&history);
    plant_remove(registry);
    return 0;
}

/* What came out: findings as text, and the bits of every score. */
struct outcome {
    struct found found;
    uint64_t bits, rows, abstained;
    double last;
};

static void note_score(void *context, const davy_detect_score *score)
{
    struct outcome *outcome = context;
    uint64_t bits;

    memcpy(&bits, &score->score, sizeof bits);
    outcome->bits = outcome->bits * 31 + (score->verdict == DAVY_VERDICT_ABSTAIN ? 1 : bits);
    outcome->rows++;
    outcome->abstained += score->verdict == DAVY_VERDICT_ABSTAIN ? 1 : 0;
    outcome->last = score->score;
}

static void note_outcome_finding(void *context, const davy_finding *finding)
{
    note_finding(&((struct outcome *) context)->found, finding);
}

static davy_detect *start(const davy_site *site, struct outcome *outcome, davy_detect *previous)
{
    const davy_detect_callbacks callbacks = {outcome, note_outcome_finding, note_score};
    davy_detect *engine = NULL;
    size_t count;

    assert_ok(davy_detect_create(site, registry, &callbacks, 0, previous, &engine));
    outcome->found.conditions = davy_detect_conditions(engine, &count);
    return engine;
}

/* Samples of the plant from one row to another, s2 moved by `bias` from row `bent` on. */
static davy_sample *samples_of(size_t from, size_t to, size_t bent, double bias, size_t *count)
{
    davy_sample *samples = calloc((to - from) * PLANT_SIGNALS, sizeof *samples);

    assert_non_null(samples);
    *count = 0;
    for (size_t row = from; row < to; row++)
        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            samples[(*count)++] = (davy_sample){history.times[row],
                                                davy_table_at(&history, row, j) +
                                                    (j == 2 && row >= bent ? bias : 0.0),
                                                (davy_signal_id) j, DAVY_QUALITY_GOOD};
    return samples;
}

/* At the start of a batch the owner looks at its clock; here that is the newest sample's time. */
static void feed(davy_detect *engine, const davy_sample *samples, size_t count, size_t batch)
{
    for (size_t i = 0; i < count; i += batch) {
        size_t length = count - i < batch ? count - i : batch;

        davy_detect_samples(engine, samples + i, length, samples[i + length - 1].time_ns);
    }
}

static const char *line_of(const struct outcome *outcome, const char *key)
{
    for (size_t i = outcome->found.count; i-- > 0;)
        if (strstr(outcome->found.lines[i], key))
            return outcome->found.lines[i];
    return "";
}

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

/* The same plant three times, each with a budget of its own. */
static const char budget_site[] =
    "site: {name: test}\n"
    "sources: [{name: in, kind: lines}]\n"
    "assets:\n"
    "  - name: P\n"
    "    signals: [{name: s0, unit: kPa}, {name: s1, unit: kPa}, {name: s2, unit: kPa},\n"
    "              {name: s3, unit: kPa}, {name: s4, unit: kPa}, {name: s5, unit: kPa}]\n"
    "detectors:\n"
    "  - {name: day, model: plant, signals: [P/*], budget: 1/day}\n"
    "  - {name: week, model: plant, signals: [P/*], budget: 1/week}\n"
    "  - {name: own, model: plant, signals: [P/*], budget: 1152/day}\n";

static void note_last_score(void *context, const davy_detect_score *score)
{
    double *last = context;

    last[score->detector] = score->score;
}

/* All six signals are among the causes of the latest score, as a detector names up to eight. */
static double sum_of_causes(const davy_detect_status *status)
{
    double sum = 0;

    for (size_t i = 0; i < status->cause_count; i++)
        sum += status->causes[i].contribution;
    return sum;
}

/* The model was calibrated for 1152 a day on 1500 rows of a second: they vouch for 57.6 a day. */
static void each_detector_is_held_against_the_budget_of_its_site(void **state)
{
    double last[3] = {0};
    const davy_detect_callbacks callbacks = {last, NULL, note_last_score};
    davy_site *site = site_from(budget_site);
    davy_detect *engine = NULL;
    davy_model *model = NULL;
    davy_detect_status status;
    size_t count;
    davy_sample *samples = samples_of(1000, 1500, 1400, 25.0, &count);

    (void) state;
    assert_ok(davy_detect_create(site, registry, &callbacks, 0, NULL, &engine));
    feed(engine, samples, count, 6);
    assert_ok(davy_registry_open(registry, "plant", &model));
    assert_true(last[1] < last[0] && last[0] < last[2]);
    assert_float_equal(last[0] * davy_model_limit_for(model, 1.0).ratio, last[2], 1e-9);
    assert_float_equal(last[1] * davy_model_limit_for(model, 1.0 / 7.0).ratio, last[2], 1e-9);
    for (size_t i = 0; i < 3; i++) {
        davy_detect_get_status(engine, i, &status);
        assert_float_equal(sum_of_causes(&status), last[i], 1e-9);
    }
    davy_detect_get_status(engine, 1, &status);
    assert_float_equal(status.budget_per_day, 1.0 / 7.0, 1e-12);
    assert_float_equal(status.promise_per_day, 57.6, 0.5);
    assert_non_null(strstr(status.note, "too short to vouch for the budget of 1 in 7 days"));
    assert_non_null(strstr(status.note, "what it promises is 57."));
    davy_detect_get_status(engine, 2, &status);
    assert_string_equal(status.note, "");
    assert_true(status.promise_per_day <= 1152.0);
    davy_model_close(model);
    free(samples);
    davy_detect_destroy(engine);
    davy_site_destroy(site);
}

/* The seal is taken away: the model is used, and the page of the detector says so. */
static void a_model_that_nobody_signed_is_told(void **state)
{
    const davy_detect_callbacks callbacks = {NULL, NULL, NULL};
    static const char *const seals[] = {"manifest.json", "manifest.sig"};
    davy_site *site = site_from(budget_site);
    davy_detect *engine = NULL;
    davy_detect_status status;

    (void) state;
    for (size_t i = 0; i < 2; i++) {
        char from[128], to[128];

        (void) snprintf(from, sizeof from, "%s/plant/1/%s", registry, seals[i]);
        (void) snprintf(to, sizeof to, "%s/%s", registry, seals[i]);
        assert_int_equal(rename(from, to), 0);
    }
    assert_ok(davy_detect_create(site, registry, &callbacks, 0, NULL, &engine));
    davy_detect_get_status(engine, 2, &status);
    assert_non_null(strstr(status.note, "the model is not signed"));
    assert_string_equal(status.message, "");
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    for (size_t i = 0; i < 2; i++) {
        char from[128], to[128];

        (void) snprintf(from, sizeof from, "%s/plant/1/%s", registry, seals[i]);
        (void) snprintf(to, sizeof to, "%s/%s", registry, seals[i]);
        assert_int_equal(rename(to, from), 0);
    }
}

/* One byte of the signature is another one: the detector stays, without its model, and says why. */
static void a_model_with_a_wrong_signature_is_refused(void **state)
{
    const davy_detect_callbacks callbacks = {NULL, NULL, NULL};
    davy_site *site = site_from(budget_site);
    davy_detect *engine = NULL;
    davy_detect_status status;
    char path[128];
    FILE *file;
    int byte;

    (void) state;
    (void) snprintf(path, sizeof path, "%s/plant/1/manifest.sig", registry);
    for (int pass = 0; pass < 2; pass++) { /* and back again */
        file = fopen(path, "r+b");
        assert_non_null(file);
        byte = fgetc(file);
        assert_int_equal(fseek(file, 0, SEEK_SET), 0);
        assert_int_not_equal(fputc(byte ^ 1, file), EOF);
        assert_int_equal(fclose(file), 0);
        assert_ok(davy_detect_create(site, registry, &callbacks, 0, NULL, &engine));
        davy_detect_get_status(engine, 0, &status);
        assert_true(pass == 0 ? !!strstr(status.message, "the signature is wrong")
                              : status.message[0] == '\0');
        davy_detect_destroy(engine);
    }
    davy_site_destroy(site);
}

static void a_model_that_is_not_there_is_told_and_the_rest_goes_on(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from(plant_site);
    davy_detect *engine = start(site, outcome, NULL);
    davy_detect_status status;

    (void) state;
    davy_detect_tick(engine, S, S);
    assert_non_null(strstr(line_of(outcome, "detector lost"),
                           "+detector lost:verdict lost gives no verdict: there is no model "
                           "'nowhere@champion'"));
    davy_detect_get_status(engine, 1, &status);
    assert_null(status.model);
    assert_non_null(strstr(status.message, "nowhere"));
    davy_detect_destroy(engine);
    davy_site_destroy(site);
    free(outcome);
}

static void a_model_that_needs_another_signal_names_it(void **state)
{
    struct outcome *outcome = calloc(1, sizeof *outcome);
    davy_site *site = site_from("site: {name: test}\n"
                                "sources: [{name: in, kind: lines}]\n"
                                "assets:\n"
                                "  - name: P\n"
                                "    signals: [{name: s0, unit: kPa}, {name: s1, unit: kPa}]\n"
                                "detectors:\n"
                                "  - {name: plant, model: plant, signals: [P/*]}\n");
    davy_detect *engine = start(site, outcome, NULL);

    (void) state;
    davy_detect_tick(engine, S, S);
    assert_non_null(strstr(line_of(outcome, "detector plant"),
                           "the model needs signal 'P/s2', which the detector does not have"));
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

        if (second >= 1120) /* the plant's mean: as normal as can be */
            sample.value = 100.0 + 10.0 * sample.signal;
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
        cmocka_unit_test(each_detector_is_held_against_the_budget_of_its_site),
        cmocka_unit_test(a_model_that_nobody_signed_is_told),
        cmocka_unit_test(a_model_with_a_wrong_signature_is_refused),
        cmocka_unit_test(a_model_that_is_not_there_is_told_and_the_rest_goes_on),
        cmocka_unit_test(a_model_that_needs_another_signal_names_it),
        cmocka_unit_test(a_detector_without_verdicts_is_an_alarm_that_names_the_missing_signal),
        cmocka_unit_test(after_a_gap_the_window_is_filled_anew),
        cmocka_unit_test(no_alarm_ends_while_its_model_abstains),
        cmocka_unit_test(a_reload_keeps_what_did_not_change),
        cmocka_unit_test(a_source_that_loses_its_peer_for_a_while_is_told_once),
        cmocka_unit_test(the_status_may_be_asked_for_from_another_thread),
        cmocka_unit_test(samples_of_strangers_are_counted),
        cmocka_unit_test(nothing_is_allocated_after_creation),
    };

    return cmocka_run_group_tests(tests, train, forget);
}
