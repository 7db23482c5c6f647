/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/resize.h"

#include <math.h>
#include <string.h>

static double half_pixel(const davy_taps *taps, double i)
{
    return (i + 0.5) / taps->scale - 0.5;
}

static double pytorch_half_pixel(const davy_taps *taps, double i)
{
    return taps->out == 1 ? -0.5 : half_pixel(taps, i);
}

static double tf_half_pixel_for_nn(const davy_taps *taps, double i)
{
    return (i + 0.5) / taps->scale;
}

/* The length that was asked for may lie between two whole ones. */
static double align_corners(const davy_taps *taps, double i)
{
    const double length = taps->scale * (double) taps->in;

    return length == 1 ? 0 : i * (double) (taps->in - 1) / (length - 1);
}

static double asymmetric(const davy_taps *taps, double i)
{
    return i / taps->scale;
}

static double tf_crop_and_resize(const davy_taps *taps, double i)
{
    const double last = (double) (taps->in - 1), begin = taps->part[0] * last;
    const double span = (taps->part[1] - taps->part[0]) * last;
    const double length = taps->scale * (double) taps->in;

    return begin + (length == 1 ? span / 2 : i * span / (length - 1));
}

static int round_prefer_floor(double rest)
{
    return rest > 0.5;
}

static int round_prefer_ceil(double rest)
{
    return rest >= 0.5;
}

static int round_floor(double rest)
{
    (void) rest;
    return 0;
}

static int round_ceil(double rest)
{
    return rest > 0;
}

davy_status davy_taps_read(const davy_call *call, davy_taps_options *out)
{
    static const struct {
        const char *name;
        double (*place)(const davy_taps *taps, double i);
    } places[] = {{"half_pixel", half_pixel},
                  {"pytorch_half_pixel", pytorch_half_pixel},
                  {"tf_half_pixel_for_nn", tf_half_pixel_for_nn},
                  {"align_corners", align_corners},
                  {"asymmetric", asymmetric},
                  {"tf_crop_and_resize", tf_crop_and_resize}};
    static const struct {
        const char *name;
        int (*round)(double rest);
    } rounds[] = {{"round_prefer_floor", round_prefer_floor},
                  {"round_prefer_ceil", round_prefer_ceil},
                  {"floor", round_floor},
                  {"ceil", round_ceil}};
    static const struct {
        const char *name;
        int taps;
    } modes[] = {{"nearest", 1}, {"linear", 2}, {"cubic", 4}};
    const char *place = davy_node_text(call->node, "coordinate_transformation_mode", "half_pixel");
    const char *round = davy_node_text(call->node, "nearest_mode", "round_prefer_floor");
    const char *mode = davy_node_text(call->node, "mode", "nearest");

    *out = (davy_taps_options){
        .cubic_a = (double) davy_node_float(call->node, "cubic_coeff_a", -0.75F),
        .exclude_outside = davy_node_int(call->node, "exclude_outside", 0) != 0,
        .crop = strcmp(place, "tf_crop_and_resize") == 0};
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(places); i++)
        if (strcmp(places[i].name, place) == 0)
            out->place = places[i].place;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rounds); i++)
        if (strcmp(rounds[i].name, round) == 0)
            out->round = rounds[i].round;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(modes); i++)
        if (strcmp(modes[i].name, mode) == 0)
            out->taps = modes[i].taps;
    if (!out->place || !out->round || !out->taps)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "mode '%s', '%s', '%s'", mode, place,
                              round);
    return DAVY_OK;
}

/* Weights of the elements -1, 0, 1, 2 from the lower neighbour. Source: R. Keys, "Cubic Convolution
 * Interpolation for Digital Image Processing", 1981, with a free coefficient. */
static void cubic_weights(double a, double rest, double weight[4])
{
    for (int t = 0; t < 4; t++) {
        const double x = fabs(rest - (t - 1));

        weight[t] = x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
                           : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    }
}

static int64_t clamp(double index, int64_t length)
{
    return index < 0 ? 0 : index >= (double) length ? length - 1 : (int64_t) index;
}

static void fill_one(const davy_taps *taps, const davy_taps_options *options, double place,
                     int64_t *index, double *weight)
{
    const double low = floor(place), rest = place - low;
    const double first =
        options->taps == 1 ? low + options->round(rest) : low - (options->taps == 4 ? 1 : 0);
    double sum = 0;

    weight[0] = 1;
    if (options->taps == 2) {
        weight[0] = 1 - rest;
        weight[1] = rest;
    } else if (options->taps == 4) {
        cubic_weights(options->cubic_a, rest, weight);
    }
    for (int t = 0; t < options->taps; t++) {
        const double at = first + t;

        index[t] = clamp(at, taps->in);
        if (options->exclude_outside && options->taps > 1 && (at < 0 || at >= (double) taps->in))
            weight[t] = 0;
        sum += weight[t];
    }
    for (int t = 0; options->exclude_outside && sum != 0 && t < options->taps; t++)
        weight[t] /= sum;
}

void davy_taps_fill(davy_taps *taps, const davy_taps_options *options)
{
    taps->taps = options->taps;
    for (int64_t i = 0; i < taps->out; i++) {
        const double place = options->place(taps, (double) i);
        int64_t *index = taps->index + i * options->taps;

        if (options->crop && !(place >= 0 && place <= (double) (taps->in - 1))) {
            index[0] = -1;
            continue;
        }
        fill_one(taps, options, isfinite(place) ? place : 0, index,
                 taps->weight + i * options->taps);
    }
}
