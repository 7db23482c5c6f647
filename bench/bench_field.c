/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Milliseconds of the processor that a field of a million cells takes, median of rounds in turns:
 * a plume by rows, beside a plain loop over davy_plume_concentration(); a train of a hundred puffs
 * under a wind that turns; and distances to a concentration per second.
 */
#include "hazard/air/field.h"
#include "hazard/air/reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 1000, CELLS = 1000, ROUNDS = 9, PUFFS = 100, REACHES = 2000 };

static double values[ROWS * CELLS];
static const davy_plume plume = {&davy_sigma_briggs_rural, DAVY_STABILITY_D, 1, 3, 10, 500, 600};
static const davy_field_grid across = {5, -500, 5, 1, ROWS, CELLS};
static const davy_field_grid map = {-2500, -2500, 5, 5, ROWS, CELLS};

/* Time of the processor and not of the clock: the machine is shared. */
static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static void by_rows(void)
{
    (void) davy_plume_field(&plume, &across, 0, values);
}

static void by_cells(void)
{
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < CELLS; i++)
            values[row * CELLS + i] =
                davy_plume_concentration(&plume,
                                         (davy_place){across.x + (double) row * across.step_x,
                                                      across.y + (double) i * across.step_y, 0})
                    .value;
}

static void puffs(void)
{
    static const davy_wind_step winds[] = {{0, 3, 4.7}, {300, 2, 3.9}, {500, 4, 5.2}};
    static const davy_train train = {
        &davy_sigma_ccps_puff, DAVY_STABILITY_D, 1, 600, 5, 0, winds, 3, PUFFS};
    static davy_train_puff placed[PUFFS];
    size_t count;

    (void) davy_train_place(&train, 700, placed, &count);
    davy_train_field(&train, placed, count, &map, 0, values);
}

static void reaches(void)
{
    for (int i = 0; i < REACHES; i++)
        values[i] = davy_plume_reach(&plume, 1e-6 * (1 + i % 17), 0).value;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(void);
        double per; /* of what is printed in one run */
    } rows[] = {{"plume by rows, ms per million cells", by_rows, 1},
                {"plume by cells, ms per million cells", by_cells, 1},
                {"train of 100 puffs, ms per million cells", puffs, 1},
                {"reach, us each", reaches, 1e-3 * REACHES}};
    enum { COUNT = sizeof rows / sizeof rows[0] };
    double taken[COUNT][ROUNDS];

    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < COUNT; i++) {
            const double start = now_ms();

            rows[i].run();
            taken[i][round] = (now_ms() - start) / rows[i].per;
        }
    for (int i = 0; i < COUNT; i++) {
        qsort(taken[i], ROUNDS, sizeof taken[i][0], compare);
        (void) printf("%-42s %8.2f\n", rows[i].name, taken[i][ROUNDS / 2]);
    }
    return EXIT_SUCCESS;
}
