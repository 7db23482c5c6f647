/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/lines.h"

#include "../testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW    1800000000000000000LL
#define LATEST (NOW + 2 * 86400 * DAVY_NS_PER_S)

/* Signals the tests know, by place. */
static const char *const known[] = {"T-101/level", "T-101/pressure", "my asset/a,b=c d",
                                    "温度/值",     "T-101/x\\y",     "a=b/v"};

static davy_signal_id find(void *context, const char *asset, size_t asset_length, const char *field,
                           size_t field_length)
{
    char path[DAVY_PATH_MAX];

    (void) context;
    (void) snprintf(path, sizeof path, "%.*s/%.*s", (int) asset_length, asset, (int) field_length,
                    field);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++)
        if (strcmp(known[i], path) == 0)
            return (davy_signal_id) i;
    return DAVY_SIGNAL_NONE;
}

struct batch {
    davy_sample *samples;
    size_t count;
    davy_lines_result result;
};

static davy_status parse_bytes(const char *text, size_t length, int64_t precision_ns,
                               struct batch *batch)
{
    const davy_lines_options options = {precision_ns, NOW, LATEST, find, NULL};
    char *copy = malloc(length ? length : 1); /* no byte behind the text, so that ASan sees one */
    davy_status status;

    assert_non_null(copy);
    memcpy(copy, text, length);
    *batch = (struct batch){0};
    status =
        davy_lines_parse(copy, length, &options, &batch->samples, &batch->count, &batch->result);
    free(copy);
    return status;
}

static davy_status parse(const char *text, struct batch *batch)
{
    return parse_bytes(text, strlen(text), 1, batch);
}

/* A body with one value must give it. */
static void expect_sample(const char *text, davy_signal_id signal, double value)
{
    struct batch batch;

    assert_ok(parse(text, &batch));
    assert_int_equal(batch.result.refused, 0);
    assert_int_equal(batch.count, 1);
    assert_int_equal(batch.result.taken, 1);
    assert_int_equal(batch.samples[0].signal, signal);
    assert_true(batch.samples[0].value == value);
    assert_int_equal(batch.samples[0].quality, DAVY_QUALITY_GOOD);
    free(batch.samples);
}

/* A body with one field must be well formed and refused for this reason. */
static void expect_refusal(const char *text, size_t line, const char *reason)
{
    struct batch batch;

    assert_ok(parse(text, &batch));
    assert_int_equal(batch.count, 0);
    assert_null(batch.samples);
    assert_int_equal(batch.result.refused, 1);
    assert_int_equal(batch.result.told, 1);
    assert_int_equal(batch.result.refusals[0].line, line);
    if (!strstr(batch.result.refusals[0].reason, reason))
        fail_msg("\"%s\" does not say \"%s\"", batch.result.refusals[0].reason, reason);
}

static void expect_malformed(const char *text, const char *words)
{
    struct batch batch;

    assert_fails(parse(text, &batch), DAVY_ERR_INVALID, words);
    assert_null(batch.samples);
    assert_int_equal(batch.result.taken, 0);
    assert_int_equal(batch.result.told, 1);
}

/* Types and literals as listed in "Line protocol", data types and format. */
static void reads_every_numeric_type(void **state)
{
    (void) state;
    expect_sample("T-101 level=1", 0, 1.0);
    expect_sample("T-101 level=-1.234456e+78", 0, -1.234456e+78);
    expect_sample("T-101 level=12485903i", 0, 12485903.0);
    expect_sample("T-101 level=-9223372036854775808i", 0, -0x1p63);
    expect_sample("T-101 level=18446744073709551615u", 0, 0x1p64);
    expect_sample("T-101 level=t", 0, 1.0);
    expect_sample("T-101 level=TRUE", 0, 1.0);
    expect_sample("T-101 level=False", 0, 0.0);
    expect_sample("T-101 level=f\r\n", 0, 0.0);
}

