/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/spread.h"

#include "hazard/risk/ranks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run while it goes on. */
struct run {
    davy_spread *spread;
    const davy_impact_input *input;
    davy_draws draws;
    davy_draws_weather weather[DAVY_SCENARIO_WEATHER_ROWS_MAX];
    double *distances; /* [zones of DAVY_IMPACT_ZONES_MAX][count] */
    double *figures;   /* [DAVY_SPREAD_FIGURES][count] */
    size_t *order;     /* [count] */
    double *ranks;     /* [DAVY_SPREAD_FIGURES + 1][count]; the last is that of a zone */
};

const char *davy_spread_figure_name(davy_spread_figure figure)
{
    static const char *const names[DAVY_SPREAD_FIGURES] = {"wind", "stability", "hole", "rate",
                                                           "fill"};

    return figure < DAVY_SPREAD_FIGURES ? names[figure] : "";
}

/* What is drawn -------------------------------------------------------------------------------- */

/* A triangle where something is likeliest. @param between  two ends alone */
static davy_draw draw_of(const davy_scenario_range *range, davy_draw_kind between)
{
    if (isnan(range->low))
        return (davy_draw){.kind = DAVY_DRAW_NONE};
    return (davy_draw){isnan(range->likely) ? between : DAVY_DRAW_TRIANGLE, range->low,
                       range->likely, range->high};
}

static davy_status take_uncertain(struct run *run, const davy_impact_draws *wanted)
{
    const davy_scenario_uncertain *uncertain = wanted->uncertain;

    if (!uncertain->given)
        return davy_fail(DAVY_ERR_INVALID,
                         "the scenario says nothing of what is not known: add for example "
                         "'uncertain: {hole: [5 mm, 50 mm]}' to its file");
    if (wanted->count < DAVY_SPREAD_DRAWS_MIN || wanted->count > DAVY_SPREAD_DRAWS_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "%zu draws are not from %zu, fewer of which have no 95 %%, to %zu",
                         wanted->count, DAVY_SPREAD_DRAWS_MIN, DAVY_SPREAD_DRAWS_MAX);
    for (size_t i = 0; i < uncertain->weather_count; i++) {
        const davy_scenario_weather_row *row = &uncertain->weather[i];

        run->weather[i] = (davy_draws_weather){davy_stability_of(row->stability), row->wind.low,
                                               row->wind.high, row->share};
    }
    run->draws = (davy_draws){run->weather,
                              uncertain->weather_count,
                              draw_of(&uncertain->hole, DAVY_DRAW_LOG_UNIFORM),
                              draw_of(&uncertain->rate, DAVY_DRAW_LOG_UNIFORM),
                              draw_of(&uncertain->fill, DAVY_DRAW_UNIFORM),
                              wanted->seed};
    return davy_draws_check(&run->draws);
}

/* The scenario with the figures of one draw; what is not drawn stays. */
static davy_scenario drawn_scenario(const davy_scenario *known, const davy_drawn *drawn)
{
    davy_scenario scenario = *known;

    if (!isnan(drawn->wind)) {
        scenario.weather.wind = drawn->wind;
        scenario.weather.wind_height_m = 10;
        scenario.weather.stability = davy_stability_letter(drawn->stability);
    }
    if (!isnan(drawn->hole))
        scenario.release.hole_m = drawn->hole;
    if (!isnan(drawn->rate))
        scenario.release.rate_kg_s = drawn->rate;
    if (!isnan(drawn->fill)) {
        scenario.amount_kg *= drawn->fill;
        scenario.release.head_m *= drawn->fill;
    }
    return scenario;
}

/* The run -------------------------------------------------------------------------------------- */

static davy_spread_zone *find_zone(struct run *run, const davy_zone *zone)
{
    davy_spread *spread = run->spread;
    davy_spread_zone *found;

    for (size_t i = 0; i < spread->zone_count; i++)
        if (spread->zones[i].effect == zone->effect &&
            strcmp(spread->zones[i].endpoint, zone->endpoint) == 0)
            return &spread->zones[i];
    if (spread->zone_count == DAVY_IMPACT_ZONES_MAX)
        return NULL;
    found = &spread->zones[spread->zone_count];
    *found = (davy_spread_zone){
        .effect = zone->effect, .level = zone->level, .severity = zone->severity};
    (void) snprintf(found->endpoint, sizeof found->endpoint, "%s", zone->endpoint);
    /* draws that do not have the zone may reach as far as they like */
    for (size_t n = 0; n < spread->draws; n++)
        run->distances[spread->zone_count * spread->draws + n] = INFINITY;
    spread->zone_count++;
    return found;
}

