/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy data FILE...`: what is in a history, what is wrong with it, and what cleaning makes of it.
 */
#include "app/data_look.h"
#include "app/dataset_csv.h"
#include "app/ranges.h"
#include "app/units.h"
#include "app/verb.h"
#include "core/file.h"
#include "data/clean_kind.h"
#include "data/table_inspect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "data", "[FILE...]", "Look at a history before anything is learnt from it.",
    "Columns, their types and ranges, what is missing, gaps, spikes, stuck values, repeated and\n"
    "shuffled times, and columns that a model should not see. Nothing is changed; --clean shows\n"
    "what a recipe of cleaning would make of it, --out writes that down.\n"
    "`davy data --clean help` lists the steps of a recipe.\n"};

struct settings {
    davy_dataset dataset;
    davy_option_list range;
    const char *clean, *report, *out;
    bool json;
};

/* All that is known of the data. */
struct look {
    davy_dataset dataset;
    davy_table table;
    davy_quality_report ordered;
    davy_clean_range *ranges;
    const char **units; /* [columns] "" where it is not known */
    davy_buffer left_out, read_as, converted, name, types;
    davy_profile profile, cleaned;
    davy_cleaning cleaning;
    davy_clean_tally tally;
};

static void look_clear(struct look *look)
{
    davy_table_clear(&look->table);
    free(look->ranges);
    free(look->units);
    davy_buffer_clear(&look->left_out);
    davy_buffer_clear(&look->read_as);
    davy_buffer_clear(&look->converted);
    davy_buffer_clear(&look->name);
    davy_buffer_clear(&look->types);
    davy_profile_clear(&look->profile);
    davy_profile_clear(&look->cleaned);
    davy_cleaning_clear(&look->cleaning);
    davy_clean_tally_clear(&look->tally);
}

/* "window=11", "period", "missing". */
static void print_parameter(const davy_clean_parameter *parameter)
{
    char name[64];

    if (parameter->type == DAVY_CLEAN_NUMBER && !isnan(parameter->value))
        (void) snprintf(name, sizeof name, ":%s=%g", parameter->name, parameter->value);
    else
        (void) snprintf(name, sizeof name, ":%s%s", parameter->name,
                        parameter->type == DAVY_CLEAN_FLAG ? "" : "=");
    (void) printf("    %-14s %s\n", name, parameter->meaning);
}

static int print_steps(void)
{
    const davy_clean_kind *kind;

    for (size_t i = 0; (kind = davy_clean_kind_at(i)) != NULL; i++) {
        (void) printf("  %-16s %s\n", kind->name, kind->meaning);
        for (size_t p = 0; p < DAVY_CLEAN_PARAMETER_MAX && kind->parameters[p].name; p++)
            print_parameter(&kind->parameters[p]);
    }
    return EX_OK;
}

/* A mixed column is told and left out: a look must not end where it is needed most. */
static davy_status skip_mixed(struct look *look, const davy_table_facts *facts)
{
    if (look->dataset.words.types)
        davy_buffer_append_text(&look->types, look->dataset.words.types);
    for (size_t i = 0; i < facts->column_count; i++)
        if (facts->columns[i].type == DAVY_COLUMN_MIXED)
            davy_buffer_printf(&look->types, "%s%s=skip", look->types.length > 0 ? "," : "",
                               facts->columns[i].name);
    if (look->types.length > 0)
        look->dataset.words.types = look->types.bytes;
    return davy_buffer_ok(&look->types);
}

/* What was found of the first file, as the options that would set it. */
static void tell_reading(struct look *look, const davy_table_facts *facts)
{
    const char *time = look->dataset.time_column;
    const davy_column_facts *column = time ? davy_table_facts_find(facts, time) : NULL;
    char delimiter[DAVY_CSV_DELIMITER_MAX];

    davy_buffer_printf(&look->read_as, "--encoding %s --delimiter %s --decimal %s", facts->encoding,
                       davy_csv_delimiter_name(facts->csv.delimiter, delimiter),
                       facts->decimal == ',' ? "comma" : "point");
    if (column && column->format < DAVY_TIME_FORMATS)
        davy_buffer_printf(&look->read_as, " --types '%s=time:%s'", time,
                           davy_time_format_name(column->format));
}

/* Columns that are not read, each with the reason. */
static void list_left_out(struct look *look, const davy_table_facts *facts)
{
    for (size_t i = 0; i < facts->column_count; i++) {
        const davy_column_facts *column = &facts->columns[i];

        if (column->type == DAVY_COLUMN_TEXT || column->type == DAVY_COLUMN_MIXED ||
            (column->type == DAVY_COLUMN_TIME &&
             (!look->dataset.time_column || strcmp(look->dataset.time_column, column->name) != 0)))
            davy_buffer_printf(&look->left_out, "%s%s (%s)", look->left_out.length > 0 ? "; " : "",
                               column->name, column->why);
    }
}

/* What the files hold, before they are read. */
static davy_status inspect(struct look *look)
{
    const davy_dataset_columns all = {.quiet = true};
    davy_dataset_reading reading;
    davy_table_facts facts = {0};
    davy_status status;

    if (look->dataset.csv.count == 0)
        return DAVY_OK;
    davy_dataset_find_time(&look->dataset);
    status = davy_dataset_reading_begin(&reading, &look->dataset, &all);
    if (status == DAVY_OK)
        status = davy_table_inspect(look->dataset.csv.items, look->dataset.csv.count,
                                    &reading.options, 0, &facts);
    davy_dataset_reading_end(&reading);
    if (status == DAVY_OK) {
        tell_reading(look, &facts);
        status = skip_mixed(look, &facts);
    }
    if (status == DAVY_OK && !look->dataset.site_file && !look->dataset.columns)
        list_left_out(look, &facts);
    davy_table_facts_clear(&facts);
    return status;
}

/* "a.csv and 3 more", or the pattern of the signals. */
static void name_data(struct look *look)
{
    const davy_option_list *csv = &look->dataset.csv;
    const char *slash;

    if (csv->count == 0) {
        davy_buffer_append_text(&look->name, look->dataset.signals);
        return;
    }
    slash = strrchr(csv->items[0], '/');
    davy_buffer_append_text(&look->name, slash && slash[1] ? slash + 1 : csv->items[0]);
    if (csv->count > 1)
        davy_buffer_printf(&look->name, " and %zu more", csv->count - 1);
}

static davy_status clean(const struct settings *settings, struct look *look)
{
    davy_status status = davy_cleaning_parse(settings->clean, &look->cleaning);

    if (status == DAVY_OK)
        status = davy_cleaning_learn(&look->cleaning, &look->table, look->ranges);
    if (status == DAVY_OK)
        status = davy_cleaning_apply(&look->cleaning, &look->table, 0, &look->tally);
    if (status == DAVY_OK)
        status = davy_profile_make(&look->table, &look->ordered, look->ranges, &look->cleaned);
    return status;
}

static davy_status take_look(const struct settings *settings, struct look *look)
{
    davy_status status = inspect(look);

    if (status == DAVY_OK)
        status = davy_dataset_read(&look->dataset, &look->table);
    if (status == DAVY_OK)
        status = davy_clean_order(&look->table, &look->ordered);
    if (status == DAVY_OK)
        status =
            davy_ranges_read(&settings->range, look->dataset.site, &look->table, &look->ranges);
    if (status == DAVY_OK) {
        look->units = davy_units_of(&look->dataset.units, look->dataset.site, &look->table);
        status = look->units ? davy_units_tell(&look->dataset.units, &look->table, look->units,
                                               &look->converted)
                             : davy_fail(DAVY_ERR_NOMEM, "units");
    }
    if (status == DAVY_OK)
        status = davy_profile_make(&look->table, &look->ordered, look->ranges, &look->profile);
    if (status == DAVY_OK && settings->clean)
        status = clean(settings, look);
    if (status == DAVY_OK)
        name_data(look);
    return status;
}

static davy_status write_report(const char *path, const davy_profile_subject *subject)
{
    davy_buffer html = {0};
    davy_status status = davy_profile_page(subject, &html);

    if (status == DAVY_OK)
        status = davy_file_replace(path, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
}

static davy_status tell(const struct settings *settings, const struct look *look)
{
    const davy_profile_subject subject = {
        .name = look->name.bytes ? look->name.bytes : "",
        .table = &look->table,
        .units = look->units,
        .read_as = look->read_as.bytes,
        .converted = look->converted.bytes,
        .left_out = look->left_out.bytes,
        .profile = &look->profile,
        .cleaned = settings->clean ? &look->cleaned : NULL,
        .cleaning = &look->cleaning,
        .tally = &look->tally,
    };
    davy_status status = DAVY_OK;

    if (settings->report)
        status = write_report(settings->report, &subject);
    if (status == DAVY_OK && settings->out)
        status = davy_data_write(settings->out, &look->dataset, &look->table);
    if (status == DAVY_OK)
        status = settings->json ? davy_data_print_json(&subject) : davy_data_print(&subject);
    return status;
}

static int look_at_data(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    struct look look = {.dataset = settings->dataset};
    davy_status status;

    look.dataset.categories = true;
    look.dataset.quiet = true;

    if (settings->clean && strcmp(settings->clean, "help") == 0)
        return print_steps();
    if (words->count > 0 && look.dataset.csv.count > 0)
        return davy_verb_fail("data", davy_fail(DAVY_ERR_INVALID, "name the files once: behind the "
                                                                  "verb or behind --csv"));
    if (words->count > 0)
        look.dataset.csv = *words;
    status = take_look(settings, &look);
    if (status == DAVY_OK)
        status = tell(settings, &look);
    davy_dataset_clear(&look.dataset);
    look_clear(&look);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("data", status);
}

static int data(int argc, char **argv)
{
    struct settings settings = {.dataset = davy_dataset_default()};
    const davy_option options[] = {
        DAVY_DATASET_OPTIONS(&settings.dataset),
        {"columns", DAVY_OPTION_TEXT, &settings.dataset.columns, "PATTERN",
         "columns of the CSV files to look at (all that are numbers)"},
        {"clean", DAVY_OPTION_TEXT, &settings.clean, "RECIPE",
         "show what cleaning makes of it: range,hampel:11,hold:5"},
        DAVY_RANGE_OPTION(&settings.range),
        {"report", DAVY_OPTION_TEXT, &settings.report, "FILE", "write a page with small plots"},
        {"out", DAVY_OPTION_TEXT, &settings.out, "FILE", "write the rows, cleaned, as CSV"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, SIZE_MAX, argc, argv,
                          look_at_data, &settings);
}

const davy_verb davy_verb_data = {"data", "look at a history before learning from it", data};
