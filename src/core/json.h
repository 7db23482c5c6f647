/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * JSON out, written straight into a buffer.
 *
 * Stage: core. Numbers are written in the fewest digits that read back to the same double; NaN and
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

/** The digits of a number alone, as above. Never longer than 32 bytes. */
void davy_json_digits(davy_buffer *out, double value);
/** The fewest digits that read back to the same float. */
void davy_json_float_digits(davy_buffer *out, float value);
void davy_json_integer_digits(davy_buffer *out, int64_t value);