/* Escapes as in "Line protocol", special characters. */
static void reads_escapes_as_the_protocol_says(void **state)
{
    (void) state;
    expect_sample("my\\ asset,tag\\ key=tag\\,value a\\,b\\=c\\ d=1", 2, 1.0);
    expect_sample("温度,région=é 值=1", 3, 1.0);
    expect_sample("T-101 x\\y=1", 4, 1.0);
    expect_sample("a=b v=1", 5, 1.0);
}

static void one_line_gives_all_its_fields_at_one_time(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(parse("T-101,area=north level=1.5,pressure=101i 1556813561098000000\n", &batch));
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.samples[1].signal, 1);
    assert_true(batch.samples[0].time_ns == 1556813561098000000LL);
    assert_true(batch.samples[1].time_ns == 1556813561098000000LL);
    free(batch.samples);
}

/* What davy's own export says of a sample that is not good. */
static void a_tag_tells_the_quality(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(parse("T-101,area=n,davy_quality=bad level=1,pressure=2 1\n"
                    "T-101,davy_quality=uncertain level=1 2\nT-101 level=1 3\n"
                    "T-101,davy_quality=good level=1 4\n",
                    &batch));
    assert_int_equal(batch.count, 5);
    assert_int_equal(batch.samples[0].quality, DAVY_QUALITY_BAD);
    assert_int_equal(batch.samples[1].quality, DAVY_QUALITY_BAD);
    assert_int_equal(batch.samples[2].quality, DAVY_QUALITY_UNCERTAIN);
    assert_int_equal(batch.samples[3].quality, DAVY_QUALITY_GOOD);
    assert_int_equal(batch.samples[4].quality, DAVY_QUALITY_GOOD);
    free(batch.samples);
    expect_malformed("T-101,davy_quality=fine level=1", "column 20: davy_quality is good, unc");
}

static void times_are_in_the_unit_of_the_request(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(parse_bytes("T-101 level=1 1556813561", 24, DAVY_NS_PER_S, &batch));
    assert_true(batch.samples[0].time_ns == 1556813561000000000LL);
    free(batch.samples);
    assert_ok(parse_bytes("T-101 level=1 -5", 16, DAVY_NS_PER_MS, &batch));
    assert_true(batch.samples[0].time_ns == -5000000LL);
    free(batch.samples);
}

static void a_line_without_a_time_is_of_now(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(parse("T-101 level=1 \n", &batch));
    assert_true(batch.samples[0].time_ns == NOW);
    free(batch.samples);
}

static void comments_and_blank_lines_are_passed_over(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(parse("# a comment, with = and \"\n\n  \r\n T-101 level=1\n\n#", &batch));
    assert_int_equal(batch.count, 1);
    free(batch.samples);
    assert_ok(parse("", &batch));
    assert_int_equal(batch.count, 0);
    assert_null(batch.samples);
}

static void text_is_refused_and_the_rest_of_its_line_taken(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(
        parse("T-101 level=1,note=\"a \\\"b\\\", c=d\\\\\",pressure=2 5\nT-101 level=3", &batch));
    assert_int_equal(batch.count, 3);
    assert_int_equal(batch.result.refused, 1);
    assert_string_equal(batch.result.refusals[0].reason, "field 'note': text, not a number");
    free(batch.samples);
}

static void text_may_hold_line_ends_and_lines_are_still_counted(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(parse("T-101 note=\"a\nb\n\" 5\nT-101 nothing=1\n", &batch));
    assert_int_equal(batch.result.told, 2);
    assert_int_equal(batch.result.refusals[0].line, 1);
    assert_int_equal(batch.result.refusals[1].line, 4);
}

