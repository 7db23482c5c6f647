/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve/samples/page.h"

/* One sample a second from second 1,000,000 on; the values are a hand-made sawtooth. */
#define FIRST_S 1000000
#define FEW     100
#define MANY    (3 * DAVY_SAMPLES_PAGE + 77)

static davy_signal_id id_of(const char *path)
{
    davy_signal_id id = DAVY_SIGNAL_NONE;

    assert_ok(davy_store_find(plant_system.store, path, &id));
    return id;
}

static void keep_samples(const char *path, size_t count)
{
    davy_sample *samples = calloc(count, sizeof *samples);

    for (size_t i = 0; i < count; i++)
        samples[i] = (davy_sample){
            .time_ns = (int64_t) (FIRST_S + i) * DAVY_NS_PER_S,
            .value = (double) (i % 10) + 0.5,
            .signal = id_of(path),
        };
    samples[3].value = NAN;
    samples[3].quality = DAVY_QUALITY_BAD;
    samples[4].quality = DAVY_QUALITY_UNCERTAIN;
    assert_ok(davy_store_append(plant_system.store, samples, count));
    free(samples);
}

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    keep_samples("T-101/level", FEW);
    keep_samples("P-301/flow", MANY);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static json_t *series(const reply *answer, size_t index)
{
    return json_array_get(json_object_get(answer->json, "signals"), index);
}

static json_t *item(json_t *object, const char *column, size_t index)
{
    return json_array_get(json_object_get(object, column), index);
}

static size_t length(json_t *object, const char *column)
{
    return json_array_size(json_object_get(object, column));
}

static void raw_samples_have_time_value_and_quality(void **state)
{
    reply answer = ask_samples("signals=T-101/level&from=1000002&to=1000005");
    json_t *level = series(&answer, 0);

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(json_string_value(json_object_get(level, "signal")), "T-101/level");
    assert_string_equal(json_string_value(json_object_get(level, "unit")), "%");
    assert_int_equal(length(level, "times"), 3);
    assert_int_equal(length(level, "values"), 3);
    assert_int_equal(length(level, "quality"), 3);
    assert_int_equal(json_integer_value(item(level, "times", 0)), 1000002 * DAVY_NS_PER_S);
    assert_near(json_number_value(item(level, "values", 0)), 2.5, 0);
    assert_true(json_is_null(item(level, "values", 1)));
    assert_int_equal(json_integer_value(item(level, "quality", 1)), 2);
    assert_int_equal(json_integer_value(item(level, "quality", 2)), 1);
    reply_clear(&answer);
}

static void times_may_be_written_in_three_ways(void **state)
{
    static const char *const queries[] = {
        "from=1000002&to=1000005",
        "from=1000002000000000&to=1000005000000000",
        "from=1970-01-12T13:46:42Z&to=1970-01-12T21:46:45%2B08:00",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(queries); i++) {
        char query[256];
        reply answer;

        (void) snprintf(query, sizeof query, "signals=T-101/level&%s", queries[i]);
        answer = ask_samples(query);
        assert_code(answer, 200);
        assert_int_equal(length(series(&answer, 0), "times"), 3);
        reply_clear(&answer);
    }
}

/* A signal of several pages: the columns fit each other to the last sample. */
static void a_long_signal_comes_whole(void **state)
{
    reply answer = ask_samples("signals=P-301/flow&from=0&to=2000000");
    json_t *flow = series(&answer, 0);

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(reply_header(&answer, "Transfer-Encoding"), "chunked");
    assert_int_equal(length(flow, "times"), MANY);
    assert_int_equal(length(flow, "values"), MANY);
    assert_int_equal(length(flow, "quality"), MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(json_integer_value(item(flow, "times", i)),
                         (json_int_t) (FIRST_S + i) * DAVY_NS_PER_S);
        if (i != 3)
            assert_true(json_number_value(item(flow, "values", i)) == (double) (i % 10) + 0.5);
    }
    reply_clear(&answer);
}

