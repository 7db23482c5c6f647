/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/lines.h"

#include "collect/line_value.h"
#include "core/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes at which a piece of a line ends; of these a backslash escapes all but blanks and line
 * ends, and in front of anything else it stands for itself. */
enum stop {
    STOP_MEASUREMENT = 1, /* comma, space */
    STOP_KEY = 2,         /* comma, equals sign, space: tag keys, tag values, field keys */
    STOP_VALUE = 4,       /* comma, space, line end: numbers and times */
    STOP_LINE = 8,        /* line end */
    BACKSLASH = 16
};

static const uint8_t classes[256] = {
    [','] = STOP_MEASUREMENT | STOP_KEY | STOP_VALUE,
    [' '] = STOP_MEASUREMENT | STOP_KEY | STOP_VALUE,
    ['='] = STOP_KEY,
    ['\n'] = STOP_LINE | STOP_VALUE,
    ['\r'] = STOP_VALUE,
    ['\\'] = BACKSLASH,
};

/* A name as it stands in the text, with its escapes. */
struct name {
    const char *start;
    size_t length;
    bool escaped;
};

struct parser {
    const davy_lines_options *options;
    davy_lines_result *result;
    const char *at, *end;
    const char *line_start;
    size_t line;
    struct name measurement;
    davy_sample *samples;
    size_t count, capacity;
    size_t line_fields;  /* fields of this line */
    size_t line_refused; /* of them */
    size_t line_first;   /* index of this line's first sample */
    davy_quality line_quality;
};

/* Refuse the whole body: nothing of it is taken. `where` is the byte that is wrong. */
static davy_status fail_at(struct parser *parser, const char *where, const char *what)
{
    davy_lines_result *result = parser->result;

    *result = (davy_lines_result){.told = 1};
    result->refusals[0].line = parser->line;
    (void) snprintf(result->refusals[0].reason, sizeof result->refusals[0].reason, "column %zu: %s",
                    (size_t) (where - parser->line_start) + 1, what);
    return davy_fail(DAVY_ERR_INVALID, "line %zu: %s", parser->line, result->refusals[0].reason);
}

/* Refuse one field, or `count` fields of the line for one reason. */
static void refuse(struct parser *parser, size_t count, const char *format, ...) DAVY_PRINTF(3, 4);

static void refuse(struct parser *parser, size_t count, const char *format, ...)
{
    davy_lines_result *result = parser->result;
    davy_lines_refusal *refusal = &result->refusals[result->told];
    va_list arguments;

    result->refused += count;
    if (result->told == DAVY_LINES_REFUSALS_MAX)
        return;
    refusal->line = parser->line;
    va_start(arguments, format);
    (void) vsnprintf(refusal->reason, sizeof refusal->reason, format, arguments);
    va_end(arguments);
    result->told++;
}

static void refuse_field(struct parser *parser, const struct name *key, const char *reason)
{
    char shown[64];

    parser->line_refused++;
    refuse(parser, 1, "field '%s': %s",
           davy_utf8_show(key->start, key->length, shown, sizeof shown), reason);
}

static bool at_line_end(const struct parser *parser)
{
    return parser->at == parser->end || *parser->at == '\n';
}

static void skip_spaces(struct parser *parser)
{
    while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\r'))
        parser->at++;
}

/* Take a name up to one of the stops. Its line end is found by the caller: it is not a stop byte
 * that may be escaped. */
static struct name take_name(struct parser *parser, uint8_t stop)
{
    const char *start = parser->at, *at = start, *end = parser->end;
    bool escaped = false;

    for (; at < end; at++) {
        uint8_t class = classes[(uint8_t) *at];

        if (class & (stop | STOP_LINE))
            break;
        if (class & BACKSLASH && at + 1 < end && classes[(uint8_t) at[1]] & stop) {
            escaped = true;
            at++;
        }
    }
    parser->at = at;
    return (struct name){start, (size_t) (at - start), escaped};
}

/* The name without its escapes in `out`; false when it is longer than any signal's path. */
static bool unescape(const struct name *name, uint8_t stop, char out[DAVY_PATH_MAX], size_t *length)
{
    size_t used = 0;

    for (size_t i = 0; i < name->length; i++) {
        if (name->start[i] == '\\' && i + 1 < name->length &&
            classes[(uint8_t) name->start[i + 1]] & stop)
            i++;
        if (used == DAVY_PATH_MAX)
            return false;
        out[used++] = name->start[i];
    }
    *length = used;
    return true;
}

static davy_signal_id find_signal(const struct parser *parser, const struct name *key)
{
    const davy_lines_options *options = parser->options;
    const struct name *asset = &parser->measurement;
    char asset_text[DAVY_PATH_MAX], key_text[DAVY_PATH_MAX];
    size_t asset_length, key_length;

    if (!asset->escaped && !key->escaped)
        return options->find(options->context, asset->start, asset->length, key->start,
                             key->length);
    if (!unescape(asset, STOP_MEASUREMENT, asset_text, &asset_length) ||
        !unescape(key, STOP_KEY, key_text, &key_length))
        return DAVY_SIGNAL_NONE;
    return options->find(options->context, asset_text, asset_length, key_text, key_length);
}

