/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The closed forms of the view factor against the integral over the flame's surface that they
 * stand for, and against a printed table.
 */
#include "../testing.h"
#include "hazard/fire/view_factor.h"

#include <math.h>

static const davy_view views[] = {DAVY_VIEW_VERTICAL, DAVY_VIEW_HORIZONTAL};

/* What the target receives of the piece of a flame of radius 1 at an angle and a height along the
 * axis: cos cos / (pi r^2), with the normal of a leaning cylinder. */
static double piece(const davy_flame_shape *flame, double x, double angle, double along,
                    davy_view view)
{
    const double s = sin(flame->tilt), c = cos(flame->tilt);
    const double to_x = x - cos(angle) - along * s, to_y = -sin(angle), to_z = -along * c;
    const double square = to_x * to_x + to_y * to_y + to_z * to_z;
    const double leaving = c * cos(angle) * to_x + c * sin(angle) * to_y - s * cos(angle) * to_z;
    const double arriving = view == DAVY_VIEW_VERTICAL ? to_x : -to_z;

    return fmax(0, leaving) * fmax(0, arriving) / (M_PI * square * square);
}

static double simpson_weight(int i, int last)
{
    if (i == 0 || i == last)
        return 1.0 / 3;
    return i % 2 ? 4.0 / 3 : 2.0 / 3;
}

/* Simpson over the side that the target sees, where cos angle > 1 / x. The top is never seen. */
static double integrate(const davy_flame_shape *flame, double x, davy_view view)
{
    enum { N = 200 };
    const double most = acos(1 / x), step = 2 * most / N, rise = flame->length / N;
    double sum = 0;

    for (int i = 0; i <= N; i++)
        for (int j = 0; j <= N; j++)
            sum += simpson_weight(i, N) * simpson_weight(j, N) *
                   piece(flame, x, i * step - most, j * rise, view);
    return sum * step * rise;
}

static void the_closed_form_is_the_integral(void **state)
{
    static const struct {
        double length, tilt, distance;
    } cases[] = {
        {2, 0, 2},       {5, 0, 3},      {2.20396, 0.88713, 4.712}, {3, 0.7, 3.5},  {3, -0.7, 3},
        {3, -1.05, 2.2}, {20, 0.17, 20}, {11.18, 0.0350, 14.43},    {0.5, 0.3, 1.5}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(views); j++) {
            const davy_flame_shape flame = {1, cases[i].length, cases[i].tilt};

            assert_near(davy_flame_view_factor(&flame, cases[i].distance, views[j]).value,
                        integrate(&flame, cases[i].distance, views[j]), 1e-7);
        }
}

/* Table 6.A.1 of the Yellow Book (Raj, upright cylinder), 1000 F; it cuts digits off. */
static void the_closed_form_is_the_printed_table(void **state)
{
    static const struct {
        double distance, length, vertical, horizontal, most;
    } rows[] = {{1.1, 0.1, 330, 132, 356}, {1.1, 20, 455, 363, 581}, {1.5, 1, 312, 170, 355},
                {2, 2, 236, 126, 267},     {3, 5, 161, 91, 185},     {5, 10, 97, 54, 111},
                {10, 10, 42, 17, 45},      {20, 20, 21, 8, 22}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_flame_shape flame = {1, rows[i].length, 0};
        const double x = rows[i].distance;

        assert_near(1e3 * davy_flame_view_factor(&flame, x, DAVY_VIEW_VERTICAL).value,
                    rows[i].vertical, 1);
        assert_near(1e3 * davy_flame_view_factor(&flame, x, DAVY_VIEW_HORIZONTAL).value,
                    rows[i].horizontal, 1);
        assert_near(1e3 * davy_flame_view_factor(&flame, x, DAVY_VIEW_MAX).value, rows[i].most, 1);
    }
}

/* The Yellow Book's jet fire, 6.6.2 step 29: Fh = 0.00934. */
static void the_flat_target_of_the_jet_fire_is_as_printed(void **state)
{
    const davy_flame_shape flame = {1, 11.18, 2.00843 * M_PI / 180};

    (void) state;
    assert_near(davy_flame_view_factor(&flame, 14.43166, DAVY_VIEW_HORIZONTAL).value, 0.00934,
                5e-6);
}

/* There the closed form is a fifth below the integral, so that it has to be refused. */
static void under_the_flame_there_is_no_answer(void **state)
{
    const davy_flame_shape flame = {1, 3, M_PI / 3}, infinite = {0, 3, 0};
    const davy_answer under = davy_flame_view_factor(&flame, 2.2, DAVY_VIEW_VERTICAL);
    const double edge = davy_flame_reach(&flame);

    (void) state;
    assert_int_equal(under.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(under.what, "room between flame and target");
    assert_true(isnan(under.value));
    assert_near(davy_flame_view(&flame, 2.2, DAVY_VIEW_VERTICAL), 0.304, 0.001);
    assert_near(integrate(&flame, 2.2, DAVY_VIEW_VERTICAL), 0.374, 0.001);
    assert_int_equal(davy_flame_view_factor(&flame, edge * 0.9999, DAVY_VIEW_MAX).kind,
                     DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_flame_view_factor(&flame, edge * 1.0001, DAVY_VIEW_MAX).kind,
                     DAVY_ANSWER_VALUE);
    assert_int_equal(davy_flame_view_factor(&infinite, 2, DAVY_VIEW_MAX).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_flame_view_factor(&flame, NAN, DAVY_VIEW_MAX).kind, DAVY_ANSWER_NO_DATA);
}

/* A flame that leans away is seen as wholly within its base, and the reach is that of the base. */
static void a_flame_that_leans_away_reaches_no_further_than_its_base(void **state)
{
    const davy_flame_shape away = {2, 9, -0.6}, towards = {2, 9, 0.6};

    (void) state;
    assert_near(davy_flame_reach(&away), 2, 1e-15);
    assert_true(davy_flame_view(&away, 12, DAVY_VIEW_MAX) <
                davy_flame_view(&towards, 12, DAVY_VIEW_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_closed_form_is_the_integral),
        cmocka_unit_test(the_closed_form_is_the_printed_table),
        cmocka_unit_test(the_flat_target_of_the_jet_fire_is_as_printed),
        cmocka_unit_test(under_the_flame_there_is_no_answer),
        cmocka_unit_test(a_flame_that_leans_away_reaches_no_further_than_its_base),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
