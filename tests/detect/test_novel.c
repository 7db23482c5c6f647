/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/novel.h"

#include "../testing.h"
#include "numbers.h"

#include <string.h>

#define S     1000000000LL
#define LIMIT 1000.0

/* A series under watch, a sample a second. */
struct watch {
    davy_novel novel;
    int64_t second;
    size_t begins, ends;
    int64_t begun; /* second of the last begin */
};

static void feed(struct watch *w, double value)
{
    const int64_t now = ++w->second * S;

    switch (davy_novel_update(&w->novel, LIMIT, &(davy_delays){0}, value, now, now)) {
    case DAVY_CHANGE_BEGINS:
        w->begins++;
        w->begun = w->second;
        break;
    case DAVY_CHANGE_ENDS:
        w->ends++;
        break;
    case DAVY_CHANGE_NONE:
        break;
    }
}

static void feed_noise(struct watch *w, uint64_t *seed, size_t samples, double mean)
{
    for (size_t i = 0; i < samples; i++)
        feed(w, mean + normal(seed));
}

/* 100,000 samples without a pattern: at most a hundred are so rare, and three of them are one
 * alarm now and then. */
static void noise_is_told_at_most_as_often_as_the_limit_says(void **state)
{
    struct watch w = {0};
    uint64_t seed = 1;

    (void) state;
    feed_noise(&w, &seed, 100000, 20);
    assert_in_range(w.begins, 20, 100);
}

static void a_spike_is_told_as_a_value(void **state)
{
    struct watch w = {0};
    uint64_t seed = 2;

    (void) state;
    feed_noise(&w, &seed, 2000, 20);
    w.begins = 0;
    feed(&w, 40); /* twenty deviations: to a step of noise it is fourteen */
    assert_int_equal(w.begins, 1);
    assert_int_equal(w.novel.what, DAVY_NOVELTY_VALUE);
    assert_true(w.novel.rarity >= LIMIT);
}

/* Half a deviation of the noise is no value and no step, and twelve in a row are a mean. */
static void a_dozen_small_ones_are_a_novel_mean(void **state)
{
    struct watch w = {0};

    (void) state;
    for (int i = 0; i < 5000; i++)
        feed(&w, i % 2 ? 10 : -10);
    w.begins = 0;
    for (int i = 0; i < 12; i++)
        feed(&w, 9);
    assert_int_equal(w.begins, 1);
    assert_int_equal(w.novel.what, DAVY_NOVELTY_MEAN);
}

static void a_constant_series_is_quiet_until_it_moves(void **state)
{
    struct watch w = {0};

    (void) state;
    for (int i = 0; i < 500; i++)
        feed(&w, 0.1);
    assert_int_equal(w.begins, 0);
    feed(&w, 0.1 + 1e-15); /* rounding */
    assert_int_equal(w.begins, 0);
    feed(&w, 0.2);
    assert_int_equal(w.begins, 1);
    assert_near(w.novel.rarity, exp(DAVY_TAIL_MOST) / 3, 1);
}

static void a_new_load_is_told_once_and_becomes_usual(void **state)
{
    struct watch w = {0};
    uint64_t seed = 3;

    (void) state;
    feed_noise(&w, &seed, 5000, 20);
    w.begins = 0;
    feed(&w, 60);
    assert_int_equal(w.begins, 1);
    feed_noise(&w, &seed, 2000, 60);
    assert_int_equal(w.novel.quiet, 0); /* it is over */
    assert_in_range(w.begins, 1, 4);
}

/* Up by 7 a second, from 0 again after 4000 s. */
static void a_counter_is_usual_and_its_reset_is_not(void **state)
{
    struct watch w = {0};

    (void) state;
    for (int i = 0; i < 4000; i++)
        feed(&w, 7.0 * i);
    assert_int_equal(w.begins, 0);
    feed(&w, 0);
    assert_int_equal(w.begins, 1);
    assert_int_equal(w.novel.what, DAVY_NOVELTY_STEP);
}

