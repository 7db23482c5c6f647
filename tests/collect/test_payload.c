/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/payload.h"

#include "../testing.h"

#include <stdlib.h>

static davy_payload *parse(const char *text)
{
    davy_payload *payload = NULL;

    assert_ok(davy_payload_parse(text, strlen(text), &payload));
    return payload;
}

static void parse_fails(const char *text, size_t length, const char *words)
{
    davy_payload *payload = NULL;

    assert_fails(davy_payload_parse(text, length, &payload), DAVY_ERR_INVALID, words);
    assert_null(payload);
}

static void expect_plain(const char *text, davy_payload_answer answer, double value)
{
    double raw = -77.0;

    assert_int_equal(davy_payload_plain(text, strlen(text), &raw), answer);
    if (answer == DAVY_PAYLOAD_NUMBER)
        assert_true(raw == value);
}

static void plain_payloads_are_numbers_or_bad(void **state)
{
    (void) state;
    expect_plain(" 21.5\r\n", DAVY_PAYLOAD_NUMBER, 21.5);
    expect_plain("true", DAVY_PAYLOAD_NUMBER, 1.0);
    expect_plain("false", DAVY_PAYLOAD_NUMBER, 0.0);
    expect_plain("", DAVY_PAYLOAD_BAD, 0);
    expect_plain("nan", DAVY_PAYLOAD_BAD, 0);
    expect_plain("offline", DAVY_PAYLOAD_BAD, 0);
    expect_plain("21.5 kPa", DAVY_PAYLOAD_BAD, 0);
    expect_plain("1e999", DAVY_PAYLOAD_BAD, 0);
    expect_plain("0x10", DAVY_PAYLOAD_BAD, 0);
}

static void paths_lead_through_objects_and_arrays(void **state)
{
    static const struct {
        const char *path;
        davy_payload_answer answer;
        double value;
    } cases[] = {
        {"$.a.b[1].c", DAVY_PAYLOAD_NUMBER, 7},    {"$['a']['x y']", DAVY_PAYLOAD_NUMBER, 1},
        {"$[\"a\"].b[0]", DAVY_PAYLOAD_NUMBER, 3}, {"$.text", DAVY_PAYLOAD_NUMBER, 2.5},
        {"$.a.b[2]", DAVY_PAYLOAD_ABSENT, 0},      {"$.a.none.c", DAVY_PAYLOAD_ABSENT, 0},
        {"$.a.b.c", DAVY_PAYLOAD_ABSENT, 0},       {"$.none", DAVY_PAYLOAD_ABSENT, 0},
        {"$.null", DAVY_PAYLOAD_BAD, 0},           {"$.a", DAVY_PAYLOAD_BAD, 0},
        {"$.word", DAVY_PAYLOAD_BAD, 0},           {"$", DAVY_PAYLOAD_BAD, 0},
        {"$.big", DAVY_PAYLOAD_NUMBER, 0x1p64}};
    davy_payload *payload = parse("{\"a\":{\"b\":[3,{\"c\":7}],\"x y\":true},\"text\":\" 2.5\","
                                  "\"null\":null,\"word\":\"on\",\"big\":18446744073709551616}");
    double raw;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        assert_ok(davy_payload_check_path(cases[i].path));
        assert_int_equal(davy_payload_at(payload, cases[i].path, &raw), cases[i].answer);
        if (cases[i].answer == DAVY_PAYLOAD_NUMBER)
            assert_true(raw == cases[i].value);
    }
    davy_payload_free(payload);
}

static void wrong_paths_are_told_with_their_place(void **state)
{
    static const char *const wrong[] = {
        "a",     "",    "$a",    "$.",    "$..a",  "$.a.",   "$[",     "$[]",
        "$[-1]", "$[1", "$[1x]", "$['a]", "$['']", "$['a'x", "$.a[*]", "$[9999999999]"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_payload_check_path(wrong[i]), DAVY_ERR_INVALID, "the path");
}

static void the_time_is_in_milliseconds_or_text(void **state)
{
    static const struct {
        const char *text;
        davy_payload_answer answer;
        int64_t time_ns;
    } cases[] = {
        {"{\"timestamp\":1700000000123}", DAVY_PAYLOAD_NUMBER, 1700000000123000000},
        {"{\"timestamp\":1700000000123.5}", DAVY_PAYLOAD_NUMBER, 1700000000123500000},
        {"{\"timestamp\":\"2026-01-02T03:04:05Z\"}", DAVY_PAYLOAD_NUMBER, 1767323045000000000},
        {"{}", DAVY_PAYLOAD_ABSENT, 0},
        {"[1]", DAVY_PAYLOAD_ABSENT, 0},
        {"{\"timestamp\":\"now\"}", DAVY_PAYLOAD_BAD, 0},
        {"{\"timestamp\":null}", DAVY_PAYLOAD_BAD, 0},
        {"{\"timestamp\":-1}", DAVY_PAYLOAD_BAD, 0},
        {"{\"timestamp\":1e300}", DAVY_PAYLOAD_BAD, 0}};
    int64_t time_ns;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_payload *payload = parse(cases[i].text);

        assert_int_equal(davy_payload_time(payload, &time_ns), cases[i].answer);
        if (cases[i].answer == DAVY_PAYLOAD_NUMBER)
            assert_true(time_ns == cases[i].time_ns);
        davy_payload_free(payload);
    }
}

