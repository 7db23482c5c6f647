/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that gather columns by the place of a row: in time, or in the order of sizes.
 *
 * Stage: models. Quantiles lie between two values in proportion, as numpy's `linear`.
 */
#include "models/features/feature_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define OF                                                                                      \
    {                                                                                           \
        "of", "", "channels by patterns, as a+b*; empty: all that hold numbers", NAN, NAN, NULL \
    }

/* The chosen channels [N, rows, count] of all rows, without the base. */
static davy_status choose_rows(davy_features *f, const davy_feature_call *call, size_t **list,
                               size_t *count, davy_value *x)
{
    bool *chosen = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *chosen);
    size_t n = 0;
    davy_status status;

    *list = davy_arena_array(&f->arena, f->channel_count + 1, sizeof **list);
    if (!chosen || !*list)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    status = davy_feature_choose(f, call, chosen, count);
    if (status != DAVY_OK)
        return status;
    for (size_t c = 0; c < f->channel_count; c++)
        if (chosen[c])
            (*list)[n++] = c;
    *x = davy_feature_newest(f, davy_feature_rows(f));
    if (*count < f->channel_count)
        *x = davy_feature_pick(f, *x, *list, *count);
    return DAVY_OK;
}

/* Row t of [N, rows, count] as columns. */
static davy_value row_of(davy_features *f, davy_value x, size_t t)
{
    return davy_feature_reduce(
        f, "reduce_mean", davy_layer_slice(f->graph, x, 1, (int64_t) t, (int64_t) t + 1), 1, false);
}

static davy_status gather_named(davy_features *f, davy_value x, const size_t *list, size_t count,
                                const char *before, const char *after)
{
    const char **names = davy_arena_array(&f->arena, count + 1, sizeof *names);

    for (size_t i = 0; names && i < count; i++)
        names[i] = davy_feature_name(f, "%s%s%s", before, f->channels[list[i]].name, after);
    return davy_feature_gather(f, x, names, count);
}

static davy_status check_lags(const davy_feature_call *call)
{
    double rows[DAVY_FEATURE_LIST_MAX];
    size_t count;

    return davy_feature_list(call, "rows", 0, 65535, true, rows, &count);
}

static davy_status fit_lags(davy_features *f, const davy_feature_call *call)
{
    double rows[DAVY_FEATURE_LIST_MAX];
    size_t *list, count, lags;
    davy_value x;
    davy_status status = choose_rows(f, call, &list, &count, &x);

    if (status == DAVY_OK)
        status = davy_feature_list(call, "rows", 0, 65535, true, rows, &lags);
    for (size_t i = 0; status == DAVY_OK && i < lags; i++) {
        const size_t back = (size_t) rows[i], have = davy_feature_rows(f);
        char after[32] = "";

        if (back >= have)
            return davy_feature_fail(call,
                                     "%zu rows back is before a sample of %zu: window=N "
                                     "makes it longer",
                                     back, have);
        if (back > 0)
            (void) snprintf(after, sizeof after, "[-%zu]", back);
        status = gather_named(f, row_of(f, x, have - 1 - back), list, count, "", after);
    }
    return status;
}

static const davy_setting lags_arguments[] = {
    {"rows", "0,1,2", "how far before the newest row, as 0,1,5", NAN, NAN, NULL},
    OF,
};

const davy_feature_step davy_feature_lags = {
    .name = "lags",
    .meaning = "single rows as they are, some before the newest",
    .arguments = lags_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(lags_arguments),
    .check = check_lags,
    .fit = fit_lags,
};

/* ------------------------------------------------------------------------------------- quantiles
 */

/* Each channel's rows by size, the largest first. */
static davy_value sort_rows(davy_features *f, davy_value x)
{
    int64_t rows = (int64_t) davy_feature_rows(f);
    const davy_tensor all = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = &rows};
    const davy_value in[] = {x, davy_graph_constant(f->graph, "", &all)};
    davy_node *node = davy_graph_node(f->graph, "top_k", in, 2, 2);

    davy_node_set_int(f->graph, node, "axis", 1);
    davy_node_set_int(f->graph, node, "largest", 1);
    davy_node_set_int(f->graph, node, "sorted", 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_value quantile(davy_features *f, davy_value sorted, double percent)
{
    const size_t rows = davy_feature_rows(f);
    const double place = (1 - percent / 100) * (double) (rows - 1);
    const size_t above = (size_t) floor(place);
    const double share = place - (double) above;
    davy_value a = row_of(f, sorted, above), b;

    if (share <= 0 || above + 1 >= rows)
        return a;
    b = row_of(f, sorted, above + 1);
    a = davy_classic_number(f->graph, "mul", a, "features/share", 1 - share);
    b = davy_classic_number(f->graph, "mul", b, "features/share", share);
    return davy_neural_binary(f->graph, "add", a, b);
}

static davy_status check_quantiles(const davy_feature_call *call)
{
    double at[DAVY_FEATURE_LIST_MAX];
    size_t count;

    return davy_feature_list(call, "at", 0, 100, false, at, &count);
}

static davy_status fit_quantiles(davy_features *f, const davy_feature_call *call)
{
    double at[DAVY_FEATURE_LIST_MAX];
    size_t *list, count, wanted;
    davy_value x;
    davy_status status = choose_rows(f, call, &list, &count, &x);

    if (status == DAVY_OK)
        status = davy_feature_list(call, "at", 0, 100, false, at, &wanted);
    if (status == DAVY_OK)
        x = sort_rows(f, x);
    for (size_t i = 0; status == DAVY_OK && i < wanted; i++) {
        char before[32];

        (void) snprintf(before, sizeof before, "q%g(", at[i]);
        status = gather_named(f, quantile(f, x, at[i]), list, count, before, ")");
    }
    return status;
}

static const davy_setting quantiles_arguments[] = {
    {"at", "10,25,50,75,90", "percents of the rows that are below", NAN, NAN, NULL},
    OF,
};

const davy_feature_step davy_feature_quantiles = {
    .name = "quantiles",
    .meaning = "quantiles of the rows of a window",
    .arguments = quantiles_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(quantiles_arguments),
    .check = check_quantiles,
    .fit = fit_quantiles,
};
