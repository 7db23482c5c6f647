/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that look at frequencies: energies in bands of the spectrum, and of the
 * spectrum of the envelope, in which a damaged bearing knocks.
 *
 * Stage: models. A window is taken less its mean, tapered (Hann), and filled up with zeros to a
 * power of two. The envelope is the size of the analytic signal of a band: the transform without
 * its negative frequencies and without those outside of the band, transformed back. Energies are
 * means over the lines of a band of |X|^2 / (sum of the taper)^2, as logarithms to the base e.
 *
 * Source: Randall, Antoni, "Rolling element bearing diagnostics - a tutorial", Mechanical Systems
 * and Signal Processing 25(2), 2011.
 */
#include "models/features/feature_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI        3.14159265358979323846
#define SILENCE   1e-12 /* added to an energy before its logarithm */
#define BANDS_MAX 512

/* Channels as waves of their own: [N * channels, size, 1 or 2]. */
typedef struct waves {
    davy_features *f;
    size_t *list; /* [count] channels */
    size_t count, rows, size;
    double rate; /* rows a second; 1 when nobody knows */
    bool timed;
} waves;

/* Bands of the lines of a transform. */
typedef struct bands {
    size_t count, lines;
    double low, high; /* cycles a second, or a row */
    bool logarithmic;
} bands;

static size_t power_of_two(size_t rows)
{
    size_t size = 1;

    while (size < rows)
        size *= 2;
    return size;
}

static davy_status waves_init(davy_features *f, const davy_feature_call *call, waves *w)
{
    bool *chosen = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *chosen);
    size_t n = 0;
    davy_status status;

    *w = (waves){.f = f, .rows = davy_feature_rows(f), .rate = 1};
    w->list = davy_arena_array(&f->arena, f->channel_count + 1, sizeof *w->list);
    if (!chosen || !w->list)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    status = davy_feature_choose(f, call, chosen, &w->count);
    if (status != DAVY_OK)
        return status;
    if (w->rows < 4)
        return davy_feature_fail(call, "a spectrum takes 4 rows or more: window=N or wave= gives "
                                       "them");
    for (size_t c = 0; c < f->channel_count; c++)
        if (chosen[c])
            w->list[n++] = c;
    w->size = power_of_two(w->rows);
    w->timed = f->lesson->samples->form.rate > 0;
    if (w->timed)
        w->rate = f->lesson->samples->form.rate;
    return DAVY_OK;
}

/* [N * channels, rows, 1], less the mean. */
static davy_value split_waves(const waves *w)
{
    davy_features *f = w->f;
    const int64_t order[] = {0, 2, 1}, dims[] = {-1, (int64_t) w->rows, 1};
    davy_value x = davy_feature_newest(f, w->rows);

    if (w->count < f->channel_count)
        x = davy_feature_pick(f, x, w->list, w->count);
    x = davy_neural_binary(f->graph, "sub", x, davy_feature_reduce(f, "reduce_mean", x, 1, true));
    if (w->count > 1)
        x = davy_layer_transpose(f->graph, x, order);
    return davy_layer_reshape(f->graph, x, 3, dims);
}

/* Hann; its weights sum to 1, so that energies do not depend on the length. */
static davy_value taper(const waves *w, davy_value x)
{
    const int64_t dims[] = {1, (int64_t) w->rows, 1};
    float *weights = davy_arena_array(&w->f->arena, w->rows, sizeof *weights);
    double sum = 0;

    if (!weights)
        return DAVY_VALUE_NONE;
    for (size_t t = 0; t < w->rows; t++)
        sum += 0.5 - 0.5 * cos(2 * PI * (double) t / (double) w->rows);
    for (size_t t = 0; t < w->rows; t++)
        weights[t] = (float) ((0.5 - 0.5 * cos(2 * PI * (double) t / (double) w->rows)) / sum);
    return davy_neural_binary(w->f->graph, "mul", x,
                              davy_feature_constant(w->f, "features/taper", weights, 3, dims));
}

