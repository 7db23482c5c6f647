/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/multipart.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The first place of `what` in [at, end), or NULL. */
static const char *find(const char *at, const char *end, const char *what)
{
    const size_t length = strlen(what);

    while ((size_t) (end - at) >= length) {
        at = memchr(at, what[0], (size_t) (end - at) - length + 1);
        if (!at)
            return NULL;
        if (memcmp(at, what, length) == 0)
            return at;
        at++;
    }
    return NULL;
}

/* `; NAME=VALUE` of a header, with or without quotes. */
static bool find_parameter(const char *at, const char *end, const char *name, davy_bytes *value)
{
    const size_t length = strlen(name);

    while ((at = memchr(at, ';', (size_t) (end - at)))) {
        at++;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        if ((size_t) (end - at) <= length || strncasecmp(at, name, length) != 0 ||
            at[length] != '=')
            continue;
        at += length + 1;
        if (at < end && *at == '"') {
            const char *quote = ++at;

            while (quote < end && *quote != '"')
                quote += *quote == '\\' && quote + 1 < end ? 2 : 1;
            *value = (davy_bytes){at, (size_t) (quote - at)};
            return quote < end;
        }
        *value = (davy_bytes){at, 0};
        while (at + value->length < end && !strchr("; \t\r", at[value->length]))
            value->length++;
        return true;
    }
    return false;
}

davy_status davy_multipart_begin(const char *type, const char *bytes, size_t length,
                                 davy_multipart *form)
{
    davy_bytes boundary;
    const char *first;

    if (!find_parameter(type, type + strlen(type), "boundary", &boundary) || boundary.length == 0 ||
        boundary.length > DAVY_MULTIPART_BOUNDARY_MAX)
        return davy_fail(DAVY_ERR_INVALID, "the form has no boundary of 1 to %d characters",
                         DAVY_MULTIPART_BOUNDARY_MAX);
    (void) snprintf(form->delimiter, sizeof form->delimiter, "\r\n--%.*s", (int) boundary.length,
                    (const char *) boundary.at);
    form->end = bytes + length;
    first = form->delimiter + 2; /* the first boundary has no line before it */
    if (length >= strlen(first) && memcmp(bytes, first, strlen(first)) == 0) {
        form->at = bytes + strlen(first);
        return DAVY_OK;
    }
    form->at = length > 0 ? find(bytes, form->end, form->delimiter) : NULL;
    if (!form->at)
        return davy_fail(DAVY_ERR_INVALID, "the form has no part");
    form->at += strlen(form->delimiter);
    return DAVY_OK;
}

static davy_status read_name(const char *at, const char *end, davy_oip_memory *memory,
                             davy_multipart_part *part)
{
    static const char header[] = "content-disposition:";
    davy_bytes name;

    for (const char *line = at; line < end;) {
        const char *stop = find(line, end, "\r\n");

        if (!stop)
            stop = end;
        if ((size_t) (stop - line) > strlen(header) &&
            strncasecmp(line, header, strlen(header)) == 0 &&
            find_parameter(line, stop, "name", &name))
            return davy_oip_text(memory, name.at, name.length, "a field's name", &part->name);
        line = stop + 2 < end ? stop + 2 : end;
    }
    return davy_fail(DAVY_ERR_INVALID, "a part of the form has no name");
}

davy_status davy_multipart_next(davy_multipart *form, davy_oip_memory *memory,
                                davy_multipart_part *part, bool *more)
{
    const char *const last = form->at;
    const char *headers, *body, *stop;
    davy_status status;

    *more = false;
    if (form->end - last >= 2 && memcmp(last, "--", 2) == 0)
        return DAVY_OK;
    headers = find(last, form->end, "\r\n");
    body = headers ? find(headers, form->end, "\r\n\r\n") : NULL;
    stop = body ? find(body + 2, form->end, form->delimiter) : NULL;
    if (!stop || (size_t) (body - headers) > DAVY_MULTIPART_HEADERS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a part of the form does not end");
    status = read_name(headers + 2, body, memory, part);
    if (status != DAVY_OK)
        return status;
    body += 4;
    if (stop < body)
        return davy_fail(DAVY_ERR_INVALID, "a part of the form has no body");
    part->bytes = (davy_bytes){body, (size_t) (stop - body)};
    form->at = stop + strlen(form->delimiter);
    *more = true;
    return DAVY_OK;
}
