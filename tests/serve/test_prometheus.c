/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve/prometheus/aggregate.h"
#include "serve/prometheus/promql.h"

/**
 * @file
 * What Grafana's Prometheus data source sends (grafana, pkg/promlib/client/client.go: paths,
 * names of parameters, POST as a form, times in seconds; packages/grafana-prometheus/src: what
 * variables, filters and the browser of metrics ask for) is answered as Prometheus' documentation,
 * "HTTP API", has it. Values are worked out by hand from one sample each 10 s.
 */

#define FIRST_S 1000000
#define COUNT   60

/* Level: 0, 1, 2 ...; the sample at 30 s is bad. Pressure: a counter by 2 a sample that falls to 0
 * at 300 s. Flow: good once, then bad. */
static void keep(const char *path, size_t index, double value, davy_quality quality)
{
    davy_sample sample = {.time_ns = (int64_t) (FIRST_S + 10 * index) * DAVY_NS_PER_S,
                          .value = value,
                          .quality = quality};

    assert_ok(davy_store_find(plant_system.store, path, &sample.signal));
    assert_ok(davy_store_append(plant_system.store, &sample, 1));
}

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    for (size_t i = 0; i < COUNT; i++) {
        keep("T-101/level", i, i == 3 ? 99 : (double) i,
             i == 3 ? DAVY_QUALITY_BAD : DAVY_QUALITY_GOOD);
        keep("T-101/pressure", i, (double) (2 * (i < 30 ? i + 100 : i - 30)), DAVY_QUALITY_GOOD);
    }
    keep("P-301/flow", 0, 5, DAVY_QUALITY_GOOD);
    keep("P-301/flow", 1, 6, DAVY_QUALITY_BAD);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static reply post_form(const char *path, const char *form)
{
    return ask(&(request){.path = path,
                          .key = plant_key(DAVY_ROLE_VIEWER),
                          .body = form,
                          .headers = "Content-Type: application/x-www-form-urlencoded"});
}

