/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that change the channels of a series: categories, logarithms, differences, and
 * how far a channel is from where the run began.
 *
 * Stage: models.
 */
#include "models/feature_private.h"

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

/* Channels by index: those that are chosen, or those that are not. */
static size_t list_channels(const davy_features *f, const bool *chosen, bool which, size_t *list)
{
    size_t count = 0;

    for (size_t c = 0; c < f->channel_count; c++)
        if (chosen[c] == which)
            list[count++] = c;
    return count;
}

/* What a step that chooses channels needs; arrays live in the arena. */
typedef struct choice {
    bool *chosen;
    size_t *list, *others; /* chosen channels, and those that are not */
    size_t count, other_count;
} choice;

static davy_status choose(davy_features *f, const davy_feature_call *call, choice *out)
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
    (void) list_channels(f, out->chosen, true, out->list);
    out->other_count = list_channels(f, out->chosen, false, out->others);
    return DAVY_OK;
}

/* Fails when a chosen channel holds categories. */
static davy_status need_numbers(const davy_features *f, const davy_feature_call *call,
                                const choice *of)
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
static davy_status put_behind(davy_features *f, const size_t *kept, size_t kept_count,
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

static const char **name_all(davy_features *f, const choice *of, const char *format)
{
    const char **names = davy_arena_array(&f->arena, of->count + 1, sizeof *names);
    char text[256];

    for (size_t i = 0; names && i < of->count; i++) {
        (void) snprintf(text, sizeof text, "%s(%s)", format, f->channels[of->list[i]].name);
        names[i] = davy_feature_name(f, "%s", text);
    }
    return names;
}

/* ------------------------------------------------------------------------------------ categories
 */

/* How often each word of a channel was learnt from, in newest rows. */
static size_t *count_words(const davy_feature_matrix *matrix, size_t column, size_t words)
{
    size_t *counts = calloc(words + 1, sizeof *counts);

    for (size_t i = 0; counts && i < matrix->rows; i++) {
        const float word = matrix->values[i * matrix->columns + column];

        if (word >= 0 && word < (float) words)
            counts[(size_t) word]++;
    }
    return counts;
}

/* The most common words that occur at all, in their order. @param kept  [words] */
static size_t keep_words(const size_t *counts, size_t words, size_t most, float *kept)
{
    size_t found = 0;

    for (size_t w = 0; w < words; w++) {
        size_t better = 0;

        for (size_t v = 0; v < words && counts[w] > 0; v++)
            better += counts[v] > counts[w] || (counts[v] == counts[w] && v < w);
        if (counts[w] > 0 && better < most)
            kept[found++] = (float) w;
    }
    return found;
}

/* Where a channel's numbers equal each of `values`: [N, steps, count] of 0 and 1. */
static davy_value mark_equal(davy_features *f, size_t channel, const float *values, size_t count)
{
    const davy_value x =
        davy_layer_slice(f->graph, f->series, 2, (int64_t) channel, (int64_t) channel + 1);
    const int64_t dims[] = {(int64_t) count};
    const davy_value words = davy_feature_constant(f, "features/words", values, 1, dims);

    return davy_feature_floats(f, davy_neural_binary(f->graph, "equal", x, words));
}

/* The words of all chosen channels as they come about. */
typedef struct encoding {
    davy_value *parts;
    const char **names;
    size_t part_count, count;
} encoding;

static davy_status encode_channel(davy_features *f, const davy_feature_call *call, size_t channel,
                                  const size_t *counts, encoding *out)
{
    const davy_levels *levels = f->channels[channel].levels;
    const size_t most = (size_t) davy_feature_number(call, "most");
    float *kept = calloc(levels->count + 1, sizeof *kept);
    const size_t count = kept ? keep_words(counts, levels->count, most, kept) : 0;

    if (!kept)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    if (out->count + count > DAVY_FEATURES_MAX) {
        free(kept);
        return davy_feature_fail(call, "there are more than %zu words: most=N takes fewer",
                                 DAVY_FEATURES_MAX);
    }
    for (size_t i = 0; i < count; i++)
        out->names[out->count + i] = davy_feature_name(f, "%s=%s", f->channels[channel].name,
                                                       levels->names[(size_t) kept[i]]);
    if (count > 0)
        out->parts[out->part_count++] = mark_equal(f, channel, kept, count);
    out->count += count;
    free(kept);
    return DAVY_OK;
}

/* `of` is empty for all categories, unlike elsewhere. */
static davy_status choose_categories(davy_features *f, const davy_feature_call *call, choice *out)
{
    davy_status status = choose(f, call, out);

    if (status != DAVY_OK && davy_feature_text(call, "of")[0])
        return status;
    for (size_t c = 0; out->chosen && c < f->channel_count; c++)
        out->chosen[c] =
            f->channels[c].levels && (out->chosen[c] || !davy_feature_text(call, "of")[0]);
    if (!out->chosen || !out->list || !out->others)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    out->count = list_channels(f, out->chosen, true, out->list);
    out->other_count = list_channels(f, out->chosen, false, out->others);
    return out->count > 0 ? DAVY_OK : davy_feature_fail(call, "no column holds categories");
}

static davy_status fit_onehot(davy_features *f, const davy_feature_call *call)
{
    choice of = {0};
    davy_feature_matrix matrix = {0};
    encoding e = {0};
    davy_status status = choose_categories(f, call, &of);

    if (status == DAVY_OK)
        status = davy_feature_learn(
            f, davy_feature_pick(f, davy_feature_newest(f, 1), of.list, of.count), &matrix);
    if (status != DAVY_OK)
        return status;
    e.parts = davy_arena_array(&f->arena, of.count + 1, sizeof *e.parts);
    e.names = davy_arena_array(&f->arena, DAVY_FEATURES_MAX + 1, sizeof *e.names);
    if (!e.parts || !e.names)
        status = davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t i = 0; i < of.count && status == DAVY_OK; i++) {
        size_t *counts = count_words(&matrix, i, f->channels[of.list[i]].levels->count);

        status = counts ? encode_channel(f, call, of.list[i], counts, &e)
                        : davy_fail(DAVY_ERR_NOMEM, "features");
        free(counts);
    }
    davy_feature_matrix_clear(&matrix);
    if (status == DAVY_OK && e.count == 0)
        status = davy_feature_fail(call, "no sample to learn from holds a word");
    if (status != DAVY_OK)
        return status;
    return put_behind(f, of.others, of.other_count,
                      davy_layer_concat(f->graph, e.parts, e.part_count, 2), e.names, e.count);
}