static void values_that_are_no_finite_number_are_refused(void **state)
{
    (void) state;
    expect_refusal("\nT-101 level=nan", 2, "not a finite number");
    expect_refusal("T-101 level=NaN 5", 1, "not a finite number");
    expect_refusal("T-101 level=-Inf", 1, "not a finite number");
    expect_refusal("T-101 level=+infinity", 1, "not a finite number");
    expect_refusal("T-101 level=0x1F", 1, "hexadecimal");
    expect_refusal("T-101 level=-0X1p3", 1, "hexadecimal");
    expect_refusal("T-101 level=1e309", 1, "past the largest double");
    expect_refusal("T-101 level=9223372036854775808i", 1, "64 bits");
    expect_refusal("T-101 level=18446744073709551616u", 1, "64 bits");
}

static void a_number_of_five_thousand_digits_is_refused(void **state)
{
    char text[6000];
    char *at = text + sprintf(text, "T-101 level=");

    (void) state;
    memset(at, '7', 5000);
    memcpy(at + 5000, " 5", 3);
    expect_refusal(text, 1, "more than 128 characters");
    memcpy(at + 5000, "i", 2);
    expect_refusal(text, 1, "64 bits");
    memset(text, '1', 5000);
    memcpy(text, "T-101 level=1 ", 14);
    text[5000] = '\0';
    expect_refusal(text, 1, "outside the years");
}

static void unknown_signals_are_named_in_printable_form(void **state)
{
    struct batch batch;

    (void) state;
    expect_refusal("T-9 level=1", 1, "unknown signal 'T-9/level'");
    expect_refusal("T-101 \x1B[31m=1", 1, "unknown signal 'T-101/?[31m'");
    assert_ok(parse("T-101 nothing=1,level=2,nix=3 5", &batch));
    assert_int_equal(batch.count, 1);
    assert_int_equal(batch.result.refused, 2);
    free(batch.samples);
}

static void names_longer_than_any_signal_are_unknown_not_cut(void **state)
{
    char text[2000];

    (void) state;
    memset(text, 'x', sizeof text);
    memcpy(text + 1500, "\\ y f=1", 8);
    expect_refusal(text, 1, "xxx...");
}

static void a_time_past_the_future_limit_refuses_its_line(void **state)
{
    struct batch batch;
    char text[200];

    (void) state;
    (void) snprintf(text, sizeof text, "T-101 level=1,pressure=2,nix=3 %lld\nT-101 level=4 %lld",
                    (long long) LATEST + 1, (long long) LATEST);
    assert_ok(parse(text, &batch));
    assert_int_equal(batch.count, 1);
    assert_true(batch.samples[0].value == 4.0);
    assert_true(batch.samples[0].time_ns == LATEST);
    assert_int_equal(batch.result.refused, 3);
    assert_non_null(strstr(batch.result.refusals[1].reason, "future"));
    free(batch.samples);
}

static void a_time_that_overflows_refuses_its_line(void **state)
{
    struct batch batch;

    (void) state;
    assert_ok(parse_bytes("T-101 level=1 9223372037", 24, DAVY_NS_PER_S, &batch));
    assert_int_equal(batch.count, 0);
    assert_non_null(strstr(batch.result.refusals[0].reason, "precision"));
    assert_ok(parse_bytes("T-101 level=1 -99999999999999999999", 35, 1, &batch));
    assert_int_equal(batch.count, 0);
}

