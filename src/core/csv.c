/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv.h"

#include "core/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/* Bytes asked of zlib at once, and room of the first buffer. */
#define BLOCK ((size_t) 256 * 1024)

struct davy_csv {
    char *path;
    gzFile file;
    uint64_t file_size;
    char *buffer;                /* bytes [begin, end) are read and not taken yet */
    size_t capacity, begin, end; /* one byte more than capacity is allocated, for a zero */
    bool at_end;                 /* of the file */
    davy_status broken;          /* why no further row can be found */
    char delimiter;
    uint64_t line;      /* on which the last row began */
    uint64_t next_line; /* on which the next one begins */
    size_t columns;
    char *header_text;   /* owns what header[] points into */
    const char **header; /* [columns] */
    const char **fields; /* [columns] */
};

static davy_status fail_here(const davy_csv *csv, davy_status status, const char *what)
{
    (void) davy_fail(status, "%s: line %llu: %s", csv->path, (unsigned long long) csv->line, what);
    return status;
}

/* A failure after which the place of the next row is unknown: every later call tells it again. */
static davy_status fail_for_good(davy_csv *csv, davy_status status, const char *what)
{
    csv->broken = status;
    return fail_here(csv, status, what);
}

static davy_status grow(davy_csv *csv)
{
    size_t capacity = csv->capacity ? csv->capacity * 2 : BLOCK;
    char *buffer;

    if (csv->capacity > DAVY_CSV_ROW_MAX)
        return fail_for_good(csv, DAVY_ERR_INVALID, "a row is longer than 4 MiB; is a quote open?");
    buffer = realloc(csv->buffer, capacity + 1);
    if (!buffer)
        return fail_here(csv, DAVY_ERR_NOMEM, "no memory for a long row");
    csv->buffer = buffer;
    csv->capacity = capacity;
    return DAVY_OK;
}

/* Read on behind the bytes that are there. A gzip file that was cut short is not a shorter file. */
static davy_status fill(davy_csv *csv)
{
    davy_status status;
    int count, error = Z_OK;

    memmove(csv->buffer, csv->buffer + csv->begin, csv->end - csv->begin);
    csv->end -= csv->begin;
    csv->begin = 0;
    if (csv->end == csv->capacity) {
        status = grow(csv);
        if (status != DAVY_OK)
            return status;
    }

    errno = 0;
    count = gzread(csv->file, csv->buffer + csv->end, (unsigned) (csv->capacity - csv->end));
    (void) gzerror(csv->file, &error);
    if (error == Z_ERRNO)
        return fail_for_good(csv, DAVY_ERR_IO, "cannot read");
    if (count < 0 || error != Z_OK)
        return fail_for_good(csv, DAVY_ERR_CORRUPT, "the gzip data is damaged or cut short");
    csv->end += (size_t) count;
    csv->at_end = count == 0;
    return DAVY_OK;
}

enum row_end { ROW_FOUND, ROW_OPEN, ROW_OPEN_QUOTE };

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

static enum row_end find_quoted_end(const davy_csv *csv, const char *at, const char *end,
                                    const char **stop, uint64_t *newlines)
{
    while (at < end) {
        if (*at == '"') {
            at = skip_quoted(at, end, newlines);
            if (!at)
                return ROW_OPEN_QUOTE;
        }
        while (at < end && *at != csv->delimiter && *at != '\n')
            at++;
        if (at == end)
            break;
        if (*at == '\n') {
            *stop = at;
            return ROW_FOUND;
        }
        at++;
    }
    return ROW_OPEN;
}

/* Where the row at the start of the buffer ends: `*stop` is its line end. Most rows have no quote
 * and need no look at each byte. `*newlines` counts the line ends inside quotes. */
static enum row_end find_row_end(const davy_csv *csv, const char **stop, uint64_t *newlines)
{
    const char *begin = csv->buffer + csv->begin, *end = csv->buffer + csv->end;
    size_t length;

    *newlines = 0;
    if (begin == end)
        return ROW_OPEN;
    *stop = memchr(begin, '\n', (size_t) (end - begin));
    length = (size_t) ((*stop ? *stop : end) - begin);
    if (memchr(begin, '"', length))
        return find_quoted_end(csv, begin, end, stop, newlines);
    return *stop ? ROW_FOUND : ROW_OPEN;
}

/* Take one line, or several where quotes hold line ends. `*row` is NULL at the end of the file;
 * the bytes may be written to, and one byte behind them. */
