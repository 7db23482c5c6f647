/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evaluate_answers.h"

#include "app/dataset_csv.h"
#include "app/table_print.h"
#include "core/file.h"
#include "models/judge/assess.h"
#include "models/pages/report_answers.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

static json_t *classes_json(const davy_predictor_info *info, const davy_assessment *a)
{
    json_t *list = json_array();

    for (size_t k = 0; k < info->class_count; k++) {
        const davy_class_figures *c = &a->classes[k];
        json_t *row = json_array();

        for (size_t said = 0; said < info->class_count; said++)
            json_array_append_new(
                row, json_integer((json_int_t) a->confusion[k * info->class_count + said]));
        json_array_append_new(list,
                              json_pack("{ss sI sf sf sf so}", "class", info->classes[k], "samples",
                                        (json_int_t) c->samples, "precision", c->precision,
                                        "recall", c->recall, "f1", c->f1, "answers", row));
    }
    return list;
}

static json_t *reliability_json(const davy_answer_judgement *judged)
{
    json_t *list = json_array();

    for (size_t b = 0; b < DAVY_RELIABILITY_BINS; b++)
        json_array_append_new(list,
                              json_pack("{sf sf sf}", "answers", judged->bins[b].weight, "said",
                                        judged->bins[b].said, "right", judged->bins[b].true_share));
    return list;
}

static json_t *costs_json(const davy_answer_judgement *judged)
{
    json_t *list = json_array();

    for (size_t c = 0; c < judged->curve_count; c++)
        json_array_append_new(list, json_pack("{ss sf}", "class", judged->curves[c].class, "area",
                                              davy_cost_area(judged->costs[c], DAVY_COST_STEPS)));
    return list;
}

/* Recall at low false-alarm rates, and what the model does as it answers. */
static json_t *rates_json(const davy_answer_judgement *judged)
{
    json_t *list = json_array();

    for (size_t c = 0; c < judged->curve_count; c++) {
        const davy_rate_figures *rates = &judged->rates[c];
        json_t *recall = json_array();

        for (size_t r = 0; r < DAVY_JUDGE_RATES; r++)
            json_array_append_new(recall,
                                  json_pack("{sf so}", "false_rate", davy_judge_rates[r], "recall",
                                            davy_evaluate_estimate(rates->recall[r])));
        json_array_append_new(
            list, json_pack("{ss so so so}", "class", judged->curves[c].class, "at", recall,
                            "said_recall", davy_evaluate_estimate(rates->said_recall),
                            "said_false_rate", davy_evaluate_estimate(rates->said_false_rate)));
    }
    return list;
}

static json_t *class_figures_json(const davy_predictor_info *info, const davy_assessment *a,
                                  const davy_answer_judgement *judged)
{
    return json_pack(
        "{so so so so so so so so so so so}", "rates", rates_json(judged), "accuracy",
        davy_evaluate_number(a->accuracy), "balanced_accuracy",
        davy_evaluate_number(a->balanced_accuracy), "macro_f1", davy_evaluate_number(a->macro_f1),
        "log_loss", davy_evaluate_number(a->log_loss), "brier", davy_evaluate_number(a->brier),
        "common_accuracy", davy_evaluate_number(a->common_accuracy), "classes",
        classes_json(info, a), "reliability", reliability_json(judged), "costs", costs_json(judged),
        "curves", davy_evaluate_curves(judged->curves, judged->curve_count));
}

static json_t *number_figures_json(const davy_assessment *a, const davy_answer_judgement *judged)
{
    return json_pack("{so so so so so so so sI so}", "rmse", davy_evaluate_number(a->rmse), "mae",
                     davy_evaluate_number(a->mae), "bias", davy_evaluate_number(a->bias), "r2",
                     davy_evaluate_number(a->r2), "covered", davy_evaluate_number(a->covered),
                     "mean_rmse", davy_evaluate_number(a->mean_rmse), "mean_mae",
                     davy_evaluate_number(a->mean_mae), "season_rows", (json_int_t) judged->season,
                     "naive_error",
                     davy_evaluate_number(judged->naive_lag > 0 ? judged->naive_error : NAN));
}

static davy_status print_json(const davy_predictor_info *info, const davy_assessment *a,
                              const davy_answer_judgement *judged)
{
    json_t *object = json_pack("{sI sI sI ss}", "samples", (json_int_t) a->count, "unknown",
                               (json_int_t) a->unknown, "abstained", (json_int_t) a->abstained,
                               "task", davy_task_name(info->task));
    json_t *figures = info->class_count > 0 ? class_figures_json(info, a, judged)
                                            : number_figures_json(a, judged);
    davy_status status =
        object && json_object_update_new(object, figures) == 0 &&
                json_object_set_new(object, "outside",
                                    json_integer((json_int_t) judged->outside)) == 0 &&
                json_object_set_new(object, "warnings", davy_cautions_json(&judged->cautions)) == 0
            ? davy_evaluate_add_comparison(object, &judged->comparison, &judged->protocol)
            : davy_fail(DAVY_ERR_NOMEM, "JSON of an evaluation");

    if (status == DAVY_OK)
        return davy_print_json(object);
    json_decref(object);
    return status;
}

