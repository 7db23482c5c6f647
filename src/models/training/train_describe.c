/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"
#include "models/features/feature_set.h"
#include "models/levels_json.h"
#include "models/training/train_predictor.h"

#include <stdint.h>
#include <string.h>

static const char *keep(davy_teaching *teaching, const char *text)
{
    const char *copy = davy_arena_text(&teaching->predictor->arena, text, strlen(text));

    return copy ? copy : "";
}

const char *const *davy_teaching_keep_all(davy_teaching *teaching, const char *const *texts,
                                          size_t count)
{
    const char **copy = davy_arena_array(&teaching->predictor->arena, count + 1, sizeof *copy);

    for (size_t i = 0; copy && i < count; i++)
        copy[i] = keep(teaching, texts[i]);
    return copy;
}

/* NULL when there are none, or without memory, which *failed tells. */
static const davy_levels *keep_levels(davy_teaching *teaching, const davy_teaching_source *source,
                                      bool *failed)
{
    davy_arena *arena = &teaching->predictor->arena;
    davy_levels *levels = NULL;

    *failed = false;
    if (!davy_levels_any(source->levels, source->signal_count))
        return NULL;
    levels = davy_arena_array(arena, source->signal_count, sizeof *levels);
    for (size_t i = 0; levels && i < source->signal_count; i++) {
        const davy_levels *from = &source->levels[i];
        const char *const *words =
            davy_teaching_keep_all(teaching, (const char *const *) from->names, from->count);

        *failed = *failed || !words;
        levels[i] = (davy_levels){(char **) (uintptr_t) words, from->count};
    }
    *failed = *failed || !levels;
    return levels;
}

/* Signals that the steps of the features fill. */
static davy_status describe_imputed(davy_teaching *teaching)
{
    davy_predictor_info *info = &teaching->predictor->info;
    bool *imputed =
        davy_arena_array(&teaching->predictor->arena, info->signal_count + 1, sizeof *imputed);
    bool any = false;
    davy_status status;

    if (!imputed)
        return davy_fail(DAVY_ERR_NOMEM, "model");
    status = davy_features_imputed(davy_teaching_text(teaching, "features"), info->signals,
                                   info->signal_count, imputed, &any);
    info->imputed = any ? imputed : NULL;
    return status;
}

davy_status davy_teaching_describe(davy_teaching *teaching)
{
    const davy_teaching_source *source = teaching->source;
    const davy_train_options *options = teaching->options;
    const davy_sample_set *samples = teaching->samples;
    davy_predictor_info *info = &teaching->predictor->info;
    bool failed;

    info->name = keep(teaching, options->name);
    info->kind = teaching->kind->name;
    (void) davy_task_find(options->task, &info->task);
    info->form = samples->form;
    info->signals = davy_teaching_keep_all(teaching, source->signals, source->signal_count);
    info->units = source->units
                      ? davy_teaching_keep_all(teaching, source->units, source->signal_count)
                      : NULL;
    info->signal_count = source->signal_count;
    info->levels = keep_levels(teaching, source, &failed);
    info->classes = davy_teaching_keep_all(teaching, (const char *const *) samples->classes,
                                           samples->class_count);
    info->class_count = samples->class_count;
    info->label = keep(teaching, source->label ? source->label : "");
    info->hold = source->hold;
    info->abstain = davy_teaching_number(teaching, "abstain");
    info->period_ns = source->period_ns;
    info->trained_ns = davy_wall_ns(davy_clock_system());
    info->data_hash = keep(teaching, source->data_hash);
    info->file_hash = "";
    if (!info->signals || !info->classes || failed)
        return davy_fail(DAVY_ERR_NOMEM, "model");
    return describe_imputed(teaching);
}