/* The answer's data, as text without spaces. */
static void assert_data(reply answer, const char *expected)
{
    char *text;

    assert_code(answer, 200);
    assert_string_equal(json_string_value(json_object_get(answer.json, "status")), "success");
    text = json_dumps(json_object_get(answer.json, "data"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, expected);
    free(text);
    reply_clear(&answer);
}

#define LABELS "\"asset\":\"T-101\",\"path\":\"T-101/level\",\"signal\":\"level\",\"unit\":\"%\"}"
#define LEVEL  "{\"__name__\":\"davy_signal\"," LABELS
/* What a function makes of it is another thing and has no name. */
#define OF_LEVEL "{" LABELS

static void a_data_source_is_tested_with_one_and_one(void **state)
{
    (void) state;
    assert_data(post_form("/api/v1/query", "query=1%2B1&time=1000000"),
                "{\"result\":[1000000,\"2\"],\"resultType\":\"scalar\"}");
    assert_data(get("/api/v1/query?query=1%2B1&time=1000000.5&timeout=60s"),
                "{\"result\":[1000000.5,\"2\"],\"resultType\":\"scalar\"}");
}

/* At 30 s the newest sample is bad: no point, and not the older 2. */
static void a_panel_asks_for_a_range_with_a_form(void **state)
{
    static const char *const form = "end=1000040&query=davy_signal%7Bpath%3D%22T-101%2Flevel%22%7D"
                                    "%0A&start=1000000&step=15";
    static const char *const expected =
        "{\"result\":[{\"metric\":" LEVEL
        ",\"values\":[[1000000,\"0\"],[1000015,\"1\"]]}],\"resultType\":\"matrix\"}";

    (void) state;
    assert_data(post_form("/api/v1/query_range", form), expected);
    assert_data(get("/api/v1/query_range?end=1000040&query=davy_signal%7Bpath%3D%22T-101%2Flevel%22"
                    "%7D&start=1000000&step=15s"),
                "{\"result\":[{\"metric\":" LEVEL
                ",\"values\":[[1000000,\"0\"],[1000015,\"1\"]]}],\"resultType\":\"matrix\"}");
}

/* (1000000, 1000060] has 1, 2, 4, 5, 6 and a bad 99. */
static void functions_leave_bad_samples_out(void **state)
{
    static const struct {
        const char *function, *value;
    } cases[] = {{"avg", "3.6"}, {"min", "1"}, {"max", "6"}, {"sum", "18"}, {"count", "5"}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        char path[256], expected[256];

        (void) snprintf(
            path, sizeof path,
            "/api/v1/query?time=1000060&query=%s_over_time(davy_signal%%7Bsignal%%3D%%22"
            "level%%22%%7D%%5B1m%%5D)",
            cases[i].function);
        (void) snprintf(expected, sizeof expected,
                        "{\"result\":[{\"metric\":%s,\"value\":[1000060,\"%s\"]}],"
                        "\"resultType\":\"vector\"}",
                        OF_LEVEL, cases[i].value);
        assert_data(get(path), expected);
    }
}

/* (0, 60] without the bad one, (30, 90] and (60, 120]: windows overlap and have one edge each. */
static void windows_of_steps_overlap(void **state)
{
    (void) state;
    assert_data(get("/api/v1/query_range?start=1000060&end=1000120&step=30&query=count_over_time("
                    "davy_signal%7Bsignal%3D%22level%22%7D%5B60s%5D)"),
                "{\"result\":[{\"metric\":" OF_LEVEL ",\"values\":[[1000060,\"5\"],[1000090,\"6\"],"
                "[1000120,\"6\"]]}],\"resultType\":\"matrix\"}");
}

static double value_at(const char *query, const char *time)
{
    char path[512];
    reply answer;
    json_t *value;
    double number = NAN;

    (void) snprintf(path, sizeof path, "/api/v1/query?query=%s&time=%s", query, time);
    answer = get(path);
    assert_code(answer, 200);
    value = json_array_get(json_object_get(json_object_get(answer.json, "data"), "result"), 0);
    value = json_array_get(json_object_get(value, "value"), 1);
    if (value)
        number = strtod(json_string_value(value), NULL);
    reply_clear(&answer);
    return number;
}

#define PRESSURE_RATE "rate(davy_signal%7Bsignal%3D%22pressure%22%7D%5B1m%5D)"
/* (100, 160]: 110 .. 160 s, so 5 distances of 10 s, a rise of 10, carried on to the start by
 * 10 s: 12 in 60 s. (260, 320]: 270, 280, 290 s, then 0, 2, 4: 2 + 2 + 0 + 2 + 2 = 8, times 60/50,
 * in 60 s. (295, 355]: from 0 to 10 in 50 s; 5 s more at the end, none before a counter's 0. One
 * sample alone has no rate. */
static void a_rate_is_carried_to_the_edges_and_a_fall_is_a_reset(void **state)
{
    (void) state;
    assert_near(value_at(PRESSURE_RATE, "1000160"), 0.2, 1e-12);
    assert_near(value_at(PRESSURE_RATE, "1000320"), 8 * 1.2 / 60, 1e-12);
    assert_near(value_at(PRESSURE_RATE, "1000355"), 10.0 * 55 / 50 / 60, 1e-12);
    assert_true(isnan(value_at(PRESSURE_RATE, "1000009")));
}

/* Prometheus 3.0: the newest sample of the five minutes before, the first instant not included. */
static void a_value_is_stale_after_five_minutes(void **state)
{
    const char *query = "davy_signal%7Bsignal%3D%22level%22%7D"; /* last at 590 s */

    (void) state;
    assert_near(value_at(query, "1000889.999"), 59, 0);
    assert_true(isnan(value_at(query, "1000890")));
    assert_near(value_at("davy_signal%7Bsignal%3D%22flow%22%7D", "1000009"), 5, 0);
    assert_true(isnan(value_at("davy_signal%7Bsignal%3D%22flow%22%7D", "1000011")));
}

#define OVER_TIME(function, window) \
    function "_over_time(davy_signal%7Bsignal%3D%22level%22%7D%5B" window "%5D)"

/* Windows that do not consist of steps are looked at sample by sample, the others as summaries of
 * the store: both have the same points. Samples lie 10 s apart, so (t - 60 s, t] has the same as
 * (t - 59.999 s, t], which is no number of steps. A value that is no number is in no figure. */
static void summaries_say_what_samples_say(void **state)
{
    static const char *const functions[] = {"avg", "min", "max", "sum", "count"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(functions); i++) {
        char path[512];
        reply by_steps, by_samples;
        json_t *steps, *samples;

        (void) snprintf(path, sizeof path,
                        "/api/v1/query_range?start=1000000&end=1000500&step=20&query=%s_over_time("
                        "davy_signal%%7Bsignal%%3D%%22level%%22%%7D%%5B60s%%5D)",
                        functions[i]);
        by_steps = get(path);
        assert_code(by_steps, 200);
        (void) snprintf(path, sizeof path,
                        "/api/v1/query_range?start=1000000&end=1000500&step=20&query=%s_over_time("
                        "davy_signal%%7Bsignal%%3D%%22level%%22%%7D%%5B59999ms%%5D)",
                        functions[i]);
        by_samples = get(path);
        assert_code(by_samples, 200);
        steps = json_object_get(by_steps.json, "data");
        samples = json_object_get(by_samples.json, "data");
        assert_true(json_equal(steps, samples));
        assert_int_equal(json_array_size(json_object_get(
                             json_array_get(json_object_get(steps, "result"), 0), "values")),
                         26);
        reply_clear(&by_steps);
        reply_clear(&by_samples);
    }
    assert_near(value_at(OVER_TIME("sum", "20s"), "1000130"), 12 + 13, 0);
    assert_near(value_at(OVER_TIME("count", "600s"), "1000590"), 59, 0);
    keep("P-301/flow", 100, NAN, DAVY_QUALITY_GOOD);
    keep("P-301/flow", 101, 7, DAVY_QUALITY_GOOD);
    assert_near(value_at("avg_over_time(davy_signal%7Bsignal%3D%22flow%22%7D%5B20s%5D)", "1001010"),
                7, 0);
}

/* An hour earlier is now what was an hour ago: at 1,003,760 s the newest of one hour before is that
 * of 160 s, and (100, 160] of the same hour has 11 .. 16. */
static void an_offset_looks_back(void **state)
{
    (void) state;
    assert_near(value_at("davy_signal%7Bsignal%3D%22level%22%7D%20offset%201h", "1003760"), 16, 0);
    assert_near(
        value_at("sum_over_time(davy_signal%7Bsignal%3D%22level%22%7D%5B1m%5D%20offset%201h)",
                 "1003760"),
        11 + 12 + 13 + 14 + 15 + 16, 0);
    assert_near(
        value_at("rate(davy_signal%7Bsignal%3D%22pressure%22%7D%5B1m%5D%20offset%201h)", "1003760"),
        0.2, 1e-12);
}

/* At 160 s level is 16 and pressure 2 (16 + 100) = 232; flow's newest is bad and counts nowhere. */
static void series_are_added_up_in_groups(void **state)
{
    (void) state;
    assert_data(get("/api/v1/query?time=1000160&query=sum(davy_signal)"),
                "{\"result\":[{\"metric\":{},\"value\":[1000160,\"248\"]}],"
                "\"resultType\":\"vector\"}");
    assert_data(get("/api/v1/query?time=1000160&query=avg%20by%20(asset)(davy_signal)"),
                "{\"result\":[{\"metric\":{\"asset\":\"T-101\"},\"value\":[1000160,\"124\"]}],"
                "\"resultType\":\"vector\"}");
    assert_data(get("/api/v1/query?time=1000160&query=max(davy_signal)%20by(signal,nothing)"),
                "{\"result\":[{\"metric\":{\"signal\":\"level\"},\"value\":[1000160,\"16\"]},"
                "{\"metric\":{\"signal\":\"pressure\"},\"value\":[1000160,\"232\"]}],"
                "\"resultType\":\"vector\"}");
    assert_near(value_at("min(davy_signal)", "1000160"), 16, 0);
    assert_near(value_at("count(davy_signal)", "1000160"), 2, 0);
    assert_near(value_at("sum(rate(davy_signal%7Bpath%3D~%22T.*%22%7D%5B1m%5D))", "1000160"),
                0.2 + 0.1, 1e-12);
}

/* At 0 s flow is there (5), at 15 s it is bad, at 30 s level too: a step has what it has. */
static void a_series_without_a_point_is_left_out_of_that_step(void **state)
{
    (void) state;
    assert_data(get("/api/v1/query_range?start=1000000&end=1000030&step=15&query=sum(davy_signal%7B"
                    "signal!%3D%22pressure%22%7D)"),
                "{\"result\":[{\"metric\":{},\"values\":[[1000000,\"5\"],[1000015,\"1\"]]}],"
                "\"resultType\":\"matrix\"}");
}

/* Grafana takes the way to ask for values of labels from the version. */
/* A thousand groups are answered, and one more is refused with the remedy. */
static void groups_have_a_limit(void **state)
{
    davy_signal_id id;
    reply answer;

    (void) state;
    for (size_t i = 0; i <= DAVY_PROMETHEUS_GROUPS_MAX; i++) {
        char path[32];

        (void) snprintf(path, sizeof path, "many/%zu", i);
        assert_ok(davy_store_signal(plant_system.store, path, "", &id));
    }
    answer =
        get("/api/v1/query?time=1000160&query=sum%20by(path)(davy_signal%7Basset%3D%22many%22%7D)");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "more than 1000 groups"));
    reply_clear(&answer);
    answer =
        get("/api/v1/query?time=1000160&query=sum%20by(path)(davy_signal%7Basset%3D%22many%22%2C"
            "signal!%3D%220%22%7D)");
    assert_code(answer, 200);
    reply_clear(&answer);
}

