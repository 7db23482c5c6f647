/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_testing.h"

/* splitmix64: the same events on every machine. */
static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15ULL);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static bool is_silenced(davy_alarm_state state)
{
    return state >= DAVY_ALARM_SHELVED;
}

/* A person has a way from every state to one that is announced when the condition holds. */
static bool can_be_brought_back(davy_alarm_phase phase)
{
    static const davy_alarm_event ways[] = {DAVY_ALARM_UNSHELVES, DAVY_ALARM_UNSUPPRESSES,
                                            DAVY_ALARM_COMES_INTO_SERVICE};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ways) && is_silenced(phase.shown); i++) {
        davy_alarm_phase next;

        if (davy_alarm_step(&phase, ways[i], &next) == DAVY_ALARM_STEP_ANNOUNCED)
            phase = next;
    }
    return !is_silenced(phase.shown) && phase.shown == phase.evaluated;
}

/* One event; `holds` is what the plant has said last. */
static davy_alarm_phase step_by_rule(davy_alarm_phase phase, davy_alarm_event event, bool *holds)
{
    davy_alarm_phase next = phase;
    davy_alarm_step_kind step = davy_alarm_step(&phase, event, &next);
    bool plant = event <= DAVY_ALARM_RE_ALARMS;

    if (event <= DAVY_ALARM_ENDS_LATCHED)
        *holds = event == DAVY_ALARM_BEGINS;
    if (event == DAVY_ALARM_IS_REMOVED)
        *holds = false;
    /* What a person or the design has silenced, the plant and its timers do not announce. */
    assert_false(plant && is_silenced(phase.shown) && step == DAVY_ALARM_STEP_ANNOUNCED);
    /* Nobody but the plant changes whether the condition holds, and it is never forgotten. */
    assert_int_equal(davy_alarm_phase_active(&next), *holds);
    /* A raise is shown or waits under what silences it. */
    assert_true(next.evaluated < DAVY_ALARM_SHELVED);
    assert_true(is_silenced(next.shown) || next.shown == next.evaluated);
    assert_true(can_be_brought_back(next));
    /* Nothing but an acknowledgement, or a begin, a re-alarm or a removal, takes back what people
     * have seen. */
    if (davy_alarm_phase_acknowledged(&phase) != davy_alarm_phase_acknowledged(&next))
        assert_true(event == DAVY_ALARM_ACKNOWLEDGES || event == DAVY_ALARM_BEGINS ||
                    event == DAVY_ALARM_RE_ALARMS || event == DAVY_ALARM_IS_REMOVED);
    return next;
}

static void a_million_sequences_never_break_the_rules(void **state)
{
    uint64_t seed = 1, visits[DAVY_ALARM_STATES] = {0};

    (void) state;
    for (size_t sequence = 0; sequence < 1000000; sequence++) {
        davy_alarm_phase phase = {DAVY_ALARM_NORMAL, DAVY_ALARM_NORMAL};
        bool holds = false;

        for (uint64_t left = 1 + next_random(&seed) % 16; left > 0; left--) {
            phase = step_by_rule(phase, (davy_alarm_event) (next_random(&seed) % DAVY_ALARM_EVENTS),
                                 &holds);
            visits[phase.shown]++;
        }
    }
    for (size_t i = 0; i < DAVY_ALARM_STATES; i++)
        assert_true(visits[i] > 1000);
}

/* The engine ----------------------------------------------------------------------------- */

static const char *const keys[] = {HI, HIHI, LEVEL, HEALTH};

/* One that latches, one that is announced again, and two over which a logic stands. */
static const char ruled_site[] =
    "site: {name: test}\n"
    "assets:\n"
    "  - name: T-101\n"
    "    signals:\n"
    "      - {name: pressure, unit: kPa, limits: {hihi: 1200, hi: 1000}}\n"
    "      - {name: level, unit: \"%\", limits: {hi: 90}, deadline: 10s}\n"
    "detectors:\n"
    "  - {name: health, model: health, signals: [T-101/*]}\n"
    "alarms:\n"
    "  - {match: [\"T-101/pressure:*\"], latch: true}\n"
    "  - {match: [\"T-101/pressure:hi\", \"T-101/level:hi\"], re_alarm: 7s, shelve_max: 20s}\n"
    "  - {match: [\"T-101/pressure:hi\", \"detector health:model\"],\n"
    "     suppress_when: T-101/level < 5}\n";

struct watch {
    struct alarm_bench *bench;
    davy_alarm_state shown[DAVY_ARRAY_LENGTH(keys)]; /* by what was announced */
};

static size_t place_of(const char *key)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    return 0;
}

/* A listener that hears announcements alone knows the shown state, and is never disturbed while it
 * is silenced. */
static void watch_announcement(void *context, const davy_alarm *alarm, const char *transition)
{
    static const char *const of_the_plant[] = {"raised", "returned", "latched", "re-alarmed"};
    struct watch *watch = context;
    davy_alarm_state *shown = &watch->shown[place_of(alarm->key)];

    for (size_t i = 0; is_silenced(*shown) && i < DAVY_ARRAY_LENGTH(of_the_plant); i++)
        assert_string_not_equal(transition, of_the_plant[i]);
    assert_true(alarm->durable);
    *shown = alarm->state;
}

static void open_watched(struct alarm_bench *bench, struct watch *watch)
{
    const davy_alarms_callbacks callbacks = {watch, watch_announcement};

    assert_ok(davy_records_open(bench->file, &bench->records));
    assert_ok(davy_alarms_open(bench->records, &bench->clock.clock, &callbacks, &bench->alarms));
    bench_configure(bench);
}

