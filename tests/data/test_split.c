/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/split.h"

#include <math.h>

enum { COUNT = 1000 };

static size_t count_of(const uint8_t *part, const uint32_t *classes, uint8_t p, uint32_t c)
{
    size_t found = 0;

    for (size_t i = 0; i < COUNT; i++)
        found += part[i] == p && classes[i] == c;
    return found;
}

/* 700 of class 0, 290 of class 1 and 10 of class 2, each by 7 : 2 : 1. */
static void spreads_every_class_by_the_shares(void **state)
{
    static uint32_t classes[COUNT];
    static uint8_t part[COUNT];
    const double shares[] = {0.7, 0.2, 0.1};
    const davy_split_options options = {
        .classes = classes, .shares = shares, .parts = 3, .seed = 1};
    static const size_t expected[3][3] = {{490, 140, 70}, {203, 58, 29}, {7, 2, 1}};

    (void) state;
    for (size_t i = 0; i < COUNT; i++)
        classes[i] = i < 700 ? 0 : i < 990 ? 1 : 2;
    assert_ok(davy_split(&options, COUNT, part));
    for (uint32_t c = 0; c < 3; c++)
        for (uint8_t p = 0; p < 3; p++)
            assert_in_range(count_of(part, classes, p, c), expected[c][p] - 1, expected[c][p] + 1);
}

/* Groups of 1 to 25 samples, two classes of which change within a group. */
static void keeps_a_group_together(void **state)
{
    static uint32_t classes[COUNT], groups[COUNT];
    static uint8_t part[COUNT];
    const double shares[] = {4, 1};
    davy_split_options options = {
        .classes = classes, .groups = groups, .shares = shares, .parts = 2};
    uint32_t group = 0;

    (void) state;
    for (size_t i = 0; i < COUNT; i++) {
        groups[i] = 5 * group; /* numbers with gaps */
        group += i % 25 >= group % 25;
        classes[i] = i % 7 == 0;
    }
    for (options.seed = 0; options.seed < 20; options.seed++) {
        size_t second = 0;

        assert_ok(davy_split(&options, COUNT, part));
        for (size_t i = 0; i < COUNT; i++) {
            second += part[i];
            for (size_t k = i; k < COUNT && groups[k] == groups[i]; k++)
                assert_int_equal(part[k], part[i]);
        }
        assert_in_range(second, 190, 210);
        assert_in_range(count_of(part, classes, 1, 1), 26, 32); /* a fifth of 143 is 28.6 */
    }
}

static void gives_the_same_split_for_a_seed_and_another_for_another(void **state)
{
    static uint8_t a[COUNT], b[COUNT];
    const double shares[] = {1, 1, 1, 1, 1};
    davy_split_options options = {.shares = shares, .parts = 5, .seed = 7};
    size_t differences = 0;

    (void) state;
    assert_ok(davy_split(&options, COUNT, a));
    assert_ok(davy_split(&options, COUNT, b));
    assert_memory_equal(a, b, COUNT);
    options.seed = 8;
    assert_ok(davy_split(&options, COUNT, b));
    for (size_t i = 0; i < COUNT; i++)
        differences += a[i] != b[i];
    assert_in_range(differences, 700, 900); /* four fifths would be chance */
}

/* Of 1000 samples 800 go to the first part. 300 and 150 are more than half of 100, and there is
 * room for both; 500 more is not. */
static void common_groups_go_to_the_first_part_as_far_as_there_is_room(void **state)
{
    static uint32_t groups[COUNT], zeros[COUNT];
    static uint8_t part[COUNT];
    const double shares[] = {8, 1, 1};
    davy_split_options options = {
        .groups = groups, .shares = shares, .parts = 3, .common_first = true};

    (void) state;
    for (size_t i = 0; i < COUNT; i++)
        groups[i] = i < 300 ? 0 : i < 450 ? 1 : (uint32_t) i;
    for (options.seed = 0; options.seed < 5; options.seed++) {
        assert_ok(davy_split(&options, COUNT, part));
        assert_int_equal(part[0], 0);
        assert_int_equal(part[300], 0);
        assert_int_equal(count_of(part, zeros, 1, 0), 100);
        assert_int_equal(count_of(part, zeros, 2, 0), 100);
    }
    for (size_t i = 0; i < COUNT; i++)
        groups[i] = i < 500 ? 0 : i < 900 ? 1 : (uint32_t) i;
    assert_ok(davy_split(&options, COUNT, part));
    assert_int_equal(part[0], 0);
    assert_int_not_equal(part[500], 0);
}

static void refuses_parts_and_shares_that_make_no_sense(void **state)
{
    const double shares[] = {0.5, 0}, nan_shares[] = {NAN};
    uint8_t part[4];

    (void) state;
    assert_fails(davy_split(&(davy_split_options){.shares = shares}, 4, part), DAVY_ERR_INVALID,
                 "1 to 100 parts, not 0");
    assert_fails(davy_split(&(davy_split_options){.shares = shares, .parts = 101}, 4, part),
                 DAVY_ERR_INVALID, "not 101");
    assert_fails(davy_split(&(davy_split_options){.shares = shares, .parts = 2}, 4, part),
                 DAVY_ERR_INVALID, "part 2 of a split has the share 0");
    assert_fails(davy_split(&(davy_split_options){.shares = nan_shares, .parts = 1}, 4, part),
                 DAVY_ERR_INVALID, "share nan");
    assert_ok(davy_split(&(davy_split_options){.shares = shares, .parts = 1}, 0, part));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spreads_every_class_by_the_shares),
        cmocka_unit_test(keeps_a_group_together),
        cmocka_unit_test(gives_the_same_split_for_a_seed_and_another_for_another),
        cmocka_unit_test(common_groups_go_to_the_first_part_as_far_as_there_is_room),
        cmocka_unit_test(refuses_parts_and_shares_that_make_no_sense),
    };

    return cmocka_run_group_tests_name("data: splits", tests, NULL, NULL);
}