static bool is_text(const struct name *name, const char *text)
{
    return name->length == strlen(text) && memcmp(name->start, text, name->length) == 0;
}

static davy_status take_quality(struct parser *parser, const struct name *value)
{
    for (davy_quality quality = DAVY_QUALITY_GOOD; quality <= DAVY_QUALITY_BAD; quality++)
        if (is_text(value, davy_quality_name(quality))) {
            parser->line_quality = quality;
            return DAVY_OK;
        }
    return fail_at(parser, value->start, "davy_quality is good, uncertain or bad");
}

static davy_status take_tag(struct parser *parser)
{
    struct name key = take_name(parser, STOP_KEY), value;

    if (key.length == 0)
        return fail_at(parser, parser->at, "a tag has no name");
    if (at_line_end(parser) || *parser->at != '=')
        return fail_at(parser, parser->at, "a tag has no '='");
    parser->at++;
    value = take_name(parser, STOP_KEY);
    if (value.length == 0)
        return fail_at(parser, parser->at, "a tag has no value");
    if (parser->at < parser->end && *parser->at == '=')
        return fail_at(parser, parser->at, "'=' inside a tag's value is written '\\='");
    return is_text(&key, "davy_quality") ? take_quality(parser, &value) : DAVY_OK;
}

static davy_status take_tags(struct parser *parser)
{
    davy_status status = DAVY_OK;

    parser->line_quality = DAVY_QUALITY_GOOD;
    while (status == DAVY_OK && parser->at < parser->end && *parser->at == ',') {
        parser->at++;
        status = take_tag(parser);
    }
    return status;
}

/* Pass over a string in quotes, which may hold line ends. */
static davy_status skip_string(struct parser *parser, size_t *newlines)
{
    const char *open = parser->at, *at = open + 1;

    for (; at < parser->end && *at != '"'; at++) {
        *newlines += *at == '\n';
        if (*at == '\\' && at + 1 < parser->end && (at[1] == '"' || at[1] == '\\'))
            at++;
    }
    if (at >= parser->end)
        return fail_at(parser, open, "the quote that opens here is never closed");
    parser->at = at + 1;
    return DAVY_OK;
}

static davy_status add_sample(struct parser *parser, davy_signal_id signal, double value)
{
    if (parser->count == parser->capacity) {
        size_t capacity = parser->capacity ? parser->capacity * 2 : 1024;
        davy_sample *samples = realloc(parser->samples, capacity * sizeof *samples);

        if (!samples)
            return davy_fail(DAVY_ERR_NOMEM, "batch of %zu samples", capacity);
        parser->samples = samples;
        parser->capacity = capacity;
    }
    parser->samples[parser->count++] =
        (davy_sample){.value = value, .signal = signal, .quality = parser->line_quality};
    return DAVY_OK;
}

static davy_status take_known(struct parser *parser, const struct name *key, double value)
{
    davy_signal_id signal = find_signal(parser, key);
    char asset[64], field[64];

    if (signal != DAVY_SIGNAL_NONE)
        return add_sample(parser, signal, value);
    parser->line_refused++;
    refuse(
        parser, 1, "unknown signal '%s/%s'",
        davy_utf8_show(parser->measurement.start, parser->measurement.length, asset, sizeof asset),
        davy_utf8_show(key->start, key->length, field, sizeof field));
    return DAVY_OK;
}

static davy_status take_value(struct parser *parser, const struct name *key, size_t *newlines)
{
    const char *start = parser->at, *reason = "";
    davy_status status;
    double value;

    if (parser->at < parser->end && *parser->at == '"') {
        status = skip_string(parser, newlines);
        if (status == DAVY_OK)
            refuse_field(parser, key, "text, not a number");
        return status;
    }
    while (parser->at < parser->end && !(classes[(uint8_t) *parser->at] & STOP_VALUE))
        parser->at++;
    if (parser->at == start)
        return fail_at(parser, start, "a field has no value");
    switch (davy_line_number(start, (size_t) (parser->at - start), &value, &reason)) {
    case DAVY_LINE_TAKEN:
        return take_known(parser, key, value);
    case DAVY_LINE_REFUSED:
        refuse_field(parser, key, reason);
        return DAVY_OK;
    case DAVY_LINE_MALFORMED:
        break;
    }
    return fail_at(parser, start, "a field's value is no number, boolean or text in quotes");
}

static davy_status take_fields(struct parser *parser, size_t *newlines)
{
    davy_status status;
    struct name key;

    for (;; parser->at++) {
        key = take_name(parser, STOP_KEY);
        if (key.length == 0)
            return fail_at(parser, parser->at, "a field has no name");
        if (at_line_end(parser) || *parser->at != '=')
            return fail_at(parser, parser->at, "a field has no '='");
        if (++parser->line_fields > DAVY_LINES_FIELDS_MAX)
            return fail_at(parser, key.start, "more than 1024 fields in one line");
        parser->at++;
        status = take_value(parser, &key, newlines);
        if (status != DAVY_OK)
            return status;
        if (parser->at == parser->end || *parser->at != ',')
            return DAVY_OK;
    }
}

