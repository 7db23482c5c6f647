/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#define GROUPS 100

/* The mean of 0, 1, .. over the groups, and a figure that only exists when group 0 is drawn. */
static void measure(const void *context, const uint32_t *times, double *values)
{
    const size_t groups = *(const size_t *) context;
    double sum = 0, count = 0;

    for (size_t g = 0; g < groups; g++) {
        sum += (double) times[g] * (double) g;
        count += times[g];
    }
    values[0] = sum / count;
    values[1] = times[0] > 0 ? 1 : NAN;
}

/* The mean of 0 .. 99 has the standard error sqrt((100^2 - 1) / 12 / 100) = 2.8866. */
static void the_interval_of_a_mean_is_that_of_its_standard_error(void **state)
{
    const size_t groups = GROUPS;
    const davy_bootstrap bootstrap = {.group_count = GROUPS, .seed = 1, .draws = 4000};
    davy_estimate found[2];

    (void) state;
    assert_ok(davy_bootstrap_run(&bootstrap, measure, &groups, 2, found));
    assert_near(found[0].value, 49.5, 1e-12);
    assert_near(found[0].low, 49.5 - 1.96 * 2.8866, 0.35);
    assert_near(found[0].high, 49.5 + 1.96 * 2.8866, 0.35);
    assert_true(isnan(found[1].low)); /* more than a third of the draws lack group 0 */
}

static void draws_are_the_same_for_a_seed_and_differ_otherwise(void **state)
{
    const davy_bootstrap one = {.group_count = GROUPS, .seed = 1};
    const davy_bootstrap other = {.group_count = GROUPS, .seed = 2};
    uint32_t a[GROUPS], b[GROUPS], c[GROUPS], d[GROUPS], sum = 0;

    (void) state;
    davy_bootstrap_draw(&one, 7, a);
    davy_bootstrap_draw(&one, 7, b);
    davy_bootstrap_draw(&other, 7, c);
    davy_bootstrap_draw(&one, 8, d);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    assert_memory_not_equal(a, d, sizeof a);
    for (size_t g = 0; g < GROUPS; g++)
        sum += a[g];
    assert_int_equal(sum, GROUPS);
}

static void one_group_has_no_interval(void **state)
{
    const size_t groups = 1;
    const davy_bootstrap bootstrap = {.group_count = 1, .seed = 1};
    davy_estimate found[2];

    (void) state;
    assert_ok(davy_bootstrap_run(&bootstrap, measure, &groups, 2, found));
    assert_near(found[0].value, 0, 0);
    assert_true(isnan(found[0].low) && isnan(found[0].high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_of_a_mean_is_that_of_its_standard_error),
        cmocka_unit_test(draws_are_the_same_for_a_seed_and_differ_otherwise),
        cmocka_unit_test(one_group_has_no_interval),
    };

    return cmocka_run_group_tests_name("data: bootstrap", tests, NULL, NULL);
}
