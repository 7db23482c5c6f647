/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"
#include "data/image_codec.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h> /* after jpeglib.h, which says what was built in */

/* A progressive file comes in scans, each of which passes over the whole picture: usually ten. A
 * small file of thousands would keep a processor busy for hours. */
#define SCANS_MAX 100

#define MARKER_EXIF      (JPEG_APP0 + 1)
#define MARKER_BYTES_MAX 0xFFFF

/* libjpeg reports a failure by a function that must not return: it jumps back to decode(). */
typedef struct jpeg_reading {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    davy_status status;
    const uint8_t *bytes;
    size_t length;
    const davy_image_options *options;
    davy_image *image;
    davy_image_facts *facts;
} jpeg_reading;

static davy_status status_of(int code)
{
    switch (code) {
    case JERR_OUT_OF_MEMORY:
        return DAVY_ERR_NOMEM;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
        return DAVY_ERR_UNSUPPORTED;
    default:
        return DAVY_ERR_CORRUPT;
    }
}

static _Noreturn void give_up(j_common_ptr common)
{
    jpeg_reading *reading = common->client_data;
    char words[JMSG_LENGTH_MAX];

    if (common->err->msg_code == JERR_IMAGE_TOO_BIG) { /* found before read_header() can look */
        reading->status = davy_image_check(reading->jpeg.image_width, reading->jpeg.image_height,
                                           reading->options->pixels_max);
    } else if (common->err->msg_code == JWRN_JPEG_EOF) {
        reading->status = davy_fail(DAVY_ERR_CORRUPT,
                                    "JPEG: the file is cut off: it ends before the picture does");
    } else {
        common->err->format_message(common, words);
        reading->status = davy_fail(status_of(common->err->msg_code), "JPEG: %s", words);
    }
    longjmp(reading->failed, 1);
}

/* Warnings after which a part of the picture is made up. */
static bool is_damage(int code)
{
    static const int damage[] = {JWRN_ARITH_BAD_CODE, JWRN_BOGUS_PROGRESSION, JWRN_HIT_MARKER,
                                 JWRN_HUFF_BAD_CODE,  JWRN_JPEG_EOF,          JWRN_MUST_RESYNC,
                                 JWRN_NOT_SEQUENTIAL};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(damage); i++)
        if (damage[i] == code)
            return true;
    return false;
}

static void take_message(j_common_ptr common, int level)
{
    if (level >= 0)
        return; /* tracing */
    if (is_damage(common->err->msg_code))
        give_up(common);
    common->err->num_warnings++;
}

static void watch_scans(j_common_ptr common)
{
    jpeg_reading *reading = common->client_data;

    if (reading->jpeg.input_scan_number <= SCANS_MAX)
        return;
    reading->status = davy_fail(DAVY_ERR_FULL, "JPEG: more than %d scans", SCANS_MAX);
    longjmp(reading->failed, 1);
}

static void find_orientation(jpeg_reading *reading)
{
    static const char mark[] = "Exif\0"; /* six bytes, two of them zero */

    for (jpeg_saved_marker_ptr at = reading->jpeg.marker_list; at; at = at->next)
        if (at->data_length > sizeof mark && memcmp(at->data, mark, sizeof mark) == 0) {
            reading->facts->orientation =
                davy_exif_orientation(at->data + sizeof mark, at->data_length - sizeof mark);
            return;
        }
}

/* The eighths at which the picture stays at least twice as large as what is enough. */
static unsigned choose_eighths(const jpeg_reading *reading)
{
    const davy_image_options *options = reading->options;
    const bool lies = reading->facts->orientation >= 5; /* width and height will change places */
    const uint64_t width = lies ? options->enough_height : options->enough_width;
    const uint64_t height = lies ? options->enough_width : options->enough_height;
    unsigned eighths = 8;

    if (width == 0 || height == 0)
        return eighths;
    while (eighths > 1 && (uint64_t) reading->jpeg.image_width * (eighths / 2) >= 16 * width &&
           (uint64_t) reading->jpeg.image_height * (eighths / 2) >= 16 * height)
        eighths /= 2;
    return eighths;
}

