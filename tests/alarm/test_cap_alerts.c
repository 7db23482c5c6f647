/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Alerts as davy sends them, each held against the standard by a reader of its own (cap_schema.h):
 * every state, transition and priority, drills, signs of life, in English and Chinese, and texts
 * that would break a document.
 */
#include "cap_schema.h"

#include "alarm/notify/render.h"

#include <jansson.h>

static const char *const states[] = {"normal",   "unacknowledged", "acknowledged",
                                     "returned", "latched",        "latched-acknowledged",
                                     "shelved",  "suppressed",     "out-of-service"};
static const char *const priorities[] = {"low", "medium", "high", "critical"};
static const char *const languages[] = {"en-US", "zh-CN"};

static json_t *make_message(const char *state, const char *priority, const char *language)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:{s:s, s:s},"
        " s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:[s,s], s:{s:f, s:i, s:s}}}",
        "id", "0123456789abcdef", "type", "alarm.raised", "timestamp", "2026-11-22T13:49:07.000Z",
        "site", "har,bour", "title", "Harbour", "language", language, "exercise", 0, "transition",
        "raised", "text", "pressure 1213 kPa is above hi 1000 kPa", "raised", "id", "fedcba",
        "timestamp", "2026-11-22T13:00:00.000Z", "data", "key", "T-101/pressure:hi", "priority",
        priority, "state", state, "kind", "hi", "asset", "T-101", "since",
        "2026-11-22T13:00:00.000Z", "cause", "the outlet is shut", "consequence",
        "the relief valve opens", "respond_within", 300, "actions", "Open V-401", "Call <Li & Co>",
        "reason", "value", 1213.5, "limit", 1000, "unit", "kPa");
}

/* Takes the message. */
static char *alert_of(json_t *message, struct cap_seen *seen)
{
    davy_buffer out = {0};

    assert_non_null(message);
    assert_ok(davy_render_cap(message, &out));
    *seen = cap_check_alert(out.bytes);
    json_decref(message);
    return out.bytes;
}

static void assert_has(const char *alert, const char *words)
{
    if (!strstr(alert, words))
        fail_msg("no %s in\n%s", words, alert);
}

static void every_state_is_a_lawful_alert(void **state)
{
    (void) state;
    for (size_t s = 0; s < DAVY_ARRAY_LENGTH(states); s++)
        for (size_t p = 0; p < DAVY_ARRAY_LENGTH(priorities); p++)
            for (size_t l = 0; l < DAVY_ARRAY_LENGTH(languages); l++) {
                struct cap_seen seen;
                char *alert = alert_of(make_message(states[s], priorities[p], languages[l]), &seen);

                assert_string_equal(seen.type, s == 0 ? "Cancel" : "Update");
                assert_string_equal(seen.status, "Actual");
                assert_int_equal(seen.infos, l + 1);
                free(alert);
            }
}

/* 3.2.2: Execute is for an activity "identified in <instruction>". */
static void an_alarm_says_what_is_to_be_done_and_until_when_it_stands(void **state)
{
    struct cap_seen seen;
    char *alert = alert_of(make_message("unacknowledged", "high", "en-US"), &seen);
    json_t *message;

    (void) state;
    assert_has(alert, "<responseType>Execute</responseType>");
    assert_has(alert, "<instruction>1. Open V-401\n2. Call &lt;Li &amp; Co&gt;\n</instruction>");
    assert_has(alert, "<description>pressure 1213 kPa is above hi 1000 kPa\n"
                      "Cause: the outlet is shut\nConsequence: the relief valve opens\n"
                      "Respond within 5min\n</description>");
    assert_has(alert, "<onset>2026-11-22T13:00:00-00:00</onset>\n"
                      "<expires>2026-11-29T13:49:07-00:00</expires>"); /* seven days */
    assert_has(alert, "<references>davy@har-bour,fedcba,2026-11-22T13:00:00-00:00</references>");
    free(alert);
    message = make_message("unacknowledged", "high", "en-US");
    (void) json_object_del(json_object_get(message, "data"), "actions");
    alert = alert_of(message, &seen);
    assert_has(alert, "<responseType>Assess</responseType>");
    assert_null(strstr(alert, "<instruction>"));
    free(alert);
    alert = alert_of(make_message("acknowledged", "high", "en-US"), &seen);
    assert_has(alert, "<responseType>Monitor</responseType>");
    free(alert);
}

static void what_is_over_asks_for_nothing(void **state)
{
    struct cap_seen seen;
    char *alert = alert_of(make_message("normal", "high", "en-US"), &seen);

    (void) state;
    assert_has(alert, "<responseType>AllClear</responseType>");
    assert_has(alert, "<urgency>Past</urgency>");
    assert_has(alert, "<expires>2026-11-22T14:49:07-00:00</expires>"); /* an hour */
    assert_null(strstr(alert, "<instruction>"));
    free(alert);
}

