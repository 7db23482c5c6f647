/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <math.h>
#include <stdio.h>

#include "serve/samples/samples.h"

/**
 * @file
 * Times in state by the API. A valve is shut at 0 s, opens at 100 s, shuts at 250 s, is lost (bad)
 * at 400 s and open again from 450 s on; expected times are sums of these by hand.
 */

#define FIRST_S 1000000

static davy_signal_id id_of(const char *path)
{
    davy_signal_id id = DAVY_SIGNAL_NONE;

    assert_ok(davy_store_signal(plant_system.store, path, "", &id));
    return id;
}

static void keep(const char *path, int after_s, double value, davy_quality quality)
{
    const davy_sample sample = {.time_ns = (int64_t) (FIRST_S + after_s) * DAVY_NS_PER_S,
                                .value = value,
                                .quality = quality,
                                .signal = id_of(path)};

    assert_ok(davy_store_append(plant_system.store, &sample, 1));
}

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    keep("V,1/open", 0, 0, DAVY_QUALITY_GOOD);
    keep("V,1/open", 100, 1, DAVY_QUALITY_GOOD);
    keep("V,1/open", 250, 0, DAVY_QUALITY_UNCERTAIN);
    keep("V,1/open", 400, 1, DAVY_QUALITY_BAD);
    keep("V,1/open", 450, 1, DAVY_QUALITY_GOOD);
    for (int i = 0; i < 9; i++)
        keep("V,1/pressure", 60 + i, i, DAVY_QUALITY_GOOD);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static reply ask_states(const char *query)
{
    char path[512];

    (void) snprintf(path, sizeof path, "/api/v1/states?%s", query);
    return ask(&(request){.path = path, .key = plant_key(DAVY_ROLE_VIEWER)});
}

static void assert_answer(const char *query, const char *expected)
{
    reply answer = ask_states(query);

    assert_code(answer, 200);
    assert_string_equal(answer.body, expected);
    reply_clear(&answer);
}

/* From 0 to 300 s: shut 100 + 50, open 150. From 300 to 600 s: shut up to 400, lost for 50, open
 * for 150. From 600 to 700 s, a step that is cut: open. */
static void rows_are_states_of_steps(void **state)
{
    (void) state;
    assert_answer("signals=V*/*&from=1000000&to=1000700&step=5m&format=csv",
                  "time,signal,state,held_s,share\n"
                  "1970-01-12T13:46:40.000Z,\"V,1/open\",0,150,0.5\n"
                  "1970-01-12T13:46:40.000Z,\"V,1/open\",1,150,0.5\n"
                  "1970-01-12T13:51:40.000Z,\"V,1/open\",0,100,0.3333333333333333\n"
                  "1970-01-12T13:51:40.000Z,\"V,1/open\",1,150,0.5\n"
                  "1970-01-12T13:51:40.000Z,\"V,1/open\",,50,0.16666666666666666\n"
                  "1970-01-12T13:56:40.000Z,\"V,1/open\",1,100,1\n"
                  "1970-01-12T13:46:40.000Z,\"V,1/pressure\",,,\n");
}

/* As one step, from 50 s on: the valve was shut before, so it is from the beginning. Shut for 50 +
 * 150 s, open for 150 + 50, lost for 50; from 450 s on open. */
static void json_has_columns_of_nanoseconds(void **state)
{
    (void) state;
    assert_answer(
        "signals=V*/**&from=1000050&to=1000500",
        "{\"from\":1000050000000000,\"to\":1000500000000000,\"signals\":["
        "{\"signal\":\"V,1/open\",\"unit\":\"\",\"step\":450000000000,\"too_many_values\":false,"
        "\"times\":[1000050000000000],\"states\":[{\"value\":0,\"held\":[200000000000]},"
        "{\"value\":1,\"held\":[200000000000]}],\"unknown\":[50000000000]},"
        "{\"signal\":\"V,1/pressure\",\"unit\":\"\",\"step\":450000000000,\"too_many_values\":true,"
        "\"times\":[],\"states\":[],\"unknown\":[]}]}");
}

/* Before the first sample nothing is known: of the first 10 s that the range has. */
static void what_is_not_known_is_told(void **state)
{
    (void) state;
    assert_answer("signals=V*/open&from=999990&to=1000010&step=20s&format=csv",
                  "time,signal,state,held_s,share\n"
                  "1970-01-12T13:46:30.000Z,\"V,1/open\",0,10,0.5\n"
                  "1970-01-12T13:46:30.000Z,\"V,1/open\",,10,0.5\n");
    assert_answer("signals=V*/open&from=999000&to=999900&format=csv",
                  "time,signal,state,held_s,share\n");
}

