/* SPDX-License-Identifier: Apache-2.0 */
#include "models/predictor_private.h"

#include "core/timestamp.h"
#include "data/class_list.h"
#include "models/features/feature_set.h"
#include "models/kind.h"
#include "models/levels_json.h"
#include "models/model_reader.h"
#include "models/samples/cleaning_json.h"
#include "models/samples/sample_split.h"

#include <string.h>

#define FORMAT 1

static void read_form(davy_model_reader *in, davy_form *form, const json_t *object)
{
    if (!davy_form_find(davy_model_read_text(in, object, "kind"), &form->kind))
        davy_model_read_fail(in, "form", "one that davy knows");
    form->steps = davy_model_read_count(in, object, "steps", 0, DAVY_FORM_STEPS_MAX);
    form->channels = davy_model_read_count(in, object, "channels", 1, DAVY_FORM_CHANNELS_MAX);
    form->height = davy_model_read_count(in, object, "height", 0, DAVY_FORM_SIDE_MAX);
    form->width = davy_model_read_count(in, object, "width", 0, DAVY_FORM_SIDE_MAX);
    form->early = json_object_get(object, "early")
                      ? davy_model_read_count(in, object, "early", 0, DAVY_FORM_STEPS_MAX)
                      : 0;
    form->stride = davy_model_read_count(in, object, "stride", 1, 1000000);
    form->horizon = davy_model_read_count(in, object, "horizon", 0, 1000000);
    form->cap = davy_model_read_number(in, object, "cap", 0, 1e12);
    form->rate = davy_model_read_number(in, object, "rate", 0, 1e12);
    if (in->status == DAVY_OK && davy_form_check(form) != DAVY_OK)
        davy_model_read_fail(in, "form", "of a size that davy takes");
}

/* How many columns a sample is read from. */
static size_t columns_of(const davy_form *form)
{
    return form->kind == DAVY_FORM_IMAGE  ? 0
           : form->kind == DAVY_FORM_WAVE ? form->steps
                                          : form->channels;
}

/* A model of before it kept units has none. */
static void read_units(davy_model_reader *in, davy_predictor_info *info, const json_t *root)
{
    size_t count;

    if (!json_object_get(root, "units") || in->status != DAVY_OK)
        return;
    info->units = davy_model_read_texts(in, root, "units", DAVY_PREDICTOR_SIGNALS_MAX, &count);
    if (in->status == DAVY_OK && count != info->signal_count)
        davy_model_read_fail(in, "units", "a list of a unit for each signal");
}

/* ["T-101/level", ...]: a model that fills nothing has no such list. */
static void read_imputed(davy_model_reader *in, davy_predictor_info *info, const json_t *root)
{
    const char *const *names;
    size_t count;
    bool *imputed;

    if (!json_object_get(root, "imputed") || in->status != DAVY_OK)
        return;
    names = davy_model_read_texts(in, root, "imputed", info->signal_count, &count);
    imputed = davy_arena_array(in->arena, info->signal_count + 1, sizeof *imputed);
    if (!imputed)
        in->status = davy_fail(DAVY_ERR_NOMEM, "model.json");
    for (size_t i = 0; in->status == DAVY_OK && i < count; i++) {
        size_t signal = 0;

        while (signal < info->signal_count && strcmp(info->signals[signal], names[i]) != 0)
            signal++;
        if (signal == info->signal_count || info->form.kind == DAVY_FORM_WAVE)
            davy_model_read_fail(in, "imputed", "a list of signals");
        else
            imputed[signal] = true;
    }
    info->imputed = imputed;
}

