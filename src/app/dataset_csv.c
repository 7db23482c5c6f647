/* SPDX-License-Identifier: Apache-2.0 */
#include "app/dataset_csv.h"

#include "core/bulk.h"
#include "core/pattern.h"
#include "data/table_inspect.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Bytes of all files that are to be read, for the bar; one that is not there counts nothing. */
static uint64_t count_bytes(const davy_dataset *dataset)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < dataset->csv.count; i++) {
        glob_t files = {0};
        struct stat about;

        if (glob(dataset->csv.items[i], 0, NULL, &files) == 0)
            for (size_t j = 0; j < files.gl_pathc; j++)
                if (stat(files.gl_pathv[j], &about) == 0)
                    bytes += (uint64_t) about.st_size;
        globfree(&files);
    }
    return bytes;
}

/* The files of one of the lists, told from all others whatever they are called. */
typedef struct part_files {
    const char *option;
    char **names;
    struct stat *about;
    size_t count;
} part_files;

static davy_status find_files(const davy_option_list *list, part_files *part)
{
    davy_status status;

    if (list->count == 0)
        return DAVY_OK;
    status = davy_table_find_files(list->items, list->count, &part->names, &part->count);
    if (status != DAVY_OK)
        return status;
    part->about = calloc(part->count, sizeof *part->about);
    if (!part->about)
        return davy_fail(DAVY_ERR_NOMEM, "%zu files", part->count);
    for (size_t i = 0; i < part->count; i++)
        if (stat(part->names[i], &part->about[i]) != 0) /* who reads it says so */
            part->about[i].st_ino = 0;
    return DAVY_OK;
}

static davy_status check_apart(const part_files *a, const part_files *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (a->about[i].st_ino != 0 && a->about[i].st_ino == b->about[j].st_ino &&
                a->about[i].st_dev == b->about[j].st_dev)
                return davy_fail(DAVY_ERR_INVALID,
                                 "'%s' is given to %s and to %s: what is judged must be neither "
                                 "learnt nor chosen by",
                                 b->names[j], a->option, b->option);
    return DAVY_OK;
}

davy_status davy_dataset_check_parts(const davy_dataset *dataset)
{
    part_files parts[] = {{.option = "--csv"}, {.option = "--watch"}, {.option = "--test"}};
    davy_status status = find_files(&dataset->csv, &parts[0]);

    if (status == DAVY_OK)
        status = find_files(&dataset->watch, &parts[1]);
    if (status == DAVY_OK)
        status = find_files(&dataset->test, &parts[2]);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++)
        for (size_t j = i + 1; j < DAVY_ARRAY_LENGTH(parts) && status == DAVY_OK; j++)
            status = check_apart(&parts[i], &parts[j]);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++) {
        for (size_t j = 0; j < parts[i].count; j++)
            free(parts[i].names[j]);
        free((void *) parts[i].names);
        free(parts[i].about);
    }
    return status;
}

static void draw_progress(void *context, uint64_t bytes)
{
    davy_progress_update(context, bytes);
}

static void print_note(void *context, const char *sentence)
{
    (void) context;
    (void) fprintf(stderr, "davy: reading: %s\n", sentence);
}

/* How the files are written, and what is computed of their rows. */
static davy_status read_words(const davy_dataset *dataset, davy_csv_reading *words,
                              davy_flows **flows, davy_molecules **molecules)
{
    davy_status status = davy_csv_words_read(&dataset->words, words);

    *flows = NULL;
    *molecules = NULL;
    if (status == DAVY_OK && dataset->flows)
        status = davy_flows_parse(dataset->flows, flows);
    if (status == DAVY_OK && dataset->molecules)
        status = davy_molecules_create(molecules);
    if (status == DAVY_OK && *flows)
        words->csv.extra = davy_flows_columns(*flows);
    if (status == DAVY_OK && *molecules)
        words->csv.extra = davy_molecules_columns(*molecules);
    return status;
}

davy_status davy_dataset_reading_begin(davy_dataset_reading *reading, const davy_dataset *dataset,
                                       const davy_dataset_columns *columns)
{
    davy_status status;

    *reading = (davy_dataset_reading){.tally = dataset->tally};
    status = read_words(dataset, &reading->words, &reading->flows, &reading->molecules);
    if (status != DAVY_OK)
        return status;
    reading->options = (davy_table_csv_options){
        .time_column = dataset->time_column,
        .label_column = dataset->label_column,
        .group_column = dataset->group_column,
        .molecule_column = dataset->molecules ? DAVY_MOLECULES_COLUMN : NULL,
        .kin_column = dataset->molecules && dataset->categories ? DAVY_SCAFFOLD_COLUMN : NULL,
        .columns = columns->names,
        .column_count = columns->count,
        .levels = columns->levels,
        .categories = dataset->categories || columns->levels,
        .label_optional = columns->label_optional,
        .label_classes = dataset->classes,
        .csv = reading->words.csv,
        .decimal = reading->words.decimal,
        .types = &reading->words.types,
        .period_ns = dataset->time_column ? 0 : dataset->period_ns,
        .room_max = davy_bulk_room(),
        .note = columns->quiet || dataset->quiet ? NULL : print_note,
    };
    if (dataset->show_progress) {
        davy_progress_begin(&reading->progress, "reading", count_bytes(dataset));
        reading->options.progress = draw_progress;
        reading->options.progress_context = &reading->progress;
        reading->drawn = true;
    }
    return DAVY_OK;
}

void davy_dataset_reading_end(davy_dataset_reading *reading)
{
    if (reading->drawn)
        davy_progress_end(&reading->progress);
    reading->drawn = false;
    davy_csv_reading_clear(&reading->words);
    davy_flows_destroy(reading->flows);
    reading->flows = NULL;
    if (reading->molecules && reading->tally) {
        const davy_molecule_tally tally = davy_molecules_count(reading->molecules);

        davy_molecule_tally_add(reading->tally, &tally);
    }
    davy_molecules_destroy(reading->molecules);
    reading->molecules = NULL;
}

