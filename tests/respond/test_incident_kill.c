/* SPDX-License-Identifier: Apache-2.0 */
#include "incident_testing.h"

#include <signal.h>
#include <sys/wait.h>

#define ROUNDS 5
#define WANTED 60

/* A child adds events and writes the sequence of each that was taken into a pipe. */
static void run_child(const char *file, int pipe_end)
{
    davy_records *records;
    davy_incidents *book;
    uint64_t id = 1, sequence;
    davy_incidents_parts parts = {.clock = davy_clock_system()};
    json_t *first = json_pack("{s:s}", "name", "x");
    json_t *note = json_pack("{s:s, s:s}", "type", "note", "text", "x");

    if (davy_records_open(file, &records) != DAVY_OK)
        _exit(2);
    parts.records = records;
    if (davy_incidents_open(&parts, &book) != DAVY_OK)
        _exit(3);
    if (davy_incidents_add(book, 1, "jan", note, &sequence) == DAVY_ERR_NOT_FOUND &&
        davy_incidents_begin(book, "jan", first, &id) != DAVY_OK)
        _exit(4);
    for (;;) {
        if (davy_incidents_add(book, id, "jan", note, &sequence) != DAVY_OK)
            _exit(5);
        if (write(pipe_end, &sequence, sizeof sequence) != sizeof sequence)
            _exit(6);
    }
}

static davy_status last_of(void *context, const davy_incident *incident)
{
    *(davy_incident *) context = *incident;
    return DAVY_OK;
}

static void no_event_that_was_taken_is_lost_by_kill_9(void **state)
{
    struct incident_bench *bench = bench_create();
    size_t events = 0;

    (void) state;
    bench_shut(bench);
    for (int round = 0; round < ROUNDS; round++) {
        davy_incident now;
        uint64_t sequence = 0, taken = 0;
        int ends[2], ended, count = 0;
        pid_t child;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0)
            run_child(bench->file, ends[1]);
        close(ends[1]);
        while (read(ends[0], &sequence, sizeof sequence) == sizeof sequence) {
            taken = sequence;
            if (++count == WANTED)
                assert_int_equal(kill(child, SIGKILL), 0);
        }
        close(ends[0]);
        assert_int_equal(waitpid(child, &ended, 0), child);
        assert_true(WIFSIGNALED(ended) && count >= WANTED);
        bench_open(bench);
        assert_ok(davy_incidents_get(bench->book, 1, last_of, &now));
        assert_true(now.last >= taken); /* one may have been kept and not told */
        assert_true(now.events >= events + (size_t) count);
        events = now.events;
        assert_int_equal(davy_incidents_unreadable(bench->book), 0);
        bench_shut(bench);
    }
    bench_open(bench);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_event_that_was_taken_is_lost_by_kill_9),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
