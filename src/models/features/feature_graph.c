/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"
#include "models/features/feature_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *davy_feature_name(davy_features *f, const char *format, ...)
{
    char name[256];
    const char *kept;
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    kept = davy_arena_text(&f->arena, name, strlen(name));
    if (!kept)
        davy_graph_fail(f->graph, davy_fail(DAVY_ERR_NOMEM, "features"));
    return kept ? kept : "";
}

davy_status davy_feature_patterns(const davy_feature_call *call,
                                  char patterns[DAVY_FEATURE_PATTERNS_MAX])
{
    const char *of = davy_feature_text(call, "of");

    if (strlen(of) >= DAVY_FEATURE_PATTERNS_MAX)
        return davy_feature_fail(call, "of=%.40s... is too long", of);
    for (size_t i = 0; i <= strlen(of); i++)
        patterns[i] = of[i];
    for (char *c = patterns; *c; c++)
        *c = *c == '+' ? ',' : *c;
    return DAVY_OK;
}

davy_status davy_feature_choose(davy_features *f, const davy_feature_call *call, bool *chosen,
                                size_t *count)
{
    char patterns[DAVY_FEATURE_PATTERNS_MAX] = "";
    davy_status status = davy_feature_patterns(call, patterns);

    *count = 0;
    for (size_t c = 0; c < f->channel_count && status == DAVY_OK; c++) {
        const davy_feature_channel *channel = &f->channels[c];

        chosen[c] = patterns[0] ? davy_pattern_matches(patterns, channel->name) : !channel->levels;
        *count += chosen[c];
    }
    if (status == DAVY_OK && *count == 0)
        status =
            davy_feature_fail(call, "of=%.60s names no channel", davy_feature_text(call, "of"));
    return status;
}

davy_status davy_feature_set_series(davy_features *f, davy_value series, size_t steps,
                                    davy_feature_channel *channels, size_t count)
{
    f->series = series;
    f->steps = steps;
    f->channels = channels;
    f->channel_count = count;
    if (!channels)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    if (count == 0 || count > DAVY_FORM_CHANNELS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "features: %zu channels: there can be 1 to %zu", count,
                         DAVY_FORM_CHANNELS_MAX);
    return davy_graph_status(f->graph);
}

davy_status davy_feature_set_columns(davy_features *f, davy_value columns, const char **names,
                                     size_t count)
{
    f->columns = columns;
    f->names = names;
    f->count = count;
    return names ? davy_graph_status(f->graph) : davy_fail(DAVY_ERR_NOMEM, "features");
}

davy_status davy_feature_gather(davy_features *f, davy_value columns, const char *const *names,
                                size_t count)
{
    const char **all = davy_arena_array(&f->arena, f->count + count + 1, sizeof *all);
    const davy_value both[] = {f->columns, columns};

    if (!all || !names)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    if (count > DAVY_FORM_VALUES_MAX - f->count)
        return davy_fail(DAVY_ERR_FULL, "features: there are too many");
    if (f->count)
        memcpy(all, f->names, f->count * sizeof *all);
    memcpy(all + f->count, names, count * sizeof *all);
    return davy_feature_set_columns(
        f, f->columns == DAVY_VALUE_NONE ? columns : davy_layer_concat(f->graph, both, 2, 1), all,
        f->count + count);
}

/* Every number of the series; rows before the newest are told by how far they are back. */
static davy_status gather_all(davy_features *f)
{
    const size_t count = f->steps * f->channel_count;
    const char **names = davy_arena_array(&f->arena, count + 1, sizeof *names);

    for (size_t t = 0; names && t < f->steps; t++)
        for (size_t c = 0; c < f->channel_count; c++) {
            const size_t back = f->steps - 1 - t;
            const char **name = &names[t * f->channel_count + c];

            if (t == 0 && f->base)
                *name = davy_feature_name(f, "early(%s)", f->channels[c].name);
            else if (back > 0)
                *name = davy_feature_name(f, "%s[-%zu]", f->channels[c].name, back);
            else
                *name = f->channels[c].name;
        }
    return davy_feature_gather(f, davy_layer_flatten(f->graph, f->series), names, count);
}

davy_status davy_feature_columns(davy_features *f, davy_value *out)
{
    davy_status status = f->columns == DAVY_VALUE_NONE ? gather_all(f) : DAVY_OK;

    *out = f->columns;
    return status;
}

size_t davy_feature_rows(const davy_features *f)
{
    return f->steps - f->base;
}

davy_value davy_feature_newest(davy_features *f, size_t span)
{
    if (span == f->steps)
        return f->series;
    return davy_layer_slice(f->graph, f->series, 1, (int64_t) (f->steps - span),
                            (int64_t) f->steps);
}

davy_value davy_feature_pick(davy_features *f, davy_value series, const size_t *channels,
                             size_t count)
{
    const davy_tensor shape = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {(int64_t) count}};
    const davy_value index = davy_graph_constant(f->graph, "", &shape);
    const davy_value in[] = {series, index};
    davy_node *node;

    if (index == DAVY_VALUE_NONE)
        return index;
    for (size_t i = 0; i < count; i++)
        ((int64_t *) f->graph->values[index].tensor.data)[i] = (int64_t) channels[i];
    node = davy_graph_node(f->graph, "gather", in, 2, 1);
    davy_node_set_int(f->graph, node, "axis", davy_graph_tensor(f->graph, series)->rank - 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_feature_reduce(davy_features *f, const char *op, davy_value x, int64_t axis,
                               bool keep)
{
    const davy_tensor axes = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {1}, .data = &axis};
    const bool sum = strcmp(op, "reduce_sum") == 0; /* its axes are an input since opset 13 */
    const davy_value in[] = {x, sum ? davy_graph_constant(f->graph, "", &axes) : DAVY_VALUE_NONE};
    davy_node *node = davy_graph_node(f->graph, op, in, sum ? 2 : 1, 1);

    if (!sum)
        davy_node_set_ints(f->graph, node, "axes", &axis, 1);
    davy_node_set_int(f->graph, node, "keepdims", keep);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_feature_unary(davy_features *f, const char *op, davy_value x)
{
    const davy_node *node = davy_graph_node(f->graph, op, &x, 1, 1);

    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_feature_floats(davy_features *f, davy_value x)
{
    davy_node *node = davy_graph_node(f->graph, "cast", &x, 1, 1);

    davy_node_set_int(f->graph, node, "to", DAVY_TYPE_F32);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_feature_equal(davy_features *f, size_t channel, const float *values, size_t count)
{
    const davy_value x =
        davy_layer_slice(f->graph, f->series, 2, (int64_t) channel, (int64_t) channel + 1);
    const int64_t dims[] = {(int64_t) count};
    const davy_value words = davy_feature_constant(f, "features/words", values, 1, dims);

    return davy_feature_floats(f, davy_neural_binary(f->graph, "equal", x, words));
}

davy_value davy_feature_constant(davy_features *f, const char *name, const float *values, int rank,
                                 const int64_t *dims)
{
    davy_tensor tensor = {0};
    davy_status status = davy_tensor_shape(&tensor, DAVY_TYPE_F32, rank, dims);

    if (status != DAVY_OK)
        davy_graph_fail(f->graph, status);
    tensor.data = (void *) (uintptr_t) values;
    return davy_graph_constant(f->graph, name, &tensor);
}
