/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"
#include "models/judge/judged_figures.h"
#include "models/model_private.h"
#include "models/registry/lineage.h"
#include "models/registry/version_files.h"
#include "models/training/train_predictor.h"
#include "models/training/trials.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_samples(davy_teaching *teaching)
{
    const davy_sample_set *samples = teaching->samples;
    char form[DAVY_FORM_TEXT_MAX];

    davy_say(&teaching->said, "%zu samples, each %s%.0s", "%zu 个样本，%.0s每个为%s",
             samples->count, davy_form_text(&samples->form, form),
             davy_form_chinese(samples->form.kind));
    if (samples->class_count > 0)
        davy_say(&teaching->said, ", of %zu classes", "，%zu 个类别", samples->class_count);
    davy_say(&teaching->said, ". %zu were learnt from, %zu watched, %zu judged.\n",
             "。学习 %zu 个，监看 %zu 个，评判 %zu 个。\n", teaching->parts[DAVY_PURPOSE_LEARN],
             teaching->parts[DAVY_PURPOSE_WATCH], teaching->parts[DAVY_PURPOSE_JUDGE]);
    if (samples->left_out > 0)
        davy_say(&teaching->said, "%zu samples have a missing value and were left out%s%.0s.\n",
                 "%zu 个样本含缺失值，已舍弃%.0s%s。\n", samples->left_out,
                 teaching->predictor->info.imputed ? "" : "; features=impute learns from them",
                 teaching->predictor->info.imputed ? "" : "；用 features=impute 可从中学习");
    if (samples->unlabelled > 0)
        davy_say(&teaching->said, "%zu samples have no label and were left out.\n",
                 "%zu 个样本没有标签，已舍弃。\n", samples->unlabelled);
    if (samples->holed > 0)
        davy_say(&teaching->said, "%zu samples miss a value, which the model fills.\n",
                 "%zu 个样本缺少数值，由模型填补。\n", samples->holed);
    davy_say(&teaching->said, "Split (%s): %s%.0s.\n", "划分方式（%s）：%.0s%s。\n",
             davy_split_rule_name(teaching->split.rule), teaching->split.why.en,
             teaching->split.why.zh);
    if (teaching->split.left_out > 0)
        davy_say(&teaching->said, "%zu samples overlap another part and are in none.\n",
                 "%zu 个样本与其他部分重叠，已弃用。\n", teaching->split.left_out);
    davy_say_all(&teaching->said, &teaching->learnt.note);
    davy_say(&teaching->said, "\n", "\n");
}

static void say_trial(davy_teaching *teaching, size_t i)
{
    const davy_trials *trials = teaching->learnt.trials;
    const davy_trial *trial = &trials->list[i];
    char settings[DAVY_CANDIDATE_TEXT_MAX];
    const char *mark = i == trials->chosen ? "->" : "  ";

    (void) davy_candidate_text(trial->candidate, settings);
    if (trial->measured)
        davy_say(&teaching->said, "%s %-7s %-26s %.4g, standard error %.2g\n",
                 "%s %-7s %-26s %.4g，标准误 %.2g\n", mark, trial->candidate->kind, settings,
                 trial->mean, trial->error);
    else
        davy_say(&teaching->said, "%s %-7s %-26s not measured%s%s\n", "%s %-7s %-26s 未测%s%s\n",
                 mark, trial->candidate->kind, settings, trial->why[0] ? ": " : "", trial->why);
}

static void say_trials(davy_teaching *teaching)
{
    const davy_trials *trials = teaching->learnt.trials;

    if (!trials)
        return;
    if (trials->folds == 0)
        davy_say(&teaching->said,
                 "Nothing was tried; taken is the simplest kind that takes the samples:\n",
                 "没有试验；取能处理这些样本的最简单种类：\n");
    else
        davy_say(&teaching->said,
                 "Tried on %zu folds of the samples to learn from%s%.0s, by %s; taken is the "
                 "simplest within one standard error of the best:\n",
                 "在学习样本的 %zu 折上试验%.0s%s，以 %s 为准；取与最佳相差不超过一个标准误的"
                 "最简单者：\n",
                 trials->folds, trials->forward ? ", each later than what it learnt from" : "",
                 trials->forward ? "（每折晚于其学习部分）" : "", trials->figure);
    for (size_t i = 0; i < trials->count; i++)
        say_trial(teaching, i);
}