static void read_answers(davy_model_reader *in, davy_predictor_info *info, const json_t *root)
{
    info->signals =
        davy_model_read_texts(in, root, "signals", DAVY_PREDICTOR_SIGNALS_MAX, &info->signal_count);
    info->classes =
        davy_model_read_texts(in, root, "classes", DAVY_CLASSES_MAX, &info->class_count);
    if (json_object_get(root, "features"))
        info->features =
            davy_model_read_texts(in, root, "features", DAVY_FEATURES_MAX, &info->feature_count);
    info->levels = davy_levels_json_read(in, root, info->signals, info->signal_count);
    info->label = davy_model_read_text(in, root, "label");
    info->abstain = davy_model_read_number(in, root, "abstain", 0, 1);
    info->coverage = davy_model_read_number(in, root, "coverage", 0, 1);
    if (in->status == DAVY_OK && info->signal_count != columns_of(&info->form))
        davy_model_read_fail(in, "signals", "a list of a name for each column of the form");
    if (in->status == DAVY_OK &&
        (info->task == DAVY_TASK_CLASSIFY ? info->class_count < 2 : info->class_count > 0))
        davy_model_read_fail(in, "classes", "a list that fits the task");
}

/* What only newer models have. */
static void read_honesty(davy_model_reader *in, davy_predictor_info *info, const json_t *root)
{
    const json_t *split = json_object_get(root, "split"),
                 *warnings = json_object_get(root, "warnings");
    davy_split_rule rule;
    davy_cautions *cautions;

    if (json_is_object(split))
        info->split = davy_model_read_text(in, split, "rule");
    if (info->split[0] && !davy_split_rule_find(info->split, &rule))
        davy_model_read_fail(in, "split", "a rule that davy knows");
    if (json_array_size(warnings) == 0)
        return;
    cautions = davy_arena_array(in->arena, 1, sizeof *cautions);
    if (!cautions) {
        in->status = davy_fail(DAVY_ERR_NOMEM, "model.json");
        return;
    }
    davy_cautions_read(warnings, cautions);
    info->cautions = cautions;
}

/* {"positive": "attack", "probability": 0.31}; without it the more probable class is said. */
static void read_threshold(davy_model_reader *in, davy_predictor_info *info, const json_t *root)
{
    const json_t *threshold = json_object_get(root, "threshold");
    const char *positive;

    if (!json_is_object(threshold))
        return;
    positive = davy_model_read_text(in, threshold, "positive");
    info->cut = davy_model_read_number(in, threshold, "probability", 0, 2);
    info->positive = info->class_count;
    for (size_t k = 0; k < info->class_count; k++)
        if (strcmp(info->classes[k], positive) == 0)
            info->positive = k;
    if (in->status == DAVY_OK && (info->class_count != 2 || info->positive == info->class_count))
        davy_model_read_fail(in, "threshold", "of one of two classes");
}

static void read_info(davy_model_reader *in, davy_predictor *predictor, const json_t *root)
{
    davy_predictor_info *info = &predictor->info;

    info->name = davy_model_read_text(in, root, "name");
    info->version = (unsigned) davy_model_read_count(in, root, "version", 1, INT32_MAX);
    info->kind = davy_model_read_text(in, root, "kind");
    info->hold = davy_model_read_count(in, root, "hold", 0, 100000);
    info->period_ns =
        (int64_t) davy_model_read_count(in, root, "period_ns", 0, DAVY_MODEL_PERIOD_MAX);
    info->trained_ns = davy_model_read_time(in, root, "trained");
    info->data_hash = davy_model_read_text(in, json_object_get(root, "data"), "hash");
    info->file_hash = davy_model_read_text(in, json_object_get(root, "file"), "hash");
    predictor->bf16 = strcmp(davy_model_read_text(in, root, "precision"), "bf16") == 0;
    read_form(in, &info->form, json_object_get(root, "form"));
    read_answers(in, info, root);
    info->ranges =
        davy_signal_ranges_read(json_object_get(root, "ranges"), info->form.channels, in->arena);
    info->flows = davy_model_read_option(in, root, "flows");
    info->molecules = davy_model_read_option(in, root, "molecules");
    read_threshold(in, info, root);
    read_imputed(in, info, root);
    read_units(in, info, root);
    read_honesty(in, info, root);
    davy_cleaning_json_read(in, root, &predictor->cleaning);
    davy_background_read_json(in, root, davy_form_values(&info->form), &predictor->background);
}

