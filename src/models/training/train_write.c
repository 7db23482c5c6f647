/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/train_write.h"

#include "core/file.h"
#include "models/judge/judged_figures.h"
#include "models/pages/report.h"
#include "models/registry/lineage.h"
#include "models/registry/version_files.h"
#include "models/samples/cautions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNALS_SAID ((size_t) 12)

/* A column that is no sensor, such as a label of another name, is seen here or nowhere. */
static void say_signals(davy_training *training)
{
    const davy_table *table = training->table;

    for (size_t j = 0; j < table->columns && j < SIGNALS_SAID; j++)
        davy_say(&training->said, j > 0 ? ", %s" : "Signals: %s", j > 0 ? "，%s" : "信号：%s",
                 table->names[j]);
    if (table->columns > SIGNALS_SAID)
        davy_say(&training->said, " and %zu more", " 等另外 %zu 个", table->columns - SIGNALS_SAID);
    davy_say(&training->said, ".\n", "。\n");
}

static void say_rows(davy_training *training)
{
    const davy_table *table = training->table;

    davy_say(&training->said, "%zu rows of %zu signals in %zu %s",
             "%zu 行，%zu 个信号，%zu 段运行%.0s", table->rows, table->columns, table->run_count,
             table->run_count == 1 ? "run" : "runs");
    if (training->skipped > 0)
        davy_say(&training->said, ", %zu of them labelled as faults and left out",
                 "，其中 %zu 行标记为故障，未用于学习", training->skipped);
    davy_say(&training->said, ". ", "。");
    davy_say_all(&training->said, &training->note);
    davy_say(&training->said, "\n", "\n");
    say_signals(training);
    if (table->independent)
        davy_say(&training->said,
                 "The rows have neither time nor group: each is judged by itself.\n",
                 "各行没有时间也没有分组：逐行单独判断。\n");
    if (training->period_ns == 0)
        davy_say(&training->said,
                 "The rows have no time: a budget per day is read as one per 86,400 rows, and the "
                 "model cannot watch a plant. Name the column of the times, or say how far the "
                 "rows are apart.\n",
                 "各行没有时间：每天的预算按每 86,400 行计，模型不能用于在线监测。请指明时间列，"
                 "或给出行间隔。\n");
}

/* Whether a signal has one value only in the rows that were learnt from. */
static bool is_constant(const davy_training *training, size_t column)
{
    double first = NAN;

    for (size_t row = 0; row < training->split; row++) {
        const double value = davy_table_at(training->table, row, column);

        if (!isfinite(value) || training->skip[row])
            continue;
        if (isnan(first))
            first = value;
        if (value != first)
            return false;
    }
    return true;
}

static void say_constants(davy_training *training)
{
    size_t count = 0;

    for (size_t j = 0; j < training->table->columns; j++)
        if (is_constant(training, j)) {
            davy_say(&training->said, count > 0 ? ", %s" : "Signals that never moved: %s",
                     count > 0 ? "，%s" : "从未变化的信号：%s", training->table->names[j]);
            count++;
        }
    if (count > 0)
        davy_say(&training->said, ". Any move of them will count strongly.\n",
                 "。它们的任何变化都会显著计分。\n");
}

static void say_promise(davy_training *training)
{
    const davy_calibration *c = &training->calibration;
    const double calibrated = 1.0 - (double) training->split / (double) training->table->rows;

    davy_say(&training->said,
             "Calibrated on the latest %zu rows (%.3g days): %zu %s above the limit.\n",
             "以最近 %zu 行（%.3g 天）校准：%zu 次%.0s超过报警限。\n", c->rows, c->days,
             c->episodes, c->episodes == 1 ? "episode" : "episodes");
    if (!c->extrapolated)
        davy_say(&training->said, "Expected false alarms: at most %.3g a day (budget %.3g).\n",
                 "预期误报：每天最多 %.3g 次（预算 %.3g 次）。\n", c->promise_per_day,
                 c->budget_per_day);
    else
        davy_say(&training->said,
                 "The history is too short for the budget of %.3g a day: %.3g days can vouch for "
                 "at most %.3g a day. The limit was extrapolated from the largest scores; give at "
                 "least %.3g days of normal operation for a promise.\n",
                 "历史太短，不足以保证每天 %.3g 次的预算：%.3g 天的数据最多只能保证每天 %.3g 次。"
                 "报警限由最大的分数外推；若要保证，请提供至少 %.3g 天的正常运行数据。\n",
                 c->budget_per_day, c->days, c->promise_per_day,
                 1.0 / c->budget_per_day / calibrated);
}

/* What was wrong with the history, and what was done about it; nothing when nothing was. */
static void add_quality(davy_training *training)
{
    const size_t used = strlen(training->summary);
    davy_buffer text = {0};

    davy_data_quality_say(&training->quality, &text);
    if (text.length > 0)
        (void) snprintf(training->summary + used, sizeof training->summary - used, "%s",
                        text.bytes);
    davy_buffer_clear(&text);
}

void davy_training_summarise(davy_training *training)
{
    training->said = (davy_sentences){.en = ""};
    say_rows(training);
    say_constants(training);
    say_promise(training);
    (void) snprintf(training->summary, sizeof training->summary, "%s", training->said.en);
    add_quality(training);
}