static davy_status print_classes(const davy_predictor_info *info, const davy_assessment *a)
{
    static const davy_print_column columns[] = {{"class", false, false},
                                                {"samples", true, true},
                                                {"precision", true, true},
                                                {"recall", true, true},
                                                {"F1", true, true}};
    davy_print *print;
    davy_status status =
        davy_print_create("classes", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    for (size_t k = 0; k < info->class_count && status == DAVY_OK; k++) {
        const davy_class_figures *c = &a->classes[k];
        char samples[24], precision[24], recall[24], f1[24];

        (void) snprintf(samples, sizeof samples, "%zu", c->samples);
        (void) snprintf(precision, sizeof precision, "%.4f", c->precision);
        (void) snprintf(recall, sizeof recall, "%.4f", c->recall);
        (void) snprintf(f1, sizeof f1, "%.4f", c->f1);
        status = davy_print_row(
            print, (const char *const[]){info->classes[k], samples, precision, recall, f1});
    }
    davy_print_finish(print);
    return status;
}

static bool has_one_class(const davy_assessment *a)
{
    size_t present = 0;

    for (size_t k = 0; k < a->class_count; k++)
        present += a->classes[k].samples > 0;
    return present == 1;
}

static davy_status print_text(const davy_predictor_info *info, const davy_assessment *a,
                              const davy_answer_judgement *judged)
{
    davy_status status = DAVY_OK;

    (void) printf("%zu samples; %zu without a known answer, %zu abstentions\n\n", a->count,
                  a->unknown, a->abstained);
    if (info->class_count > 0) {
        status = print_classes(info, a);
        (void) printf("\n%s", has_one_class(a) ? "all samples are of one class: whether the model "
                                                 "tells classes apart cannot be seen here\n\n"
                                               : "");
    }
    for (size_t i = 0; i < judged->cautions.count; i++)
        (void) printf("Warning: %s\n\n", judged->cautions.list[i].en);
    return status == DAVY_OK ? davy_evaluate_print_comparison(&judged->comparison) : status;
}

static davy_status write_report(const char *path, const davy_answer_page *page,
                                const davy_answer_judgement *judged)
{
    davy_buffer html = {0};
    davy_status status = davy_answer_report(page, judged, &html);

    if (status == DAVY_OK)
        status = davy_file_replace(path, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
}

/* Everything of one evaluation. Zeroed is empty. */
typedef struct evaluation {
    davy_table table, history;
    davy_sample_set samples;
    davy_answer_set answers;
    davy_assessment found;
    davy_answer_judgement *judged;
} evaluation;

static void evaluation_clear(evaluation *e)
{
    davy_answer_judgement_free(e->judged);
    davy_assessment_clear(&e->found);
    davy_answer_set_clear(&e->answers);
    davy_sample_set_clear(&e->samples);
    davy_table_clear(&e->table);
    davy_table_clear(&e->history);
}

static davy_status refuse(const davy_predictor_info *info, const evaluation *e)
{
    if (e->samples.count == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "there is no sample to judge: rows lack values, or are too few for the "
                         "model's window");
    return davy_fail(DAVY_ERR_INVALID,
                     "no sample has an answer to be judged by: column '%s' is missing or empty%s",
                     info->label,
                     info->class_count > 0 ? ", or holds no class that the model knows" : "");
}

static davy_status ask(const davy_predictor *predictor, evaluation *e)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    davy_pool *pool = NULL;
    davy_status status = davy_pool_create(0, &pool);

    if (status == DAVY_OK)
        status = davy_predictor_ask_all(predictor, &e->samples, &(davy_asking){.pool = pool},
                                        &e->answers);
    davy_pool_destroy(pool);
    if (status == DAVY_OK)
        status = davy_assess(info, &e->samples, &e->answers, NULL, 0, &e->found);
    return status == DAVY_OK && e->found.count == 0 ? refuse(info, e) : status;
}

static davy_status read_history(const davy_dataset *dataset, const davy_predictor *predictor,
                                const davy_evaluate_options *options, evaluation *e)
{
    davy_dataset other = davy_evaluate_history(dataset, options);

    if (other.csv.count == 0)
        return DAVY_OK;
    if (dataset->images)
        return davy_fail(DAVY_ERR_INVALID, "--history holds rows, and the model answers pictures");
    return davy_dataset_read_answers(&other, davy_predictor_describe(predictor), &e->history);
}

static davy_status judge(const davy_dataset *dataset, const davy_predictor *predictor,
                         const davy_evaluate_options *options, evaluation *e)
{
    const davy_answer_case asked = {.predictor = predictor,
                                    .samples = &e->samples,
                                    .table = dataset->images ? NULL : &e->table,
                                    .answers = &e->answers};
    davy_status status = read_history(dataset, predictor, options, e);

    if (status == DAVY_OK) {
        davy_progress progress;
        const davy_judge_options judging = davy_evaluate_judging(options, &e->history, &progress);

        status = davy_judge_answers(&asked, &judging, &e->judged);
        davy_progress_end(&progress);
    }
    return status;
}

davy_status davy_evaluate_answers(davy_dataset *dataset, const davy_predictor *predictor,
                                  const davy_evaluate_options *options)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    davy_molecule_tally tally = {0};
    evaluation e = {.judged = NULL};
    davy_status status;

    dataset->tally = &tally;
    status = davy_dataset_read_samples(dataset, predictor, true, &e.table, &e.samples);
    davy_dataset_tell_molecules(dataset, "evaluate");
    dataset->tally = NULL;
    if (status == DAVY_OK)
        status = ask(predictor, &e);
    if (status == DAVY_OK)
        status = judge(dataset, predictor, options, &e);
    if (status == DAVY_OK && options->report)
        status = write_report(options->report,
                              &(davy_answer_page){.predictor = predictor,
                                                  .samples = &e.samples,
                                                  .answers = &e.answers,
                                                  .figures = &e.found},
                              e.judged);
    if (status == DAVY_OK)
        status = options->json ? print_json(info, &e.found, e.judged)
                               : print_text(info, &e.found, e.judged);
    evaluation_clear(&e);
    return status;
}
