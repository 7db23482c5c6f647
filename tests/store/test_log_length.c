/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A long log holds up a start, and what holds up the log are signals that have few samples: they
 * are due when the log is longer than its goal, and then its old segments go.
 */
#include "store/commit.h"
#include "store/hot.h"

#include "../testing.h"
#include "temporary.h"

#define BATCH_BYTES   ((size_t) 4096)
#define SEGMENT_BYTES ((size_t) 2048)
#define GOAL          ((size_t) 3) /* full segments */
#define RARE          0
#define OFTEN         1

struct log {
    davy_hot *hot;
    davy_commit *commit;
};

static davy_status add(void *context, const davy_sample *samples, size_t count, uint64_t sequence)
{
    return davy_hot_add(((struct log *) context)->hot, samples, count, sequence, 0);
}

static void open_log(struct log *log)
{
    const davy_commit_options options = {.folder = temporary,
                                         .number = 1,
                                         .sequence = 1,
                                         .batch_bytes = BATCH_BYTES,
                                         .segment_bytes = SEGMENT_BYTES,
                                         .apply = add,
                                         .context = log};

    assert_ok(davy_hot_create(&log->hot));
    assert_ok(davy_hot_set_signals(log->hot, 2));
    assert_ok(davy_commit_open(&options, &log->commit));
}

static void close_log(struct log *log)
{
    davy_commit_close(log->commit);
    davy_hot_destroy(log->hot);
}

static uint64_t segments_of(const struct log *log)
{
    davy_commit_stats stats;

    davy_commit_get_stats(log->commit, &stats);
    return stats.segments;
}

/* A frame of ten samples of one signal. */
static void write_frame(const struct log *log, davy_signal_id signal)
{
    static int64_t time_ns;
    davy_sample samples[10];

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(samples); i++)
        samples[i] = (davy_sample){time_ns += DAVY_NS_PER_S, 0.5, signal, DAVY_QUALITY_GOOD};
    assert_ok(davy_commit_samples(log->commit, samples, DAVY_ARRAY_LENGTH(samples)));
}

/* @return how many signals were due */
static size_t seal(const struct log *log, davy_hot_rule rule)
{
    davy_hot_taken *taken;
    size_t next = 0, count;

    assert_ok(davy_hot_take(log->hot, rule, &next, &taken, &count));
    davy_hot_finish(log->hot, taken, count);
    free(taken);
    assert_ok(davy_commit_trim(log->commit, davy_hot_oldest(log->hot)));
    return count;
}

static void a_signal_that_holds_up_a_long_log_is_due(void **state)
{
    static const davy_hot_rule full = {.points = 200}, held_up = {.points = 1000};
    davy_hot_rule rule = held_up;
    struct log log;

    (void) state;
    open_log(&log);
    write_frame(&log, RARE);
    while (segments_of(&log) <= GOAL + 1) {
        assert_int_equal(davy_commit_beyond(log.commit, GOAL), 0);
        (void) seal(&log, full); /* OFTEN, now and then, and nothing can be removed */
        write_frame(&log, OFTEN);
    }
    (void) seal(&log, (davy_hot_rule){.points = 11});
    write_frame(&log, OFTEN); /* in the last segment */
    rule.before_sequence = davy_commit_beyond(log.commit, GOAL);
    assert_true(rule.before_sequence > 1);
    assert_int_equal(seal(&log, held_up), 0);
    assert_int_equal(seal(&log, rule), 1);
    assert_int_equal(segments_of(&log), 1);
    assert_int_equal(davy_hot_count(log.hot), 10); /* OFTEN's last frame waits for more */
    assert_int_equal(davy_commit_beyond(log.commit, GOAL), 0);
    close_log(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_signal_that_holds_up_a_long_log_is_due, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