static void a_data_source_asks_what_this_is(void **state)
{
    reply answer = get("/api/v1/status/buildinfo");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(answer.json, "data"), "version")),
        "2.24.0");
    reply_clear(&answer);
    assert_data(get("/api/v1/metadata?limit=5"),
                "{\"davy_signal\":[{\"help\":\"Samples of a signal of the plant, in the unit of "
                "its label\",\"type\":\"gauge\",\"unit\":\"\"}]}");
    assert_data(post_form("/api/v1/query_exemplars", "query=davy_signal&start=1&end=2"), "[]");
}

static void variables_and_builders_ask_for_series_and_labels(void **state)
{
    (void) state;
    assert_data(
        get("/api/v1/series?match%5B%5D=davy_signal%7Bpath%3D~%22T-.*l%22%7D&start=1&end=2"),
        "[" LEVEL "]");
    assert_data(post_form("/api/v1/series", "match%5B%5D=%7Bsignal%3D%22level%22%7D"),
                "[" LEVEL "]");
    assert_data(post_form("/api/v1/labels", "start=1&end=2"),
                "[\"__name__\",\"asset\",\"path\",\"signal\",\"unit\"]");
    assert_data(get("/api/v1/labels?match%5B%5D=other"), "[]");
    assert_data(get("/api/v1/label/__name__/values?start=1&end=2&limit=40000"),
                "[\"davy_signal\"]");
    assert_data(get("/api/v1/label/signal/values?match%5B%5D=davy_signal%7Basset!~%22P.%2B%22%2C"
                    "signal!%3D%22health%22%2Cpath%3D~%22T-101%2F(level%7Cpressure)%22%7D"),
                "[\"level\",\"pressure\"]");
    assert_data(get("/api/v1/label/absent/values"), "[]");
}