static void say_classes(davy_teaching *teaching)
{
    const davy_assessment *a = &teaching->judged;
    const bool judged = davy_teaching_judge(teaching);

    davy_say(&teaching->said,
             "Of the %s%.0s samples %.4g %% are right (always saying the most common class: "
             "%.4g %%), macro-F1 %.4f, log loss %.4f.\n",
             "%.0s%s样本中 %.4g %% 判断正确（总是回答最常见类别：%.4g %%），宏平均 F1 %.4f，"
             "对数损失 %.4f。\n",
             judged ? "judged" : "learnt", judged ? "评判" : "学习", 100.0 * a->accuracy,
             100.0 * a->common_accuracy, a->macro_f1, a->log_loss);
    if (teaching->temperature != 1.0)
        davy_say(&teaching->said, "Probabilities are calibrated: scores are divided by %.4g.\n",
                 "概率已校准：分数除以 %.4g。\n", teaching->temperature);
}

static void say_numbers(davy_teaching *teaching)
{
    const davy_assessment *a = &teaching->judged;

    davy_say(&teaching->said,
             "Judged: root mean squared error %.6g, mean absolute error %.6g (always saying the "
             "mean: %.6g and %.6g).\n",
             "评判：均方根误差 %.6g，平均绝对误差 %.6g（总是回答平均值：%.6g 与 %.6g）。\n",
             a->rmse, a->mae, a->mean_rmse, a->mean_mae);
    if (isnan(teaching->half_width))
        davy_say(&teaching->said, "There are too few judged samples for an interval.\n",
                 "评判样本太少，无法给出区间。\n");
    else
        davy_say(&teaching->said,
                 "The interval is the answer and %.6g to either side; it should hold %.4g %%.\n",
                 "区间为回答两侧各 %.6g，应覆盖 %.4g %%。\n", teaching->half_width,
                 100.0 * teaching->predictor->info.coverage);
}

/* The rates of the judged samples at the threshold; NaN without samples to count them on. */
static void rates_at_cut(const davy_teaching *teaching, double *false_rate, double *recall)
{
    const size_t positive = teaching->predictor->info.positive, other = 1 - positive;
    const size_t *cells = teaching->judged.confusion;
    const double others = (double) (cells[other * 2] + cells[other * 2 + 1]);
    const double positives = (double) (cells[positive * 2] + cells[positive * 2 + 1]);

    *false_rate = others > 0 ? (double) cells[other * 2 + positive] / others : NAN;
    *recall = positives > 0 ? (double) cells[positive * 2 + positive] / positives : NAN;
}

static void say_threshold(davy_teaching *teaching)
{
    const davy_predictor_info *info = &teaching->predictor->info;
    double false_rate, recall;

    if (!(info->cut > 0))
        return;
    rates_at_cut(teaching, &false_rate, &recall);
    davy_say(&teaching->said,
             "'%s' is said from a probability of %.6g on (threshold=%s): of the judged, %.4g %% "
             "of the others are called so, and %.4g %% of its own.\n",
             "概率达到后回答“%s”：%.6g（threshold=%s）；评判样本中，其他类别有 %.4g %% 被误判为它，"
             "它自身有 %.4g %% 被认出。\n",
             info->classes[info->positive], info->cut, davy_teaching_text(teaching, "threshold"),
             100 * false_rate, 100 * recall);
}

/* A figure never stands alone: where a sample lies may say as much as the model. */
static void say_clock(davy_teaching *teaching)
{
    const bool classes = teaching->samples->class_count > 0;
    const double figure = classes ? teaching->clock.macro_f1 : teaching->clock.rmse;

    if (!isnan(figure))
        davy_say(&teaching->said, "A clock that sees only the place in the run: %s%.0s %.6g.\n",
                 "只看运行中位置的“时钟”模型：%.0s%s %.6g。\n",
                 classes ? "macro-F1" : "root mean squared error",
                 classes ? "宏平均 F1" : "均方根误差", figure);
}

