/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that change the channels of a series: logarithms, differences, and how far a
 * channel is from where the run began.
 *
 * Stage: models.
 */
#include "models/features/feature_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_OF                                                                               \
    {                                                                                           \
        "of", "", "channels by patterns, as a+b*; empty: all that hold numbers", NAN, NAN, NULL \
    }
#define SERIES_KEEP                                                                             \
    {                                                                                           \
        "keep", "yes", "the channels as they were stay beside the new ones", NAN, NAN, "yes|no" \
    }

static const char **name_all(davy_features *f, const davy_feature_choice *of, const char *format)
{
    const char **names = davy_arena_array(&f->arena, of->count + 1, sizeof *names);
    char text[256];

    for (size_t i = 0; names && i < of->count; i++) {
        (void) snprintf(text, sizeof text, "%s(%s)", format, f->channels[of->list[i]].name);
        names[i] = davy_feature_name(f, "%s", text);
    }
    return names;
}

/* Channels in place of those that are chosen: as they were made of `x`. */
static davy_status fit_log(davy_features *f, const davy_feature_call *call)
{
    davy_feature_choice of = {0};
    davy_status status = davy_feature_take(f, call, &of);
    davy_value x, size;

    if (status == DAVY_OK)
        status = davy_feature_need_numbers(f, call, &of);
    if (status != DAVY_OK)
        return status;
    x = davy_feature_pick(f, f->series, of.list, of.count);
    size = davy_feature_unary(f, "abs", x);
    size = davy_classic_number(f->graph, "add", size, "features/one", 1);
    size = davy_feature_unary(f, "log", size);
    x = davy_neural_binary(f->graph, "mul", davy_feature_unary(f, "sign", x), size);
    return davy_feature_put_behind(f, of.others, of.other_count, x, name_all(f, &of, "log"),
                                   of.count);
}

static const davy_setting log_arguments[] = {SERIES_OF};

const davy_feature_step davy_feature_log = {
    .name = "log",
    .meaning = "sign(x) log(1 + |x|) in place of x: counts and bytes",
    .arguments = log_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(log_arguments),
    .fit = fit_log,
};

/* ------------------------------------------------------------------------------- along a run */

static davy_value rows_between(davy_features *f, davy_value x, size_t from, size_t to)
{
    return davy_layer_slice(f->graph, x, 1, (int64_t) from, (int64_t) to);
}

/* x(t) - x(t - lag) of [N, base + rows, C]; the early rows have no movement. */
static davy_value subtract_earlier(davy_features *f, davy_value x, size_t lag)
{
    const size_t first = f->base;
    const davy_value later = rows_between(f, x, first + lag, f->steps);
    const davy_value earlier = rows_between(f, x, first, f->steps - lag);
    davy_value moved = davy_neural_binary(f->graph, "sub", later, earlier);

    if (f->base) {
        const davy_value base = rows_between(f, x, 0, 1);
        const davy_value both[] = {davy_neural_binary(f->graph, "sub", base, base), moved};

        moved = davy_layer_concat(f->graph, both, 2, 1);
    }
    return moved;
}

/* The series without its first `lag` rows, but with its base. */
static void drop_rows(davy_features *f, size_t lag)
{
    davy_value rows = rows_between(f, f->series, f->base + lag, f->steps);

    if (f->base) {
        const davy_value both[] = {rows_between(f, f->series, 0, 1), rows};

        rows = davy_layer_concat(f->graph, both, 2, 1);
    }
    f->series = rows;
    f->steps -= lag;
}

/* New channels beside those they were made of, or in their place. */
static davy_status put_beside(davy_features *f, const davy_feature_call *call,
                              davy_feature_choice *of, davy_value x, const char *word)
{
    const char **names = name_all(f, of, word);

    if (!davy_feature_is(call, "keep", "yes"))
        return davy_feature_put_behind(f, of->others, of->other_count, x, names, of->count);
    for (size_t c = 0; c < f->channel_count; c++)
        of->others[c] = c;
    return davy_feature_put_behind(f, of->others, f->channel_count, x, names, of->count);
}

static davy_status fit_difference(davy_features *f, const davy_feature_call *call)
{
    const size_t lag = (size_t) davy_feature_number(call, "lag");
    davy_feature_choice of = {0};
    char word[64];
    davy_status status = davy_feature_take(f, call, &of);
    davy_value x;

    if (status == DAVY_OK)
        status = davy_feature_need_numbers(f, call, &of);
    if (status == DAVY_OK && lag >= davy_feature_rows(f))
        status = davy_feature_fail(call,
                                   "lag=%zu does not fit into a sample of %zu %s: window=N "
                                   "makes it longer",
                                   lag, davy_feature_rows(f),
                                   davy_feature_rows(f) == 1 ? "row" : "rows");
    if (status != DAVY_OK)
        return status;
    x = davy_feature_pick(f, f->series, of.list, of.count);
    x = subtract_earlier(f, x, lag);
    drop_rows(f, lag);
    (void) snprintf(word, sizeof word, lag == 1 ? "diff" : "diff%zu", lag);
    return put_beside(f, call, &of, x, word);
}

static const davy_setting difference_arguments[] = {
    {"lag", "1", "rows between the two", 1, 65535, NULL},
    SERIES_OF,
    SERIES_KEEP,
};

const davy_feature_step davy_feature_difference = {
    .name = "difference",
    .meaning = "x less what it was some rows before; the window gets shorter by as many rows",
    .arguments = difference_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(difference_arguments),
    .fit = fit_difference,
};

static davy_status fit_early(davy_features *f, const davy_feature_call *call)
{
    davy_feature_choice of = {0};
    davy_status status = davy_feature_take(f, call, &of);
    davy_value x;

    if (status == DAVY_OK)
        status = davy_feature_need_numbers(f, call, &of);
    if (status == DAVY_OK && !f->base)
        status =
            davy_feature_fail(call, "the samples do not know how their run began, or were told "
                                    "before: --set early=20 --set window=N tells it");
    if (status != DAVY_OK)
        return status;
    x = davy_feature_pick(f, f->series, of.list, of.count);
    x = davy_neural_binary(f->graph, "sub", rows_between(f, x, 1, f->steps),
                           rows_between(f, x, 0, 1));
    f->series = rows_between(f, f->series, 1, f->steps);
    f->steps--;
    f->base = false;
    return put_beside(f, call, &of, x, "rise");
}

static const davy_setting early_arguments[] = {SERIES_OF, SERIES_KEEP};

const davy_feature_step davy_feature_early = {
    .name = "early",
    .meaning = "x less its mean over the first rows of its run (setting `early`)",
    .arguments = early_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(early_arguments),
    .fit = fit_early,
};
