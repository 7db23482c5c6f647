/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/optimiser.h"

#include "../testing.h"
#include "core/random.h"

#include <math.h>
#include <stdlib.h>

#define COUNT 5

static const float start[COUNT] = {1.0F, -0.5F, 0.25F, 2.0F, -3.0F};
static const float gradients[4][COUNT] = {{0.5F, -0.25F, 1.0F, 0.0F, -2.0F},
                                          {0.25F, 0.5F, -1.0F, 0.125F, 3.0F},
                                          {-0.75F, 0.5F, 0.5F, -0.25F, 1.0F},
                                          {1.5F, -2.0F, 0.0F, 0.25F, 0.5F}};

static davy_optimiser *create(const davy_optimiser_options *options, size_t count)
{
    davy_optimiser *optimiser;

    assert_ok(davy_optimiser_create(options, count, &optimiser));
    return optimiser;
}

static davy_status take(davy_optimiser *optimiser, davy_pool *pool, float *w, const float *d,
                        uint64_t t)
{
    davy_optimiser_step step = {.kernels = davy_kernels_best(),
                                .pool = pool,
                                .w = w,
                                .d = d,
                                .rate = davy_optimiser_used(optimiser)->rate,
                                .t = t};

    step.norm = davy_optimiser_norm(optimiser, step.kernels, pool, d);
    return davy_optimiser_take(optimiser, &step);
}

/* torch.optim of PyTorch 1.13: Adam, AdamW and SGD with weight_decay, momentum, nesterov; clipping
 * by clip_grad_norm_, and l1 added to the gradient as l1 * sign(w). */
static void every_kind_is_pytorchs(void **state)
{
    static const struct {
        davy_optimiser_options options;
        float w[COUNT];
    } cases[] = {
        {{.kind = DAVY_OPTIMISER_ADAM, .rate = 0.1F},
         {0.769209146F, -0.464186668F, 0.123478167F, 1.93744373F, -2.99685931F}},
        {{.kind = DAVY_OPTIMISER_ADAM,
          .rate = 0.05F,
          .beta1 = 0.8F,
          .beta2 = 0.95F,
          .epsilon = 1e-3F,
          .l2 = 0.01F},
         {0.886866629F, -0.483081251F, 0.1908537F, 1.90697873F, -3.0036211F}},
        {{.kind = DAVY_OPTIMISER_ADAMW, .rate = 0.1F, .decay = 0.05F},
         {0.751740098F, -0.455070287F, 0.120042913F, 1.89832783F, -2.93837571F}},
        {{.kind = DAVY_OPTIMISER_SGD, .rate = 0.1F, .l2 = 0.02F},
         {0.842273295F, -0.370861918F, 0.198305205F, 1.97154796F, -3.22587061F}},
        {{.kind = DAVY_OPTIMISER_MOMENTUM, .rate = 0.1F},
         {0.752800047F, -0.444525003F, 0.0821000189F, 1.98862505F, -3.36520004F}},
        {{.kind = DAVY_OPTIMISER_NESTEROV, .rate = 0.1F, .momentum = 0.8F, .l2 = 0.02F},
         {0.651732981F, -0.314688951F, 0.0836679488F, 1.93717122F, -3.48500299F}},
        {{.kind = DAVY_OPTIMISER_SGD, .rate = 0.1F, .clip = 1.0F},
         {0.963423431F, -0.460939378F, 0.203430608F, 2.00350142F, -3.09469438F}},
        {{.kind = DAVY_OPTIMISER_SGD, .rate = 0.1F, .l1 = 0.05F},
         {0.829999983F, -0.354999989F, 0.179999992F, 1.96749997F, -3.23000026F}},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_optimiser *optimiser = create(&cases[i].options, COUNT);
        float w[COUNT];

        memcpy(w, start, sizeof w);
        for (uint64_t t = 0; t < DAVY_ARRAY_LENGTH(gradients); t++)
            assert_ok(take(optimiser, NULL, w, gradients[t], t + 1));
        for (size_t k = 0; k < COUNT; k++)
            assert_near(w[k], cases[i].w[k], 2e-6F);
        davy_optimiser_destroy(optimiser);
    }
}

