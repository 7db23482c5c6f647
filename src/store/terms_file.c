/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"
#include "store/closed_text.h"
#include "store/terms.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char first_line[] = "davy retention 1\n";

/* The longest class, six numbers, blanks. */
#define LINE_MAX_BYTES (DAVY_SITE_CLASS_NAME_MAX + 6 * 20)

static davy_status refuse(const char *why)
{
    return davy_fail(DAVY_ERR_CORRUPT, "the terms of retention: not as it was written: %s", why);
}

/* A blank and digits, no sign: durations and times since 1970. */
static bool take_number(const char **at, int64_t *out)
{
    char *end;

    if ((*at)[0] != ' ' || (*at)[1] < '0' || (*at)[1] > '9')
        return false;
    errno = 0;
    *out = strtoll(*at + 1, &end, 10);
    *at = end;
    return errno == 0;
}

static davy_status take_line(void *context, const char *line, size_t length)
{
    davy_terms *out = context;
    char text[LINE_MAX_BYTES + 1];
    const char *at = text;
    davy_term term = {.keep_ns = 0};
    size_t name;

    if (length > LINE_MAX_BYTES || out->count == DAVY_TERMS_MAX)
        return refuse("it is too long");
    memcpy(text, line, length);
    text[length] = '\0';
    name = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (name == 0 || name >= sizeof term.class_name)
        return refuse("a line names no class");
    memcpy(term.class_name, text, name);
    at += name;
    if (!take_number(&at, &term.keep_ns) || !take_number(&at, &term.rollups_ns) ||
        !take_number(&at, &term.when_full_ns) || !take_number(&at, &term.next_keep_ns) ||
        !take_number(&at, &term.next_rollups_ns) || !take_number(&at, &term.from_ns) ||
        at != text + length || davy_terms_find(out, term.class_name))
        return refuse("a line is no term");
    out->items[out->count++] = term;
    return DAVY_OK;
}

davy_status davy_terms_parse(const char *bytes, size_t length, davy_terms *out)
{
    davy_status status;

    *out = (davy_terms){.count = 0};
    status =
        davy_closed_text_read(bytes, length, first_line, "the terms of retention", take_line, out);
    if (status == DAVY_OK)
        out->known = true;
    else
        out->count = 0;
    return status;
}

davy_status davy_terms_read(const char *folder, davy_terms *out)
{
    char path[PATH_MAX];
    davy_buffer bytes = {0};
    davy_status status;

    *out = (davy_terms){.count = 0};
    (void) snprintf(path, sizeof path, "%s/retention", folder);
    status = davy_file_read(path, DAVY_TERMS_BYTES_MAX, &bytes);
    if (status == DAVY_OK)
        status = davy_terms_parse(bytes.bytes ? bytes.bytes : "", bytes.length, out);
    else if (status == DAVY_ERR_NOT_FOUND)
        status = DAVY_OK;
    davy_buffer_clear(&bytes);
    return status;
}

davy_status davy_terms_write(const char *folder, const davy_terms *terms)
{
    char path[PATH_MAX];
    davy_buffer text = {0};
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/retention", folder);
    davy_buffer_append_text(&text, first_line);
    for (size_t i = 0; i < terms->count; i++) {
        const davy_term *term = &terms->items[i];

        davy_buffer_printf(&text, "%s %lld %lld %lld %lld %lld %lld\n", term->class_name,
                           (long long) term->keep_ns, (long long) term->rollups_ns,
                           (long long) term->when_full_ns, (long long) term->next_keep_ns,
                           (long long) term->next_rollups_ns, (long long) term->from_ns);
    }
    status = davy_closed_text_close(&text);
    if (status == DAVY_OK)
        status = davy_file_replace(path, text.bytes, text.length, 0640);
    davy_buffer_clear(&text);
    return status;
}
