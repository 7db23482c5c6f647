/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/event.h"

#include "../testing.h"

#include <jansson.h>
#include <stdlib.h>

static davy_status read_text(const char *text, davy_incident_event *event, json_t **body)
{
    *body = json_loads(text, JSON_DECODE_ANY, NULL);
    if (!*body)
        fail_msg("no JSON: %s", text);
    return davy_incident_event_read(*body, event);
}

static void what_an_event_says_is_read(void **state)
{
    davy_incident_event event;
    json_t *body;

    (void) state;
    assert_ok(read_text("{\"type\":\"task\",\"what\":\"cool T-101\",\"at\":[120,-40.5],\"crew\":4,"
                        "\"ppe\":\"B\",\"priority\":1,\"resources\":[\"engine-1\"],\"state\":"
                        "\"assigned\",\"due\":\"2026-01-01T00:30:00Z\",\"owner\":\"Wang\"}",
                        &event, &body));
    assert_int_equal(event.kind, DAVY_INCIDENT_TASK);
    assert_string_equal(event.what, "cool T-101");
    assert_near(event.east, 120, 0);
    assert_near(event.north, -40.5, 0);
    assert_int_equal(event.crew, 4);
    assert_int_equal(event.state, DAVY_TASK_ASSIGNED);
    assert_int_equal(event.due_ns, 1767227400LL * 1000000000LL); /* date -d ... +%s */
    assert_null(event.place);
    json_decref(body);
}

static void what_does_not_fit_is_named(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "an event is an object"},
        {"{}", "'begin' needs 'name'"},
        {"{\"type\":7}", "'type' is not a text"},
        {"{\"type\":\"explode\"}", "'explode' is no event"},
        {"{\"type\":\"note\"}", "'note' needs 'text'"},
        {"{\"type\":\"note\",\"text\":\"\"}", "'text' is not a text with words"},
        {"{\"type\":\"note\",\"text\":\"  \"}", "'text' is blank"},
        {"{\"type\":\"note\",\"text\":\"a\\u0007b\"}", "control character"},
        {"{\"type\":\"note\",\"text\":\"a\\u202eb\"}", "control character"},
        {"{\"type\":\"note\",\"text\":3}", "'text' is not a text"},
        {"{\"type\":\"note\",\"text\":\"x\",\"drill\":true}", "'note' has no key 'drill'"},
        {"{\"type\":\"note\",\"text\":\"x\",\"happened\":\"yesterday\"}", "'happened'"},
        {"{\"name\":\"x\",\"drill\":1}", "'drill' is neither"},
        {"{\"name\":\"x\",\"at\":[1]}", "'at' is not [east, north]"},
        {"{\"name\":\"x\",\"at\":[1,\"2\"]}", "'at' is not [east, north]"},
        {"{\"name\":\"x\",\"at\":[1,1e9]}", "'at' is not [east, north]"},
        {"{\"name\":\"x\",\"scale\":6}", "from 1 to 5"},
        {"{\"name\":\"x\",\"scale\":0}", "from 1 to 5"},
        {"{\"name\":\"x\",\"alarms\":[]}", "'alarms' is not a list of 1 to 100"},
        {"{\"name\":\"x\",\"alarms\":[-3]}", "'alarms' is not a whole number"},
        {"{\"type\":\"update\",\"loss_yuan\":-1}", "'loss_yuan' is not a number from 0"},
        {"{\"type\":\"person\",\"count\":1.5}", "'count' is not a whole number"},
        {"{\"type\":\"person\",\"count\":1000001}", "from 1 to 1000000"},
        {"{\"type\":\"person\",\"state\":\"lost\"}", "one of missing, safe"},
        {"{\"type\":\"resource\",\"state\":\"committed\"}", "'resource' needs 'name'"},
        {"{\"type\":\"resource\",\"name\":\"e\",\"state\":\"missing\"}", "no state of a resource"},
        {"{\"type\":\"task\",\"what\":\"x\",\"ppe\":\"E\"}", "'ppe' is not A, B, C or D"},
        {"{\"type\":\"task\",\"what\":\"x\",\"resources\":[1]}", "'resources' is not a text"},
        {"{\"type\":\"impact\",\"impact\":{}}", "no object with a list 'zones'"},
        {"{\"type\":\"impact\",\"impact\":{\"zones\":[{\"people\":-1}]}}", "zone 1"},
        {"{\"type\":\"publish\",\"text\":\"x\"}", "'publish' needs 'message'"},
        {"{\"type\":\"reopen\"}", "'reopen' needs 'comment'"},
        {"{\"type\":\"close\"}", "'close' needs 'text'"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_incident_event event;
        json_t *body = NULL;

        if (read_text(cases[i].text, &event, &body) != DAVY_ERR_INVALID ||
            !strstr(davy_error(), cases[i].words))
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, davy_error(), cases[i].words);
        json_decref(body);
    }
}

static void a_text_has_a_longest(void **state)
{
    for (size_t length = DAVY_INCIDENT_TEXT_MAX - 1; length <= DAVY_INCIDENT_TEXT_MAX; length++) {
        char *text = malloc(length + 1);
        davy_incident_event event;
        json_t *body;

        assert_non_null(text);
        memset(text, 'x', length);
        text[length] = '\0';
        body = json_pack("{s:s, s:s}", "type", "note", "text", text);
        assert_int_equal(davy_incident_event_read(body, &event),
                         length < DAVY_INCIDENT_TEXT_MAX ? DAVY_OK : DAVY_ERR_INVALID);
        json_decref(body);
        free(text);
    }
    (void) state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_event_says_is_read),
        cmocka_unit_test(what_does_not_fit_is_named),
        cmocka_unit_test(a_text_has_a_longest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
