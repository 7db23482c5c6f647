/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Draws of a whole scenario per second of one core, median of rounds: weather, hole and fill, the
 * outflow, the wind at the release, and the plume's reach; and what the distances are. Exit code 1
 * below the 10,000 that it is held to.
 */
#include "hazard/risk/draws.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DRAWS = 20000, ROUNDS = 5 };

static const double target = 10000; /* draws a second */

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

int main(void)
{
    static const davy_draws_weather weather[] = {{DAVY_STABILITY_B, 2, 4, 0.2},
                                                 {DAVY_STABILITY_D, 4, 8, 0.5},
                                                 {DAVY_STABILITY_F, 1.5, 3, 0.3}};
    static const davy_draws draws = {
        weather, 3, {DAVY_DRAW_LOG_UNIFORM, 0.002, 0, 0.02}, {DAVY_DRAW_UNIFORM, 0.1, 0, 0.9}, 1};
    static const davy_leak leak = {.coefficient = 0.62,
                                   .full = {1400, 6e5, 3},
                                   .airborne = 0.2,
                                   .level = 5.8e-5,
                                   .sigma = &davy_sigma_briggs_rural,
                                   .profile = &davy_wind_irwin_rural};
    static const double shares[] = {0.05, 0.5, 0.95};
    static double distances[DRAWS];
    davy_draws_tally tally = {0};
    double rates[ROUNDS];

    if (davy_draws_check(&draws) != DAVY_OK)
        return EXIT_FAILURE;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = seconds();

        tally = davy_draws_run(&draws, davy_leak_reach, &leak, 0, DRAWS, distances);
        rates[round] = DRAWS / (seconds() - start);
    }
    qsort(rates, ROUNDS, sizeof rates[0], compare);
    (void) printf("scenario draws per second of one core %14.0f\n", rates[ROUNDS / 2]);
    (void) printf("of %d: %zu reached, %zu not, %zu outside a range, %zu unknown\n", DRAWS,
                  tally.reached, tally.not_reached, tally.outside, tally.unknown);
    davy_draws_sort(distances, DRAWS);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        const davy_draws_quantile q = davy_draws_quantile_of(distances, DRAWS, shares[i], 0.95);

        (void) printf("%2.0f %% within %8.1f m (95 %% confidence: %.1f to %.1f m)\n",
                      100 * shares[i], q.distance, q.low, q.high);
    }
    return rates[ROUNDS / 2] >= target ? EXIT_SUCCESS : EXIT_FAILURE;
}