/* Filters of a dashboard ask for the labels of all its queries' metrics (language_provider.ts,
 * fetchLabels), so with a selector for each; a builder says which series it means with a name that
 * is not empty, and how many it wants (resource_clients.ts). What is asked with POST may stand in
 * the address, with an empty body (client.go, QueryResource). */
static void selectors_may_be_several_and_lists_have_a_limit(void **state)
{
    const char *const both = "match%5B%5D=davy_signal%7Bsignal%3D%22level%22%7D&"
                             "match%5B%5D=%7Bsignal%3D%22flow%22%7D";
    char path[256];
    reply answer;

    (void) state;
    (void) snprintf(path, sizeof path, "/api/v1/label/signal/values?%s", both);
    assert_data(get(path), "[\"flow\",\"level\"]");
    assert_data(post_form("/api/v1/series", "match%5B%5D=davy_signal%7Bsignal%3D%22level%22%7D&"
                                            "match%5B%5D=davy_signal%7Bsignal%3D%22level%22%7D"),
                "[" LEVEL "]");
    (void) snprintf(path, sizeof path, "/api/v1/series?%s", both);
    answer = post_form(path, "");
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "data")), 2);
    assert_null(json_object_get(answer.json, "warnings"));
    reply_clear(&answer);
    answer = post_form(path, "match%5B%5D=%7Bsignal%3D%22pressure%22%7D&limit=2");
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "data")), 2);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(answer.json, "warnings"), 0)),
        "results truncated due to limit");
    reply_clear(&answer);
    assert_data(
        get("/api/v1/label/signal/values?limit=1&match%5B%5D=%7Bpath%3D~%22(T-101%2Flevel%7C"
            "T-101%2Fpressure)%22%7D"),
        "[\"level\"]");
    assert_data(get("/api/v1/labels?limit=2&match%5B%5D=%7B__name__!%3D%22%22%7D"),
                "[\"__name__\",\"asset\"]");
    assert_data(get("/api/v1/labels?limit=40000&start=1&end=2"),
                "[\"__name__\",\"asset\",\"path\",\"signal\",\"unit\"]");
    answer = get("/api/v1/labels?limit=-1");
    assert_code(answer, 400);
    reply_clear(&answer);
    answer = get("/api/v1/labels?start=1&start=1");
    assert_code(answer, 400);
    reply_clear(&answer);
}