davy_status davy_dataset_read_csv(const davy_dataset *dataset, const davy_dataset_columns *columns,
                                  davy_table *out)
{
    davy_dataset_reading reading;
    davy_status status = davy_dataset_reading_begin(&reading, dataset, columns);

    if (status == DAVY_OK)
        status = davy_table_read_csv(dataset->csv.items, dataset->csv.count, &reading.options, out);
    davy_dataset_reading_end(&reading);
    return status;
}

bool davy_dataset_plain(const davy_dataset *dataset)
{
    return dataset->csv.count > 0 && !dataset->images && !dataset->signals && !dataset->site_file &&
           dataset->units.count == 0;
}

davy_status davy_dataset_open_first(const davy_dataset *dataset, davy_csv **csv)
{
    glob_t files = {0};
    davy_csv_reading reading;
    davy_flows *flows;
    davy_molecules *molecules;
    davy_status status = read_words(dataset, &reading, &flows, &molecules);

    if (status == DAVY_OK && glob(dataset->csv.items[0], GLOB_NOCHECK, NULL, &files) != 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no file matches '%s'", dataset->csv.items[0]);
    if (status == DAVY_OK)
        status = davy_csv_open_as(files.gl_pathv[0], &reading.csv, csv);
    globfree(&files);
    davy_csv_reading_clear(&reading);
    davy_flows_destroy(flows);
    davy_molecules_destroy(molecules);
    return status;
}

davy_status davy_dataset_take_flows(davy_dataset *dataset, const char *model, const char *flows)
{
    const char *given = dataset->flows;

    if (flows[0] == '\0' && given)
        return davy_fail(DAVY_ERR_INVALID, "model '%s' learnt without --flows", model);
    if (given && strcmp(given, flows) != 0)
        return davy_fail(DAVY_ERR_INVALID, "model '%s' learnt with --flows %s", model, flows);
    dataset->flows = flows[0] ? flows : NULL;
    return DAVY_OK;
}

/* Whether --types says what the column is. */
static davy_status is_set(const davy_dataset *dataset, const char *column, bool *set)
{
    davy_csv_reading reading;
    const davy_status status = davy_csv_words_read(&dataset->words, &reading);

    *set = status == DAVY_OK && davy_column_settings_find(&reading.types, column);
    davy_csv_reading_clear(&reading);
    return status;
}

static bool has_column(const davy_dataset *dataset, const char *column)
{
    davy_csv *csv = NULL;
    size_t field;
    /* A file that cannot be read is told by who reads its rows. */
    const bool found = davy_dataset_open_first(dataset, &csv) == DAVY_OK &&
                       davy_csv_column(csv, column, &field) == DAVY_OK;

    davy_csv_close(csv);
    return found;
}

bool davy_dataset_is_of_molecules(const char *column)
{
    return strncmp(column, "mol:", 4) == 0 || strncmp(column, "morgan:", 7) == 0;
}

static bool wants_molecules(const davy_dataset *dataset)
{
    const char *columns = dataset->columns;

    return !columns || davy_pattern_matches(columns, DAVY_MOLECULES_COLUMN) ||
           strstr(columns, "mol:") || strstr(columns, "morgan:");
}

davy_status davy_dataset_find_molecules(davy_dataset *dataset)
{
    bool set;
    davy_status status;

    if (dataset->csv.count == 0 || dataset->flows || dataset->site_file ||
        !wants_molecules(dataset))
        return DAVY_OK;
    status = is_set(dataset, DAVY_MOLECULES_COLUMN, &set);
    if (status != DAVY_OK || set || !has_column(dataset, DAVY_MOLECULES_COLUMN))
        return status;
    dataset->molecules = davy_molecules_recipe();
    return DAVY_OK;
}

davy_status davy_dataset_take_molecules(davy_dataset *dataset, const char *model,
                                        const char *recipe)
{
    bool other_reader;

    dataset->molecules = recipe[0] ? davy_molecules_recipe() : NULL;
    if (!dataset->molecules)
        return DAVY_OK;
    if (davy_molecule_readable() && !davy_molecules_agree(recipe, &other_reader))
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%s' learnt from molecules as %s, which this davy reads as %s",
                         model, recipe, davy_molecules_recipe());
    if (davy_molecule_readable() && other_reader)
        (void) fprintf(stderr,
                       "davy: model '%s' learnt from molecules as %s, which are read as %s here: "
                       "its answers may differ a little\n",
                       model, recipe, davy_molecules_recipe());
    return DAVY_OK;
}

void davy_dataset_tell_molecules(const davy_dataset *dataset, const char *verb)
{
    const davy_molecule_tally *tally = dataset->tally;

    for (size_t i = 0; tally && i < tally->told_count; i++)
        (void) fprintf(stderr, "davy %s: %s: line %llu: '%s' is no molecule: %s\n", verb,
                       tally->told[i].file, (unsigned long long) tally->told[i].line,
                       tally->told[i].text, davy_molecule_fault_text(tally->told[i].fault));
    if (tally && davy_molecule_tally_refused(tally) > tally->told_count)
        (void) fprintf(stderr, "davy %s: %zu more are none\n", verb,
                       davy_molecule_tally_refused(tally) - tally->told_count);
}

void davy_dataset_find_time(davy_dataset *dataset)
{
    if (!dataset->time_column && dataset->csv.count > 0 && has_column(dataset, DAVY_TIME_COLUMN))
        dataset->time_column = DAVY_TIME_COLUMN;
}
