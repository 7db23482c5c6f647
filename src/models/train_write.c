/* SPDX-License-Identifier: Apache-2.0 */
#include "models/train_write.h"

#include "core/file.h"
#include "models/cautions.h"
#include "models/judged_figures.h"
#include "models/lineage.h"
#include "models/report.h"
#include "models/version_files.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNALS_SAID ((size_t) 12)

static void say(davy_training *training, const char *format, ...) DAVY_PRINTF(2, 3);

static void say(davy_training *training, const char *format, ...)
{
    const size_t used = strlen(training->summary);
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(training->summary + used, sizeof training->summary - used, format, arguments);
    va_end(arguments);
}

/* What was wrong with the history, and what was done about it; nothing when nothing was. */
static void say_quality(davy_training *training)
{
    davy_buffer text = {0};

    davy_data_quality_say(&training->quality, &text);
    if (text.length > 0)
        say(training, "%s", text.bytes);
    davy_buffer_clear(&text);
}

/* A column that is no sensor, such as a label of another name, is seen here or nowhere. */
static void say_signals(davy_training *training)
{
    const davy_table *table = training->table;

    for (size_t j = 0; j < table->columns && j < SIGNALS_SAID; j++)
        say(training, "%s%s", j > 0 ? ", " : "Signals: ", table->names[j]);
    if (table->columns > SIGNALS_SAID)
        say(training, " and %zu more", table->columns - SIGNALS_SAID);
    say(training, ".\n");
}

static void say_rows(davy_training *training)
{
    const davy_table *table = training->table;

    say(training, "%zu rows of %zu signals in %zu %s", table->rows, table->columns,
        table->run_count, table->run_count == 1 ? "run" : "runs");
    if (training->skipped > 0)
        say(training, ", %zu of them labelled as faults and left out", training->skipped);
    say(training, ". %s\n", training->note);
    say_signals(training);
    say_quality(training);
    if (table->independent)
        say(training, "The rows have neither time nor group: each is judged by itself.\n");
    if (training->period_ns == 0)
        say(training, "The rows have no time: a budget per day is read as one per 86,400 rows, and "
                      "the model cannot watch a plant. Name the column of the times, or say how "
                      "far the rows are apart.\n");
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
        if (is_constant(training, j))
            say(training, "%s%s",
                count++ > 0 ? ", " : "Signals that never moved: ", training->table->names[j]);
    if (count > 0)
        say(training, ". Any move of them will count strongly.\n");
}

static void say_promise(davy_training *training)
{
    const davy_calibration *c = &training->calibration;
    const double calibrated = 1.0 - (double) training->split / (double) training->table->rows;

    say(training, "Calibrated on the latest %zu rows (%.3g days): %zu %s above the limit.\n",
        c->rows, c->days, c->episodes, c->episodes == 1 ? "episode" : "episodes");
    if (!c->extrapolated) {
        say(training, "Expected false alarms: at most %.3g a day (budget %.3g).\n",
            c->promise_per_day, c->budget_per_day);
        return;
    }
    say(training,
        "The history is too short for the budget of %.3g a day: %.3g days can vouch for at most "
        "%.3g a day. The limit was extrapolated from the largest scores; give at least %.3g days "
        "of normal operation for a promise.\n",
        c->budget_per_day, c->days, c->promise_per_day, 1.0 / c->budget_per_day / calibrated);
}

void davy_training_summarise(davy_training *training)
{
    training->summary[0] = '\0';
    say_rows(training);
    say_constants(training);
    say_promise(training);
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