static davy_status read_predictor(const json_t *root, davy_predictor **out)
{
    davy_predictor *predictor = NULL;
    davy_model_reader in = {.status = DAVY_OK};
    const char *task = json_string_value(json_object_get(root, "task"));

    if (json_integer_value(json_object_get(root, "format")) != FORMAT)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "model.json is not of format %d", FORMAT);
    in.status = davy_predictor_create(&predictor);
    if (in.status != DAVY_OK)
        return in.status;
    in.arena = &predictor->arena;
    if (!task || !davy_task_find(task, &predictor->info.task))
        davy_model_read_fail(&in, "task", "one that davy knows");
    else if (predictor->info.task == DAVY_TASK_ANOMALY)
        in.status = davy_fail(DAVY_ERR_UNSUPPORTED, "the model watches rows for anomalies; it does "
                                                    "not answer samples");
    if (in.status == DAVY_OK)
        read_info(&in, predictor, root);
    if (in.status != DAVY_OK) {
        davy_predictor_close(predictor);
        return in.status;
    }
    *out = predictor;
    return DAVY_OK;
}

davy_status davy_predictor_json_read(const char *text, size_t length, davy_predictor **out)
{
    json_error_t error;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    davy_status status;

    if (!root)
        return davy_fail(DAVY_ERR_CORRUPT, "model.json: line %d: %s", error.line, error.text);
    status = read_predictor(root, out);
    json_decref(root);
    return status;
}

static json_t *make_texts(const char *const *texts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *make_imputed(const davy_predictor_info *info)
{
    json_t *list = json_array();

    for (size_t i = 0; i < info->signal_count; i++)
        if (info->imputed[i])
            json_array_append_new(list, json_string(info->signals[i]));
    return list;
}

static json_t *make_form(const davy_form *form)
{
    return json_pack("{ss sI sI sI sI sI sI sf sf sI}", "kind", davy_form_name(form->kind), "steps",
                     (json_int_t) form->steps, "channels", (json_int_t) form->channels, "height",
                     (json_int_t) form->height, "width", (json_int_t) form->width, "stride",
                     (json_int_t) form->stride, "horizon", (json_int_t) form->horizon, "cap",
                     form->cap, "rate", form->rate, "early", (json_int_t) form->early);
}

json_t *davy_predictor_json_make(const davy_predictor *predictor)
{
    const davy_predictor_info *info = &predictor->info;
    char trained[DAVY_TIMESTAMP_MAX];
    json_t *root, *levels = davy_levels_json_make(info->signals, info->levels, info->signal_count);

    davy_timestamp_format(info->trained_ns, 0, trained);
    root = json_pack("{si ss si ss ss so so so so ss sf sf ss sI sI ss s{ss} s{ss ss}}", "format",
                     FORMAT, "name", info->name, "version", (int) info->version, "kind", info->kind,
                     "task", davy_task_name(info->task), "form", make_form(&info->form), "signals",
                     make_texts(info->signals, info->signal_count), "classes",
                     make_texts(info->classes, info->class_count), "features",
                     make_texts(info->features, info->feature_count), "label", info->label,
                     "abstain", info->abstain, "coverage", info->coverage, "precision",
                     predictor->bf16 ? "bf16" : "f32", "hold", (json_int_t) info->hold, "period_ns",
                     (json_int_t) info->period_ns, "trained", trained, "data", "hash",
                     info->data_hash, "file", "name", "model.onnx", "hash", info->file_hash);
    if (levels)
        json_object_set_new(root, "levels", levels);
    if (info->imputed)
        json_object_set_new(root, "imputed", make_imputed(info));
    if (info->units)
        json_object_set_new(root, "units", make_texts(info->units, info->signal_count));
    if (predictor->background.count > 0)
        json_object_set_new(root, "background", davy_background_json(&predictor->background));
    return root;
}
