/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Boxes out of the numbers of a graph. The six boxes, their scores and what is picked are those of
 * ONNX's own tests of NonMaxSuppression (backend/test/data/node/test_nonmaxsuppression_*, onnx
 * 1.12); there a box is y, x, y, x, which is the same picture mirrored. The rest is by hand.
 */
#include "../testing.h"

#include "infer/boxes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const davy_image_input image = {.input = "x", .width = 640, .height = 320};
static davy_arena arena;

static int tear_down(void **state)
{
    (void) state;
    davy_arena_clear(&arena);
    return 0;
}

static davy_box_output rows_of_corners(void)
{
    return (davy_box_output){.output = "y", .corners = true, .score = 0, .overlap = 0.5, .most = 3};
}

static davy_status find(const davy_box_output *declared, const float *numbers, int64_t boxes,
                        int64_t values, davy_found_box **out, size_t *count)
{
    const davy_tensor tensor = {
        .type = DAVY_TYPE_F32,
        .rank = 3,
        .dims = {1, declared->columns ? values : boxes, declared->columns ? boxes : values},
        .data = (void *) (uintptr_t) numbers};

    davy_arena_reset(&arena);
    return davy_boxes_find(declared, &image, &tensor, 0, &arena, out, count);
}

static const float scores[6] = {0.9F, 0.75F, 0.6F, 0.95F, 0.5F, 0.3F};
static const float corners[6][4] = {{0, 0, 1, 1},   {0, 0.1F, 1, 1.1F},   {0, -0.1F, 1, 0.9F},
                                    {0, 10, 1, 11}, {0, 10.1F, 1, 11.1F}, {0, 100, 1, 101}};
static const float centres[6][4] = {{0.5F, 0.5F, 1, 1},  {0.5F, 0.6F, 1, 1},  {0.5F, 0.4F, 1, 1},
                                    {0.5F, 10.5F, 1, 1}, {0.5F, 10.6F, 1, 1}, {0.5F, 100.5F, 1, 1}};
static const float flipped[6][4] = {{1, 1, 0, 0},   {0, 0.1F, 1, 1.1F},   {0, 0.9F, 1, -0.1F},
                                    {0, 10, 1, 11}, {1, 10.1F, 0, 11.1F}, {1, 101, 0, 100}};

/* A box and one score a row. */
static void join(const float boxes[6][4], float rows[6][5])
{
    for (size_t i = 0; i < 6; i++) {
        memcpy(rows[i], boxes[i], 4 * sizeof(float));
        rows[i][4] = scores[i];
    }
}

static void assert_picked(const davy_found_box *found, size_t count, size_t expected)
{
    static const size_t picked[] = {3, 0, 5};

    assert_int_equal(count, expected);
    for (size_t i = 0; i < count; i++) {
        assert_near(found[i].score, scores[picked[i]], 0);
        for (size_t d = 0; d < 4; d++)
            assert_near(found[i].ends[d], corners[picked[i]][d], 1e-6);
    }
}

static void picks_what_the_standard_picks(void **state)
{
    davy_box_output declared = rows_of_corners();
    davy_found_box *found;
    float rows[6][5], columns[5][6];
    size_t count;

    (void) state;
    join(corners, rows); /* suppress_by_IOU */
    assert_ok(find(&declared, &rows[0][0], 6, 5, &found, &count));
    assert_picked(found, count, 3);
    declared.score = 0.4; /* suppress_by_IOU_and_scores */
    assert_ok(find(&declared, &rows[0][0], 6, 5, &found, &count));
    assert_picked(found, count, 2);
    declared.most = 1; /* limit_output_size */
    assert_ok(find(&declared, &rows[0][0], 6, 5, &found, &count));
    assert_picked(found, count, 1);
    declared = rows_of_corners();
    join(flipped, rows); /* flipped_coordinates */
    assert_ok(find(&declared, &rows[0][0], 6, 5, &found, &count));
    assert_picked(found, count, 3);
    join(centres, rows); /* center_point_box_format */
    declared.corners = false;
    assert_ok(find(&declared, &rows[0][0], 6, 5, &found, &count));
    assert_picked(found, count, 3);
    for (size_t i = 0; i < 6; i++) /* the same on its side */
        for (size_t v = 0; v < 5; v++)
            columns[v][i] = rows[i][v];
    declared.columns = true;
    assert_ok(find(&declared, &columns[0][0], 6, 5, &found, &count));
    assert_picked(found, count, 3);
}