/* On for 100 s of 300 s: both steps are news until both were seen twice. */
static void what_is_done_again_and_again_is_usual(void **state)
{
    struct watch w = {0};

    (void) state;
    for (int i = 0; i < 900; i++)
        feed(&w, i % 300 < 200 ? 20 : 80);
    w.begins = 0;
    for (int i = 900; i < 30000; i++)
        feed(&w, i % 300 < 200 ? 20 : 80);
    assert_int_equal(w.begins, 0);
}

static void one_mad_sample_does_not_hide_the_next_event(void **state)
{
    struct watch w = {0};
    uint64_t seed = 4;

    (void) state;
    feed_noise(&w, &seed, 5000, 20);
    feed(&w, 1e300);
    feed_noise(&w, &seed, 400, 20);
    assert_int_equal(w.novel.quiet, 0);
    w.begins = 0;
    feed(&w, 60);
    assert_int_equal(w.begins, 1);
}

static void it_ends_after_so_many_usual_samples(void **state)
{
    struct watch w = {0};

    (void) state;
    for (int i = 0; i < 500; i++)
        feed(&w, i % 2);
    feed(&w, 50);
    assert_int_equal(w.begins, 1);
    w.ends = 0;
    while (w.ends == 0 && w.second < 1000)
        feed(&w, (double) (w.second % 2));
    /* The step back, and the dozen behind it, are as rare; then a hundred are not. */
    assert_in_range(w.second - w.begun, DAVY_NOVEL_QUIET, DAVY_NOVEL_QUIET + 100);
}

static void what_is_no_number_is_passed_over(void **state)
{
    struct watch w = {0};
    davy_novel before;

    (void) state;
    for (int i = 0; i < 500; i++)
        feed(&w, i % 2);
    before = w.novel;
    assert_near(davy_novel_look(&w.novel, LIMIT, NAN), 1, 0);
    assert_near(davy_novel_look(&w.novel, LIMIT, INFINITY), 1, 0);
    assert_near(davy_novel_look(&w.novel, LIMIT, -INFINITY), 1, 0);
    assert_memory_equal(&before, &w.novel, sizeof before);
}

static void the_largest_numbers_there_are_do_not_overflow(void **state)
{
    davy_novel novel = {0};

    (void) state;
    for (int i = 0; i < 20000; i++) {
        const double rarity = davy_novel_look(&novel, LIMIT, i % 3 ? 1.7e308 : -1.7e308);

        assert_true(rarity >= 1 && rarity <= 1e12);
    }
    for (int i = 0; i < DAVY_NOVELTY_COUNT; i++)
        assert_true(isfinite(novel.tails[i].threshold) && isfinite(novel.tails[i].squares));
    assert_true(isfinite(novel.level));
}

static void nothing_is_said_while_it_warms_up(void **state)
{
    davy_novel novel = {0};
    uint64_t seed = 5;

    (void) state;
    for (int i = 0; i < DAVY_NOVEL_WARMUP; i++)
        assert_near(davy_novel_look(&novel, LIMIT, i == 50 ? 1e9 : normal(&seed)), 1, 0);
    assert_true(davy_novel_look(&novel, LIMIT, 1e12) > LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_told_at_most_as_often_as_the_limit_says),
        cmocka_unit_test(a_spike_is_told_as_a_value),
        cmocka_unit_test(a_dozen_small_ones_are_a_novel_mean),
        cmocka_unit_test(a_constant_series_is_quiet_until_it_moves),
        cmocka_unit_test(a_new_load_is_told_once_and_becomes_usual),
        cmocka_unit_test(a_counter_is_usual_and_its_reset_is_not),
        cmocka_unit_test(what_is_done_again_and_again_is_usual),
        cmocka_unit_test(one_mad_sample_does_not_hide_the_next_event),
        cmocka_unit_test(it_ends_after_so_many_usual_samples),
        cmocka_unit_test(what_is_no_number_is_passed_over),
        cmocka_unit_test(the_largest_numbers_there_are_do_not_overflow),
        cmocka_unit_test(nothing_is_said_while_it_warms_up),
    };

    return cmocka_run_group_tests_name("detect: novelties", tests, NULL, NULL);
}