static davy_status take_row(davy_csv *csv, char **row, size_t *length)
{
    const char *stop = NULL;
    uint64_t newlines;
    enum row_end found;
    davy_status status;

    csv->line = csv->next_line;
    while ((found = find_row_end(csv, &stop, &newlines)) != ROW_FOUND && !csv->at_end) {
        status = fill(csv);
        if (status != DAVY_OK)
            return status;
    }
    if (found == ROW_OPEN_QUOTE)
        return fail_for_good(csv, DAVY_ERR_INVALID,
                             "a quote is open until the end of the file; close it or double it");

    *row = NULL;
    *length = 0;
    if (csv->begin == csv->end)
        return DAVY_OK;

    *row = csv->buffer + csv->begin;
    if (found == ROW_OPEN)
        stop = csv->buffer + csv->end;
    *length = (size_t) (stop - *row);
    csv->begin += *length + (found == ROW_FOUND);
    csv->next_line += newlines + 1;
    if (*length > DAVY_CSV_ROW_MAX)
        return fail_for_good(csv, DAVY_ERR_INVALID, "a row is longer than 4 MiB; is a quote open?");
    if (*length > 0 && (*row)[*length - 1] == '\r')
        --*length;
    return DAVY_OK;
}

static davy_status check_text(const davy_csv *csv, const char *row, size_t length)
{
    if (davy_utf8_valid(row, length))
        return DAVY_OK;
    if (memchr(row, '\0', length))
        return fail_here(csv, DAVY_ERR_INVALID, "a zero byte; this is not a text file");
    return fail_here(csv, DAVY_ERR_INVALID,
                     "the text is not UTF-8; convert the file, for example with iconv -t UTF-8");
}

static davy_status take_filled_row(davy_csv *csv, char **row, size_t *length)
{
    davy_status status;

    do {
        status = take_row(csv, row, length);
        if (status != DAVY_OK)
            return status;
    } while (*row && *length == 0);
    return *row ? check_text(csv, *row, *length) : DAVY_OK;
}

/* Take the quotes from a field in place. @return the byte behind its closing quote */
static char *unquote(char *field, const char *end)
{
    char *to = field, *from = field + 1;

    while (from < end && (*from != '"' || (from + 1 < end && from[1] == '"'))) {
        from += *from == '"';
        *to++ = *from++;
    }
    if (from < end)
        from++;
    *to = '\0';
    return from;
}

/* Cut a row into csv->fields, zero-ended in place. `*count` may pass csv->columns. */
static davy_status split_row(const davy_csv *csv, char *row, size_t length, size_t *count)
{
    char *at = row, *end = row + length, *stop;

    for (*count = 0;; at = stop + 1) {
        if (*count < csv->columns)
            csv->fields[*count] = at;
        ++*count;
        if (at < end && *at == '"') {
            stop = unquote(at, end);
            if (stop < end && *stop != csv->delimiter)
                return fail_here(csv, DAVY_ERR_INVALID,
                                 "text follows a closing quote; double quotes inside a field");
        } else {
            stop = memchr(at, csv->delimiter, (size_t) (end - at));
        }
        if (!stop)
            stop = end;
        *stop = '\0';
        if (stop >= end)
            return DAVY_OK;
    }
}

static size_t count_fields_at_most(const davy_csv *csv, const char *row, size_t length)
{
    size_t count = 1;

    for (size_t i = 0; i < length; i++)
        count += row[i] == csv->delimiter;
    return count;
}

static davy_status take_header(davy_csv *csv, char *row, size_t length)
{
    size_t most, count;
    davy_status status;

    most = count_fields_at_most(csv, row, length);
    if (most > DAVY_CSV_COLUMNS_MAX)
        return fail_here(csv, DAVY_ERR_INVALID, "more than 16384 columns");
    csv->header_text = malloc(length + 1);
    csv->header = calloc(most, sizeof *csv->header);
    csv->fields = calloc(most, sizeof *csv->fields);
    if (!csv->header_text || !csv->header || !csv->fields)
        return fail_here(csv, DAVY_ERR_NOMEM, "no memory for the columns");

    memcpy(csv->header_text, row, length);
    csv->columns = most;
    status = split_row(csv, csv->header_text, length, &count);
    if (status != DAVY_OK)
        return status;
    csv->columns = count;
    memcpy(csv->header, csv->fields, count * sizeof *csv->header);
    return DAVY_OK;
}

/* The candidate seen most often outside quotes in the header line, of which `bytes` is the start.
 */
static char find_delimiter(const char *bytes, size_t length)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t counts[sizeof candidates] = {0}, best = 0;
    bool quoted = false;

    for (size_t i = 0; i < length && (quoted || bytes[i] != '\n'); i++) {
        quoted ^= bytes[i] == '"';
        for (size_t c = 0; c < sizeof candidates && !quoted; c++)
            counts[c] += bytes[i] == candidates[c];
    }
    for (size_t c = 1; c < sizeof candidates; c++)
        if (counts[c] > counts[best])
            best = c;
    return candidates[best];
}

static davy_status skip_byte_order_mark(davy_csv *csv)
{
    static const char mark[3] = {'\xEF', '\xBB', '\xBF'};
    davy_status status;

    status = fill(csv);
    if (status == DAVY_OK && csv->end >= sizeof mark && memcmp(csv->buffer, mark, sizeof mark) == 0)
        csv->begin = sizeof mark;
    return status;
}

