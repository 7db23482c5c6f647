/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * A growing row of bytes: text or frames that are put together piece by piece.
 *
 * Stage: core. A failed append marks the buffer; a caller may append many times and ask once, at
 * the end, with davy_buffer_ok(). The bytes are always followed by a zero, so text can be printed.
 */

/** Zeroed is a valid empty buffer. */
typedef struct davy_buffer {
    char *bytes;
    size_t length;
    size_t capacity;
    bool failed; /* an append found no memory; what it was given is missing */
} davy_buffer;

/** Room for `more` bytes after `length`; NULL, and the buffer marked, without memory. */
char *davy_buffer_reserve(davy_buffer *buffer, size_t more);

void davy_buffer_append(davy_buffer *buffer, const void *bytes, size_t length);
void davy_buffer_append_text(davy_buffer *buffer, const char *text);
void davy_buffer_printf(davy_buffer *buffer, const char *format, ...) DAVY_PRINTF(2, 3);

/** DAVY_OK, or DAVY_ERR_NOMEM when an append failed. */
DAVY_MUST_CHECK davy_status davy_buffer_ok(const davy_buffer *buffer);

/** The text, for the caller to free, with no room to spare; NULL when an append failed. The buffer
 * is empty and usable afterwards. */
char *davy_buffer_take(davy_buffer *buffer);

/** Forget the bytes and keep the memory. */
void davy_buffer_reset(davy_buffer *buffer);

/** Give the memory back; the buffer is empty and usable afterwards. */
void davy_buffer_clear(davy_buffer *buffer);
