/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/monitor.h"

#include "core/utf8.h"
#include "detect_testing.h"
#include "site/condition.h"

#include <math.h>
#include <stdlib.h>

#define SITE(checks)                       \
    "site: {name: test}\n"                 \
    "sources: [{name: in, kind: lines}]\n" \
    "assets:\n"                            \
    "  - name: T-101\n"                    \
    "    signals:\n"                       \
    "      - {name: pressure, unit: kPa, range: [0, 2000], " checks "}\n"

struct bench {
    davy_site *site;
    davy_condition *conditions;
    davy_emitter emitter;
    davy_monitor monitor;
    davy_shift shift;
    davy_novel novel;
    struct found found;
};

static struct bench *set_up(const char *text)
{
    struct bench *bench = calloc(1, sizeof *bench);
    size_t count, bytes;

    assert_non_null(bench);
    bench->site = site_from(text);
    assert_ok(davy_conditions_make(bench->site, &bench->conditions, &count, &bytes));
    bench->found.conditions = bench->conditions;
    bench->emitter = (davy_emitter){.site = bench->site,
                                    .conditions = bench->conditions,
                                    .callbacks = {&bench->found, note_finding, NULL}};
    bench->monitor = (davy_monitor){.signal = &bench->site->signals[0],
                                    .asked = davy_signal_conditions(&bench->site->signals[0]),
                                    .retimed = davy_signal_is_retimed(&bench->site->signals[0]),
                                    .shift = &bench->shift,
                                    .novel = &bench->novel};
    return bench;
}

static void tear_down(struct bench *bench)
{
    free(bench->conditions);
    davy_site_destroy(bench->site);
    free(bench);
}

static bool feed(struct bench *bench, double second, double value, davy_quality quality)
{
    davy_sample sample = sample_at(second, 0, value, quality);

    return davy_monitor_sample(&bench->monitor, &bench->emitter, &sample, sample.time_ns);
}

static void good(struct bench *bench, double second, double value)
{
    assert_true(feed(bench, second, value, DAVY_QUALITY_GOOD));
}

static void bad(struct bench *bench, double second)
{
    (void) feed(bench, second, NAN, DAVY_QUALITY_BAD);
}

static void tick(struct bench *bench, double second)
{
    davy_monitor_tick(&bench->monitor, &bench->emitter, (int64_t) (second * S),
                      (int64_t) (second * S));
}

static void beyond_hihi_is_beyond_hi_as_well(void **state)
{
    struct bench *bench = set_up(SITE("limits: {hihi: 1200, hi: 1000}"));

    (void) state;
    good(bench, 1, 900);
    bench->found.count = 0;
    good(bench, 2, 1213);
    assert_found(&bench->found, "2 +T-101/pressure:hi pressure 1213 kPa is above hi 1000 kPa",
                 "2 +T-101/pressure:hihi pressure 1213 kPa is above hihi 1200 kPa");
    good(bench, 3, 1100);
    assert_found(&bench->found,
                 "3 -T-101/pressure:hihi pressure 1100 kPa is no longer above hihi 1200 kPa");
    tear_down(bench);
}

static void the_first_answer_is_told_for_every_limit(void **state)
{
    struct bench *bench = set_up(SITE("limits: {lo: 100, hi: 1000}"));

    (void) state;
    good(bench, 1, 900);
    assert_found(&bench->found, "1 -T-101/pressure:quality pressure sends good samples",
                 "1 -T-101/pressure:lo pressure 900 kPa is no longer below lo 100 kPa",
                 "1 -T-101/pressure:hi pressure 900 kPa is no longer above hi 1000 kPa");
    good(bench, 2, 900);
    assert_int_equal(bench->found.count, 0);
    tear_down(bench);
}

static void an_on_delay_runs_out_when_the_samples_stop(void **state)
{
    struct bench *bench = set_up(SITE("limits: {hi: 1000}, on_delay: 2s"));

    (void) state;
    good(bench, 1, 900);
    bench->found.count = 0;
    good(bench, 2, 1213);
    tick(bench, 3);
    assert_int_equal(bench->found.count, 0);
    tick(bench, 4.5);
    assert_found(&bench->found,
                 "4 +T-101/pressure:hi pressure 1213 kPa is above hi 1000 kPa (for 2 s)");
    tear_down(bench);
}

