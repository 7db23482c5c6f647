/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_damage.h"

#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S)

/* Three frames of a sample each, in a segment of their own. @return bytes before the second */
static long write_segment(int first)
{
    davy_store_stats stats;
    davy_store *store;
    davy_signal_id id;

    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_signal(store, "a/b", NULL, &id));
    for (int i = first; i < first + 3; i++) {
        const davy_sample sample = {START_NS + i * DAVY_NS_PER_S, i, id, 0};

        assert_ok(davy_store_append(store, &sample, 1));
    }
    davy_store_get_stats(store, &stats);
    davy_store_close(store);
    return (long) (DAVY_SEGMENT_HEADER + stats.bytes_logged / 3);
}

static void damage_segment(unsigned number, long at)
{
    char path[256], byte;
    int descriptor;

    (void) snprintf(path, sizeof path, "%s/hot/%010u.log", temporary, number);
    descriptor = open(path, O_RDWR | O_CLOEXEC);
    assert_true(descriptor >= 0);
    assert_int_equal(pread(descriptor, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(descriptor, &byte, 1, at), 1);
    close(descriptor);
}

static void note_fault(void *context, const davy_store_fault *fault)
{
    char *told = context;
    size_t length = strlen(told);

    (void) snprintf(told + length, 2000 - length, "%s: %s\n", fault->where, fault->what);
}

static void the_segments_that_lost_frames_are_named(void **state)
{
    const davy_store_options options = {.read_only = true};
    uint64_t checked, damaged;
    char told[2000] = "";
    davy_store_stats stats;
    davy_store *store;
    long second = 0;

    (void) state;
    for (int i = 0; i < 6; i++)
        second = write_segment(3 * i);
    for (unsigned number = 1; number <= 6; number++)
        damage_segment(number, second + (long) DAVY_FRAME_HEAD + 2);
    assert_ok(davy_store_open(temporary, &options, &store));
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.damaged_frames, 6);
    assert_ok(davy_store_verify_faults(store, &checked, &damaged, note_fault, told));
    davy_store_close(store);
    assert_int_equal(damaged, 6);
    assert_string_equal(told, "hot/0000000001.log: damaged places: 1; frames: 1 missing, 2 kept\n"
                              "hot/0000000002.log: damaged places: 1; frames: 1 missing, 2 kept\n"
                              "hot/0000000003.log: damaged places: 1; frames: 1 missing, 2 kept\n"
                              "hot/0000000004.log: damaged places: 1; frames: 1 missing, 2 kept\n"
                              "hot: 2 more segments are not as they were written\n");
}

static void a_count_that_nobody_knows_is_not_said(void **state)
{
    const davy_segment_report report = {.frames = 7, .damage = 2};
    char text[DAVY_LOG_DAMAGE_TEXT];

    (void) state;
    davy_log_damage_describe(&report, text);
    assert_string_equal(text, "damaged places: 2; frames: 7 kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_segments_that_lost_frames_are_named, temporary_make,
                                        temporary_remove),
        cmocka_unit_test(a_count_that_nobody_knows_is_not_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
