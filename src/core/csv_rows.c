/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv_rows.h"

#include "core/csv.h"
#include "core/csv_scan.h"
#include "core/csv_split.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Room of the first buffer. */
#define BLOCK ((size_t) 256 * 1024)

davy_status davy_csv_rows_fail(const davy_csv_rows *rows, davy_status status, const char *what)
{
    (void) davy_fail(status, "%s: line %llu: %s", rows->path, (unsigned long long) rows->line,
                     what);
    return status;
}

/* A failure after which the place of the next row is unknown: every later call tells it again. */
static davy_status fail_for_good(davy_csv_rows *rows, davy_status status, const char *what)
{
    rows->broken = status;
    return davy_csv_rows_fail(rows, status, what);
}

static davy_status grow(davy_csv_rows *rows)
{
    size_t capacity = rows->capacity ? rows->capacity * 2 : BLOCK;
    char *buffer;

    if (rows->capacity > DAVY_CSV_ROW_MAX)
        return fail_for_good(rows, DAVY_ERR_INVALID,
                             "a row is longer than 4 MiB; is a quote open?");
    buffer = realloc(rows->buffer, capacity + DAVY_CSV_SCAN_SLACK);
    if (!buffer)
        return davy_csv_rows_fail(rows, DAVY_ERR_NOMEM, "no memory for a long row");
    memset(buffer + rows->capacity, 0, capacity - rows->capacity + DAVY_CSV_SCAN_SLACK);
    rows->buffer = buffer;
    rows->capacity = capacity;
    return DAVY_OK;
}

/* Read on behind the bytes that are there. */
static davy_status fill(davy_csv_rows *rows)
{
    size_t count;
    davy_status status;

    memmove(rows->buffer, rows->buffer + rows->begin, rows->end - rows->begin);
    rows->end -= rows->begin;
    rows->begin = 0;
    if (rows->capacity - rows->end < DAVY_CSV_SCAN_SLACK) { /* a converter needs some room */
        status = grow(rows);
        if (status != DAVY_OK)
            return status;
    }
    status = davy_csv_bytes_read(rows->bytes, rows->buffer + rows->end, rows->capacity - rows->end,
                                 &count);
    if (status != DAVY_OK) {
        rows->broken = status;
        return davy_fail_in(status, "%s: line %llu", rows->path, (unsigned long long) rows->line);
    }
    rows->end += count;
    rows->at_end = count == 0;
    return DAVY_OK;
}

/* Look for the end of the row at the start of the buffer, with its fields where it has no quotes.
 * `*stop` is its line end; `*newlines` counts the line ends inside quotes. */
static davy_csv_row_end look(davy_csv_rows *rows, davy_csv_row *row, const char **stop,
                             uint64_t *newlines)
{
    const char *begin = rows->buffer + rows->begin, *end = rows->buffer + rows->end;
    davy_csv_scan scan;
    davy_csv_scan_end found;

    *newlines = 0;
    *row = (davy_csv_row){0};
    if (begin == end)
        return DAVY_CSV_ROW_OPEN;
    found = davy_csv_scan_row(begin, (size_t) (end - begin), rows->delimiter, rows->ends,
                              rows->columns, &scan);
    if (found == DAVY_CSV_SCAN_QUOTE)
        return davy_csv_find_end(begin, end, rows->delimiter, stop, newlines);
    row->fields = scan.fields;
    row->plain = scan.plain;
    *stop = begin + scan.length;
    return found == DAVY_CSV_SCAN_LINE ? DAVY_CSV_ROW_FOUND : DAVY_CSV_ROW_OPEN;
}

/* Take one line, or several where quotes hold line ends. */
static davy_status take_row(davy_csv_rows *rows, davy_csv_row *row)
{
    const char *stop = NULL;
    uint64_t newlines;
    davy_csv_row_end found;
    davy_status status;

    rows->line = rows->next_line;
    while ((found = look(rows, row, &stop, &newlines)) != DAVY_CSV_ROW_FOUND && !rows->at_end) {
        status = fill(rows);
        if (status != DAVY_OK)
            return status;
    }
    if (found == DAVY_CSV_ROW_OPEN_QUOTE)
        return fail_for_good(rows, DAVY_ERR_INVALID,
                             "a quote is open until the end of the file; close it or double it");
    if (rows->begin == rows->end)
        return DAVY_OK;

    row->text = rows->buffer + rows->begin;
    if (found == DAVY_CSV_ROW_OPEN)
        stop = rows->buffer + rows->end;
    row->length = (size_t) (stop - row->text);
    rows->begin += row->length + (found == DAVY_CSV_ROW_FOUND);
    rows->next_line += newlines + 1;
    if (row->length > DAVY_CSV_ROW_MAX)
        return fail_for_good(rows, DAVY_ERR_INVALID,
                             "a row is longer than 4 MiB; is a quote open?");
    if (row->length > 0 && row->text[row->length - 1] == '\r')
        --row->length;
    return DAVY_OK;
}

/* Blanks around a row that blanks set apart are nothing. */
static void trim_blanks(davy_csv_row *row)
{
    row->fields = 0;
    while (row->length > 0 && strchr(" \t", row->text[row->length - 1]))
        row->length--;
    while (row->length > 0 && strchr(" \t", row->text[0])) {
        row->text++;
        row->length--;
    }
}

