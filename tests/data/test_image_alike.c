/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include "data/image_alike.h"
#include "data/image_split.h"

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

enum { MANY = 200 };

static void keeps_pictures_alike_on_one_side(void **state)
{
    static davy_image_file files[MANY];
    static davy_image_item items[MANY];
    davy_image_folder folder = folder_of(files, items, MANY);
    davy_image_split_report report;
    davy_image_split_options options = {.validation = 0.2, .test = 0.2};

    (void) state;
    for (uint32_t i = 0; i < MANY; i++)
        items[i].group = i - i % 3; /* threes */
    for (options.seed = 0; options.seed < 10; options.seed++) {
        assert_ok(davy_image_split(&folder, &options, &report));
        assert_int_equal(report.counts[0] + report.counts[1] + report.counts[2], MANY);
        assert_in_range(report.counts[DAVY_PART_TEST], 38, 42);
        assert_in_range(davy_image_folder_count(&folder, 1, DAVY_PART_VALIDATION), 18, 22);
        for (uint32_t i = 0; i < MANY; i++)
            assert_int_equal(items[i].part, items[items[i].group].part);
    }
}

static void gives_each_picture_to_the_test_side_of_one_fold(void **state)
{
    static davy_image_file files[MANY];
    static davy_image_item items[MANY];
    static size_t tested[MANY];
    davy_image_folder folder = folder_of(files, items, MANY);
    davy_image_split_report report;

    (void) state;
    for (size_t fold = 0; fold < 5; fold++) {
        assert_ok(davy_image_split(
            &folder, &(davy_image_split_options){.folds = 5, .fold = fold, .seed = 3}, &report));
        assert_int_equal(report.counts[DAVY_PART_TEST], 40);
        assert_int_equal(report.counts[DAVY_PART_TRAIN], 160);
        for (size_t i = 0; i < MANY; i++)
            tested[i] += items[i].part == DAVY_PART_TEST;
    }
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(tested[i], 1);
}

/* Every tenth picture is for the test; two of them have a copy to train on, which goes. */
static void keeps_an_official_split_and_takes_out_what_leaks(void **state)
{
    static davy_image_file files[MANY];
    static davy_image_item items[MANY];
    davy_image_folder folder = folder_of(files, items, MANY);
    davy_image_split_report report;
    const davy_image_split_options options = {.validation = 0.25, .test = 0.5, .seed = 1};

    (void) state;
    folder.has_parts = true;
    for (uint32_t i = 0; i < MANY; i++)
        items[i].official = i % 10 == 0 ? DAVY_PART_TEST : DAVY_PART_TRAIN;
    items[13].group = 10;
    items[153].group = items[154].group = 150;
    for (int again = 0; again < 2; again++) {
        assert_ok(davy_image_split(&folder, &options, &report));
        assert_int_equal(report.leaked, 3);
        assert_int_equal(report.counts[DAVY_PART_TEST], 20);
        assert_in_range(report.counts[DAVY_PART_VALIDATION], 43, 46); /* a quarter of 177 */
        assert_int_equal(items[13].part, DAVY_PART_NONE);
        assert_int_equal(items[10].part, DAVY_PART_TEST);
    }
}

static void leaves_damaged_pictures_out_and_names_a_class_that_is_missing(void **state)
{
    davy_image_file files[6] = {{0}};
    davy_image_item items[6];
    davy_image_folder folder = folder_of(files, items, 6);
    davy_image_split_report report;
    davy_image_split_options options = {.test = 0.4};

    (void) state;
    files[1].problem = damaged;
    assert_ok(davy_image_split(&folder, &options, &report));
    assert_int_equal(items[1].part, DAVY_PART_NONE);
    assert_int_equal(report.counts[0] + report.counts[2], 5);
    items[3].group = items[4].group = items[5].group = 3; /* one side only */
    assert_fails(davy_image_split(&folder, &options, &report), DAVY_ERR_INVALID,
                 "no picture of class 'other' is left for");
    options = (davy_image_split_options){.test = 0.7, .validation = 0.3};
    assert_fails(davy_image_split(&folder, &options, &report), DAVY_ERR_INVALID,
                 "leave nothing to train on");
    options = (davy_image_split_options){.folds = 5, .fold = 5};
    assert_fails(davy_image_split(&folder, &options, &report), DAVY_ERR_INVALID, "fold 6 of 5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_a_picture_again_that_was_scaled_and_compressed),
        cmocka_unit_test(tells_different_pictures_apart),
        cmocka_unit_test(tells_plain_pictures_apart_by_their_colours),
        cmocka_unit_test(joins_copies_and_what_is_alike_and_counts_them),
        cmocka_unit_test(finds_pairs_that_share_one_band_alone),
        cmocka_unit_test(keeps_pictures_alike_on_one_side),
        cmocka_unit_test(gives_each_picture_to_the_test_side_of_one_fold),
        cmocka_unit_test(keeps_an_official_split_and_takes_out_what_leaks),
        cmocka_unit_test(leaves_damaged_pictures_out_and_names_a_class_that_is_missing),
    };

    return cmocka_run_group_tests_name("data: pictures alike", tests, NULL, NULL);
}
