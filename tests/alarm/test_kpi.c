/* SPDX-License-Identifier: Apache-2.0 */

/* The figures of IEC 62682 over streams of moves; all expected values are counted by hand. */
#include "alarm/kpi/targets.h"

#include "../testing.h"

#include <math.h>
#include <stdlib.h>

#define S      DAVY_NS_PER_S
#define MINUTE (60 * S)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define BEGIN  (1000 * DAY)

/* A stream under way: where each alarm is, as a track would know it. */
struct plant {
    davy_kpi *kpi;
    davy_alarm_phase phases[400];
    davy_kpi_figures figures;
};

static void start(struct plant *plant, int64_t from_ns, int64_t to_ns)
{
    *plant = (struct plant){0};
    assert_ok(davy_kpi_create(2, from_ns, to_ns, &plant->kpi));
}

static void send(struct plant *plant, size_t alarm, int64_t time_ns, davy_alarm_event event)
{
    davy_alarm_phase *phase = &plant->phases[alarm];
    davy_alarm_move move = {.time_ns = time_ns, .alarm = alarm, .before = *phase, .after = *phase};

    (void) davy_alarm_step(phase, event, &move.after);
    move.position = alarm % 2;
    move.priority = (davy_priority) (alarm / 2 % DAVY_KPI_PRIORITIES);
    move.acknowledged = event == DAVY_ALARM_ACKNOWLEDGES;
    move.annunciated =
        move.after.shown == DAVY_ALARM_UNACKNOWLEDGED && phase->shown != DAVY_ALARM_UNACKNOWLEDGED;
    *phase = move.after;
    assert_ok(davy_kpi_take(plant->kpi, &move));
}

static void raise_and_end(struct plant *plant, size_t alarm, int64_t time_ns, int64_t for_ns)
{
    send(plant, alarm, time_ns, DAVY_ALARM_BEGINS);
    send(plant, alarm, time_ns + for_ns, DAVY_ALARM_ENDS);
}

static const davy_kpi_figures *look(struct plant *plant, size_t position, int64_t now_ns)
{
    davy_kpi_pass(plant->kpi, now_ns);
    davy_kpi_look(plant->kpi, position, &plant->figures);
    return &plant->figures;
}

static double figure(const davy_kpi_figures *figures, const char *name)
{
    for (size_t i = 0; i < davy_kpi_target_count; i++)
        if (strcmp(davy_kpi_targets[i].name, name) == 0)
            return davy_kpi_targets[i].measure(figures);
    fail_msg("no figure '%s'", name);
    return 0.0;
}

/* A young store: the first record at 5 min, then the clock is set back by them. */
static void what_a_clock_set_back_puts_before_the_first_record_is_counted(void **state)
{
    struct plant plant;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    raise_and_end(&plant, 0, BEGIN + 5 * MINUTE, S);
    for (int64_t i = 0; i < 4; i++)
        raise_and_end(&plant, 2, BEGIN + i * MINUTE, S);
    assert_int_equal(look(&plant, 0, BEGIN + DAY)->annunciated, 5);
    davy_kpi_destroy(plant.kpi);
}

static void what_is_silenced_without_a_reason_is_counted_in_its_range(void **state)
{
    struct plant plant;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    davy_kpi_silence(plant.kpi, 0, BEGIN, 7); /* nobody watched yet */
    raise_and_end(&plant, 0, BEGIN + MINUTE, S);
    davy_kpi_silence(plant.kpi, 0, BEGIN + HOUR, 2);
    davy_kpi_silence(plant.kpi, 1, BEGIN + HOUR, 1);
    davy_kpi_silence(plant.kpi, 0, BEGIN + DAY, 9);
    assert_near(figure(look(&plant, 0, BEGIN + DAY), "unauthorised_suppression"), 2.0, 0.0);
    assert_near(figure(look(&plant, 1, BEGIN + DAY), "unauthorised_suppression"), 1.0, 0.0);
    davy_kpi_destroy(plant.kpi);
}