/* Two boxes that lie over each other: of one class the surer, of two classes both. */
static void boxes_of_other_classes_stay(void **state)
{
    davy_box_output declared = rows_of_corners();
    float rows[2][6] = {{0, 0, 10, 10, 0.9F, 0.1F}, {0, 0, 10, 9, 0.2F, 0.8F}};
    davy_found_box *found;
    size_t count;

    (void) state;
    assert_ok(find(&declared, &rows[0][0], 2, 6, &found, &count));
    assert_int_equal(count, 2);
    assert_int_equal(found[0].class, 0);
    assert_int_equal(found[1].class, 1);
    rows[1][4] = 0.85F;
    assert_ok(find(&declared, &rows[0][0], 2, 6, &found, &count));
    assert_int_equal(count, 1);
    declared.overlap = 0.9; /* 90 of 100: not above */
    assert_ok(find(&declared, &rows[0][0], 2, 6, &found, &count));
    assert_int_equal(count, 2);
}

/* 0.5 * 0.8 = 0.4 and 0.9 * 0.3 = 0.27; a quarter of 640 and half of 320. */
static void objectness_multiplies_and_shares_become_pixels(void **state)
{
    const davy_box_output declared = {.output = "y",
                                      .objectness = true,
                                      .relative = true,
                                      .score = 0.3,
                                      .overlap = 0.45,
                                      .most = 10};
    const float rows[2][7] = {{0.5F, 0.5F, 0.25F, 0.5F, 0.5F, 0.1F, 0.8F},
                              {0.1F, 0.1F, 0.1F, 0.1F, 0.9F, 0.3F, 0.2F}};
    davy_found_box *found;
    size_t count;

    (void) state;
    assert_ok(find(&declared, &rows[0][0], 2, 7, &found, &count));
    assert_int_equal(count, 1);
    assert_near(found->score, 0.4F, 1e-6);
    assert_int_equal(found->class, 1);
    assert_near(found->ends[0], 240, 1e-3);
    assert_near(found->ends[1], 80, 1e-3);
    assert_near(found->ends[2], 400, 1e-3);
    assert_near(found->ends[3], 240, 1e-3);
}

static void a_broken_detector_is_no_empty_picture(void **state)
{
    davy_box_output declared = rows_of_corners();
    static const struct {
        float box[5];
        const char *sentence;
    } cases[] = {
        {{0, 0, 1, 1, NAN}, "output 'y': box 1 has a score of nan, which is no probability"},
        {{0, 0, 1, 1, -0.5F}, "box 1 has a score of -0.5"},
        {{0, 0, 1, 1, 7}, "end the graph with a sigmoid"},
        {{0, 0, 1, 1, INFINITY}, "no probability"},
        {{NAN, 0, 1, 1, 0.9F}, "box 1 has ends that are no numbers"},
        {{0, 0, INFINITY, 1, 0.9F}, "box 1 has ends"},
    };
    davy_found_box *found;
    size_t count;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        float rows[2][5] = {{5, 5, 6, 6, 0.8F}};

        memcpy(rows[1], cases[i].box, sizeof rows[1]);
        assert_fails(find(&declared, &rows[0][0], 2, 5, &found, &count), DAVY_ERR_CORRUPT,
                     cases[i].sentence);
    }
    assert_fails(find(&declared, (float[]){0, 0, 1, 1, 0.9F, -2}, 1, 6, &found, &count),
                 DAVY_ERR_CORRUPT, "a score of -2"); /* of a class that is not the best */
    declared.objectness = true;                      /* 0 times no number is none */
    assert_fails(find(&declared, (float[]){0, 0, 1, 1, 0, NAN}, 1, 6, &found, &count),
                 DAVY_ERR_CORRUPT, "no probability");
}

