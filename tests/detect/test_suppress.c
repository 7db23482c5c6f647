/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/engine.h"
#include "detect/suppress.h"
#include "detect_testing.h"

#include <math.h>
#include <stdlib.h>

/* A pump whose low flow means nothing while it stands, unless the tank is full. */
static const char plant[] = "site: {name: test}\n"
                            "sources: [{name: plc, kind: lines}]\n"
                            "assets:\n"
                            "- name: P\n"
                            "  signals:\n"
                            "  - {name: current, unit: A, deadline: 10s, range: [0, 100]}\n"
                            "  - {name: flow, unit: m3/h, limits: {lo: 5}, deadline: 10s}\n"
                            "- name: T\n"
                            "  signals: [{name: level, unit: m, limits: {hi: 9}, deadline: 10s}]\n"
                            "alarms:\n"
                            "- match: [P/flow:lo]\n"
                            "  suppress_when: P/current < 0.2 and not T/level:hi\n";

enum { CURRENT, FLOW, LEVEL };

/* What was told, in order: "+S" and "-S" for the suppression, "+key", "-key" for findings. */
struct bench {
    davy_site *site;
    davy_detect *engine;
    const davy_condition *conditions;
    char told[2000];
};

static void note_suppression(void *context, size_t suppression, bool active, int64_t time_ns)
{
    struct bench *bench = context;

    (void) time_ns;
    assert_int_equal(suppression, 0);
    (void) strcat(bench->told, active ? "+S " : "-S ");
}

static void note_begin_or_end(void *context, const davy_finding *finding)
{
    struct bench *bench = context;
    size_t used = strlen(bench->told);

    /* First answers, that a condition does not hold, are no news here. */
    if (finding->active || strstr(bench->told, bench->conditions[finding->condition].key))
        (void) snprintf(bench->told + used, sizeof bench->told - used, "%c%s ",
                        finding->active ? '+' : '-', bench->conditions[finding->condition].key);
}

static void start(struct bench *bench, const char *text, int64_t now_ns, davy_detect *previous)
{
    const davy_detect_callbacks callbacks = {
        .context = bench, .finding = note_begin_or_end, .suppress = note_suppression};
    size_t count;

    bench->site = site_from(text);
    assert_ok(davy_detect_create(bench->site, ".", &callbacks, now_ns, previous, &bench->engine));
    bench->conditions = davy_detect_conditions(bench->engine, &count);
}

static void stop(struct bench *bench)
{
    davy_detect_destroy(bench->engine);
    davy_site_destroy(bench->site);
}

static void feed(struct bench *bench, double second, size_t signal, double value,
                 davy_quality quality)
{
    davy_sample sample = sample_at(second, signal, value, quality);

    davy_detect_samples(bench->engine, &sample, 1, sample.time_ns);
}

static void good(struct bench *bench, double second, size_t signal, double value)
{
    feed(bench, second, signal, value, DAVY_QUALITY_GOOD);
}

static void tick(struct bench *bench, double second)
{
    davy_detect_tick(bench->engine, (int64_t) (second * S), (int64_t) (second * S));
}

#define assert_told(bench, expected)                  \
    do {                                              \
        assert_string_equal((bench)->told, expected); \
        (bench)->told[0] = '\0';                      \
    } while (0)

static void the_logic_of_values_and_conditions_suppresses(void **state)
{
    struct bench bench = {0};

    (void) state;
    start(&bench, plant, 0, NULL);
    good(&bench, 1, LEVEL, 3);
    good(&bench, 1, CURRENT, 12);
    assert_told(&bench, "-S ");
    good(&bench, 2, CURRENT, 0.1);
    assert_told(&bench, "+S ");
    good(&bench, 3, FLOW, 0);
    assert_told(&bench, "+P/flow:lo "); /* it goes on being evaluated */
    good(&bench, 4, LEVEL, 9.5);
    assert_told(&bench, "+T/level:hi -S ");
    good(&bench, 5, LEVEL, 8);
    good(&bench, 6, CURRENT, 12);
    bench.told[0] = '\0';
    stop(&bench);
}

/* The sample that stops the pump is the first to say that its flow is meaningless: the suppression
 * comes before the alarm. */
static void a_suppression_comes_before_the_alarm_of_the_same_sample(void **state)
{
    struct bench bench = {0};

    (void) state;
    start(&bench,
          "site: {name: test}\n"
          "assets: [{name: P, signals: [{name: speed, unit: Hz, limits: {lo: 20},"
          " deadline: 10s}]}]\n"
          "alarms: [{match: [P/speed:lo], suppress_when: P/speed < 1}]\n",
          0, NULL);
    good(&bench, 1, 0, 50);
    assert_told(&bench, "-S ");
    good(&bench, 2, 0, 0);
    assert_told(&bench, "+S +P/speed:lo ");
    stop(&bench);
}