/* Two days; alarm 0 is raised every hour of the first day and returns after ten minutes. */
static void averages_are_over_what_was_observed(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + 2 * DAY);
    for (int64_t hour = 0; hour < 24; hour++)
        raise_and_end(&plant, 0, BEGIN + hour * HOUR, 10 * MINUTE);
    figures = look(&plant, 0, BEGIN + 2 * DAY);
    assert_int_equal(figures->annunciated, 24);
    assert_near(figure(figures, "alarms_per_day"), 12.0, 1e-12);
    assert_near(figure(figures, "alarms_per_hour"), 0.5, 1e-12);
    assert_near(figure(figures, "alarms_per_ten_minutes"), 24.0 / 288.0, 1e-12);
    assert_int_equal(figures->hours.closed.total, 48);
    assert_int_equal(figures->hours.closed.counts[0], 24);
    assert_int_equal(figures->hours.closed.counts[1], 24);
    assert_int_equal(figures->ten_minutes.closed.total, 288);
    assert_int_equal(figures->ten_minutes.closed.counts[1], 24);
    assert_int_equal(figures->days.closed.counts[24], 1);
    assert_int_equal(figures->days.closed.counts[0], 1);
    assert_int_equal(figures->bar_count, 2);
    assert_int_equal(figures->bars[0], 24);
    assert_int_equal(figures->bars[1], 0);
    assert_false(davy_kpi_is_enough(figures));
    assert_near(davy_kpi_days(figures), 2.0, 1e-12);
    assert_int_equal(look(&plant, 1, BEGIN + 2 * DAY)->annunciated, 0);
    assert_near(figure(&plant.figures, "alarms_per_day"), 0.0, 0.0);
    davy_kpi_destroy(plant.kpi);
}

/* 31 alarms in the first hour, all within its first ten minutes; the other 99 hours are quiet. */
static void crowded_periods_are_a_share_of_all(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + 100 * HOUR);
    for (size_t i = 0; i < 31; i++)
        raise_and_end(&plant, 2 * i, BEGIN + (int64_t) i * 10 * S, 5 * MINUTE);
    figures = look(&plant, 0, BEGIN + 100 * HOUR);
    assert_near(figure(figures, "hours_above_30"), 0.01, 1e-12);
    assert_near(figure(figures, "ten_minutes_above_10"), 1.0 / 600.0, 1e-12);
    assert_near(figure(figures, "most_in_ten_minutes"), 31.0, 0.0);
    davy_kpi_destroy(plant.kpi);
}

/*
 * Alarms at 0, 10, ... 300 s. The eleventh, at 100 s, begins the flood; 4 are left when the one of
 * 260 s leaves, at 860 s. 760 s of an hour.
 */
static void time_in_flood_is_from_the_eleventh_to_the_fifth(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + HOUR);
    for (size_t i = 0; i < 31; i++)
        raise_and_end(&plant, 2 * i, BEGIN + (int64_t) i * 10 * S, 0);
    figures = look(&plant, 0, BEGIN + 310 * S);
    assert_true(figures->floods.now);
    assert_int_equal(figures->floods.seconds, 210);
    figures = look(&plant, 0, BEGIN + HOUR);
    assert_false(figures->floods.now);
    assert_int_equal(figures->floods.count, 1);
    assert_int_equal(figures->floods.seconds, 760);
    assert_int_equal(figures->floods.longest_s, 760);
    assert_int_equal(figures->floods.peak, 31);
    assert_int_equal(figures->floods.alarms, 31);
    assert_near(figure(figures, "time_in_flood"), 760.0 / 3600.0, 1e-12);
    davy_kpi_destroy(plant.kpi);
}

/* The same flood when the range begins 200 s later: 560 s of it are inside, and the alarms that
 * came before count for the flood and for nothing else. */
static void a_flood_that_began_before_the_range_counts_from_its_begin(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN + 300 * S, BEGIN + HOUR);
    for (size_t i = 0; i < 31; i++)
        raise_and_end(&plant, 2 * i, BEGIN + (int64_t) i * 10 * S, 0);
    figures = look(&plant, 0, BEGIN + HOUR);
    assert_int_equal(figures->floods.seconds, 560);
    assert_int_equal(figures->annunciated, 1); /* the one of 300 s */
    davy_kpi_destroy(plant.kpi);
}

