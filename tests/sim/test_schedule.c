/* SPDX-License-Identifier: Apache-2.0 */
#include "schedule.h"

#include "../testing.h"
#include "core/file.h"
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char file[] = "/tmp/davy-test-schedule-XXXXXX";

static davy_status read_text(const char *text, davy_sim_schedule *schedule)
{
    assert_ok(davy_file_replace(file, text, strlen(text), 0600));
    return davy_sim_schedule_read(file, schedule);
}

static void the_demo_file_is_the_default(void **state)
{
    char path[4096];
    davy_sim_schedule built_in, example;

    (void) state;
    (void) snprintf(path, sizeof path, "%s/examples/demo/faults.csv", getenv("DAVY_SOURCE"));
    assert_ok(davy_sim_schedule_default(&built_in));
    assert_ok(davy_sim_schedule_read(path, &example));
    assert_int_equal(built_in.count, example.count);
    assert_memory_equal(built_in.lines, example.lines, example.count * sizeof *example.lines);
    davy_sim_schedule_clear(&built_in);
    davy_sim_schedule_clear(&example);
}

static void a_fault_comes_goes_and_comes_again(void **state)
{
    davy_sim_schedule schedule;

    (void) state;
    assert_ok(read_text("after_s,fault,duration_s,every_s\n10,tank-leak,5,100\n20,gauge-stuck,5,\n",
                        &schedule));
    assert_int_equal(davy_sim_schedule_edge(&schedule.lines[0], 9), DAVY_SIM_EDGE_NONE);
    assert_int_equal(davy_sim_schedule_edge(&schedule.lines[0], 10), DAVY_SIM_EDGE_START);
    assert_int_equal(davy_sim_schedule_edge(&schedule.lines[0], 12), DAVY_SIM_EDGE_NONE);
    assert_int_equal(davy_sim_schedule_edge(&schedule.lines[0], 15), DAVY_SIM_EDGE_STOP);
    assert_int_equal(davy_sim_schedule_edge(&schedule.lines[0], 110), DAVY_SIM_EDGE_START);
    assert_int_equal(davy_sim_schedule_edge(&schedule.lines[1], 20), DAVY_SIM_EDGE_START);
    assert_int_equal(davy_sim_schedule_edge(&schedule.lines[1], 120), DAVY_SIM_EDGE_NONE);
    davy_sim_schedule_clear(&schedule);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
    davy_sim_schedule schedule = {0};

    (void) state;
    assert_fails(read_text("after_s,fault,duration_s\n1,tank-leek,5\n", &schedule),
                 DAVY_ERR_NOT_FOUND, "line 2: no fault 'tank-leek'; there are tank-leak");
    assert_fails(read_text("after_s,fault,duration_s\n1,tank-leak,5\n-1,tank-leak,5\n", &schedule),
                 DAVY_ERR_INVALID, "line 3");
    assert_fails(read_text("after_s,fault,duration_s\n1,tank-leak,0\n", &schedule),
                 DAVY_ERR_INVALID, "at least a second");
    assert_fails(read_text("after_s,fault,duration_s,every_s\n1,tank-leak,5,5\n", &schedule),
                 DAVY_ERR_INVALID, "every_s");
    assert_fails(read_text("after_s,fault\n1,tank-leak\n", &schedule), DAVY_ERR_NOT_FOUND,
                 "duration_s");
    assert_null(schedule.lines);
}

static int make_file(void **state)
{
    int descriptor = mkstemp(file);

    (void) state;
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state)
{
    (void) state;
    return unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demo_file_is_the_default),
        cmocka_unit_test(a_fault_comes_goes_and_comes_again),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
