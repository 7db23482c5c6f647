/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_augment.h"

#include "core/random.h"

#include <math.h>
#include <stdbool.h>

#define STREAM_AUGMENT 0x6175676D /* "augm" */
#define STREAM_MIXUP   0x6D697875 /* "mixu" */

/* Random numbers of one picture, by what they decide. */
enum {
    DRAW_FLIP,
    DRAW_FLIP_DOWN,
    DRAW_CROP,
    DRAW_STRETCH,
    DRAW_LEFT,
    DRAW_TOP,
    DRAW_ROTATE,
    DRAW_BRIGHTNESS,
    DRAW_CONTRAST,
    DRAW_SATURATION,
    DRAW_CUTOUT_SIDE,
    DRAW_CUTOUT_LEFT,
    DRAW_CUTOUT_TOP,
    DRAWS = 16
};

/* Pairs of random numbers tried for one beta variate; one in two fits at least. */
#define BETA_TRIES 32

#define CUTOUT_GREY 0.5F

const davy_augmentation davy_augmentation_photographs = {
    .flip = 0.5F,
    .crop = 0.6F,
    .stretch = 0.2F,
    .rotate = 10.0F,
    .brightness = 0.2F,
    .contrast = 0.2F,
    .saturation = 0.2F,
};

davy_status davy_augmentation_check(const davy_augmentation *augment)
{
    const struct {
        const char *name;
        float value, most;
    } numbers[] = {
        {"flip", augment->flip, 1},         {"flip_down", augment->flip_down, 1},
        {"crop", augment->crop, 1},         {"stretch", augment->stretch, 0.9F},
        {"rotate", augment->rotate, 180},   {"brightness", augment->brightness, 1},
        {"contrast", augment->contrast, 1}, {"saturation", augment->saturation, 1},
        {"cutout", augment->cutout, 1},     {"mixup", augment->mixup, 1},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(numbers); i++)
        if (!(numbers[i].value >= 0 && numbers[i].value <= numbers[i].most))
            return davy_fail(DAVY_ERR_INVALID, "%s is %g: choose from 0 to %g", numbers[i].name,
                             (double) numbers[i].value, (double) numbers[i].most);
    return DAVY_OK;
}

static uint64_t number_of(uint64_t epoch, uint32_t sample)
{
    return epoch << 32 | sample;
}

/* In [0, 1). */
static float draw(const davy_augmentation_key *key, int what)
{
    return davy_random_uniform(key->seed, STREAM_AUGMENT,
                               number_of(key->epoch, key->sample) * DRAWS + (uint64_t) what);
}

/* In [-most, most). */
static float draw_around(const davy_augmentation_key *key, int what, float most)
{
    return most * (2 * draw(key, what) - 1);
}

/* Where a pixel of the result comes from:  x' = xx x + xy y + x0,  y' = yx x + yy y + y0. */
typedef struct warp {
    float xx, xy, x0, yx, yy, y0;
} warp;

/* The middle of the crop stays in the middle; around it the picture is turned and mirrored. */
static warp choose_warp(const davy_augmentation *augment, const davy_augmentation_key *key,
                        float width, float height)
{
    const float least = augment->crop > 0 ? augment->crop : 1;
    const float side = sqrtf(least + (1 - least) * draw(key, DRAW_CROP));
    const float shape = sqrtf(1 + draw_around(key, DRAW_STRETCH, augment->stretch));
    const float w = fminf(side * shape, 1), h = fminf(side / shape, 1);
    const float centre_x = width * (w / 2 + (1 - w) * draw(key, DRAW_LEFT));
    const float centre_y = height * (h / 2 + (1 - h) * draw(key, DRAW_TOP));
    const float angle = draw_around(key, DRAW_ROTATE, augment->rotate) * (float) (M_PI / 180);
    const float sign_x = draw(key, DRAW_FLIP) < augment->flip ? -1 : 1;
    const float sign_y = draw(key, DRAW_FLIP_DOWN) < augment->flip_down ? -1 : 1;
    warp way = {.xx = sign_x * w * cosf(angle),
                .xy = -sign_y * h * sinf(angle),
                .yx = sign_x * w * sinf(angle),
                .yy = sign_y * h * cosf(angle)};

    /* pixel centres lie at halves, on both sides */
    way.x0 = centre_x + (way.xx * (1 - width) + way.xy * (1 - height)) / 2 - 0.5F;
    way.y0 = centre_y + (way.yx * (1 - width) + way.yy * (1 - height)) / 2 - 0.5F;
    return way;
}

/* Beyond the edge the picture goes on as in a mirror. */
static int32_t mirror(int32_t at, int32_t side)
{
    at = at < 0 ? -1 - at : at;
    at %= 2 * side;
    return at < side ? at : 2 * side - 1 - at;
}

/* The whole number below; floorf() is a call on a plain x86-64. */
static int32_t below(float value)
{
    const int32_t whole = (int32_t) value;

    return whole - (value < (float) whole);
}

static void sample(const uint8_t *src, int32_t width, int32_t height, float x, float y, float *dst)
{
    int32_t x0 = below(x), y0 = below(y), x1 = x0 + 1, y1 = y0 + 1;
    const float u = x - (float) x0, v = y - (float) y0;
    const uint8_t *upper, *lower;

    if (x0 < 0 || y0 < 0 || x1 >= width || y1 >= height) {
        x0 = mirror(x0, width);
        x1 = mirror(x1, width);
        y0 = mirror(y0, height);
        y1 = mirror(y1, height);
    }
    upper = src + (ptrdiff_t) y0 * width * 3;
    lower = src + (ptrdiff_t) y1 * width * 3;
    for (int c = 0; c < 3; c++) {
        const float above = (1 - u) * upper[x0 * 3 + c] + u * upper[x1 * 3 + c];
        const float under = (1 - u) * lower[x0 * 3 + c] + u * lower[x1 * 3 + c];

        dst[c] = ((1 - v) * above + v * under) * (1 / 255.0F);
    }
}