static void a_box_without_an_area_is_none(void **state)
{
    const davy_box_output declared = {.output = "y", .score = 0.1, .overlap = 0.5, .most = 5};
    const float rows[3][5] = {{5, 5, 0, 4, 0.9F}, {5, 5, -3, 4, 0.9F}, {5, 5, 2, 4, 0.5F}};
    davy_found_box *found;
    size_t count;

    (void) state;
    assert_ok(find(&declared, &rows[0][0], 3, 5, &found, &count));
    assert_int_equal(count, 1);
    assert_near(found->score, 0.5, 0);
}

/* Of a million that all pass, the best ones are found, in the order of their scores. */
static void a_million_boxes_cost_one_pass_and_a_bounded_rest(void **state)
{
    enum { MANY = 1000000 };
    const davy_box_output declared = {
        .output = "y", .columns = true, .score = 0.1, .overlap = 0.5, .most = 1000};
    float *numbers = malloc((size_t) 5 * MANY * sizeof *numbers);
    davy_found_box *found;
    size_t count;

    (void) state;
    assert_non_null(numbers);
    for (size_t i = 0; i < MANY; i++) { /* side by side; the best are spread over all */
        numbers[i] = 2 * (float) i;
        numbers[MANY + i] = 5;
        numbers[2 * MANY + i] = numbers[3 * MANY + i] = 1;
        numbers[4 * MANY + i] = 0.2F + 0.7F * (float) (i * 7919 % MANY) / MANY;
    }
    assert_ok(find(&declared, numbers, MANY, 5, &found, &count));
    assert_int_equal(count, 1000);
    for (size_t i = 0; i < 1000; i++) /* i-th best: the place whose remainder is MANY - 1 - i */
        assert_near(found[i].score, 0.2F + 0.7F * (float) (MANY - 1 - i) / MANY, 0);
    for (size_t i = 0; i < MANY; i++) { /* all in one place: one is left */
        numbers[i] = 5;
        numbers[4 * MANY + i] = 0.5F;
    }
    assert_ok(find(&declared, numbers, MANY, 5, &found, &count));
    assert_int_equal(count, 1);
    free(numbers);
}

static void what_was_not_declared_is_refused(void **state)
{
    const davy_box_output declared = {.output = "y", .objectness = true};
    const int64_t few[] = {1, 100, 5}, free_rows[] = {-1, -1, 8}, unknown[] = {-1, -1, -1};

    (void) state;
    assert_fails(davy_boxes_check(&declared, DAVY_TYPE_F32, 3, few, 0), DAVY_ERR_INVALID,
                 "davy.boxes: output 'y' is no FP32 [N, boxes, values] with 5 numbers");
    assert_fails(davy_boxes_check(&declared, DAVY_TYPE_I64, 3, free_rows, 0), DAVY_ERR_INVALID,
                 "no FP32");
    assert_fails(davy_boxes_check(&declared, DAVY_TYPE_F32, 2, free_rows, 0), DAVY_ERR_INVALID,
                 "no FP32");
    assert_ok(davy_boxes_check(&declared, DAVY_TYPE_F32, 3, free_rows, 3));
    assert_fails(davy_boxes_check(&declared, DAVY_TYPE_F32, 3, free_rows, 4), DAVY_ERR_INVALID,
                 "has 3 classes and the file of labels 4");
    assert_ok(davy_boxes_check(&declared, DAVY_TYPE_F32, 3, unknown, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(picks_what_the_standard_picks, tear_down),
        cmocka_unit_test_teardown(boxes_of_other_classes_stay, tear_down),
        cmocka_unit_test_teardown(objectness_multiplies_and_shares_become_pixels, tear_down),
        cmocka_unit_test_teardown(a_broken_detector_is_no_empty_picture, tear_down),
        cmocka_unit_test_teardown(a_box_without_an_area_is_none, tear_down),
        cmocka_unit_test_teardown(a_million_boxes_cost_one_pass_and_a_bounded_rest, tear_down),
        cmocka_unit_test(what_was_not_declared_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
