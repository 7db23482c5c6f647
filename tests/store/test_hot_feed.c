/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hot_feed.h"

#include "../testing.h"

#define SIGNALS 7
#define FRAMES  400

static size_t samples_of(size_t frame)
{
    return frame % 50 == 49 ? 40000 : frame % 9 + 1;
}

/* Frames of few samples and of more than a buffer is full with; the value tells where it was sent.
 * Times go back with each frame, so that the later of two with the same time must win. */
static size_t push_frames(davy_hot_feed *feed)
{
    size_t total = 0;

    for (size_t frame = 0; frame < FRAMES; frame++) {
        for (size_t i = 0; i < samples_of(frame); i++) {
            const davy_sample sample = {(int64_t) (i / SIGNALS), (double) (frame * 100000 + i),
                                        (davy_signal_id) (i % SIGNALS), DAVY_QUALITY_GOOD};

            davy_buffer_append(davy_hot_feed_samples(feed), &sample, sizeof sample);
        }
        assert_ok(davy_hot_feed_push(feed, samples_of(frame), frame + 1));
        total += samples_of(frame);
    }
    assert_ok(davy_hot_feed_finish(feed));
    return total;
}

/* The frame that had the time 0 of a signal last. */
static double last_value(davy_signal_id signal)
{
    size_t frame = FRAMES;

    while (samples_of(--frame) <= signal)
        continue;
    return (double) (frame * 100000 + signal);
}

static void feed_and_look(bool threaded)
{
    davy_hot_feed *feed;
    davy_hot *hot;
    size_t total;

    assert_ok(davy_hot_create(&hot));
    assert_ok(davy_hot_set_signals(hot, SIGNALS));
    assert_ok(davy_hot_feed_create(&hot, threaded, &feed));
    total = push_frames(feed);
    assert_int_equal(davy_hot_count(hot), total);
    assert_int_equal(davy_hot_oldest(hot), 1);
    for (davy_signal_id signal = 0; signal < SIGNALS; signal++) {
        davy_points points = {0};

        assert_ok(davy_hot_copy(hot, signal, 0, 1, &points));
        assert_int_equal(points.count, 1);
        assert_true(points.values[0] == last_value(signal));
        davy_points_clear(&points);
    }

    davy_hot_destroy(hot); /* others in their place */
    assert_ok(davy_hot_create(&hot));
    assert_ok(davy_hot_set_signals(hot, SIGNALS));
    total = push_frames(feed);
    assert_int_equal(davy_hot_count(hot), total);
    davy_hot_feed_destroy(feed);
    davy_hot_destroy(hot);
}

static void samples_are_added_in_the_order_of_the_log_by_a_thread(void **state)
{
    (void) state;
    feed_and_look(true);
}

static void samples_are_added_in_the_order_of_the_log_without_a_thread(void **state)
{
    (void) state;
    feed_and_look(false);
}

static void what_was_not_finished_is_forgotten(void **state)
{
    davy_hot_feed *feed;
    davy_hot *hot;
    davy_sample sample = {0};

    (void) state;
    assert_ok(davy_hot_create(&hot));
    assert_ok(davy_hot_set_signals(hot, 1));
    assert_ok(davy_hot_feed_create(&hot, true, &feed));
    davy_buffer_append(davy_hot_feed_samples(feed), &sample, sizeof sample);
    assert_ok(davy_hot_feed_push(feed, 1, 1));
    davy_hot_feed_destroy(feed);
    davy_hot_feed_destroy(NULL);
    assert_int_equal(davy_hot_count(hot), 0);
    davy_hot_destroy(hot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_added_in_the_order_of_the_log_by_a_thread),
        cmocka_unit_test(samples_are_added_in_the_order_of_the_log_without_a_thread),
        cmocka_unit_test(what_was_not_finished_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