static void expect_tag(const char *text, const char *tag, davy_payload_answer answer, double value)
{
    davy_payload *payload = parse(text);
    double raw = -77.0;

    assert_int_equal(davy_payload_tag(payload, tag, &raw), answer);
    if (answer == DAVY_PAYLOAD_NUMBER)
        assert_true(raw == value);
    davy_payload_free(payload);
}

/* Both examples are in the form of Neuron's documentation, "MQTT upload format". */
static void neuron_tags_are_numbers_or_errors(void **state)
{
    static const char values[] = "{\"timestamp\":1650006388943,\"node\":\"modbus\",\"group\":"
                                 "\"grp\",\"values\":{\"tag0\":123,\"a.b\":true},\"errors\":"
                                 "{\"tag1\":2014},\"metas\":{}}";
    static const char tags[] = "{\"timestamp\":1647497389075,\"node\":\"modbus\",\"group\":\"grp\","
                               "\"tags\":[{\"name\":\"tag0\",\"value\":123},{\"name\":\"tag1\","
                               "\"error\":2014},{\"value\":5},7]}";

    (void) state;
    expect_tag(values, "tag0", DAVY_PAYLOAD_NUMBER, 123);
    expect_tag(values, "a.b", DAVY_PAYLOAD_NUMBER, 1);
    expect_tag(values, "tag1", DAVY_PAYLOAD_BAD, 0);
    expect_tag(values, "tag2", DAVY_PAYLOAD_ABSENT, 0);
    expect_tag(tags, "tag0", DAVY_PAYLOAD_NUMBER, 123);
    expect_tag(tags, "tag1", DAVY_PAYLOAD_BAD, 0);
    expect_tag(tags, "tag2", DAVY_PAYLOAD_ABSENT, 0);
    expect_tag("{\"values\":{\"t\":1},\"errors\":{\"t\":5}}", "t", DAVY_PAYLOAD_BAD, 0);
    expect_tag("[]", "t", DAVY_PAYLOAD_ABSENT, 0);
    expect_tag("{\"values\":7,\"tags\":\"x\"}", "t", DAVY_PAYLOAD_ABSENT, 0);
}

static void what_is_no_json_is_told(void **state)
{
    static const char zero[] = "{\"a\":\"\\u0000\"}";

    (void) state;
    parse_fails("", 0, "not JSON");
    parse_fails("21.5", 4, "not JSON");
    parse_fails("{\"a\":1", 6, "not JSON: line 1");
    parse_fails("{\"a\":1}x", 8, "not JSON");
    parse_fails("{\"a\":NaN}", 9, "not JSON");
    parse_fails("{\"a\":1,\"a\":2}", 13, "duplicate");
    parse_fails("{\"a\":\"\xC3(\"}", 10, "not JSON");
    parse_fails("{\"a\":1e999}", 11, "not JSON");
    parse_fails(zero, sizeof zero - 1, "not JSON");
}

static void deep_and_long_payloads_are_refused_before_they_are_read(void **state)
{
    char *text = malloc(DAVY_PAYLOAD_MAX + 2);
    davy_payload *payload = NULL;

    (void) state;
    assert_non_null(text);
    memset(text, '[', DAVY_PAYLOAD_MAX + 1);
    parse_fails(text, DAVY_PAYLOAD_MAX + 1, "at most 1 MiB");
    parse_fails(text, DAVY_PAYLOAD_MAX, "nested deeper");
    memset(text, '[', DAVY_PAYLOAD_DEPTH_MAX);
    memset(text + DAVY_PAYLOAD_DEPTH_MAX, ']', DAVY_PAYLOAD_DEPTH_MAX);
    assert_ok(davy_payload_parse(text, (size_t) 2 * DAVY_PAYLOAD_DEPTH_MAX, &payload));
    davy_payload_free(payload);
    free(text);
    payload = parse("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[[\"]");
    davy_payload_free(payload);
    davy_payload_free(NULL);
}

static void a_number_of_five_thousand_digits_is_no_harm(void **state)
{
    char text[5100];
    davy_payload *payload = NULL;
    double raw;

    (void) state;
    memset(text, '1', sizeof text);
    memcpy(text, "{\"a\":0.", 7);
    text[5050] = '}';
    assert_ok(davy_payload_parse(text, 5051, &payload));
    assert_int_equal(davy_payload_member(payload, "a", &raw), DAVY_PAYLOAD_NUMBER);
    assert_near(raw, 1.0 / 9.0, 1e-15);
    davy_payload_free(payload);
    assert_int_equal(davy_payload_plain(text + 7, 5000, &raw), DAVY_PAYLOAD_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_payloads_are_numbers_or_bad),
        cmocka_unit_test(paths_lead_through_objects_and_arrays),
        cmocka_unit_test(wrong_paths_are_told_with_their_place),
        cmocka_unit_test(the_time_is_in_milliseconds_or_text),
        cmocka_unit_test(neuron_tags_are_numbers_or_errors),
        cmocka_unit_test(what_is_no_json_is_told),
        cmocka_unit_test(deep_and_long_payloads_are_refused_before_they_are_read),
        cmocka_unit_test(a_number_of_five_thousand_digits_is_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
