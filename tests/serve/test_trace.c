/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include <string.h>

#include <jansson.h>

#include "serve/trace/otlp.h"
#include "serve/trace/sampler.h"

/**
 * @file
 * What a traceparent is, which share is taken, and traces as OTLP's JSON.
 */

/* W3C Trace Context, section 3.2.3. */
#define TRACE  "0af7651916cd43dd8448eb211c80319c"
#define PARENT "b7ad6b7169203331"

static void the_examples_of_the_standard_are_read_and_written(void **state)
{
    static const unsigned char trace[] = {0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd,
                                          0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c};
    static const unsigned char parent[] = {0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31};
    static const char sampled[] = "00-" TRACE "-" PARENT "-01";
    static const char not_sampled[] = "00-" TRACE "-" PARENT "-00";
    char text[DAVY_TRACEPARENT_MAX];
    davy_trace_ids ids;

    (void) state;
    assert_true(davy_traceparent_read(sampled, &ids));
    assert_memory_equal(ids.trace, trace, sizeof trace);
    assert_memory_equal(ids.span, parent, sizeof parent);
    assert_true(ids.sampled);
    davy_traceparent_write(&ids, text);
    assert_string_equal(text, sampled);
    assert_true(davy_traceparent_read(not_sampled, &ids));
    assert_false(ids.sampled);
    davy_traceparent_write(&ids, text);
    assert_string_equal(text, not_sampled);
}

/* Section 3.2.2 for version 00, and 4.3 for those to come. */
static void any_other_spelling_is_none(void **state)
{
    static const struct {
        const char *text;
        bool reads;
    } cases[] = {
        {"", false},
        {"00", false},
        {"00-" TRACE "-" PARENT, false},
        {"00-" TRACE "-" PARENT "-", false},
        {"00-" TRACE "-" PARENT "-0", false},
        {"00-" TRACE "-" PARENT "-011", false},
        {"00-" TRACE "-" PARENT "-01-", false},
        {"00-" TRACE "-" PARENT "-0G", false},
        {"00-" TRACE "_" PARENT "-01", false},
        {"00-0AF7651916CD43DD8448EB211C80319C-" PARENT "-01", false},
        {"00-00000000000000000000000000000000-" PARENT "-01", false},
        {"00-" TRACE "-0000000000000000-01", false},
        {"ff-" TRACE "-" PARENT "-01", false},
        {" 00-" TRACE "-" PARENT "-01", false},
        {"01-" TRACE "-" PARENT "-01", true},
        {"cc-" TRACE "-" PARENT "-09-what-the-future-will-be-like", true},
        {"cc-" TRACE "-" PARENT "-09.what", false},
    };
    davy_trace_ids ids;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        if (davy_traceparent_read(cases[i].text, &ids) != cases[i].reads)
            fail_msg("'%s'", cases[i].text);
}

static bool takes(const char *name, const char *share, uint64_t low, const bool *followed)
{
    unsigned char trace[16] = {1};
    davy_sampler sampler;

    for (size_t i = 0; i < 8; i++)
        trace[15 - i] = (unsigned char) (low >> (8 * i));
    assert_ok(davy_sampler_parse(name, share, &sampler));
    return davy_sampler_takes(&sampler, trace, followed);
}

/* The rejection threshold of a quarter is 0xc0000000000000 of 56 bits. */
static void the_last_56_bits_decide(void **state)
{
    const bool yes = true, no = false;

    (void) state;
    assert_false(takes("traceidratio", "0.25", UINT64_C(0xffbfffffffffffff), NULL));
    assert_true(takes("traceidratio", "0.25", UINT64_C(0x00c0000000000000), NULL));
    assert_true(takes("traceidratio", NULL, 0, NULL));
    assert_true(takes("traceidratio", "1", 0, NULL));
    assert_false(takes("traceidratio", "0", UINT64_MAX, NULL));
    assert_true(takes("always_on", "0", 0, &no));
    assert_false(takes("always_off", NULL, UINT64_MAX, &yes));
    assert_true(takes("parentbased_traceidratio", "0", 0, &yes));
    assert_false(takes("parentbased_always_on", NULL, UINT64_MAX, &no));
    assert_true(takes("parentbased_always_on", NULL, 0, NULL));
    assert_false(takes("parentbased_always_off", NULL, UINT64_MAX, NULL));
}