static void say(davy_teaching *teaching)
{
    teaching->said = (davy_sentences){.en = ""};
    say_samples(teaching);
    say_trials(teaching);
    if (!davy_teaching_judge(teaching))
        davy_say(&teaching->said,
                 "Nothing was held out: the figures are of samples that were learnt from and "
                 "flatter the model, and no answer is calibrated.\n",
                 "没有留出数据：指标来自学习样本，会高估模型，且回答未经校准。\n");
    if (teaching->samples->class_count > 0)
        say_classes(teaching);
    else
        say_numbers(teaching);
    say_threshold(teaching);
    say_clock(teaching);
}

void davy_teaching_summarise(davy_teaching *teaching)
{
    davy_buffer text = {0};

    say(teaching);
    davy_buffer_append_text(&text, teaching->said.en);
    if (teaching->quality)
        davy_data_quality_say(teaching->quality, &text);
    for (size_t i = 0; i < teaching->cautions.count; i++)
        davy_buffer_printf(&text, "Warning: %s\n", teaching->cautions.list[i].en);
    (void) snprintf(teaching->summary, sizeof teaching->summary, "%s",
                    davy_buffer_ok(&text) == DAVY_OK ? text.bytes : teaching->said.en);
    davy_buffer_clear(&text);
}

static davy_status write_graph(davy_teaching *teaching, const char *folder)
{
    davy_predictor *predictor = teaching->predictor;
    char path[8192], hash[DAVY_HASH_MAX];
    const char *kept;

    davy_hash_bytes(predictor->onnx.bytes, predictor->onnx.length, hash);
    kept = davy_arena_text(&predictor->arena, hash, strlen(hash));
    if (!kept)
        return davy_fail(DAVY_ERR_NOMEM, "model");
    predictor->info.file_hash = kept;
    (void) snprintf(path, sizeof path, "%s/model.onnx", folder);
    return davy_file_replace(path, predictor->onnx.bytes, predictor->onnx.length, 0644);
}

static json_t *make_settings(const davy_teaching *teaching)
{
    json_t *object = json_object();

    for (size_t i = 0; i < teaching->table_count; i++)
        json_object_set_new(object, teaching->table[i].key,
                            json_string(davy_teaching_text(teaching, teaching->table[i].key)));
    return object;
}

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *make_threshold(const davy_teaching *teaching)
{
    const davy_predictor_info *info = &teaching->predictor->info;
    double false_rate, recall;

    if (!(info->cut > 0))
        return json_null();
    rates_at_cut(teaching, &false_rate, &recall);
    return json_pack("{ss ss sf sb so so}", "rule", davy_teaching_text(teaching, "threshold"),
                     "positive", info->classes[info->positive], "probability", info->cut, "vouched",
                     (int) teaching->cut_vouched, "false_positive_rate", number_or_null(false_rate),
                     "recall", number_or_null(recall));
}

static json_t *make_split(const davy_teaching *teaching)
{
    const davy_split_done *split = &teaching->split;

    return json_pack("{ss sb ss sI}", "rule", davy_split_rule_name(split->rule), "forced",
                     (int) split->forced, "reason", split->why.en, "left_out",
                     (json_int_t) split->left_out);
}

/* What a clock does on the judged samples: {} without one. */
static json_t *make_clock(const davy_teaching *teaching)
{
    const davy_clock_figures *clock = &teaching->clock;
    const bool classes = teaching->samples->class_count > 0;
    const double figure = classes ? clock->macro_f1 : clock->rmse;
    json_t *object = json_object();

    if (!isnan(figure))
        json_object_set_new(object, classes ? "macro_f1" : "rmse", json_real(figure));
    return object;
}

/* The columns of a row, and what is answered. */
static json_t *make_schema(const davy_teaching *teaching)
{
    const davy_predictor_info *info = &teaching->predictor->info;
    json_t *columns = json_array();

    for (size_t j = 0; j < info->signal_count; j++)
        json_array_append_new(columns,
                              davy_lineage_column(info->signals[j],
                                                  teaching->units ? teaching->units[j] : "",
                                                  info->levels && info->levels[j].count > 0));
    return json_pack("{so s{ss ss}}", "columns", columns, "answer", "name", info->label, "type",
                     info->class_count > 0 ? "class" : "number");
}

