/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/runner.h"

#include "plant.h"

#include "core/file.h"

#include <unistd.h>

static char csv_path[] = "/tmp/davy-runner-XXXXXX";
static const char *const files[] = {csv_path};

static void write_csv(const char *text)
{
    assert_ok(davy_file_replace(csv_path, text, strlen(text), 0600));
}

/* A plant that replays the test's file as fast as it goes. */
static void init(struct plant *plant, struct sink *sink, size_t signals)
{
    plant_init(plant, "replay", signals);
    plant->source.files = files;
    plant->source.file_count = 1;
    plant->source.time_column = "time";
    sink_init(sink);
}

static davy_runner *start(struct plant *plant, struct sink *sink)
{
    const davy_runner_callbacks callbacks = sink_callbacks(sink);
    davy_runner *runner = NULL;

    assert_ok(
        davy_runner_start(&plant->site, &plant->source, davy_clock_system(), &callbacks, &runner));
    return runner;
}

static void delivers_all_and_tells_the_end(void **state)
{
    struct plant plant;
    struct sink sink;
    davy_source_report report;
    davy_runner *runner;

    (void) state;
    write_csv("time,s0,s1\n10,1,2\n11,3,4\n");
    init(&plant, &sink, 2);
    runner = start(&plant, &sink);
    WAIT_FOR(sink_told(&sink, DAVY_SOURCE_FINISHED) == 1);
    davy_runner_report(runner, &report);
    assert_int_equal(report.state, DAVY_SOURCE_FINISHED);
    assert_int_equal(report.samples, 4);
    assert_int_equal(report.failures, 0);
    davy_runner_stop(runner);
    assert_int_equal(sink.count, 4);
    assert_int_equal(sink.told[DAVY_SOURCE_RUNNING], 1);
    assert_int_equal(sink.told[DAVY_SOURCE_LOST], 0);
    assert_true(sink.samples[3].value == 4.0);
    assert_true(sink.samples[3].time_ns == 11 * DAVY_NS_PER_S);
    sink_clear(&sink);
}

static void a_failed_delivery_keeps_the_batch_and_tries_again(void **state)
{
    struct plant plant;
    struct sink sink;
    davy_source_report report;
    davy_runner *runner;

    (void) state;
    write_csv("time,s0\n10,1\n11,3\n");
    init(&plant, &sink, 1);
    sink.refusals_left = 2;
    runner = start(&plant, &sink);
    WAIT_FOR(sink_told(&sink, DAVY_SOURCE_FINISHED) == 1);
    davy_runner_report(runner, &report);
    assert_int_equal(report.samples, 2);
    assert_int_equal(report.failures, 2);
    davy_runner_stop(runner);
    assert_int_equal(sink.count, 2);
    sink_clear(&sink);
}

static void a_delivery_that_never_succeeds_does_not_hold_up_a_stop(void **state)
{
    struct plant plant;
    struct sink sink;
    davy_runner *runner;

    (void) state;
    write_csv("time,s0\n10,1\n");
    init(&plant, &sink, 1);
    sink.refusals_left = 1000000;
    runner = start(&plant, &sink);
    WAIT_FOR(sink_told(&sink, DAVY_SOURCE_RUNNING) >= 2); /* the second tells that samples wait */
    davy_runner_stop(runner);
    assert_int_equal(sink.count, 0);
    sink_clear(&sink);
}

static void a_peer_that_was_never_there_is_marked_once(void **state)
{
    struct plant plant;
    struct sink sink;
    davy_runner *runner;

    (void) state;
    write_csv("time,s0\n10,1\n");
    init(&plant, &sink, 2); /* the file has no column for the second signal */
    runner = start(&plant, &sink);
    WAIT_FOR(sink_told(&sink, DAVY_SOURCE_LOST) >= 3);
    davy_runner_stop(runner);
    assert_int_equal(sink.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sink.samples[i].signal, PLANT_FIRST_ID + i);
        assert_int_equal(sink.samples[i].quality, DAVY_QUALITY_BAD);
        assert_true(isnan(sink.samples[i].value));
    }
    assert_non_null(strstr(sink.lost_words, "signal 'A/s1'"));
    assert_non_null(strstr(sink.lost_words, "no column 's1'"));
    sink_clear(&sink);
}

/* An open quote at the end: rows come, then the file is lost, again and again. */
static void a_peer_that_comes_and_goes_is_marked_each_time(void **state)
{
    struct plant plant;
    struct sink sink;
    davy_runner *runner;

    (void) state;
    write_csv("time,s0\n10,1\n11,\"2\n");
    init(&plant, &sink, 1);
    runner = start(&plant, &sink);
    WAIT_FOR(sink_told(&sink, DAVY_SOURCE_LOST) >= 2);
    WAIT_FOR(sink_count(&sink) >= 4);
    davy_runner_stop(runner);
    for (size_t i = 0; i + 1 < sink.count; i += 2) {
        assert_int_equal(sink.samples[i].quality, DAVY_QUALITY_GOOD);
        assert_int_equal(sink.samples[i + 1].quality, DAVY_QUALITY_BAD);
    }
    assert_non_null(strstr(sink.lost_words, "line 3: a quote is open"));
    sink_clear(&sink);
}

static void unknown_kinds_and_lines_have_nothing_to_run(void **state)
{
    const davy_runner_callbacks callbacks = {NULL, sink_deliver, NULL};
    davy_runner *runner = NULL;
    struct plant plant;

    (void) state;
    plant_init(&plant, "lines", 1);
    assert_fails(
        davy_runner_start(&plant.site, &plant.source, davy_clock_system(), &callbacks, &runner),
        DAVY_ERR_UNSUPPORTED, "kind 'lines' has nothing to run");
    assert_null(runner);
    davy_runner_stop(NULL);
}

static int make_path(void **state)
{
    int descriptor = mkstemp(csv_path);

    (void) state;
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_path(void **state)
{
    (void) state;
    return unlink(csv_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delivers_all_and_tells_the_end),
        cmocka_unit_test(a_failed_delivery_keeps_the_batch_and_tries_again),
        cmocka_unit_test(a_delivery_that_never_succeeds_does_not_hold_up_a_stop),
        cmocka_unit_test(a_peer_that_was_never_there_is_marked_once),
        cmocka_unit_test(a_peer_that_comes_and_goes_is_marked_each_time),
        cmocka_unit_test(unknown_kinds_and_lines_have_nothing_to_run),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