/* Steps of 10 s: of 0.5 .. 9.5 the mean is 5, as long as nothing is bad. */
static void steps_have_mean_min_max_first_last_and_counts(void **state)
{
    reply answer = ask_samples("signals=T-101/level&from=1000000&to=1000040&step=10s");
    json_t *level = series(&answer, 0);

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_integer_value(json_object_get(level, "step")), 10 * DAVY_NS_PER_S);
    assert_int_equal(length(level, "times"), 4);
    assert_int_equal(json_integer_value(item(level, "times", 1)), 1000010 * DAVY_NS_PER_S);
    assert_near(json_number_value(item(level, "values", 1)), 5, 1e-12);
    assert_near(json_number_value(item(level, "min", 1)), 0.5, 0);
    assert_near(json_number_value(item(level, "max", 1)), 9.5, 0);
    assert_near(json_number_value(item(level, "first", 1)), 0.5, 0);
    assert_near(json_number_value(item(level, "last", 1)), 9.5, 0);
    assert_int_equal(json_integer_value(item(level, "count", 1)), 10);
    assert_int_equal(json_integer_value(item(level, "quality", 1)), 0);
    assert_int_equal(json_integer_value(item(level, "count", 0)), 9);
    assert_int_equal(json_integer_value(item(level, "bad", 0)), 1);
    assert_int_equal(json_integer_value(item(level, "quality", 0)), 1);
    assert_near(json_number_value(item(level, "values", 0)), (50 - 3.5) / 9, 1e-12);
    /* one of the ten is bad and one uncertain */
    assert_int_equal(json_integer_value(item(level, "uncertain", 0)), 1);
    assert_near(json_number_value(item(level, "anomaly_rate", 0)), 0.2, 1e-15);
    assert_near(json_number_value(item(level, "anomaly_rate", 1)), 0, 0);
    reply_clear(&answer);
}

static void empty_steps_are_left_out_and_bad_ones_are_null(void **state)
{
    reply answer = ask_samples("signals=T-101/level&from=999990&to=1000110&step=1s");
    json_t *level = series(&answer, 0);

    (void) state;
    assert_int_equal(length(level, "times"), FEW);
    assert_true(json_is_null(item(level, "values", 3)));
    assert_true(json_is_null(item(level, "min", 3)));
    assert_int_equal(json_integer_value(item(level, "quality", 3)), 2);
    reply_clear(&answer);
}

static void pixels_give_at_most_so_many_steps(void **state)
{
    reply answer = ask_samples("signals=P-301/flow&from=1000000&to=1001000&pixels=7");
    json_t *flow = series(&answer, 0);

    (void) state;
    assert_code(answer, 200);
    /* ceil(1000 s / 7) */
    assert_int_equal(json_integer_value(json_object_get(flow, "step")), 142857142858);
    assert_int_equal(length(flow, "times"), 7);
    reply_clear(&answer);
}

/* 40,000 s in at most 101: 400 s at least, so whole tens of seconds that begin at multiples of 400.
 * 1,000,123 s is cut: the first has 277 s, up to 1,000,400; then 99 of 400 s up to 1,040,000 and
 * one of 123. Together they have each sample once. */
static void long_steps_lie_on_a_grid(void **state)
{
    reply answer = ask_samples("signals=P-301/flow&from=1000123&to=1040123&pixels=101");
    json_t *flow = series(&answer, 0);
    json_int_t count = 0;

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_integer_value(json_object_get(flow, "step")), 400 * DAVY_NS_PER_S);
    assert_int_equal(length(flow, "times"), 101);
    assert_int_equal(json_integer_value(item(flow, "times", 0)), 1000123 * DAVY_NS_PER_S);
    assert_int_equal(json_integer_value(item(flow, "count", 0)), 277);
    assert_int_equal(json_integer_value(item(flow, "times", 1)), 1000400 * DAVY_NS_PER_S);
    assert_int_equal(json_integer_value(item(flow, "times", 100)), 1040000 * DAVY_NS_PER_S);
    assert_int_equal(json_integer_value(item(flow, "count", 100)), 123);
    for (size_t i = 0; i < 101; i++)
        count += json_integer_value(item(flow, "count", i));
    assert_int_equal(count, 40000);
    reply_clear(&answer);
}

static void a_pattern_gives_all_that_fit_in_order(void **state)
{
    reply answer = ask_samples("signals=T-101/*,P-*/**&from=1000000&to=1000002");

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "signals")), 3);
    assert_string_equal(json_string_value(json_object_get(series(&answer, 0), "signal")),
                        "P-301/flow");
    assert_int_equal(length(series(&answer, 2), "times"), 0); /* pressure has none */
    reply_clear(&answer);
}