static davy_status compute_draw(struct run *run, size_t n)
{
    const davy_drawn drawn = davy_draws_at(&run->draws, n);
    const davy_scenario scenario = drawn_scenario(run->input->scenario, &drawn);
    const double figures[DAVY_SPREAD_FIGURES] = {drawn.wind, (double) drawn.stability, drawn.hole,
                                                 drawn.rate, drawn.fill};
    davy_impact_input with = *run->input;
    davy_impact impact;
    davy_status status;

    with.scenario = &scenario;
    with.reaches_only = true;
    status = davy_impact_compute(&with, &impact);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < DAVY_SPREAD_FIGURES; i++)
        run->figures[i * run->spread->draws + n] = figures[i];
    for (size_t i = 0; i < impact.zone_count; i++) {
        davy_spread_zone *zone = find_zone(run, &impact.zones[i]);

        if (zone)
            run->distances[(size_t) (zone - run->spread->zones) * run->spread->draws + n] =
                davy_draws_count(&zone->tally, impact.zones[i].reach);
    }
    davy_impact_destroy(&impact);
    return DAVY_OK;
}

/* What becomes of it --------------------------------------------------------------------------- */

static bool is_drawn(const struct run *run, davy_spread_figure figure)
{
    const davy_draws *draws = &run->draws;

    switch (figure) {
    case DAVY_SPREAD_HOLE:
        return draws->hole.kind != DAVY_DRAW_NONE;
    case DAVY_SPREAD_RATE:
        return draws->rate.kind != DAVY_DRAW_NONE;
    case DAVY_SPREAD_FILL:
        return draws->fill.kind != DAVY_DRAW_NONE;
    default:
        return draws->weather_count > 0;
    }
}

static void rank_figures(const struct run *run)
{
    const size_t count = run->spread->draws;

    for (davy_spread_figure i = 0; i < DAVY_SPREAD_FIGURES; i++)
        if (is_drawn(run, i))
            davy_ranks_of(run->figures + i * count, count, run->order, run->ranks + i * count);
}

static void fill_bars(davy_spread_zone *zone, const double *sorted, size_t count)
{
    size_t first = 0, end = count;

    while (first < count && !(sorted[first] > 0))
        first++;
    while (end > first && isinf(sorted[end - 1]))
        end--;
    zone->from = first < end ? sorted[first] : NAN;
    zone->to = first < end ? sorted[end - 1] : NAN;
    for (size_t i = first; i < end; i++) {
        const double width = (zone->to - zone->from) / DAVY_SPREAD_BARS;
        const size_t bar = width > 0 ? (size_t) ((sorted[i] - zone->from) / width) : 0;

        zone->bars[bar < DAVY_SPREAD_BARS ? bar : DAVY_SPREAD_BARS - 1]++;
    }
}

static void finish_zone(const struct run *run, davy_spread_zone *zone)
{
    const size_t count = run->spread->draws;
    double *distances = run->distances + (size_t) (zone - run->spread->zones) * count;
    double *ranks = run->ranks + DAVY_SPREAD_FIGURES * count;
    const davy_draws_tally *tally = &zone->tally;

    zone->tally.unknown = count - tally->reached - tally->not_reached - tally->outside;
    davy_ranks_of(distances, count, run->order, ranks);
    for (davy_spread_figure i = 0; i < DAVY_SPREAD_FIGURES; i++)
        zone->moves[i] =
            is_drawn(run, i) ? davy_ranks_correlation(run->ranks + i * count, ranks, count) : NAN;
    davy_draws_sort(distances, count);
    zone->low = davy_draws_quantile_of(distances, count, 0.05, DAVY_SPREAD_CONFIDENCE);
    zone->median = davy_draws_quantile_of(distances, count, 0.5, DAVY_SPREAD_CONFIDENCE);
    zone->high = davy_draws_quantile_of(distances, count, 0.95, DAVY_SPREAD_CONFIDENCE);
    fill_bars(zone, distances, count);
}

static davy_status make_room(struct run *run)
{
    const size_t count = run->spread->draws;

    run->spread->zones = calloc(DAVY_IMPACT_ZONES_MAX, sizeof *run->spread->zones);
    run->distances = malloc(DAVY_IMPACT_ZONES_MAX * count * sizeof *run->distances);
    run->figures = malloc(DAVY_SPREAD_FIGURES * count * sizeof *run->figures);
    run->ranks = malloc((DAVY_SPREAD_FIGURES + 1) * count * sizeof *run->ranks);
    run->order = malloc(count * sizeof *run->order);
    if (!run->spread->zones || !run->distances || !run->figures || !run->ranks || !run->order)
        return davy_fail(DAVY_ERR_NOMEM, "%zu draws", count);
    return DAVY_OK;
}

davy_status davy_spread_compute(const davy_impact_input *input, const davy_impact_draws *wanted,
                                davy_spread *spread)
{
    struct run run = {.spread = spread, .input = input};
    davy_status status = take_uncertain(&run, wanted);

    if (status == DAVY_OK) {
        *spread = (davy_spread){.draws = wanted->count, .seed = wanted->seed};
        status = make_room(&run);
    }
    for (size_t n = 0; status == DAVY_OK && n < wanted->count; n++)
        status = compute_draw(&run, n);
    if (status == DAVY_OK) {
        rank_figures(&run);
        for (size_t i = 0; i < spread->zone_count; i++)
            finish_zone(&run, &spread->zones[i]);
    }
    free(run.order);
    free(run.ranks);
    free(run.figures);
    free(run.distances);
    return status;
}

void davy_spread_clear(davy_spread *spread)
{
    free(spread->zones);
    *spread = (davy_spread){0};
}
