/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/state.h"

#include "../testing.h"

/*
 * Every state and event once more, written from the clauses and not from the table: an entry is the
 * state that follows, or what the step is. '-' nothing, 'x' forbidden, 'u' the evaluated state
 * takes it silently, 'e' the evaluated state comes out.
 */
static char expected(davy_alarm_state state, davy_alarm_event event)
{
    bool over = state == DAVY_ALARM_SHELVED || state == DAVY_ALARM_SUPPRESSED ||
                state == DAVY_ALARM_OUT_OF_SERVICE;

    switch (event) {
    case DAVY_ALARM_BEGINS: /* "condition true for OnDelay -> B", also when it recurs from D, E, F
                             */
        return over                                                                     ? 'u'
               : state == DAVY_ALARM_UNACKNOWLEDGED || state == DAVY_ALARM_ACKNOWLEDGED ? '-'
                                                                                        : 'B';
    case DAVY_ALARM_ENDS: /* B -> D, C -> A */
        return over                                 ? 'u'
               : state == DAVY_ALARM_UNACKNOWLEDGED ? 'D'
               : state == DAVY_ALARM_ACKNOWLEDGED   ? 'A'
                                                    : '-';
    case DAVY_ALARM_ENDS_LATCHED: /* B -> E, C -> F */
        return over                                 ? 'u'
               : state == DAVY_ALARM_UNACKNOWLEDGED ? 'E'
               : state == DAVY_ALARM_ACKNOWLEDGED   ? 'F'
                                                    : '-';
    case DAVY_ALARM_RE_ALARMS: /* "ReAlarmTime -> B"; what is silenced is not announced again */
        return state == DAVY_ALARM_UNACKNOWLEDGED || state == DAVY_ALARM_ACKNOWLEDGED ? 'B' : '-';
    case DAVY_ALARM_ACKNOWLEDGES: /* B -> C, D -> A, E -> F */
        return state == DAVY_ALARM_UNACKNOWLEDGED ? 'C'
               : state == DAVY_ALARM_RETURNED     ? 'A'
               : state == DAVY_ALARM_LATCHED      ? 'F'
                                                  : 'x';
    case DAVY_ALARM_RESETS: /* F -> A */
        return state == DAVY_ALARM_LATCHED_ACKNOWLEDGED ? 'A' : 'x';
    case DAVY_ALARM_SHELVES: /* allowed while inactive; not what is suppressed or out of service */
        return state == DAVY_ALARM_SUPPRESSED || state == DAVY_ALARM_OUT_OF_SERVICE ? 'x' : 'G';
    case DAVY_ALARM_UNSHELVES:
        return state == DAVY_ALARM_SHELVED ? 'e' : 'x';
    case DAVY_ALARM_SHELF_ENDS:
        return state == DAVY_ALARM_SHELVED ? 'e' : '-';
    case DAVY_ALARM_SUPPRESSES:
        return state == DAVY_ALARM_SUPPRESSED || state == DAVY_ALARM_OUT_OF_SERVICE ? '-' : 'H';
    case DAVY_ALARM_UNSUPPRESSES:
        return state == DAVY_ALARM_SUPPRESSED ? 'e' : '-';
    case DAVY_ALARM_GOES_OUT_OF_SERVICE:
        return state == DAVY_ALARM_OUT_OF_SERVICE ? 'x' : 'I';
    case DAVY_ALARM_COMES_INTO_SERVICE:
        return state == DAVY_ALARM_OUT_OF_SERVICE ? 'e' : 'x';
    case DAVY_ALARM_OUT_OF_SERVICE_ENDS:
        return state == DAVY_ALARM_OUT_OF_SERVICE ? 'e' : '-';
    default: /* removed */
        return state == DAVY_ALARM_NORMAL ? '-' : 'A';
    }
}

/* An 'x' of the shelf's end was tried by nobody: it is the clock, and nothing is told. */
static bool agrees(char want, davy_alarm_event event, const davy_alarm_phase *phase,
                   davy_alarm_step_kind step, const davy_alarm_phase *next)
{
    if (want == '-' || (want == 'u' && expected(phase->evaluated, event) == '-'))
        return step == DAVY_ALARM_STEP_NONE;
    if (want == 'x')
        return step == DAVY_ALARM_STEP_FORBIDDEN;
    if (want == 'u')
        return step == DAVY_ALARM_STEP_SILENT && next->shown == phase->shown &&
               next->evaluated == (davy_alarm_state) (expected(phase->evaluated, event) - 'A');
    if (want == 'e')
        return step == DAVY_ALARM_STEP_ANNOUNCED && next->shown == phase->evaluated &&
               next->evaluated == phase->evaluated;
    return step == DAVY_ALARM_STEP_ANNOUNCED && next->shown == (davy_alarm_state) (want - 'A') &&
           next->evaluated == (want > 'F' ? phase->evaluated : next->shown);
}

static void every_event_in_every_state_does_what_the_standard_says(void **state)
{
    (void) state;
    for (int shown = 0; shown < DAVY_ALARM_STATES; shown++)
        for (int evaluated = 0; evaluated < DAVY_ALARM_SHELVED; evaluated++)
            for (int event = 0; event < DAVY_ALARM_EVENTS; event++) {
                davy_alarm_phase phase = {(davy_alarm_state) shown, (davy_alarm_state) evaluated};
                davy_alarm_phase next = phase;
                davy_alarm_step_kind step;

                if (shown < DAVY_ALARM_SHELVED && shown != evaluated)
                    continue;
                step = davy_alarm_step(&phase, (davy_alarm_event) event, &next);
                if (!agrees(expected(phase.shown, (davy_alarm_event) event),
                            (davy_alarm_event) event, &phase, step, &next))
                    fail_msg("%s over %s, event %d", davy_alarm_state_name(phase.shown),
                             davy_alarm_state_name(phase.evaluated), event);
            }
}

static void what_is_silenced_is_never_announced_by_the_plant(void **state)
{
    static const davy_alarm_event plant[] = {DAVY_ALARM_BEGINS, DAVY_ALARM_ENDS,
                                             DAVY_ALARM_ENDS_LATCHED, DAVY_ALARM_RE_ALARMS};

    (void) state;
    for (int shown = DAVY_ALARM_SHELVED; shown < DAVY_ALARM_STATES; shown++)
        for (int evaluated = 0; evaluated < DAVY_ALARM_SHELVED; evaluated++)
            for (size_t i = 0; i < DAVY_ARRAY_LENGTH(plant); i++) {
                davy_alarm_phase phase = {(davy_alarm_state) shown, (davy_alarm_state) evaluated};
                davy_alarm_phase next;

                assert_int_not_equal(davy_alarm_step(&phase, plant[i], &next),
                                     DAVY_ALARM_STEP_ANNOUNCED);
            }
}

static void every_state_has_a_name_that_finds_it(void **state)
{
    (void) state;
    for (int i = 0; i < DAVY_ALARM_STATES; i++) {
        davy_alarm_state found;

        assert_ok(davy_alarm_state_find(davy_alarm_state_name((davy_alarm_state) i), &found));
        assert_int_equal(found, i);
    }
    assert_fails(davy_alarm_state_find("asleep", &(davy_alarm_state){0}), DAVY_ERR_NOT_FOUND,
                 "asleep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state_does_what_the_standard_says),
        cmocka_unit_test(what_is_silenced_is_never_announced_by_the_plant),
        cmocka_unit_test(every_state_has_a_name_that_finds_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
