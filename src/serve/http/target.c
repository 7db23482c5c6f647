/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/target.h"

#include <string.h>
#include <strings.h>

#include "core/utf8.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decode in place; a decoded control character or NUL is as wrong as a broken escape. */
static bool percent_decode(char *text, bool plus_is_space)
{
    char *write = text;

    for (const char *read = text; *read; read++) {
        unsigned char byte = (unsigned char) *read;

        if (byte == '%') {
            int high = hex_digit(read[1]);
            int low = high < 0 ? -1 : hex_digit(read[2]);

            if (low < 0)
                return false;
            byte = (unsigned char) (high * 16 + low);
            read += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        if (byte < 0x20 || byte == 0x7F)
            return false;
        *write++ = (char) byte;
    }
    *write = '\0';
    return davy_utf8_valid(text, (size_t) (write - text));
}

/* "http://host/path" -> "/path": a server must accept the form that proxies send. */
static const char *skip_authority(const char *raw)
{
    const char *authority = NULL;
    const char *path;

    if (strncasecmp(raw, "http://", 7) == 0)
        authority = raw + 7;
    else if (strncasecmp(raw, "https://", 8) == 0)
        authority = raw + 8;
    if (!authority)
        return raw;
    path = authority + strcspn(authority, "/?");
    return *path == '/' ? path : "";
}

static bool segment_is_plain(const char *segment)
{
    return *segment && strcmp(segment, ".") != 0 && strcmp(segment, "..") != 0 &&
           !strchr(segment, '/') && !strchr(segment, '\\');
}

static bool split_path(davy_target *target, char *path)
{
    if (path[0] != '/')
        return false;
    if (path[1] == '\0')
        return true; /* the root */
    while (path) {
        char *segment = path + 1;

        path = strchr(segment, '/');
        if (path)
            *path = '\0';
        if (target->segment_count == DAVY_TARGET_SEGMENTS_MAX || !percent_decode(segment, false) ||
            !segment_is_plain(segment))
            return false;
        target->segments[target->segment_count++] = segment;
    }
    return true;
}

const char *davy_target_add(davy_target *target, const char *name, const char *value)
{
    const bool again = strcmp(name, DAVY_TARGET_AGAIN) == 0;

    for (size_t i = 0; i < target->parameter_count; i++) {
        if (strcmp(target->parameters[i].name, name) != 0)
            continue;
        if (!again)
            return "the query has a parameter twice";
        if (strcmp(target->parameters[i].value, value) == 0)
            return NULL;
    }
    if (target->parameter_count == DAVY_HTTP_PARAMETERS_MAX)
        return "the query has too many parameters";
    target->parameters[target->parameter_count++] = (davy_parameter){name, value};
    return NULL;
}

static const char *split_query(davy_target *target, char *query)
{
    while (query && *query) {
        char *name = query;
        char *value;
        const char *fault;

        query = strchr(name, '&');
        if (query)
            *query++ = '\0';
        if (!*name)
            continue;
        value = strchr(name, '=');
        if (value)
            *value++ = '\0';
        else
            value = name + strlen(name);
        if (!percent_decode(name, true) || !percent_decode(value, true))
            return "the query has a broken percent-encoding, a control character or broken UTF-8";
        fault = davy_target_add(target, name, value);
        if (fault)
            return fault;
    }
    return NULL;
}

void davy_target_parse(const char *raw, davy_target *target)
{
    const char *relative = skip_authority(raw);
    size_t length = strlen(relative);
    char *query;

    target->segment_count = 0;
    target->parameter_count = 0;
    target->canonical = false;
    target->query_fault = NULL;
    target->text[0] = '\0';
    if (length > DAVY_HTTP_TARGET_MAX)
        return;
    memcpy(target->text, relative, length + 1);
    query = strchr(target->text, '?');
    if (query)
        *query++ = '\0';
    target->canonical = split_path(target, target->text);
    target->query_fault = split_query(target, query);
}

const char *davy_target_parameter(const davy_target *target, const char *name)
{
    for (size_t i = 0; i < target->parameter_count; i++)
        if (strcmp(target->parameters[i].name, name) == 0)
            return target->parameters[i].value;
    return NULL;
}
