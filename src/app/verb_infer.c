/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy infer NAME|MODEL.onnx`: a model's answer for every row of CSV files or of stored history.
 */
#include "app/dataset.h"
#include "app/infer_answers.h"
#include "app/infer_tensors.h"
#include "app/model_find.h"
#include "app/verb.h"
#include "core/timestamp.h"
#include "models/evaluate.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "infer", "NAME|MODEL.onnx", "Print a model's answer for every row, picture or group.",
    "A model that watches: time,score,limit,verdict; a score of 1 is the limit. One that answers:\n"
    "label,p_<class>...,verdict or value,low,high,verdict. Lines stand in the order of the rows;\n"
    "without --time the time is the row's number, from 1. The file or group stands first where\n"
    "there is one. --explain adds what contributed most, largest first.\n"};

#define CAUSES 3

struct settings {
    davy_dataset dataset;
    davy_infer_tensors tensors;
    const char *models, *out;
    davy_infer_explain_options explain;
    bool numbered; /* the time of an answer is the number of its row: --time was not given */
};

/* The signals with the largest contributions: a few passes over a short row. */
static void print_causes(FILE *file, const davy_model_info *model, const double *contributions,
                         size_t top)
{
    double below = INFINITY;

    for (size_t k = 0; k < top; k++) {
        size_t best = model->signal_count;

        for (size_t i = 0; i < model->signal_count; i++)
            if (contributions[i] < below &&
                (best == model->signal_count || contributions[i] > contributions[best]))
                best = i;
        if (best == model->signal_count)
            return;
        below = contributions[best];
        (void) fprintf(file, "%s%s=%.4g", k ? ";" : "", model->signals[best], below);
    }
}

static bool has_group(const struct settings *settings)
{
    return settings->dataset.group_column && settings->dataset.csv.count > 0;
}

static void print_header(FILE *file, const struct settings *settings)
{
    if (has_group(settings))
        davy_infer_field(file, settings->dataset.group_column, ',');
    (void) fprintf(file, "time,score,limit,verdict%s\n", settings->explain.wanted ? ",causes" : "");
}

/* The rows of the table in the order in which they were read. NULL without memory. */
static size_t *order_rows(const davy_table *table)
{
    size_t *order = calloc(table->rows + 1, sizeof *order);

    for (size_t row = 0; order && row < table->rows; row++)
        order[table->places ? table->places[row] : row] = row;
    return order;
}

static void print_row(FILE *file, const struct settings *settings, const davy_model_info *model,
                      const davy_table *table, const davy_run *run, size_t row)
{
    const size_t place = table->places ? table->places[row] : row;
    char time[DAVY_TIMESTAMP_MAX];

    if (has_group(settings))
        davy_infer_field(file, table->run_names[table->runs[row]], ',');
    if (table->times && !settings->numbered)
        davy_timestamp_format(table->times[row], 9, time);
    else
        (void) snprintf(time, sizeof time, "%zu", place + 1);
    (void) fprintf(file, "%s,", time);
    if (run->verdicts[row] != DAVY_VERDICT_ABSTAIN)
        (void) fprintf(file, "%.17g", run->scores[row]);
    (void) fprintf(file, ",1,%s", davy_verdict_name((davy_verdict) run->verdicts[row]));
    if (run->contributions) {
        (void) fputc(',', file);
        print_causes(file, model, run->contributions + row * run->signals,
                     (size_t) settings->explain.top);
    }
    (void) fputc('\n', file);
}

static davy_status print_scores(FILE *file, const struct settings *settings,
                                const davy_model *model, const davy_table *table)
{
    davy_run run = {0};
    size_t *order = order_rows(table);
    davy_status status = order ? davy_model_run(model, table, settings->explain.wanted, &run)
                               : davy_fail(DAVY_ERR_NOMEM, "answers");

    if (status == DAVY_OK)
        print_header(file, settings);
    for (size_t i = 0; i < run.rows; i++)
        print_row(file, settings, davy_model_describe(model), table, &run, order[i]);
    if (status == DAVY_OK && (fflush(file) != 0 || ferror(file)))
        status = davy_fail(DAVY_ERR_IO, "cannot write the answers");
    davy_run_clear(&run);
    free(order);
    return status;
}

static davy_status infer_scores(FILE *file, struct settings *settings, const davy_model *model)
{
    davy_table table = {0};
    davy_status status;

    if (settings->explain.method || settings->explain.json)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%s' watches rows: its score is a sum of shares, which --explain "
                         "prints as they are",
                         davy_model_describe(model)->name);
    /* A column called "time" may put the rows in order; it is printed when it was asked for. */
    settings->numbered = settings->dataset.csv.count > 0 && !settings->dataset.time_column;
    status = settings->dataset.images
                 ? davy_fail(DAVY_ERR_INVALID, "model '%s' watches rows, not pictures",
                             davy_model_describe(model)->name)
                 : davy_dataset_read_for(&settings->dataset, davy_model_describe(model), &table);
    if (status == DAVY_OK)
        status = print_scores(file, settings, model, &table);
    davy_table_clear(&table);
    return status;
}

static davy_status write_answers(struct settings *settings, const davy_found_model *model)
{
    FILE *file = settings->out ? fopen(settings->out, "we") : stdout;
    davy_status status;

    if (!file)
        return davy_fail(DAVY_ERR_IO, "cannot create '%s'", settings->out);
    status = model->watcher ? infer_scores(file, settings, model->watcher)
                            : davy_infer_answers(file, &settings->dataset, model->predictor,
                                                 &settings->explain);
    if (file != stdout && fclose(file) != 0 && status == DAVY_OK)
        status = davy_fail(DAVY_ERR_IO, "cannot write '%s'", settings->out);
    return status;
}

static int infer_rows(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    davy_found_model model = {0};
    davy_status status =
        davy_model_find(settings->dataset.data, settings->models, words->items[0], &model);

    if (status == DAVY_OK)
        status = write_answers(settings, &model);
    davy_dataset_clear(&settings->dataset);
    davy_found_model_close(&model);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("infer", status);
}

static bool is_for_tensors(const struct settings *settings)
{
    return settings->tensors.inputs.count > 0 || settings->tensors.out;
}

/* Any ONNX model, on tensor files. */
static int infer_tensors(const struct settings *settings, const char *word)
{
    char path[PATH_MAX];
    davy_status status = davy_model_path(settings->dataset.data, settings->models, word, path);

    if (status == DAVY_OK)
        status = davy_infer_tensors_run(&settings->tensors, path);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("infer", status);
}

static int infer_words(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;

    return is_for_tensors(settings) ? infer_tensors(settings, words->items[0])
                                    : infer_rows(context, words);
}

static int infer(int argc, char **argv)
{
    struct settings settings = {.dataset = davy_dataset_default(), .explain = {.top = CAUSES}};
    const davy_option options[] = {
        DAVY_DATASET_OPTIONS(&settings.dataset),
        DAVY_PICTURE_OPTIONS(&settings.dataset),
        {"out", DAVY_OPTION_TEXT, &settings.out, "FILE", "write there and not to the terminal"},
        {"explain", DAVY_OPTION_FLAG, &settings.explain.wanted, NULL,
         "add the largest contributions"},
        {"top", DAVY_OPTION_INTEGER, &settings.explain.top, "N", "how many of them (3)"},
        {"explain-by", DAVY_OPTION_TEXT, &settings.explain.method, "METHOD",
         "paths, sums, background, gradients or permutation (as fits the model)"},
        {"explain-json", DAVY_OPTION_TEXT, &settings.explain.json, "FILE",
         "write whole explanations there, a JSON object a line"},
        {"models", DAVY_OPTION_TEXT, &settings.models, "DIR", "folder of models (DATA/models)"},
        {"tensor", DAVY_OPTION_LIST, &settings.tensors.inputs, "[INPUT=]FILE.pb",
         "ONNX tensors for the model's inputs, by name or in order"},
        {"out-tensors", DAVY_OPTION_TEXT, &settings.tensors.out, "DIR",
         "write output_0.pb, output_1.pb ... there"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv,
                          infer_words, &settings);
}

const davy_verb davy_verb_infer = {"infer", "print a model's score for every row", infer};