/* Three cycles at 0, 20 and 40 s, the third over at 50 s; alarm 2 takes 61 s for its three. */
static void three_cycles_within_a_minute_are_chatter(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    for (int64_t i = 0; i < 3; i++) {
        raise_and_end(&plant, 0, BEGIN + i * 20 * S, 10 * S);
        raise_and_end(&plant, 2, BEGIN + i * 25 * S, 11 * S);
    }
    figures = look(&plant, 0, BEGIN + HOUR);
    assert_int_equal(figures->chattering, 1);
    assert_int_equal(figures->chatter_episodes, 1);
    raise_and_end(&plant, 0, BEGIN + 2 * HOUR, 10 * S); /* one more cycle is none */
    assert_int_equal(look(&plant, 0, BEGIN + 3 * HOUR)->chatter_episodes, 1);
    for (int64_t i = 0; i < 6; i++) /* six cycles are one more episode */
        raise_and_end(&plant, 0, BEGIN + 4 * HOUR + i * 20 * S, 10 * S);
    figures = look(&plant, 0, BEGIN + 5 * HOUR);
    assert_int_equal(figures->chatter_episodes, 2);
    assert_int_equal(figures->chattering, 1);
    davy_kpi_destroy(plant.kpi);
}

static void an_alarm_that_nobody_could_answer_is_fleeting(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    raise_and_end(&plant, 0, BEGIN, 60 * S);
    raise_and_end(&plant, 0, BEGIN + HOUR, S);
    raise_and_end(&plant, 2, BEGIN, 61 * S); /* too long */
    send(&plant, 4, BEGIN + HOUR, DAVY_ALARM_BEGINS);
    send(&plant, 4, BEGIN + HOUR + S, DAVY_ALARM_ACKNOWLEDGES); /* somebody did answer */
    send(&plant, 4, BEGIN + HOUR + 2 * S, DAVY_ALARM_ENDS);
    figures = look(&plant, 0, BEGIN + DAY);
    assert_int_equal(figures->fleeting, 1);
    assert_int_equal(figures->fleeting_times, 2);
    davy_kpi_destroy(plant.kpi);
}

/* Alarm 0 stands from the begin for 50 hours: stale on the days 1 and 2. Alarm 2 from hour 1 to 30:
 * on day 1. Alarm 4 is shelved at once and stands for 30 hours: on day 1. Alarm 6 is out of
 * service: never. */
static void alarms_that_stand_for_a_day_are_stale(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + 4 * DAY);
    send(&plant, 0, BEGIN, DAVY_ALARM_BEGINS);
    send(&plant, 4, BEGIN, DAVY_ALARM_BEGINS);
    send(&plant, 4, BEGIN + MINUTE, DAVY_ALARM_SHELVES);
    send(&plant, 6, BEGIN, DAVY_ALARM_BEGINS);
    send(&plant, 6, BEGIN + MINUTE, DAVY_ALARM_GOES_OUT_OF_SERVICE);
    send(&plant, 2, BEGIN + HOUR, DAVY_ALARM_BEGINS);
    assert_int_equal(look(&plant, 0, BEGIN + DAY - 1)->now.stale, 0);
    assert_int_equal(look(&plant, 0, BEGIN + DAY)->now.stale, 2);
    figures = look(&plant, 0, BEGIN + 26 * HOUR);
    assert_int_equal(figures->now.stale, 3);
    assert_int_equal(figures->now.active, 4);
    assert_int_equal(figures->now.shelved, 1);
    assert_int_equal(figures->now.out_of_service, 1);
    assert_int_equal(figures->now.unacknowledged, 2);
    send(&plant, 2, BEGIN + 30 * HOUR, DAVY_ALARM_ENDS);
    send(&plant, 4, BEGIN + 30 * HOUR, DAVY_ALARM_ENDS);
    send(&plant, 0, BEGIN + 50 * HOUR, DAVY_ALARM_ENDS);
    figures = look(&plant, 0, BEGIN + 4 * DAY);
    assert_int_equal(figures->now.stale, 0);
    assert_int_equal(figures->stale_most, 3);
    davy_kpi_destroy(plant.kpi);
}

/* What was stale when the range began is stale on its first day, though nothing moves there. */
static void what_was_stale_before_the_range_is_stale_in_it(void **state)
{
    struct plant plant;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    send(&plant, 0, BEGIN - 3 * DAY, DAVY_ALARM_BEGINS);
    assert_int_equal(look(&plant, 0, BEGIN + HOUR)->stale_most, 1);
    assert_int_equal(plant.figures.annunciated, 0);
    davy_kpi_destroy(plant.kpi);
}

