/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Step of features that fills what is missing: by the median or the mean of the channel, of all
 * that is learnt from or of the rows in the same regime, which a column names.
 *
 * Stage: models. What is missing is NaN in the sample, and ai.onnx's IsNaN and Where fill it, so
 * that a sample with a hole is answered by the file as it was learnt from. A sample without one
 * number stays out.
 */
#include "core/pattern.h"
#include "models/features/feature_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REGIMES_MAX ((size_t) 64)

/* What was learnt: row 0 for all rows, then one for each regime. */
typedef struct filling {
    float regimes[REGIMES_MAX]; /* values of the column that names them, in order */
    size_t count;
    double *table; /* [1 + count, channels] */
    bool *holed;   /* [channels] a value is missing in what is learnt from */
    double *spare; /* [rows] */
} filling;

/* All steps that are learnt from: [rows * columns], the channels to fill and then the one that
 * names regimes. */
typedef struct numbers {
    const float *values;
    size_t rows, columns;
    bool by;
} numbers;

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double median_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_size);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

static double mean_of(const double *values, size_t count)
{
    double mean = 0;

    for (size_t i = 0; i < count; i++)
        mean += (values[i] - mean) / (double) (i + 1);
    return mean;
}

/* Of a channel in the rows of a regime, or in all of them (NULL). NaN when nothing is known. */
static double usual_of(const numbers *n, size_t channel, const float *regime, bool mean,
                       double *spare)
{
    size_t count = 0;

    for (size_t row = 0; row < n->rows; row++) {
        const float *values = n->values + row * n->columns;

        if (!isnan(values[channel]) && (!regime || values[n->columns - 1] == *regime))
            spare[count++] = (double) values[channel];
    }
    if (count == 0)
        return NAN;
    return mean ? mean_of(spare, count) : median_of(spare, count);
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *) a, y = *(const float *) b;

    return (x > y) - (x < y);
}

/* The values of the column that names regimes, in order. */
static davy_status list_regimes(const numbers *n, const davy_feature_call *call, filling *out)
{
    for (size_t row = 0; row < n->rows; row++) {
        const float value = n->values[(row + 1) * n->columns - 1];
        bool known = isnan(value);

        for (size_t r = 0; r < out->count && !known; r++)
            known = out->regimes[r] == value;
        if (!known && out->count == REGIMES_MAX)
            return davy_feature_fail(call, "by=%s has more than %zu values, so it names no regimes",
                                     davy_feature_text(call, "by"), REGIMES_MAX);
        if (!known)
            out->regimes[out->count++] = value;
    }
    qsort(out->regimes, out->count, sizeof *out->regimes, by_value);
    return DAVY_OK;
}

static davy_status learn_channel(const numbers *n, size_t i, size_t channels, bool mean,
                                 filling *out)
{
    const double all = usual_of(n, i, NULL, mean, out->spare);

    if (isnan(all))
        return DAVY_ERR_NOT_FOUND;
    out->table[i] = all;
    for (size_t r = 0; r < out->count; r++) {
        const double own = usual_of(n, i, &out->regimes[r], mean, out->spare);

        out->table[(1 + r) * channels + i] = isnan(own) ? all : own;
    }
    for (size_t row = 0; row < n->rows; row++)
        out->holed[i] = out->holed[i] || isnan(n->values[row * n->columns + i]);
    return DAVY_OK;
}

static davy_status learn(davy_features *f, const davy_feature_call *call,
                         const davy_feature_choice *of, const numbers *n, filling *out)
{
    const bool mean = davy_feature_is(call, "how", "mean");
    davy_status status = n->by ? list_regimes(n, call, out) : DAVY_OK;

    if (status != DAVY_OK)
        return status;
    out->table = davy_arena_array(&f->arena, (1 + out->count) * of->count, sizeof *out->table);
    out->holed = davy_arena_array(&f->arena, of->count, sizeof *out->holed);
    out->spare = davy_arena_array(&f->arena, n->rows + 1, sizeof *out->spare);
    if (!out->table || !out->holed || !out->spare)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t i = 0; i < of->count; i++)
        if (learn_channel(n, i, of->count, mean, out) != DAVY_OK)
            return davy_feature_fail(call, "'%s' has no value in any sample to learn from",
                                     f->channels[of->list[i]].name);
    return DAVY_OK;
}

