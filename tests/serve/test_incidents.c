/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "respond/incident/book.h"
#include "respond/incident/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/**
 * @file
 * Incidents over HTTP: what a person asks for is kept, refused with the right code, and told to
 * those who listen.
 */
static int start(void **state)
{
    reply answer;

    (void) state;
    plant_start(NULL);
    answer = ask(&(request){.path = "/api/v2/write",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = "T-101 pressure=1213\n"});
    assert_code(answer, 204);
    reply_clear(&answer);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static const char *word(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "null";
}

/* The id of the alarm that stands. */
static json_int_t alarm_id(void)
{
    reply answer = get("/api/v1/alarms");
    json_int_t id = json_integer_value(
        json_object_get(json_array_get(json_object_get(answer.json, "alarms"), 0), "id"));

    reply_clear(&answer);
    assert_true(id > 0);
    return id;
}

static void open_one(char path[64], const char *body)
{
    reply answer = post("/api/v1/incidents", DAVY_ROLE_OPERATOR, body);

    assert_code(answer, 201);
    (void) snprintf(path, 64, "%s", reply_header(&answer, "Location"));
    reply_clear(&answer);
}

static void expect(const char *path, const char *body, int code, const char *words)
{
    char events[80];
    reply answer;

    (void) snprintf(events, sizeof events, "%s/events", path);
    answer = post(events, DAVY_ROLE_OPERATOR, body);
    assert_code(answer, code);
    if (!strstr(answer.body, words))
        fail_msg("%s does not say %s", answer.body, words);
    reply_clear(&answer);
}

static void an_incident_is_opened_from_an_alarm_with_what_davy_knows_of_it(void **state)
{
    char body[128], path[64], timeline[80];
    const json_t *entry;
    reply answer;

    (void) state;
    (void) snprintf(body, sizeof body, "{\"name\":\"T-101 leaks\",\"alarms\":[%lld]}",
                    (long long) alarm_id());
    open_one(path, body);
    answer = get(path);
    assert_code(answer, 200);
    assert_string_equal(word(answer.json, "opened_by"), "operator");
    assert_non_null(strstr(word(json_array_get(json_object_get(answer.json, "alarms"), 0), "key"),
                           "T-101/pressure:"));
    reply_clear(&answer);
    (void) snprintf(timeline, sizeof timeline, "%s/timeline", path);
    answer = get(timeline);
    assert_code(answer, 200);
    entry = json_array_get(json_object_get(answer.json, "events"), 0);
    entry = json_array_get(json_object_get(entry, "alarms"), 0);
    assert_string_equal(word(entry, "state"), "unacknowledged");
    assert_string_equal(word(entry, "priority"), "high");
    reply_clear(&answer);
}

static void what_cannot_be_has_the_right_code(void **state)
{
    char path[64];
    reply answer;

    (void) state;
    open_one(path, "{\"name\":\"x\",\"drill\":true}");
    expect(path, "{\"type\":\"person\",\"count\":2,\"state\":\"missing\"}", 201, "\"missing\":2");
    expect(path, "{\"type\":\"close\",\"text\":\"x\"}", 409, "2 people are missing");
    expect(path, "{\"type\":\"person\",\"id\":4,\"state\":\"safe\"}", 409, "no person 4");
    expect(path, "{\"type\":\"shout\"}", 400, "no event of an incident");
    expect(path, "{\"type\":\"note\",\"text\":\"x\",\"by\":\"admin\"}", 400,
           "not for the one who asks");
    expect(path, "{\"type\":\"note\",", 400, "not JSON");
    expect(path, "{\"type\":\"alarm\",\"alarms\":[999999]}", 400, "'alarms'");
    expect("/api/v1/incidents/77", "{\"type\":\"note\",\"text\":\"x\"}", 404, "no incident 77");
    expect("/api/v1/incidents/x", "{\"type\":\"note\",\"text\":\"x\"}", 404, "no incident 'x'");
    answer = post("/api/v1/incidents", DAVY_ROLE_OPERATOR, "{}");
    assert_code(answer, 400);
    reply_clear(&answer);
    answer = post("/api/v1/incidents", DAVY_ROLE_VIEWER, "{\"name\":\"x\"}");
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = get("/api/v1/incidents/77/timeline");
    assert_code(answer, 404);
    reply_clear(&answer);
    answer = get("/api/v1/incidents?state=old");
    assert_code(answer, 400);
    reply_clear(&answer);
}

static void the_list_has_those_that_are_open(void **state)
{
    char path[64];
    size_t open_before, all_before;
    reply answer;

    (void) state;
    answer = get("/api/v1/incidents");
    open_before = json_array_size(json_object_get(answer.json, "incidents"));
    reply_clear(&answer);
    answer = get("/api/v1/incidents?state=all");
    all_before = json_array_size(json_object_get(answer.json, "incidents"));
    reply_clear(&answer);
    open_one(path, "{\"name\":\"short\"}");
    expect(path, "{\"type\":\"close\",\"text\":\"nothing was there\"}", 201, "\"closed\"");
    answer = get("/api/v1/incidents");
    assert_int_equal(json_array_size(json_object_get(answer.json, "incidents")), open_before);
    reply_clear(&answer);
    answer = get("/api/v1/incidents?state=all");
    assert_int_equal(json_array_size(json_object_get(answer.json, "incidents")), all_before + 1);
    assert_string_equal(word(json_array_get(json_object_get(answer.json, "incidents"), 0), "name"),
                        "short");
    reply_clear(&answer);
}

/* A name can hold markup and is data all the same; a long one is refused, not cut. */
static void an_impact_is_too_long_for_nobody_and_a_name_is(void **state)
{
    char path[64];
    char *body = malloc(300000);
    size_t length;

    (void) state;
    assert_non_null(body);
    open_one(path, "{\"name\":\"<script>alert(1)</script>\"}");
    length = (size_t) sprintf(body, "{\"type\":\"impact\",\"impact\":{\"zones\":[");
    while (length < 200000)
        length +=
            (size_t) sprintf(body + length, "%s{\"severity\":1,\"people\":3,\"ring\":[[0,1]]}",
                             body[length - 1] == '[' ? "" : ",");
    (void) sprintf(body + length, "]}}");
    expect(path, body, 201, "\"alerted\":3");
    length = (size_t) sprintf(body, "{\"type\":\"note\",\"text\":\"");
    memset(body + length, 'x', 2000);
    (void) sprintf(body + length + 2000, "\"}");
    expect(path, body, 400, "longer than");
    free(body);
}

static void the_evidence_that_is_answered_is_what_was_signed(void **state)
{
    davy_evidence_found found;
    char path[64], evidence[80];
    reply answer;

    (void) state;
    open_one(path, "{\"name\":\"signed\"}");
    (void) snprintf(evidence, sizeof evidence, "%s/evidence", path);
    answer = ask(&(request){.path = evidence, .key = plant_key(DAVY_ROLE_OPERATOR)});
    assert_code(answer, 200);
    assert_ok(davy_evidence_check(answer.body, answer.length, &found));
    assert_string_equal(found.incident, "signed");
    answer.body[answer.length / 2] ^= 1;
    assert_int_equal(davy_evidence_check(answer.body, answer.length, &found), DAVY_ERR_CORRUPT);
    reply_clear(&answer);
    answer = get(evidence);
    assert_code(answer, 403);
    reply_clear(&answer);
}

static void every_event_goes_to_those_who_listen(void **state)
{
    int socket = connect_raw(NULL);
    char head[256], path[64];
    char *seen;

    (void) state;
    (void) snprintf(head, sizeof head,
                    "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
                    plant_key(DAVY_ROLE_VIEWER));
    assert_true(send_raw(socket, head));
    free(read_raw(socket, "\r\n\r\n"));
    open_one(path, "{\"name\":\"told\",\"drill\":true}");
    seen = read_raw(socket, "\"drill\":true");
    assert_non_null(strstr(seen, "event: incident"));
    assert_non_null(strstr(seen, "{\"event\":\"begin\",\"sequence\":"));
    assert_null(strstr(seen, "\"impact\""));
    free(seen);
    close(socket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_is_opened_from_an_alarm_with_what_davy_knows_of_it),
        cmocka_unit_test(what_cannot_be_has_the_right_code),
        cmocka_unit_test(the_list_has_those_that_are_open),
        cmocka_unit_test(an_impact_is_too_long_for_nobody_and_a_name_is),
        cmocka_unit_test(the_evidence_that_is_answered_is_what_was_signed),
        cmocka_unit_test(every_event_goes_to_those_who_listen),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
