/* SPDX-License-Identifier: Apache-2.0 */
#include "app/ranges.h"

#include "core/pattern.h"
#include "core/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_MAX ((size_t) 512)
#define NUMBER_MAX ((size_t) 64)

static davy_status read_bound(const char *text, size_t length, double *value)
{
    char number[NUMBER_MAX];

    *value = NAN;
    if (length == 0)
        return DAVY_OK;
    if (length >= sizeof number)
        return davy_fail(DAVY_ERR_INVALID, "'%.20s...' is not a number", text);
    memcpy(number, text, length);
    number[length] = '\0';
    return davy_number_parse(number, value);
}

/* "COL=LOW..HIGH"; a column's name may hold '='. */
static davy_status read_word(const char *word, char column[COLUMN_MAX], davy_clean_range *range)
{
    const char *equals = strrchr(word, '='), *dots = equals ? strstr(equals, "..") : NULL;
    davy_status status;

    if (!dots || (size_t) (equals - word) >= COLUMN_MAX)
        return davy_fail(DAVY_ERR_INVALID, "--range %.100s: say COL=LOW..HIGH, as T-101/level=0..5",
                         word);
    memcpy(column, word, (size_t) (equals - word));
    column[equals - word] = '\0';
    status = read_bound(equals + 1, (size_t) (dots - equals - 1), &range->low);
    if (status == DAVY_OK)
        status = read_bound(dots + 2, strlen(dots + 2), &range->high);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "--range %.100s", word);
}

static davy_status take_word(const char *word, const davy_table *table, davy_clean_range *ranges)
{
    char column[COLUMN_MAX];
    davy_clean_range range;
    size_t matched = 0;
    davy_status status = read_word(word, column, &range);

    for (size_t j = 0; j < table->columns && status == DAVY_OK; j++)
        if (davy_pattern_matches(column, table->names[j])) {
            ranges[j] = range;
            matched++;
        }
    if (status == DAVY_OK && matched == 0)
        return davy_fail(DAVY_ERR_INVALID, "--range %.100s: there is no column '%s'", word, column);
    return status;
}

davy_status davy_ranges_read(const davy_option_list *words, const davy_site *site,
                             const davy_table *table, davy_clean_range **out)
{
    davy_clean_range *ranges = calloc(table->columns + 1, sizeof *ranges);
    davy_status status = ranges ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "ranges");

    for (size_t j = 0; j < table->columns && status == DAVY_OK; j++) {
        const davy_site_signal *signal = site ? davy_site_find_signal(site, table->names[j]) : NULL;

        ranges[j] = signal ? (davy_clean_range){signal->range_low, signal->range_high}
                           : (davy_clean_range){NAN, NAN};
    }
    for (size_t i = 0; i < words->count && status == DAVY_OK; i++)
        status = take_word(words->items[i], table, ranges);
    if (status == DAVY_OK)
        *out = ranges;
    else
        free(ranges);
    return status;
}
