/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/handover/handover.h"

#include "alarm_testing.h"

#include <jansson.h>
#include <pthread.h>
#include <string.h>

/* Two desks: what one hands over is not the business of the other. */
static const char two_desks[] = "site: {name: test}\n"
                                "positions:\n"
                                "  - {name: tanks, title: Tank farm desk, assets: [T-101]}\n"
                                "sources: [{name: in, kind: lines}]\n"
                                "assets:\n"
                                "  - name: T-101\n"
                                "    signals:\n"
                                "      - {name: pressure, unit: kPa, limits: {hi: 1000},\n"
                                "         deadline: 10s, from: {source: in}}\n"
                                "      - {name: level, unit: \"%\", limits: {hi: 90}}\n"
                                "  - name: P-1\n"
                                "    signals:\n"
                                "      - {name: flow, unit: kg/h, limits: {hi: 50}}\n";

static struct alarm_bench *bench;
static davy_handover_source source;
static size_t tanks;

static int make_bench(void **state)
{
    (void) state;
    bench = bench_create();
    bench_use_site(bench, two_desks);
    bench_configure(bench);
    source = (davy_handover_source){bench->alarms, bench->records, &bench->clock.clock, bench->site,
                                    NULL};
    assert_true(davy_site_find_position(bench->site, "tanks", &tanks));
    return 0;
}

static int remove_bench(void **state)
{
    (void) state;
    bench_destroy(bench);
    return 0;
}

static json_t *page_of(size_t position)
{
    json_t *page = NULL;

    assert_ok(davy_handover_page(&source, position, &page));
    return page;
}

static json_int_t count_of(const json_t *page, const char *list)
{
    return json_integer_value(json_object_get(json_object_get(page, list), "count"));
}

static const char *key_of(const json_t *page, const char *list, size_t index)
{
    const json_t *alarms = json_object_get(json_object_get(page, list), "alarms");

    return json_string_value(json_object_get(json_array_get(alarms, index), "key"));
}

static void append(davy_record_kind kind, const char *subject, const char *body)
{
    davy_record record = {0, bench->clock.wall_ns, kind, subject, body};

    assert_ok(davy_records_append(bench->records, &record, 1));
}

static uint64_t give(const char *by)
{
    uint64_t id = 0;

    assert_ok(davy_handover_give(&source, tanks, by, "quiet night", &id));
    return id;
}

static void every_alarm_of_the_position_is_on_its_list_and_no_other(void **state)
{
    json_t *page;

    (void) state;
    assert_ok(bench_find(bench, "T-101/pressure:hi", true));
    assert_ok(bench_find(bench, "T-101/pressure:silence", true));
    assert_ok(bench_find(bench, "P-1/flow:hi", true));
    assert_ok(bench_act(bench, "T-101/level:hi", DAVY_ALARM_SHELVE, "known work", 600 * S));
    page = page_of(tanks);
    assert_int_equal(count_of(page, "standing"), 2);
    assert_int_equal(count_of(page, "shelved"), 1);
    assert_string_equal(key_of(page, "shelved", 0), "T-101/level:hi");
    assert_int_equal(count_of(page, "degraded"), 1);
    assert_string_equal(key_of(page, "degraded", 0), "T-101/pressure:silence");
    assert_int_equal(count_of(page, "suppressed"), 0);
    assert_int_equal(count_of(page, "out_of_service"), 0);
    json_decref(page);
    assert_ok(
        bench_act(bench, "T-101/level:hi", DAVY_ALARM_TAKE_OUT_OF_SERVICE, "permit 7", 3600 * S));
    page = page_of(DAVY_SITE_POSITION);
    assert_int_equal(count_of(page, "standing"), 1);
    assert_string_equal(key_of(page, "standing", 0), "P-1/flow:hi");
    json_decref(page);
    page = page_of(tanks);
    assert_int_equal(count_of(page, "shelved"), 0);
    assert_int_equal(count_of(page, "out_of_service"), 1);
    json_decref(page);
}

/* The desk looks after T-101, whose values come from "in"; the source is looked after by the site.
 */
static void a_desk_is_told_that_it_is_blind(void **state)
{
    json_t *page;

    (void) state;
    assert_ok(bench_find(bench, "source in:source", true));
    page = page_of(tanks);
    assert_int_equal(count_of(page, "standing"), 0);
    assert_int_equal(count_of(page, "degraded"), 1);
    assert_string_equal(key_of(page, "degraded", 0), "source in:source");
    json_decref(page);
}

