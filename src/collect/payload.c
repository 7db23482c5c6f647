/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/payload.h"

#include "core/decimal.h"
#include "core/sample.h"
#include "core/timestamp.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* 2100-01-01 in milliseconds. */
#define TIME_MAX_MS 4102444800000.0

/* Longest name in a path, and the digits of an index. */
#define STEP_MAX ((size_t) 256)

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static davy_payload_answer read_text(const char *text, size_t length, double *raw)
{
    while (length > 0 && is_blank(*text)) {
        text++;
        length--;
    }
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    if (davy_decimal_read(text, length, raw) == DAVY_DECIMAL_OK)
        return DAVY_PAYLOAD_NUMBER;
    if (length == 4 && memcmp(text, "true", 4) == 0)
        *raw = 1.0;
    else if (length == 5 && memcmp(text, "false", 5) == 0)
        *raw = 0.0;
    else
        return DAVY_PAYLOAD_BAD;
    return DAVY_PAYLOAD_NUMBER;
}

davy_payload_answer davy_payload_plain(const char *bytes, size_t length, double *raw)
{
    return read_text(bytes, length, raw);
}

/* A davy_payload is the JSON value itself under another name. */
static json_t *json_of(const davy_payload *payload)
{
    return (json_t *) payload;
}

/* Deepest nesting, counted before the parser recurses. Brackets inside text do not count. */
static int measure_depth(const char *bytes, size_t length)
{
    int depth = 0, deepest = 0;
    bool quoted = false;

    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"')
            quoted = !quoted;
        else if (quoted && bytes[i] == '\\')
            i++;
        else if (!quoted && (bytes[i] == '{' || bytes[i] == '['))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!quoted && (bytes[i] == '}' || bytes[i] == ']'))
            depth--;
    }
    return deepest;
}

davy_status davy_payload_parse(const char *bytes, size_t length, davy_payload **out)
{
    json_error_t error;
    json_t *json;

    if (length > DAVY_PAYLOAD_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a payload of %zu bytes; at most 1 MiB is taken",
                         length);
    if (measure_depth(bytes, length) > DAVY_PAYLOAD_DEPTH_MAX)
        return davy_fail(DAVY_ERR_INVALID, "JSON nested deeper than %d", DAVY_PAYLOAD_DEPTH_MAX);
    /* Integers as reals: one past 64 bits is a large number and not a broken message. */
    json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    if (!json)
        return davy_fail(DAVY_ERR_INVALID, "not JSON: line %d, column %d: %.160s", error.line,
                         error.column, error.text);
    *out = (davy_payload *) json;
    return DAVY_OK;
}

void davy_payload_free(davy_payload *payload)
{
    json_decref(json_of(payload));
}

static davy_payload_answer read_json(const json_t *json, double *raw)
{
    if (!json)
        return DAVY_PAYLOAD_ABSENT;
    if (json_is_string(json))
        return read_text(json_string_value(json), json_string_length(json), raw);
    if (!json_is_number(json) && !json_is_boolean(json))
        return DAVY_PAYLOAD_BAD;
    *raw = json_is_number(json) ? json_number_value(json) : json_is_true(json);
    return DAVY_PAYLOAD_NUMBER;
}

davy_payload_answer davy_payload_time(const davy_payload *payload, int64_t *time_ns)
{
    const json_t *json = json_object_get(json_of(payload), "timestamp");
    double ms, whole_ms;

    if (!json)
        return DAVY_PAYLOAD_ABSENT;
    if (json_is_string(json))
        return davy_timestamp_parse(json_string_value(json), time_ns) == DAVY_OK && *time_ns > 0 &&
                       *time_ns / DAVY_NS_PER_MS < (int64_t) TIME_MAX_MS
                   ? DAVY_PAYLOAD_NUMBER
                   : DAVY_PAYLOAD_BAD;
    ms = json_number_value(json);
    if (!(ms > 0.0 && ms < TIME_MAX_MS))
        return DAVY_PAYLOAD_BAD;
    whole_ms = floor(ms);
    *time_ns = (int64_t) whole_ms * DAVY_NS_PER_MS + llround((ms - whole_ms) * 1e6);
    return DAVY_PAYLOAD_NUMBER;
}

