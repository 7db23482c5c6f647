/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "core/buffer.h"
#include "core/file.h"
#include "data/image.h"

#include <stdlib.h>

#include <jpeglib.h>

/* The pictures and what must be read from them are made by make_pictures.py beside this file. */
static const char *path_of(const char *name)
{
    static char path[512];

    (void) snprintf(path, sizeof path, "%s/%s", getenv("DAVY_PICTURES"), name);
    return path;
}

static davy_buffer load(const char *name)
{
    davy_buffer bytes = {0};

    assert_ok(davy_file_read(path_of(name), 1 << 20, &bytes));
    return bytes;
}

/* Every byte of the picture is at most `tolerance` from what stands in NAME.rgb. */
static void reads(const char *name, uint32_t width, uint32_t height, int tolerance)
{
    char expected_name[128];
    davy_buffer expected;
    davy_image image = {0};
    davy_image_facts facts;

    (void) snprintf(expected_name, sizeof expected_name, "%s.rgb", name);
    expected = load(expected_name);
    assert_ok(davy_image_read(path_of(name), NULL, &image, &facts));
    if (image.width != width || image.height != height || facts.width != width ||
        facts.height != height)
        fail_msg("%s: %u x %u", name, image.width, image.height);
    assert_int_equal(expected.length, (size_t) width * height * 3);
    for (size_t i = 0; i < expected.length; i++)
        if (abs(image.pixels[i] - (uint8_t) expected.bytes[i]) > tolerance)
            fail_msg("%s: byte %zu is %d and not %d", name, i, image.pixels[i],
                     (uint8_t) expected.bytes[i]);
    assert_string_equal(facts.format, strstr(name, ".jpg") ? "JPEG" : "PNG");
    assert_int_equal(facts.warnings, 0);
    davy_image_clear(&image);
    davy_buffer_clear(&expected);
}

static void reads_jpeg_as_pillow_does(void **state)
{
    static const char *const names[] = {"rgb.jpg", "half_colours.jpg", "progressive.jpg",
                                        "grey.jpg"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        reads(names[i], 19, 13, 0);
}

/* Pillow rounds twice where we round once. */
static void reads_the_inks_of_a_printer(void **state)
{
    (void) state;
    reads("cmyk.jpg", 19, 13, 1);
}

static void reads_png_of_every_kind_of_sample(void **state)
{
    static const char *const names[] = {"rgb.png",    "rgb_16.png",  "interlaced.png",
                                        "grey.png",   "grey_1.png",  "grey_2.png",
                                        "grey_4.png", "grey_16.png", "palette.png"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        reads(names[i], 19, 13, 0);
}

static void lays_what_is_transparent_over_white(void **state)
{
    static const char *const names[] = {"rgb_alpha.png", "grey_alpha.png", "palette_alpha.png"};
    davy_image image = {0};
    davy_image_facts facts;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        reads(names[i], 19, 13, 0);
        assert_ok(davy_image_read(path_of(names[i]), NULL, &image, &facts));
        assert_true(facts.transparent);
        davy_image_clear(&image);
    }
}

static void turns_a_picture_upright_by_its_exif_orientation(void **state)
{
    char name[32];

    (void) state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        (void) snprintf(name, sizeof name, "orientation_%d.jpg", orientation);
        reads(name, orientation < 5 ? 9 : 6, orientation < 5 ? 6 : 9, 0);
    }
    reads("orientation.png", 19, 13, 0);
}

static void takes_the_first_picture_of_an_animation_and_tells(void **state)
{
    davy_image image = {0};
    davy_image_facts facts;

    (void) state;
    reads("animated.png", 19, 13, 0);
    assert_ok(davy_image_read(path_of("animated.png"), NULL, &image, &facts));
    assert_true(facts.animated);
    davy_image_clear(&image);
    assert_ok(davy_image_read(path_of("rgb.png"), NULL, &image, &facts));
    assert_false(facts.animated);
    assert_false(facts.transparent);
    davy_image_clear(&image);
}