static void a_change_of_settings_says_what_and_that_nobody_said_why(void **state)
{
    json_t *page, *change;

    (void) state;
    append(DAVY_RECORD_AUDIT, "site.settings",
           "{\"action\": \"site.settings\", \"before\": \"a\", \"after\": \"b\","
           " \"reason\": null, \"changes\": [\"T-101/level:hi 90 -> 95 %\", \"x\", \"x\", \"x\","
           " \"x\", \"x\"], \"more\": 2}");
    append(DAVY_RECORD_AUDIT, "jan", "{\"action\": \"session.open\", \"by\": \"jan\"}");
    page = page_of(tanks);
    assert_int_equal(count_of(page, "changes"), 1);
    change = json_array_get(json_object_get(json_object_get(page, "changes"), "changes"), 0);
    assert_string_equal(json_string_value(json_object_get(change, "text")),
                        "T-101/level:hi 90 -> 95 %; x; x; x; x and 3 more");
    assert_true(json_is_true(json_object_get(change, "flagged")));
    json_decref(page);
}

static void floods_and_changes_are_those_since_the_last_handover(void **state)
{
    json_t *page;
    uint64_t id;

    (void) state;
    append(DAVY_RECORD_AUDIT, "eve", "{\"action\": \"key.create\", \"by\": \"admin\"}");
    append(DAVY_RECORD_AUDIT, "m", "{\"action\": \"inference\", \"by\": \"app\"}");
    append(DAVY_RECORD_FINDING, "flood tanks",
           "{\"flood\": \"began\", \"position\": \"tanks\", \"began\": 1767225600000000000,"
           " \"alarms\": 11, \"peak\": 11}");
    append(DAVY_RECORD_FINDING, "flood site",
           "{\"flood\": \"began\", \"position\": \"site\", \"began\": 1767225600000000000}");
    page = page_of(tanks);
    assert_true(json_is_null(json_object_get(page, "since")));
    assert_int_equal(count_of(page, "changes"), 1);
    assert_int_equal(count_of(page, "floods"), 1);
    json_decref(page);

    id = give("jan");
    assert_ok(davy_handover_take(&source, tanks, id, "mia", NULL));
    append(DAVY_RECORD_FINDING, "flood tanks",
           "{\"flood\": \"ended\", \"position\": \"tanks\", \"began\": 1767225600000000000,"
           " \"ended\": 1767226600000000000, \"alarms\": 40, \"peak\": 22}");
    page = page_of(tanks);
    assert_string_equal(json_string_value(json_object_get(page, "since")),
                        "2026-01-01T00:00:00.000Z");
    assert_int_equal(count_of(page, "changes"), 0);
    assert_int_equal(count_of(page, "floods"), 1);
    json_decref(page);
    page = page_of(DAVY_SITE_POSITION);
    assert_int_equal(count_of(page, "changes"), 1);
    json_decref(page);
}

static void the_end_of_a_flood_is_no_second_flood(void **state)
{
    json_t *page;
    const json_t *flood;

    (void) state;
    append(DAVY_RECORD_FINDING, "flood tanks",
           "{\"flood\": \"began\", \"position\": \"tanks\", \"began\": 1767225600000000000,"
           " \"alarms\": 11, \"peak\": 11}");
    append(DAVY_RECORD_FINDING, "flood tanks",
           "{\"flood\": \"ended\", \"position\": \"tanks\", \"began\": 1767225600000000000,"
           " \"ended\": 1767226600000000000, \"alarms\": 40, \"peak\": 22}");
    page = page_of(tanks);
    assert_int_equal(count_of(page, "floods"), 1);
    flood = json_array_get(json_object_get(json_object_get(page, "floods"), "floods"), 0);
    assert_int_equal(json_integer_value(json_object_get(flood, "alarms")), 40);
    assert_string_equal(json_string_value(json_object_get(flood, "ended")),
                        "2026-01-01T00:16:40.000Z");
    json_decref(page);
}

static void two_keys_sign_and_one_cannot_be_both(void **state)
{
    uint64_t id;

    (void) state;
    id = give("jan");
    assert_fails(davy_handover_take(&source, tanks, id, "jan", NULL), DAVY_ERR_INVALID,
                 "another person");
    assert_fails(davy_handover_take(&source, tanks, id + 1, "mia", NULL), DAVY_ERR_NOT_FOUND,
                 "no handover");
    assert_fails(davy_handover_take(&source, DAVY_SITE_POSITION, id, "mia", NULL),
                 DAVY_ERR_NOT_FOUND, "'site' has no handover");
    assert_fails(davy_handover_take(&source, tanks, 0, "mia", NULL), DAVY_ERR_NOT_FOUND, "0");
    assert_ok(davy_handover_take(&source, tanks, id, "mia", "thanks"));
    assert_fails(davy_handover_take(&source, tanks, id, "eve", NULL), DAVY_ERR_INVALID,
                 "'mia' has taken");
}

struct taker {
    pthread_barrier_t *together;
    uint64_t id;
    char name[8];
    davy_status status;
};

