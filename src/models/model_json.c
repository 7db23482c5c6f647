/* SPDX-License-Identifier: Apache-2.0 */
#include "models/model_private.h"

#include "core/timestamp.h"
#include "models/model_reader.h"
#include "models/samples/cleaning_json.h"
#include "models/task.h"

#include <math.h>
#include <string.h>

#define FORMAT 1

static void read_signals(davy_model_reader *in, davy_model *model, const json_t *list)
{
    const char **names = (const char **) (uintptr_t) model->info.signals;
    const char **units = (const char **) (uintptr_t) model->info.units;

    for (size_t j = 0; j < model->info.signal_count; j++) {
        names[j] = davy_model_read_text(in, json_array_get(list, j), "name");
        units[j] = davy_model_read_text(in, json_array_get(list, j), "unit");
    }
}

static void read_smoothing(davy_model_reader *in, davy_model *model, const json_t *smoothing)
{
    const json_t *start = json_object_get(smoothing, "start");

    model->memory = davy_model_read_number(in, smoothing, "memory", 0, 0.99999);
    if (json_array_size(start) != model->info.signal_count) {
        davy_model_read_fail(in, "start", "a list of one number for each signal");
        return;
    }
    for (size_t j = 0; j < model->info.signal_count; j++) {
        const double value = json_number_value(json_array_get(start, j));

        if (!(value >= 0) || !isfinite(value))
            davy_model_read_fail(in, "start", "a list of numbers of at least 0");
        model->start[j] = value;
    }
}

static void read_steps(davy_model_reader *in, davy_budget_curve *curve, const json_t *list)
{
    const size_t count = json_array_size(list);

    if (count < 1 || count > DAVY_BUDGET_STEPS_MAX) {
        davy_model_read_fail(in, "steps", "a list of 1 to 512 pairs");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(list, i);
        const json_int_t episodes = json_integer_value(json_array_get(pair, 0));

        curve->steps[i] = (davy_budget_step){(size_t) (episodes < 0 ? INT64_MAX : episodes),
                                             json_number_value(json_array_get(pair, 1))};
    }
    curve->step_count = count;
}

/* A model.json of before there were curves has none, and the model answers its own budget only. */
static void read_curve(davy_model_reader *in, davy_budget_curve *curve, const json_t *object)
{
    const json_t *tail = json_object_get(object, "tail");
    const char *fault;

    if (!object)
        return;
    curve->days = json_number_value(json_object_get(object, "days"));
    curve->tail = (davy_budget_tail){json_number_value(json_object_get(tail, "from")),
                                     json_number_value(json_object_get(tail, "excess")),
                                     json_number_value(json_object_get(tail, "per_day"))};
    read_steps(in, curve, json_object_get(object, "steps"));
    fault = davy_budget_curve_fault(curve);
    if (fault && in->status == DAVY_OK)
        in->status = davy_fail(DAVY_ERR_CORRUPT, "model.json: 'curve': %s", fault);
}

/* Live rows come in the order of the signals, so the cleaning's columns must be these. */
static void read_cleaning(davy_model_reader *in, davy_model *model, const json_t *root)
{
    const davy_cleaning *cleaning = &model->cleaning;

    davy_cleaning_json_read(in, root, &model->cleaning);
    if (in->status != DAVY_OK || cleaning->step_count == 0)
        return;
    if (cleaning->column_count != model->info.signal_count)
        davy_model_read_fail(in, "columns", "the signals of the model");
    for (size_t j = 0; j < model->info.signal_count && in->status == DAVY_OK; j++)
        if (strcmp(cleaning->names[j], model->info.signals[j]) != 0)
            davy_model_read_fail(in, "columns", "the signals of the model");
    if (in->status == DAVY_OK && davy_cleaning_check_live(cleaning) != DAVY_OK)
        in->status = davy_fail_in(DAVY_ERR_CORRUPT, "model.json");
}

static void read_info(davy_model_reader *in, davy_model *model, const json_t *root)
{
    const json_t *calibration = json_object_get(root, "calibration");
    davy_model_info *info = &model->info;

    info->name = davy_model_read_text(in, root, "name");
    info->version = (unsigned) davy_model_read_count(in, root, "version", 1, INT32_MAX);
    info->kind = davy_model_read_text(in, root, "kind");
    info->task = davy_model_read_text(in, root, "task");
    info->period_ns =
        (int64_t) davy_model_read_count(in, root, "period_ns", 0, DAVY_MODEL_PERIOD_MAX);
    model->lags = davy_model_read_count(in, root, "lags", 0, DAVY_MODEL_LAGS_MAX);
    model->hold = davy_model_read_count(in, root, "hold", 0, DAVY_MODEL_HOLD_MAX);
    info->budget_per_day = davy_model_read_number(in, calibration, "budget_per_day", 0, 1e12);
    info->promise_per_day = davy_model_read_number(in, calibration, "promise_per_day", 0, 1e12);
    read_curve(in, &model->curve, json_object_get(calibration, "curve"));
    info->flows = davy_model_read_option(in, root, "flows");
    info->molecules = davy_model_read_option(in, root, "molecules");
    info->data_hash = davy_model_read_text(in, json_object_get(root, "data"), "hash");
    info->file_hash = davy_model_read_text(in, json_object_get(root, "file"), "hash");
    info->trained_ns = davy_model_read_time(in, root, "trained");
    read_signals(in, model, json_object_get(root, "signals"));
    read_smoothing(in, model, json_object_get(root, "smoothing"));
    read_cleaning(in, model, root);
    model->habits = davy_habits_read(in, root, model->info.signal_count);
}