static davy_status write_graph(davy_training *training, const char *folder)
{
    davy_model *model = training->model;
    davy_buffer bytes = {0};
    char path[8192], hash[DAVY_HASH_MAX];
    davy_status status = model->kind->save(model->parameters, model->info.name, &bytes);

    if (status == DAVY_OK) {
        davy_hash_bytes(bytes.bytes, bytes.length, hash);
        model->info.file_hash = davy_arena_text(&model->arena, hash, strlen(hash));
        (void) snprintf(path, sizeof path, "%s/model.onnx", folder);
        status = davy_file_replace(path, bytes.bytes, bytes.length, 0644);
    }
    davy_buffer_clear(&bytes);
    return status;
}

static json_t *make_settings(const davy_training *training)
{
    davy_setting all[DAVY_TRAIN_SETTINGS_MAX];
    const size_t count = davy_train_settings(training->options->kind, "anomaly", all);
    json_t *object = json_object();

    for (size_t i = 0; i < count; i++)
        json_object_set_new(object, all[i].key,
                            json_string(davy_training_setting_text(training, all[i].key)));
    return object;
}

static json_t *make_schema(const davy_model_info *info)
{
    json_t *columns = json_array();

    for (size_t j = 0; j < info->signal_count; j++)
        json_array_append_new(columns,
                              davy_lineage_column(info->signals[j], info->units[j], false));
    return json_pack("{so s{ss ss}}", "columns", columns, "answer", "name", "score", "type",
                     "score");
}

/* What is done to rows before the graph; scaling by regime is in it. */
static json_t *make_preprocessing(const davy_training *training)
{
    return json_pack("{ss sI sI sf ss}", "order", "time", "hold", (json_int_t) training->hold,
                     "lags", (json_int_t) training->lags, "smoothing", training->model->memory,
                     "in_graph", "scaling");
}

static int add_calibration(json_t *root, const davy_calibration *c)
{
    json_t *calibration =
        json_pack("{sf sI sf sI sb}", "limit", c->limit, "rows", (json_int_t) c->rows, "days",
                  c->days, "episodes", (json_int_t) c->episodes, "extrapolated", c->extrapolated);

    return json_object_update_new(json_object_get(root, "calibration"), calibration);
}

static int add_data(json_t *root, const davy_training *training)
{
    json_t *data =
        json_pack("{sI sI sI sI}", "rows", (json_int_t) training->table->rows, "runs",
                  (json_int_t) training->table->run_count, "faulty", (json_int_t) training->skipped,
                  "learnt_to_row", (json_int_t) training->split);

    return json_object_update_new(json_object_get(root, "data"), data);
}

/* What people must know before they believe the figures. */
static json_t *make_warnings(const davy_training *training)
{
    const davy_calibration *c = &training->calibration;
    davy_cautions cautions = {.count = 0};

    if (c->extrapolated)
        davy_cautions_add(&cautions, "promise", c->promise_per_day,
                          "The history is too short for the budget of %.3g false alarms a day: the "
                          "limit is extrapolated, and %.3g a day is what can be promised.",
                          "历史数据太短，不足以保证每天 %.3g 次的误报预算：报警限为外推所得，"
                          "只能保证每天 %.3g 次。",
                          c->budget_per_day, c->promise_per_day);
    if (training->period_ns == 0)
        davy_cautions_add(&cautions, "times", NAN, "The rows had no time: it cannot watch a plant.",
                          "数据没有时间列：模型不能用于在线监测。");
    return davy_cautions_json(&cautions);
}

/* What a model does not need to score, and an auditor needs to believe it. */
static davy_status add_lineage(json_t *root, const davy_training *training)
{
    davy_lineage lineage = {.options = training->options,
                            .version = training->model->info.version,
                            .author = training->author,
                            .summary = training->summary,
                            .schema = make_schema(&training->model->info),
                            .preprocessing = make_preprocessing(training),
                            .metrics = davy_judged_watch_figures(&training->calibration),
                            .settings = make_settings(training),
                            .warnings = make_warnings(training)};
    davy_status status =
        add_calibration(root, &training->calibration) == 0 && add_data(root, training) == 0
            ? DAVY_OK
            : davy_fail(DAVY_ERR_NOMEM, "model.json");

    if (status == DAVY_OK)
        status = davy_lineage_add(root, &lineage);
    return status == DAVY_OK ? davy_data_quality_add(&training->quality, root) : status;
}

static davy_status write_json(const davy_training *training, const char *folder)
{
    json_t *root = davy_model_json_make(training->model);
    davy_status status =
        root ? add_lineage(root, training) : davy_fail(DAVY_ERR_NOMEM, "model.json");

    if (status == DAVY_OK)
        status = davy_version_write_json(folder, root);
    json_decref(root);
    return status;
}

static davy_status write_report(const davy_training *training, const char *folder)
{
    davy_buffer html = {0};
    davy_status status = davy_training_report(training, &html);

    if (status == DAVY_OK)
        status = davy_version_write_report(folder, &html);
    davy_buffer_clear(&html);
    return status;
}

davy_status davy_training_write(davy_training *training, const char *folder)
{
    davy_status status = write_graph(training, folder);

    if (status == DAVY_OK)
        status = write_json(training, folder);
    if (status == DAVY_OK)
        status = write_report(training, folder);
    return status;
}

void davy_train_tell(const davy_train_options *options, unsigned version, const char *summary,
                     davy_train_report *report)
{
    *report = (davy_train_report){.version = version};
    (void) snprintf(report->name, sizeof report->name, "%s", options->name);
    (void) snprintf(report->folder, sizeof report->folder, "%s/%s/%u", options->registry,
                    options->name, version);
    (void) snprintf(report->summary, sizeof report->summary, "%s", summary);
}
