/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random histories through the figures, and through a model that keeps every move and counts each
 * figure from its definition by looking at all of them.
 */
#include "alarm/kpi/targets.h"

#include "../testing.h"

#include "core/random.h"

#include <stdlib.h>

#define S       DAVY_NS_PER_S
#define DAY     DAVY_KPI_DAY_NS
#define BEGIN   (500 * DAY)
#define DAYS    6
#define SECONDS (DAYS * 86400)
#define ALARMS  14
#define MOVES   4000

static davy_alarm_move moves[MOVES];
static size_t move_count;

/* So that a history without any does not pass for one that was checked. */
static uint64_t checked_floods, checked_chattering, checked_stale;

/* Bursts of seconds between hours of quiet; the range begins on the second day. */
static void make_history(uint64_t seed)
{
    davy_alarm_phase phases[ALARMS] = {0};
    int64_t now_ns = BEGIN - DAY;

    for (move_count = 0; move_count < MOVES && now_ns < BEGIN + DAYS * DAY;) {
        uint64_t n = move_count;
        bool quiet = davy_random_below(seed, 0, n, 200) == 0;
        bool rare = davy_random_below(seed, 5, n, 150) == 0;
        size_t alarm = davy_random_below(seed, 1, n, rare ? ALARMS : ALARMS / 2);
        davy_alarm_event event = (davy_alarm_event) davy_random_below(
            seed, 2, n, davy_random_below(seed, 3, n, 4) ? 4 : DAVY_ALARM_EVENTS);
        davy_alarm_move *move = &moves[move_count++];

        now_ns += (int64_t) davy_random_below(seed, 4, n, quiet ? 60000000 : 4000) * 1000000;
        *move = (davy_alarm_move){.time_ns = now_ns, .alarm = alarm, .before = phases[alarm]};
        move->after = move->before;
        (void) davy_alarm_step(&move->before, event, &move->after);
        move->annunciated = move->after.shown == DAVY_ALARM_UNACKNOWLEDGED &&
                            move->before.shown != DAVY_ALARM_UNACKNOWLEDGED;
        move->acknowledged = event == DAVY_ALARM_ACKNOWLEDGES && !move->annunciated &&
                             memcmp(&move->before, &move->after, sizeof move->before) != 0;
        move->priority = (davy_priority) (alarm % DAVY_KPI_PRIORITIES);
        phases[alarm] = move->after;
    }
}

static bool in_range(const davy_alarm_move *move)
{
    return move->time_ns >= BEGIN && move->time_ns < BEGIN + DAYS * DAY;
}

static uint64_t count_between(int64_t from_ns, int64_t to_ns)
{
    uint64_t count = 0;

    for (size_t i = 0; i < move_count; i++)
        count += moves[i].annunciated && moves[i].time_ns >= from_ns && moves[i].time_ns < to_ns;
    return count;
}

static void check_periods(const davy_periods *periods, int64_t length_ns)
{
    davy_tally expected = {0};

    for (int64_t at = BEGIN; at < BEGIN + DAYS * DAY; at += length_ns)
        davy_tally_add(&expected, count_between(at, at + length_ns), 1);
    assert_memory_equal(&periods->closed, &expected, sizeof expected);
}

/* Second by second, with the count of the 600 that end with it. */
static void check_floods(const davy_kpi_figures *figures)
{
    static uint32_t seconds[SECONDS + 86400];
    uint32_t count = 0, most = 0, peak = 0;
    int64_t in_flood = 0;
    uint64_t floods = 0;
    bool flood = false;

    memset(seconds, 0, sizeof seconds);
    for (size_t i = 0; i < move_count; i++)
        if (moves[i].annunciated && moves[i].time_ns < BEGIN + DAYS * DAY)
            seconds[(moves[i].time_ns - BEGIN + DAY) / S]++;
    for (size_t s = 0; s < DAVY_ARRAY_LENGTH(seconds); s++) {
        count -= s >= 600 ? seconds[s - 600] : 0;
        flood = flood && count >= 5;
        count += seconds[s];
        floods += (!flood && count > 10 && s >= 86400) || (flood && s == 86400);
        flood = flood || count > 10;
        in_flood += flood && s >= 86400;
        peak = flood && s >= 86400 && count > peak ? count : peak;
        most = seconds[s] > 0 && s >= 86400 && count > most ? count : most;
    }
    assert_int_equal(figures->most_in_ten_minutes, most);
    assert_int_equal(figures->floods.seconds, in_flood);
    assert_int_equal(figures->floods.count, floods);
    checked_floods += floods;
    assert_int_equal(figures->floods.peak, peak);
}

/* Begin and end of every annunciated cycle of one alarm. */
struct cycle {
    int64_t begin_ns, end_ns;
    bool answered;
};

static size_t list_cycles(size_t alarm, struct cycle *cycles)
{
    bool open = false;
    size_t count = 0;

    for (size_t i = 0; i < move_count; i++) {
        const davy_alarm_move *move = &moves[i];

        if (move->alarm != alarm || move->time_ns >= BEGIN + DAYS * DAY)
            continue;
        if (move->annunciated && !open) {
            cycles[count].begin_ns = move->time_ns;
            open = true;
        } else if (open && move->after.shown >= DAVY_ALARM_SHELVED) {
            open = false;
        } else if (open && !davy_alarm_phase_active(&move->after)) {
            cycles[count].end_ns = move->time_ns;
            cycles[count++].answered = move->before.shown != DAVY_ALARM_UNACKNOWLEDGED;
            open = false;
        }
    }
    return count;
}

