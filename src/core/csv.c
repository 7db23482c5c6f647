/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv.h"

#include "core/csv_bytes.h"
#include "core/csv_scan.h"
#include "core/csv_split.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room of the first buffer. */
#define BLOCK ((size_t) 256 * 1024)

struct davy_csv {
    char *path;
    davy_csv_bytes *bytes;
    char *buffer;                /* bytes [begin, end) are read and not taken yet */
    size_t capacity, begin, end; /* DAVY_CSV_SCAN_SLACK bytes more than capacity are allocated */
    bool at_end;                 /* of the file */
    davy_status broken;          /* why no further row can be found */
    davy_csv_options options;
    char delimiter;
    bool foreign;       /* text that is not ASCII was met: the encoding is settled */
    uint64_t line;      /* on which the last row began */
    uint64_t next_line; /* on which the next one begins */
    size_t columns;
    char *header_text;   /* owns what header[] points into */
    const char **header; /* [columns] */
    const char **fields; /* [columns] */
    uint32_t *lengths;   /* [columns] of the fields */
    uint32_t *ends;      /* [columns] of the fields of a row without quotes */
};

/* A row that was found and not cut yet. */
typedef struct found_row {
    char *text; /* NULL at the end of the file; it may be written to, and one byte behind it */
    size_t length;
    size_t fields; /* their ends are in csv->ends; 0: they must be looked for */
    bool plain;    /* ASCII without zero bytes */
} found_row;

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
    buffer = realloc(csv->buffer, capacity + DAVY_CSV_SCAN_SLACK);
    if (!buffer)
        return fail_here(csv, DAVY_ERR_NOMEM, "no memory for a long row");
    memset(buffer + csv->capacity, 0, capacity - csv->capacity + DAVY_CSV_SCAN_SLACK);
    csv->buffer = buffer;
    csv->capacity = capacity;
    return DAVY_OK;
}

/* Read on behind the bytes that are there. */
static davy_status fill(davy_csv *csv)
{
    size_t count;
    davy_status status;

    memmove(csv->buffer, csv->buffer + csv->begin, csv->end - csv->begin);
    csv->end -= csv->begin;
    csv->begin = 0;
    if (csv->capacity - csv->end < DAVY_CSV_SCAN_SLACK) { /* a converter needs some room */
        status = grow(csv);
        if (status != DAVY_OK)
            return status;
    }
    status =
        davy_csv_bytes_read(csv->bytes, csv->buffer + csv->end, csv->capacity - csv->end, &count);
    if (status != DAVY_OK) {
        csv->broken = status;
        return davy_fail_in(status, "%s: line %llu", csv->path, (unsigned long long) csv->line);
    }
    csv->end += count;
    csv->at_end = count == 0;
    return DAVY_OK;
}

/* Look for the end of the row at the start of the buffer, with its fields where it has no quotes.
 * `*stop` is its line end; `*newlines` counts the line ends inside quotes. */
static davy_csv_row_end look(davy_csv *csv, found_row *row, const char **stop, uint64_t *newlines)
{
    const char *begin = csv->buffer + csv->begin, *end = csv->buffer + csv->end;
    davy_csv_scan scan;
    davy_csv_scan_end found;

    *newlines = 0;
    *row = (found_row){0};
    if (begin == end)
        return DAVY_CSV_ROW_OPEN;
    found = davy_csv_scan_row(begin, (size_t) (end - begin), csv->delimiter, csv->ends,
                              csv->columns, &scan);
    if (found == DAVY_CSV_SCAN_QUOTE)
        return davy_csv_find_end(begin, end, csv->delimiter, stop, newlines);
    row->fields = scan.fields;
    row->plain = scan.plain;
    *stop = begin + scan.length;
    return found == DAVY_CSV_SCAN_LINE ? DAVY_CSV_ROW_FOUND : DAVY_CSV_ROW_OPEN;
}