static davy_value transform(const waves *w, davy_value x, bool onesided, bool inverse)
{
    int64_t size = (int64_t) w->size;
    const davy_tensor length = {.type = DAVY_TYPE_I64, .rank = 0, .data = &size};
    const davy_value in[] = {x, davy_graph_constant(w->f->graph, "", &length)};
    davy_node *node = davy_graph_node(w->f->graph, "dft", in, 2, 1);

    davy_node_set_int(w->f->graph, node, "axis", 1);
    davy_node_set_int(w->f->graph, node, "onesided", onesided);
    davy_node_set_int(w->f->graph, node, "inverse", inverse);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

/* |z|^2 of [.., .., 2]: the last dimension goes away. */
static davy_value power(const waves *w, davy_value z)
{
    return davy_feature_reduce(w->f, "reduce_sum", davy_neural_binary(w->f->graph, "mul", z, z), 2,
                               false);
}

static double edge(const bands *b, size_t i)
{
    const double share = (double) i / (double) b->count;

    if (b->logarithmic)
        return b->low * pow(b->high / b->low, share);
    return b->low + (b->high - b->low) * share;
}

/* Mean over the lines of each band; a band between two lines takes the nearer one. */
static davy_value sum_bands(const waves *w, davy_value energies, const bands *b)
{
    const double step = w->rate / (double) w->size;
    float *weights = davy_arena_array(&w->f->arena, b->lines * b->count, sizeof *weights);
    const int64_t dims[] = {(int64_t) b->lines, (int64_t) b->count};
    davy_value in[2] = {energies};
    const davy_node *node;

    if (!weights)
        return DAVY_VALUE_NONE;
    for (size_t i = 0; i < b->count; i++) {
        size_t from = (size_t) ceil(edge(b, i) / step), to = (size_t) ceil(edge(b, i + 1) / step);

        if (to > b->lines)
            to = b->lines;
        if (i + 1 == b->count && to < b->lines)
            to++; /* the last band holds its upper edge */
        if (from >= to) {
            from = (size_t) fmin(round((edge(b, i) + edge(b, i + 1)) / 2 / step),
                                 (double) b->lines - 1);
            to = from + 1;
        }
        for (size_t line = from; line < to; line++)
            weights[line * b->count + i] = 1.0F / (float) (to - from);
    }
    in[1] = davy_feature_constant(w->f, "features/bands", weights, 2, dims);
    node = davy_graph_node(w->f->graph, "matmul", in, 2, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static const char **name_bands(const waves *w, const bands *b, const char *word)
{
    davy_features *f = w->f;
    const char **names = davy_arena_array(&f->arena, w->count * b->count + 1, sizeof *names);

    for (size_t c = 0; names && c < w->count; c++)
        for (size_t i = 0; i < b->count; i++)
            names[c * b->count + i] =
                davy_feature_name(f, "%s[%.4g-%.4g%s](%s)", word, edge(b, i), edge(b, i + 1),
                                  w->timed ? " Hz" : "/row", f->channels[w->list[c]].name);
    return names;
}

/* Logarithms of the energies in bands become columns. */
static davy_status gather_bands(const waves *w, davy_value energies, const bands *b,
                                const char *word)
{
    davy_graph *graph = w->f->graph;
    const int64_t dims[] = {-1, (int64_t) (w->count * b->count)};
    davy_value x = sum_bands(w, energies, b);

    x = davy_classic_number(graph, "add", x, "features/silence", SILENCE);
    x = davy_layer_reshape(graph, davy_feature_unary(w->f, "log", x), 2, dims);
    return davy_feature_gather(w->f, x, name_bands(w, b, word), w->count * b->count);
}

static davy_status read_bands(const davy_feature_call *call, const waves *w, bands *b)
{
    const double highest = w->rate / 2;
    const double high = davy_feature_number(call, "high");

    *b = (bands){.count = (size_t) davy_feature_number(call, "bands"),
                 .lines = w->size / 2 + 1,
                 .low = davy_feature_number(call, "low"),
                 .high = high > 0 ? high : highest,
                 .logarithmic = davy_feature_is(call, "scale", "log")};
    if (b->high > highest)
        return davy_feature_fail(call, "high=%g is more than half of the rate, %g", b->high,
                                 highest);
    if (b->logarithmic && b->low <= 0)
        b->low = w->rate / (double) w->size;
    if (b->low >= b->high)
        return davy_feature_fail(call, "low=%g is not below high=%g", b->low, b->high);
    return DAVY_OK;
}

#define BAND_ARGUMENTS(bands)                                                                   \
    {"bands", bands, "bands of the same width, or ratio", 1, BANDS_MAX, NULL},                  \
        {"scale", "linear", "of the bands", NAN, NAN, "linear|log"},                            \
        {"low", "0", "lowest frequency: in hertz where there is a rate, else per row",          \
         0,     1e9, NULL},                                                                     \
        {"high", "0", "highest frequency; 0: half of the rate", 0, 1e9, NULL},                  \
    {                                                                                           \
        "of", "", "channels by patterns, as a+b*; empty: all that hold numbers", NAN, NAN, NULL \
    }

static davy_status fit_spectrum(davy_features *f, const davy_feature_call *call)
{
    waves w;
    bands b;
    davy_status status = waves_init(f, call, &w);

    if (status == DAVY_OK)
        status = read_bands(call, &w, &b);
    if (status != DAVY_OK)
        return status;
    return gather_bands(&w, power(&w, transform(&w, taper(&w, split_waves(&w)), true, false)), &b,
                        "spectrum");
}

static const davy_setting spectrum_arguments[] = {BAND_ARGUMENTS("16")};

const davy_feature_step davy_feature_spectrum = {
    .name = "spectrum",
    .meaning = "logarithms of the energies in bands of frequencies",
    .arguments = spectrum_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(spectrum_arguments),
    .fit = fit_spectrum,
};

/* ------------------------------------------------------------------------------------- envelope */

/* 2 for the positive frequencies of a band, 0 for all others: what is left is analytic. */
static davy_value one_side(const waves *w, davy_value z, double low, double high)
{
    const int64_t dims[] = {1, (int64_t) w->size, 1};
    const double step = w->rate / (double) w->size;
    float *weights = davy_arena_array(&w->f->arena, w->size, sizeof *weights);

    if (!weights)
        return DAVY_VALUE_NONE;
    for (size_t line = 1; line < w->size / 2; line++)
        weights[line] = (double) line * step >= low && (double) line * step <= high ? 2 : 0;
    return davy_neural_binary(w->f->graph, "mul", z,
                              davy_feature_constant(w->f, "features/side", weights, 3, dims));
}

/* Size of the analytic signal, less its mean, where there were rows: [N * channels, rows, 1]. */
static davy_value envelope(const waves *w, double low, double high)
{
    davy_features *f = w->f;
    const int64_t dims[] = {-1, (int64_t) w->rows, 1};
    davy_value z = transform(w, split_waves(w), false, false);
    davy_value x = power(w, transform(w, one_side(w, z, low, high), false, true));

    x = davy_feature_unary(f, "sqrt", x);
    if (w->size > w->rows)
        x = davy_layer_slice(f->graph, x, 1, 0, (int64_t) w->rows);
    x = davy_neural_binary(f->graph, "sub", x, davy_feature_reduce(f, "reduce_mean", x, 1, true));
    return davy_layer_reshape(f->graph, x, 3, dims);
}

static davy_status fit_envelope(davy_features *f, const davy_feature_call *call)
{
    waves w;
    bands b;
    davy_status status = waves_init(f, call, &w);
    double low, high;

    if (status == DAVY_OK)
        status = read_bands(call, &w, &b);
    if (status != DAVY_OK)
        return status;
    low = davy_feature_number(call, "from");
    high = davy_feature_number(call, "to");
    high = high > 0 ? high : w.rate / 2;
    if (low >= high)
        return davy_feature_fail(call, "from=%g is not below to=%g", low, high);
    return gather_bands(&w,
                        power(&w, transform(&w, taper(&w, envelope(&w, low, high)), true, false)),
                        &b, "envelope");
}

static const davy_setting envelope_arguments[] = {
    BAND_ARGUMENTS("16"),
    {"from", "0", "lowest frequency of the band whose envelope it is", 0, 1e9, NULL},
    {"to", "0", "its highest frequency; 0: half of the rate", 0, 1e9, NULL},
};

const davy_feature_step davy_feature_envelope = {
    .name = "envelope",
    .meaning = "the same of the envelope of a band: how often it knocks",
    .arguments = envelope_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(envelope_arguments),
    .fit = fit_envelope,
};
