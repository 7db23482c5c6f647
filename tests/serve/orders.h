/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "plant.h"

#include <stdio.h>
#include <unistd.h>

#include "core/buffer.h"

/**
 * @file
 * Orders for trainings, as a client gives them.
 */
#define TRIES  1200 /* of 50 ms: a job gets what others leave of a busy machine */
#define TRY_US 50000

/** A training that takes longer than any test. */
#define TO_SLOW "\"name\":\"slow\",\"model\":\"lstm\",\"settings\":{\"lags\":9,\"epochs\":2000}"

/* Two signals that follow each other, and a class that the first one tells. */
static inline void write_rows(davy_buffer *out, size_t rows)
{
    davy_buffer_append_text(out, "a,b,kind\n");
    for (size_t i = 0; i < rows; i++)
        davy_buffer_printf(out, "%zu,%zu,%s\n", i * 7919 % 101, i * 104729 % 53 + i * 7919 % 101,
                           i * 7919 % 101 > 50 ? "hot" : "cold");
}

static inline reply upload(const davy_buffer *bytes, bool chunked)
{
    return ask(&(request){.path = "/api/v1/uploads",
                          .key = plant_key(DAVY_ROLE_ENGINEER),
                          .body = bytes->bytes,
                          .length = bytes->length,
                          .headers = "Content-Type: text/csv",
                          .chunked = chunked});
}

static inline void upload_rows(size_t rows, char id[64])
{
    davy_buffer bytes = {0};
    reply answer;

    write_rows(&bytes, rows);
    answer = upload(&bytes, false);
    assert_code(answer, 201);
    (void) snprintf(id, 64, "%s", json_string_value(json_object_get(answer.json, "id")));
    reply_clear(&answer);
    davy_buffer_clear(&bytes);
}

/* An order for an upload, and what else it says. */
static inline json_int_t begin_job(const char *id, const char *more)
{
    char body[1024];
    reply answer;
    json_int_t number;

    (void) snprintf(body, sizeof body, "{\"upload\":\"%s\",%s}", id, more);
    answer = post("/api/v1/jobs", DAVY_ROLE_ENGINEER, body);
    assert_code(answer, 201);
    number = json_integer_value(json_object_get(answer.json, "id"));
    assert_non_null(strstr(reply_header(&answer, "Location"), "/api/v1/jobs/"));
    reply_clear(&answer);
    return number;
}

static inline reply call_job(const char *method, json_int_t id, const char *more)
{
    char path[64];

    (void) snprintf(path, sizeof path, "/api/v1/jobs/%" JSON_INTEGER_FORMAT "%s", id, more);
    return ask(&(request){.method = method, .path = path, .key = plant_key(DAVY_ROLE_ENGINEER)});
}

static inline bool is_state(const reply *answer, const char *state)
{
    return strcmp(json_string_value(json_object_get(answer->json, "state")), state) == 0;
}

/* The job once it has this state; fails the test when it ends in another. */
static inline reply wait_for_state(json_int_t id, const char *state)
{
    for (size_t i = 0; i < TRIES; i++) {
        reply answer = call_job("GET", id, "");

        assert_code(answer, 200);
        if (is_state(&answer, state))
            return answer;
        if (!is_state(&answer, "queued") && !is_state(&answer, "running"))
            fail_msg("%s", answer.body);
        reply_clear(&answer);
        usleep(TRY_US);
    }
    fail_msg("the job did not become %s", state);
    return (reply){0};
}
