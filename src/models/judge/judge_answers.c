/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/metrics_forecast.h"
#include "models/judge/judge_private.h"
#include "models/samples/leaks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define OUTSIDE_MIN     0.01            /* share of the samples from which it is said */
#define SEASON_ROWS_MAX ((size_t) 1000) /* longest season that is looked for */

void davy_answer_judgement_free(davy_answer_judgement *judgement)
{
    if (!judgement)
        return;
    free(judgement->class_figures);
    free(judgement);
}

static davy_status list_members(davy_judged_answers *j)
{
    const davy_sample_set *samples = j->asked->samples;
    uint32_t *groups = davy_bulk_alloc(samples->count + 1, sizeof *groups);
    davy_status status;

    j->members = davy_bulk_alloc(samples->count + 1, sizeof *j->members);
    if (!groups || !j->members) {
        davy_bulk_free(groups);
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);
    }
    for (size_t i = 0; i < samples->count; i++) {
        if (!j->asked->answers->given[i] || !isfinite(samples->targets[i]))
            continue;
        groups[j->count] = samples->groups[i];
        j->members[j->count++] = i;
    }
    status = j->count > 0
                 ? davy_judge_group_rows(groups, NULL, j->count,
                                         samples->group_count >= samples->count, &j->groups)
                 : davy_fail(DAVY_ERR_INVALID, "no sample has an answer to be judged by");
    davy_bulk_free(groups);
    return status;
}

/* Classes that a split should spread evenly; NULL for numbers. */
static davy_status list_classes(const davy_sample_set *samples, uint32_t **out)
{
    uint32_t *classes;

    *out = NULL;
    if (samples->class_count == 0)
        return DAVY_OK;
    classes = davy_bulk_alloc(samples->count + 1, sizeof *classes);
    if (!classes)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);
    for (size_t i = 0; i < samples->count; i++)
        classes[i] = isfinite(samples->targets[i]) ? (uint32_t) samples->targets[i] : 0;
    *out = classes;
    return DAVY_OK;
}

static davy_status fold_samples(davy_judged_answers *j, uint8_t *folds)
{
    const davy_sample_set *samples = j->asked->samples;
    uint32_t *classes;
    davy_status status = list_classes(samples, &classes);

    if (status == DAVY_OK)
        status = davy_fold(samples->groups, classes, samples->count, samples->group_count,
                           j->options->seed, folds, &j->task.fold_count);
    davy_bulk_free(classes);
    return status;
}

static davy_status prepare_task(davy_judged_answers *j, uint8_t *folds)
{
    const davy_table *history = j->options->history, *table = j->asked->table;
    davy_status status = fold_samples(j, folds);

    j->task.info = j->info;
    j->task.samples = j->asked->samples;
    j->task.table = table;
    j->task.folds = folds;
    j->task.seed = j->options->seed;
    if (status == DAVY_OK && history) {
        status = davy_predictor_cut(j->asked->predictor, history, &j->history);
        j->task.history = &j->history;
    }
    if (j->info->task == DAVY_TASK_FORECAST && table && table->labels)
        j->task.season = davy_find_season(
            history && history->labels ? history->labels : table->labels,
            history && history->labels ? history->runs : table->runs,
            history && history->labels ? history->rows : table->rows, SEASON_ROWS_MAX);
    return status;
}

static davy_status ask_baseline(davy_judged_answers *j, const davy_answer_baseline *baseline)
{
    davy_comparison *c = &j->out->comparison;
    davy_answer_set *answers = &j->given[c->count];
    davy_predictor_info plain = *j->info;
    davy_method *method = davy_comparison_add(c, baseline->key, baseline->name, baseline->meaning);
    davy_status status;

    plain.cut = 0; /* a baseline says what is more probable */
    if (!method)
        return davy_fail(DAVY_ERR_NOMEM, "baseline '%s'", baseline->key);
    status = davy_answer_set_init(&plain, j->asked->samples->count, answers);
    if (status == DAVY_OK)
        status = baseline->answer(&j->task, answers);
    method->measured = status == DAVY_OK;
    if (status == DAVY_OK || davy_baseline_fatal(status))
        return status;
    (void) snprintf(method->why, sizeof method->why, "%.250s", davy_error());
    return DAVY_OK;
}

static davy_status ask_baselines(davy_judged_answers *j)
{
    const davy_judge_options *options = j->options;
    davy_status status = DAVY_OK;
    size_t total = 0;

    while (davy_answer_baselines[total])
        total++;
    for (size_t b = 0; b < total && status == DAVY_OK; b++) {
        if (davy_answer_baselines[b]->tasks & DAVY_TASK_BIT(j->info->task))
            status = ask_baseline(j, davy_answer_baselines[b]);
        if (options->progress)
            options->progress(options->context, b + 1, total + 1);
    }
    return status;
}

