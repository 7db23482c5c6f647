/* SPDX-License-Identifier: Apache-2.0 */

/* How a message looks: mail by RFC 5322 and RFC 2047, syslog by RFC 5424, words, CAP; and how long
 * a receiver is left alone. */
#include "../testing.h"

#include "alarm/notify/backoff.h"
#include "alarm/notify/mail.h"
#include "alarm/notify/render.h"
#include "alarm/notify/syslog_line.h"
#include "core/sample.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

#define S DAVY_NS_PER_S

/* 2026-11-22T13:49:07Z, a Sunday (date -u -d @1795355347) */
#define NOW (1795355347LL * S)

static const char *const recipients[] = {"one@a.example", "two@a.example"};
static const davy_site_receiver mailbox = {.name = "mail",
                                           .kind = "smtp",
                                           .sender = "davy@plant.example",
                                           .recipients = recipients,
                                           .recipient_count = 2};

static json_t *make_message(const char *state, const char *text)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:{s:s, s:s},"
                     " s:{s:s, s:s, s:s, s:s, s:s}}",
                     "id", "0123456789abcdef", "type", "alarm.raised", "timestamp",
                     "2026-11-22T13:49:07.000Z", "site", "har,bour", "title", "Harbour", "exercise",
                     0, "transition", "raised", "text", text, "raised", "id", "fedcba", "timestamp",
                     "2026-11-22T13:00:00.000Z", "data", "key", "T-101/pressure:hi", "priority",
                     "high", "state", state, "kind", "hi", "asset", "T-101");
}

static davy_delivery deliver(const json_t *message, const char *line, const char *body)
{
    return (davy_delivery){.id = "0123456789abcdef",
                           .body = body,
                           .length = strlen(body),
                           .type = "text/plain; charset=utf-8",
                           .line = line,
                           .message = message,
                           .time_ns = NOW};
}

static void a_mail_is_as_the_standard_has_it(void **state)
{
    const davy_delivery delivery = deliver(NULL, "[harbour] HIGH", "Alarm\n.\nend\n");
    davy_buffer out = {0};

    (void) state;
    assert_ok(davy_mail_write(&mailbox, "har bour", &delivery, &out));
    assert_string_equal(out.bytes, "Date: Sun, 22 Nov 2026 13:49:07 +0000\r\n"
                                   "From: davy@plant.example\r\n"
                                   "To: one@a.example,\r\n two@a.example\r\n"
                                   "Subject: [harbour] HIGH\r\n"
                                   "Message-ID: <0123456789abcdef@har-bour.davy>\r\n"
                                   "Auto-Submitted: auto-generated\r\n"
                                   "MIME-Version: 1.0\r\n"
                                   "Content-Type: text/plain; charset=utf-8\r\n"
                                   "Content-Transfer-Encoding: base64\r\n\r\n"
                                   "QWxhcm0KLgplbmQK\r\n"); /* printf 'Alarm\n.\nend\n' | base64 */
    davy_buffer_clear(&out);
}

/* What would end a header or begin one never stands in the head as itself. */
static void no_text_can_begin_a_header(void **state)
{
    const davy_delivery delivery =
        deliver(NULL, "x\r\nBcc: all@a.example\r\n\r\nhello \xe9\xab\x98", ".\r\nQUIT\r\n");
    davy_buffer out = {0};

    (void) state;
    assert_ok(davy_mail_write(&mailbox, "a\r\nBcc: b", &delivery, &out));
    assert_null(strstr(out.bytes, "\nBcc"));
    assert_null(strstr(out.bytes, "QUIT"));
    assert_non_null(strstr(out.bytes, "Subject: =?UTF-8?B?"));
    davy_buffer_clear(&out);
}

/* RFC 2047, section 2: a word has 75 characters at most, and section 5 (3): characters are whole.
 */