/* Late by 100 s and more: shut from 500 s on, after it was asked for; at once. */
static void late_samples_count_at_once(void **state)
{
    (void) state;
    keep("late/open", 0, 1, DAVY_QUALITY_GOOD);
    keep("late/open", 600, 1, DAVY_QUALITY_GOOD);
    assert_answer("signals=late/open&from=1000000&to=1000600&format=csv",
                  "time,signal,state,held_s,share\n"
                  "1970-01-12T13:46:40.000Z,late/open,1,600,1\n");
    assert_ok(davy_store_seal(plant_system.store));
    assert_ok(davy_store_roll_up(plant_system.store, (FIRST_S + 86400) * DAVY_NS_PER_S));
    keep("late/open", 500, 0, DAVY_QUALITY_GOOD);
    assert_answer("signals=late/open&from=1000000&to=1000600&format=csv",
                  "time,signal,state,held_s,share\n"
                  "1970-01-12T13:46:40.000Z,late/open,0,100,0.16666666666666666\n"
                  "1970-01-12T13:46:40.000Z,late/open,1,500,0.8333333333333334\n");
}

/* The last value stands up to now and no longer. */
static void times_in_state_end_now(void **state)
{
    reply answer = ask_states("signals=V*/open&from=1000000&to=9000000000");
    const int64_t to_ns = json_integer_value(json_object_get(answer.json, "to"));
    json_t *signal = json_array_get(json_object_get(answer.json, "signals"), 0);
    json_t *open = json_array_get(json_object_get(signal, "states"), 1);

    (void) state;
    assert_code(answer, 200);
    assert_true(to_ns <= davy_wall_ns(davy_clock_system()));
    assert_true(json_integer_value(json_array_get(json_object_get(open, "held"), 0)) ==
                to_ns - (FIRST_S + 450 - 150) * DAVY_NS_PER_S);
    reply_clear(&answer);
}

static void a_wrong_question_is_told(void **state)
{
    static const struct {
        const char *query;
        long code;
        const char *words;
    } cases[] = {
        {"signals=V*/open&from=1&to=2&pixels=9", 400, "'pixels'"},
        {"signals=V*/open&from=1&to=2&step=0s", 400, "'step'"},
        {"signals=V*/open&from=0&to=1000000&step=1ms", 400, "more than 100000 steps"},
        {"signals=V*/open&from=2&to=1", 400, "not before"},
        {"signals=V*/open&from=8000000000&to=9000000000", 400, "in the future"},
        {"signals=V*/open&from=1&to=2&format=lines", 400, "no word for times in state"},
        {"signals=V*/open&from=1&to=2&format=xml", 400, "'format' is 'xml'"},
        {"signals=V-9/x&from=1&to=2", 404, "V-9/x"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        reply answer = ask_states(cases[i].query);

        assert_code(answer, cases[i].code);
        if (!strstr(answer.body, cases[i].words))
            fail_msg("%s: %s", cases[i].query, answer.body);
        reply_clear(&answer);
    }
}

/* A second of steps for a day of 86,400: pieces of some 128 KiB, which are the whole together. */
static void a_long_answer_comes_in_pieces(void **state)
{
    static const char *const names[] = {"csv", "json", "text"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        davy_samples_query query = {.store = plant_system.store,
                                    .from_ns = FIRST_S * DAVY_NS_PER_S,
                                    .to_ns = (FIRST_S + 86400) * DAVY_NS_PER_S};
        davy_producer producer;
        davy_buffer piece = {0}, all = {0};
        bool end = false;

        assert_ok(davy_samples_select(&query, "late/open"));
        assert_ok(davy_samples_set_states(&query, DAVY_NS_PER_S, INT64_MAX));
        assert_ok(
            davy_samples_states_producer(&query, davy_samples_form_find(names[i]), &producer));
        while (!end) {
            davy_buffer_reset(&piece);
            assert_ok(producer.fill(producer.state, &piece, &end));
            assert_true(piece.length < 256 * 1024);
            davy_buffer_append(&all, piece.bytes, piece.length);
        }
        producer.destroy(producer.state);
        if (i == 1) {
            json_t *json = json_loadb(all.bytes, all.length, 0, NULL);
            json_t *signal = json_array_get(json_object_get(json, "signals"), 0);

            assert_non_null(json);
            assert_int_equal(json_array_size(json_object_get(signal, "times")), 86400);
            assert_int_equal(json_array_size(json_object_get(signal, "unknown")), 86400);
            json_decref(json);
        } else {
            size_t lines = 0;

            for (size_t at = 0; at < all.length; at++)
                lines += all.bytes[at] == '\n';
            assert_int_equal(lines, 86400 + 1);
        }
        davy_buffer_clear(&piece);
        davy_buffer_clear(&all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_states_of_steps),
        cmocka_unit_test(json_has_columns_of_nanoseconds),
        cmocka_unit_test(what_is_not_known_is_told),
        cmocka_unit_test(late_samples_count_at_once),
        cmocka_unit_test(times_in_state_end_now),
        cmocka_unit_test(a_wrong_question_is_told),
        cmocka_unit_test(a_long_answer_comes_in_pieces),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
