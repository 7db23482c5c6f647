/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "models/kinds/series_vary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS    ((size_t) 200)
#define CHANNELS ((size_t) 2)
#define COUNT    (STEPS * CHANNELS)

static const float scale[CHANNELS] = {1, 10};

static davy_form form_of(davy_form_kind kind)
{
    return (davy_form){.kind = kind, .steps = STEPS, .channels = CHANNELS};
}

/* A ramp, and the same from above: what a step holds says where it stood. */
static void fill(float values[COUNT])
{
    for (size_t t = 0; t < STEPS; t++) {
        values[t * CHANNELS] = (float) t;
        values[t * CHANNELS + 1] = 1000 - (float) t;
    }
}

static void vary(const char *changes, davy_form_kind kind, uint32_t sample, float values[COUNT])
{
    const davy_form form = form_of(kind);
    const davy_augmentation_key key = {.seed = 3, .epoch = 1, .sample = sample};
    davy_series_changes by;
    float scratch[COUNT];

    fill(values);
    assert_ok(davy_series_changes_parse(changes, &by));
    davy_series_vary(&by, &form, &key, scale, values, scratch);
}

static void nothing_asked_for_is_nothing_changed(void **state)
{
    float values[COUNT], raw[COUNT];

    (void) state;
    fill(raw);
    for (uint32_t n = 0; n < 20; n++) {
        vary("", DAVY_FORM_RECORDING, n, values);
        assert_memory_equal(values, raw, sizeof raw);
    }
}

static void the_same_key_gives_the_same_series(void **state)
{
    static const char changes[] = "jitter:0.1,scale:0.2,shift:0.1,slice:0.7,warp:0.5,bend:0.3";
    float values[COUNT], again[COUNT], other[COUNT];

    (void) state;
    vary(changes, DAVY_FORM_RECORDING, 7, values);
    vary(changes, DAVY_FORM_RECORDING, 7, again);
    vary(changes, DAVY_FORM_RECORDING, 8, other);
    assert_memory_equal(values, again, sizeof values);
    assert_true(memcmp(values, other, sizeof values) != 0);
}

/* 400 numbers of a normal distribution: mean within 4, deviation within 6 standard errors. */
static void jitter_is_noise_in_deviations_of_the_channel(void **state)
{
    float values[COUNT], raw[COUNT];
    double sum[CHANNELS] = {0}, squares[CHANNELS] = {0};

    (void) state;
    fill(raw);
    vary("jitter:0.5", DAVY_FORM_ROW, 1, values);
    for (size_t i = 0; i < COUNT; i++) {
        const double noise = (double) (values[i] - raw[i]);

        sum[i % CHANNELS] += noise;
        squares[i % CHANNELS] += noise * noise;
    }
    for (size_t j = 0; j < CHANNELS; j++) {
        const double sigma = 0.5 * (double) scale[j];

        assert_near(sum[j] / (double) STEPS, 0, 4 * sigma / sqrt((double) STEPS));
        assert_near(sqrt(squares[j] / (double) STEPS), sigma, 6 * sigma / sqrt(2 * (double) STEPS));
    }
}

/* A row and a window stand where and as they stand. */
static void a_window_is_not_moved(void **state)
{
    float values[COUNT], raw[COUNT];

    (void) state;
    fill(raw);
    for (uint32_t n = 0; n < 10; n++) {
        vary("scale:0.5,shift:0.5,slice:0.5,warp:0.5,bend:0.5", DAVY_FORM_WINDOW, n, values);
        assert_memory_equal(values, raw, sizeof raw);
    }
}

/* A ramp stays one: it never steps back, begins and ends where it did, and speeds differ. */
static void warping_changes_speed_and_not_order(void **state)
{
    float values[COUNT];
    float slow = 10, fast = 0;

    (void) state;
    for (uint32_t n = 0; n < 30; n++) {
        vary("warp:0.5", DAVY_FORM_RECORDING, n, values);
        assert_near((double) values[0], 0, 1e-4);
        assert_near((double) values[(STEPS - 1) * CHANNELS], (double) STEPS - 1, 1e-2);
        for (size_t t = 1; t < STEPS; t++) {
            const float speed = values[t * CHANNELS] - values[(t - 1) * CHANNELS];

            assert_true(speed > 0.3F && speed < 3.1F); /* (1 - 0.5) / 1.5 to 1.5 / 0.5 */
            slow = speed < slow ? speed : slow;
            fast = speed > fast ? speed : fast;
        }
        assert_near((double) (values[50 * CHANNELS] + values[50 * CHANNELS + 1]), 1000,
                    1e-3); /* channels stay together */
    }
    assert_true(slow < 0.7F && fast > 1.4F);
}