static davy_status read_header(jpeg_reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    davy_status status;

    jpeg_mem_src(jpeg, reading->bytes, reading->length);
    jpeg_save_markers(jpeg, MARKER_EXIF, MARKER_BYTES_MAX);
    (void) jpeg_read_header(jpeg, TRUE);
    status = davy_image_check(jpeg->image_width, jpeg->image_height, reading->options->pixels_max);
    if (status != DAVY_OK)
        return status;
    if (jpeg->jpeg_color_space == JCS_UNKNOWN)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "JPEG: %d channels of unknown colours",
                         jpeg->num_components);
    reading->facts->width = jpeg->image_width;
    reading->facts->height = jpeg->image_height;
    find_orientation(reading);
    jpeg->scale_num = choose_eighths(reading);
    jpeg->scale_denom = 8;
    jpeg->out_color_space = jpeg->num_components == 4 ? JCS_CMYK : JCS_RGB;
    return DAVY_OK;
}

/* x y / 255, rounded: exact for 8-bit numbers. */
static uint8_t multiply(unsigned x, unsigned y)
{
    const unsigned product = x * y + 128;

    return (uint8_t) ((product + (product >> 8)) >> 8);
}

/* Four inks to RGB. Adobe's programs store the complement of each ink and say so in a marker. */
static void convert_inks(const uint8_t *src, uint32_t width, bool complement, uint8_t *dst)
{
    const unsigned flip = complement ? 0 : 255;

    for (uint32_t x = 0; x < width; x++, src += 4, dst += 3)
        for (size_t c = 0; c < 3; c++)
            dst[c] = multiply(src[c] ^ flip, src[3] ^ flip);
}

static davy_status read_rows(jpeg_reading *reading)
{
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    davy_image *image = reading->image;
    JSAMPARRAY inks = NULL;
    davy_status status;

    (void) jpeg_start_decompress(jpeg);
    status = davy_image_init(image, jpeg->output_width, jpeg->output_height);
    if (status != DAVY_OK)
        return status;
    if (jpeg->out_color_space == JCS_CMYK)
        inks = jpeg->mem->alloc_sarray((j_common_ptr) jpeg, JPOOL_IMAGE, jpeg->output_width * 4, 1);
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *row = image->pixels + (size_t) jpeg->output_scanline * image->width * 3;

        (void) jpeg_read_scanlines(jpeg, inks ? inks : &row, 1);
        if (inks)
            convert_inks(inks[0], image->width, jpeg->saw_Adobe_marker, row);
    }
    (void) jpeg_finish_decompress(jpeg);
    return DAVY_OK;
}

/* No variable of this function lives across the jump. */
static davy_status decode(jpeg_reading *reading)
{
    davy_status status;

    if (setjmp(reading->failed) != 0)
        return reading->status;
    jpeg_create_decompress(&reading->jpeg);
    reading->jpeg.progress = &reading->progress;
    status = read_header(reading);
    if (status == DAVY_OK)
        status = read_rows(reading);
    return status;
}

davy_status davy_image_decode_jpeg(const uint8_t *bytes, size_t length,
                                   const davy_image_options *options, davy_image *out,
                                   davy_image_facts *facts)
{
    jpeg_reading reading = {
        .bytes = bytes, .length = length, .options = options, .image = out, .facts = facts};
    davy_status status;

    reading.jpeg.err = jpeg_std_error(&reading.errors);
    reading.jpeg.client_data = &reading;
    reading.errors.error_exit = give_up;
    reading.errors.emit_message = take_message;
    reading.progress.progress_monitor = watch_scans;
    status = decode(&reading);
    facts->warnings = (unsigned) reading.errors.num_warnings;
    jpeg_destroy_decompress(&reading.jpeg);
    return status;
}
