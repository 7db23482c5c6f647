/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv_split.h"

#include "core/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Delimiters with a name. */
static const struct {
    const char *name;
    char delimiter;
} names[] = {{"comma", ','}, {"semicolon", ';'},          {"tab", '\t'},
             {"bar", '|'},   {"blanks", DAVY_CSV_BLANKS}, {"space", DAVY_CSV_BLANKS}};

davy_status davy_csv_delimiter_parse(const char *text, char *delimiter)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(text, names[i].name) == 0) {
            *delimiter = names[i].delimiter;
            return DAVY_OK;
        }
    if (text[0] == '\0' || text[1] != '\0' || (unsigned char) text[0] >= 0x80 ||
        strchr("\"\r\n", text[0]))
        return davy_fail(DAVY_ERR_INVALID,
                         "'%.20s' is no delimiter; write one ASCII character, or comma, semicolon, "
                         "tab, bar or blanks",
                         text);
    *delimiter = text[0];
    return DAVY_OK;
}

const char *davy_csv_delimiter_name(char delimiter, char text[DAVY_CSV_DELIMITER_MAX])
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (names[i].delimiter == delimiter)
            return names[i].name;
    (void) snprintf(text, DAVY_CSV_DELIMITER_MAX, "%c", delimiter);
    return text;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_delimiter(char c, char delimiter)
{
    return c == delimiter || (delimiter == DAVY_CSV_BLANKS && c == '\t');
}

/* Byte behind the quoted text that begins after `at`, or NULL when the quote is not closed yet.
 * A quote as the last byte is the closing one only if the file ends there; the caller knows. */
static const char *skip_quoted(const char *at, const char *end, uint64_t *newlines)
{
    for (at++; at < end; at++) {
        if (*at == '\n')
            ++*newlines;
        if (*at != '"')
            continue;
        if (at + 1 == end || at[1] != '"')
            return at + 1;
        at++;
    }
    return NULL;
}

davy_csv_row_end davy_csv_find_end(const char *at, const char *end, char delimiter,
                                   const char **stop, uint64_t *newlines)
{
    *newlines = 0;
    while (at < end) {
        if (*at == '"') {
            at = skip_quoted(at, end, newlines);
            if (!at)
                return DAVY_CSV_ROW_OPEN_QUOTE;
        }
        while (at < end && !is_delimiter(*at, delimiter) && *at != '\n')
            at++;
        if (at == end)
            break;
        if (*at == '\n') {
            *stop = at;
            return DAVY_CSV_ROW_FOUND;
        }
        at++;
    }
    return DAVY_CSV_ROW_OPEN;
}

/* Take the quotes from a field in place. @return the byte behind its closing quote */
static char *unquote(char *field, const char *end, size_t *length)
{
    char *to = field, *from = field + 1;

    while (from < end && (*from != '"' || (from + 1 < end && from[1] == '"'))) {
        from += *from == '"';
        *to++ = *from++;
    }
    *length = (size_t) (to - field);
    if (from < end)
        from++;
    return from;
}

/* Where the field that begins at `at` ends, quotes taken off; NULL when text follows a quote. */
static char *end_of_field(char *at, char *end, char delimiter, size_t *length)
{
    char *stop = at;

    if (at < end && *at == '"') {
        stop = unquote(at, end, length);
        return stop == end || is_delimiter(*stop, delimiter) ? stop : NULL;
    }
    while (stop < end && !is_delimiter(*stop, delimiter))
        stop++;
    *length = (size_t) (stop - at);
    return stop;
}

bool davy_csv_split(char *row, size_t length, char delimiter, size_t most, const char **fields,
                    uint32_t *lengths, size_t *count)
{
    char *at = row, *end = row + length;

    for (*count = 0;;) {
        size_t field;
        char *stop = end_of_field(at, end, delimiter, &field);
        const bool last = stop == end;

        if (!stop)
            return false;
        if (*count < most) {
            fields[*count] = at;
            lengths[*count] = (uint32_t) field;
        }
        ++*count;
        at[field] = '\0'; /* at the delimiter, or before it where quotes were */
        if (last)
            return true;
        at = stop + 1;
        while (delimiter == DAVY_CSV_BLANKS && at < end && is_blank(*at))
            at++;
    }
}

size_t davy_csv_count_at_most(const char *row, size_t length, char delimiter)
{
    size_t count = 1;

    for (size_t i = 0; i < length; i++)
        count += is_delimiter(row[i], delimiter);
    return count;
}

char davy_csv_find_delimiter(const char *text, size_t length)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t counts[sizeof candidates] = {0}, best = 0;
    bool quoted = false;

    for (size_t i = 0; i < length && (quoted || text[i] != '\n'); i++) {
        quoted ^= text[i] == '"';
        for (size_t c = 0; c < sizeof candidates && !quoted; c++)
            counts[c] += text[i] == candidates[c];
    }
    for (size_t c = 1; c < sizeof candidates; c++)
        if (counts[c] > counts[best])
            best = c;
    return candidates[best];
}

/* Whole numbers that rise are how some programs name columns: 0, 1, 2. */
bool davy_csv_measured(const char *const *fields, const uint32_t *lengths, size_t count)
{
    double before = -1, value;
    bool rising = true;

    for (size_t i = 0; i < count; i++) {
        if (davy_decimal_read(fields[i], lengths[i], &value) != DAVY_DECIMAL_OK)
            return false;
        rising = rising && value > before && value == floor(value) && !strchr(fields[i], '.');
        before = value;
    }
    return count > 0 && !rising;
}
