/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Weights are in fixed point: 8 bits of colour, 22 of weight, 2 to spare. */
#define WEIGHT_BITS 22
#define WEIGHT_ONE  (1 << WEIGHT_BITS)

/* Shares of a pixel below this are left out, as OpenCV does it. */
#define AREA_LEAST 1e-3

/* A rectangle of pixels in some picture. */
typedef struct pixel_view {
    uint8_t *pixels;
    uint32_t width, height;
    size_t stride; /* bytes from row to row */
} pixel_view;

/* Which input pixels an output pixel is made of, along one side. */
typedef struct resize_taps {
    uint32_t *first;  /* [length] first input pixel */
    uint32_t *count;  /* [length] how many */
    int32_t *weights; /* [length][most] */
    size_t most;
} resize_taps;

static void free_taps(resize_taps *taps)
{
    free(taps->first);
    free(taps->count);
    free(taps->weights);
}

/* One row of taps as it is made: `weights` has room for all of the input it can touch. */
typedef struct resize_side {
    double scale; /* input pixels for an output pixel */
    uint32_t from, to;
    double *weights;
    uint32_t first, count;
} resize_side;

/* Pillow's BILINEAR: 1 - |distance|, as wide as the output pixel where that is the wider one. */
static void weigh_triangle(resize_side *side, uint32_t at)
{
    const double width = side->scale > 1 ? side->scale : 1;
    const double centre = (at + 0.5) * side->scale;
    const double first = centre - width + 0.5, last = centre + width + 0.5;

    side->first = first > 0 ? (uint32_t) first : 0;
    side->count = (last < side->from ? (uint32_t) last : side->from) - side->first;
    for (uint32_t i = 0; i < side->count; i++) {
        const double distance = fabs(side->first + i - centre + 0.5) / width;

        side->weights[i] = distance < 1 ? 1 - distance : 0;
    }
}

/* Two neighbours; beyond the first and last pixel these alone. */
static void weigh_two(resize_side *side, double position)
{
    const double floor_of = floor(position);
    const bool before = floor_of < 0, after = floor_of >= side->from - 1.0;

    side->first = before ? 0 : after ? side->from - 1 : (uint32_t) floor_of;
    side->count = before || after ? 1 : 2;
    side->weights[0] = side->count == 1 ? 1 : 1 - (position - floor_of);
    if (side->count == 2)
        side->weights[1] = position - floor_of;
}

/* OpenCV's INTER_LINEAR: pixel centres lie at halves. */
static void weigh_linear(resize_side *side, uint32_t at)
{
    weigh_two(side, (at + 0.5) * side->scale - 0.5);
}

/* OpenCV's INTER_AREA where the picture grows: steps, softened where an output pixel has two. */
static void weigh_area_larger(resize_side *side, uint32_t at)
{
    const double whole = floor(at * side->scale);
    const double share = at + 1 - (whole + 1) / side->scale;

    weigh_two(side, whole + (share <= 0 ? 0 : share - floor(share)));
}

/* OpenCV's INTER_AREA where it shrinks: each input pixel by the share of it that is covered. */
static void weigh_area(resize_side *side, uint32_t at)
{
    const double from = at * side->scale, to = from + side->scale;
    double last = floor(to) < side->from - 1.0 ? floor(to) : side->from - 1.0;
    double first = ceil(from) < last ? ceil(from) : last;

    side->first = (uint32_t) (first - from > AREA_LEAST ? first - 1 : first);
    side->count = 0;
    if (first - from > AREA_LEAST)
        side->weights[side->count++] = first - from;
    for (uint32_t x = (uint32_t) first; x < (uint32_t) last; x++)
        side->weights[side->count++] = 1;
    if (to - last > AREA_LEAST)
        side->weights[side->count++] = to - last < 1 ? to - last : 1;
}

/* Weights of one output pixel that sum to one, in fixed point. */
static void keep_weights(resize_taps *taps, const resize_side *side, uint32_t at)
{
    int32_t *weights = taps->weights + at * taps->most;
    double sum = 0;

    taps->first[at] = side->first;
    taps->count[at] = side->count;
    for (uint32_t i = 0; i < side->count; i++)
        sum += side->weights[i];
    for (uint32_t i = 0; i < side->count; i++)
        weights[i] = (int32_t) (side->weights[i] / sum * WEIGHT_ONE + 0.5);
}