/* 10, 20, 30 s to acknowledge: the median is 20 s. The fourth was acknowledged after its return. */
static void acknowledging_takes_its_time(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    raise_and_end(&plant, 2, BEGIN, S);
    for (int64_t i = 1; i <= 3; i++) {
        send(&plant, 0, BEGIN + i * HOUR, DAVY_ALARM_BEGINS);
        send(&plant, 0, BEGIN + i * HOUR + i * 10 * S, DAVY_ALARM_ACKNOWLEDGES);
        send(&plant, 0, BEGIN + i * HOUR + MINUTE, DAVY_ALARM_ENDS);
    }
    send(&plant, 2, BEGIN + HOUR, DAVY_ALARM_ACKNOWLEDGES);
    figures = look(&plant, 0, BEGIN + DAY);
    assert_int_equal(figures->acknowledge_s.total, 4);
    assert_int_equal(davy_tally_quantile(&figures->acknowledge_s, 0.5), 20);
    assert_int_equal(figures->acknowledge_s.largest, 3600);
    davy_kpi_destroy(plant.kpi);
}

/* Alarm 2i is raised i times: the ten most frequent of 12 have 75 of 78. */
static void the_ten_most_frequent_have_their_share(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + 10 * DAY);
    for (size_t i = 1; i <= 12; i++)
        for (size_t time = 0; time < i; time++)
            raise_and_end(&plant, 2 * i, BEGIN + (int64_t) (i * 12 + time) * HOUR, 5 * MINUTE);
    figures = look(&plant, 0, BEGIN + 10 * DAY);
    assert_int_equal(figures->top_count, 10);
    assert_int_equal(figures->top[0].alarm, 24);
    assert_int_equal(figures->top[0].count, 12);
    assert_int_equal(figures->top[9].alarm, 6);
    assert_int_equal(figures->top[9].count, 3);
    assert_near(figure(figures, "top_ten_share"), 75.0 / 78.0, 1e-12);
    /* Priorities by alarm / 2 mod 4: medium 1, 5, 9; high 2, 6, 10; critical 3, 7, 11; low 4, 8,
     * 12. */
    assert_int_equal(figures->by_priority[DAVY_PRIORITY_LOW], 24);
    assert_int_equal(figures->by_priority[DAVY_PRIORITY_MEDIUM], 15);
    assert_near(figure(figures, "priority_critical"), 21.0 / 78.0, 1e-12);
    davy_kpi_destroy(plant.kpi);
}

/* Under a shelf the plant goes on and nobody hears it: no alarm, no chatter. When the shelf ends
 * and the condition holds, the operator hears it then. */
static void what_is_shelved_is_in_no_figure_until_it_comes_out(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    send(&plant, 0, BEGIN, DAVY_ALARM_SHELVES);
    for (int64_t i = 0; i < 5; i++)
        raise_and_end(&plant, 0, BEGIN + i * 10 * S, 5 * S);
    send(&plant, 0, BEGIN + HOUR, DAVY_ALARM_BEGINS);
    assert_int_equal(look(&plant, 0, BEGIN + HOUR)->annunciated, 0);
    assert_int_equal(plant.figures.chattering + plant.figures.fleeting, 0);
    send(&plant, 0, BEGIN + 2 * HOUR, DAVY_ALARM_SHELF_ENDS);
    figures = look(&plant, 0, BEGIN + 3 * HOUR);
    assert_int_equal(figures->annunciated, 1);
    davy_kpi_destroy(plant.kpi);
}

static void nothing_observed_has_no_verdict(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + DAY);
    figures = look(&plant, 0, BEGIN + DAY);
    for (size_t i = 0; i < davy_kpi_target_count; i++)
        assert_int_equal(davy_kpi_judge(&davy_kpi_targets[i], davy_kpi_targets[i].measure(figures)),
                         DAVY_KPI_UNKNOWN);
    assert_false(davy_kpi_is_enough(figures));
    davy_kpi_destroy(plant.kpi);
}

/* davy began on the third of five days: three days are observed. */
static void what_nobody_watched_is_not_observed(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + 5 * DAY);
    send(&plant, 0, BEGIN + 2 * DAY, DAVY_ALARM_BEGINS);
    figures = look(&plant, 0, BEGIN + 5 * DAY);
    assert_near(davy_kpi_days(figures), 3.0, 1e-12);
    assert_near(figure(figures, "alarms_per_day"), 1.0 / 3.0, 1e-12);
    davy_kpi_destroy(plant.kpi);
}