static void *take_it(void *argument)
{
    struct taker *taker = argument;

    (void) pthread_barrier_wait(taker->together);
    taker->status = davy_handover_take(&source, tanks, taker->id, taker->name, NULL);
    return NULL;
}

/* Two people who both believe that the desk is theirs are worse than none. */
static void of_many_who_take_at_the_same_moment_one_has_taken(void **state)
{
    enum { TAKERS = 8, ROUNDS = 20 };
    struct taker takers[TAKERS];
    pthread_t threads[TAKERS];
    pthread_barrier_t together;

    (void) state;
    assert_int_equal(pthread_barrier_init(&together, NULL, TAKERS), 0);
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t taken = 0;
        uint64_t id;

        assert_ok(davy_handover_give(&source, tanks, "jan", NULL, &id));
        for (size_t i = 0; i < TAKERS; i++) {
            takers[i] = (struct taker){&together, id, "", DAVY_OK};
            (void) snprintf(takers[i].name, sizeof takers[i].name, "key%zu", i);
            assert_int_equal(pthread_create(&threads[i], NULL, take_it, &takers[i]), 0);
        }
        for (size_t i = 0; i < TAKERS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
            taken += takers[i].status == DAVY_OK;
        }
        assert_int_equal(taken, 1);
    }
    (void) pthread_barrier_destroy(&together);
}

static void an_older_page_is_not_taken_when_a_newer_was_given(void **state)
{
    uint64_t old, new;

    (void) state;
    old = give("jan");
    new = give("jan");
    assert_fails(davy_handover_take(&source, tanks, old, "mia", NULL), DAVY_ERR_INVALID, "newer");
    assert_ok(davy_handover_take(&source, tanks, new, "mia", NULL));
}

static void what_was_signed_is_kept_as_it_was(void **state)
{
    json_t *page, *list = NULL;
    const json_t *first;
    uint64_t id;

    (void) state;
    assert_ok(bench_find(bench, "T-101/pressure:hi", true));
    id = give("jan");
    page = page_of(tanks);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(page, "given"), "id")), id);
    json_decref(page);
    assert_ok(bench_find(bench, "T-101/pressure:hi", false));
    assert_ok(bench_act(bench, "T-101/pressure:hi", DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    assert_ok(davy_handover_take(&source, tanks, id, "mia", NULL));
    assert_ok(davy_handover_signed(&source, tanks, id, &page));
    assert_int_equal(count_of(page, "standing"), 1);
    json_decref(page);
    give("mia");
    assert_ok(davy_handover_list(&source, tanks, 10, &list));
    assert_int_equal(json_array_size(list), 2);
    assert_true(json_is_null(json_object_get(json_array_get(list, 0), "taken")));
    first = json_object_get(json_array_get(list, 1), "taken");
    assert_string_equal(json_string_value(json_object_get(first, "by")), "mia");
    json_decref(list);
    assert_ok(davy_handover_list(&source, tanks, 1, &list));
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
}

static void a_list_has_an_end_and_says_what_is_beyond(void **state)
{
    json_t *page;
    const json_t *changes;

    (void) state;
    for (size_t i = 0; i < DAVY_HANDOVER_LIST_MAX + 3; i++) {
        char body[64];

        (void) snprintf(body, sizeof body, "{\"action\": \"change %zu\"}", i);
        append(DAVY_RECORD_AUDIT, "daemon", body);
    }
    page = page_of(tanks);
    changes = json_object_get(page, "changes");
    assert_int_equal(count_of(page, "changes"), DAVY_HANDOVER_LIST_MAX + 3);
    assert_int_equal(json_integer_value(json_object_get(changes, "left_out")), 3);
    changes = json_object_get(changes, "changes");
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(changes, json_array_size(changes) - 1), "action")),
                        "change 202");
    json_decref(page);
}

static void words_that_are_no_text_are_refused(void **state)
{
    uint64_t id;

    (void) state;
    assert_fails(davy_handover_give(&source, tanks, "jan", "a\nb", &id), DAVY_ERR_INVALID,
                 "control");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_bench, remove_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_alarm_of_the_position_is_on_its_list_and_no_other),
        TEST(a_desk_is_told_that_it_is_blind),
        TEST(a_change_of_settings_says_what_and_that_nobody_said_why),
        TEST(floods_and_changes_are_those_since_the_last_handover),
        TEST(the_end_of_a_flood_is_no_second_flood),
        TEST(two_keys_sign_and_one_cannot_be_both),
        TEST(of_many_who_take_at_the_same_moment_one_has_taken),
        TEST(an_older_page_is_not_taken_when_a_newer_was_given),
        TEST(what_was_signed_is_kept_as_it_was),
        TEST(a_list_has_an_end_and_says_what_is_beyond),
        TEST(words_that_are_no_text_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