/* One step of a path: a name, or an index when `name` is empty. */
struct step {
    char name[STEP_MAX];
    size_t index;
};

/* ['name'] or ["name"] or [index], behind the bracket. @return the byte behind it, NULL if wrong */
static const char *read_bracket(const char *at, struct step *step)
{
    const char *end = *at == '\'' || *at == '"' ? strchr(at + 1, *at) : NULL;
    size_t length, digits = strspn(at, "0123456789");

    if (end) {
        length = (size_t) (end - at) - 1;
        if (length == 0 || length >= STEP_MAX || end[1] != ']')
            return NULL;
        memcpy(step->name, at + 1, length);
        step->name[length] = '\0';
        return end + 2;
    }
    if (digits == 0 || digits > 9 || at[digits] != ']')
        return NULL;
    for (size_t i = 0; i < digits; i++)
        step->index = step->index * 10 + (size_t) (at[i] - '0');
    return at + digits + 1;
}

/* The step that begins at `at`. @return the byte behind it, or NULL when it is none */
static const char *read_step(const char *at, struct step *step)
{
    size_t length;

    step->name[0] = '\0';
    step->index = 0;
    if (*at == '[')
        return read_bracket(at + 1, step);
    if (*at != '.')
        return NULL;
    at++;
    length = strcspn(at, ".[");
    if (length == 0 || length >= STEP_MAX)
        return NULL;
    memcpy(step->name, at, length);
    step->name[length] = '\0';
    return at + length;
}

davy_status davy_payload_check_path(const char *path)
{
    const char *at = path + 1, *next;
    struct step step;

    if (*path != '$')
        return davy_fail(DAVY_ERR_INVALID, "the path '%.100s' does not begin with $", path);
    for (; *at; at = next) {
        next = read_step(at, &step);
        if (!next)
            return davy_fail(DAVY_ERR_INVALID,
                             "the path '%.100s' is wrong at '%.30s'; write for example $.a.b[0]",
                             path, at);
    }
    return DAVY_OK;
}

davy_payload_answer davy_payload_at(const davy_payload *payload, const char *path, double *raw)
{
    const json_t *json = json_of(payload);
    const char *at = path + 1;
    struct step step;

    while (json && *at) {
        at = read_step(at, &step);
        if (!at)
            return DAVY_PAYLOAD_BAD;
        json = step.name[0] ? json_object_get(json, step.name) : json_array_get(json, step.index);
    }
    return read_json(json, raw);
}

davy_payload_answer davy_payload_member(const davy_payload *payload, const char *name, double *raw)
{
    return read_json(json_object_get(json_of(payload), name), raw);
}

/* Neuron's tags format: [{"name": "t", "value": 1}, {"name": "u", "error": 2014}]. */
static davy_payload_answer find_in_tags(const json_t *tags, const char *tag, double *raw)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(tags, i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));

        if (name && strcmp(name, tag) == 0)
            return json_object_get(entry, "error")
                       ? DAVY_PAYLOAD_BAD
                       : read_json(json_object_get(entry, "value"), raw);
    }
    return DAVY_PAYLOAD_ABSENT;
}

davy_payload_answer davy_payload_tag(const davy_payload *payload, const char *tag, double *raw)
{
    const json_t *json = json_of(payload);

    if (json_object_get(json_object_get(json, "errors"), tag))
        return DAVY_PAYLOAD_BAD;
    if (json_object_get(json, "tags"))
        return find_in_tags(json_object_get(json, "tags"), tag, raw);
    return read_json(json_object_get(json_object_get(json, "values"), tag), raw);
}