static void slicing_keeps_the_share_that_was_asked_for(void **state)
{
    float values[COUNT];
    double least = 1, most = 0;

    (void) state;
    for (uint32_t n = 0; n < 60; n++) {
        double kept;

        vary("slice:0.6", DAVY_FORM_RECORDING, n, values);
        kept = (double) (values[(STEPS - 1) * CHANNELS] - values[0]) / ((double) STEPS - 1);
        assert_true(values[0] >= 0 && values[(STEPS - 1) * CHANNELS] <= (float) STEPS - 1);
        assert_true(kept >= 0.6 - 1e-5 && kept <= 1 + 1e-5);
        least = fmin(least, kept);
        most = fmax(most, kept);
    }
    assert_true(least < 0.65 && most > 0.95);
}

static void bending_changes_each_channel_along_a_curve(void **state)
{
    float values[COUNT], raw[COUNT];

    (void) state;
    fill(raw);
    for (uint32_t n = 0; n < 20; n++) {
        float before = 0;

        vary("bend:0.2", DAVY_FORM_WAVE, n, values);
        for (size_t t = 0; t < STEPS; t++) {
            const float factor = values[t * CHANNELS + 1] / raw[t * CHANNELS + 1];

            assert_true(factor > 0.7999F && factor < 1.2001F);
            assert_true(t == 0 || fabsf(factor - before) < 0.02F); /* it is smooth */
            before = factor;
        }
    }
}

static void a_wave_goes_round_and_a_recording_goes_on(void **state)
{
    float values[COUNT];
    bool wrapped = false;

    (void) state;
    for (uint32_t n = 0; n < 30; n++) {
        vary("shift:0.3", DAVY_FORM_WAVE, n, values);
        for (size_t t = 1; t < STEPS; t++)
            wrapped = wrapped || values[t * CHANNELS] < values[(t - 1) * CHANNELS];
        vary("shift:0.3", DAVY_FORM_RECORDING, n, values);
        for (size_t t = 1; t < STEPS; t++)
            assert_true(values[t * CHANNELS] >= values[(t - 1) * CHANNELS]);
    }
    assert_true(wrapped);
}

static void takes_a_series_of_one_step(void **state)
{
    const davy_form form = {.kind = DAVY_FORM_RECORDING, .steps = 1, .channels = 1};
    const davy_augmentation_key key = {.seed = 1};
    davy_series_changes by;
    float value = 5, scratch;

    (void) state;
    assert_ok(davy_series_changes_parse("shift:1,slice:0.1,warp:0.9,bend:0.1", &by));
    davy_series_vary(&by, &form, &key, scale, &value, &scratch);
    assert_near((double) value, 5, 0.5001);
}

static void refuses_changes_that_there_are_not(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"twist:0.1", "'twist' is none of jitter, scale, shift, slice, warp, bend"},
        {"jitter", "say jitter:N, with N from 0 to 10"},
        {"warp:1", "say warp:N, with N from 0 to 0.9"},
        {"scale:-0.1", "say scale:N"},
        {"scale:much", "say scale:N"},
        {"scale:0.1,,", "'' is none of"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_series_changes by;

        assert_fails(davy_series_changes_parse(cases[i].text, &by), DAVY_ERR_INVALID,
                     cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked_for_is_nothing_changed),
        cmocka_unit_test(the_same_key_gives_the_same_series),
        cmocka_unit_test(jitter_is_noise_in_deviations_of_the_channel),
        cmocka_unit_test(a_window_is_not_moved),
        cmocka_unit_test(warping_changes_speed_and_not_order),
        cmocka_unit_test(slicing_keeps_the_share_that_was_asked_for),
        cmocka_unit_test(bending_changes_each_channel_along_a_curve),
        cmocka_unit_test(a_wave_goes_round_and_a_recording_goes_on),
        cmocka_unit_test(takes_a_series_of_one_step),
        cmocka_unit_test(refuses_changes_that_there_are_not),
    };

    return cmocka_run_group_tests_name("models: series as they could have been", tests, NULL, NULL);
}