/* By hand: 3, 4 in the first chunk and 12 in the last of three give 13. */
static void the_norm_spans_all_chunks(void **state)
{
    static float d[20000];
    davy_optimiser *optimiser = create(&(davy_optimiser_options){0}, DAVY_ARRAY_LENGTH(d));

    (void) state;
    d[0] = 3.0F;
    d[8191] = -4.0F;
    d[19999] = 12.0F;
    assert_near(davy_optimiser_norm(optimiser, davy_kernels_best(), NULL, d), 13.0, 1e-12);
    davy_optimiser_destroy(optimiser);
}

static void one_thread_and_two_agree_to_the_bit(void **state)
{
    static float w[2][20011], average[2][20011], d[20011];
    davy_pool *pool;

    (void) state;
    assert_ok(davy_pool_create(2, &pool));
    for (int kind = DAVY_OPTIMISER_ADAM; kind <= (int) DAVY_OPTIMISER_NESTEROV; kind++) {
        for (size_t run = 0; run < 2; run++) {
            davy_optimiser *optimiser =
                create(&(davy_optimiser_options){.kind = (davy_optimiser_kind) kind, .clip = 1.0F},
                       DAVY_ARRAY_LENGTH(d));

            memset(w[run], 0, sizeof w[run]);
            memset(average[run], 0, sizeof average[run]);
            for (uint64_t t = 1; t <= 3; t++) {
                davy_optimiser_step step = {.kernels = davy_kernels_best(),
                                            .pool = run ? pool : NULL,
                                            .w = w[run],
                                            .d = d,
                                            .rate = 0.1F,
                                            .t = t,
                                            .average = average[run],
                                            .keep = 0.9F};

                for (uint64_t i = 0; i < DAVY_ARRAY_LENGTH(d); i++)
                    d[i] = davy_random_normal(t, 0, i);
                step.norm = davy_optimiser_norm(optimiser, step.kernels, step.pool, d);
                assert_ok(davy_optimiser_take(optimiser, &step));
            }
            davy_optimiser_destroy(optimiser);
        }
        assert_true(w[0][20010] != 0.0F && average[0][20010] != 0.0F);
        assert_memory_equal(w[0], w[1], sizeof w[0]);
        assert_memory_equal(average[0], average[1], sizeof average[0]);
    }
    davy_pool_destroy(pool);
}

/* By hand: w goes 1, 0.5, 0; the average 1, 0.9 + 0.1 * 0.5 = 0.95, 0.9 * 0.95 = 0.855. */
static void the_average_follows_the_weights(void **state)
{
    float w[1] = {1.0F}, average[1] = {1.0F};
    const float d[1] = {5.0F};
    davy_optimiser *optimiser =
        create(&(davy_optimiser_options){.kind = DAVY_OPTIMISER_SGD, .rate = 0.1F}, 1);

    (void) state;
    for (uint64_t t = 1; t <= 2; t++)
        assert_ok(
            davy_optimiser_take(optimiser, &(davy_optimiser_step){.kernels = davy_kernels_best(),
                                                                  .w = w,
                                                                  .d = d,
                                                                  .norm = 5.0,
                                                                  .rate = 0.1F,
                                                                  .t = t,
                                                                  .average = average,
                                                                  .keep = 0.9F}));
    assert_near(w[0], 0.0F, 1e-7F);
    assert_near(average[0], 0.855F, 1e-6F);
    davy_optimiser_destroy(optimiser);
}

