/* SPDX-License-Identifier: Apache-2.0 */
#include "models/features/feature_private.h"

/* Channels by index: those that are chosen, or those that are not. */
size_t davy_feature_list_channels(const davy_features *f, const bool *chosen, bool which,
                                  size_t *list)
{
    size_t count = 0;

    for (size_t c = 0; c < f->channel_count; c++)
        if (chosen[c] == which)
            list[count++] = c;
    return count;
}

davy_status davy_feature_take(davy_features *f, const davy_feature_call *call,
                              davy_feature_choice *out)
{
    davy_status status;

    out->chosen = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *out->chosen);
    out->list = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *out->list);
    out->others = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *out->others);
    if (!out->chosen || !out->list || !out->others)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    status = davy_feature_choose(f, call, out->chosen, &out->count);
    if (status != DAVY_OK)
        return status;
    (void) davy_feature_list_channels(f, out->chosen, true, out->list);
    out->other_count = davy_feature_list_channels(f, out->chosen, false, out->others);
    return DAVY_OK;
}

/* Fails when a chosen channel holds categories. */
davy_status davy_feature_need_numbers(const davy_features *f, const davy_feature_call *call,
                                      const davy_feature_choice *of)
{
    for (size_t i = 0; i < of->count; i++)
        if (f->channels[of->list[i]].levels)
            return davy_feature_fail(call,
                                     "'%s' holds words, not numbers: onehot makes numbers of "
                                     "them",
                                     f->channels[of->list[i]].name);
    return DAVY_OK;
}

/* The series: the channels `kept` and behind them `added` [N, steps, count], which are numbers. */
davy_status davy_feature_put_behind(davy_features *f, const size_t *kept, size_t kept_count,
                                    davy_value added, const char *const *names, size_t count)
{
    davy_feature_channel *channels =
        davy_arena_array(&f->arena, kept_count + count + 1, sizeof *channels);
    davy_value series = added;

    if (!channels || !names)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t i = 0; i < kept_count; i++)
        channels[i] = f->channels[kept[i]];
    for (size_t i = 0; i < count; i++)
        channels[kept_count + i].name = names[i];
    if (kept_count > 0) {
        const davy_value both[] = {davy_feature_pick(f, f->series, kept, kept_count), added};

        series = davy_layer_concat(f->graph, both, 2, 2);
    }
    return davy_feature_set_series(f, series, f->steps, channels, kept_count + count);
}