static void a_wrong_query_is_told(void **state)
{
    static const struct {
        const char *query;
        long code;
        const char *words;
    } cases[] = {
        {"signals=T-101/level&from=1", 400, "'to'"},
        {"signals=T-101/level&from=2&to=1", 400, "before"},
        {"signals=T-101/level&from=1&to=1", 400, "before"},
        {"signals=T-101/level&from=yesterday&to=1", 400, "'from'"},
        {"signals=T-101/level&from=0&to=99999999999999999999", 400, "'to'"},
        {"signals=T-101/level&from=0&to=1&step=0s", 400, "'step'"},
        {"signals=T-101/level&from=0&to=1&step=5", 400, "'step'"},
        {"signals=T-101/level&from=0&to=1000000&step=1ms", 400, "100000"},
        {"signals=T-101/level&from=0&to=1&pixels=0", 400, "'pixels'"},
        {"signals=T-101/level&from=0&to=1&pixels=1e3", 400, "'pixels'"},
        {"signals=T-101/level&from=0&to=1&pixels=10&step=1s", 400, "both"},
        {"signals=T-9/x&from=0&to=1", 404, "T-9/x"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        reply answer = ask_samples(cases[i].query);

        assert_code(answer, cases[i].code);
        if (!strstr(answer.body, cases[i].words))
            fail_msg("%s: %s", cases[i].query, answer.body);
        reply_clear(&answer);
    }
}

/* -- The producer alone ---------------------------------------------------------------------------
 */

static davy_producer producer_of(const char *path)
{
    davy_samples_query query = {.store = plant_system.store, .from_ns = 0, .to_ns = INT64_MAX};
    davy_producer producer;

    query.signals = davy_arena_array(&query.arena, 1, sizeof query.signals[0]);
    query.signals[0] = (davy_samples_signal){id_of(path), path, "kg/h", 0, INT64_MAX};
    query.count = 1;
    assert_ok(davy_samples_producer(&query, davy_samples_form_find("json"), &producer));
    return producer;
}

/* New samples at the end do not disturb an answer that has begun; they are not in it. */
static void samples_that_arrive_meanwhile_are_left_out(void **state)
{
    davy_producer producer = producer_of("P-301/flow");
    davy_buffer all = {0}, piece = {0};
    davy_sample late = {.time_ns = (FIRST_S + 900000) * DAVY_NS_PER_S,
                        .signal = id_of("P-301/flow")};
    bool end = false;
    json_t *json;
    size_t appended = 0;

    (void) state;
    while (!end) {
        davy_buffer_reset(&piece);
        assert_ok(producer.fill(producer.state, &piece, &end));
        assert_true(piece.length < 256 * 1024);
        davy_buffer_append(&all, piece.bytes, piece.length);
        if (strstr(all.bytes, "\"values\"") && appended < 3) {
            assert_ok(davy_store_append(plant_system.store, &late, 1));
            late.time_ns++;
            appended++;
        }
    }
    producer.destroy(producer.state);
    assert_int_equal(appended, 3);
    json = json_loadb(all.bytes, all.length, 0, NULL);
    assert_non_null(json);
    {
        json_t *flow = json_array_get(json_object_get(json, "signals"), 0);

        assert_int_equal(length(flow, "times"), MANY);
        assert_int_equal(length(flow, "quality"), MANY);
    }
    json_decref(json);
    davy_buffer_clear(&piece);
    davy_buffer_clear(&all);
}

/* A late sample in the middle would put values beside other times: the answer is cut off. */
static void an_answer_that_would_be_torn_is_cut_off(void **state)
{
    davy_producer producer = producer_of("P-301/flow");
    davy_buffer all = {0};
    davy_sample late = {.time_ns = (FIRST_S + 5) * DAVY_NS_PER_S + 1,
                        .signal = id_of("P-301/flow")};
    bool end = false, appended = false;
    davy_status status = DAVY_OK;

    (void) state;
    while (!end && status == DAVY_OK) {
        status = producer.fill(producer.state, &all, &end);
        if (!appended) {
            assert_null(strstr(all.bytes, "\"values\""));
            assert_ok(davy_store_append(plant_system.store, &late, 1));
            appended = true;
        }
        davy_buffer_reset(&all);
    }
    producer.destroy(producer.state);
    assert_int_equal(status, DAVY_ERR_UNAVAILABLE);
    davy_buffer_clear(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_samples_have_time_value_and_quality),
        cmocka_unit_test(times_may_be_written_in_three_ways),
        cmocka_unit_test(a_long_signal_comes_whole),
        cmocka_unit_test(steps_have_mean_min_max_first_last_and_counts),
        cmocka_unit_test(empty_steps_are_left_out_and_bad_ones_are_null),
        cmocka_unit_test(pixels_give_at_most_so_many_steps),
        cmocka_unit_test(long_steps_lie_on_a_grid),
        cmocka_unit_test(a_pattern_gives_all_that_fit_in_order),
        cmocka_unit_test(a_wrong_query_is_told),
        cmocka_unit_test(samples_that_arrive_meanwhile_are_left_out),
        cmocka_unit_test(an_answer_that_would_be_torn_is_cut_off),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
