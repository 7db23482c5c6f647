/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/reach.h"
#include "hazard/impact/spread.h"
#include "impact_testing.h"

#include <stdlib.h>

enum { DRAWS = 2000 };

#define KNOWN         \
    {                 \
        NAN, NAN, NAN \
    }

static const davy_scenario_uncertain nothing = {.hole = KNOWN, .rate = KNOWN, .fill = KNOWN};

static davy_status spread_of(const davy_scenario *scenario,
                             const davy_scenario_uncertain *uncertain, size_t count, uint64_t seed,
                             davy_spread *spread)
{
    const davy_impact_input input = {
        .scenario = scenario, .latitude = NAN, .longitude = NAN, .day = true, .likelihood = NAN};
    const davy_impact_draws wanted = {uncertain, count, seed};

    *spread = (davy_spread){0};
    return davy_spread_compute(&input, &wanted, spread);
}

static const davy_spread_zone *spread_zone(const davy_spread *spread, davy_effect effect,
                                           const char *endpoint)
{
    for (size_t i = 0; i < spread->zone_count; i++)
        if (spread->zones[i].effect == effect && strcmp(spread->zones[i].endpoint, endpoint) == 0)
            return &spread->zones[i];
    fail_msg("no zone of %s %s", davy_effect_name(effect), endpoint);
    return NULL;
}

/* Scaling by Hopkinson and Cranz: distances go with the cube root of the charge. A fill that is
 * uniform from 10 % to 100 % has 14.5, 55 and 95.5 % as its quantiles, and the order of the
 * distances is that of the fills. */
static void distances_of_a_charge_go_with_the_cube_root_of_its_fill(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_CHARGE, "TNT");
    davy_scenario_uncertain uncertain = nothing;
    const davy_spread_zone *zone;
    davy_spread spread;
    davy_impact full;
    double reach;

    (void) state;
    scenario.amount_kg = 1000;
    uncertain.given = true;
    uncertain.fill = (davy_scenario_range){0.1, NAN, 1};
    full = compute(&scenario);
    reach = zone_of(&full, DAVY_EFFECT_EXPLOSION, "6.9 kPa")->reach.value;
    davy_impact_destroy(&full);
    assert_ok(spread_of(&scenario, &uncertain, 20000, 1, &spread));
    zone = spread_zone(&spread, DAVY_EFFECT_EXPLOSION, "6.9 kPa");
    assert_int_equal(zone->tally.reached, 20000);
    /* five deviations of a quantile of 20,000 uniform draws over 0.9 */
    assert_near(pow(zone->low.distance / reach, 3), 0.145, 0.007);
    assert_near(pow(zone->median.distance / reach, 3), 0.55, 0.016);
    assert_near(pow(zone->high.distance / reach, 3), 0.955, 0.007);
    assert_true(zone->low.low < zone->low.distance && zone->high.high > zone->high.distance);
    assert_near(zone->moves[DAVY_SPREAD_FILL], 1, 1e-12);
    assert_true(isnan(zone->moves[DAVY_SPREAD_WIND]) && isnan(zone->moves[DAVY_SPREAD_HOLE]));
    davy_spread_clear(&spread);
}

/* The logarithm of a rate is uniform: half of the rates are below sqrt(1e-5 * 1e-4) kg/s, and a
 * greater one reaches farther. So little chlorine is a plume of Gauss, whose Q / u tells that the
 * wind acts the other way. */
static void a_plume_spreads_with_its_rate_and_against_the_wind(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "chlorine");
    davy_scenario_uncertain uncertain = nothing;
    const davy_spread_zone *zone;
    davy_spread spread;
    davy_impact middle;
    double reach;

    (void) state;
    scenario.weather.wind = 5;
    scenario.release.rate_kg_s = sqrt(1e-5 * 1e-4);
    uncertain.given = true;
    uncertain.rate = (davy_scenario_range){1e-5, NAN, 1e-4};
    middle = compute(&scenario);
    assert_string_equal(zone_of(&middle, DAVY_EFFECT_TOXIC, "AEGL-1 60 min")->model,
                        "Gaussian plume, Briggs rural");
    reach = davy_reach_far(zone_of(&middle, DAVY_EFFECT_TOXIC, "AEGL-1 60 min")->reach);
    davy_impact_destroy(&middle);
    assert_ok(spread_of(&scenario, &uncertain, DRAWS, 1, &spread));
    zone = spread_zone(&spread, DAVY_EFFECT_TOXIC, "AEGL-1 60 min");
    assert_true(zone->median.low <= reach && reach <= zone->median.high);
    assert_near(zone->moves[DAVY_SPREAD_RATE], 1, 1e-9);
    davy_spread_clear(&spread);
    uncertain.weather[0] = (davy_scenario_weather_row){'D', {4, NAN, 10}, 1};
    uncertain.weather_count = 1;
    assert_ok(spread_of(&scenario, &uncertain, DRAWS, 1, &spread));
    zone = spread_zone(&spread, DAVY_EFFECT_TOXIC, "AEGL-1 60 min");
    assert_true(zone->moves[DAVY_SPREAD_RATE] > 0.7);
    assert_true(zone->moves[DAVY_SPREAD_WIND] < -0.1);
    assert_true(isnan(zone->moves[DAVY_SPREAD_STABILITY])); /* one class alone */
    davy_spread_clear(&spread);
}