/* A NaN, an infinity, a norm whose square is beyond floats, and a step that would end there. */
static void a_refused_step_changes_nothing(void **state)
{
    static const struct {
        float d, w;
        const char *words;
    } cases[] = {{NAN, 1.0F, "beyond single precision"},
                 {-INFINITY, 1.0F, "beyond single precision"},
                 {1e30F, 1.0F, "beyond single precision"},
                 {5e18F, 1.0F, "out of the range of numbers"},
                 {1.0F, 2e37F, "out of the range of numbers"}};

    (void) state;
    for (int kind = DAVY_OPTIMISER_ADAM; kind <= (int) DAVY_OPTIMISER_NESTEROV; kind++)
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
            davy_optimiser *optimiser =
                create(&(davy_optimiser_options){.kind = (davy_optimiser_kind) kind}, COUNT);
            float w[COUNT], before[COUNT], d[COUNT] = {0};

            memcpy(w, start, sizeof w);
            assert_ok(take(optimiser, NULL, w, gradients[0], 1));
            w[3] = cases[i].w;
            davy_optimiser_changed(optimiser);
            memcpy(before, w, sizeof w);
            d[4] = cases[i].d;
            assert_fails(take(optimiser, NULL, w, d, 2), DAVY_ERR_INVALID, cases[i].words);
            assert_memory_equal(w, before, sizeof w);
            if (davy_optimiser_moment(optimiser))
                assert_true(isfinite(davy_optimiser_moment(optimiser)[4]));
            w[3] = 1.0F;
            davy_optimiser_changed(optimiser);
            assert_ok(take(optimiser, NULL, w, gradients[1], 2));
            davy_optimiser_destroy(optimiser);
        }
}

/* The bounds that are carried grow by a factor a step here, and weights do not. */
static void bounds_are_found_anew_when_they_have_grown(void **state)
{
    davy_optimiser *optimiser = create(&(davy_optimiser_options){.l2 = 0.1F, .l1 = 0.01F}, COUNT);
    float w[COUNT];

    (void) state;
    memcpy(w, start, sizeof w);
    for (uint64_t t = 1; t <= 500; t++)
        assert_ok(take(optimiser, NULL, w, gradients[t % 4], t));
    assert_true(fabsf(w[4]) < 4.0F);
    davy_optimiser_destroy(optimiser);
}

static void refuses_options_out_of_range(void **state)
{
    static const struct {
        davy_optimiser_options options;
        const char *words;
    } cases[] = {
        {{.kind = (davy_optimiser_kind) 9}, "optimiser 9"},
        {{.rate = -0.1F}, "learning rate is -0.1"},
        {{.rate = NAN}, "learning rate is nan"},
        {{.beta1 = 1.0F}, "beta1 is 1"},
        {{.beta2 = -1.0F}, "beta2 is -1"},
        {{.epsilon = 1e-30F}, "epsilon is 1e-30"},
        {{.momentum = 1.5F}, "momentum is 1.5"},
        {{.l1 = -1.0F}, "l1 penalty is -1"},
        {{.rate = 1.0F, .l2 = 2.0F}, "l2 penalty times the rate is 2"},
        {{.kind = DAVY_OPTIMISER_ADAMW, .rate = 1.0F, .decay = 3.0F},
         "weight decay times the rate"},
        {{.clip = -1.0F}, "longest gradient is -1"},
    };
    davy_optimiser *optimiser = NULL;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_fails(davy_optimiser_create(&cases[i].options, COUNT, &optimiser), DAVY_ERR_INVALID,
                     cases[i].words);
    assert_null(optimiser);
}

static void kinds_are_found_by_name(void **state)
{
    davy_optimiser_kind kind;

    (void) state;
    for (int i = DAVY_OPTIMISER_ADAM; i <= (int) DAVY_OPTIMISER_NESTEROV; i++) {
        assert_ok(davy_optimiser_find(davy_optimiser_name((davy_optimiser_kind) i), &kind));
        assert_int_equal(kind, i);
    }
    assert_fails(davy_optimiser_find("adagrad", &kind), DAVY_ERR_NOT_FOUND, "nesterov");
    assert_null(davy_optimiser_name((davy_optimiser_kind) 9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_pytorchs),
        cmocka_unit_test(the_norm_spans_all_chunks),
        cmocka_unit_test(one_thread_and_two_agree_to_the_bit),
        cmocka_unit_test(the_average_follows_the_weights),
        cmocka_unit_test(a_refused_step_changes_nothing),
        cmocka_unit_test(bounds_are_found_anew_when_they_have_grown),
        cmocka_unit_test(refuses_options_out_of_range),
        cmocka_unit_test(kinds_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
