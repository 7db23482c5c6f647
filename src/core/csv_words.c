/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv_words.h"

#include <stdlib.h>
#include <string.h>

const char *davy_column_type_name(davy_column_type type)
{
    static const char *const names[] = {
        [DAVY_COLUMN_FOUND] = "found",       [DAVY_COLUMN_NUMBER] = "number",
        [DAVY_COLUMN_CATEGORY] = "category", [DAVY_COLUMN_TIME] = "time",
        [DAVY_COLUMN_LABEL] = "label",       [DAVY_COLUMN_GROUP] = "group",
        [DAVY_COLUMN_TEXT] = "text",         [DAVY_COLUMN_MIXED] = "mixed"};

    return names[type];
}

static const struct {
    const char *name;
    davy_column_type type;
} settable[] = {{"number", DAVY_COLUMN_NUMBER},
                {"category", DAVY_COLUMN_CATEGORY},
                {"time", DAVY_COLUMN_TIME},
                {"skip", DAVY_COLUMN_TEXT},
                {"text", DAVY_COLUMN_TEXT}};

/* "number", "time:dmy". */
static davy_status parse_type(char *text, davy_column_setting *setting)
{
    char *format = strchr(text, ':');

    setting->format = DAVY_TIME_FORMATS;
    if (format)
        *format++ = '\0';
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(settable); i++)
        if (strcmp(settable[i].name, text) == 0)
            setting->type = settable[i].type;
    if (setting->type == DAVY_COLUMN_FOUND)
        return davy_fail(DAVY_ERR_INVALID,
                         "types: '%.40s' is no type; a column is number, category, time or skip",
                         text);
    if (format &&
        (setting->type != DAVY_COLUMN_TIME || !davy_time_format_find(format, &setting->format)))
        return davy_fail(DAVY_ERR_INVALID,
                         "types: '%.40s' is no format; a time is ymd, dmy, mdy, compact, s, ms, "
                         "us or ns",
                         format);
    return DAVY_OK;
}

/* "NAME=TYPE", whose name may hold '='. */
static davy_status parse_setting(char *text, davy_column_settings *settings)
{
    char *equals = strrchr(text, '=');
    davy_column_setting *items =
        reallocarray(settings->items, settings->count + 1, sizeof *settings->items);

    if (!items)
        return davy_fail(DAVY_ERR_NOMEM, "types of columns");
    settings->items = items;
    items[settings->count] = (davy_column_setting){0};
    if (!equals || equals == text)
        return davy_fail(DAVY_ERR_INVALID, "types: '%.60s' is not COLUMN=TYPE", text);
    *equals = '\0';
    items[settings->count].name = strdup(text);
    if (!items[settings->count].name)
        return davy_fail(DAVY_ERR_NOMEM, "types of columns");
    return parse_type(equals + 1, &items[settings->count++]);
}

davy_status davy_column_settings_parse(const char *text, davy_column_settings *out)
{
    char *copy = strdup(text ? text : ""), *rest = copy, *item;
    davy_column_settings settings = {0};
    davy_status status = copy ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "types of columns");

    while (status == DAVY_OK && (item = strsep(&rest, ",")))
        if (*item)
            status = parse_setting(item, &settings);
    free(copy);
    if (status == DAVY_OK)
        *out = settings;
    else
        davy_column_settings_clear(&settings);
    return status;
}

void davy_column_settings_clear(davy_column_settings *settings)
{
    for (size_t i = 0; i < settings->count; i++)
        free(settings->items[i].name);
    free(settings->items);
    *settings = (davy_column_settings){0};
}

const davy_column_setting *davy_column_settings_find(const davy_column_settings *settings,
                                                     const char *name)
{
    for (size_t i = 0; settings && i < settings->count; i++)
        if (strcmp(settings->items[i].name, name) == 0)
            return &settings->items[i];
    return NULL;
}

/* The first or the second of two words; neither for NULL. */
static davy_status read_choice(const char *option, const char *text, const char *first,
                               const char *second, int *out)
{
    *out = 0;
    if (!text)
        return DAVY_OK;
    *out = strcmp(text, first) == 0 ? 1 : strcmp(text, second) == 0 ? 2 : 0;
    return *out ? DAVY_OK
                : davy_fail(DAVY_ERR_INVALID, "%s: '%.40s' is neither %s nor %s", option, text,
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
    out->decimal = decimal == 1 ? '.' : decimal == 2 ? ',' : '\0';
    out->csv.headless = header == 2;
    return status;
}

void davy_csv_reading_clear(davy_csv_reading *reading)
{
    davy_column_settings_clear(&reading->types);
}
