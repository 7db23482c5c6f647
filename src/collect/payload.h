/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Values out of message payloads: plain numbers, JSON with a path, and Neuron's JSON.
 *
 * Stage: collect. Pure functions over hostile bytes, with limits on size and depth. What a payload
 * says of a signal is one of three things: a number, that there is none (bad), or nothing at all.
 *
 * Sources: RFC 8259 (JSON; a name twice in one object is refused); S. Goessner, "JSONPath", 2007,
 * of which `$`, `.name`, `['name']` and `[index]` are taken; EMQ, Neuron documentation, "MQTT
 * upload format" (values format and tags format).
 */

/** Longest payload taken. */
#define DAVY_PAYLOAD_MAX ((size_t) 1024 * 1024)

/** Deepest nesting taken. */
#define DAVY_PAYLOAD_DEPTH_MAX 32

typedef enum davy_payload_answer {
    DAVY_PAYLOAD_ABSENT, /* the payload does not speak of this signal */
    DAVY_PAYLOAD_NUMBER,
    DAVY_PAYLOAD_BAD /* it does, and what it says is no number: null, text, an error code */
} davy_payload_answer;

/** A decimal number, or true or false (1 or 0), with blanks around it; never ABSENT. */
davy_payload_answer davy_payload_plain(const char *bytes, size_t length, double *raw);

/** A payload read as JSON. */
typedef struct davy_payload davy_payload;

/** DAVY_ERR_INVALID for what is no JSON object or array, too long or too deep. */
DAVY_MUST_CHECK davy_status davy_payload_parse(const char *bytes, size_t length,
                                               davy_payload **out);

/** NULL is fine. */
void davy_payload_free(davy_payload *payload);

/**
 * The payload's own time: `timestamp` at the top level, milliseconds since 1970 or a text that
 * davy_timestamp_parse() reads.
 *
 * @return ABSENT when there is none, BAD when it is no time from 1970 to 2100
 */
davy_payload_answer davy_payload_time(const davy_payload *payload, int64_t *time_ns);

/** DAVY_ERR_INVALID, with the place of the fault, when it is no path like `$.a.b[0]['c d']`. */
DAVY_MUST_CHECK davy_status davy_payload_check_path(const char *path);

/** The value at a path that davy_payload_check_path() takes. Numbers in quotes count. */
davy_payload_answer davy_payload_at(const davy_payload *payload, const char *path, double *raw);

/** The value of a member of the top level, whatever its name. */
davy_payload_answer davy_payload_member(const davy_payload *payload, const char *name, double *raw);

/**
 * A Neuron tag: a number under `values`, or BAD when it stands under `errors`; or an entry of
 * `tags` with `name` and `value` or `error`.
 */
davy_payload_answer davy_payload_tag(const davy_payload *payload, const char *tag, double *raw);
