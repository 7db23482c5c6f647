/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Step of features that takes the operating regime out of the signals: every row is scaled by the
 * mean and deviation of its own regime.
 *
 * Stage: models. Regimes are found from the set points alone, by k-means of the newest rows in
 * deviations, begun by k-means++ from the seed.
 *
 * Sources: Lloyd, IEEE Trans. Information Theory 28(2), 1982; Arthur, Vassilvitskii, SODA 2007.
 */
#include "core/random.h"
#include "models/features/feature_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_SEEDS 0x4e61U /* of random numbers: where centres begin */
#define SWEEPS       100
#define COUNT_MAX    64

/* Rows of set points [rows * points] in deviations, and their regimes. */
typedef struct regimes {
    size_t rows, points, count;
    double *x;
    double *mean, *scale; /* [points] */
    double *centres;      /* [count * points] */
    size_t *of;           /* [rows] */
    double *nearest;      /* [rows] squared distance to the nearest centre */
} regimes;

static void regimes_clear(regimes *r)
{
    free(r->x);
    free(r->mean);
    free(r->scale);
    free(r->centres);
    free(r->of);
    free(r->nearest);
}

static davy_status regimes_init(const davy_feature_matrix *m, size_t points, size_t count,
                                regimes *r)
{
    *r = (regimes){.rows = m->rows, .points = points, .count = count};
    r->x = malloc((m->rows * points + 1) * sizeof *r->x);
    r->mean = calloc(points, sizeof *r->mean);
    r->scale = calloc(points, sizeof *r->scale);
    r->centres = calloc(count * points, sizeof *r->centres);
    r->of = calloc(m->rows + 1, sizeof *r->of);
    r->nearest = calloc(m->rows + 1, sizeof *r->nearest);
    if (!r->x || !r->mean || !r->scale || !r->centres || !r->of || !r->nearest)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    return DAVY_OK;
}

/* The first columns of the matrix are the set points. */
static void scale_points(const davy_feature_matrix *m, regimes *r)
{
    for (size_t p = 0; p < r->points; p++) {
        double squares = 0;

        for (size_t i = 0; i < r->rows; i++)
            r->mean[p] += (double) m->values[i * m->columns + p] / (double) r->rows;
        for (size_t i = 0; i < r->rows; i++) {
            const double d = (double) m->values[i * m->columns + p] - r->mean[p];

            squares += d * d / (double) r->rows;
        }
        r->scale[p] = sqrt(squares) > 1e-6 * fabs(r->mean[p]) && squares > 0 ? sqrt(squares) : 1;
        for (size_t i = 0; i < r->rows; i++)
            r->x[i * r->points + p] =
                ((double) m->values[i * m->columns + p] - r->mean[p]) / r->scale[p];
    }
}

static double distance(const regimes *r, size_t row, size_t k)
{
    double sum = 0;

    for (size_t p = 0; p < r->points; p++) {
        const double d = r->x[row * r->points + p] - r->centres[k * r->points + p];

        sum += d * d;
    }
    return sum;
}

/* The next centre: a row drawn by its squared distance. @return false when all rows are centres */
static bool draw_centre(regimes *r, uint64_t seed, size_t k)
{
    double total = 0, at;
    size_t row = 0;

    for (size_t i = 0; i < r->rows; i++) {
        r->nearest[i] = k == 0 ? 1 : fmin(k == 1 ? INFINITY : r->nearest[i], distance(r, i, k - 1));
        total += r->nearest[i];
    }
    if (total <= 0)
        return false;
    at = (double) davy_random_uniform(seed, STREAM_SEEDS, k) * total;
    for (double sum = r->nearest[0]; row + 1 < r->rows && (sum <= at || r->nearest[row] <= 0);)
        sum += r->nearest[++row];
    memcpy(r->centres + k * r->points, r->x + row * r->points, r->points * sizeof *r->x);
    return true;
}

