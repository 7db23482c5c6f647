/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/draws.h"

#include "core/random.h"
#include "hazard/air/reach.h"

#include <math.h>
#include <stdlib.h>

/* Shares of a table that was written with three digits. */
static const double share_tolerance = 1e-3;

double davy_draw_value(const davy_draw *draw, double share)
{
    const double width = draw->high - draw->low;
    const double rise = draw->mode - draw->low;

    switch (draw->kind) {
    case DAVY_DRAW_UNIFORM:
        return draw->low + share * width;
    case DAVY_DRAW_LOG_UNIFORM:
        return draw->low * pow(draw->high / draw->low, share);
    case DAVY_DRAW_TRIANGLE:
        if (share * width < rise)
            return draw->low + sqrt(share * width * rise);
        return draw->high - sqrt((1 - share) * width * (draw->high - draw->mode));
    default:
        return NAN;
    }
}

/* Lowest that is asked for is above 0 for a hole and a rate, and 0 for a fill. */
static davy_status check_draw(const char *name, const davy_draw *draw, double from, double to)
{
    const double low = draw->low, high = draw->high;

    if (draw->kind == DAVY_DRAW_NONE)
        return DAVY_OK;
    if (draw->kind >= DAVY_DRAW_KINDS || !(low >= from && high <= to && low <= high))
        return davy_fail(DAVY_ERR_INVALID, "the %s goes from %g to %g: give it from %g to %g", name,
                         low, high, from, to);
    if (draw->kind == DAVY_DRAW_TRIANGLE && !(low <= draw->mode && draw->mode <= high))
        return davy_fail(DAVY_ERR_INVALID,
                         "the likeliest %s, %g, is not between its ends %g and %g", name,
                         draw->mode, low, high);
    return DAVY_OK;
}

static davy_status check_weather(const davy_draws *draws)
{
    double sum = 0;

    for (size_t i = 0; i < draws->weather_count; i++) {
        const davy_draws_weather *row = &draws->weather[i];

        if (row->stability >= DAVY_STABILITIES || !(row->low > 0 && row->low <= row->high) ||
            !(row->share >= 0 && row->share <= 1))
            return davy_fail(DAVY_ERR_INVALID,
                             "weather %zu has class %c, wind from %g to %g m/s and share %g: give "
                             "a class of A to F, a wind above 0 and a share from 0 to 1",
                             i + 1, davy_stability_letter(row->stability), row->low, row->high,
                             row->share);
        sum += row->share;
    }
    if (draws->weather_count > 0 && !(fabs(sum - 1) <= share_tolerance))
        return davy_fail(DAVY_ERR_INVALID,
                         "the shares of the weather add up to %g: they are to add up to 1", sum);
    return DAVY_OK;
}

davy_status davy_draws_check(const davy_draws *draws)
{
    static const double hole_from = 1e-4, hole_to = 2;   /* m, as far as outflow is vouched for */
    static const double rate_from = 1e-6, rate_to = 1e5; /* kg/s, as a scenario file has it */
    davy_status status = check_weather(draws);

    if (status == DAVY_OK)
        status = check_draw("hole", &draws->hole, hole_from, hole_to);
    if (status == DAVY_OK)
        status = check_draw("rate", &draws->rate, rate_from, rate_to);
    return status == DAVY_OK ? check_draw("fill", &draws->fill, 0, 1) : status;
}

/* Between 0 and 1, without either. */
static double share_of(uint32_t bits)
{
    return (bits + 0.5) * 0x1p-32;
}

static const davy_draws_weather *weather_of(const davy_draws *draws, double share)
{
    const davy_draws_weather *row = draws->weather;
    const davy_draws_weather *last = row + draws->weather_count - 1;

    while (row < last && share >= row->share)
        share -= (row++)->share;
    return row;
}

davy_drawn davy_draws_at(const davy_draws *draws, uint64_t n)
{
    const uint32_t counter[4] = {(uint32_t) n, (uint32_t) (n >> 32)};
    const uint32_t key[2] = {(uint32_t) draws->seed, (uint32_t) (draws->seed >> 32)};
    davy_drawn drawn = {.stability = DAVY_STABILITIES, .wind = NAN};
    uint32_t bits[4];

    davy_philox(counter, key, bits);
    if (draws->weather_count > 0) {
        const davy_draws_weather *row = weather_of(draws, share_of(bits[0]));

        drawn.stability = row->stability;
        drawn.wind = row->low + share_of(bits[1]) * (row->high - row->low);
    }
    /* a release has a hole or a rate, and never both */
    drawn.hole = davy_draw_value(&draws->hole, share_of(bits[2]));
    drawn.rate = davy_draw_value(&draws->rate, share_of(bits[2]));
    drawn.fill = davy_draw_value(&draws->fill, share_of(bits[3]));
    return drawn;
}

double davy_draws_count(davy_draws_tally *tally, davy_answer reach)
{
    const double distance = davy_reach_far(reach);

    if (isnan(distance)) {
        tally->unknown++;
        return INFINITY;
    }
    if (reach.kind == DAVY_ANSWER_OUTSIDE)
        tally->outside++;
    else if (reach.kind == DAVY_ANSWER_NOT_REACHED)
        tally->not_reached++;
    else
        tally->reached++;
    return distance;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void davy_draws_sort(double *distances, size_t count)
{
    qsort(distances, count, sizeof *distances, by_size);
}

davy_draws_quantile davy_draws_quantile_of(const double *distances, size_t count, double share,
                                           double confidence)
{
    const double tail = (1 - confidence) / 2, n = (double) count;
    const size_t rank = (size_t) fmax(1, ceil(share * n));
    davy_draws_quantile quantile = {distances[rank - 1], 0, INFINITY};
    double exactly = n * log1p(-share); /* logarithm of the probability that k draws are below it */
    double below = 0;                   /* probability that fewer than k are */

    for (size_t k = 0; k < count; k++) { /* distances[k] has k draws before it */
        if (below <= tail && k > 0)
            quantile.low = distances[k - 1];
        below += exp(exactly);
        exactly += log((n - (double) k) / (double) (k + 1)) + log(share) - log1p(-share);
        if (below >= 1 - tail) {
            quantile.high = distances[k];
            break;
        }
    }
    return quantile;
}
