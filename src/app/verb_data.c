/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy data FILE...`: what is in a history, what is wrong with it, and what cleaning makes of it.
 */
#include "app/data_look.h"
#include "app/ranges.h"
#include "app/units.h"
#include "app/verb.h"
#include "core/csv.h"
#include "core/file.h"
#include "data/clean_kind.h"

#include <glob.h>
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
    davy_buffer left_out, name;
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
    davy_buffer_clear(&look->name);
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

static bool is_read(const struct look *look, const char *column)
{
    const char *const named[] = {look->dataset.time_column, look->dataset.label_column,
                                 look->dataset.group_column};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(named); i++)
        if (named[i] && strcmp(named[i], column) == 0)
            return true;
    for (size_t c = 0; c < look->table.columns; c++)
        if (strcmp(look->table.names[c], column) == 0)
            return true;
    return false;
}

/* Columns of the first file that the table does not have, because they hold text. */
static davy_status find_left_out(struct look *look)
{
    glob_t files = {0};
    davy_csv *csv = NULL;
    const char *const *header;
    size_t count;
    davy_status status;

    if (look->dataset.csv.count == 0 || look->dataset.site || look->dataset.columns)
        return DAVY_OK;
    if (glob(look->dataset.csv.items[0], GLOB_NOCHECK, NULL, &files) != 0)
        return DAVY_OK; /* who read its rows has told it */
    status = davy_csv_open(files.gl_pathv[0], &csv);
    globfree(&files);
    if (status != DAVY_OK)
        return status;
    header = davy_csv_header(csv, &count);
    for (size_t i = 0; i < count; i++)
        if (!is_read(look, header[i]))
            davy_buffer_printf(&look->left_out, "%s%s", look->left_out.length > 0 ? ", " : "",
                               header[i]);
    davy_csv_close(csv);
    return DAVY_OK;
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
    davy_status status = davy_dataset_read(&look->dataset, &look->table);

    if (status == DAVY_OK)
        status = davy_clean_order(&look->table, &look->ordered);
    if (status == DAVY_OK)
        status =
            davy_ranges_read(&settings->range, look->dataset.site, &look->table, &look->ranges);
    if (status == DAVY_OK) {
        look->units = davy_units_of(&look->dataset.units, look->dataset.site, &look->table);
        status = look->units ? find_left_out(look) : davy_fail(DAVY_ERR_NOMEM, "units");
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