static davy_status take_rival(davy_judged_answers *j)
{
    const davy_rival *rival = j->options->rival;
    davy_comparison *c = &j->out->comparison;
    davy_method *method = davy_comparison_add(c, "rival", rival->name,
                                              (davy_words){"The other model.", "另一模型。"});

    if (!method)
        return davy_fail(DAVY_ERR_NOMEM, "comparison");
    method->measured = true;
    c->methods[0].name = rival->own_name;
    j->given[1] = *rival->answers;
    return DAVY_OK;
}

static void start_comparison(davy_judged_answers *j)
{
    davy_comparison *c = &j->out->comparison;
    davy_method *model;

    c->bootstrap = (davy_bootstrap){j->groups.count, j->options->seed, j->options->draws};
    c->drawn = j->groups.drawn;
    if (j->asked->samples->group_count >= j->asked->samples->count)
        c->drawn = (davy_words){"samples", "样本"};
    else if (j->asked->samples->form.kind == DAVY_FORM_IMAGE)
        c->drawn = (davy_words){"groups of pictures that are alike", "组相似图片"};
    model = davy_comparison_add(c, "model", (davy_words){"this model", "本模型"},
                                (davy_words){"The model that is judged.", "被评估的模型。"});
    model->measured = true;
    j->given[0] = *j->asked->answers;
}

/* Samples that the model was never meant for, though it answers them. */
static davy_status count_outside(davy_judged_answers *j)
{
    const davy_sample_set *samples = j->asked->samples;
    float *values = calloc(davy_form_values(&samples->form), sizeof *values);
    davy_status status = values ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a sample");

    for (size_t m = 0; m < j->count && j->info->ranges && status == DAVY_OK; m++) {
        status = davy_sample_set_read(samples, j->members[m], values);
        if (status == DAVY_OK)
            j->out->outside +=
                davy_signal_ranges_leave(j->info->ranges, &samples->form, values, NULL);
    }
    free(values);
    if (status == DAVY_OK && (double) j->out->outside >= OUTSIDE_MIN * (double) j->count)
        davy_cautions_add(&j->out->cautions, "outside", (double) j->out->outside,
                          "%zu of %zu samples have a signal beyond what the model learnt from: "
                          "their answers were never checked. `davy infer` names the signals; train "
                          "again with days like these.",
                          "%zu / %zu 个样本有信号超出训练范围：对它们的回答未经检验。"
                          "`davy infer` 会列出这些信号；请加入类似的日子重新训练。",
                          j->out->outside, j->count);
    return status;
}

/* The history is best what the model learnt from: copies of it are no test. */
static davy_status find_copies(davy_judged_answers *j)
{
    const davy_leak_case given = {.learnt = {.samples = &j->history},
                                  .held = {.samples = j->asked->samples},
                                  .class_count = j->info->class_count,
                                  .task = j->info->task};

    return j->options->history ? davy_leaks_check_copies(&given, &j->out->cautions) : DAVY_OK;
}

static davy_status judge(davy_judged_answers *j)
{
    uint8_t *folds = davy_bulk_alloc(j->asked->samples->count + 1, 1);
    davy_status status = folds ? list_members(j) : davy_fail_in(DAVY_ERR_NOMEM, "folds");

    if (status == DAVY_OK)
        status = prepare_task(j, folds);
    if (status == DAVY_OK)
        status = count_outside(j);
    if (status == DAVY_OK)
        status = find_copies(j);
    if (status == DAVY_OK) {
        start_comparison(j);
        status = j->options->rival ? take_rival(j) : ask_baselines(j);
    }
    if (status == DAVY_OK) {
        j->out->protocol = (davy_protocol){
            .rows = j->count,
            .group_count = j->groups.count,
            .fold_count = j->options->history ? 0 : j->task.fold_count,
            .same_history = davy_judge_is_history(j->options->history, j->info->data_hash)};
        status = j->info->class_count > 0 ? davy_judge_classes(j) : davy_judge_numbers(j);
    }
    davy_bulk_free(folds);
    return status;
}

davy_status davy_judge_answers(const davy_answer_case *asked, const davy_judge_options *options,
                               davy_answer_judgement **out)
{
    davy_judged_answers j = {.info = davy_predictor_describe(asked->predictor),
                             .asked = asked,
                             .options = options,
                             .out = calloc(1, sizeof *j.out)};
    davy_status status = j.out ? judge(&j) : davy_fail(DAVY_ERR_NOMEM, "evaluation");

    for (size_t m = options->rival ? 2 : 1; m < DAVY_METHODS_MAX; m++) /* a rival's are borrowed */
        davy_answer_set_clear(&j.given[m]);
    davy_sample_set_clear(&j.history);
    davy_row_groups_clear(&j.groups);
    davy_bulk_free(j.members);
    if (status == DAVY_OK)
        *out = j.out;
    else
        davy_answer_judgement_free(j.out);
    return status;
}