/* Figures of a raise are not those of now. */
static void what_is_said_of_what_is_over_has_no_figures_of_now(void **state)
{
    json_t *message = make_message("normal", "high", "zh-CN"), *alarm;
    struct cap_seen seen;
    char *alert;

    (void) state;
    alarm = json_object_get(message, "data");
    (void) json_object_set_new(alarm, "ended", json_string("2026-11-22T13:20:00.000Z"));
    (void) json_object_set_new(alarm, "comment", json_string("the float was stuck"));
    (void) json_object_set_new(message, "text", json_string("over since then; jan: the float"));
    alert = alert_of(message, &seen);
    assert_string_equal(seen.type, "Cancel");
    assert_null(strstr(alert, "当前值"));
    assert_has(alert, "已恢复：2026-11-22T13:20:00.000Z\n");
    assert_has(alert, "备注：the float was stuck\n");
    assert_has(alert, "\nComment: the float was stuck\n");
    free(alert);
}

static void a_chinese_plant_reads_chinese_first_and_english_after_it(void **state)
{
    struct cap_seen seen;
    char *alert = alert_of(make_message("unacknowledged", "high", "zh-CN"), &seen);
    const char *english;

    (void) state;
    assert_has(alert, "<info>\n<language>zh-CN</language>");
    assert_has(alert, "<headline>[har,bour] 高 T-101/pressure:hi 触发</headline>");
    assert_has(alert, "<description>当前值 1213.5 kPa，限值 1000 kPa\n");
    assert_has(alert, "原因：the outlet is shut\n后果：the relief valve opens\n响应时限：5min\n");
    english = strstr(alert, "<language>en-US</language>");
    assert_non_null(english);
    assert_has(english, "<headline>[har,bour] HIGH T-101/pressure:hi raised: pressure");
    assert_has(english, "Cause: the outlet is shut");
    free(alert);
}

static void a_drill_is_an_exercise_in_every_language(void **state)
{
    (void) state;
    for (size_t l = 0; l < DAVY_ARRAY_LENGTH(languages); l++) {
        json_t *message = make_message("unacknowledged", "critical", languages[l]);
        struct cap_seen seen;
        char *alert;

        (void) json_object_set_new(message, "exercise", json_true());
        alert = alert_of(message, &seen);
        assert_string_equal(seen.status, "Exercise");
        assert_has(alert, "EXERCISE: CRITICAL");
        assert_has(alert, "<expires>2026-11-22T14:49:07-00:00</expires>");
        if (l == 1)
            assert_has(alert, "演练：紧急");
        free(alert);
    }
}

/* A heartbeat is of the system, and is over when the next but one is late. */
static void a_sign_of_life_is_a_message_of_the_system(void **state)
{
    struct cap_seen seen;
    char *alert = alert_of(json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:{s:b, s:f}}", "id", "a",
                                     "type", "heartbeat", "timestamp", "2026-11-22T13:49:07Z",
                                     "site", "s", "language", "zh-CN", "exercise", 0, "text",
                                     "davy watches the plant", "data", "ready", 1, "every_s", 60.0),
                           &seen);

    (void) state;
    assert_string_equal(seen.status, "System");
    assert_string_equal(seen.type, "Alert");
    assert_has(alert, "<responseType>None</responseType>");
    assert_has(alert, "<expires>2026-11-22T13:51:07-00:00</expires>");
    free(alert);
}

static void no_text_breaks_an_alert(void **state)
{
    static const char *const hostile[] = {"</alert>",
                                          "]]>",
                                          "<!ENTITY x SYSTEM \"file:///etc/passwd\">",
                                          "a&b",
                                          "\x01\x02\x1f",
                                          "a\r\nb",
                                          "\xef\xbf\xbf\xef\xbf\xbe",
                                          " ",
                                          ",, ,,",
                                          "\xf0\x9f\x9a\xa8"};
    static const char *const keys[] = {"site", "title", "text", "transition", "type"};
    static const char *const data_keys[] = {"key", "priority", "state", "kind", "asset", "cause"};

    (void) state;
    for (size_t h = 0; h < DAVY_ARRAY_LENGTH(hostile); h++) {
        json_t *message = make_message("returned", "high", languages[h % 2]);
        struct cap_seen seen;

        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(keys); k++)
            (void) json_object_set_new(message, keys[k], json_string(hostile[h]));
        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(data_keys); k++)
            (void) json_object_set_new(json_object_get(message, "data"), data_keys[k],
                                       json_string(hostile[h]));
        free(alert_of(message, &seen));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_a_lawful_alert),
        cmocka_unit_test(an_alarm_says_what_is_to_be_done_and_until_when_it_stands),
        cmocka_unit_test(what_is_over_asks_for_nothing),
        cmocka_unit_test(what_is_said_of_what_is_over_has_no_figures_of_now),
        cmocka_unit_test(a_chinese_plant_reads_chinese_first_and_english_after_it),
        cmocka_unit_test(a_drill_is_an_exercise_in_every_language),
        cmocka_unit_test(a_sign_of_life_is_a_message_of_the_system),
        cmocka_unit_test(no_text_breaks_an_alert),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