/* Take one line, or several where quotes hold line ends. */
static davy_status take_row(davy_csv *csv, found_row *row)
{
    const char *stop = NULL;
    uint64_t newlines;
    davy_csv_row_end found;
    davy_status status;

    csv->line = csv->next_line;
    while ((found = look(csv, row, &stop, &newlines)) != DAVY_CSV_ROW_FOUND && !csv->at_end) {
        status = fill(csv);
        if (status != DAVY_OK)
            return status;
    }
    if (found == DAVY_CSV_ROW_OPEN_QUOTE)
        return fail_for_good(csv, DAVY_ERR_INVALID,
                             "a quote is open until the end of the file; close it or double it");
    if (csv->begin == csv->end)
        return DAVY_OK;

    row->text = csv->buffer + csv->begin;
    if (found == DAVY_CSV_ROW_OPEN)
        stop = csv->buffer + csv->end;
    row->length = (size_t) (stop - row->text);
    csv->begin += row->length + (found == DAVY_CSV_ROW_FOUND);
    csv->next_line += newlines + 1;
    if (row->length > DAVY_CSV_ROW_MAX)
        return fail_for_good(csv, DAVY_ERR_INVALID, "a row is longer than 4 MiB; is a quote open?");
    if (row->length > 0 && row->text[row->length - 1] == '\r')
        --row->length;
    return DAVY_OK;
}

/* Blanks around a row that blanks set apart are nothing. */
static void trim_blanks(found_row *row)
{
    row->fields = 0;
    while (row->length > 0 && strchr(" \t", row->text[row->length - 1]))
        row->length--;
    while (row->length > 0 && strchr(" \t", row->text[0])) {
        row->text++;
        row->length--;
    }
}

static davy_status fail_text(const davy_csv *csv, const found_row *row)
{
    if (memchr(row->text, '\0', row->length))
        return fail_here(csv, DAVY_ERR_INVALID,
                         "a zero byte; this is not a text file, or UTF-16, which must be named as "
                         "its encoding");
    return fail_here(csv, DAVY_ERR_INVALID,
                     "the text is not UTF-8; name its encoding, for example windows-1252 or "
                     "GB18030, or convert the file with iconv -t UTF-8");
}

/* The text of a row is UTF-8, or turns out to be GB18030, and all that follows: then `*again` says
 * that the row is to be taken again, in UTF-8. All before it was ASCII, which is the same in both.
 */
static davy_status check_text(davy_csv *csv, const found_row *row, size_t begin, bool *again)
{
    davy_status status;

    *again = false;
    if (row->plain)
        return DAVY_OK;
    if (davy_utf8_valid(row->text, row->length)) {
        for (size_t i = 0; i < row->length && !csv->foreign; i++)
            csv->foreign = (unsigned char) row->text[i] >= 0x80;
        return DAVY_OK;
    }
    if (csv->foreign || davy_csv_bytes_encoding(csv->bytes) ||
        !davy_csv_bytes_chinese(row->text, row->length))
        return fail_text(csv, row);
    status = davy_csv_bytes_convert(csv->bytes, "GB18030", csv->buffer + begin, csv->end - begin);
    if (status != DAVY_OK)
        return davy_fail_in(status, "%s", csv->path);
    csv->begin = csv->end = begin;
    csv->next_line = csv->line;
    csv->at_end = false;
    csv->foreign = *again = true;
    return DAVY_OK;
}

/* The next row with something in it. */
static davy_status take_filled_row(davy_csv *csv, found_row *row)
{
    davy_status status;
    bool again;

    do {
        status = take_row(csv, row);
        if (status != DAVY_OK || !row->text)
            return status;
        status = check_text(csv, row, (size_t) (row->text - csv->buffer), &again);
        if (status != DAVY_OK)
            return status;
        if (csv->delimiter == DAVY_CSV_BLANKS)
            trim_blanks(row);
    } while (again || row->length == 0);
    return DAVY_OK;
}

/* "c1", "c2", ...: names where the file has none. */
static davy_status make_names(davy_csv *csv)
{
    enum { NAME = 8 };

    free(csv->header_text);
    csv->header_text = calloc(csv->columns, NAME);
    if (!csv->header_text)
        return fail_here(csv, DAVY_ERR_NOMEM, "no memory for the columns");
    for (size_t i = 0; i < csv->columns; i++) {
        (void) snprintf(csv->header_text + i * NAME, NAME, "c%u", (unsigned) (i + 1) % 100000);
        csv->header[i] = csv->header_text + i * NAME;
    }
    return DAVY_OK;
}

