/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/**
 * @file
 * JSON out, written straight into a buffer, and small JSON bodies in.
 *
 * Stage: serve. Numbers are written in the fewest digits that read back to the same double; NaN and
 * infinities are null, which JSON has no word for. A comma is put in front of a value when the
 * buffer does not end in an opening bracket or colon, so there is no state to carry.
 */

/** Open and close; `key` is NULL inside an array and at the top. */
void davy_json_object(davy_buffer *out, const char *key);
void davy_json_object_end(davy_buffer *out);
void davy_json_array(davy_buffer *out, const char *key);
void davy_json_array_end(davy_buffer *out);

/** A text; NULL writes null. Broken UTF-8 is written as U+FFFD. */
void davy_json_text(davy_buffer *out, const char *key, const char *value);
/** The same of counted bytes, which may have a zero among them. */
void davy_json_counted_text(davy_buffer *out, const char *key, const char *text, size_t length);
void davy_json_number(davy_buffer *out, const char *key, double value);
void davy_json_integer(davy_buffer *out, const char *key, int64_t value);
void davy_json_unsigned(davy_buffer *out, const char *key, uint64_t value);
void davy_json_boolean(davy_buffer *out, const char *key, bool value);
void davy_json_null(davy_buffer *out, const char *key);

/** A time as RFC 3339 with milliseconds; 0 writes null. */
void davy_json_time(davy_buffer *out, const char *key, int64_t time_ns);

/** Text that is JSON already; NULL writes null. */
void davy_json_raw(davy_buffer *out, const char *key, const char *json);

/** A tree that another stage made; as deep as that stage made it. NULL writes null. */
void davy_json_tree(davy_buffer *out, const char *key, const json_t *value);

/** The digits of a number alone, as above. Never longer than 32 bytes. */
void davy_json_digits(davy_buffer *out, double value);
/** The fewest digits that read back to the same float. */
void davy_json_float_digits(davy_buffer *out, float value);
void davy_json_integer_digits(davy_buffer *out, int64_t value);

/** One key that a body may have. */
typedef struct davy_json_field {
    const char *name;
    bool required;
    size_t length_max; /* bytes of a text, without its zero; 0: a whole number of 32 bits, not 0;
                        * DAVY_JSON_BOOLEAN */
} davy_json_field;

/** In place of the length of a text: true or false. */
#define DAVY_JSON_BOOLEAN SIZE_MAX

/** Read a body that is an object of any keys, no deeper than DAVY_HTTP_JSON_DEPTH_MAX. An empty
 * body is an empty object. */
DAVY_MUST_CHECK davy_status davy_json_parse(const char *bytes, size_t length, json_t **out);

/**
 * Read a body that is an object of texts, whole numbers and booleans. DAVY_ERR_INVALID names what
 * is wrong: syntax, depth, a key that is unknown, missing, of another type, too long or out of
 * range.
 *
 * @param out  the object; give back with json_decref(). An empty body is an empty object.
 */
DAVY_MUST_CHECK davy_status davy_json_read(const char *bytes, size_t length,
                                           const davy_json_field *fields, size_t count,
                                           json_t **out);

/** A text of an object that was read; NULL when the key is absent. */
const char *davy_json_get(const json_t *object, const char *key);

/** A number of an object that was read; 0 when the key is absent. */
uint32_t davy_json_get_number(const json_t *object, const char *key);