static void bad_samples_are_a_condition_of_their_own_and_end_no_alarm(void **state)
{
    struct bench *bench = set_up(SITE("limits: {hi: 1000}"));

    (void) state;
    good(bench, 1, 1213);
    bench->found.count = 0;
    bad(bench, 2);
    bad(bench, 4);
    assert_int_equal(bench->found.count, 0);
    bad(bench, 7);
    assert_found(&bench->found,
                 "7 +T-101/pressure:quality pressure has sent only bad samples for 5 s");
    good(bench, 8, 900);
    assert_found(&bench->found, "8 -T-101/pressure:quality pressure sends good samples",
                 "8 -T-101/pressure:hi pressure 900 kPa is no longer above hi 1000 kPa");
    tear_down(bench);
}

static void a_value_out_of_range_is_uncertain_and_still_rings(void **state)
{
    struct bench *bench = set_up(SITE("limits: {hi: 1000}"));

    (void) state;
    assert_true(feed(bench, 1, 2100, DAVY_QUALITY_UNCERTAIN));
    assert_string_equal(bench->found.lines[1],
                        "1 +T-101/pressure:hi pressure 2100 kPa is above hi 1000 kPa");
    tear_down(bench);
}

static void silence_is_a_condition_after_the_deadline(void **state)
{
    struct bench *bench = set_up(SITE("deadline: 10s"));

    (void) state;
    good(bench, 1, 900);
    bench->found.count = 0;
    tick(bench, 11);
    assert_int_equal(bench->found.count, 0);
    tick(bench, 11.5); /* it began at second 11, whenever anybody looks */
    tick(bench, 12);
    assert_found(&bench->found,
                 "11 +T-101/pressure:silence pressure has sent no good sample for 10 s");
    good(bench, 20, 900);
    assert_found(&bench->found, "20 -T-101/pressure:silence pressure sends samples");
    tear_down(bench);
}

static void a_signal_that_never_spoke_is_silent(void **state)
{
    struct bench *bench = set_up(SITE("deadline: 10s"));

    (void) state;
    tick(bench, 10.5);
    assert_found(&bench->found,
                 "10 +T-101/pressure:silence pressure has sent no good sample for 10 s");
    tear_down(bench);
}

static void bad_samples_are_one_alarm_and_not_two(void **state)
{
    struct bench *bench = set_up(SITE("deadline: 10s"));

    (void) state;
    good(bench, 0, 900);
    bench->found.count = 0;
    for (int second = 1; second <= 30; second++) {
        bad(bench, second);
        tick(bench, second + 0.5);
    }
    assert_found(&bench->found,
                 "6 +T-101/pressure:quality pressure has sent only bad samples for 5 s");
    tick(bench, 41); /* and then it falls silent */
    assert_found(&bench->found,
                 "40 +T-101/pressure:silence pressure has sent no good sample for 10 s");
    tear_down(bench);
}

static void one_bad_sample_that_marks_a_gap_is_silence_and_not_quality(void **state)
{
    struct bench *bench = set_up(SITE("deadline: 10s"));

    (void) state;
    good(bench, 0, 900);
    bad(bench, 1);
    bench->found.count = 0;
    tick(bench, 11);
    assert_found(&bench->found,
                 "10 +T-101/pressure:silence pressure has sent no good sample for 10 s");
    tear_down(bench);
}

static void a_late_sample_is_not_looked_at(void **state)
{
    struct bench *bench = set_up(SITE("limits: {hi: 1000}"));

    (void) state;
    good(bench, 10, 900);
    bench->found.count = 0;
    assert_false(feed(bench, 9, 1213, DAVY_QUALITY_GOOD));
    assert_false(feed(bench, 10, 1213, DAVY_QUALITY_GOOD));
    assert_int_equal(bench->found.count, 0);
    assert_int_equal(bench->monitor.late, 2);
    tear_down(bench);
}

