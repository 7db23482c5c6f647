/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Heavy plumes beyond consequence-cases.csv: what must hold of the curves, the edges of the regimes
 * and their ranges.
 */
#include "../testing.h"
#include "hazard/dense/curves.h"
#include "hazard/dense/plume.h"

#include <math.h>

static const double burro_density = 1.76, burro_air = 1.225; /* kg/m3 */

/* The trial of LNG of CCPS (1999), p. 122. */
static davy_dense_plume burro(void)
{
    return (davy_dense_plume){.flow = 0.23 * 425.6 / burro_density,
                              .wind = 10.9,
                              .gravity = davy_dense_gravity(burro_density, burro_air).value,
                              .temperature = 111.15,
                              .air_temperature = 288.15};
}

/* A plume of a chosen alpha: 1 m3/s in 1 m/s of wind, where alpha is 0.4 log10(g'). */
static davy_dense_plume with_alpha(double alpha)
{
    return (davy_dense_plume){.flow = 1,
                              .wind = 1,
                              .gravity = pow(10, alpha / 0.4),
                              .temperature = 300,
                              .air_temperature = 300};
}

/* The figures of aefarrell/GasDispersion.jl, test/models/britter_mcquaid_plume_tests.jl. */
static void the_curves_are_those_of_tscreen(void **state)
{
    static const struct {
        double alpha, distances[DAVY_DENSE_LEVELS];
    } rows[] = {{-0.75, {1.75, 1.92, 2.08, 2.25, 2.4, 2.6}},
                {-0.4, {1.784, 2.016, 2.21, 2.394, 2.564, 2.714}},
                {-0.2, {1.832, 2.06, 2.25, 2.45, 2.63, 2.77}},
                {0, {1.78, 1.96, 2.16, 2.35, 2.56, 2.71}}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_dense_law law = davy_dense_law_of(rows[i].alpha);

        for (int j = 0; j < DAVY_DENSE_LEVELS; j++)
            assert_near(law.distances[1 + j], rows[i].distances[j], 1e-12);
    }
}

/* Each curve meets its own pieces, within the two decimals they were read with. */
static void a_curve_has_no_steps(void **state)
{
    (void) state;
    for (int i = -100; i < 100; i++) {
        const davy_dense_law law = davy_dense_law_of(0.01 * i - 1e-9);
        const davy_dense_law next = davy_dense_law_of(0.01 * i + 1e-9);

        for (int j = 1; j <= DAVY_DENSE_LEVELS; j++) {
            assert_near(next.distances[j], law.distances[j], 0.012);
            assert_true(j == 1 || law.distances[j] > law.distances[j - 1]);
        }
    }
}

static void a_plume_thins_with_distance(void **state)
{
    (void) state;
    for (double alpha = -0.95; alpha <= 1; alpha += 0.05) {
        const davy_dense_plume plume = with_alpha(alpha);
        double before = 1;

        assert_near(davy_dense_plume_concentration(&plume, 0).value, 1, 0);
        for (double distance = 1; distance < 1e5; distance *= 1.1) {
            const davy_answer answer = davy_dense_plume_concentration(&plume, distance);

            assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
            assert_true(answer.value < before);
            before = answer.value;
        }
    }
}

/* Near field, each curve and far field: the two laws of an edge agree there. */
static void the_regimes_meet(void **state)
{
    const davy_dense_law law = davy_dense_law_of(-0.2);

    (void) state;
    assert_near(law.levels[0], 306.0 / (306 + 900), 1e-12);
    for (int i = 0; i <= DAVY_DENSE_LEVELS; i++) {
        const double at = pow(10, law.distances[i]);

        assert_near(davy_dense_law_at(&law, at * (1 - 1e-9)), law.levels[i], 1e-8);
        assert_near(davy_dense_law_at(&law, at * (1 + 1e-9)), law.levels[i], 1e-8);
    }
    assert_near(davy_dense_law_at(&law, pow(10, law.distances[DAVY_DENSE_LEVELS] + 1)), 2e-5,
                1e-15);
}

static void the_reach_is_where_the_concentration_is_the_level(void **state)
{
    (void) state;
    for (double alpha = -0.95; alpha < 0.6; alpha += 0.1) {
        davy_dense_plume plume = with_alpha(alpha);

        plume.temperature = 200;
        for (double level = 1e-5; level < 1; level *= 1.7) {
            const double distance = davy_dense_plume_reach(&plume, level).value;

            assert_near(davy_dense_plume_concentration(&plume, distance).value / level, 1, 1e-9);
        }
    }
}

/* Above alpha 0.605 the first curve is met at 10^(1.78 - 0.5 alpha) D, where the near field is
 * still above it: by hand, at alpha 1, 19.05 D and 306 / (306 + 363.1) = 0.4573. What lies between
 * is reached there and not beyond. */
