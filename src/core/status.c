/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* For the analyzer both are macros, see status.h; here are the functions. */
#undef davy_fail
#undef davy_fail_in

static _Thread_local char sentence[DAVY_ERROR_MAX];

static const struct status_words {
    davy_status status;
    const char *name;
    int exit_code;
} words[] = {
    {DAVY_OK, "ok", EX_OK},
    {DAVY_ERR_INVALID, "invalid", EX_DATAERR},
    {DAVY_ERR_NOMEM, "out of memory", EX_OSERR},
    {DAVY_ERR_IO, "input/output error", EX_IOERR},
    {DAVY_ERR_NOT_FOUND, "not found", EX_NOINPUT},
    {DAVY_ERR_EXISTS, "exists", EX_CANTCREAT},
    {DAVY_ERR_CORRUPT, "damaged", EX_DATAERR},
    {DAVY_ERR_FULL, "full", EX_IOERR},
    {DAVY_ERR_UNSUPPORTED, "unsupported", EX_UNAVAILABLE},
    {DAVY_ERR_DENIED, "denied", EX_NOPERM},
    {DAVY_ERR_TIMEOUT, "timed out", EX_TEMPFAIL},
    {DAVY_ERR_UNAVAILABLE, "unavailable", EX_UNAVAILABLE},
};

static const struct status_words *find_words(davy_status status)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (words[i].status == status)
            return &words[i];
    return NULL;
}

static void mark_cut(char *text, size_t capacity)
{
    memcpy(text + capacity - 4, "...", 4);
}

davy_status davy_fail(davy_status status, const char *format, ...)
{
    int error = errno;
    char text[DAVY_ERROR_MAX];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= (int) sizeof text)
        mark_cut(text, sizeof text);
    else if (status == DAVY_ERR_IO && error != 0 && length >= 0)
        (void) snprintf(text + length, sizeof text - (size_t) length, ": %s", strerror(error));

    memcpy(sentence, text, sizeof sentence);
    errno = error;
    return status;
}

davy_status davy_fail_in(davy_status status, const char *format, ...)
{
    char before[DAVY_ERROR_MAX];
    char after[DAVY_ERROR_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(before, sizeof before, format, arguments);
    va_end(arguments);
    memcpy(after, sentence, sizeof after);
    if (snprintf(sentence, sizeof sentence, "%s: %s", before, after) >= (int) sizeof sentence)
        mark_cut(sentence, sizeof sentence);
    return status;
}

const char *davy_error(void)
{
    return sentence;
}

const char *davy_status_name(davy_status status)
{
    const struct status_words *found = find_words(status);

    return found ? found->name : "unknown status";
}

int davy_status_exit_code(davy_status status)
{
    const struct status_words *found = find_words(status);

    return found ? found->exit_code : EX_SOFTWARE;
}