static davy_status make_taps(uint32_t from, uint32_t to,
                             void (*weigh)(resize_side *side, uint32_t at), resize_taps *taps)
{
    resize_side side = {.scale = (double) from / to, .from = from, .to = to};
    davy_status status = DAVY_OK;

    taps->most = 2 * (size_t) ceil(side.scale > 1 ? side.scale : 1) + 1;
    taps->first = calloc(to, sizeof *taps->first);
    taps->count = calloc(to, sizeof *taps->count);
    taps->weights = calloc(to * taps->most, sizeof *taps->weights);
    side.weights = calloc(taps->most, sizeof *side.weights);
    if (!taps->first || !taps->count || !taps->weights || !side.weights)
        status = davy_fail(DAVY_ERR_NOMEM, "resizing %u to %u pixels", from, to);
    for (uint32_t at = 0; status == DAVY_OK && at < to; at++) {
        weigh(&side, at);
        keep_weights(taps, &side, at);
    }
    free(side.weights);
    return status;
}

static uint8_t round_off(int32_t sum)
{
    const int32_t value = sum >> WEIGHT_BITS;

    return (uint8_t) (value > 255 ? 255 : value);
}

/* One row along the x axis. */
static void resize_row(const uint8_t *src, const resize_taps *taps, uint32_t width, uint8_t *dst)
{
    for (uint32_t x = 0; x < width; x++, dst += 3) {
        const uint8_t *pixel = src + (size_t) taps->first[x] * 3;
        const int32_t *weights = taps->weights + x * taps->most;
        int32_t red = WEIGHT_ONE / 2, green = red, blue = red;

        for (uint32_t i = 0; i < taps->count[x]; i++, pixel += 3) {
            red += pixel[0] * weights[i];
            green += pixel[1] * weights[i];
            blue += pixel[2] * weights[i];
        }
        dst[0] = round_off(red);
        dst[1] = round_off(green);
        dst[2] = round_off(blue);
    }
}

/* One row of the result out of rows that have its width. @param sums  [bytes] scratch */
static void resize_column(const uint8_t *rows, size_t bytes, const resize_taps *taps, uint32_t y,
                          int32_t *sums, uint8_t *dst)
{
    for (size_t i = 0; i < bytes; i++)
        sums[i] = WEIGHT_ONE / 2;
    for (uint32_t k = 0; k < taps->count[y]; k++) {
        const uint8_t *row = rows + (size_t) (taps->first[y] + k) * bytes;
        const int32_t weight = taps->weights[y * taps->most + k];

        for (size_t i = 0; i < bytes; i++)
            sums[i] += row[i] * weight;
    }
    for (size_t i = 0; i < bytes; i++)
        dst[i] = round_off(sums[i]);
}

/* First along x, all rows that are looked at; then along y. */
static davy_status resample_by(const pixel_view *src, const resize_taps *across,
                               const resize_taps *down, const pixel_view *dst)
{
    const size_t bytes = (size_t) dst->width * 3;
    uint8_t *rows = malloc(src->height * bytes);
    int32_t *sums = malloc(bytes * sizeof *sums);
    davy_status status = DAVY_OK;

    if (!rows || !sums) {
        status = davy_fail(DAVY_ERR_NOMEM, "resizing %u x %u pixels", src->width, src->height);
        goto done;
    }
    for (uint32_t y = 0; y < src->height; y++)
        resize_row(src->pixels + y * src->stride, across, dst->width, rows + y * bytes);
    for (uint32_t y = 0; y < dst->height; y++)
        resize_column(rows, bytes, down, y, sums, dst->pixels + y * dst->stride);
done:
    free(rows);
    free(sums);
    return status;
}

static davy_status resample(const pixel_view *src, davy_resize method, const pixel_view *dst)
{
    static void (*const weigh[])(resize_side * side, uint32_t at) = {
        [DAVY_RESIZE_BILINEAR] = weigh_triangle,
        [DAVY_RESIZE_LINEAR] = weigh_linear,
        [DAVY_RESIZE_AREA] = weigh_area,
    };
    const bool shrinks = src->width >= dst->width && src->height >= dst->height;
    void (*const chosen)(resize_side * side, uint32_t at) =
        method == DAVY_RESIZE_AREA && !shrinks ? weigh_area_larger : weigh[method];
    resize_taps across = {0}, down = {0};
    davy_status status = make_taps(src->width, dst->width, chosen, &across);

    if (status == DAVY_OK)
        status = make_taps(src->height, dst->height, chosen, &down);
    if (status == DAVY_OK)
        status = resample_by(src, &across, &down, dst);
    free_taps(&across);
    free_taps(&down);
    return status;
}