static davy_status fail_header(const davy_csv *csv, const found_row *row)
{
    if (memchr(row->text, '\r', row->length) && row->fields > 0)
        return fail_here(csv, DAVY_ERR_INVALID,
                         "lines end with a carriage return alone; convert the file with tr '\\r' "
                         "'\\n'");
    if (!csv->options.headless && davy_csv_measured(csv->fields, csv->lengths, csv->columns))
        return fail_here(csv, DAVY_ERR_INVALID,
                         "the first line holds numbers and no names of columns; say --header none "
                         "if the file has no header");
    return DAVY_OK;
}

static davy_status make_columns(davy_csv *csv, size_t most, size_t length)
{
    csv->header_text = malloc(length + 1);
    csv->header = calloc(most, sizeof *csv->header);
    csv->fields = calloc(most, sizeof *csv->fields);
    csv->lengths = calloc(most, sizeof *csv->lengths);
    csv->ends = calloc(most, sizeof *csv->ends);
    if (!csv->header_text || !csv->header || !csv->fields || !csv->lengths || !csv->ends)
        return fail_here(csv, DAVY_ERR_NOMEM, "no memory for the columns");
    return DAVY_OK;
}

static davy_status take_header(davy_csv *csv, const found_row *row)
{
    const size_t most = davy_csv_count_at_most(row->text, row->length, csv->delimiter);
    size_t count;
    davy_status status;

    if (most > DAVY_CSV_COLUMNS_MAX)
        return fail_here(csv, DAVY_ERR_INVALID, "more than 16384 columns");
    status = make_columns(csv, most, row->length);
    if (status != DAVY_OK)
        return status;
    memcpy(csv->header_text, row->text, row->length);
    if (!davy_csv_split(csv->header_text, row->length, csv->delimiter, most, csv->fields,
                        csv->lengths, &count))
        return fail_here(csv, DAVY_ERR_INVALID,
                         "text follows a closing quote; double quotes inside a field");
    csv->columns = count;
    memcpy(csv->header, csv->fields, count * sizeof *csv->header);
    status = fail_header(csv, row);
    return status == DAVY_OK && csv->options.headless ? make_names(csv) : status;
}

/* The first bytes: no mark of their order, and none of another encoding. */
static davy_status read_first_bytes(davy_csv *csv)
{
    static const char mark[3] = {'\xEF', '\xBB', '\xBF'};
    davy_status status = fill(csv);

    if (status != DAVY_OK)
        return status;
    if (csv->end >= 2 && !davy_csv_bytes_encoding(csv->bytes) &&
        (memcmp(csv->buffer, "\xFF\xFE", 2) == 0 || memcmp(csv->buffer, "\xFE\xFF", 2) == 0))
        return fail_here(csv, DAVY_ERR_INVALID,
                         "the text is UTF-16; name it as its encoding, or convert the file with "
                         "iconv -f UTF-16 -t UTF-8");
    if (csv->end >= sizeof mark && memcmp(csv->buffer, mark, sizeof mark) == 0)
        csv->begin = sizeof mark;
    return DAVY_OK;
}

/* The first row of the file, given without the byte order mark. */
static davy_status read_first_row(davy_csv *csv, found_row *row)
{
    davy_status status;

    csv->begin = csv->end = 0;
    csv->at_end = false;
    csv->broken = DAVY_OK;
    csv->line = csv->next_line = 1;
    status = read_first_bytes(csv);
    if (status != DAVY_OK)
        return status;
    csv->delimiter = csv->options.delimiter
                         ? csv->options.delimiter
                         : davy_csv_find_delimiter(csv->buffer + csv->begin, csv->end - csv->begin);
    status = take_filled_row(csv, row);
    if (status == DAVY_OK && row->text && !csv->options.delimiter) /* now it is surely UTF-8 */
        csv->delimiter = davy_csv_find_delimiter(row->text, row->length);
    return status;
}

/* A first row that holds values is to be read as such. */
static void give_back(davy_csv *csv, const found_row *row)
{
    if (!csv->options.headless || !row->text)
        return;
    csv->begin = (size_t) (row->text - csv->buffer);
    csv->next_line = csv->line;
}