/* The first row of the file: the header, given without the byte order mark. */
static davy_status read_first_row(davy_csv *csv, char **row, size_t *length)
{
    davy_status status;

    csv->begin = csv->end = 0;
    csv->at_end = false;
    csv->broken = DAVY_OK;
    csv->line = csv->next_line = 1;
    status = skip_byte_order_mark(csv);
    if (status != DAVY_OK)
        return status;
    csv->delimiter = find_delimiter(csv->buffer + csv->begin, csv->end - csv->begin);
    return take_filled_row(csv, row, length);
}

static davy_status open_file(davy_csv *csv)
{
    struct stat facts;

    if (stat(csv->path, &facts) != 0)
        return errno == ENOENT
                   ? davy_fail(DAVY_ERR_NOT_FOUND, "%s: there is no such file", csv->path)
                   : davy_fail(DAVY_ERR_IO, "cannot open '%s'", csv->path);
    if (!S_ISREG(facts.st_mode))
        return davy_fail(DAVY_ERR_INVALID, "%s: not a regular file", csv->path);
    csv->file_size = (uint64_t) facts.st_size;
    csv->file = gzopen(csv->path, "rbe");
    if (!csv->file)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", csv->path);
    return grow(csv);
}

davy_status davy_csv_open(const char *path, davy_csv **out)
{
    davy_csv *csv = calloc(1, sizeof *csv);
    char *row = NULL;
    size_t length = 0;
    davy_status status;

    if (!csv || !(csv->path = strdup(path))) {
        status = davy_fail(DAVY_ERR_NOMEM, "%s", path);
        goto fail;
    }
    status = open_file(csv);
    if (status == DAVY_OK)
        status = read_first_row(csv, &row, &length);
    if (status == DAVY_OK)
        status =
            row ? take_header(csv, row, length)
                : davy_fail(DAVY_ERR_INVALID, "%s: the file is empty; a header is needed", path);
    if (status != DAVY_OK)
        goto fail;

    *out = csv;
    return DAVY_OK;

fail:
    davy_csv_close(csv);
    return status;
}

void davy_csv_close(davy_csv *csv)
{
    if (!csv)
        return;
    if (csv->file)
        (void) gzclose_r(csv->file);
    free(csv->path);
    free(csv->buffer);
    free(csv->header_text);
    free(csv->header);
    free(csv->fields);
    free(csv);
}

const char *const *davy_csv_header(const davy_csv *csv, size_t *count)
{
    *count = csv->columns;
    return csv->header;
}

/* "a, b, c", cut where the sentence would be too long. */
static void list_columns(const davy_csv *csv, char *text, size_t capacity)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < csv->columns; i++) {
        size_t length = strlen(csv->header[i]);

        if (used + length + 6 > capacity) {
            memcpy(text + used, i ? ", ..." : "...", i ? 6 : 4);
            return;
        }
        if (i) {
            memcpy(text + used, ", ", 2);
            used += 2;
        }
        memcpy(text + used, csv->header[i], length + 1);
        used += length;
    }
}

davy_status davy_csv_column(const davy_csv *csv, const char *name, size_t *index)
{
    size_t found = csv->columns;
    char names[DAVY_ERROR_MAX / 2];

    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->header[i], name) == 0) {
            if (found < csv->columns)
                return davy_fail(DAVY_ERR_INVALID, "%s: column '%s' is there twice", csv->path,
                                 name);
            found = i;
        }
    if (found < csv->columns) {
        *index = found;
        return DAVY_OK;
    }
    list_columns(csv, names, sizeof names);
    return davy_fail(DAVY_ERR_NOT_FOUND, "%s: no column '%s'; there are: %s", csv->path, name,
                     names);
}

davy_status davy_csv_next(davy_csv *csv, const char *const **fields)
{
    char *row;
    size_t length, count;
    davy_status status;

    if (csv->broken != DAVY_OK)
        return fail_here(csv, csv->broken, "reading stopped at an earlier fault");
    status = take_filled_row(csv, &row, &length);
    if (status != DAVY_OK)
        return status;
    if (!row) {
        *fields = NULL;
        return DAVY_OK;
    }
    status = split_row(csv, row, length, &count);
    if (status != DAVY_OK)
        return status;
    if (count != csv->columns)
        return davy_fail(DAVY_ERR_INVALID, "%s: line %llu: %zu fields where the header has %zu",
                         csv->path, (unsigned long long) csv->line, count, csv->columns);
    *fields = csv->fields;
    return DAVY_OK;
}

bool davy_csv_broken(const davy_csv *csv)
{
    return csv->broken != DAVY_OK;
}

uint64_t davy_csv_line(const davy_csv *csv)
{
    return csv->line;
}

void davy_csv_position(const davy_csv *csv, uint64_t *done, uint64_t *total)
{
    z_off_t offset = gzoffset(csv->file);
    uint64_t waiting = gzdirect(csv->file) ? csv->end - csv->begin : 0;

    *total = csv->file_size;
    *done = offset > 0 ? (uint64_t) offset - waiting : 0;
}

davy_status davy_csv_rewind(davy_csv *csv)
{
    char *row;
    size_t length;

    if (gzrewind(csv->file) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot go back to the start of '%s'", csv->path);
    return read_first_row(csv, &row, &length);
}