/* A variable of which several values are chosen, or all without a word for it, is written as a
 * choice, with what is special in an expression escaped (datasource.ts, interpolateQueryExpr and
 * prometheusSpecialRegexEscape). Here 300 words of 3,000 bytes in all. */
static void a_variable_may_have_many_values(void **state)
{
    char form[DAVY_PROMQL_VALUE_MAX + 200] = "time=1000060&query=davy_signal%7Bpath%3D~%22(";
    size_t length = strlen(form);

    (void) state;
    for (size_t i = 0; i < 300; i++)
        length += (size_t) snprintf(form + length, sizeof form - length, "X-%05zu/l|", i);
    (void) snprintf(form + length, sizeof form - length, "T-101%%2Flevel)%%22%%7D");
    assert_data(post_form("/api/v1/query", form),
                "{\"result\":[{\"metric\":" LEVEL ",\"value\":[1000060,\"6\"]}],"
                "\"resultType\":\"vector\"}");
}

static void a_choice_of_words_is_one_of_them(void **state)
{
    static const struct {
        const char *query, *value;
        bool fits;
    } cases[] = {
        {"{a=~\"b|c\"}", "b", true},
        {"{a=~\"b|c\"}", "c", true},
        {"{a=~\"b|c\"}", "bc", false},
        {"{a=~\"b|c\"}", "b|c", false},
        {"{a=~\"(bb|cc)\"}", "bb", true},
        {"{a=~\"(bb|cc)\"}", "cc", true},
        {"{a=~\"(bb|cc)\"}", "b", false},
        {"{a=~\"(bb|cc)\"}", "cc)", false},
        {"{a!~\"(bb|cc)\",c=\"d\"}", "bb", false},
        {"{a!~\"(bb|cc)\",c=\"d\"}", "d", true},
        {"{a=~\"b\\\\.1|\\\\(c\\\\)\"}", "b.1", true},
        {"{a=~\"b\\\\.1|\\\\(c\\\\)\"}", "bx1", false},
        {"{a=~\"b\\\\.1|\\\\(c\\\\)\"}", "(c)", true},
        {"{a=~\"(b\\\\)|O\\\\'Hara)\"}", "b)", true},
        {"{a=~\"(b\\\\)|O\\\\'Hara)\"}", "O'Hara", true},
        {"{a=~\"b\\\\|c\"}", "b|c", true},
        {"{a=~\"b\\\\|c\"}", "b", false},
        {"{a=~\"b|\",c=\"d\"}", "", true}, /* the words are "b" and "" */
    };
    static davy_promql query;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        if (davy_promql_parse(cases[i].query, &query) != DAVY_OK)
            fail_msg("%s: %s", cases[i].query, davy_error());
        if (davy_promql_fits(&query.matchers[0], cases[i].value) != cases[i].fits)
            fail_msg("%s and '%s'", cases[i].query, cases[i].value);
        davy_promql_clear(&query);
    }
    assert_int_equal(davy_promql_parse("{a=~\"b\\\\\"}", &query), DAVY_ERR_INVALID);
    assert_int_equal(davy_promql_parse("{a=~\"(b|c\"}", &query), DAVY_ERR_INVALID);
}