static void long_subjects_are_words_of_whole_characters(void **state)
{
    char line[400] = "";
    davy_delivery delivery;
    davy_buffer out = {0};
    char *at, *end, decoded[400] = "";

    (void) state;
    for (int i = 0; i < 60; i++)
        (void) strcat(line, "\xe9\xab\x98"); /* three bytes each */
    delivery = deliver(NULL, line, "");
    assert_ok(davy_mail_write(&mailbox, "a", &delivery, &out));
    at = strstr(out.bytes, "Subject: ") + 9;
    while ((at = strstr(at, "=?UTF-8?B?"))) {
        char word[100];
        size_t length;

        end = strstr(at, "?=");
        assert_non_null(end);
        assert_true(end + 2 - at <= 75);
        assert_int_equal(sodium_base642bin((unsigned char *) word, sizeof word, at + 10,
                                           (size_t) (end - at) - 10, NULL, &length, NULL,
                                           sodium_base64_VARIANT_ORIGINAL),
                         0);
        assert_int_equal(length % 3, 0);
        (void) strncat(decoded, word, length);
        at = end;
    }
    assert_string_equal(decoded, line);
    davy_buffer_clear(&out);
}

/* Section 6 of RFC 5424; <131> is local0 (16) times 8 plus error (3). */
static void a_syslog_line_is_as_the_standard_has_it(void **state)
{
    json_t *message = make_message("unacknowledged", "x");
    davy_delivery delivery = deliver(message, "a line", "");
    davy_buffer out = {0};
    char *head, *rest;

    (void) state;
    (void) json_object_set_new(json_object_get(message, "data"), "key", json_string("a\"]\\b"));
    assert_ok(davy_syslog_write(&delivery, "ho st", &out));
    head = strstr(out.bytes, " davy ");
    assert_non_null(head);
    *head = '\0';
    assert_string_equal(out.bytes, "<131>1 2026-11-22T13:49:07.000Z ho-st");
    rest = strstr(head + 1, " alarm.raised ");
    assert_non_null(rest);
    assert_string_equal(rest, " alarm.raised [davy@32473 id=\"0123456789abcdef\" site=\"har,bour\""
                              " alarm=\"a\\\"\\]\\\\b\" state=\"unacknowledged\"]"
                              " \xef\xbb\xbf"
                              "a line");
    davy_buffer_clear(&out);
    (void) json_object_set_new(json_object_get(message, "data"), "state", json_string("returned"));
    assert_ok(davy_syslog_write(&delivery, "", &out));
    assert_memory_equal(out.bytes, "<134>1 2026-11-22T13:49:07.000Z - ", 34); /* informational */
    davy_buffer_clear(&out);
    json_decref(message);
}

static void a_line_holds_no_control_characters(void **state)
{
    json_t *message = make_message("unacknowledged", "a\nb\x1b[31m");
    char line[200];

    (void) state;
    davy_render_line(message, line, sizeof line);
    assert_string_equal(line, "[har,bour] HIGH T-101/pressure:hi raised: a?b?[31m");
    (void) json_object_set_new(message, "escalated", json_true());
    davy_render_line(message, line, sizeof line);
    assert_non_null(strstr(line, "NOBODY HAS ACKNOWLEDGED"));
    json_decref(message);
}

static void a_mail_says_how_soon_and_what_was_said(void **state)
{
    json_t *message = make_message("unacknowledged", "x"),
           *alarm = json_object_get(message, "data");
    davy_buffer out = {0};

    (void) state;
    (void) json_object_set_new(message, "timezone", json_string("Asia/Shanghai"));
    (void) json_object_set_new(alarm, "since", json_string("2026-11-22T17:22:36Z"));
    (void) json_object_set_new(alarm, "respond_within", json_integer(300));
    (void) json_object_set_new(alarm, "comment", json_string("the float was stuck"));
    assert_ok(davy_render(message, "", DAVY_NOTICE_TEXT, &out));
    assert_non_null(strstr(out.bytes, "\nrespond in   5min\n"));
    assert_non_null(strstr(out.bytes, "\nsince        2026-11-23 01:22:36 +08:00\n"));
    assert_non_null(strstr(out.bytes, "\ncomment      the float was stuck\n"));
    davy_buffer_clear(&out);
    json_decref(message);
}

