/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy evaluate NAME`: how a model does on labelled data, beside what needs no model.
 */
#include "app/dataset.h"
#include "app/evaluate_answers.h"
#include "app/model_find.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "core/file.h"
#include "models/evaluate.h"
#include "models/report_evaluation.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const davy_usage usage = {
    "evaluate", "NAME", "Run a model over data and print how well it does.",
    "Beside the model stand an alarm that never ends and a clock that knows only where in a run\n"
    "faults usually lie: a model that does not beat them has learnt nothing.\n"};

struct settings {
    davy_dataset dataset;
    const char *models, *report;
    bool json;
};

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *figures_json(const davy_figures *figures)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "auc_roc", number(figures->auc_roc),
                     "average_precision", number(figures->average_precision), "f1",
                     number(figures->f1), "false_alarm_rate", number(figures->false_rate),
                     "missed_alarm_rate", number(figures->missed_rate));
}

static davy_status print_json(const davy_evaluation *found)
{
    json_t *object =
        json_pack("{s:I, s:I, s:I, s:o, s:I, s:o, s:b, s:I, s:I, s:o, s:o, s:o, s:o}", "rows",
                  (json_int_t) found->rows, "abstained", (json_int_t) found->abstained, "faulty",
                  (json_int_t) found->faulty, "days", number(found->days), "episodes",
                  (json_int_t) found->episodes, "episodes_per_day", number(found->episodes_per_day),
                  "labelled", (int) found->labelled, "events", (json_int_t) found->events,
                  "detected", (json_int_t) found->detected, "delay_seconds",
                  number(found->delay_seconds), "model", figures_json(&found->model), "always",
                  figures_json(&found->always), "clock", figures_json(&found->clock));

    return davy_print_json(object);
}

static davy_status print_figures(davy_print *print, const char *name, const davy_figures *figures)
{
    const double values[] = {figures->auc_roc, figures->average_precision, figures->f1,
                             figures->false_rate, figures->missed_rate};
    char texts[DAVY_ARRAY_LENGTH(values)][32];
    const char *row[DAVY_ARRAY_LENGTH(values) + 1] = {name};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(values); i++) {
        (void) snprintf(texts[i], sizeof texts[i], isfinite(values[i]) ? "%.4f" : "-", values[i]);
        row[i + 1] = texts[i];
    }
    return davy_print_row(print, row);
}

static davy_status print_table(const davy_evaluation *found)
{
    static const davy_print_column columns[] = {
        {"", false, false}, {"AUC-ROC", true, true}, {"AP", true, true},
        {"F1", true, true}, {"FAR", true, true},     {"MAR", true, true},
    };
    davy_print *print;
    davy_status status =
        davy_print_create("figures", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    status = print_figures(print, "model", &found->model);
    if (status == DAVY_OK)
        status = print_figures(print, "clock", &found->clock);
    if (status == DAVY_OK)
        status = print_figures(print, "always", &found->always);
    davy_print_finish(print);
    return status;
}

static davy_status print_text(const davy_evaluation *found)
{
    davy_status status = DAVY_OK;

    (void) printf("%zu rows, %.3g days; %zu rows without a verdict\n", found->rows, found->days,
                  found->abstained);
    (void) printf("%zu %salarm %s, %.3g a day\n", found->episodes, found->labelled ? "false " : "",
                  found->episodes == 1 ? "episode" : "episodes", found->episodes_per_day);
    if (found->labelled) {
        (void) printf("in alarm for %.3g %% of the rows without a fault\n",
                      100.0 * found->model.false_rate);
        (void) printf("%zu of %zu faults found", found->detected, found->events);
        if (isfinite(found->delay_seconds))
            (void) printf(", after %.3g s in the median", found->delay_seconds);
        (void) printf("\n\n");
        status = print_table(found);
    }
    return status;
}

static davy_status write_report(const char *path, const davy_model *model, const davy_table *table,
                                const davy_run *run, const davy_evaluation *found)
{
    davy_buffer html = {0};
    davy_status status =
        davy_evaluation_report(davy_model_describe(model), table, run, found, &html);

    if (status == DAVY_OK)
        status = davy_file_replace(path, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
}

/* A label that no file has would make figures of nothing look like figures. */
static davy_status check_label(const davy_dataset *dataset, const davy_table *table)
{
    size_t row = 0;

    if (!dataset->label_column || !table->labels)
        return DAVY_OK;
    while (row < table->rows && isnan(table->labels[row]))
        row++;
    return row < table->rows ? DAVY_OK
                             : davy_fail(DAVY_ERR_INVALID, "no file has labels in a column '%s'",
                                         dataset->label_column);
}

static davy_status evaluate_watcher(struct settings *settings, const davy_model *model)
{
    davy_table table = {0};
    davy_run run = {0};
    davy_evaluation found;
    davy_status status =
        settings->dataset.images
            ? davy_fail(DAVY_ERR_INVALID, "model '%s' watches rows, not pictures",
                        davy_model_describe(model)->name)
            : davy_dataset_read_for(&settings->dataset, davy_model_describe(model), &table);

    if (status == DAVY_OK)
        status = check_label(&settings->dataset, &table);
    if (status == DAVY_OK)
        status = davy_model_run(model, &table, false, &run);
    if (status == DAVY_OK)
        status = davy_evaluate(&table, &run, &found);
    if (status == DAVY_OK && settings->report)
        status = write_report(settings->report, model, &table, &run, &found);
    if (status == DAVY_OK)
        status = settings->json ? print_json(&found) : print_text(&found);
    davy_run_clear(&run);
    davy_table_clear(&table);
    return status;
}

static int evaluate_model(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    davy_found_model model = {0};
    davy_status status =
        davy_model_find(settings->dataset.data, settings->models, words->items[0], &model);

    if (status == DAVY_OK && model.watcher)
        status = evaluate_watcher(settings, model.watcher);
    else if (status == DAVY_OK)
        status = davy_evaluate_answers(&settings->dataset, model.predictor, settings->report,
                                       settings->json);
    davy_dataset_clear(&settings->dataset);
    davy_found_model_close(&model);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("evaluate", status);
}

static int evaluate(int argc, char **argv)
{
    struct settings settings = {.dataset = davy_dataset_default()};
    const davy_option options[] = {
        DAVY_DATASET_OPTIONS(&settings.dataset),
        DAVY_PICTURE_OPTIONS(&settings.dataset),
        {"models", DAVY_OPTION_TEXT, &settings.models, "DIR", "folder of models (DATA/models)"},
        {"report", DAVY_OPTION_TEXT, &settings.report, "FILE",
         "write a page with the scores and the figures"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv,
                          evaluate_model, &settings);
}

const davy_verb davy_verb_evaluate = {"evaluate", "print how well a model does", evaluate};