/* Encode one colour with libjpeg. @param scans  0: as usual; else so many scans of nothing new */
static size_t encode(const uint8_t *colour, int channels, J_COLOR_SPACE stored, int scans,
                     uint32_t width, uint32_t height, unsigned char **bytes)
{
    static jpeg_scan_info script[200];
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned long length = 0;
    uint8_t *row = malloc((size_t) width * (size_t) channels);

    *bytes = NULL;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, bytes, &length);
    jpeg.image_width = width;
    jpeg.image_height = height;
    jpeg.input_components = channels;
    jpeg.in_color_space = channels == 4 ? JCS_CMYK : channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_colorspace(&jpeg, stored);
    jpeg_set_quality(&jpeg, 100, TRUE);
    for (int i = 0; i < scans; i++) /* each scan again carries one coefficient */
        script[i] = (jpeg_scan_info){
            .comps_in_scan = 1, .Ss = i ? 1 + i % 63 : 0, .Se = i ? 1 + i % 63 : 0};
    jpeg.scan_info = scans ? script : jpeg.scan_info;
    jpeg.num_scans = scans ? scans : jpeg.num_scans;
    jpeg_start_compress(&jpeg, TRUE);
    for (size_t i = 0; i < (size_t) width * (size_t) channels; i++)
        row[i] = colour[i % (size_t) channels];
    while (jpeg.next_scanline < height)
        (void) jpeg_write_scanlines(&jpeg, &row, 1);
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(row);
    return length;
}

/* Adobe stores complements: 255 - ink. Of c = 51, m = 102, y = 153, k = 51 of 255 remain
 * (204, 153, 102) times 204 / 255 = (163.2, 122.4, 81.6); the luminance coding adds at most 2. */
static void reads_inks_stored_as_luminance(void **state)
{
    const uint8_t complement[] = {204, 153, 102, 204};
    const int expected[] = {163, 122, 82};
    unsigned char *bytes;
    size_t length = encode(complement, 4, JCS_YCCK, 0, 16, 16, &bytes);
    davy_image image = {0};

    (void) state;
    assert_ok(davy_image_decode(bytes, length, NULL, &image, NULL));
    for (size_t i = 0; i < (size_t) 16 * 16 * 3; i++)
        assert_in_range(image.pixels[i] + 2, expected[i % 3], expected[i % 3] + 4);
    davy_image_clear(&image);
    free(bytes);
}

/* Of 400 x 240 pixels a quarter (100 x 60) still has twice 48 x 30; an eighth has not. */
static void reads_a_jpeg_no_larger_than_is_of_use(void **state)
{
    const uint8_t grey = 90;
    unsigned char *bytes;
    size_t length = encode(&grey, 1, JCS_GRAYSCALE, 0, 400, 240, &bytes);
    davy_image image = {0};
    davy_image_facts facts;

    (void) state;
    assert_ok(davy_image_decode(bytes, length,
                                &(davy_image_options){.enough_width = 48, .enough_height = 30},
                                &image, &facts));
    assert_int_equal(image.width, 100);
    assert_int_equal(image.height, 60);
    assert_int_equal(facts.width, 400);
    assert_int_equal(facts.height, 240);
    assert_in_range(image.pixels[0], 88, 92);
    davy_image_clear(&image);
    assert_ok(davy_image_decode(bytes, length,
                                &(davy_image_options){.enough_width = 101, .enough_height = 10},
                                &image, &facts));
    assert_int_equal(image.width, 400);
    davy_image_clear(&image);
    free(bytes);
}