static void what_is_not_known_never_suppresses(void **state)
{
    struct bench bench = {0};
    static const struct {
        double value;
        davy_quality quality;
    } unknown[] = {
        {0.1, DAVY_QUALITY_BAD}, {0.1, DAVY_QUALITY_UNCERTAIN}, {NAN, DAVY_QUALITY_GOOD}};
    double second = 1;

    (void) state;
    start(&bench, plant, 0, NULL);
    good(&bench, second, LEVEL, 3);
    good(&bench, second, CURRENT, 12);
    bench.told[0] = '\0';
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(unknown); i++) {
        good(&bench, ++second, CURRENT, 0.1);
        assert_told(&bench, "+S ");
        feed(&bench, ++second, CURRENT, unknown[i].value, unknown[i].quality);
        assert_told(&bench, "-S ");
    }
    /* An uncertain level: whether it is high is not known either. */
    good(&bench, ++second, CURRENT, 0.1);
    assert_told(&bench, "+S ");
    feed(&bench, ++second, LEVEL, 3, DAVY_QUALITY_UNCERTAIN);
    assert_told(&bench, "-S ");
    stop(&bench);
}

static void an_old_value_suppresses_no_longer_than_its_deadline(void **state)
{
    struct bench bench = {0};

    (void) state;
    start(&bench, plant, 0, NULL);
    good(&bench, 1, LEVEL, 3);
    good(&bench, 1, CURRENT, 0.1);
    bench.told[0] = '\0';
    good(&bench, 9, LEVEL, 3);
    tick(&bench, 11);
    assert_null(strstr(bench.told, "-S"));
    tick(&bench, 11.25);
    assert_non_null(strstr(bench.told, "-S "));
    stop(&bench);
}

/* A gateway that empties its buffer: what it sends is heard now, and an hour old. */
static void a_value_that_was_old_when_it_came_suppresses_nothing(void **state)
{
    struct bench bench = {0};
    const davy_sample old = sample_at(1, CURRENT, 0.1, DAVY_QUALITY_GOOD);

    (void) state;
    start(&bench, plant, 3600 * S, NULL);
    tick(&bench, 3600);
    good(&bench, 3601, LEVEL, 3);
    davy_detect_samples(bench.engine, &old, 1, 3601 * S);
    tick(&bench, 3602);
    assert_null(strstr(bench.told, "+S"));
    good(&bench, 3603, CURRENT, 0.1);
    assert_non_null(strstr(bench.told, "+S "));
    stop(&bench);
}

/* Who remembers a suppression over a restart is told "no" when the signals have had their time, or
 * as soon as they say so; and the newest value of before a reload is not forgotten by it. */
static void the_first_answer_waits_for_the_signals_to_speak(void **state)
{
    struct bench bench = {0}, next = {0};

    (void) state;
    start(&bench, plant, 0, NULL);
    tick(&bench, 1);
    good(&bench, 2, LEVEL, 3);
    tick(&bench, 9.75);
    assert_string_equal(bench.told, "");
    tick(&bench, 10);
    assert_non_null(strstr(bench.told, "-S "));
    bench.told[0] = '\0';
    good(&bench, 11, LEVEL, 3);
    good(&bench, 11, CURRENT, 0.1);
    assert_non_null(strstr(bench.told, "+S "));

    start(&next, plant, 12 * S, bench.engine);
    tick(&next, 12.25);
    assert_non_null(strstr(next.told, "+S "));
    stop(&next);
    stop(&bench);
}

/* No sample that is looked at as late by the checks is believed by the logic. */
static void a_late_sample_suppresses_nothing(void **state)
{
    struct bench bench = {0};

    (void) state;
    start(&bench, plant, 0, NULL);
    good(&bench, 5, LEVEL, 3);
    good(&bench, 5, CURRENT, 12);
    bench.told[0] = '\0';
    good(&bench, 4, CURRENT, 0.1);
    assert_told(&bench, "");
    stop(&bench);
}

static void a_lost_source_and_a_model_without_a_verdict_are_conditions_too(void **state)
{
    struct bench bench = {0};

    (void) state;
    start(
        &bench,
        "site: {name: test}\n"
        "sources: [{name: plc, kind: lines}]\n"
        "assets: [{name: P, signals: [{name: x, unit: Hz, limits: {lo: 2}, deadline: 10s}]}]\n"
        "detectors: [{name: d, model: none, signals: [P/x]}]\n"
        "alarms: [{match: [P/x:silence], suppress_when: source plc:source or detector d:model}]\n",
        0, NULL);
    davy_detect_source(bench.engine, 0, true, NULL, 0);
    tick(&bench, 1);
    bench.told[0] = '\0';
    davy_detect_source(bench.engine, 0, false, "gone", S);
    tick(&bench, 2);
    assert_string_equal(bench.told, "");
    tick(&bench, 5);
    assert_told(&bench, "+source plc:source +S ");
    stop(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_logic_of_values_and_conditions_suppresses),
        cmocka_unit_test(a_suppression_comes_before_the_alarm_of_the_same_sample),
        cmocka_unit_test(what_is_not_known_never_suppresses),
        cmocka_unit_test(an_old_value_suppresses_no_longer_than_its_deadline),
        cmocka_unit_test(a_value_that_was_old_when_it_came_suppresses_nothing),
        cmocka_unit_test(the_first_answer_waits_for_the_signals_to_speak),
        cmocka_unit_test(a_late_sample_suppresses_nothing),
        cmocka_unit_test(a_lost_source_and_a_model_without_a_verdict_are_conditions_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