/* Each row to its nearest centre. @return whether any row moved */
static bool assign(regimes *r)
{
    bool moved = false;

    for (size_t i = 0; i < r->rows; i++) {
        size_t best = 0;
        double least = distance(r, i, 0);

        for (size_t k = 1; k < r->count; k++) {
            const double d = distance(r, i, k);

            if (d < least) {
                least = d;
                best = k;
            }
        }
        moved = moved || r->of[i] != best;
        r->of[i] = best;
    }
    return moved;
}

/* A centre without rows stays where it is. */
static void move_centres(regimes *r)
{
    for (size_t k = 0; k < r->count; k++) {
        size_t members = 0;

        for (size_t i = 0; i < r->rows; i++)
            members += r->of[i] == k;
        for (size_t p = 0; p < r->points && members > 0; p++) {
            double sum = 0;

            for (size_t i = 0; i < r->rows; i++)
                if (r->of[i] == k)
                    sum += r->x[i * r->points + p];
            r->centres[k * r->points + p] = sum / (double) members;
        }
    }
}

static void find_regimes(regimes *r, uint64_t seed)
{
    size_t found = 0;

    while (found < r->count && draw_centre(r, seed, found))
        found++;
    r->count = found;
    (void) assign(r);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        move_centres(r);
        if (!assign(r))
            break;
    }
}

/* Mean and deviation of each channel in each regime: [count * channels] each. */
static void measure(const davy_feature_matrix *m, const regimes *r, size_t channels, double *mean,
                    double *scale)
{
    for (size_t k = 0; k < r->count; k++)
        for (size_t c = 0; c < channels; c++) {
            const size_t column = r->points + c;
            double sum = 0, squares = 0;
            size_t members = 0;

            for (size_t i = 0; i < r->rows; i++)
                if (r->of[i] == k) {
                    sum += (double) m->values[i * m->columns + column];
                    members++;
                }
            sum = members > 0 ? sum / (double) members : 0;
            for (size_t i = 0; i < r->rows; i++)
                if (r->of[i] == k) {
                    const double d = (double) m->values[i * m->columns + column] - sum;

                    squares += d * d / (double) members;
                }
            mean[k * channels + c] = sum;
            scale[k * channels + c] =
                sqrt(squares) > 1e-6 * fabs(sum) && squares > 0 ? sqrt(squares) : 1;
        }
}

