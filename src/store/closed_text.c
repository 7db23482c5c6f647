/* SPDX-License-Identifier: Apache-2.0 */
#include "store/closed_text.h"

#include "core/file.h"

#include <stdio.h>
#include <string.h>

#define LAST_LINE   "checksum %016llx\n"
#define LAST_LENGTH (sizeof "checksum 0123456789abcdef\n" - 1)

static davy_status refuse(const char *what, const char *why)
{
    return davy_fail(DAVY_ERR_CORRUPT, "%s: not as it was written: %s", what, why);
}

davy_status davy_closed_text_read(const char *bytes, size_t length, const char *first,
                                  const char *what, davy_closed_text_line visit, void *context)
{
    const size_t head = strlen(first);
    const char *at, *end;
    char last[LAST_LENGTH + 1];
    davy_status status = DAVY_OK;

    if (length < head + LAST_LENGTH || memcmp(bytes, first, head) != 0)
        return refuse(what, "its first line is another");
    at = bytes + head;
    end = bytes + length - LAST_LENGTH;
    (void) snprintf(last, sizeof last, LAST_LINE,
                    (unsigned long long) davy_checksum(bytes, length - LAST_LENGTH));
    if (memcmp(end, last, LAST_LENGTH) != 0)
        return refuse(what, "the checksum does not fit");
    while (at < end && status == DAVY_OK) {
        const char *stop = memchr(at, '\n', (size_t) (end - at));

        if (!stop)
            return refuse(what, "a line has no end");
        status = visit(context, at, (size_t) (stop - at));
        at = stop + 1;
    }
    return status;
}

davy_status davy_closed_text_close(davy_buffer *text)
{
    davy_status status = davy_buffer_ok(text);

    if (status != DAVY_OK)
        return status;
    davy_buffer_printf(text, LAST_LINE,
                       (unsigned long long) davy_checksum(text->bytes, text->length));
    return davy_buffer_ok(text);
}