/* facts of the standards: 144 is very likely acceptable, 288 the most that can be managed. */
static void verdicts_follow_the_two_targets(void **state)
{
    const davy_kpi_target *per_day = &davy_kpi_targets[0];

    (void) state;
    assert_int_equal(davy_kpi_judge(per_day, 144.0), DAVY_KPI_ACCEPTABLE);
    assert_int_equal(davy_kpi_judge(per_day, 144.1), DAVY_KPI_MANAGEABLE);
    assert_int_equal(davy_kpi_judge(per_day, 288.1), DAVY_KPI_OVER);
    assert_int_equal(davy_kpi_judge(per_day, NAN), DAVY_KPI_UNKNOWN);
    for (size_t i = 0; i < davy_kpi_target_count; i++) {
        const davy_kpi_target *target = &davy_kpi_targets[i];

        if (isnan(target->manageable) && !target->at_least)
            assert_int_equal(davy_kpi_judge(target, target->acceptable + 1.0), DAVY_KPI_OVER);
        if (target->at_least)
            assert_int_equal(davy_kpi_judge(target, target->acceptable - 0.1), DAVY_KPI_OVER);
    }
    assert_string_equal(davy_kpi_verdict_name(DAVY_KPI_OVER), "over");
}

/* Two years are more days than bars: two days stand in one. */
static void a_long_range_has_several_days_in_a_bar(void **state)
{
    struct plant plant;
    const davy_kpi_figures *figures;

    (void) state;
    start(&plant, BEGIN, BEGIN + 700 * DAY);
    raise_and_end(&plant, 0, BEGIN, MINUTE);
    raise_and_end(&plant, 0, BEGIN + DAY, MINUTE);
    raise_and_end(&plant, 0, BEGIN + 699 * DAY, MINUTE);
    figures = look(&plant, 0, BEGIN + 700 * DAY);
    assert_int_equal(figures->bar_days, 2);
    assert_int_equal(figures->bar_count, 350);
    assert_int_equal(figures->bars[0], 2);
    assert_int_equal(figures->bars[349], 1);
    davy_kpi_destroy(plant.kpi);
}

static void the_live_look_says_the_same(void **state)
{
    struct plant plant;
    davy_kpi_live live;

    (void) state;
    start(&plant, BEGIN, INT64_MAX);
    for (size_t i = 0; i < 11; i++)
        send(&plant, 2 * i, BEGIN + (int64_t) i * S, DAVY_ALARM_BEGINS);
    davy_kpi_look_live(plant.kpi, 0, &live);
    assert_true(live.flood);
    assert_int_equal(live.floods, 1);
    assert_int_equal(live.ten_minutes, 11);
    assert_int_equal(live.standing.active, 11);
    assert_int_equal(live.annunciated[DAVY_PRIORITY_LOW], 3); /* alarms 0, 8 and 16 */
    davy_kpi_look_live(plant.kpi, 1, &live);
    assert_int_equal(live.ten_minutes, 0);
    davy_kpi_destroy(plant.kpi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_clock_set_back_puts_before_the_first_record_is_counted),
        cmocka_unit_test(what_is_silenced_without_a_reason_is_counted_in_its_range),
        cmocka_unit_test(averages_are_over_what_was_observed),
        cmocka_unit_test(crowded_periods_are_a_share_of_all),
        cmocka_unit_test(time_in_flood_is_from_the_eleventh_to_the_fifth),
        cmocka_unit_test(a_flood_that_began_before_the_range_counts_from_its_begin),
        cmocka_unit_test(three_cycles_within_a_minute_are_chatter),
        cmocka_unit_test(an_alarm_that_nobody_could_answer_is_fleeting),
        cmocka_unit_test(alarms_that_stand_for_a_day_are_stale),
        cmocka_unit_test(what_was_stale_before_the_range_is_stale_in_it),
        cmocka_unit_test(acknowledging_takes_its_time),
        cmocka_unit_test(the_ten_most_frequent_have_their_share),
        cmocka_unit_test(what_is_shelved_is_in_no_figure_until_it_comes_out),
        cmocka_unit_test(nothing_observed_has_no_verdict),
        cmocka_unit_test(what_nobody_watched_is_not_observed),
        cmocka_unit_test(verdicts_follow_the_two_targets),
        cmocka_unit_test(a_long_range_has_several_days_in_a_bar),
        cmocka_unit_test(the_live_look_says_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
