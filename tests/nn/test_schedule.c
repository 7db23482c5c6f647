/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/schedule.h"

#include "../testing.h"

#include <math.h>

static void check(const davy_schedule *schedule, const double *factors, size_t count)
{
    assert_ok(davy_schedule_check(schedule));
    for (size_t t = 0; t < count; t++)
        assert_near(davy_schedule_factor(schedule, t), factors[t], 1e-8);
}

/* torch.optim.lr_scheduler of PyTorch 1.13 on a rate of 1: StepLR(3, 0.5), CosineAnnealingLR(10,
 * 0.1) and OneCycleLR(1.0, total_steps=20). */
static void factors_are_pytorchs(void **state)
{
    static const double step[] = {1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25};
    static const double cosine[] = {
        1.0,  0.9779754323328191,  0.9140576474687263, 0.8145033635316129,  0.6890576474687263,
        0.55, 0.41094235253127376, 0.2854966364683872, 0.18594235253127372, 0.12202456766718092,
        0.1};
    static const double one_cycle[] = {
        0.04,        0.131671843, 0.371671843, 0.668328157, 0.908328157, 1.0,      0.987464006,
        0.950484632, 0.890916178, 0.811745654, 0.716943002, 0.611262022, 0.500002, 0.388741978,
        0.283060998, 0.188258346, 0.109087822, 0.049519368, 0.012539994, 4e-06};

    (void) state;
    check(&(davy_schedule){.kind = DAVY_SCHEDULE_STEP, .every = 3, .gamma = 0.5}, step,
          DAVY_ARRAY_LENGTH(step));
    check(&(davy_schedule){.kind = DAVY_SCHEDULE_COSINE, .steps = 10, .low = 0.1}, cosine,
          DAVY_ARRAY_LENGTH(cosine));
    check(&(davy_schedule){.kind = DAVY_SCHEDULE_ONE_CYCLE, .steps = 20}, one_cycle,
          DAVY_ARRAY_LENGTH(one_cycle));
}

/* By hand: a quarter, two, three quarters, then the schedule begins. */
static void a_warm_up_comes_first(void **state)
{
    const davy_schedule schedule = {.kind = DAVY_SCHEDULE_COSINE, .steps = 7, .warmup = 3};

    (void) state;
    check(&(davy_schedule){.warmup = 3}, (const double[]){0.25, 0.5, 0.75, 1.0, 1.0}, 5);
    assert_ok(davy_schedule_check(&schedule));
    assert_near(davy_schedule_factor(&schedule, 2), 0.75, 1e-12);
    assert_near(davy_schedule_factor(&schedule, 3), 1.0, 1e-12);
    assert_near(davy_schedule_factor(&schedule, 5), 0.5, 1e-12);
}

static void nothing_changes_after_the_last_step(void **state)
{
    const davy_schedule cosine = {.kind = DAVY_SCHEDULE_COSINE, .steps = 10, .low = 0.1};
    const davy_schedule one_cycle = {.kind = DAVY_SCHEDULE_ONE_CYCLE, .steps = 20};

    (void) state;
    assert_near(davy_schedule_factor(&cosine, 1000), 0.1, 1e-12);
    assert_near(davy_schedule_factor(&one_cycle, 1000), 4e-6, 1e-12);
}

static void no_factor_leaves_its_range(void **state)
{
    (void) state;
    for (uint64_t steps = 1; steps < 12; steps++)
        for (uint64_t t = 0; t < 14; t++) {
            const davy_schedule one_cycle = {.kind = DAVY_SCHEDULE_ONE_CYCLE, .steps = steps};
            const double factor = davy_schedule_factor(&one_cycle, t);

            assert_true(factor >= 0.0 && factor <= 1.0);
        }
}

static void refuses_what_makes_no_sense(void **state)
{
    static const struct {
        davy_schedule schedule;
        const char *words;
    } cases[] = {
        {{.kind = (davy_schedule_kind) 7}, "schedule 7"},
        {{.kind = DAVY_SCHEDULE_COSINE}, "'cosine' needs more steps"},
        {{.kind = DAVY_SCHEDULE_ONE_CYCLE, .steps = 5, .warmup = 5}, "'one-cycle' needs more"},
        {{.kind = DAVY_SCHEDULE_STEP}, "between two cuts"},
        {{.kind = DAVY_SCHEDULE_STEP, .every = 1, .gamma = 1.5}, "gamma 1.5"},
        {{.kind = DAVY_SCHEDULE_COSINE, .steps = 5, .low = -1.0}, "lowest share -1"},
        {{.kind = DAVY_SCHEDULE_COSINE, .steps = 5, .low = NAN}, "lowest share nan"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_fails(davy_schedule_check(&cases[i].schedule), DAVY_ERR_INVALID, cases[i].words);
}

static void kinds_are_found_by_name(void **state)
{
    davy_schedule_kind kind;

    (void) state;
    for (int i = DAVY_SCHEDULE_CONSTANT; i <= (int) DAVY_SCHEDULE_ONE_CYCLE; i++) {
        assert_ok(davy_schedule_find(davy_schedule_name((davy_schedule_kind) i), &kind));
        assert_int_equal(kind, i);
    }
    assert_fails(davy_schedule_find("linear", &kind), DAVY_ERR_NOT_FOUND, "one-cycle");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_are_pytorchs),
        cmocka_unit_test(a_warm_up_comes_first),
        cmocka_unit_test(nothing_changes_after_the_last_step),
        cmocka_unit_test(no_factor_leaves_its_range),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(kinds_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
