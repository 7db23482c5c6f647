/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy evaluate NAME`: how a model does on labelled data, beside what needs no model.
 */
#include "app/dataset.h"
#include "app/evaluate_answers.h"
#include "app/evaluate_print.h"
#include "app/model_find.h"
#include "app/table_print.h"
#include "app/verb.h"
#include "core/file.h"
#include "models/judge/evaluate.h"
#include "models/pages/report_evaluation.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const davy_usage usage = {
    "evaluate", "NAME", "Run a model over data and print how well it does.",
    "Beside the model stand a random score, an alarm that never ends, a clock that knows only "
    "where\n"
    "in a run faults usually lie, the last value, principal components and boosted trees, all on "
    "the\n"
    "same rows: a model that does not beat them has learnt nothing. Baselines learn from the "
    "files\n"
    "of --history, best those that the model learnt from, else from the other runs of the data.\n"};

struct settings {
    davy_dataset dataset;
    const char *models;
    davy_evaluate_options options;
};

static json_t *figures_json(const davy_figures *figures)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "auc_roc", davy_evaluate_number(figures->auc_roc),
                     "average_precision", davy_evaluate_number(figures->average_precision), "f1",
                     davy_evaluate_number(figures->f1), "false_alarm_rate",
                     davy_evaluate_number(figures->false_rate), "missed_alarm_rate",
                     davy_evaluate_number(figures->missed_rate));
}

static json_t *budget_json(const davy_budget_figures *f, bool timed)
{
    return json_pack(
        "{so so so so so so}", "limit", davy_evaluate_number(f->limit), "false_episodes_per_day",
        davy_evaluate_estimate(f->episodes), "event_recall", davy_evaluate_estimate(f->recall),
        "event_precision", davy_evaluate_estimate(f->precision),
        timed ? "delay_seconds_median" : "delay_rows_median", davy_evaluate_estimate(f->delay),
        timed ? "delay_seconds_p90" : "delay_rows_p90", davy_evaluate_estimate(f->delay_p90));
}

static json_t *budgets_json(const davy_watch_judgement *judged)
{
    const davy_comparison *c = &judged->comparison;
    json_t *list = json_array();

    for (size_t b = 0; b < DAVY_JUDGE_BUDGETS; b++) {
        json_t *hindsight = json_object();

        for (size_t m = 0; m < c->count; m++)
            if (c->methods[m].measured)
                json_object_set_new(hindsight, c->methods[m].key,
                                    budget_json(&judged->hindsight[m][b], judged->timed));
        json_array_append_new(list,
                              json_pack("{sf sb so so}", "per_day", davy_judge_budgets[b],
                                        "vouched", (int) judged->limits[b].vouched, "promised",
                                        budget_json(&judged->promised[b], judged->timed),
                                        "hindsight", hindsight));
    }
    return list;
}

static json_t *found_json(const davy_evaluation *found)
{
    return json_pack(
        "{s:I, s:I, s:I, s:o, s:I, s:o, s:b, s:I, s:I, s:o, s:o, s:o, s:o}", "rows",
        (json_int_t) found->rows, "abstained", (json_int_t) found->abstained, "faulty",
        (json_int_t) found->faulty, "days", davy_evaluate_number(found->days), "episodes",
        (json_int_t) found->episodes, "episodes_per_day",
        davy_evaluate_number(found->episodes_per_day), "labelled", (int) found->labelled, "events",
        (json_int_t) found->events, "detected", (json_int_t) found->detected, "delay_seconds",
        davy_evaluate_number(found->delay_seconds), "model", figures_json(&found->model), "always",
        figures_json(&found->always), "clock", figures_json(&found->clock));
}

static davy_status print_json(const davy_watch_judgement *judged)
{
    json_t *object = found_json(&judged->found);
    davy_status status = DAVY_OK;

    if (judged->labelled && object) {
        status = davy_evaluate_add_comparison(object, &judged->comparison, &judged->protocol);
        json_object_set_new(object, "vus_window", json_integer((json_int_t) judged->window));
        json_object_set_new(object, "merge_rows", json_integer((json_int_t) judged->merge));
        json_object_set_new(object, "at_own_limit", budget_json(&judged->own, judged->timed));
        json_object_set_new(object, "budgets", budgets_json(judged));
        json_object_set_new(object, "curves",
                            davy_evaluate_curves(judged->curves, judged->curve_count));
    }
    if (status == DAVY_OK)
        return davy_print_json(object);
    json_decref(object);
    return status;
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

static void print_event_lines(const davy_watch_judgement *judged)
{
    const davy_evaluation *found = &judged->found;
    const char *unit = judged->timed ? "s" : "rows";

    (void) printf("in alarm for %.3g %% of the rows without a fault\n",
                  100.0 * found->model.false_rate);
    (void) printf("%zu of %zu faults found", found->detected, found->events);
    if (isfinite(judged->own.delay.value))
        (void) printf(", after %.3g %s in the median, 9 of 10 within %.3g %s",
                      judged->own.delay.value, unit, judged->own.delay_p90.value, unit);
    (void) printf("\n\n");
}

static void print_episodes(const davy_evaluation *found)
{
    (void) printf("%zu %salarm %s", found->episodes, found->labelled ? "false " : "",
                  found->episodes == 1 ? "episode" : "episodes");
    if (isfinite(found->episodes_per_day))
        (void) printf(", %.3g a day\n", found->episodes_per_day);
    else
        (void) printf("; the rows cover no time, so there is no rate\n");
}

static davy_status print_text(const davy_watch_judgement *judged)
{
    const davy_evaluation *found = &judged->found;
    davy_status status;

    (void) printf("%zu rows, %.3g days; %zu rows without a verdict\n", found->rows, found->days,
                  found->abstained);
    if (found->abstained == found->rows) {
        (void) printf("the model says nothing of any row: signals are missing, or its window is "
                      "never full\n");
        return DAVY_OK;
    }
    print_episodes(found);
    if (!judged->labelled) {
        (void) printf("%s row is labelled as a fault: nothing can be said of how well it does\n",
                      found->faulty == 0 ? "no" : "every");
        return DAVY_OK;
    }
    print_event_lines(judged);
    status = print_table(found);
    (void) printf("\n");
    return status == DAVY_OK ? davy_evaluate_print_comparison(&judged->comparison) : status;
}

static davy_status write_report(const char *path, const davy_model *model, const davy_table *table,
                                const davy_run *run, const davy_watch_judgement *judged)
{
    davy_buffer html = {0};
    davy_status status =
        davy_evaluation_report(davy_model_describe(model), table, run, judged, &html);

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

static davy_status read_history(const struct settings *settings, const davy_model *model,
                                davy_table *history)
{
    davy_dataset dataset = davy_evaluate_history(&settings->dataset, &settings->options);

    return dataset.csv.count > 0
               ? davy_dataset_read_for(&dataset, davy_model_describe(model), history)
               : DAVY_OK;
}

static davy_status judge(const struct settings *settings, const davy_model *model,
                         const davy_table *table, const davy_run *run,
                         davy_watch_judgement **judged)
{
    davy_table history = {0};
    davy_progress progress;
    davy_status status = read_history(settings, model, &history);

    if (status == DAVY_OK) {
        const davy_judge_options options =
            davy_evaluate_judging(&settings->options, &history, &progress);

        status = davy_judge_watch(model, table, run, &options, judged);
        davy_progress_end(&progress);
    }
    davy_table_clear(&history);
    return status;
}

static davy_status evaluate_watcher(struct settings *settings, const davy_model *model)
{
    davy_table table = {0};
    davy_run run = {0};
    davy_watch_judgement *judged = NULL;
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
        status = judge(settings, model, &table, &run, &judged);
    if (status == DAVY_OK && settings->options.report)
        status = write_report(settings->options.report, model, &table, &run, judged);
    if (status == DAVY_OK)
        status = settings->options.json ? print_json(judged) : print_text(judged);
    free(judged);
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
        status = davy_evaluate_answers(&settings->dataset, model.predictor, &settings->options);
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
        {"history", DAVY_OPTION_LIST, &settings.options.history, "FILE...",
         "CSV files that the baselines learn from (the other runs of the data)"},
        {"seed", DAVY_OPTION_INTEGER, &settings.options.seed, "N", "seed of all chance (0)"},
        {"report", DAVY_OPTION_TEXT, &settings.options.report, "FILE",
         "write a page with the scores and the figures"},
        {"json", DAVY_OPTION_FLAG, &settings.options.json, NULL, "print JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 1, argc, argv,
                          evaluate_model, &settings);
}

const davy_verb davy_verb_evaluate = {"evaluate", "print how well a model does", evaluate};
