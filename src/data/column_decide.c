/* SPDX-License-Identifier: Apache-2.0 */
#include "data/column_types.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void decide(davy_column_facts *column, davy_column_type type, const char *format, ...)
    DAVY_PRINTF(3, 4);

static void decide(davy_column_facts *column, davy_column_type type, const char *format, ...)
{
    va_list arguments;

    column->type = type;
    va_start(arguments, format);
    (void) vsnprintf(column->why, sizeof column->why, format, arguments);
    va_end(arguments);
}

static bool is(const char *role, const char *name)
{
    return role && strcmp(role, name) == 0;
}

static bool is_role(const davy_column_rules *rules, const char *name)
{
    return is(rules->time, name) || is(rules->label, name) || is(rules->group, name) ||
           is(rules->molecules, name);
}

/* The comma, when some cells say so for certain and none has a point. */
static char find_decimal(const davy_table_facts *facts, const davy_column_rules *rules)
{
    size_t sure = 0, points = 0;

    if (rules->decimal)
        return rules->decimal;
    for (size_t i = 0; i < facts->column_count; i++) {
        const davy_column_facts *column = &facts->columns[i];
        const bool counts =
            !is(rules->time, column->name) && !is(rules->group, column->name) &&
            (column->numbers + column->commas) * 2 > column->numbers + column->others;

        sure += counts ? column->sure_commas : 0;
        points += counts ? column->points : 0;
    }
    return sure > 0 && points == 0 ? ',' : '.';
}

/* Cells with commas turn out to be numbers. Their extremes are found when they are read. */
static void take_commas(davy_column_facts *column)
{
    column->numbers += column->commas;
    column->others -= column->commas;
    column->commas = column->sure_commas = 0;
}

/* Where a cell stands, in words. */
static const char *place_text(const davy_table_facts *facts, const davy_odd_cell *cell, char *text,
                              size_t capacity)
{
    (void) snprintf(text, capacity, "%s: line %llu",
                    cell->file < facts->file_count ? facts->files[cell->file] : "",
                    (unsigned long long) cell->line);
    return text;
}

/* The first of two formats that a column can both be, or of one that it is. */
static davy_time_format first_format(unsigned formats)
{
    davy_time_format format = (davy_time_format) 0;

    while (format < DAVY_TIME_FORMATS && !(formats & DAVY_TIME_BIT(format)))
        format = (davy_time_format) (format + 1);
    return format;
}

static void decide_time(davy_column_facts *column, const davy_column_setting *setting)
{
    const davy_time_format first = first_format(column->formats);
    const davy_time_format second = first_format(column->formats & ~DAVY_TIME_BIT(first));

    column->format = DAVY_TIME_FORMATS;
    column->odd = column->no_time;
    if (setting && setting->format < DAVY_TIME_FORMATS) {
        column->format = setting->format;
        decide(column, DAVY_COLUMN_TIME, "set to %s", davy_time_format_look(setting->format));
    } else if (column->formats == DAVY_TIME_ALL) {
        decide(column, DAVY_COLUMN_TIME, "'%s' is not a time", column->no_time.text);
    } else if (second < DAVY_TIME_FORMATS) {
        decide(column, DAVY_COLUMN_TIME,
               "its times may be %s or %s: say --types '%.60s=time:%s' or '%.60s=time:%s'",
               davy_time_format_look(first), davy_time_format_look(second), column->name,
               davy_time_format_name(first), column->name, davy_time_format_name(second));
    } else {
        column->format = first;
        decide(column, DAVY_COLUMN_TIME, "times as %s", davy_time_format_look(first));
    }
}

static bool is_time(const davy_column_facts *column)
{
    const unsigned dates =
        DAVY_TIME_BIT(DAVY_TIME_YMD) | DAVY_TIME_BIT(DAVY_TIME_DMY) | DAVY_TIME_BIT(DAVY_TIME_MDY);

    return column->numbers == 0 && column->others > 0 && column->no_time.line == 0 &&
           (column->formats & dates);
}

/* A measured signal in which words stand: what they mean only a person knows. */
static void decide_mixed(const davy_table_facts *facts, davy_column_facts *column)
{
    char place[120];

    column->odd = column->first_word.line ? column->first_word : column->first_comma;
    decide(column, DAVY_COLUMN_MIXED,
           "%s: column '%.60s': '%s' is no number, but %zu other %s; say --types "
           "'%.60s=number' to take such cells as missing, or =skip",
           place_text(facts, &column->odd, place, sizeof place), column->name, column->odd.text,
           column->numbers, column->numbers == 1 ? "cell is" : "cells are", column->name);
}

