/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/field.h"

#include <math.h>

enum { ROWS = 121, CELLS = 203 };

static double values[ROWS * CELLS];
static const davy_field_grid grid = {-100, -480, 25, 5, ROWS, CELLS};

/* The field is the model: every cell, from the axis to where hardly anything is left. */
static void a_plume_in_a_grid_is_the_plume(void **state)
{
    static const double heights[] = {0, 2}, lids[] = {0, 60};

    (void) state;
    for (size_t set = 0; davy_sigma_set_at(set); set++)
        for (size_t k = 0; k < 2; k++) {
            const davy_plume plume = {davy_sigma_set_at(set), DAVY_STABILITY_E, 3, 2, 12, lids[k],
                                      k == 0 ? 0 : 60};
            double greatest = 0;
            davy_answer answer;

            if (davy_sigma_set_is_puff(plume.sigma))
                continue;
            answer = davy_plume_field(&plume, &grid, heights[k], values);
            for (size_t row = 0; row < ROWS; row++)
                for (size_t i = 0; i < CELLS; i++) {
                    const davy_place at = {grid.x + 25.0 * (double) row, grid.y + 5.0 * (double) i,
                                           heights[k]};
                    double one = at.x == 0 ? 0 : davy_plume_concentration(&plume, at).value;

                    assert_true(fabs(values[row * CELLS + i] - one) <= 1e-12 * one + 1e-290);
                    greatest = fmax(greatest, one);
                }
            assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
            assert_near(answer.value / greatest, 1, 1e-12);
        }
}

static void puffs_in_a_grid_are_the_puffs(void **state)
{
    static const davy_wind_step winds[] = {{0, 3, 4.0}, {200, 2, 5.5}};
    static davy_train_puff puffs[40];
    const davy_train train = {&davy_sigma_tno_puff, DAVY_STABILITY_D, 2, 300, 5, 0, winds, 2, 40};
    const davy_field_grid map = {-300, -200, 11, 7, ROWS, CELLS};
    double most = 0;
    size_t count;

    (void) state;
    (void) davy_train_place(&train, 400, puffs, &count);
    davy_train_field(&train, puffs, count, &map, 1, values);
    for (size_t i = 0; i < ROWS * CELLS; i++)
        most = fmax(most, values[i]);
    assert_true(most > 0);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < CELLS; i++) {
            double one = davy_train_concentration(&train, puffs, count, map.y + 7.0 * (double) i,
                                                  map.x + 11.0 * (double) row, 1)
                             .value;

            assert_true(fabs(values[row * CELLS + i] - one) <= 1e-6 * one + 1e-15 * most);
        }
}

static void a_plume_that_cannot_be_fills_nothing(void **state)
{
    davy_plume plume = {&davy_sigma_turner, DAVY_STABILITY_E, 3, 0, 12, 0, 0};

    (void) state;
    values[0] = 42;
    assert_string_equal(davy_plume_field(&plume, &grid, 0, values).what, "wind speed");
    plume.wind = 2;
    plume.stability = DAVY_STABILITIES;
    assert_int_equal(davy_plume_field(&plume, &grid, 0, values).kind, DAVY_ANSWER_NO_DATA);
    plume.stability = DAVY_STABILITY_A;
    plume.averaging = -5;
    assert_true(isnan(davy_plume_field(&plume, &grid, 0, values).value));
    assert_near(values[0], 42, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plume_in_a_grid_is_the_plume),
        cmocka_unit_test(puffs_in_a_grid_are_the_puffs),
        cmocka_unit_test(a_plume_that_cannot_be_fills_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
