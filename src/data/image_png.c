/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"
#include "data/image_codec.h"

#include <stdlib.h>
#include <string.h>

#include <spng.h>

/* Bytes of one chunk beside the picture (a colour profile, text), and of all that are kept. */
#define CHUNK_BYTES_MAX ((size_t) 8 * 1024 * 1024)
#define KEPT_BYTES_MAX  ((size_t) 16 * 1024 * 1024)

#define SIGNATURE_BYTES 8
#define FRAME_BYTES     12 /* length, type and checksum of a chunk */

static davy_status fail_png(int error)
{
    switch (error) {
    case SPNG_EMEM:
        return davy_fail(DAVY_ERR_NOMEM, "PNG");
    case SPNG_IO_EOF:
    case SPNG_EIDAT_TOO_SHORT:
        return davy_fail(DAVY_ERR_CORRUPT, "PNG: the file is cut off: it ends before the picture "
                                           "does");
    case SPNG_ECHUNK_LIMITS:
        return davy_fail(DAVY_ERR_FULL, "PNG: more than %zu bytes beside the picture",
                         KEPT_BYTES_MAX);
    default:
        return davy_fail(DAVY_ERR_CORRUPT, "PNG: %s", spng_strerror(error));
    }
}

/* Whether there is a whole chunk of this type, and none of type `before` in front of it. */
static bool has_chunk(const uint8_t *bytes, size_t length, const char *type, const char *before)
{
    size_t at = SIGNATURE_BYTES;

    while (length - at >= FRAME_BYTES && memcmp(bytes + at + 4, before, 4) != 0) {
        const size_t size = (size_t) bytes[at] << 24 | (size_t) bytes[at + 1] << 16 |
                            (size_t) bytes[at + 2] << 8 | bytes[at + 3];

        if (size > length - at - FRAME_BYTES)
            return false;
        if (memcmp(bytes + at + 4, type, 4) == 0)
            return true;
        at += FRAME_BYTES + size;
    }
    return false;
}

/* Lay [count] RGBA pixels over white; the RGB takes the place of the RGBA, from the front. */
static void lay_over_white(uint8_t *pixels, size_t count)
{
    const uint8_t *src = pixels;
    uint8_t *dst = pixels;

    for (size_t i = 0; i < count; i++, src += 4, dst += 3) {
        const unsigned alpha = src[3];

        for (size_t c = 0; c < 3; c++)
            dst[c] = (uint8_t) ((src[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

/* Read the picture and everything behind it, so that a file that is cut short is found. */
static int read_pixels(spng_ctx *png, bool transparent, uint8_t *pixels, size_t bytes)
{
    const int format = transparent ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8;
    int error = spng_decode_image(png, pixels, bytes, format, transparent ? SPNG_DECODE_TRNS : 0);

    return error ? error : spng_decode_chunks(png);
}

static davy_status read_picture(spng_ctx *png, const struct spng_ihdr *header, bool transparent,
                                davy_image *out)
{
    const size_t count = (size_t) header->width * header->height;
    const size_t bytes = count * (transparent ? 4 : 3);
    uint8_t *pixels = calloc(1, bytes), *smaller;
    int error;

    if (!pixels)
        return davy_fail(DAVY_ERR_NOMEM, "picture of %u x %u pixels", header->width,
                         header->height);
    error = read_pixels(png, transparent, pixels, bytes);
    if (error) {
        free(pixels);
        return fail_png(error);
    }
    if (transparent) {
        lay_over_white(pixels, count);
        smaller = realloc(pixels, count * 3);
        pixels = smaller ? smaller : pixels;
    }
    *out = (davy_image){header->width, header->height, pixels};
    return DAVY_OK;
}

static void find_facts(spng_ctx *png, const struct spng_ihdr *header, davy_image_facts *facts)
{
    struct spng_trns key;
    struct spng_exif exif;

    facts->width = header->width;
    facts->height = header->height;
    facts->transparent = header->color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA ||
                         header->color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA ||
                         spng_get_trns(png, &key) == 0;
    if (spng_get_exif(png, &exif) == 0)
        facts->orientation = davy_exif_orientation((const uint8_t *) exif.data, exif.length);
}

static davy_status read_png(spng_ctx *png, const uint8_t *bytes, size_t length,
                            const davy_image_options *options, davy_image *out,
                            davy_image_facts *facts)
{
    struct spng_ihdr header;
    davy_status status;
    int error = spng_set_image_limits(png, INT32_MAX, INT32_MAX); /* our own check says it better */

    if (!error)
        error = spng_set_chunk_limits(png, CHUNK_BYTES_MAX, KEPT_BYTES_MAX);
    if (!error) /* damage beside the picture does not matter */
        error = spng_set_crc_action(png, SPNG_CRC_ERROR, SPNG_CRC_DISCARD);
    if (!error)
        error = spng_set_png_buffer(png, bytes, length);
    if (!error)
        error = spng_get_ihdr(png, &header);
    if (error)
        return fail_png(error);
    status = davy_image_check(header.width, header.height, options->pixels_max);
    if (status != DAVY_OK)
        return status;
    /* libspng is content when the type of the last chunk is there. */
    if (!has_chunk(bytes, length, "IEND", "\0\0\0\0"))
        return fail_png(SPNG_IO_EOF);
    /* An animation announces itself before the first data of the picture. */
    facts->animated = has_chunk(bytes, length, "acTL", "IDAT");
    find_facts(png, &header, facts);
    return read_picture(png, &header, facts->transparent, out);
}

davy_status davy_image_decode_png(const uint8_t *bytes, size_t length,
                                  const davy_image_options *options, davy_image *out,
                                  davy_image_facts *facts)
{
    spng_ctx *png = spng_ctx_new(0);
    davy_status status;

    if (!png)
        return davy_fail(DAVY_ERR_NOMEM, "PNG");
    status = read_png(png, bytes, length, options, out, facts);
    spng_ctx_free(png);
    return status;
}
