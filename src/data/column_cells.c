/* SPDX-License-Identifier: Apache-2.0 */
#include "core/decimal.h"
#include "core/utf8.h"
#include "data/column_types.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

void davy_cell_trim(const char **text, size_t *length)
{
    while (*length > 0 && is_blank((*text)[*length - 1]))
        --*length;
    for (; *length > 0 && is_blank(**text); ++*text)
        --*length;
}

/* Whether a text without blanks around it is one of a few words. */
static bool is_among(const char *text, size_t length, const char *const *words, size_t count,
                     int (*compare)(const char *, const char *, size_t))
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && compare(text, words[i], length) == 0)
            return true;
    return false;
}

bool davy_cell_blank(const char *text, size_t length)
{
    static const char *const words[] = {"nan", "NaN", "NAN", "NA", "N/A", "null", "NULL"};

    davy_cell_trim(&text, &length);
    return length == 0 || ((*text == 'n' || *text == 'N') &&
                           is_among(text, length, words, DAVY_ARRAY_LENGTH(words), strncmp));
}

bool davy_cell_infinite(const char *text, size_t length)
{
    static const char *const words[] = {"inf", "infinity", "∞"};

    davy_cell_trim(&text, &length);
    if (length > 0 && (*text == '-' || *text == '+')) {
        text++;
        length--;
    }
    return is_among(text, length, words, DAVY_ARRAY_LENGTH(words), strncasecmp);
}

bool davy_cell_number(const char *text, size_t length, char decimal, double *value)
{
    if (davy_decimal_read_as(text, length, decimal, value) == DAVY_DECIMAL_OK)
        return true;
    if (length == 0 || (!is_blank(text[0]) && !is_blank(text[length - 1])))
        return false;
    davy_cell_trim(&text, &length);
    return davy_decimal_read_as(text, length, decimal, value) == DAVY_DECIMAL_OK;
}

static void note_cell(davy_odd_cell *cell, const char *text, size_t length, davy_cell_place place)
{
    if (cell->line > 0)
        return;
    cell->file = place.file;
    cell->line = place.line;
    (void) davy_utf8_show(text, length, cell->text, sizeof cell->text);
}

/* "1,5" is a number with a decimal comma; "1,500" may be one, or fifteen hundred. */
static bool is_sure_comma(const char *text, size_t length)
{
    const char *comma = memchr(text, ',', length);
    const char *whole = text + (*text == '-' || *text == '+');

    return !comma || text + length - comma != 4 || comma == whole || comma - whole > 3 ||
           *whole == '0';
}

static davy_status add_number(davy_column_facts *facts, const char *text, size_t length,
                              double value)
{
    size_t index;
    davy_status status = DAVY_OK;

    if (facts->numerals.count <= DAVY_LEVELS_MIXED_MAX)
        status =
            davy_word_list_add(&facts->numerals, text, length, DAVY_LEVELS_MIXED_MAX + 1, &index);
    facts->low = facts->numbers == 0 || value < facts->low ? value : facts->low;
    facts->high = facts->numbers == 0 || value > facts->high ? value : facts->high;
    facts->numbers++;
    facts->points += memchr(text, '.', length) != NULL;
    return status == DAVY_ERR_FULL ? DAVY_OK : status;
}

static davy_status add_word(davy_column_facts *facts, const char *text, size_t length, char decimal,
                            davy_cell_place place)
{
    double value;
    size_t index;
    davy_status status;

    facts->others++;
    if (decimal == '\0' && davy_cell_number(text, length, ',', &value)) {
        facts->commas++;
        facts->sure_commas += is_sure_comma(text, length);
        note_cell(&facts->first_comma, text, length, place);
    } else {
        note_cell(&facts->first_word, text, length, place);
    }
    if (facts->more_words)
        return DAVY_OK;
    status = davy_word_list_add(&facts->words, text, length, DAVY_LEVELS_MAX, &index);
    facts->more_words = status == DAVY_ERR_FULL;
    return facts->more_words ? DAVY_OK : status;
}

/* The formats that all cells can be, as long as there are any; the first cell that has none of
 * them is kept, beside those that all before it had. */
static void add_time(davy_column_facts *facts, const char *text, size_t length,
                     davy_cell_place place)
{
    const unsigned formats = facts->no_time.line ? 0 : davy_time_formats(text, facts->formats);

    if (formats)
        facts->formats = formats;
    else
        note_cell(&facts->no_time, text, length, place);
}

davy_status davy_column_facts_add(davy_column_facts *facts, const char *text, uint32_t length,
                                  char decimal, davy_cell_place place)
{
    const char *cell = text;
    size_t size = length;
    double value;

    davy_cell_trim(&cell, &size);
    if (davy_cell_blank(cell, size)) {
        facts->missing++;
        return DAVY_OK;
    }
    if (facts->timed)
        add_time(facts, text, length, place);
    if (davy_cell_number(cell, size, decimal ? decimal : '.', &value))
        return add_number(facts, cell, size, value);
    if (davy_cell_infinite(cell, size)) {
        facts->infinite++;
        note_cell(&facts->first_infinite, cell, size, place);
        return DAVY_OK;
    }
    if (!facts->timed)
        add_time(facts, text, length, place);
    return add_word(facts, cell, size, decimal, place);
}