static void move(const warp *way, const uint8_t *src, uint32_t width, uint32_t height, float *dst)
{
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++, dst += 3)
            sample(src, (int32_t) width, (int32_t) height,
                   way->xx * (float) x + way->xy * (float) y + way->x0,
                   way->yx * (float) x + way->yy * (float) y + way->y0, dst);
}

static float clamp(float value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* ITU-R BT.601, as torchvision has it. */
static float light_of(const float *pixel)
{
    return 0.299F * pixel[0] + 0.587F * pixel[1] + 0.114F * pixel[2];
}

static float mean_light(const float *pixels, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (double) light_of(pixels + i * 3);
    return (float) (sum / (double) count);
}

static void colour(const davy_augmentation *augment, const davy_augmentation_key *key,
                   float *pixels, size_t count)
{
    const float brightness = 1 + draw_around(key, DRAW_BRIGHTNESS, augment->brightness);
    const float contrast = 1 + draw_around(key, DRAW_CONTRAST, augment->contrast);
    const float saturation = 1 + draw_around(key, DRAW_SATURATION, augment->saturation);
    float mean;

    for (size_t i = 0; i < count * 3; i++)
        pixels[i] = clamp(brightness * pixels[i]);
    mean = mean_light(pixels, count);
    for (size_t i = 0; i < count; i++) {
        float *pixel = pixels + i * 3, light;

        for (int c = 0; c < 3; c++)
            pixel[c] = clamp(mean + contrast * (pixel[c] - mean));
        light = light_of(pixel);
        for (int c = 0; c < 3; c++)
            pixel[c] = clamp(light + saturation * (pixel[c] - light));
    }
}

/* A square whose centre may lie anywhere, so that it may reach out of the picture. */
static void cut_out(const davy_augmentation *augment, const davy_augmentation_key *key,
                    float *pixels, uint32_t width, uint32_t height)
{
    const float side = augment->cutout * draw(key, DRAW_CUTOUT_SIDE);
    const float left = draw(key, DRAW_CUTOUT_LEFT) - side / 2;
    const float top = draw(key, DRAW_CUTOUT_TOP) - side / 2;
    const size_t from_x = (size_t) (fmaxf(left, 0) * (float) width);
    const size_t from_y = (size_t) (fmaxf(top, 0) * (float) height);
    const size_t to_x = (size_t) (fminf(left + side, 1) * (float) width);
    const size_t to_y = (size_t) (fminf(top + side, 1) * (float) height);

    for (size_t y = from_y; y < to_y; y++)
        for (size_t i = (y * width + from_x) * 3; i < (y * width + to_x) * 3; i++)
            pixels[i] = CUTOUT_GREY;
}

void davy_image_augment(const davy_augmentation *augment, const davy_augmentation_key *key,
                        const uint8_t *src, uint32_t width, uint32_t height, float *dst)
{
    const warp way = choose_warp(augment, key, (float) width, (float) height);

    move(&way, src, width, height, dst);
    if (augment->brightness > 0 || augment->contrast > 0 || augment->saturation > 0)
        colour(augment, key, dst, (size_t) width * height);
    if (augment->cutout > 0)
        cut_out(augment, key, dst, width, height);
}

/* Beta(a, a) for a <= 1. Source: M. D. Joehnk, Metrika 8, 1964: of two powers of uniform numbers
 * whose sum is at most one, the share of the first. */
static float draw_beta(uint64_t seed, uint64_t number, float a)
{
    for (uint64_t i = 0; i < BETA_TRIES; i++) {
        const uint64_t n = (number * BETA_TRIES + i) * 2;
        const double x = pow((double) davy_random_uniform(seed, STREAM_MIXUP, n), 1.0 / (double) a);
        const double y =
            pow((double) davy_random_uniform(seed, STREAM_MIXUP, n + 1), 1.0 / (double) a);

        if (x + y > 0 && x + y <= 1)
            return (float) (x / (x + y));
    }
    return 1; /* once in four thousand million: not mixed */
}

/* How much a sample keeps of itself. */
static float draw_share(const davy_augmentation *augment, uint64_t seed, uint64_t epoch,
                        uint32_t sample)
{
    const float share = draw_beta(seed, number_of(epoch, sample), augment->mixup);

    return fmaxf(share, 1 - share);
}

static void mix_pair(float *a, float *b, size_t count, float keep_a, float keep_b)
{
    for (size_t i = 0; i < count; i++) {
        const float x = a[i], y = b[i];

        a[i] = keep_a * x + (1 - keep_a) * y;
        b[i] = keep_b * y + (1 - keep_b) * x;
    }
}

void davy_image_mix(const davy_augmentation *augment, uint64_t seed, uint64_t epoch,
                    const uint32_t *samples, size_t count, float *pixels, size_t pixel_count,
                    float *targets, size_t class_count)
{
    for (size_t i = 0; augment->mixup > 0 && i < count / 2; i++) {
        const size_t other = count - 1 - i;
        const float keep_a = draw_share(augment, seed, epoch, samples[i]);
        const float keep_b = draw_share(augment, seed, epoch, samples[other]);

        mix_pair(pixels + i * pixel_count, pixels + other * pixel_count, pixel_count, keep_a,
                 keep_b);
        mix_pair(targets + i * class_count, targets + other * class_count, class_count, keep_a,
                 keep_b);
    }
}