static davy_status fail_text(const davy_csv_rows *rows, const davy_csv_row *row)
{
    if (memchr(row->text, '\0', row->length))
        return davy_csv_rows_fail(
            rows, DAVY_ERR_INVALID,
            "a zero byte; this is not a text file, or UTF-16, which must be named as "
            "its encoding");
    return davy_csv_rows_fail(
        rows, DAVY_ERR_INVALID,
        "the text is not UTF-8; name its encoding, for example windows-1252 or "
        "GB18030, or convert the file with iconv -t UTF-8");
}

/* The text of a row is UTF-8, or turns out to be GB18030, and all that follows: then `*again` says
 * that the row is to be taken again, in UTF-8. All before it was ASCII, which is the same in both.
 */
static davy_status check_text(davy_csv_rows *rows, const davy_csv_row *row, size_t begin,
                              bool *again)
{
    davy_status status;

    *again = false;
    if (row->plain)
        return DAVY_OK;
    if (davy_utf8_valid(row->text, row->length)) {
        for (size_t i = 0; i < row->length && !rows->foreign; i++)
            rows->foreign = (unsigned char) row->text[i] >= 0x80;
        return DAVY_OK;
    }
    if (rows->foreign || davy_csv_bytes_encoding(rows->bytes) ||
        !davy_csv_bytes_chinese(row->text, row->length))
        return fail_text(rows, row);
    status =
        davy_csv_bytes_convert(rows->bytes, "GB18030", rows->buffer + begin, rows->end - begin);
    if (status != DAVY_OK)
        return davy_fail_in(status, "%s", rows->path);
    rows->begin = rows->end = begin;
    rows->next_line = rows->line;
    rows->at_end = false;
    rows->foreign = *again = true;
    return DAVY_OK;
}

davy_status davy_csv_rows_next(davy_csv_rows *rows, davy_csv_row *row)
{
    davy_status status;
    bool again;

    do {
        status = take_row(rows, row);
        if (status != DAVY_OK || !row->text)
            return status;
        status = check_text(rows, row, (size_t) (row->text - rows->buffer), &again);
        if (status != DAVY_OK)
            return status;
        if (rows->delimiter == DAVY_CSV_BLANKS)
            trim_blanks(row);
    } while (again || row->length == 0);
    return DAVY_OK;
}

/* The first bytes: no mark of their order, and none of another encoding. */
static davy_status read_first_bytes(davy_csv_rows *rows)
{
    static const char mark[3] = {'\xEF', '\xBB', '\xBF'};
    davy_status status = fill(rows);

    if (status != DAVY_OK)
        return status;
    if (rows->end >= 2 && !davy_csv_bytes_encoding(rows->bytes) &&
        (memcmp(rows->buffer, "\xFF\xFE", 2) == 0 || memcmp(rows->buffer, "\xFE\xFF", 2) == 0))
        return davy_csv_rows_fail(
            rows, DAVY_ERR_INVALID,
            "the text is UTF-16; name it as its encoding, or convert the file with "
            "iconv -f UTF-16 -t UTF-8");
    if (rows->end >= sizeof mark && memcmp(rows->buffer, mark, sizeof mark) == 0)
        rows->begin = sizeof mark;
    return DAVY_OK;
}

/* Excel's line before the header: "sep=;". */
static bool names_delimiter(const davy_csv_row *row)
{
    return row->text && row->length == 5 && strncasecmp(row->text, "sep=", 4) == 0 &&
           strchr(",;\t|", row->text[4]);
}

davy_status davy_csv_rows_first(davy_csv_rows *rows, davy_csv_row *row)
{
    davy_status status;

    rows->begin = rows->end = 0;
    rows->at_end = false;
    rows->broken = DAVY_OK;
    rows->line = rows->next_line = 1;
    status = read_first_bytes(rows);
    if (status != DAVY_OK)
        return status;
    rows->delimiter =
        rows->asked ? rows->asked
                    : davy_csv_find_delimiter(rows->buffer + rows->begin, rows->end - rows->begin);
    status = davy_csv_rows_next(rows, row);
    if (status == DAVY_OK && names_delimiter(row)) {
        rows->delimiter = rows->asked ? rows->asked : row->text[4];
        return davy_csv_rows_next(rows, row);
    }
    if (status == DAVY_OK && row->text && !rows->asked) /* now it is surely UTF-8 */
        rows->delimiter = davy_csv_find_delimiter(row->text, row->length);
    return status;
}

void davy_csv_rows_give_back(davy_csv_rows *rows, const davy_csv_row *row)
{
    rows->begin = (size_t) (row->text - rows->buffer);
    rows->next_line = rows->line;
}

davy_status davy_csv_rows_open(const char *path, const char *encoding, char delimiter,
                               davy_csv_rows *rows)
{
    davy_status status;

    *rows = (davy_csv_rows){.asked = delimiter, .path = strdup(path)};
    if (!rows->path)
        return davy_fail(DAVY_ERR_NOMEM, "%s", path);
    status = davy_csv_bytes_open(path, encoding, &rows->bytes);
    return status == DAVY_OK ? grow(rows) : status;
}

void davy_csv_rows_close(davy_csv_rows *rows)
{
    davy_csv_bytes_close(rows->bytes);
    free(rows->path);
    free(rows->buffer);
    free(rows->ends);
}
