/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image_write.h"

#include <math.h>
#include <stdlib.h>

#include <sodium.h>
#include <spng.h>

/* How much of a picture the largest heat hides. */
#define HEAT_COVER 0.6F

static davy_status encode(spng_ctx *png, const davy_image *image, davy_buffer *out)
{
    struct spng_ihdr header = {.width = image->width,
                               .height = image->height,
                               .bit_depth = 8,
                               .color_type = SPNG_COLOR_TYPE_TRUECOLOR};
    const size_t bytes = (size_t) image->width * image->height * 3;
    size_t length = 0;
    void *file = NULL;
    int error = spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);

    if (!error)
        error = spng_set_ihdr(png, &header);
    if (!error)
        error = spng_encode_image(png, image->pixels, bytes, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
    if (!error)
        file = spng_get_png_buffer(png, &length, &error);
    if (!file)
        return davy_fail(error == SPNG_EMEM ? DAVY_ERR_NOMEM : DAVY_ERR_INVALID,
                         "PNG of %u x %u pixels: %s", image->width, image->height,
                         spng_strerror(error));
    davy_buffer_append(out, file, length);
    free(file);
    return davy_buffer_ok(out);
}

davy_status davy_image_append_png(const davy_image *image, davy_buffer *out)
{
    spng_ctx *png = spng_ctx_new(SPNG_CTX_ENCODER);
    davy_status status;

    if (!png)
        return davy_fail(DAVY_ERR_NOMEM, "PNG of %u x %u pixels", image->width, image->height);
    status = encode(png, image, out);
    spng_ctx_free(png);
    return status;
}

static void append_base64(const davy_buffer *bytes, davy_buffer *out)
{
    const size_t length =
        sodium_base64_ENCODED_LEN(bytes->length, sodium_base64_VARIANT_ORIGINAL); /* and a zero */
    char *room = davy_buffer_reserve(out, length);

    if (!room)
        return;
    (void) sodium_bin2base64(room, length, (const unsigned char *) bytes->bytes, bytes->length,
                             sodium_base64_VARIANT_ORIGINAL);
    out->length += length - 1;
}

davy_status davy_image_append_uri(const davy_image *image, davy_buffer *out)
{
    davy_buffer file = {0};
    davy_status status = davy_image_append_png(image, &file);

    if (status == DAVY_OK) {
        davy_buffer_append_text(out, "data:image/png;base64,");
        append_base64(&file, out);
        status = davy_buffer_ok(out);
    }
    davy_buffer_clear(&file);
    return status;
}

/* Heat between the centres of the cells; the outer half cells are level. */
static float heat_at(const davy_heat *heat, float x, float y)
{
    const float left = floorf(fminf(fmaxf(x, 0), (float) heat->width - 1));
    const float top = floorf(fminf(fmaxf(y, 0), (float) heat->height - 1));
    const float u = fminf(fmaxf(x - left, 0), 1), v = fminf(fmaxf(y - top, 0), 1);
    const size_t x0 = (size_t) left, x1 = x0 + 1 < heat->width ? x0 + 1 : x0;
    const size_t y0 = (size_t) top, y1 = y0 + 1 < heat->height ? y0 + 1 : y0;
    const float *upper = heat->values + y0 * heat->width, *lower = heat->values + y1 * heat->width;

    return (1 - v) * ((1 - u) * upper[x0] + u * upper[x1]) +
           v * ((1 - u) * lower[x0] + u * lower[x1]);
}

/* Black, red, yellow, white: each colour rises over a third of the way. */
static void lay_pixel(uint8_t *pixel, float warmth)
{
    const float cover = HEAT_COVER * warmth;

    for (int c = 0; c < 3; c++) {
        const float colour = 255 * fminf(fmaxf(3 * warmth - (float) c, 0), 1);

        pixel[c] = (uint8_t) lrintf((1 - cover) * (float) pixel[c] + cover * colour);
    }
}

void davy_image_lay_heat(davy_image *image, const davy_heat *heat)
{
    const float step_x = (float) heat->width / (float) image->width;
    const float step_y = (float) heat->height / (float) image->height;
    float most = 0;

    for (size_t i = 0; i < (size_t) heat->width * heat->height; i++)
        most = heat->values[i] > most ? heat->values[i] : most;
    if (!(most > 0 && isfinite(most)))
        return;
    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++) {
            const float warmth = heat_at(heat, ((float) x + 0.5F) * step_x - 0.5F,
                                         ((float) y + 0.5F) * step_y - 0.5F) /
                                 most;

            if (warmth > 0)
                lay_pixel(image->pixels + ((size_t) y * image->width + x) * 3, warmth);
        }
}