/* The channels to fill, and the one that names regimes where `by` is not NULL. */
static davy_status learn_fill(davy_features *f, const davy_feature_call *call,
                              const davy_feature_choice *of, const size_t *by, filling *out)
{
    size_t *list = davy_arena_array(&f->arena, of->count + 1, sizeof *list);
    const size_t columns = of->count + (by != NULL);
    davy_feature_matrix matrix = {0};
    davy_status status;

    if (!list)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    memcpy(list, of->list, of->count * sizeof *list);
    if (by)
        list[of->count] = *by;
    status = davy_feature_learn(f, davy_feature_pick(f, f->series, list, columns), &matrix);
    if (status == DAVY_OK) {
        const numbers n = {matrix.values, matrix.rows * f->steps, columns, by != NULL};

        status = learn(f, call, of, &n, out);
    }
    davy_feature_matrix_clear(&matrix);
    return status;
}

/* Which row of the table each step takes, [N, steps]: 0, that of all rows, for an unknown regime.
 */
static davy_value find_rows(davy_features *f, size_t by, const filling *learnt)
{
    double places[REGIMES_MAX];
    davy_value x = davy_feature_equal(f, by, learnt->regimes, learnt->count);
    davy_node *node;

    for (size_t r = 0; r < learnt->count; r++)
        places[r] = (double) (1 + r);
    x = davy_classic_vector(f->graph, "mul", x, "features/regime_places", places, learnt->count);
    x = davy_classic_sum(f->graph, x, 2);
    node = davy_graph_node(f->graph, "cast", &x, 1, 1);
    davy_node_set_int(f->graph, node, "to", DAVY_TYPE_I64);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* What a missing value becomes: [channels], or [N, steps, channels] by regime. */
static davy_value make_fill(davy_features *f, const size_t *by, size_t channels,
                            const filling *learnt)
{
    const size_t rows = 1 + learnt->count;
    const davy_value table =
        davy_classic_table(f->graph, "features/imputed", learnt->table, rows, channels);
    const davy_value in[] = {table,
                             by && learnt->count > 0 ? find_rows(f, *by, learnt) : DAVY_VALUE_NONE};
    davy_node *node;

    if (in[1] == DAVY_VALUE_NONE) /* one row: [1, channels] */
        return table;
    node = davy_graph_node(f->graph, "gather", in, 2, 1);
    davy_node_set_int(f->graph, node, "axis", 0);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* All channels in their order, those that are chosen filled: [N, steps, channels]. */
static davy_value fill(davy_features *f, const davy_feature_choice *of, davy_value x,
                       davy_value missing, davy_value usual)
{
    const davy_value in[] = {missing, usual, x};
    const davy_node *node = davy_graph_node(f->graph, "where", in, 3, 1);
    const davy_value both[] = {node ? node->out[0] : DAVY_VALUE_NONE,
                               davy_feature_pick(f, f->series, of->others, of->other_count)};
    size_t *order = davy_arena_array(&f->arena, f->channel_count, sizeof *order);

    if (of->other_count == 0 || both[0] == DAVY_VALUE_NONE)
        return both[0];
    if (!order) {
        davy_graph_fail(f->graph, davy_fail(DAVY_ERR_NOMEM, "features"));
        return DAVY_VALUE_NONE;
    }
    for (size_t i = 0; i < of->count; i++)
        order[of->list[i]] = i;
    for (size_t i = 0; i < of->other_count; i++)
        order[of->others[i]] = of->count + i;
    return davy_feature_pick(f, davy_layer_concat(f->graph, both, 2, 2), order, f->channel_count);
}

/* A 0 or 1 for each channel that had a hole where it was learnt from, behind the channels. */
static davy_status mark_missing(davy_features *f, const davy_feature_choice *of, davy_value missing,
                                const filling *learnt)
{
    const char **names = davy_arena_array(&f->arena, of->count + 1, sizeof *names);
    size_t *holed = davy_arena_array(&f->arena, of->count + 1, sizeof *holed);
    size_t *kept = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *kept);
    size_t count = 0;

    if (!names || !holed || !kept)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t i = 0; i < of->count; i++)
        if (learnt->holed[i]) {
            names[count] = davy_feature_name(f, "missing(%s)", f->channels[of->list[i]].name);
            holed[count++] = i;
        }
    if (count == 0)
        return DAVY_OK;
    for (size_t c = 0; c < f->channel_count; c++)
        kept[c] = c;
    missing = davy_feature_pick(f, davy_feature_floats(f, missing), holed, count);
    return davy_feature_put_behind(f, kept, f->channel_count, missing, names, count);
}

