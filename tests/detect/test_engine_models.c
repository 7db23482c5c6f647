/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Detectors and their models: budgets, signatures, models that are not there or want other signals.
 */
#include "engine_testing.h"

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
    const davy_detect_callbacks callbacks = {.context = last, .score = note_last_score};
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
    assert_near(last[0] * davy_model_limit_for(model, 1.0).ratio, last[2], 1e-9);
    assert_near(last[1] * davy_model_limit_for(model, 1.0 / 7.0).ratio, last[2], 1e-9);
    for (size_t i = 0; i < 3; i++) {
        davy_detect_get_status(engine, i, &status);
        assert_near(sum_of_causes(&status), last[i], 1e-9);
    }
    davy_detect_get_status(engine, 1, &status);
    assert_near(status.budget_per_day, 1.0 / 7.0, 1e-12);
    assert_near(status.promise_per_day, 57.6, 0.5);
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
    const davy_detect_callbacks callbacks = {0};
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
    const davy_detect_callbacks callbacks = {0};
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_detector_is_held_against_the_budget_of_its_site),
        cmocka_unit_test(a_model_that_nobody_signed_is_told),
        cmocka_unit_test(a_model_with_a_wrong_signature_is_refused),
        cmocka_unit_test(a_model_that_is_not_there_is_told_and_the_rest_goes_on),
        cmocka_unit_test(a_model_that_needs_another_signal_names_it),
    };

    return cmocka_run_group_tests(tests, train, forget);
}