/* A file of two kilobytes that asks for its picture to be passed over 150 times. */
static void refuses_a_picture_of_too_many_scans(void **state)
{
    const uint8_t grey = 90;
    unsigned char *bytes;
    size_t length = encode(&grey, 1, JCS_GRAYSCALE, 64, 16, 16, &bytes);
    davy_image image = {0};
    davy_buffer many = {0};
    size_t scan = 0;

    (void) state;
    assert_ok(davy_image_decode(bytes, length, NULL, &image, NULL));
    davy_image_clear(&image);
    for (size_t i = 2; i + 1 < length && !scan; i++)
        scan = bytes[i] == 0xFF && bytes[i + 1] == 0xDA ? i : 0;
    davy_buffer_append(&many, bytes, scan);
    for (int i = 0; i < 3; i++) /* all scans, three times over */
        davy_buffer_append(&many, bytes + scan, length - 2 - scan);
    davy_buffer_append(&many, bytes + length - 2, 2);
    assert_ok(davy_buffer_ok(&many));
    assert_fails(davy_image_decode(many.bytes, many.length, NULL, &image, NULL), DAVY_ERR_FULL,
                 "scans");
    davy_buffer_clear(&many);
    free(bytes);
}

/* The size stands behind a marker (JPEG: FF C0, length, precision) or at a place (PNG: 16). */
static void put_size(davy_buffer *file, bool jpeg, unsigned width, unsigned height)
{
    uint8_t *bytes = (uint8_t *) file->bytes;
    size_t at = 0;

    if (!jpeg) {
        const uint8_t png[] = {0, 0, (uint8_t) (width >> 8),  (uint8_t) width,
                               0, 0, (uint8_t) (height >> 8), (uint8_t) height};

        memcpy(bytes + 16, png, sizeof png);
        return;
    }
    while (bytes[at] != 0xFF || bytes[at + 1] != 0xC0)
        at++;
    bytes[at + 5] = (uint8_t) (height >> 8);
    bytes[at + 6] = (uint8_t) height;
    bytes[at + 7] = (uint8_t) (width >> 8);
    bytes[at + 8] = (uint8_t) width;
}

/* libspng checks the checksum of the header: make it fit. */
static void put_header_checksum(davy_buffer *file)
{
    uint8_t *bytes = (uint8_t *) file->bytes;
    uint32_t crc = 0xFFFFFFFF;

    for (size_t i = 12; i < 29; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    for (int i = 0; i < 4; i++)
        bytes[29 + i] = (uint8_t) (~crc >> (24 - 8 * i));
}

static void refuses_sizes_before_it_takes_memory(void **state)
{
    static const struct {
        unsigned width, height;
        davy_status status;
        const char *words;
    } cases[] = {
        {65535, 65535, DAVY_ERR_FULL, "65535 x 65535 pixels are more than"},
        {32768, 32768, DAVY_ERR_FULL, "make it smaller"},
        {40000, 1, DAVY_ERR_FULL, "32768 along a side"},
        {0, 13, DAVY_ERR_CORRUPT, ""},
        {19, 0, DAVY_ERR_CORRUPT, ""},
    };
    davy_image image = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        for (int jpeg = 0; jpeg < 2; jpeg++) {
            davy_buffer file = load(jpeg ? "rgb.jpg" : "rgb.png");

            put_size(&file, jpeg, cases[i].width, cases[i].height);
            if (!jpeg)
                put_header_checksum(&file);
            assert_fails(davy_image_decode(file.bytes, file.length, NULL, &image, NULL),
                         cases[i].status, cases[i].words);
            assert_null(image.pixels);
            davy_buffer_clear(&file);
        }
}

static void keeps_to_a_limit_of_the_caller(void **state)
{
    const davy_image_options options = {.pixels_max = 19 * 13 - 1};
    davy_image image = {0};

    (void) state;
    assert_fails(davy_image_read(path_of("rgb.jpg"), &options, &image, NULL), DAVY_ERR_FULL,
                 "rgb.jpg': 19 x 13 pixels are more than");
    assert_fails(davy_image_read(path_of("rgb.png"), &options, &image, NULL), DAVY_ERR_FULL,
                 "246 in all");
}

/* Cut anywhere, a file is an error: no picture has a grey part, and none lacks its end. */
static void refuses_every_file_that_is_cut_short(void **state)
{
    static const char *const names[] = {"rgb.jpg", "progressive.jpg", "rgb.png", "interlaced.png",
                                        "palette_alpha.png"};
    davy_image image = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        davy_buffer file = load(names[i]);

        for (size_t length = 0; length < file.length; length++) {
            /* exactly as many bytes, so that a reader past the end is found */
            uint8_t *cut = malloc(length + !length);

            memcpy(cut, file.bytes, length);
            if (davy_image_decode(cut, length, NULL, &image, NULL) == DAVY_OK)
                fail_msg("%s: a picture of %zu of %zu bytes", names[i], length, file.length);
            free(cut);
        }
        assert_fails(davy_image_decode(file.bytes, file.length - 1, NULL, &image, NULL),
                     DAVY_ERR_CORRUPT, "cut off");
        davy_buffer_clear(&file);
    }
}