static void check_cycles(const davy_kpi_figures *figures)
{
    static struct cycle cycles[MOVES];
    size_t chattering = 0, fleeting = 0, times = 0;

    for (size_t alarm = 0; alarm < ALARMS; alarm++) {
        size_t count = list_cycles(alarm, cycles);
        bool chatters = false, flees = false;

        for (size_t i = 0; i < count; i++) {
            if (cycles[i].end_ns < BEGIN)
                continue;
            if (!cycles[i].answered && cycles[i].end_ns - cycles[i].begin_ns <= 60 * S) {
                flees = true;
                times++;
            }
            chatters = chatters || (i >= 2 && cycles[i].end_ns - cycles[i - 2].begin_ns <= 60 * S);
        }
        chattering += chatters;
        fleeting += flees;
    }
    checked_chattering += chattering;
    assert_int_equal(figures->chattering, chattering);
    assert_int_equal(figures->fleeting, fleeting);
    assert_int_equal(figures->fleeting_times, times);
}

static bool stands(const davy_alarm_phase *phase)
{
    return davy_alarm_phase_active(phase) && phase->shown != DAVY_ALARM_SUPPRESSED &&
           phase->shown != DAVY_ALARM_OUT_OF_SERVICE;
}

/* Was the alarm in alarm for more than a day at any time of this one? */
static bool is_stale_on(size_t alarm, int64_t day_ns)
{
    int64_t since_ns = 0;

    for (size_t i = 0; i <= move_count; i++) {
        bool last = i == move_count || moves[i].time_ns >= BEGIN + DAYS * DAY;
        int64_t now_ns = last ? BEGIN + DAYS * DAY : moves[i].time_ns;

        if (!last && moves[i].alarm != alarm)
            continue;
        if (since_ns > 0 && (last || !stands(&moves[i].after))) {
            if (since_ns + DAY <= now_ns && since_ns + DAY < day_ns + DAY && now_ns >= day_ns)
                return true;
            since_ns = 0;
        } else if (!last && since_ns == 0 && stands(&moves[i].after)) {
            since_ns = now_ns;
        }
        if (last)
            break;
    }
    return false;
}

static void check_stale(const davy_kpi_figures *figures)
{
    uint64_t most = 0;

    for (int64_t day = BEGIN; day < BEGIN + DAYS * DAY; day += DAY) {
        uint64_t count = 0;

        for (size_t alarm = 0; alarm < ALARMS; alarm++)
            count += is_stale_on(alarm, day);
        most = count > most ? count : most;
    }
    assert_int_equal(figures->stale_most, most);
    checked_stale += most;
}

static void check_the_rest(const davy_kpi_figures *figures)
{
    davy_tally waits = {0};
    davy_alarm_phase phases[ALARMS] = {0};
    int64_t announced_ns[ALARMS] = {0};
    size_t shelved = 0, active = 0;

    for (size_t i = 0; i < move_count && moves[i].time_ns < BEGIN + DAYS * DAY; i++) {
        int64_t *announced = &announced_ns[moves[i].alarm];

        phases[moves[i].alarm] = moves[i].after;
        if (moves[i].annunciated)
            *announced = moves[i].time_ns;
        else if (moves[i].after.shown >= DAVY_ALARM_SHELVED)
            *announced = 0;
        if (moves[i].acknowledged && *announced != 0) {
            if (in_range(&moves[i]))
                davy_tally_add(&waits, (uint64_t) ((moves[i].time_ns - *announced) / S), 1);
            *announced = 0;
        }
    }
    for (size_t i = 0; i < ALARMS; i++) {
        shelved += phases[i].shown == DAVY_ALARM_SHELVED;
        active += davy_alarm_phase_active(&phases[i]);
    }
    assert_memory_equal(&figures->acknowledge_s, &waits, sizeof waits);
    assert_int_equal(figures->now.shelved, shelved);
    assert_int_equal(figures->now.active, active);
}

static void random_histories_have_the_figures_of_their_definitions(void **state)
{
    davy_kpi_figures *figures = calloc(1, sizeof *figures);

    (void) state;
    assert_non_null(figures);
    for (uint64_t seed = 1; seed <= 12; seed++) {
        davy_kpi *kpi;

        make_history(seed);
        assert_ok(davy_kpi_create(1, BEGIN, BEGIN + DAYS * DAY, &kpi));
        for (size_t i = 0; i < move_count; i++) {
            assert_ok(davy_kpi_take(kpi, &moves[i]));
            if (i % 100 == 0) {
                davy_kpi_pass(kpi, moves[i].time_ns);
                davy_kpi_look(kpi, 0, figures); /* looking on the way changes nothing */
            }
        }
        davy_kpi_pass(kpi, BEGIN + DAYS * DAY);
        davy_kpi_look(kpi, 0, figures);
        assert_int_equal(figures->annunciated, count_between(BEGIN, BEGIN + DAYS * DAY));
        assert_true(figures->annunciated > 20);
        check_periods(&figures->days, DAY);
        check_periods(&figures->hours, 3600 * S);
        check_periods(&figures->ten_minutes, 600 * S);
        check_floods(figures);
        check_cycles(figures);
        check_stale(figures);
        check_the_rest(figures);
        davy_kpi_destroy(kpi);
    }
    assert_true(checked_floods > 10 && checked_chattering > 10 && checked_stale > 10);
    free(figures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histories_have_the_figures_of_their_definitions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