static davy_status read_model(const json_t *root, davy_model **out)
{
    const size_t signals = json_array_size(json_object_get(root, "signals"));
    const char *task = json_string_value(json_object_get(root, "task"));
    davy_task known;
    davy_model *model = NULL;
    davy_model_reader in = {.status = DAVY_OK};

    if (json_integer_value(json_object_get(root, "format")) != FORMAT)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model.json is not of format %d", FORMAT);
    if (task && davy_task_find(task, &known) && known != DAVY_TASK_ANOMALY)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "the model answers samples (task %s); it does not watch for anomalies",
                         task);
    if (signals < 1 || signals > DAVY_MODEL_SIGNALS_MAX)
        return davy_fail(DAVY_ERR_CORRUPT, "model.json: %zu signals; a model has 1 to %zu", signals,
                         DAVY_MODEL_SIGNALS_MAX);
    in.status = davy_model_create(signals, &model);
    if (in.status != DAVY_OK)
        return in.status;
    in.arena = &model->arena;
    read_info(&in, model, root);
    if (in.status == DAVY_OK && (model->lags + 1) * signals > DAVY_MODEL_WINDOW_MAX)
        davy_model_read_fail(&in, "lags", "small enough for so many signals");
    model->kind = davy_model_kind_find(model->info.kind);
    if (in.status == DAVY_OK && !model->kind)
        in.status = davy_fail(DAVY_ERR_UNSUPPORTED, "this davy knows no models of kind '%s'",
                              model->info.kind);
    if (in.status != DAVY_OK) {
        davy_model_close(model);
        return in.status;
    }
    *out = model;
    return DAVY_OK;
}

davy_status davy_model_json_read(const char *text, size_t length, davy_model **out)
{
    json_error_t error;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    davy_status status;

    if (!root)
        return davy_fail(DAVY_ERR_CORRUPT, "model.json: line %d: %s", error.line, error.text);
    status = read_model(root, out);
    json_decref(root);
    return status;
}

static json_t *make_signals(const davy_model_info *info)
{
    json_t *list = json_array();

    for (size_t j = 0; j < info->signal_count; j++)
        json_array_append_new(
            list, json_pack("{ss ss}", "name", info->signals[j], "unit", info->units[j]));
    return list;
}

static json_t *make_start(const davy_model *model)
{
    json_t *list = json_array();

    for (size_t j = 0; j < model->info.signal_count; j++)
        json_array_append_new(list, json_real(model->start[j]));
    return list;
}

static json_t *make_curve(const davy_budget_curve *curve)
{
    json_t *steps = json_array();

    for (size_t i = 0; i < curve->step_count; i++)
        json_array_append_new(
            steps, json_pack("[If]", (json_int_t) curve->steps[i].episodes, curve->steps[i].limit));
    return json_pack("{sf s{sf sf sf} so}", "days", curve->days, "tail", "from", curve->tail.from,
                     "excess", curve->tail.excess, "per_day", curve->tail.per_day, "steps", steps);
}

/* What the model answers on other budgets; nothing when it does not know. */
static json_t *make_calibration(const davy_model *model)
{
    json_t *calibration = json_pack("{sf sf}", "budget_per_day", model->info.budget_per_day,
                                    "promise_per_day", model->info.promise_per_day);

    if (model->curve.step_count > 0)
        (void) json_object_set_new(calibration, "curve", make_curve(&model->curve));
    return calibration;
}

json_t *davy_model_json_make(const davy_model *model)
{
    const davy_model_info *info = &model->info;
    char trained[DAVY_TIMESTAMP_MAX];
    json_t *root;

    davy_timestamp_format(info->trained_ns, 0, trained);
    root = json_pack("{si ss si ss ss so sI sI sI s{sf so} so ss s{ss} s{ss ss}}", "format", FORMAT,
                     "name", info->name, "version", (int) info->version, "kind", info->kind, "task",
                     info->task, "signals", make_signals(info), "period_ns",
                     (json_int_t) info->period_ns, "lags", (json_int_t) model->lags, "hold",
                     (json_int_t) model->hold, "smoothing", "memory", model->memory, "start",
                     make_start(model), "calibration", make_calibration(model), "trained", trained,
                     "data", "hash", info->data_hash, "file", "name", "model.onnx", "hash",
                     info->file_hash);
    if (model->habits)
        (void) json_object_set_new(root, "habits",
                                   davy_habits_json(model->habits, info->signal_count));
    return root;
}
