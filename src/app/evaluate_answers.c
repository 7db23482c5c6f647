/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evaluate_answers.h"

#include "app/table_print.h"
#include "core/file.h"
#include "models/assess.h"
#include "models/report_answers.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

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

static davy_status print_json(const davy_predictor_info *info, const davy_assessment *a)
{
    json_t *object = json_pack("{sI sI sI ss}", "samples", (json_int_t) a->count, "unknown",
                               (json_int_t) a->unknown, "abstained", (json_int_t) a->abstained,
                               "task", davy_task_name(info->task));

    if (info->class_count > 0)
        (void) json_object_update_new(
            object, json_pack("{so so so so so so so}", "accuracy", number(a->accuracy),
                              "balanced_accuracy", number(a->balanced_accuracy), "macro_f1",
                              number(a->macro_f1), "log_loss", number(a->log_loss), "brier",
                              number(a->brier), "common_accuracy", number(a->common_accuracy),
                              "classes", classes_json(info, a)));
    else
        (void) json_object_update_new(
            object,
            json_pack("{so so so so so so so}", "rmse", number(a->rmse), "mae", number(a->mae),
                      "bias", number(a->bias), "r2", number(a->r2), "covered", number(a->covered),
                      "mean_rmse", number(a->mean_rmse), "mean_mae", number(a->mean_mae)));
    return davy_print_json(object);
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

static davy_status print_text(const davy_predictor_info *info, const davy_assessment *a)
{
    (void) printf("%zu samples; %zu without a known answer, %zu abstentions\n", a->count,
                  a->unknown, a->abstained);
    if (info->class_count == 0) {
        (void) printf("root mean squared error %.6g (always the mean: %.6g)\n"
                      "mean absolute error %.6g (always the mean: %.6g)\n",
                      a->rmse, a->mean_rmse, a->mae, a->mean_mae);
        if (isfinite(a->covered))
            (void) printf("%.4g %% inside the interval\n", 100.0 * a->covered);
        return DAVY_OK;
    }
    (void) printf("accuracy %.4f (always the most common class: %.4f)\n"
                  "macro-F1 %.4f, balanced accuracy %.4f, log loss %.4f\n\n",
                  a->accuracy, a->common_accuracy, a->macro_f1, a->balanced_accuracy, a->log_loss);
    return print_classes(info, a);
}

static davy_status write_report(const char *path, const davy_answer_page *page)
{
    davy_buffer html = {0};
    davy_status status = davy_answer_report(page, &html);

    if (status == DAVY_OK)
        status = davy_file_replace(path, html.bytes, html.length, 0644);
    davy_buffer_clear(&html);
    return status;
}

static davy_status judge(const davy_predictor *predictor, const davy_sample_set *samples,
                         davy_answer_set *answers, davy_assessment *found)
{
    davy_pool *pool = NULL;
    davy_status status = davy_pool_create(0, &pool);

    if (status == DAVY_OK)
        status = davy_predictor_ask_all(predictor, samples, &(davy_asking){.pool = pool}, answers);
    davy_pool_destroy(pool);
    if (status == DAVY_OK)
        status = davy_assess(davy_predictor_describe(predictor), samples, answers, NULL, 0, found);
    if (status == DAVY_OK && found->count == 0)
        status = davy_fail(DAVY_ERR_INVALID, "no sample has an answer to be judged by");
    return status;
}

davy_status davy_evaluate_answers(davy_dataset *dataset, const davy_predictor *predictor,
                                  const char *report, bool json)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    davy_table table = {0};
    davy_sample_set samples = {0};
    davy_answer_set answers = {0};
    davy_assessment found = {0};
    davy_status status = davy_dataset_read_samples(dataset, predictor, true, &table, &samples);

    if (status == DAVY_OK)
        status = judge(predictor, &samples, &answers, &found);
    if (status == DAVY_OK && report)
        status = write_report(report, &(davy_answer_page){.predictor = predictor,
                                                          .samples = &samples,
                                                          .answers = &answers,
                                                          .figures = &found});
    if (status == DAVY_OK)
        status = json ? print_json(info, &found) : print_text(info, &found);
    davy_assessment_clear(&found);
    davy_answer_set_clear(&answers);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
    return status;
}