static void a_very_heavy_plume_falls_at_once_to_its_curve(void **state)
{
    const davy_dense_plume plume = with_alpha(0.999);
    const double jump = pow(10, 1.78 - 0.5 * 0.999);

    (void) state;
    assert_near(davy_dense_plume_concentration(&plume, jump * (1 - 1e-9)).value, 0.457, 1e-3);
    assert_near(davy_dense_plume_concentration(&plume, jump * (1 + 1e-9)).value, 0.1, 1e-6);
    assert_near(davy_dense_plume_reach(&plume, 0.3).value, jump, 1e-9);
}

/* The gas that passes a plane is the gas that is released. In the cloud its density is that of its
 * part of the volume at the temperature of the mixture, of the moles of cold gas and warm air: the
 * ideal gas law, and not the formula of the height. */
static void the_mass_through_a_plane_is_the_release(void **state)
{
    const davy_dense_plume plume = burro();

    (void) state;
    for (double x = 0; x < 5000; x += 77) {
        const double part = davy_dense_plume_concentration(&plume, x).value;
        const double mixed = part * plume.temperature + (1 - part) * plume.air_temperature;
        const double density = burro_density * part * plume.temperature / mixed;
        const double area =
            2 * davy_dense_plume_width(&plume, x).value * davy_dense_plume_height(&plume, x).value;

        assert_near(density * plume.wind * area / (burro_density * plume.flow), 1, 1e-12);
    }
}

/* D 2.2589 m and lb 0.18395 m, by hand: 2.2589 + 8 x 0.18395 = 3.7305 at the source, and
 * 2.5 (0.18395 x 1e6)^(1/3) = 142.18 more at 1 km. */
static void it_spreads_by_its_weight(void **state)
{
    const davy_dense_plume plume = burro();

    (void) state;
    assert_near(davy_dense_plume_width(&plume, 0).value, 3.7305, 1e-3);
    assert_near(davy_dense_plume_width(&plume, 1000).value, 3.7305 + 142.18, 0.02);
}

/* (lb / D)^(1/3) is 10^(alpha / 1.2): the curves begin where a gas begins to be heavy. By hand for
 * the trial: (0.18395 / 2.2589)^(1/3) = 0.4335. */
static void a_gas_is_heavy_from_where_the_curves_begin(void **state)
{
    const davy_dense_plume plume = burro(), edge = with_alpha(1.2 * log10(DAVY_DENSE_FROM));
    const davy_dense_plume light = with_alpha(-1), heavy = with_alpha(-0.98);

    (void) state;
    assert_near(davy_dense_criterion(&plume).value, 0.4335, 1e-4);
    assert_near(davy_dense_criterion(&edge).value, DAVY_DENSE_FROM, 1e-12);
    assert_int_equal(davy_dense_plume_concentration(&light, 100).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_dense_plume_concentration(&heavy, 100).kind, DAVY_ANSWER_VALUE);
    /* 4.28290 m/s2 x 55.6182 m3/s / (10 m x (0.5 m/s)^3) */
    assert_near(davy_dense_richardson(&plume, 10, 0.5).value, 190.566, 0.01);
}

static void beyond_the_curves_there_is_no_answer(void **state)
{
    const davy_dense_plume beyond = with_alpha(1.01);
    const davy_answer answers[] = {
        davy_dense_plume_concentration(&beyond, 100), davy_dense_plume_reach(&beyond, 0.01),
        davy_dense_plume_width(&beyond, 100), davy_dense_plume_upwind(&beyond),
        davy_dense_plume_height(&beyond, 100)};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(answers); i++) {
        assert_int_equal(answers[i].kind, DAVY_ANSWER_OUTSIDE);
        assert_string_equal(answers[i].what, "alpha");
        assert_near(answers[i].given, 1.01, 1e-12);
    }
}

static void what_is_not_known_or_not_heavy_is_told(void **state)
{
    davy_dense_plume plume = burro();

    (void) state;
    assert_int_equal(davy_dense_plume_reach(&plume, 1.1).kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_dense_plume_reach(&plume, 0).kind, DAVY_ANSWER_OUTSIDE);
    plume.temperature = NAN;
    assert_int_equal(davy_dense_plume_reach(&plume, 0.05).kind, DAVY_ANSWER_NO_DATA);
    plume.gravity = davy_dense_gravity(0.66, burro_air).value; /* methane as warm as the air */
    assert_string_equal(davy_dense_alpha(&plume).what, "reduced gravity");
    assert_true(isnan(davy_dense_alpha(&plume).value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_curves_are_those_of_tscreen),
        cmocka_unit_test(a_curve_has_no_steps),
        cmocka_unit_test(a_plume_thins_with_distance),
        cmocka_unit_test(the_regimes_meet),
        cmocka_unit_test(the_reach_is_where_the_concentration_is_the_level),
        cmocka_unit_test(a_very_heavy_plume_falls_at_once_to_its_curve),
        cmocka_unit_test(the_mass_through_a_plane_is_the_release),
        cmocka_unit_test(it_spreads_by_its_weight),
        cmocka_unit_test(a_gas_is_heavy_from_where_the_curves_begin),
        cmocka_unit_test(beyond_the_curves_there_is_no_answer),
        cmocka_unit_test(what_is_not_known_or_not_heavy_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
