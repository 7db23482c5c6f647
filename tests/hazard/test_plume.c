/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/gauss.h"
#include "hazard/air/plume.h"

#include <math.h>

static const davy_plume one = {
    .sigma = &davy_sigma_briggs_rural, .stability = DAVY_STABILITY_D, .rate = 1, .wind = 3};

/* kg/s that the wind carries through a plane across it: the sum of u C over y and z. */
static double through_plane(const davy_plume *plume, double x)
{
    const double side = davy_plume_width(plume, x).value;
    const double up = davy_sigma_z(plume->sigma, plume->stability, x).value;
    const double top = plume->lid > 0 ? plume->lid : plume->height + 8 * up;
    enum { CELLS = 400 };
    const double dy = 16 * side / CELLS, dz = top / CELLS;
    double sum = 0;

    for (int i = 0; i < CELLS; i++)
        for (int j = 0; j < CELLS; j++)
            sum += davy_plume_concentration(
                       plume, (davy_place){x, (i + 0.5) * dy - 8 * side, (j + 0.5) * dz})
                       .value;
    return sum * plume->wind * dy * dz;
}

/* What leaves the source passes every plane: a lost image or a wrong factor is seen at once. */
static void the_plume_carries_what_the_source_gives(void **state)
{
    static const struct {
        double height, lid, averaging, x;
    } rows[] = {{0, 0, 0, 500},     {30, 0, 0, 1000},     {80, 100, 0, 900},
                {10, 100, 0, 4000}, {50, 60, 3600, 9000}, {0, 0, 60, 100}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        davy_plume plume = one;

        plume.rate = 7;
        plume.height = rows[i].height;
        plume.lid = rows[i].lid;
        plume.averaging = rows[i].averaging;
        assert_near(through_plane(&plume, rows[i].x), 7, 7e-4);
    }
}

static void with_every_set_the_plume_carries_what_the_source_gives(void **state)
{
    (void) state;
    for (size_t i = 0; davy_sigma_set_at(i); i++) {
        davy_plume plume = one;

        plume.sigma = davy_sigma_set_at(i);
        plume.stability = DAVY_STABILITY_F;
        plume.height = 5;
        if (!davy_sigma_set_is_puff(plume.sigma))
            assert_near(through_plane(&plume, 800), 1, 1e-4);
    }
}

/* Oracle of petrolord-suite, consequence_cases.json, "plume". */
static void agrees_with_an_independent_oracle(void **state)
{
    static const struct {
        char class;
        double rate, wind, x, height, expected;
        davy_answer_kind kind;
    } rows[] = {{'F', 0.5, 2, 500, 0, 0.0005860877487265675, DAVY_ANSWER_VALUE},
                {'A', 2, 1.5, 200, 0, 0.0002435433535941413, DAVY_ANSWER_VALUE},
                {'C', 5, 4, 2000, 50, 1.3683084795904587e-05, DAVY_ANSWER_VALUE},
                {'B', 1, 2, 60, 0, 0.0023094863116969815, DAVY_ANSWER_OUTSIDE}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_plume plume = {.sigma = &davy_sigma_briggs_rural,
                                  .stability = davy_stability_of(rows[i].class),
                                  .rate = rows[i].rate,
                                  .wind = rows[i].wind,
                                  .height = rows[i].height};
        davy_answer answer = davy_plume_concentration(&plume, (davy_place){rows[i].x, 0, 0});

        assert_int_equal(answer.kind, rows[i].kind);
        assert_near(answer.value / rows[i].expected, 1, 1e-12);
    }
}

/* Both sums are of one function (Poisson); far away the gas fills the layer, 1 / lid. */
static void images_and_waves_under_a_lid_are_the_same(void **state)
{
    (void) state;
    for (double z = 0; z <= 100; z += 12.5)
        assert_near(davy_gauss_up(z, 40, 49.9999999, 100), davy_gauss_up(z, 40, 50.0000001, 100),
                    1e-10);
    assert_near(davy_gauss_up(20, 40, 500, 100), 0.01, 1e-12);
    assert_near(davy_gauss_up(20, 40, 5, 1e6), davy_gauss_up(20, 40, 5, 0), 1e-18);
    assert_near(davy_gauss_up(101, 40, 500, 100), 0, 0);
}

static void a_short_mean_is_narrower_and_higher(void **state)
{
    davy_plume plume = one;
    const davy_place at = {1000, 0, 0};
    double published = davy_plume_concentration(&plume, at).value;

    (void) state;
    plume.averaging = 600;
    assert_near(davy_plume_concentration(&plume, at).value / published, 1, 1e-15);
    plume.averaging = 60; /* (60 / 600)^-0.2 */
    assert_near(davy_plume_concentration(&plume, at).value / published, 1.584893, 1e-6);
}

static void upwind_of_the_source_there_is_nothing(void **state)
{
    davy_answer answer = davy_plume_concentration(&one, (davy_place){-5, 0, 0});

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
    assert_near(answer.value, 0, 0);
}

static void assert_refused(davy_plume plume, davy_answer_kind kind, const char *what)
{
    davy_answer answer = davy_plume_concentration(&plume, (davy_place){500, 0, 0});

    assert_int_equal(answer.kind, kind);
    assert_string_equal(answer.what, what);
    assert_true(isnan(answer.value));
}

static void what_cannot_be_is_refused(void **state)
{
    davy_plume plume = one;

    (void) state;
    plume.wind = 0;
    assert_refused(plume, DAVY_ANSWER_OUTSIDE, "wind speed");
    plume = one;
    plume.rate = -1;
    assert_refused(plume, DAVY_ANSWER_OUTSIDE, "emission rate");
    plume = one;
    plume.height = 20;
    plume.lid = 10;
    assert_refused(plume, DAVY_ANSWER_OUTSIDE, "release height over mixing height");
    plume = one;
    plume.stability = davy_stability_of('G');
    assert_refused(plume, DAVY_ANSWER_NO_DATA, "stability class");
    plume = one;
    plume.sigma = &davy_sigma_tno_puff;
    assert_refused(plume, DAVY_ANSWER_NO_DATA, "set of coefficients for plumes");
    plume = one;
    plume.averaging = -1;
    assert_refused(plume, DAVY_ANSWER_OUTSIDE, "averaging time");
    plume = one;
    plume.rate = NAN;
    assert_refused(plume, DAVY_ANSWER_NO_DATA, "emission rate");
}

static void a_breeze_is_computed_and_doubted(void **state)
{
    davy_plume plume = one;
    davy_answer answer;

    (void) state;
    plume.wind = 0.5;
    answer = davy_plume_concentration(&plume, (davy_place){1000, 0, 0});
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(answer.what, "wind speed");
    assert_near(answer.value, 6 * 3.66567521e-5, 1e-12); /* six times plume-briggs-D-1000 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plume_carries_what_the_source_gives),
        cmocka_unit_test(with_every_set_the_plume_carries_what_the_source_gives),
        cmocka_unit_test(agrees_with_an_independent_oracle),
        cmocka_unit_test(images_and_waves_under_a_lid_are_the_same),
        cmocka_unit_test(a_short_mean_is_narrower_and_higher),
        cmocka_unit_test(upwind_of_the_source_there_is_nothing),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_breeze_is_computed_and_doubted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