static davy_status find_by(davy_features *f, const davy_feature_call *call, size_t *by)
{
    const char *name = davy_feature_text(call, "by");

    *by = 0;
    while (name[0] && *by < f->channel_count && strcmp(f->channels[*by].name, name) != 0)
        (*by)++;
    return *by < f->channel_count
               ? DAVY_OK
               : davy_feature_fail(call, "by=%.60s: there is no such column", name);
}

static davy_status fit_impute(davy_features *f, const davy_feature_call *call)
{
    davy_feature_choice of = {0};
    filling learnt = {.count = 0};
    size_t by = 0;
    const size_t *regime = davy_feature_text(call, "by")[0] ? &by : NULL;
    davy_value x, missing;
    davy_status status = davy_feature_take(f, call, &of);

    if (status == DAVY_OK && f->lesson->samples->form.kind == DAVY_FORM_WAVE)
        status = davy_feature_fail(call, "a hole in a waveform is filled by no constant");
    if (status == DAVY_OK)
        status = davy_feature_need_numbers(f, call, &of);
    if (status == DAVY_OK)
        status = find_by(f, call, &by);
    if (status == DAVY_OK)
        status = learn_fill(f, call, &of, regime, &learnt);
    if (status != DAVY_OK)
        return status;
    x = davy_feature_pick(f, f->series, of.list, of.count);
    missing = davy_feature_unary(f, "is_nan", x);
    f->series = fill(f, &of, x, missing, make_fill(f, regime, of.count, &learnt));
    return davy_feature_is(call, "missing", "yes") ? mark_missing(f, &of, missing, &learnt)
                                                   : davy_graph_status(f->graph);
}

davy_status davy_features_imputed(const char *text, const char *const *signals, size_t count,
                                  bool *imputed, bool *any)
{
    davy_feature_call calls[DAVY_FEATURE_STEPS_MAX];
    davy_arena arena = {0};
    char patterns[DAVY_FEATURE_PATTERNS_MAX];
    size_t call_count = 0;
    davy_status status = text[0] ? davy_features_parse(&arena, text, calls, &call_count) : DAVY_OK;

    *any = false;
    memset(imputed, 0, count * sizeof *imputed);
    for (size_t i = 0; i < call_count && status == DAVY_OK; i++) {
        if (calls[i].step != &davy_feature_impute)
            continue;
        status = davy_feature_patterns(&calls[i], patterns);
        for (size_t c = 0; c < count && status == DAVY_OK; c++) {
            imputed[c] = imputed[c] || !patterns[0] || davy_pattern_matches(patterns, signals[c]);
            *any = *any || imputed[c];
        }
    }
    davy_arena_clear(&arena);
    return status;
}

static const davy_setting arguments[] = {
    {"how", "median", "what a missing value becomes, of all that is learnt from", NAN, NAN,
     "median|mean"},
    {"by", "", "column whose values name regimes: median or mean of the same one", NAN, NAN, NULL},
    {"missing", "no", "a 0 or 1 beside, for each channel that has holes", NAN, NAN, "yes|no"},
    {"of", "", "channels by patterns, as a+b*; empty: all", NAN, NAN, NULL},
};

const davy_feature_step davy_feature_impute = {
    .name = "impute",
    .meaning = "a missing value becomes the median or mean of its channel; samples with holes are "
               "learnt from and answered",
    .arguments = arguments,
    .argument_count = DAVY_ARRAY_LENGTH(arguments),
    .fit = fit_impute,
};
