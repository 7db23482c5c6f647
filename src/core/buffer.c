/* SPDX-License-Identifier: Apache-2.0 */
#include "core/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY ((size_t) 256)

char *davy_buffer_reserve(davy_buffer *buffer, size_t more)
{
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;
    char *bytes;

    if (buffer->failed || more >= SIZE_MAX / 2 - buffer->length) {
        buffer->failed = true;
        return NULL;
    }
    while (capacity < buffer->length + more + 1)
        capacity *= 2;
    if (capacity > buffer->capacity) {
        bytes = realloc(buffer->bytes, capacity);
        if (!bytes) {
            buffer->failed = true;
            return NULL;
        }
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    return buffer->bytes + buffer->length;
}

void davy_buffer_append(davy_buffer *buffer, const void *bytes, size_t length)
{
    char *end = davy_buffer_reserve(buffer, length);

    if (!end)
        return;
    if (length)
        memcpy(end, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void davy_buffer_append_text(davy_buffer *buffer, const char *text)
{
    davy_buffer_append(buffer, text, strlen(text));
}

void davy_buffer_printf(davy_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    char *end;
    int length;

    va_start(arguments, format);
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    end = length >= 0 ? davy_buffer_reserve(buffer, (size_t) length) : NULL;
    if (end) {
        (void) vsnprintf(end, (size_t) length + 1, format, again);
        buffer->length += (size_t) length;
    }
    va_end(again);
}

davy_status davy_buffer_ok(const davy_buffer *buffer)
{
    return buffer->failed ? davy_fail(DAVY_ERR_NOMEM, "buffer of %zu bytes", buffer->length)
                          : DAVY_OK;
}

char *davy_buffer_take(davy_buffer *buffer)
{
    char *text = NULL;

    if (buffer->bytes && !buffer->failed) {
        char *fitting = realloc(buffer->bytes, buffer->length + 1);

        text = fitting ? fitting : buffer->bytes;
        buffer->bytes = NULL;
    }
    davy_buffer_clear(buffer);
    return text;
}

void davy_buffer_reset(davy_buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    if (buffer->bytes)
        buffer->bytes[0] = '\0';
}

void davy_buffer_clear(davy_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (davy_buffer){0};
}