/* As the documentation's "Format overview": status, errorType, error; code 400. */
static void what_is_not_understood_is_refused_by_name(void **state)
{
    static const struct {
        const char *path, *says;
    } cases[] = {
        {"/api/v1/query", "'query' is missing"},
        {"/api/v1/query?query=stddev(davy_signal)", "none of avg_over_time"},
        {"/api/v1/query?query=sum%20without(unit)(davy_signal)", "'without' is not supported"},
        {"/api/v1/query?query=sum(sum(davy_signal))", "an aggregation of an aggregation"},
        {"/api/v1/query?query=sum(davy_signal)*2", "nothing behind it"},
        {"/api/v1/query?query=sum(1)", "a selector is missing"},
        {"/api/v1/query?query=davy_signal%20offset%20-1h", "offset needs a duration"},
        {"/api/v1/query?query=davy_signal%20offset%200s", "offset needs a duration"},
        {"/api/v1/query?query=sum%20by(a,b,c,d,e,f,g,h,i)(davy_signal)", "too many labels"},
        {"/api/v1/query?query=davy_signal%5B5m%5D", "nothing behind it"},
        {"/api/v1/query?query=davy_signal*2", "nothing behind it"},
        {"/api/v1/query?query=%7B%7D", "needs a name"},
        {"/api/v1/query?query=rate(davy_signal)", "a range such as"},
        {"/api/v1/query?query=rate(davy_signal%5B5m:1m%5D)", "without subquery"},
        {"/api/v1/query?query=davy_signal%7Bpath%3D~%22(a)%5C%5C1%22%7D", "not supported"},
        {"/api/v1/query?query=davy_signal%7Bpath%3D~%22(((((a%2B)%2B)%2B)%2B)%2B)%2B%22%7D",
         "not supported"},
        {"/api/v1/query?query=davy_signal%7Bpath%3D~%22(.*.*)%2Bz%22%7D", "not supported"},
        {"/api/v1/query?query=davy_signal%7Bpath%3D~%22a)%7C(b%22%7D", "not supported"},
        {"/api/v1/query?query=davy_signal%7Bpath%3D~%22a%7B999%7D%22%7D", "not supported"},
        {"/api/v1/query_range?query=davy_signal&start=0&end=11000&step=1", "longer"},
        {"/api/v1/query_range?query=davy_signal&start=9&end=1&step=1", "before 'start'"},
        {"/api/v1/query_range?query=davy_signal&start=0&end=1&step=nan", "'step'"},
        {"/api/v1/query_range?query=davy_signal&start=0&end=1", "'step' is missing"},
        {"/api/v1/series", "'match[]' is missing"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        reply answer = get(cases[i].path);

        assert_code(answer, 400);
        assert_string_equal(json_string_value(json_object_get(answer.json, "status")), "error");
        assert_string_equal(json_string_value(json_object_get(answer.json, "errorType")),
                            "bad_data");
        if (!strstr(json_string_value(json_object_get(answer.json, "error")), cases[i].says))
            fail_msg("%s: %s", cases[i].path, answer.body);
        reply_clear(&answer);
    }
}

static void durations_are_those_of_prometheus(void **state)
{
    static const char *const wrong[] = {
        "", "0s", "5", "m", "5min", "101y", "99999999999999999999w"};
    int64_t ns = 0;

    (void) state;
    assert_ok(davy_promql_duration("1h30m", 5, &ns));
    assert_true(ns == 5400 * DAVY_NS_PER_S);
    assert_ok(davy_promql_duration("1m0s", 4, &ns)); /* $__rate_interval, as Go writes it */
    assert_true(ns == 60 * DAVY_NS_PER_S);
    assert_ok(davy_promql_duration("100ms", 5, &ns));
    assert_true(ns == 100 * DAVY_NS_PER_MS);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_int_equal(davy_promql_duration(wrong[i], strlen(wrong[i]), &ns), DAVY_ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_data_source_is_tested_with_one_and_one),
        cmocka_unit_test(a_panel_asks_for_a_range_with_a_form),
        cmocka_unit_test(functions_leave_bad_samples_out),
        cmocka_unit_test(windows_of_steps_overlap),
        cmocka_unit_test(a_rate_is_carried_to_the_edges_and_a_fall_is_a_reset),
        cmocka_unit_test(a_value_is_stale_after_five_minutes),
        cmocka_unit_test(summaries_say_what_samples_say),
        cmocka_unit_test(an_offset_looks_back),
        cmocka_unit_test(series_are_added_up_in_groups),
        cmocka_unit_test(a_series_without_a_point_is_left_out_of_that_step),
        cmocka_unit_test(a_data_source_asks_what_this_is),
        cmocka_unit_test(variables_and_builders_ask_for_series_and_labels),
        cmocka_unit_test(selectors_may_be_several_and_lists_have_a_limit),
        cmocka_unit_test(a_variable_may_have_many_values),
        cmocka_unit_test(a_choice_of_words_is_one_of_them),
        cmocka_unit_test(what_is_not_understood_is_refused_by_name),
        cmocka_unit_test(durations_are_those_of_prometheus),
        cmocka_unit_test(groups_have_a_limit),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
