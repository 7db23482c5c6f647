/* SPDX-License-Identifier: Apache-2.0 */
#include "data/column_types.h"

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
                         "--types: '%.40s' is no type; a column is number, category, time or skip",
                         text);
    if (format &&
        (setting->type != DAVY_COLUMN_TIME || !davy_time_format_find(format, &setting->format)))
        return davy_fail(DAVY_ERR_INVALID,
                         "--types: '%.40s' is no format; a time is ymd, dmy, mdy, compact, s, ms, "
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
        return davy_fail(DAVY_ERR_INVALID, "--types: '%.60s' is not COLUMN=TYPE", text);
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

void davy_table_facts_clear(davy_table_facts *facts)
{
    for (size_t i = 0; i < facts->file_count; i++)
        free(facts->files[i]);
    for (size_t i = 0; i < facts->column_count; i++) {
        free(facts->columns[i].name);
        davy_word_list_clear(&facts->columns[i].words);
        davy_word_list_clear(&facts->columns[i].numerals);
    }
    free((void *) facts->files);
    free(facts->columns);
    *facts = (davy_table_facts){0};
}

const davy_column_facts *davy_table_facts_find(const davy_table_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->column_count; i++)
        if (strcmp(facts->columns[i].name, name) == 0)
            return &facts->columns[i];
    return NULL;
}