/* The nearest centre of every row of the series: the largest of 2 x c - |c|^2, [N, steps]. */
static davy_value build_nearest(davy_features *f, const regimes *r, const size_t *points)
{
    double *weights = davy_arena_array(&f->arena, r->points * r->count, sizeof *weights);
    double *bias = davy_arena_array(&f->arena, r->count, sizeof *bias);
    davy_value x = davy_feature_pick(f, f->series, points, r->points);
    davy_node *node;

    if (!weights || !bias)
        return DAVY_VALUE_NONE;
    for (size_t k = 0; k < r->count; k++)
        for (size_t p = 0; p < r->points; p++) {
            const double c = r->centres[k * r->points + p];

            weights[p * r->count + k] = 2 * c;
            bias[k] -= c * c;
        }
    x = davy_classic_vector(f->graph, "sub", x, "features/set_mean", r->mean, r->points);
    x = davy_classic_vector(f->graph, "div", x, "features/set_scale", r->scale, r->points);
    x = davy_classic_dense(f->graph, "features/regimes", x, weights, bias, r->points, r->count);
    node = davy_graph_node(f->graph, "arg_max", &x, 1, 1);
    davy_node_set_int(f->graph, node, "axis", 2);
    davy_node_set_int(f->graph, node, "keepdims", 0);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Rows of a table [count, channels] by regime: [N, steps, channels]. */
static davy_value look_up(davy_features *f, const char *name, const double *table, const regimes *r,
                          size_t channels, davy_value nearest)
{
    const davy_value in[] = {davy_classic_table(f->graph, name, table, r->count, channels),
                             nearest};
    davy_node *node = davy_graph_node(f->graph, "gather", in, 2, 1);

    davy_node_set_int(f->graph, node, "axis", 0);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* Channels: the set points as they are, then the others, scaled. */
static davy_status rebuild(davy_features *f, const davy_feature_matrix *m, const regimes *r,
                           const size_t *list)
{
    const size_t channels = m->columns - r->points;
    double *mean = davy_arena_array(&f->arena, r->count * channels, sizeof *mean);
    double *scale = davy_arena_array(&f->arena, r->count * channels, sizeof *scale);
    davy_feature_channel *named = davy_arena_array(&f->arena, m->columns, sizeof *named);
    davy_value nearest, x, both[2];

    if (!mean || !scale || !named)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t c = 0; c < m->columns; c++)
        named[c] = f->channels[list[c]];
    measure(m, r, channels, mean, scale);
    nearest = build_nearest(f, r, list);
    x = davy_feature_pick(f, f->series, list + r->points, channels);
    x = davy_neural_binary(f->graph, "sub", x,
                           look_up(f, "features/regime_mean", mean, r, channels, nearest));
    x = davy_neural_binary(f->graph, "div", x,
                           look_up(f, "features/regime_scale", scale, r, channels, nearest));
    both[0] = davy_feature_pick(f, f->series, list, r->points);
    both[1] = x;
    return davy_feature_set_series(f, davy_layer_concat(f->graph, both, 2, 2), f->steps, named,
                                   m->columns);
}

/* Set points first, then all others; words are no numbers. */
static davy_status list_channels(davy_features *f, const davy_feature_call *call, size_t *list,
                                 size_t *points)
{
    bool *chosen = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *chosen);
    size_t n = 0;
    davy_status status;

    if (!chosen)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    if (davy_feature_text(call, "of")[0] == '\0')
        return davy_feature_fail(call, "of=A+B names the set points that tell regimes apart");
    status = davy_feature_choose(f, call, chosen, points);
    for (int set = 1; set >= 0 && status == DAVY_OK; set--)
        for (size_t c = 0; c < f->channel_count; c++)
            if (chosen[c] == (set == 1))
                list[n++] = c;
    for (size_t c = 0; c < f->channel_count && status == DAVY_OK; c++)
        if (f->channels[c].levels)
            return davy_feature_fail(call,
                                     "'%s' holds words: onehot before it makes numbers of "
                                     "them",
                                     f->channels[c].name);
    if (status == DAVY_OK && *points == f->channel_count)
        return davy_feature_fail(call, "all channels are set points: none is left to scale");
    return status;
}

static davy_status fit_regimes(davy_features *f, const davy_feature_call *call)
{
    size_t *list = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *list);
    size_t points = 0;
    davy_feature_matrix matrix = {0};
    regimes r = {0};
    davy_status status =
        list ? list_channels(f, call, list, &points) : davy_fail(DAVY_ERR_NOMEM, "features");

    if (status == DAVY_OK)
        status = davy_feature_learn(
            f, davy_feature_pick(f, davy_feature_newest(f, 1), list, f->channel_count), &matrix);
    if (status == DAVY_OK)
        status = regimes_init(&matrix, points, (size_t) davy_feature_number(call, "count"), &r);
    if (status == DAVY_OK && matrix.rows == 0)
        status = davy_feature_fail(call, "there is no sample to learn from");
    if (status == DAVY_OK) {
        scale_points(&matrix, &r);
        find_regimes(&r, f->lesson->seed);
        status = rebuild(f, &matrix, &r, list);
    }
    regimes_clear(&r);
    davy_feature_matrix_clear(&matrix);
    return status;
}

static const davy_setting arguments[] = {
    {"of", "", "set points by patterns, as a+b*", NAN, NAN, NULL},
    {"count", "6", "regimes", 1, COUNT_MAX, NULL},
};

const davy_feature_step davy_feature_regimes = {
    .name = "regimes",
    .meaning = "each row less the mean of its operating regime, divided by its deviation",
    .arguments = arguments,
    .argument_count = DAVY_ARRAY_LENGTH(arguments),
    .fit = fit_regimes,
};