static void act_at_random(struct alarm_bench *bench, const char *key, uint64_t random)
{
    const davy_alarm_request request = {.action = (davy_alarm_action) (random % 7),
                                        .by = "jan",
                                        .comment = random & 64 ? "words" : NULL,
                                        .duration_ns = (int64_t) (random >> 8) % (30 * S),
                                        .one_shot = random & 128};
    davy_status status = davy_alarms_act(bench->alarms, bench_see(bench, key).alarm.id, &request);

    assert_true(status == DAVY_OK || status == DAVY_ERR_INVALID);
}

static void one_event(struct alarm_bench *bench, uint64_t *seed)
{
    uint64_t random = next_random(seed);
    const char *key = keys[random % DAVY_ARRAY_LENGTH(keys)];

    switch ((random >> 8) % 8) {
    case 0:
    case 1:
        act_at_random(bench, key, random >> 16);
        break;
    case 2:
        assert_ok(davy_alarms_suppress(bench->alarms, 0, (random >> 16) & 1));
        break;
    case 3:
        davy_clock_fake_advance(&bench->clock, (int64_t) (random >> 16) % (10 * S));
        assert_ok(davy_alarms_tick(bench->alarms));
        break;
    default:
        assert_ok(bench_find(bench, key, (random >> 16) & 1));
        break;
    }
}

static void assert_same(const struct alarm_seen *a, const struct alarm_seen *b)
{
    assert_int_equal(a->alarm.id, b->alarm.id);
    assert_int_equal(a->alarm.state, b->alarm.state);
    assert_int_equal(a->alarm.active, b->alarm.active);
    assert_int_equal(a->alarm.acknowledged, b->alarm.acknowledged);
    assert_int_equal(a->alarm.occurrences, b->alarm.occurrences);
    assert_true(a->alarm.since_ns == b->alarm.since_ns);
    assert_true(a->alarm.changed_ns == b->alarm.changed_ns);
    assert_int_equal(a->alarm.evaluated, b->alarm.evaluated);
    assert_int_equal(a->alarm.latched, b->alarm.latched);
    assert_int_equal(a->alarm.re_alarms, b->alarm.re_alarms);
    assert_true(a->alarm.shelved_until_ns == b->alarm.shelved_until_ns);
    assert_int_equal(a->alarm.one_shot, b->alarm.one_shot);
    assert_true(a->alarm.out_until_ns == b->alarm.out_until_ns);
    assert_string_equal(a->suppressed_by, b->suppressed_by);
    assert_string_equal(a->text, b->text);
    assert_string_equal(a->comment, b->comment);
    assert_string_equal(a->by, b->by);
}

static void what_is_rebuilt_from_the_records_equals_what_was_in_memory(void **state)
{
    struct alarm_bench *bench = bench_create();
    struct watch watch = {.bench = bench};
    uint64_t seed = 5;

    (void) state;
    bench_close(bench);
    bench_use_site(bench, ruled_site);
    open_watched(bench, &watch);
    for (size_t round = 0; round < 20; round++) {
        struct alarm_seen before[DAVY_ARRAY_LENGTH(keys)], after;

        for (size_t i = 0; i < 120; i++)
            one_event(bench, &seed);
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++) {
            before[i] = bench_see(bench, keys[i]);
            assert_int_equal(before[i].alarm.state, watch.shown[i]);
        }
        bench_close(bench);
        open_watched(bench, &watch);
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++) {
            after = bench_see(bench, keys[i]);
            assert_same(&before[i], &after);
        }
    }
    bench_destroy(bench);
}

/* A record that was written twice, as after a failure nobody can tell from success. */
static davy_status keep_copy(void *context, const davy_record *record)
{
    davy_record *copy = context;

    free((char *) (uintptr_t) copy->subject);
    free((char *) (uintptr_t) copy->body);
    *copy = *record;
    copy->subject = strdup(record->subject);
    copy->body = strdup(record->body);
    return DAVY_OK;
}

static void doubled_and_broken_records_do_no_harm(void **state)
{
    struct alarm_bench *bench = bench_create();
    struct alarm_seen before, after;
    davy_alarms_stats stats;
    davy_record copy = {0};
    davy_record wrong[] = {
        {.kind = DAVY_RECORD_ALARM, .subject = HI, .body = "no json"},
        {.kind = DAVY_RECORD_ALARM, .subject = HI, .body = "{\"id\":1,\"turn\":99}"},
        {.kind = DAVY_RECORD_ALARM,
         .subject = HI,
         .body = "{\"id\":1,\"turn\":99,\"state\":\"shelved\",\"evaluated\":\"shelved\","
                 "\"kind\":\"hi\",\"priority\":\"low\"}"},
        {.kind = DAVY_RECORD_ALARM, .subject = "gone:hi", .body = "[]"},
    };

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(davy_records_scan(bench->records, DAVY_RECORD_ALARM, HI, 0, 0, keep_copy, &copy));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    before = bench_see(bench, HI);
    assert_ok(davy_records_append(bench->records, &copy, 1)); /* the raise once more */
    assert_ok(davy_records_append(bench->records, wrong, DAVY_ARRAY_LENGTH(wrong)));
    bench_restart(bench);
    after = bench_see(bench, HI);
    assert_same(&before, &after);
    davy_alarms_get_stats(bench->alarms, &stats);
    assert_int_equal(stats.unreadable, DAVY_ARRAY_LENGTH(wrong));
    free((char *) (uintptr_t) copy.subject);
    free((char *) (uintptr_t) copy.body);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_sequences_never_break_the_rules),
        cmocka_unit_test(what_is_rebuilt_from_the_records_equals_what_was_in_memory),
        cmocka_unit_test(doubled_and_broken_records_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