static char *cap_of(json_t *message)
{
    davy_buffer out = {0};

    assert_ok(davy_render_cap(message, &out));
    json_decref(message);
    return out.bytes;
}

static void assert_holds(char *text, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strstr(text, parts[i]))
            fail_msg("no %s in\n%s", parts[i], text);
    free(text);
}

static void an_alarm_in_cap_updates_and_cancels_what_it_raised(void **state)
{
    static const char reference[] =
        "<references>davy@har-bour,fedcba,2026-11-22T13:00:00-00:00</references>";
    static const char *const update[] = {"<status>Actual</status>",
                                         "<msgType>Update</msgType>",
                                         reference,
                                         "<severity>Severe</severity>",
                                         "<urgency>Immediate</urgency>",
                                         "<certainty>Observed</certainty>"};
    static const char *const cancel[] = {"<msgType>Cancel</msgType>", reference,
                                         "<responseType>AllClear</responseType>",
                                         "<urgency>Past</urgency>"};
    static const char *const alert[] = {"<msgType>Alert</msgType>",
                                        "<certainty>Likely</certainty>"};
    json_t *message;

    (void) state;
    assert_holds(cap_of(make_message("returned", "x")), update, DAVY_ARRAY_LENGTH(update));
    assert_holds(cap_of(make_message("normal", "x")), cancel, DAVY_ARRAY_LENGTH(cancel));
    message = make_message("unacknowledged", "x");
    (void) json_object_set_new(message, "raised", json_null());
    (void) json_object_set_new(json_object_get(message, "data"), "kind", json_string("model"));
    assert_holds(cap_of(message), alert, DAVY_ARRAY_LENGTH(alert));
}

static void a_drill_in_cap_is_an_exercise(void **state)
{
    static const char *const parts[] = {"<status>Exercise</status>", "<note>EXERCISE",
                                        "<msgType>Alert</msgType>"};

    (void) state;
    assert_holds(cap_of(json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "id", "a", "type", "test",
                                  "timestamp", "2026-11-22T13:49:07Z", "site", "s", "exercise", 1,
                                  "text", "EXERCISE: a test")),
                 parts, DAVY_ARRAY_LENGTH(parts));
}

static void waiting_grows_to_five_minutes_and_is_never_the_same(void **state)
{
    (void) state;
    for (unsigned failures = 1; failures < 80; failures++) {
        int64_t whole = failures < 10 ? S << (failures - 1) : DAVY_BACKOFF_MAX_NS;

        if (whole > DAVY_BACKOFF_MAX_NS)
            whole = DAVY_BACKOFF_MAX_NS;
        assert_int_equal(davy_backoff_ns(failures, 0, 0), whole / 2);
        assert_in_range(davy_backoff_ns(failures, 0, UINT64_MAX), whole / 2, whole);
    }
    assert_int_equal(davy_backoff_ns(1, 90 * S, 0), 90 * S);
    assert_int_equal(davy_backoff_ns(1, 86400 * S, 0), DAVY_BACKOFF_ASKED_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_is_as_the_standard_has_it),
        cmocka_unit_test(no_text_can_begin_a_header),
        cmocka_unit_test(long_subjects_are_words_of_whole_characters),
        cmocka_unit_test(a_syslog_line_is_as_the_standard_has_it),
        cmocka_unit_test(a_line_holds_no_control_characters),
        cmocka_unit_test(a_mail_says_how_soon_and_what_was_said),
        cmocka_unit_test(an_alarm_in_cap_updates_and_cancels_what_it_raised),
        cmocka_unit_test(a_drill_in_cap_is_an_exercise),
        cmocka_unit_test(waiting_grows_to_five_minutes_and_is_never_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