static davy_status open_and_read(davy_csv *csv)
{
    found_row row;
    davy_status status = davy_csv_bytes_open(csv->path, csv->options.encoding, &csv->bytes);

    if (status == DAVY_OK)
        status = grow(csv);
    if (status == DAVY_OK)
        status = read_first_row(csv, &row);
    if (status != DAVY_OK)
        return status;
    if (!row.text)
        return davy_fail(DAVY_ERR_INVALID, "%s: the file is empty; a header is needed", csv->path);
    status = take_header(csv, &row);
    give_back(csv, &row);
    return status;
}

davy_status davy_csv_open_as(const char *path, const davy_csv_options *options, davy_csv **out)
{
    davy_csv *csv = calloc(1, sizeof *csv);
    davy_status status;

    if (!csv || !(csv->path = strdup(path))) {
        status = davy_fail(DAVY_ERR_NOMEM, "%s", path);
        goto fail;
    }
    if (options)
        csv->options = *options;
    status = open_and_read(csv);
    csv->options.encoding = NULL; /* borrowed; the bytes know it */
    if (status != DAVY_OK)
        goto fail;
    *out = csv;
    return DAVY_OK;

fail:
    davy_csv_close(csv);
    return status;
}

davy_status davy_csv_open(const char *path, davy_csv **out)
{
    return davy_csv_open_as(path, NULL, out);
}

void davy_csv_close(davy_csv *csv)
{
    if (!csv)
        return;
    davy_csv_bytes_close(csv->bytes);
    free(csv->path);
    free(csv->buffer);
    free(csv->header_text);
    free(csv->header);
    free(csv->fields);
    free(csv->lengths);
    free(csv->ends);
    free(csv);
}

davy_csv_facts davy_csv_describe(const davy_csv *csv)
{
    const char *encoding = davy_csv_bytes_encoding(csv->bytes);

    return (davy_csv_facts){csv->delimiter, encoding ? encoding : "UTF-8",
                            davy_csv_bytes_gzip(csv->bytes)};
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

/* The fields of a row without quotes, whose ends are known. */
static void cut_at_ends(davy_csv *csv, const found_row *row)
{
    uint32_t begin = 0;

    csv->ends[csv->columns - 1] = (uint32_t) row->length; /* less a carriage return */
    for (size_t i = 0; i < csv->columns; i++) {
        csv->fields[i] = row->text + begin;
        csv->lengths[i] = csv->ends[i] - begin;
        row->text[csv->ends[i]] = '\0';
        begin = csv->ends[i] + 1;
    }
}

static davy_status cut(davy_csv *csv, found_row *row)
{
    if (row->fields == csv->columns)
        cut_at_ends(csv, row);
    else if (row->fields == 0 &&
             !davy_csv_split(row->text, row->length, csv->delimiter, csv->columns, csv->fields,
                             csv->lengths, &row->fields))
        return fail_here(csv, DAVY_ERR_INVALID,
                         "text follows a closing quote; double quotes inside a field");
    if (row->fields != csv->columns)
        return davy_fail(DAVY_ERR_INVALID, "%s: line %llu: %zu fields where the header has %zu",
                         csv->path, (unsigned long long) csv->line, row->fields, csv->columns);
    return DAVY_OK;
}

davy_status davy_csv_next(davy_csv *csv, const char *const **fields)
{
    found_row row;
    davy_status status;

    if (csv->broken != DAVY_OK)
        return fail_here(csv, csv->broken, "reading stopped at an earlier fault");
    status = take_filled_row(csv, &row);
    if (status == DAVY_OK && row.text)
        status = cut(csv, &row);
    if (status != DAVY_OK)
        return status;
    *fields = row.text ? csv->fields : NULL;
    return DAVY_OK;
}

const uint32_t *davy_csv_lengths(const davy_csv *csv)
{
    return csv->lengths;
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
    davy_csv_bytes_position(csv->bytes, csv->end - csv->begin, done, total);
}

davy_status davy_csv_rewind(davy_csv *csv)
{
    found_row row = {0};
    davy_status status = davy_csv_bytes_rewind(csv->bytes);

    if (status != DAVY_OK)
        return davy_fail_in(status, "%s", csv->path);
    status = read_first_row(csv, &row);
    if (status == DAVY_OK)
        give_back(csv, &row);
    return status;
}