/* What is done to rows before the graph; scaling and features are in it. */
static json_t *make_preprocessing(const davy_teaching *teaching)
{
    const davy_predictor_info *info = &teaching->predictor->info;

    return json_pack("{ss sI sI sI sf ss}", "order", teaching->samples->in_order ? "time" : "none",
                     "hold", (json_int_t) info->hold, "steps", (json_int_t) info->form.steps,
                     "stride", (json_int_t) info->form.stride, "rate", info->form.rate, "in_graph",
                     "scaling, features");
}

static int add_data(json_t *root, const davy_teaching *teaching)
{
    json_t *data = json_pack(
        "{sI sI sI sI sI sI sI}", "samples", (json_int_t) teaching->samples->count, "left_out",
        (json_int_t) teaching->samples->left_out, "unlabelled",
        (json_int_t) teaching->samples->unlabelled, "holed", (json_int_t) teaching->samples->holed,
        "learnt", (json_int_t) teaching->parts[DAVY_PURPOSE_LEARN], "watched",
        (json_int_t) teaching->parts[DAVY_PURPOSE_WATCH], "judged",
        (json_int_t) teaching->parts[DAVY_PURPOSE_JUDGE]);

    return json_object_update_new(json_object_get(root, "data"), data);
}

static int add_calibration(json_t *root, const davy_teaching *teaching)
{
    json_t *calibration = json_pack("{sf}", "temperature", teaching->temperature);

    if (!isnan(teaching->half_width))
        json_object_set_new(calibration, "half_width", json_real(teaching->half_width));
    return json_object_set_new(root, "calibration", calibration);
}

/* What a model does not need to answer, and an auditor needs to believe it. */
static davy_status add_lineage(json_t *root, const davy_teaching *teaching)
{
    davy_lineage lineage = {.options = teaching->options,
                            .version = teaching->predictor->info.version,
                            .author = teaching->author,
                            .summary = teaching->summary};
    davy_status status = davy_judged_answer_figures(teaching, &lineage.metrics);

    if (status != DAVY_OK)
        return status;
    lineage.schema = make_schema(teaching);
    lineage.preprocessing = make_preprocessing(teaching);
    lineage.settings = make_settings(teaching);
    lineage.warnings = davy_cautions_json(&teaching->cautions);
    if (add_data(root, teaching) != 0 || add_calibration(root, teaching) != 0 ||
        json_object_set_new(root, "split", make_split(teaching)) != 0 ||
        json_object_set_new(root, "clock", make_clock(teaching)) != 0 ||
        json_object_set_new(root, "threshold", make_threshold(teaching)) != 0 ||
        json_object_set_new(root, "ranges",
                            davy_signal_ranges_json(teaching->predictor->info.ranges,
                                                    teaching->predictor->info.form.channels)) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "model.json");
    if (status == DAVY_OK && teaching->learnt.trials &&
        json_object_set_new(root, "trials", davy_trials_json(teaching->learnt.trials)) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "model.json");
    if (status == DAVY_OK)
        status = davy_lineage_add(root, &lineage);
    return status == DAVY_OK && teaching->quality ? davy_data_quality_add(teaching->quality, root)
                                                  : status;
}

static davy_status write_json(const davy_teaching *teaching, const char *folder)
{
    json_t *root = davy_predictor_json_make(teaching->predictor);
    davy_status status =
        root ? add_lineage(root, teaching) : davy_fail(DAVY_ERR_NOMEM, "model.json");

    if (status == DAVY_OK)
        status = davy_version_write_json(folder, root);
    json_decref(root);
    return status;
}

static davy_status write_report(const davy_teaching *teaching, const char *folder)
{
    davy_buffer html = {0};
    davy_status status = davy_teaching_report(teaching, &html);

    if (status == DAVY_OK)
        status = davy_version_write_report(folder, &html);
    davy_buffer_clear(&html);
    return status;
}

davy_status davy_teaching_write(davy_teaching *teaching, const char *folder)
{
    davy_status status = write_graph(teaching, folder);

    if (status == DAVY_OK)
        status = davy_background_write(&teaching->predictor->background, folder);
    if (status == DAVY_OK)
        status = write_json(teaching, folder);
    if (status == DAVY_OK)
        status = write_report(teaching, folder);
    return status;
}