static void what_is_no_sampler_is_told(void **state)
{
    static const char *const shares[] = {"", "x", "0.1x", "-0.1", "1.1", "nan"};
    davy_sampler sampler;

    (void) state;
    assert_fails(davy_sampler_parse("parentbased_jaeger_remote", NULL, &sampler), DAVY_ERR_INVALID,
                 "--traces-sampler 'parentbased_jaeger_remote'");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shares); i++)
        assert_fails(davy_sampler_parse("traceidratio", shares[i], &sampler), DAVY_ERR_INVALID,
                     "--traces-sampler-arg");
}

/* As the example of a trace in opentelemetry-proto is made: ids in hexadecimal, times as texts. */
static void a_trace_is_otlps_json(void **state)
{
    const davy_otlp_resource resource = {.instance = "i", .host = "h"};
    davy_trace trace = {.has_parent = true,
                        .wall_ns = INT64_C(1544712660000000000),
                        .route = "/v2/models/{model}",
                        .method = "GET",
                        .path = "/v2/models/\xff\"x",
                        .scheme = "https",
                        .code = 503};
    davy_buffer text = {0};
    json_t *json;
    const json_t *span;

    (void) state;
    memset(trace.ids.trace, 0x5b, sizeof trace.ids.trace);
    memset(trace.ids.span, 0xee, sizeof trace.ids.span);
    memset(trace.parent, 0x01, sizeof trace.parent);
    trace.at_ns[DAVY_TRACE_BEGUN] = 7;
    trace.at_ns[DAVY_TRACE_ENDED] = 1000000007;
    davy_otlp_write(&resource, &trace, 1, &text);
    assert_ok(davy_buffer_ok(&text));
    json = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    span = json_array_get(json_object_get(json, "resourceSpans"), 0);
    span = json_array_get(json_object_get(span, "scopeSpans"), 0);
    assert_int_equal(json_array_size(json_object_get(span, "spans")), 1); /* it had no parts */
    span = json_array_get(json_object_get(span, "spans"), 0);
    assert_string_equal(json_string_value(json_object_get(span, "traceId")),
                        "5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b");
    assert_string_equal(json_string_value(json_object_get(span, "spanId")), "eeeeeeeeeeeeeeee");
    assert_string_equal(json_string_value(json_object_get(span, "parentSpanId")),
                        "0101010101010101");
    assert_string_equal(json_string_value(json_object_get(span, "startTimeUnixNano")),
                        "1544712660000000007");
    assert_string_equal(json_string_value(json_object_get(span, "endTimeUnixNano")),
                        "1544712661000000007");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(span, "status"), "code")),
                     2);
    assert_non_null(
        strstr(text.bytes, "{\"key\":\"error.type\",\"value\":{\"stringValue\":\"503\"}}"));
    assert_non_null(strstr(text.bytes, "{\"key\":\"http.response.status_code\",\"value\":"
                                       "{\"intValue\":\"503\"}}"));
    json_decref(json);
    davy_buffer_clear(&text);
}

static void what_a_collector_refuses_is_read(void **state)
{
    static const struct {
        const char *json;
        uint64_t count;
        const char *reason;
    } cases[] = {
        {"{\"partialSuccess\":{\"rejectedSpans\":\"3\",\"errorMessage\":\"late\"}}", 3, "late"},
        {"{\"partialSuccess\":{\"rejectedSpans\":4}}", 4, ""},
        {"{\"partialSuccess\":{\"rejectedSpans\":\"-4\"}}", 0, ""},
        {"{\"partialSuccess\":[1]}", 0, ""},
        {"{}", 0, ""},
        {"", 0, ""},
        {"\x0a\x02\x08\x01", 0, ""}, /* protobuf all the same */
    };
    char reason[DAVY_ERROR_MAX];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        assert_int_equal(davy_otlp_refused(cases[i].json, strlen(cases[i].json), reason),
                         cases[i].count);
        assert_string_equal(reason, cases[i].reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_are_read_and_written),
        cmocka_unit_test(any_other_spelling_is_none),
        cmocka_unit_test(the_last_56_bits_decide),
        cmocka_unit_test(what_is_no_sampler_is_told),
        cmocka_unit_test(a_trace_is_otlps_json),
        cmocka_unit_test(what_a_collector_refuses_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