static void one_sample_from_the_future_does_not_blind_a_limit(void **state)
{
    struct bench *bench = set_up(SITE("limits: {hi: 1000}"));

    (void) state;
    good(bench, 1, 900);
    good(bench, 86400, 900);
    bench->found.count = 0;
    assert_false(feed(bench, 2, 1213, DAVY_QUALITY_GOOD));
    assert_false(feed(bench, 3, 1213, DAVY_QUALITY_GOOD));
    assert_true(feed(bench, 4, 1213, DAVY_QUALITY_GOOD));
    assert_found(&bench->found, "4 +T-101/pressure:hi pressure 1213 kPa is above hi 1000 kPa");
    tear_down(bench);
}

static void rate_stuck_and_shift_speak_plainly(void **state)
{
    struct bench *bench = set_up(SITE("rate_limit: 5/s, stuck: 10s"));

    (void) state;
    good(bench, 0, 100);
    good(bench, 1, 110);
    assert_string_equal(bench->found.lines[1], "1 +T-101/pressure:rate pressure changes by 10 kPa "
                                               "per second, more than 5 kPa");
    for (int second = 2; second <= 12; second++)
        good(bench, second, 110);
    assert_string_equal(bench->found.lines[bench->found.count - 1],
                        "11 +T-101/pressure:stuck pressure has stood at 110 kPa for 10 s");
    tear_down(bench);
}

static void a_shifted_mean_is_told_with_both_means(void **state)
{
    struct bench *bench = set_up(SITE("shift: 2"));

    (void) state;
    /* +1 and -1 in turn: mean 100, standard deviation 1. Then 104. */
    for (int second = 0; second < 400; second++)
        good(bench, second, second % 2 ? 101 : 99);
    bench->found.count = 0;
    for (int second = 400; second < 500; second++)
        good(bench, second, 104);
    assert_int_equal(bench->found.count, 1);
    assert_non_null(strstr(bench->found.lines[0], "+T-101/pressure:shift mean of pressure has "
                                                  "shifted to"));
    assert_non_null(strstr(bench->found.lines[0], "sigma from 100 kPa"));
    tear_down(bench);
}

static void what_was_hardly_ever_seen_is_told_with_what_it_is(void **state)
{
    struct bench *bench = set_up(SITE("novel: 1000"));
    size_t last;

    (void) state;
    for (int second = 0; second < 400; second++)
        good(bench, second, second % 2 ? 101 : 99);
    bad(bench, 400);
    bench->found.count = 0;
    good(bench, 401, 150);
    assert_found(&bench->found, "401 +T-101/pressure:novel pressure 150 kPa: such a value comes "
                                "less than once in 1000 samples");
    for (int second = 402; second < 800; second++)
        good(bench, second, second % 2 ? 101 : 99);
    last = bench->found.count - 1;
    assert_non_null(strstr(bench->found.lines[last], "-T-101/pressure:novel pressure "));
    assert_non_null(strstr(bench->found.lines[last], " kPa is usual"));
    tear_down(bench);
}

static void a_sentence_in_any_script_is_cut_between_characters(void **state)
{
    struct bench *bench = set_up(SITE("limits: {hi: 1000}"));

    (void) state;
    for (size_t start = 0; start < 3; start++) {
        const char *text = bench->emitter.finding.text;

        davy_emitter_say(&bench->emitter, "%.*s%s", (int) start, "abc",
                         "压力压力压力压力压力压力压力压力压力压力压力压力压力压力压力压力"
                         "压力压力压力压力压力压力压力压力压力压力压力压力压力压力压力压力");
        assert_in_range(strlen(text), 150, 159);
        assert_true(davy_utf8_valid(text, strlen(text)));
    }
    tear_down(bench);
}

#define RULED(checks, rules) SITE(checks) "alarms:\n" rules