static void bars_hold_all_finite_distances_and_a_seed_draws_the_same(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "chlorine");
    davy_scenario_uncertain uncertain = nothing;
    davy_spread first, again, other;

    (void) state;
    scenario.release.rate_kg_s = 1;
    uncertain.given = true;
    uncertain.rate = (davy_scenario_range){0.5, 1, 5};
    assert_ok(spread_of(&scenario, &uncertain, 200, 7, &first));
    assert_ok(spread_of(&scenario, &uncertain, 200, 7, &again));
    assert_ok(spread_of(&scenario, &uncertain, 200, 8, &other));
    assert_true(first.zone_count > 0 && first.zone_count == again.zone_count);
    for (size_t i = 0; i < first.zone_count; i++) {
        const davy_spread_zone *zone = &first.zones[i];
        size_t sum = 0;

        for (size_t bar = 0; bar < DAVY_SPREAD_BARS; bar++)
            sum += zone->bars[bar];
        assert_int_equal(sum, 200 - zone->tally.unknown - zone->tally.not_reached);
        assert_true(zone->bars[0] > 0 && zone->bars[DAVY_SPREAD_BARS - 1] > 0);
        assert_memory_equal(&zone->median, &again.zones[i].median, sizeof zone->median);
        assert_true(zone->median.distance != other.zones[i].median.distance);
    }
    davy_spread_clear(&first);
    davy_spread_clear(&again);
    davy_spread_clear(&other);
}

static void draws_without_a_distance_are_beyond_all_others(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "chlorine");
    davy_scenario_uncertain uncertain = nothing;
    davy_spread spread;

    (void) state;
    scenario.weather.wind = NAN;
    uncertain.given = true;
    uncertain.rate = (davy_scenario_range){0.5, NAN, 5};
    assert_ok(spread_of(&scenario, &uncertain, 100, 1, &spread));
    assert_int_equal(spread.zones[0].tally.unknown, 100);
    assert_true(isinf(spread.zones[0].low.distance) && isnan(spread.zones[0].from));
    davy_spread_clear(&spread);
}

static void what_cannot_be_drawn_is_refused(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "chlorine");
    davy_scenario_uncertain uncertain = nothing;
    davy_spread spread;

    (void) state;
    assert_fails(spread_of(&scenario, &uncertain, 100, 1, &spread), DAVY_ERR_INVALID,
                 "says nothing of what is not known");
    uncertain.given = true;
    uncertain.rate = (davy_scenario_range){0.5, NAN, 5};
    assert_fails(spread_of(&scenario, &uncertain, 58, 1, &spread), DAVY_ERR_INVALID, "58 draws");
    assert_fails(spread_of(&scenario, &uncertain, DAVY_SPREAD_DRAWS_MAX + 1, 1, &spread),
                 DAVY_ERR_INVALID, "100001 draws");
}

/* Of everything that can leave: the reaches alone are those of the whole impact, to the bit. */
static void assert_same_reaches(const davy_scenario *scenario)
{
    const davy_impact_input only = {.scenario = scenario,
                                    .latitude = 30,
                                    .longitude = 104,
                                    .day = true,
                                    .likelihood = NAN,
                                    .reaches_only = true};
    davy_impact whole = compute(scenario), reaches;

    assert_ok(davy_impact_compute(&only, &reaches));
    assert_int_equal(reaches.zone_count, whole.zone_count);
    for (size_t i = 0; i < whole.zone_count; i++) {
        const davy_zone *a = &whole.zones[i], *b = &reaches.zones[i];

        assert_string_equal(a->endpoint, b->endpoint);
        assert_string_equal(a->model, b->model);
        assert_int_equal(a->reach.kind, b->reach.kind);
        assert_memory_equal(&a->reach.value, &b->reach.value, sizeof a->reach.value);
        assert_memory_equal(&a->reach.far, &b->reach.far, sizeof a->reach.far);
        assert_int_equal(b->count, 0);
    }
    davy_impact_destroy(&whole);
    davy_impact_destroy(&reaches);
}

static void reaches_alone_are_those_of_the_whole_impact(void **state)
{
    static const char *const chemicals[] = {"chlorine", "ammonia", "propane", "methane", "benzene"};
    static const double lasts[] = {NAN, 5, 60, 3600};
    size_t time = 0;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(chemicals); i++)
        for (davy_release_kind kind = 0; kind <= DAVY_RELEASE_CHARGE; kind++) {
            davy_scenario scenario = blank(kind, chemicals[i]);

            time = (time + 1) % DAVY_ARRAY_LENGTH(lasts);

            scenario.amount_kg = 5000;
            scenario.release.hole_m = 0.02;
            scenario.release.rate_kg_s = 2;
            scenario.release.pressure_pa = 9e5;
            scenario.release.head_m = 2;
            scenario.release.pool_m2 = 50;
            scenario.release.duration_s = lasts[time];
            scenario.release.volume_m3 = time == 1 ? 800 : NAN;
            scenario.weather.wind = time == 2 ? 1.2 : 5;
            scenario.weather.stability = time == 2 ? 'F' : 'D';
            assert_same_reaches(&scenario);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_of_a_charge_go_with_the_cube_root_of_its_fill),
        cmocka_unit_test(a_plume_spreads_with_its_rate_and_against_the_wind),
        cmocka_unit_test(bars_hold_all_finite_distances_and_a_seed_draws_the_same),
        cmocka_unit_test(draws_without_a_distance_are_beyond_all_others),
        cmocka_unit_test(what_cannot_be_drawn_is_refused),
        cmocka_unit_test(reaches_alone_are_those_of_the_whole_impact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