/* Each bit turned over: a picture or a sentence, within memory. */
static void survives_every_turned_bit(void **state)
{
    static const char *const names[] = {"orientation_6.jpg", "cmyk.jpg", "palette_alpha.png",
                                        "orientation.png"};
    const davy_image_options options = {.pixels_max = 4096};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        davy_buffer file = load(names[i]);

        for (size_t bit = 0; bit < file.length * 8; bit++) {
            davy_image image = {0};

            file.bytes[bit / 8] = (char) (file.bytes[bit / 8] ^ 1 << bit % 8);
            if (davy_image_decode(file.bytes, file.length, &options, &image, NULL) != DAVY_OK)
                assert_true(davy_error()[0] != '\0');
            file.bytes[bit / 8] = (char) (file.bytes[bit / 8] ^ 1 << bit % 8);
            davy_image_clear(&image);
        }
        davy_buffer_clear(&file);
    }
}

static void names_what_it_does_not_read(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *words;
    } cases[] = {
        {"", 0, "the file is empty"},
        {"GIF89a", 6, "GIF; convert it to JPEG or PNG"},
        {"RIFF\1\0\0\0WEBPVP8 ", 16, "WebP"},
        {"\0\0\0\x18"
         "ftypheic",
         12, "HEIF"},
        {"MM\0*\0\0\0\x08", 8, "TIFF"},
        {"time,pressure\n1,2\n", 18, "neither JPEG nor PNG"},
        {"\xFF", 1, "neither JPEG nor PNG"},
    };
    davy_image image = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_fails(davy_image_decode(cases[i].bytes, cases[i].length, NULL, &image, NULL),
                     DAVY_ERR_UNSUPPORTED, cases[i].words);
}

static void names_the_file(void **state)
{
    davy_image image = {0};

    (void) state;
    assert_fails(davy_image_read("/nowhere/a.jpg", NULL, &image, NULL), DAVY_ERR_NOT_FOUND,
                 "'/nowhere/a.jpg'");
    assert_fails(davy_image_read("/", NULL, &image, NULL), DAVY_ERR_INVALID, "not a regular file");
    assert_fails(davy_image_read(path_of("rgb.png.rgb"), NULL, &image, NULL), DAVY_ERR_UNSUPPORTED,
                 "rgb.png.rgb': it is neither");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_jpeg_as_pillow_does),
        cmocka_unit_test(reads_the_inks_of_a_printer),
        cmocka_unit_test(reads_inks_stored_as_luminance),
        cmocka_unit_test(reads_png_of_every_kind_of_sample),
        cmocka_unit_test(lays_what_is_transparent_over_white),
        cmocka_unit_test(turns_a_picture_upright_by_its_exif_orientation),
        cmocka_unit_test(takes_the_first_picture_of_an_animation_and_tells),
        cmocka_unit_test(reads_a_jpeg_no_larger_than_is_of_use),
        cmocka_unit_test(refuses_a_picture_of_too_many_scans),
        cmocka_unit_test(refuses_sizes_before_it_takes_memory),
        cmocka_unit_test(keeps_to_a_limit_of_the_caller),
        cmocka_unit_test(refuses_every_file_that_is_cut_short),
        cmocka_unit_test(survives_every_turned_bit),
        cmocka_unit_test(names_what_it_does_not_read),
        cmocka_unit_test(names_the_file),
    };

    return cmocka_run_group_tests_name("data: pictures", tests, NULL, NULL);
}
