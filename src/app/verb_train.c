/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy train NAME`: from a history to a calibrated model in the registry.
 */
#include "app/dataset_csv.h"
#include "app/ranges.h"
#include "app/table_print.h"
#include "app/train_progress.h"
#include "app/units.h"
#include "app/verb.h"
#include "core/buffer.h"
#include "core/timestamp.h"
#include "models/training/train.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "train", "NAME", "Train a model and put it into the registry.",
    "The model learns from the first part of the history and is calibrated on the latest part;\n"
    "--budget is how often it may be wrong. Tasks other than anomaly answer --label, or pictures.\n"
    "Ctrl-C keeps an unfinished network, and the same command goes on with it.\n"
    "`davy train NAME --model pca --task anomaly --set help` lists settings.\n"};

struct settings {
    davy_dataset dataset;
    davy_train_options train;
    davy_option_list set, range;
    const char *models;
    bool json, json_progress;
};

/* What a setting takes: "0 to 64", "mean/max", "text". */
static const char *values_text(const davy_setting *setting, char *text, size_t capacity)
{
    if (setting->texts)
        (void) snprintf(text, capacity, "%s", setting->texts);
    else if (isnan(setting->low))
        (void) snprintf(text, capacity, "text");
    else
        (void) snprintf(text, capacity, "%g to %g", setting->low, setting->high);
    for (char *bar = strchr(text, '|'); bar; bar = strchr(bar, '|'))
        *bar = '/';
    return text;
}

static int print_settings(const char *kind, const char *task)
{
    davy_setting settings[DAVY_TRAIN_SETTINGS_MAX];
    size_t count = davy_train_settings(kind, task, settings);
    char values[64];

    for (size_t i = 0; i < count; i++)
        (void) printf("  %-16s %-8s %-14s %s\n", settings[i].key,
                      settings[i].value[0] ? settings[i].value : "-",
                      values_text(&settings[i], values, sizeof values), settings[i].meaning);
    if (count > 0)
        return EX_OK;
    return davy_verb_fail("train", davy_fail(DAVY_ERR_UNSUPPORTED,
                                             "no model of kind '%s' does task '%s'", kind, task));
}

static davy_status print_json(const davy_train_report *report)
{
    json_t *object = json_pack("{s:s, s:i, s:s, s:f, s:s}", "name", report->name, "version",
                               (int) report->version, "folder", report->folder, "promise_per_day",
                               report->promise_per_day, "summary", report->summary);

    return davy_print_json(object);
}

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
    (void) number;
    interrupted = 1;
}

static bool is_interrupted(void *context)
{
    (void) context;
    return interrupted != 0;
}

/* The first ctrl-C ends the training in order, and keeps what there is; the second one ends it. */
static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = SA_RESETHAND};

    (void) sigemptyset(&action.sa_mask);
    (void) sigaction(SIGINT, &action, NULL);
    (void) sigaction(SIGTERM, &action, NULL);
}

static void say_option(davy_buffer *query, const char *option, const char *value)
{
    if (value)
        davy_buffer_printf(query, "%s--%s '%s'", query->length > 0 ? " " : "", option, value);
}

static void say_time(davy_buffer *query, const char *option, int64_t time_ns)
{
    char text[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(time_ns, 0, text);
    say_option(query, option, text);
}

/* Where the data came from, as it would be asked for again. */
static davy_status make_query(const davy_dataset *dataset, davy_buffer *query)
{
    for (size_t i = 0; i < dataset->csv.count; i++)
        say_option(query, "csv", dataset->csv.items[i]);
    say_option(query, "images", dataset->images);
    say_option(query, "part", dataset->part);
    say_option(query, "signals", dataset->signals);
    if (dataset->signals) {
        say_time(query, "from", dataset->from_ns);
        say_time(query, "to", dataset->to_ns);
    }
    say_option(query, "time", dataset->time_column);
    say_option(query, "label", dataset->label_column);
    say_option(query, "group", dataset->group_column);
    say_option(query, "columns", dataset->columns);
    say_option(query, "site", dataset->site_file);
    say_option(query, "flows", dataset->flows);
    return davy_buffer_ok(query);
}

static davy_status train_on_table(struct settings *settings, davy_train_report *report)
{
    davy_table table = {0};
    davy_molecule_tally tally = {0};
    davy_clean_range *ranges = NULL;
    const char **units;
    davy_status status;

    settings->dataset.tally = &tally;
    settings->dataset.classes = strcmp(settings->train.task, "classify") == 0;
    settings->dataset.categories = strcmp(settings->train.task, "anomaly") != 0;
    if (settings->dataset.test.count > 0 && strcmp(settings->train.task, "anomaly") == 0)
        return davy_fail(DAVY_ERR_INVALID, "--test is for models that answer: one that watches is "
                                           "judged with `davy evaluate --csv FILE...`");
    status = davy_dataset_find_molecules(&settings->dataset);
    if (status == DAVY_OK)
        status = davy_dataset_read(&settings->dataset, &table);
    if (status != DAVY_OK)
        return status;
    units = davy_units_of(&settings->dataset.units, settings->dataset.site, &table);
    settings->train.units = units;
    settings->train.label = settings->dataset.label_column;
    settings->train.flows = settings->dataset.flows;
    settings->train.molecules = settings->dataset.molecules;
    settings->train.tally = &tally;
    status = davy_ranges_read(&settings->range, settings->dataset.site, &table, &ranges);
    settings->train.ranges = ranges;
    if (status == DAVY_OK)
        status = davy_train(&table, &settings->train, report);
    free(ranges);
    free(units);
    davy_table_clear(&table);
    return status;
}

static davy_status train_on(struct settings *settings, davy_train_report *report)
{
    const davy_dataset *dataset = &settings->dataset;
    davy_train_progress progress = {.lines = settings->json_progress};
    davy_buffer query = {0};
    davy_status status;

    status = make_query(dataset, &query);
    if (status != DAVY_OK)
        return status;
    settings->train.query = query.bytes;
    settings->train.progress = davy_train_progress_tell;
    settings->train.interrupted = is_interrupted;
    settings->train.progress_context = &progress;
    catch_interrupts();
    if (dataset->images && (dataset->csv.count > 0 || dataset->signals))
        status = davy_fail(DAVY_ERR_INVALID, "choose one: --images DIR or --csv FILE...");
    else if (dataset->images)
        status = davy_train_pictures(dataset->images, dataset->part, &settings->train, report);
    else
        status = train_on_table(settings, report);
    davy_train_progress_end(&progress, status == DAVY_OK);
    davy_buffer_clear(&query);
    return status;
}

static int train_model(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    char folder[PATH_MAX];
    davy_train_report report = {0};
    davy_status status;

    if (settings->set.count == 1 && strcmp(settings->set.items[0], "help") == 0)
        return print_settings(settings->train.kind, settings->train.task);
    settings->train.name = words->items[0];
    settings->train.settings = settings->set.items;
    settings->train.setting_count = settings->set.count;
    settings->train.registry =
        davy_models_folder(settings->dataset.data, settings->models, folder, sizeof folder);
    status = train_on(settings, &report);
    davy_dataset_clear(&settings->dataset);
    if (status == DAVY_OK && settings->json)
        status = print_json(&report);
    else if (status == DAVY_OK)
        (void) printf("%s\n%s version %u in %s\n", report.summary, report.name, report.version,
                      report.folder);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("train", status);
}

static int train(int argc, char **argv)
{
    struct settings settings = {.dataset = davy_dataset_default(),
                                .train = {.kind = "auto", .task = "anomaly"}};
    const davy_option options[] = {
        {"model", DAVY_OPTION_TEXT, &settings.train.kind, "KIND",
         "pca, autoencoder, cnn, lstm, transformer, isolation, kmeans, linear, bayes, knn, rocket, "
         "svm, "
         "boost, "
         "forest, "
         "tree, blend, or auto (default)"},
        {"task", DAVY_OPTION_TEXT, &settings.train.task, "TASK",
         "anomaly (default), classify, regress, life or forecast"},
        {"budget", DAVY_OPTION_RATE, &settings.train.budget_per_day, "RATE",
         "false alarms that are allowed (1/week)"},
        {"columns", DAVY_OPTION_TEXT, &settings.dataset.columns, "PATTERN",
         "columns of the CSV files to learn from (all that are numbers)"},
        DAVY_DATASET_OPTIONS(&settings.dataset),
        DAVY_PICTURE_OPTIONS(&settings.dataset),
        {"test", DAVY_OPTION_LIST, &settings.dataset.test, "FILE...",
         "CSV files to judge an answering model by: never learnt from"},
        {"watch", DAVY_OPTION_LIST, &settings.dataset.watch, "FILE...",
         "CSV files to watch while it learns (a part of what it learns from)"},
        {"clean", DAVY_OPTION_TEXT, &settings.train.clean, "RECIPE",
         "cleaning, step by step: range,hampel:11,stuck,hold:5 (none)"},
        DAVY_RANGE_OPTION(&settings.range),
        {"seed", DAVY_OPTION_INTEGER, &settings.train.seed, "N", "seed of all chance (0)"},
        {"set", DAVY_OPTION_WORDS, &settings.set, "KEY=VALUE", "a setting of the model's kind"},
        {"models", DAVY_OPTION_TEXT, &settings.models, "DIR", "folder of models (DATA/models)"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print the result as JSON"},
        {"json-progress", DAVY_OPTION_FLAG, &settings.json_progress, NULL,
         "tell progress on standard error, a JSON object a line"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv,
                          train_model, &settings);
}

const davy_verb davy_verb_train = {"train", "train a model on history", train};
