/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A child process appends samples and tells each acknowledged one through a pipe; it is killed at a
 * random moment, 50 times (DAVY_KILLS). After each kill all that was acknowledged must be there,
 * once.
 */
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define KILLS    50 /* of one store */
#define START_NS (1767312000LL * DAVY_NS_PER_S)
#define BATCH    20
#define STEP_NS  (20 * DAVY_NS_PER_MS) /* many chunks and some days in a few thousand samples */
#define IDS_MAX  4000000

/* Sample number `id`: everything about it follows from the number. */
static davy_sample sample_of(uint64_t id)
{
    return (davy_sample){START_NS + (int64_t) id * STEP_NS * 37, (double) (id % 1000) / 10, 0, 0};
}

/* What is late overlaps what is sealed, and is merged with it: the same samples change nothing. */
static void send_again(davy_store *store, uint64_t next)
{
    davy_sample batch[BATCH];

    for (size_t i = 0; i < BATCH; i++)
        batch[i] = sample_of((next - 1) * (i + 1) / BATCH);
    if (davy_store_append(store, batch, BATCH) != DAVY_OK || davy_store_seal(store) != DAVY_OK)
        _exit(5);
    if (davy_store_compact(store) != DAVY_OK)
        _exit(6);
}

/* Append from `next` on until killed; write the number of each batch's end to the pipe. */
static void append_for_ever(uint64_t next, int pipe_end)
{
    davy_store *store;

    if (davy_store_open(temporary, NULL, &store) != DAVY_OK)
        _exit(1);
    for (;;) {
        davy_sample batch[BATCH];

        for (size_t i = 0; i < BATCH; i++)
            batch[i] = sample_of(next + i);
        if (davy_store_append(store, batch, BATCH) != DAVY_OK)
            _exit(2);
        next += BATCH;
        if (write(pipe_end, &next, sizeof next) != sizeof next)
            _exit(3);
        if (next / BATCH % 64 == 0 && davy_store_seal(store) != DAVY_OK)
            _exit(4);
        if (next / BATCH % 96 == 0)
            send_again(store, next);
    }
}

/* What the child acknowledged before it died. */
static uint64_t read_acknowledged(int pipe_end, uint64_t before)
{
    uint64_t next;

    while (read(pipe_end, &next, sizeof next) == sizeof next)
        before = next;
    return before;
}

static uint64_t run_and_kill(uint64_t next, unsigned milliseconds)
{
    struct timespec pause = {0, (long) milliseconds * 1000000L};
    int ends[2], how;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        append_for_ever(next, ends[1]);
    }
    close(ends[1]);
    nanosleep(&pause, NULL);
    kill(child, SIGKILL);
    next = read_acknowledged(ends[0], next);
    close(ends[0]);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how)); /* the child met no error of its own */
    return next;
}

static davy_status check_run(void *context, const davy_store_run *run)
{
    uint64_t *next = context;

    for (size_t i = 0; i < run->count; i++, ++*next) {
        davy_sample expected = sample_of(*next);

        assert_true(run->times[i] == expected.time_ns); /* none lost, none doubled */
        assert_true(run->values[i] == expected.value);
    }
    return DAVY_OK;
}

/* All acknowledged samples are there; a last batch may be that was synced and not told. */
static uint64_t check(uint64_t acknowledged)
{
    davy_store *store;
    davy_store_stats stats;
    uint64_t next = 0;

    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_scan(store, 0, INT64_MIN, INT64_MAX, check_run, &next));
    assert_true(next == acknowledged || next == acknowledged + BATCH);
    davy_store_get_stats(store, &stats);
    assert_int_equal(stats.damaged_chunks, 0);
    assert_int_equal(stats.damaged_frames, 0);
    davy_store_close(store);
    return next;
}

/* One store that is killed so many times. @return its samples */
static uint64_t live_and_die(int kills)
{
    davy_store *store;
    davy_signal_id id;
    uint64_t next = 0;

    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_signal(store, "a/b", NULL, &id));
    davy_store_close(store);
    for (int i = 0; i < kills && next < IDS_MAX; i++)
        next = check(run_and_kill(next, 10 + (unsigned) (rand() % 400)));
    print_message("# %d kills, %llu samples\n", kills, (unsigned long long) next);
    return next;
}

/* DAVY_KILLS asks for more than the fifty of a store: as many stores as that takes. */
static void nothing_acknowledged_is_lost_or_doubled_by_kills(void **state)
{
    const char *wanted = getenv("DAVY_KILLS");
    int kills = wanted ? atoi(wanted) : KILLS;

    srand(20260102);
    for (int done = 0; done < kills; done += KILLS) {
        assert_true(live_and_die(kills - done < KILLS ? kills - done : KILLS) > 0);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_acknowledged_is_lost_or_doubled_by_kills,
                                        temporary_make, temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
