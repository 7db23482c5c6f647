/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy infer NAME|MODEL.onnx`: a model's answer for every row of CSV files or of stored history.
 */
#include "app/dataset.h"
#include "app/infer_answers.h"
#include "app/infer_scores.h"
#include "app/infer_tensors.h"
#include "app/model_find.h"
#include "app/verb.h"

#include <limits.h>
#include <stdio.h>

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
};

static davy_status write_answers(struct settings *settings, const davy_found_model *model)
{
    FILE *file = settings->out ? fopen(settings->out, "we") : stdout;
    davy_status status;

    if (!file)
        return davy_fail(DAVY_ERR_IO, "cannot create '%s'", settings->out);
    status =
        model->watcher
            ? davy_infer_scores(file, &settings->dataset, model->watcher, &settings->explain)
            : davy_infer_answers(file, &settings->dataset, model->predictor, &settings->explain);
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