static pixel_view view_of(const davy_image *image, const davy_box *part)
{
    const size_t stride = (size_t) image->width * 3;

    return (pixel_view){image->pixels + part->y * stride + (size_t) part->x * 3, part->width,
                        part->height, stride};
}

static davy_status check_part(const davy_image *image, const davy_box *part)
{
    if (part->width > 0 && part->height > 0 && part->x < image->width && part->y < image->height &&
        part->width <= image->width - part->x && part->height <= image->height - part->y)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     "a part of %u x %u pixels at (%u, %u) does not lie in a picture of %u x %u "
                     "pixels",
                     part->width, part->height, part->x, part->y, image->width, image->height);
}

/* Resize a part of one picture into a part of another. */
static davy_status resize_into(const davy_image *src, const davy_box *part, davy_resize method,
                               const davy_image *dst, const davy_box *place)
{
    const pixel_view from = view_of(src, part), to = view_of(dst, place);

    return resample(&from, method, &to);
}

/* The share of a side, at least one pixel. */
static uint32_t side_of(double length, uint32_t most)
{
    const double rounded = floor(length + 0.5);

    return rounded < 1 ? 1 : rounded < most ? (uint32_t) rounded : most;
}

davy_box davy_box_centred(const davy_box *box, uint32_t width, uint32_t height)
{
    const double shape = (double) width / height;
    davy_box middle = {.width = side_of(box->height * shape, box->width),
                       .height = side_of(box->width / shape, box->height)};

    middle.x = box->x + (box->width - middle.width) / 2;
    middle.y = box->y + (box->height - middle.height) / 2;
    return middle;
}

/* Where all of a part stands in a size of another shape. */
static davy_box place_centred(const davy_box *part, uint32_t width, uint32_t height)
{
    const double x = (double) width / part->width, y = (double) height / part->height;
    const double scale = x < y ? x : y;
    davy_box place = {.width = side_of(part->width * scale, width),
                      .height = side_of(part->height * scale, height)};

    place.x = (width - place.width) / 2;
    place.y = (height - place.height) / 2;
    return place;
}

static davy_placement placement_of(const davy_box *part, const davy_box *place)
{
    const double x = (double) place->width / part->width;
    const double y = (double) place->height / part->height;

    return (davy_placement){place->x - part->x * x, place->y - part->y * y, x, y};
}

davy_status davy_image_fit(const davy_image *src, const davy_box *part, davy_fit fit,
                           davy_resize method, uint32_t width, uint32_t height, davy_image *dst,
                           davy_placement *placement)
{
    davy_box taken = part ? *part : (davy_box){0, 0, src->width, src->height};
    davy_box place = {0, 0, width, height};
    davy_image image = {0};
    davy_status status = check_part(src, &taken);

    if (status == DAVY_OK)
        status = davy_image_init(&image, width, height);
    if (status != DAVY_OK)
        return status;
    if (fit == DAVY_FIT_CROP)
        taken = davy_box_centred(&taken, width, height);
    if (fit == DAVY_FIT_LETTERBOX) {
        place = place_centred(&taken, width, height);
        memset(image.pixels, DAVY_LETTERBOX_GREY, (size_t) width * height * 3);
    }
    status = resize_into(src, &taken, method, &image, &place);
    if (status != DAVY_OK) {
        davy_image_clear(&image);
        return status;
    }
    *dst = image;
    if (placement)
        *placement = placement_of(&taken, &place);
    return DAVY_OK;
}

davy_status davy_image_resize(const davy_image *src, const davy_box *part, davy_resize method,
                              uint32_t width, uint32_t height, davy_image *dst)
{
    return davy_image_fit(src, part, DAVY_FIT_STRETCH, method, width, height, dst, NULL);
}

const davy_image_norm davy_image_norm_imagenet = {{0.485F, 0.456F, 0.406F},
                                                  {0.229F, 0.224F, 0.225F}};