static void a_rule_gives_a_limit_its_own_delays_and_deadband(void **state)
{
    struct bench *bench =
        set_up(RULED("limits: {hi: 100, hihi: 200}, on_delay: 1s",
                     "- {match: [\"T-101/*:hihi\"], on_delay: 3s, off_delay: 2s, deadband: 1%}\n"));

    (void) state;
    good(bench, 0, 250);
    bench->found.count = 0; /* first answers */
    good(bench, 1, 250);
    good(bench, 2, 250);
    assert_found(&bench->found,
                 "1 +T-101/pressure:hi pressure 250 kPa is above hi 100 kPa (for 1 s)");
    good(bench, 3, 250);
    assert_found(&bench->found,
                 "3 +T-101/pressure:hihi pressure 250 kPa is above hihi 200 kPa (for 3 s)");
    good(bench, 4, 185); /* the deadband is 1 % of 2000 kPa */
    good(bench, 7, 179);
    good(bench, 8, 179);
    assert_int_equal(bench->found.count, 0);
    good(bench, 9, 179);
    assert_found(&bench->found,
                 "9 -T-101/pressure:hihi pressure 179 kPa is no longer above hihi 200 kPa");
    tear_down(bench);
}

/* A link that is lost for a moment is no alarm, and not the same alarm as bad or stale values. */
static void silence_bad_and_stale_values_wait_for_their_own_delays(void **state)
{
    struct bench *bench = set_up(RULED("stuck: 10s, deadline: 5s",
                                       "- {match: [\"**:silence\"], on_delay: 4s, off_delay: 3s}\n"
                                       "- {match: [\"**:quality\"], on_delay: 2s}\n"
                                       "- {match: [\"**:stuck\"], on_delay: 6s}\n"));

    (void) state;
    good(bench, 0, 1);
    bench->found.count = 0;
    tick(bench, 9);
    assert_int_equal(bench->found.count, 0);
    tick(bench, 9.25);
    assert_found(&bench->found,
                 "9 +T-101/pressure:silence pressure has sent no good sample for 9 s");
    good(bench, 10, 2);
    good(bench, 12, 3);
    assert_found(&bench->found, "10 -T-101/pressure:stuck pressure moves: 2 kPa");
    tick(bench, 13);
    assert_found(&bench->found, "13 -T-101/pressure:silence pressure sends samples");

    for (int second = 14; second < 17; second++)
        bad(bench, second);
    assert_found(&bench->found,
                 "16 +T-101/pressure:quality pressure has sent only bad samples for 2 s");
    good(bench, 17, 4);
    bench->found.count = 0;
    for (int second = 18; second < 33; second++)
        good(bench, second, 4);
    assert_int_equal(bench->found.count, 0);
    good(bench, 33, 4); /* stuck at 27 s, and 6 s beyond */
    assert_found(&bench->found, "33 +T-101/pressure:stuck pressure has stood at 4 kPa for 16 s");
    tear_down(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_gives_a_limit_its_own_delays_and_deadband),
        cmocka_unit_test(silence_bad_and_stale_values_wait_for_their_own_delays),
        cmocka_unit_test(beyond_hihi_is_beyond_hi_as_well),
        cmocka_unit_test(the_first_answer_is_told_for_every_limit),
        cmocka_unit_test(an_on_delay_runs_out_when_the_samples_stop),
        cmocka_unit_test(bad_samples_are_a_condition_of_their_own_and_end_no_alarm),
        cmocka_unit_test(a_value_out_of_range_is_uncertain_and_still_rings),
        cmocka_unit_test(silence_is_a_condition_after_the_deadline),
        cmocka_unit_test(a_signal_that_never_spoke_is_silent),
        cmocka_unit_test(bad_samples_are_one_alarm_and_not_two),
        cmocka_unit_test(one_bad_sample_that_marks_a_gap_is_silence_and_not_quality),
        cmocka_unit_test(a_late_sample_is_not_looked_at),
        cmocka_unit_test(one_sample_from_the_future_does_not_blind_a_limit),
        cmocka_unit_test(rate_stuck_and_shift_speak_plainly),
        cmocka_unit_test(a_shifted_mean_is_told_with_both_means),
        cmocka_unit_test(what_was_hardly_ever_seen_is_told_with_what_it_is),
        cmocka_unit_test(a_sentence_in_any_script_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