static void malformed_lines_refuse_the_batch_with_line_and_column(void **state)
{
    (void) state;
    expect_malformed("T-101 level=1\nT-101 level\n", "line 2: column 12: a field has no '='");
    expect_malformed("T-101", "line 1: column 6: the line has no fields");
    expect_malformed("T-101 ", "line 1: column 7: a field has no name");
    expect_malformed(",a=b level=1", "column 1: the measurement has no name");
    expect_malformed("T-101, level=1", "column 7: a tag has no name");
    expect_malformed("T-101,a level=1", "column 8: a tag has no '='");
    expect_malformed("T-101,a= level=1", "column 9: a tag has no value");
    expect_malformed("T-101,a=b=c level=1", "column 10: '=' inside");
    expect_malformed("T-101 =1", "column 7: a field has no name");
    expect_malformed("T-101 level=", "column 13: a field has no value");
    expect_malformed("T-101 level=1, 5", "column 15: a field has no name");
    expect_malformed("T-101 level=abc", "column 13: a field's value");
    expect_malformed("T-101 level=1.2.3", "column 13: a field's value");
    expect_malformed("T-101 level=tRUE", "column 13: a field's value");
    expect_malformed("T-101 level=-1u", "column 13: a field's value");
    expect_malformed("T-101 level=i", "column 13: a field's value");
    expect_malformed("T-101 level=1 five", "column 15: the time is not a whole number");
    expect_malformed("T-101 level=1 5 6", "column 17: something follows the time");
    expect_malformed("T-101 level=\"x\"y 5", "column 16: a comma or a space is missing");
    expect_malformed("T-101 level=\"x\n\n", "line 1: column 13: the quote that opens here");
}

static void broken_text_refuses_the_batch_with_its_line(void **state)
{
    struct batch batch;

    (void) state;
    expect_malformed("T-101 level=1\n\nT-101,a=\xC3( level=1\n", "line 3");
    assert_fails(parse_bytes("T-101 level=1\nT\0x level=1", 25, 1, &batch), DAVY_ERR_INVALID,
                 "line 2");
}

static void lines_past_the_limits_refuse_the_batch(void **state)
{
    size_t length = DAVY_LINES_LINE_MAX + 100;
    char *text = malloc(length + 1), *at = text;

    (void) state;
    assert_non_null(text);
    memset(text, 'x', length);
    memcpy(text + length - 5, " f=1", 5);
    expect_malformed(text, "longer than 64 KiB");

    at += sprintf(at, "T-101 ");
    for (size_t i = 0; i <= DAVY_LINES_FIELDS_MAX; i++)
        at += sprintf(at, "%slevel=%zu", i ? "," : "", i);
    expect_malformed(text, "more than 1024 fields");
    free(text);
}

static void refusals_past_twenty_are_counted_only(void **state)
{
    char text[2000], *at = text;
    struct batch batch;

    (void) state;
    for (int i = 0; i < 50; i++)
        at += sprintf(at, "T-101 nothing=%d\n", i);
    assert_ok(parse(text, &batch));
    assert_int_equal(batch.result.refused, 50);
    assert_int_equal(batch.result.told, DAVY_LINES_REFUSALS_MAX);
    assert_int_equal(batch.result.refusals[19].line, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_numeric_type),
        cmocka_unit_test(reads_escapes_as_the_protocol_says),
        cmocka_unit_test(one_line_gives_all_its_fields_at_one_time),
        cmocka_unit_test(times_are_in_the_unit_of_the_request),
        cmocka_unit_test(a_line_without_a_time_is_of_now),
        cmocka_unit_test(comments_and_blank_lines_are_passed_over),
        cmocka_unit_test(text_is_refused_and_the_rest_of_its_line_taken),
        cmocka_unit_test(text_may_hold_line_ends_and_lines_are_still_counted),
        cmocka_unit_test(values_that_are_no_finite_number_are_refused),
        cmocka_unit_test(a_number_of_five_thousand_digits_is_refused),
        cmocka_unit_test(unknown_signals_are_named_in_printable_form),
        cmocka_unit_test(names_longer_than_any_signal_are_unknown_not_cut),
        cmocka_unit_test(a_time_past_the_future_limit_refuses_its_line),
        cmocka_unit_test(a_time_that_overflows_refuses_its_line),
        cmocka_unit_test(malformed_lines_refuse_the_batch_with_line_and_column),
        cmocka_unit_test(a_tag_tells_the_quality),
        cmocka_unit_test(broken_text_refuses_the_batch_with_its_line),
        cmocka_unit_test(lines_past_the_limits_refuse_the_batch),
        cmocka_unit_test(refusals_past_twenty_are_counted_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
