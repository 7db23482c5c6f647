/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Draws of a whole scenario per second of one core, median of rounds: weather, hole and fill, and
 * from there what leaves the hole, what it becomes, and how far every zone reaches by the model
 * that draws it. Exit code 1 below the 10,000 that the leak of chlorine is held to.
 */
#include "hazard/impact/spread.h"
#include "site/faults.h"
#include "site/scenario.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DRAWS = 5000, ROUNDS = 5 };

static const double target = 10000; /* draws a second */

static const char *const scenarios[][2] = {
    {"chlorine that leaks",
     "scenario: {name: leak, at: [0, 0], chemical: chlorine, amount: 20 t,\n"
     "  release: {kind: liquid hole, hole: 20 mm, pressure: 6.8 bar, temperature: 20 Cel,\n"
     "  head: 2 m, duration: 30 min}}\n"
     "uncertain: {hole: [2 mm, 20 mm], "},
    {"a vessel of propane that bursts",
     "scenario: {name: burst, at: [0, 0], chemical: propane, amount: 10 t,\n"
     "  release: {kind: all, pressure: 17 bar, temperature: 50 Cel}}\n"
     "uncertain: {"},
};
static const char rest[] =
    "fill: [10 %, 90 %], weather: [\n"
    "  {stability: B, wind: [2 m/s, 4 m/s], share: 20 %},\n"
    "  {stability: D, wind: [4 m/s, 8 m/s], share: 50 %},\n"
    "  {stability: F, wind: [1.5 m/s, 3 m/s], share: 30 %}]}\n"
    "weather: {wind: 3 m/s, wind_from: 225, stability: D, temperature: 20 Cel}\n";

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

static davy_status measure(const char *text, double *rate, size_t *zones)
{
    davy_site_faults faults = {0};
    davy_scenario_file file;
    davy_status status = davy_scenario_parse("bench", text, strlen(text), NULL, &file, &faults);
    const davy_impact_input input = {.scenario = &file.scenario,
                                     .latitude = NAN,
                                     .longitude = NAN,
                                     .day = true,
                                     .likelihood = NAN};
    double rates[ROUNDS] = {0};

    for (int round = 0; status == DAVY_OK && round < ROUNDS; round++) {
        const davy_impact_draws draws = {&file.uncertain, DRAWS, 1};
        const double start = seconds();
        davy_spread spread = {0};

        status = davy_spread_compute(&input, &draws, &spread);
        rates[round] = DRAWS / (seconds() - start);
        *zones = spread.zone_count;
        davy_spread_clear(&spread);
    }
    qsort(rates, ROUNDS, sizeof rates[0], compare);
    *rate = rates[ROUNDS / 2];
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
    return status;
}

int main(void)
{
    double slowest = INFINITY;

    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        char text[2000];
        size_t zones = 0;
        double rate;

        (void) snprintf(text, sizeof text, "%s%s", scenarios[i][1], rest);
        if (measure(text, &rate, &zones) != DAVY_OK) {
            (void) fprintf(stderr, "%s\n", davy_error());
            return EXIT_FAILURE;
        }
        (void) printf("draws per second of one core, %-32s %2zu zones %10.0f\n", scenarios[i][0],
                      zones, rate);
        slowest = fmin(slowest, rate);
    }
    return slowest >= target ? EXIT_SUCCESS : EXIT_FAILURE;
}
