/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include "data/image_alike.h"

static davy_look look_at(const davy_image *image)
{
    davy_look look;

    assert_ok(davy_image_look(image, &look));
    return look;
}

static davy_image copy_of(const davy_image *image)
{
    davy_image copy = {0};

    assert_ok(davy_image_init(&copy, image->width, image->height));
    memcpy(copy.pixels, image->pixels, (size_t) image->width * image->height * 3);
    return copy;
}

static void knows_a_picture_again_that_was_scaled_and_compressed(void **state)
{
    (void) state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        davy_image image = scratch_scene(160, 120, seed), other = copy_of(&image), small = {0};
        const davy_look look = look_at(&image);
        davy_look second;

        for (uint32_t i = 0; i < 160 * 120 * 3; i++) { /* noise of +-5, as from compression */
            const int value = other.pixels[i] + (int) davy_random_below(seed, 9, i, 11) - 5;

            other.pixels[i] = (uint8_t) (value < 0 ? 0 : value > 255 ? 255 : value);
        }
        assert_ok(davy_image_resize(&other, NULL, DAVY_RESIZE_BILINEAR, 97, 61, &small));
        second = look_at(&small);
        assert_true(davy_look_alike(&look, &second));
        davy_image_clear(&image);
        davy_image_clear(&other);
        davy_image_clear(&small);
    }
}

static void tells_different_pictures_apart(void **state)
{
    davy_look looks[60];

    (void) state;
    for (uint64_t seed = 0; seed < DAVY_ARRAY_LENGTH(looks); seed++) {
        davy_image image = scratch_scene(64, 64, seed);

        looks[seed] = look_at(&image);
        davy_image_clear(&image);
        for (uint64_t other = 0; other < seed; other++)
            assert_false(davy_look_alike(&looks[seed], &looks[other]));
    }
}

/* Plain pictures have no steps at all: their colours decide. */
static void tells_plain_pictures_apart_by_their_colours(void **state)
{
    static const uint8_t greys[] = {20, 40, 60};
    davy_look looks[3];

    (void) state;
    for (size_t i = 0; i < 3; i++) {
        davy_image image = scratch_scene(30, 30, 1);

        memset(image.pixels, greys[i], (size_t) 30 * 30 * 3);
        looks[i] = look_at(&image);
        assert_int_equal(looks[i].colours[26], greys[i]);
        davy_image_clear(&image);
    }
    assert_true(davy_look_alike(&looks[0], &looks[1]));
    assert_false(davy_look_alike(&looks[0], &looks[2]));
}

/* A folder in memory: files 0 1 2 of class 0 and 3 4 5 of class 1 by what they look like. */
static davy_image_folder folder_of(davy_image_file *files, davy_image_item *items, size_t count)
{
    static char fire[] = "fire", other[] = "other", *classes[] = {fire, other};
    static char path[] = "memory";
    davy_image_folder folder = {.path = path,
                                .classes = {classes, 2},
                                .files = files,
                                .file_count = count,
                                .items = items,
                                .item_count = count};

    for (uint32_t i = 0; i < count; i++) {
        files[i].name = i == 0 ? "first" : i == 3 ? "fourth" : "other";
        files[i].first = i;
        files[i].count = 1;
        files[i].content = i;
        files[i].look = (davy_look){.steps = {i * 0x9E3779B97F4A7C15, i * 0xC2B2AE3D27D4EB4F}};
        items[i] = (davy_image_item){.file = i,
                                     .label = i * 2 >= count,
                                     .group = i,
                                     .part = DAVY_PART_NONE,
                                     .official = DAVY_PART_NONE};
    }
    return folder;
}

static char damaged[] = "damaged";

static void joins_copies_and_what_is_alike_and_counts_them(void **state)
{
    davy_image_file files[6] = {{0}};
    davy_image_item items[6];
    davy_image_folder folder = folder_of(files, items, 6);
    davy_alike_report report;

    (void) state;
    files[2].content = files[0].content; /* a copy */
    files[3].look = files[0].look;       /* alike, and of the other class */
    files[3].look.steps[1] ^= 0x8000800080008001;
    files[5].problem = damaged;
    files[5].content = files[4].content;
    assert_ok(davy_image_join_alike(&folder, &report));
    assert_int_equal(report.copies, 1);
    assert_int_equal(report.alike, 1);
    assert_int_equal(report.disputed, 1);
    assert_string_equal(report.pair[0], "first");
    assert_string_equal(report.disputed_pair[1], "fourth");
    assert_int_equal(items[2].group, 0);
    assert_int_equal(items[3].group, 0);
    assert_int_equal(items[1].group, 1);
    assert_int_equal(items[5].group, 5);
}

/* Seven bits that differ, spread over all bands but one: still found. Eight are too many. */
static void finds_pairs_that_share_one_band_alone(void **state)
{
    (void) state;
    for (int spared = 0; spared < 9; spared++) {
        davy_image_file files[6] = {{0}};
        davy_image_item items[6];
        davy_image_folder folder = folder_of(files, items, 6);
        davy_alike_report report;

        files[4].look = files[1].look;
        for (int band = 0; band < 8; band++)
            if (band != spared)
                files[4].look.steps[band / 4] ^= (uint64_t) 1 << (band % 4 * 16 + band);
        assert_ok(davy_image_join_alike(&folder, &report));
        assert_int_equal(report.alike, spared < 8 ? 1 : 0);
    }
}

/* Even files are for training, 1 and 3 for validation, 5 for the test. */
static void takes_copies_out_of_an_official_split(void **state)
{
    static const davy_part official[] = {DAVY_PART_TRAIN, DAVY_PART_VALIDATION,
                                         DAVY_PART_TRAIN, DAVY_PART_VALIDATION,
                                         DAVY_PART_TRAIN, DAVY_PART_TEST};
    davy_image_file files[6] = {{0}};
    davy_image_item items[6];
    davy_image_folder folder = folder_of(files, items, 6);
    size_t leaked = 9;

    (void) state;
    items[0].group = items[1].group = 0;
    items[2].group = items[3].group = items[5].group = 2;
    assert_ok(davy_image_stop_leaks(&folder, &leaked));
    assert_int_equal(leaked, 0); /* no official split: nothing can leak */
    folder.has_parts = true;
    for (size_t i = 0; i < 6; i++)
        items[i].official = official[i];
    for (int again = 0; again < 2; again++) {
        assert_ok(davy_image_stop_leaks(&folder, &leaked));
        assert_int_equal(leaked, 3);
        assert_int_equal(items[0].part, DAVY_PART_NONE);
        assert_int_equal(items[1].part, DAVY_PART_VALIDATION);
        assert_int_equal(items[2].part, DAVY_PART_NONE);
        assert_int_equal(items[3].part, DAVY_PART_NONE);
        assert_int_equal(items[4].part, DAVY_PART_TRAIN);
        assert_int_equal(items[5].part, DAVY_PART_TEST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_a_picture_again_that_was_scaled_and_compressed),
        cmocka_unit_test(tells_different_pictures_apart),
        cmocka_unit_test(tells_plain_pictures_apart_by_their_colours),
        cmocka_unit_test(joins_copies_and_what_is_alike_and_counts_them),
        cmocka_unit_test(finds_pairs_that_share_one_band_alone),
        cmocka_unit_test(takes_copies_out_of_an_official_split),
    };

    return cmocka_run_group_tests_name("data: pictures alike", tests, NULL, NULL);
}