static const davy_setting onehot_arguments[] = {
    {"of", "", "columns by patterns, as a+b*; empty: all that hold categories", NAN, NAN, NULL},
    {"most", "100", "words of a column that get a feature: the most common", 1, 4096, NULL},
};

const davy_feature_step davy_feature_onehot = {
    .name = "onehot",
    .meaning = "a 0 or 1 for each word of a column of categories; 0 for all of an unknown word",
    .arguments = onehot_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(onehot_arguments),
    .fit = fit_onehot,
};

/* --------------------------------------------------------------------------------- number by
 * number */

/* Channels in place of those that are chosen: as they were made of `x`. */
static davy_status fit_log(davy_features *f, const davy_feature_call *call)
{
    choice of = {0};
    davy_status status = choose(f, call, &of);
    davy_value x, size;

    if (status == DAVY_OK)
        status = need_numbers(f, call, &of);
    if (status != DAVY_OK)
        return status;
    x = davy_feature_pick(f, f->series, of.list, of.count);
    size = davy_feature_unary(f, "abs", x);
    size = davy_classic_number(f->graph, "add", size, "features/one", 1);
    size = davy_feature_unary(f, "log", size);
    x = davy_neural_binary(f->graph, "mul", davy_feature_unary(f, "sign", x), size);
    return put_behind(f, of.others, of.other_count, x, name_all(f, &of, "log"), of.count);
}

static const davy_setting log_arguments[] = {SERIES_OF};

const davy_feature_step davy_feature_log = {
    .name = "log",
    .meaning = "sign(x) log(1 + |x|) in place of x: counts and bytes",
    .arguments = log_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(log_arguments),
    .fit = fit_log,
};

/* ------------------------------------------------------------------------------------ along a run
 */

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
static davy_status put_beside(davy_features *f, const davy_feature_call *call, choice *of,
                              davy_value x, const char *word)
{
    const char **names = name_all(f, of, word);

    if (!davy_feature_is(call, "keep", "yes"))
        return put_behind(f, of->others, of->other_count, x, names, of->count);
    for (size_t c = 0; c < f->channel_count; c++)
        of->others[c] = c;
    return put_behind(f, of->others, f->channel_count, x, names, of->count);
}

static davy_status fit_difference(davy_features *f, const davy_feature_call *call)
{
    const size_t lag = (size_t) davy_feature_number(call, "lag");
    choice of = {0};
    char word[64];
    davy_status status = choose(f, call, &of);
    davy_value x;

    if (status == DAVY_OK)
        status = need_numbers(f, call, &of);
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
    choice of = {0};
    davy_status status = choose(f, call, &of);
    davy_value x;

    if (status == DAVY_OK)
        status = need_numbers(f, call, &of);
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