/* Take this line's samples back: its time cannot be taken. */
static void refuse_line(struct parser *parser, const char *reason)
{
    parser->count = parser->line_first;
    if (parser->line_fields > parser->line_refused)
        refuse(parser, parser->line_fields - parser->line_refused, "%s", reason);
}

static void stamp_line(struct parser *parser, int64_t time_ns)
{
    if (time_ns > parser->options->latest_ns) {
        refuse_line(parser, "the time is too far in the future; is the precision right?");
        return;
    }
    for (size_t i = parser->line_first; i < parser->count; i++)
        parser->samples[i].time_ns = time_ns;
}

static davy_status take_time(struct parser *parser)
{
    const char *start = parser->at;
    uint64_t magnitude, most = (uint64_t) (INT64_MAX / parser->options->precision_ns);
    davy_line_form form;
    bool negative;

    if (at_line_end(parser)) {
        stamp_line(parser, parser->options->now_ns);
        return DAVY_OK;
    }
    while (parser->at < parser->end && !(classes[(uint8_t) *parser->at] & STOP_VALUE))
        parser->at++;
    form = davy_line_whole(start, (size_t) (parser->at - start), most, &negative, &magnitude);
    if (form == DAVY_LINE_MALFORMED)
        return fail_at(parser, start, "the time is not a whole number");
    skip_spaces(parser);
    if (!at_line_end(parser))
        return fail_at(parser, parser->at, "something follows the time");
    if (form == DAVY_LINE_REFUSED)
        refuse_line(parser, "the time is outside the years 1677 to 2262; is the precision right?");
    else
        stamp_line(parser,
                   (negative ? -1 : 1) * (int64_t) magnitude * parser->options->precision_ns);
    return DAVY_OK;
}

static davy_status take_point(struct parser *parser, size_t *newlines)
{
    davy_status status;

    parser->measurement = take_name(parser, STOP_MEASUREMENT);
    if (parser->measurement.length == 0)
        return fail_at(parser, parser->at, "the measurement has no name");
    status = take_tags(parser);
    if (status != DAVY_OK)
        return status;
    if (at_line_end(parser))
        return fail_at(parser, parser->at, "the line has no fields");
    skip_spaces(parser);
    status = take_fields(parser, newlines);
    if (status != DAVY_OK)
        return status;
    if (!at_line_end(parser) && *parser->at != ' ' && *parser->at != '\r')
        return fail_at(parser, parser->at, "a comma or a space is missing");
    skip_spaces(parser);
    return take_time(parser);
}

/* One line: a point, a comment or nothing. Ends behind its line end. */
static davy_status take_line(struct parser *parser)
{
    size_t newlines = 0;
    davy_status status = DAVY_OK;

    parser->line_start = parser->at;
    parser->line_fields = parser->line_refused = 0;
    parser->line_first = parser->count;
    skip_spaces(parser);
    if (parser->at < parser->end && *parser->at == '#')
        while (!at_line_end(parser))
            parser->at++;
    else if (!at_line_end(parser))
        status = take_point(parser, &newlines);
    if (status != DAVY_OK)
        return status;
    if ((size_t) (parser->at - parser->line_start) > DAVY_LINES_LINE_MAX)
        return fail_at(parser, parser->line_start, "the line is longer than 64 KiB");
    parser->line += newlines + 1;
    parser->at += parser->at < parser->end;
    return DAVY_OK;
}

/* Broken text is refused before anything is read; the line is looked for only then. */
static davy_status check_text(struct parser *parser)
{
    if (davy_utf8_valid(parser->at, (size_t) (parser->end - parser->at)))
        return DAVY_OK;
    for (const char *at = parser->at; at < parser->end; parser->line++) {
        const char *stop = memchr(at, '\n', (size_t) (parser->end - at));
        size_t length = (size_t) ((stop ? stop : parser->end) - at);

        parser->line_start = at;
        if (!davy_utf8_valid(at, length))
            break;
        at += length + 1;
    }
    return fail_at(parser, parser->line_start, "broken UTF-8 or a zero byte in this line");
}

davy_status davy_lines_parse(const char *text, size_t length, const davy_lines_options *options,
                             davy_sample **samples, size_t *count, davy_lines_result *result)
{
    struct parser parser = {.options = options,
                            .result = result,
                            .at = text,
                            .end = text + length,
                            .line_start = text,
                            .line = 1};
    davy_status status;

    assert(options->precision_ns > 0);
    result->taken = result->refused = result->told = 0;
    status = check_text(&parser);
    while (status == DAVY_OK && parser.at < parser.end)
        status = take_line(&parser);
    if (status != DAVY_OK) {
        free(parser.samples);
        return status;
    }
    if (parser.count == 0) {
        free(parser.samples);
        parser.samples = NULL;
    }
    *samples = parser.samples;
    *count = result->taken = parser.count;
    return DAVY_OK;
}
