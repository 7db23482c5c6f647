/* SPDX-License-Identifier: Apache-2.0 */
#include "app/csv_words.h"

#include <string.h>

/* The first or the second of two words; neither for NULL. */
static davy_status read_choice(const char *option, const char *text, const char *first,
                               const char *second, int *out)
{
    *out = 0;
    if (!text)
        return DAVY_OK;
    *out = strcmp(text, first) == 0 ? 1 : strcmp(text, second) == 0 ? 2 : 0;
    return *out ? DAVY_OK
                : davy_fail(DAVY_ERR_INVALID, "--%s: '%.40s' is neither %s nor %s", option, text,
                            first, second);
}

davy_status davy_csv_words_read(const davy_csv_words *words, davy_csv_reading *out)
{
    int decimal = 0, header = 0;
    davy_status status = DAVY_OK;

    *out = (davy_csv_reading){.csv.encoding = words->encoding};
    if (words->delimiter)
        status = davy_csv_delimiter_parse(words->delimiter, &out->csv.delimiter);
    if (status == DAVY_OK)
        status = read_choice("decimal", words->decimal, "point", "comma", &decimal);
    if (status == DAVY_OK)
        status = read_choice("header", words->header, "row", "none", &header);
    if (status == DAVY_OK)
        status = davy_column_settings_parse(words->types, &out->types);
    if (status == DAVY_OK && words->flows)
        status = davy_flows_parse(words->flows, &out->flows);
    if (out->flows)
        out->csv.extra = davy_flows_columns(out->flows);
    out->decimal = decimal == 1 ? '.' : decimal == 2 ? ',' : '\0';
    out->csv.headless = header == 2;
    return status;
}

void davy_csv_reading_clear(davy_csv_reading *reading)
{
    davy_column_settings_clear(&reading->types);
    davy_flows_destroy(reading->flows);
}
