/* SPDX-License-Identifier: Apache-2.0 */
#include "data/image.h"

#include "core/buffer.h"
#include "core/file.h"
#include "data/image_codec.h"

#include <stdlib.h>
#include <string.h>

davy_status davy_image_check(uint32_t width, uint32_t height, size_t pixels_max)
{
    const size_t most = pixels_max > 0 ? pixels_max : DAVY_IMAGE_PIXELS_MAX;

    if (width == 0 || height == 0)
        return davy_fail(DAVY_ERR_CORRUPT, "it has no pixels (%u x %u)", width, height);
    if (width > DAVY_IMAGE_SIDE_MAX || height > DAVY_IMAGE_SIDE_MAX ||
        (uint64_t) width * height > most)
        return davy_fail(DAVY_ERR_FULL,
                         "%u x %u pixels are more than the %u along a side or %zu in all that are "
                         "read: make it smaller",
                         width, height, DAVY_IMAGE_SIDE_MAX, most);
    return DAVY_OK;
}

davy_status davy_image_init(davy_image *image, uint32_t width, uint32_t height)
{
    davy_status status = davy_image_check(width, height, 0);
    uint8_t *pixels;

    if (status != DAVY_OK)
        return status;
    pixels = calloc((size_t) width * height, 3);
    if (!pixels)
        return davy_fail(DAVY_ERR_NOMEM, "picture of %u x %u pixels", width, height);
    image->width = width;
    image->height = height;
    image->pixels = pixels;
    return DAVY_OK;
}

void davy_image_clear(davy_image *image)
{
    free(image->pixels);
    *image = (davy_image){0};
}

/* Formats by their first bytes: those that are read, and those that can at least be named. */
static const struct image_format {
    const char *name;
    size_t at; /* bytes before the mark */
    const char *mark;
    size_t length;
    davy_image_reader read; /* NULL: another program must convert it */
} formats[] = {
    {"JPEG", 0, "\xFF\xD8\xFF", 3, davy_image_decode_jpeg},
    {"PNG", 0, "\x89PNG\r\n\x1A\n", 8, davy_image_decode_png},
    {"GIF", 0, "GIF8", 4, NULL},
    {"BMP", 0, "BM", 2, NULL},
    {"TIFF", 0, "II*\0", 4, NULL},
    {"TIFF", 0, "MM\0*", 4, NULL},
    {"WebP", 8, "WEBP", 4, NULL},
    {"HEIF or AVIF", 4, "ftyp", 4, NULL},
    {"JPEG 2000", 4, "jP  \r\n\x87\n", 8, NULL},
    {"PDF", 0, "%PDF-", 5, NULL},
    {"SVG", 0, "<svg", 4, NULL},
};

static const struct image_format *find_format(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(formats); i++) {
        const struct image_format *format = &formats[i];

        if (length >= format->at + format->length &&
            memcmp(bytes + format->at, format->mark, format->length) == 0)
            return format;
    }
    return NULL;
}

/* Turn the decoded picture, and its facts with it. */
static davy_status make_upright(davy_image *image, davy_image_facts *facts)
{
    if (facts->orientation >= 5) {
        const uint32_t width = facts->width;

        facts->width = facts->height;
        facts->height = width;
    }
    return davy_image_turn(image, facts->orientation);
}

davy_status davy_image_decode(const void *bytes, size_t length, const davy_image_options *options,
                              davy_image *out, davy_image_facts *facts)
{
    static const davy_image_options plain;
    const struct image_format *format = find_format(bytes, length);
    davy_image_facts found = {.orientation = 1};
    davy_image image = {0};
    davy_status status;

    if (!format)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         length == 0 ? "the file is empty" : "it is neither JPEG nor PNG");
    if (!format->read)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "it is %s; convert it to JPEG or PNG", format->name);
    found.format = format->name;
    status = format->read(bytes, length, options ? options : &plain, &image, &found);
    if (status == DAVY_OK)
        status = make_upright(&image, &found);
    if (status != DAVY_OK) {
        davy_image_clear(&image);
        return status;
    }
    *out = image;
    if (facts)
        *facts = found;
    return DAVY_OK;
}

davy_status davy_image_read(const char *path, const davy_image_options *options, davy_image *out,
                            davy_image_facts *facts)
{
    davy_buffer file = {0};
    davy_status status = davy_file_read(path, DAVY_IMAGE_BYTES_MAX, &file);

    if (status == DAVY_OK) {
        status = davy_image_decode(file.bytes, file.length, options, out, facts);
        if (status != DAVY_OK)
            davy_fail_in(status, "picture '%s'", path);
    }
    davy_buffer_clear(&file);
    return status;
}