static void decide_comma(const davy_table_facts *facts, davy_column_facts *column)
{
    char place[120];

    column->odd = column->first_comma;
    decide(column, DAVY_COLUMN_MIXED,
           "%s: column '%.60s': '%s' may have a decimal comma, or one of thousands: say --decimal "
           "comma, or --types '%.60s=skip'",
           place_text(facts, &column->odd, place, sizeof place), column->name, column->odd.text,
           column->name);
}

static void decide_words(davy_column_facts *column)
{
    column->odd = (davy_odd_cell){0};
    if (column->more_words)
        decide(column, DAVY_COLUMN_TEXT,
               "more than %zu different words: names or text, and no categories", DAVY_LEVELS_MAX);
    else if (column->words.count > DAVY_LEVELS_FEW && column->words.count * 2 > column->others)
        decide(column, DAVY_COLUMN_TEXT, "%zu different words in %zu cells: hardly one comes again",
               column->words.count, column->others);
    else
        decide(column, DAVY_COLUMN_CATEGORY, "%zu different %s", column->words.count,
               column->words.count == 1 ? "word" : "words");
}

/* Numbers and words. */
static void decide_both(const davy_table_facts *facts, davy_column_facts *column)
{
    const size_t cells = column->numbers + column->others;
    const size_t different = column->words.count + column->numerals.count;

    if (!column->more_words && different <= DAVY_LEVELS_MIXED_MAX && cells >= 2 * different)
        decide(column, DAVY_COLUMN_CATEGORY, "%zu different words and numbers", different);
    else if (column->numbers >= column->others)
        decide_mixed(facts, column);
    else
        decide(column, DAVY_COLUMN_TEXT, "words, and numbers among them");
}

static void decide_found(const davy_table_facts *facts, davy_column_facts *column)
{
    if (column->name[0] == '\0')
        decide(column, DAVY_COLUMN_TEXT, "it has no name");
    else if (is_time(column))
        decide_time(column, NULL);
    else if (column->commas > 0 && column->sure_commas == 0 && column->commas == column->others)
        decide_comma(facts, column);
    else if (column->numbers + column->others == 0)
        decide(column, DAVY_COLUMN_TEXT, "no cell has a finite value");
    else if (column->others == 0)
        decide(column, DAVY_COLUMN_NUMBER, "%s",
               column->infinite > 0 ? "numbers; those that are infinite are missing"
                                    : "all cells are numbers");
    else if (column->numbers == 0)
        decide_words(column);
    else
        decide_both(facts, column);
    if (column->type == DAVY_COLUMN_NUMBER)
        column->odd = column->first_infinite;
}

static void decide_set(davy_column_facts *column, const davy_column_setting *setting)
{
    if (setting->type == DAVY_COLUMN_TIME)
        decide_time(column, setting);
    else if (setting->type == DAVY_COLUMN_NUMBER)
        decide(column, DAVY_COLUMN_NUMBER, "set; %zu cells that are no number are missing",
               column->others);
    else
        decide(column, setting->type, "set");
    if (setting->type == DAVY_COLUMN_NUMBER)
        column->odd = column->first_word.line ? column->first_word : column->first_infinite;
}

static void decide_role(davy_column_facts *column, const davy_column_rules *rules)
{
    if (is(rules->time, column->name))
        decide_time(column, davy_column_settings_find(rules->settings, column->name));
    else if (is(rules->group, column->name))
        decide(column, DAVY_COLUMN_GROUP, "tells runs apart");
    else if (is(rules->molecules, column->name))
        decide(column, DAVY_COLUMN_TEXT, "molecules, which become columns of numbers");
    else if (rules->label_classes)
        decide(column, DAVY_COLUMN_LABEL, "classes");
    else
        decide(column, DAVY_COLUMN_LABEL, "numbers");
}

/* What is text says so beforehand. */
static void decide_computed(davy_column_facts *column)
{
    if (column->type == DAVY_COLUMN_FOUND)
        decide(column, DAVY_COLUMN_NUMBER, "numbers that are computed");
    else
        decide(column, column->type, "a text that is computed");
}

void davy_table_facts_decide(davy_table_facts *facts, const davy_column_rules *rules)
{
    facts->decimal = find_decimal(facts, rules);
    for (size_t i = 0; i < facts->column_count; i++) {
        davy_column_facts *column = &facts->columns[i];
        const davy_column_setting *setting =
            davy_column_settings_find(rules->settings, column->name);

        if (facts->decimal == ',')
            take_commas(column);
        column->set = setting || column->computed || is_role(rules, column->name);
        if (column->computed)
            decide_computed(column);
        else if (is_role(rules, column->name))
            decide_role(column, rules);
        else if (setting)
            decide_set(column, setting);
        else
            decide_found(facts, column);
    }
}
