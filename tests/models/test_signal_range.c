/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/signal_range.h"

#include <math.h>

enum { ROWS = 1001 };

/* Two signals: 0 to 1000, and its negative. */
static davy_sample_set make_samples(davy_table *table)
{
    static const size_t columns[] = {0, 1};
    const davy_cut cut = {.form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = 2, .stride = 1},
                          .task = DAVY_TASK_REGRESS,
                          .columns = columns,
                          .column_count = 2,
                          .training = true};
    davy_sample_set samples = {0};

    *table = plant_table(ROWS, 2);
    table->labels = calloc(ROWS, sizeof *table->labels);
    assert_non_null(table->labels);
    for (size_t row = 0; row < ROWS; row++) {
        table->values[row] = (double) row;
        table->values[ROWS + row] = -(double) row;
    }
    assert_ok(davy_sample_set_cut(table, &cut, &samples));
    return samples;
}

static void ranges_are_of_what_was_learnt_from(void **state)
{
    davy_table table;
    davy_sample_set samples = make_samples(&table);
    davy_arena arena = {0};
    const davy_signal_range *ranges, *read;
    uint8_t held[ROWS] = {0};
    json_t *list;

    (void) state;
    for (size_t row = 900; row < ROWS; row++)
        held[row] = DAVY_PURPOSE_JUDGE;
    assert_ok(davy_signal_ranges_find(&samples, NULL, &arena, &ranges));
    assert_near(ranges[0].low, 0, 0);
    assert_near(ranges[1].low, -1000, 0);
    assert_near(ranges[0].usual_low, 5, 0);   /* of 0 to 1000 the quantile 0.005 */
    assert_near(ranges[1].usual_high, -5, 0); /* and 0.995 of their negatives */
    assert_ok(davy_signal_ranges_find(&samples, held, &arena, &ranges));
    assert_near(ranges[0].high, 899, 0);
    list = davy_signal_ranges_json(ranges, 2);
    read = davy_signal_ranges_read(list, 2, &arena);
    assert_non_null(read);
    assert_near(read[0].high, 899, 0);
    assert_near(read[1].usual_low, ranges[1].usual_low, 0);
    assert_null(davy_signal_ranges_read(list, 3, &arena));
    json_decref(list);
    davy_arena_clear(&arena);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void a_window_that_leaves_the_range_once_is_outside(void **state)
{
    static const davy_signal_range ranges[] = {{0, 1, 0, 1}, {-5, 5, -4, 4}};
    const davy_form form = {.kind = DAVY_FORM_WINDOW, .steps = 3, .channels = 2, .stride = 1};
    static const struct {
        float sample[6];
        bool outside[2];
    } cases[] = {
        {{0, 5, 1, -5, 0.5F, 0}, {false, false}}, /* the ends belong to it */
        {{0, 5, 1.1F, -5, 0.5F, 0}, {true, false}},
        {{-1, 6, 1, -5, 0.5F, -9}, {true, true}},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        bool outside[2];

        assert_int_equal(davy_signal_ranges_leave(ranges, &form, cases[i].sample, outside),
                         cases[i].outside[0] || cases[i].outside[1]);
        assert_int_equal(outside[0], cases[i].outside[0]);
        assert_int_equal(outside[1], cases[i].outside[1]);
    }
    assert_false(davy_signal_ranges_leave(NULL, &form, cases[2].sample, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_of_what_was_learnt_from),
        cmocka_unit_test(a_window_that_leaves_the_range_once_is_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
