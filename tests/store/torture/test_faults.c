/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Each call that a store makes of the disk, and each piece of memory that it asks for, fails once,
 * and then for good: nothing acknowledged is lost, nothing is acknowledged that is not there,
 * nothing crashes or hangs. A clean run counts the calls of each kind; then as many children live
 * through the same history as there are places where a call can fail. DAVY_TORTURE=1 tries every
 * place; else a sample of them.
 */
#include "history.h"
#include "shim.h"

#include "../../testing.h"
#include "../temporary.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEEDS         60
#define SEED          7
#define SAMPLED       4  /* places of each way of failing that are tried in a short run */
#define SAMPLED_SYNCS 20 /* a sync is a promise */
#define SECONDS       60 /* a child that takes longer hangs */
#define STUBBORN      5  /* interrupts in a row: nobody is interrupted for ever */
#define FOR_EVER      UINT64_MAX

typedef struct fault_way {
    const char *name;
    shim_call call;
    int error; /* 0: a short count */
    uint64_t times;
} fault_way;

static const fault_way ways[] = {
    {"write: EIO once", SHIM_WRITE, EIO, 1},
    {"write: EIO for good", SHIM_WRITE, EIO, FOR_EVER},
    {"write: ENOSPC once", SHIM_WRITE, ENOSPC, 1},
    {"write: ENOSPC for good", SHIM_WRITE, ENOSPC, FOR_EVER},
    {"write: EINTR", SHIM_WRITE, EINTR, STUBBORN},
    {"write: half of it, once", SHIM_WRITE, 0, 1},
    {"write: half of it, for good", SHIM_WRITE, 0, FOR_EVER},
    {"sync: EIO once", SHIM_SYNC, EIO, 1},
    {"sync: EIO for good", SHIM_SYNC, EIO, FOR_EVER},
    {"sync: ENOSPC once", SHIM_SYNC, ENOSPC, 1},
    {"sync: EINTR", SHIM_SYNC, EINTR, STUBBORN},
    {"rename, unlink: EIO once", SHIM_RENAME, EIO, 1},
    {"rename, unlink: EIO for good", SHIM_RENAME, EIO, FOR_EVER},
    {"rename, unlink: ENOSPC for good", SHIM_RENAME, ENOSPC, FOR_EVER},
    {"truncate: EIO once", SHIM_TRUNCATE, EIO, 1},
    {"truncate: EIO for good", SHIM_TRUNCATE, EIO, FOR_EVER},
    {"truncate: EINTR", SHIM_TRUNCATE, EINTR, STUBBORN},
    {"open: EIO once", SHIM_OPEN, EIO, 1},
    {"open: EIO for good", SHIM_OPEN, EIO, FOR_EVER},
    {"open: ENOSPC once", SHIM_OPEN, ENOSPC, 1},
    {"open: EMFILE once", SHIM_OPEN, EMFILE, 1},
    {"open: EMFILE for good", SHIM_OPEN, EMFILE, FOR_EVER},
    {"open: EINTR", SHIM_OPEN, EINTR, STUBBORN},
    {"read: EIO once", SHIM_READ, EIO, 1},
    {"read: EIO for good", SHIM_READ, EIO, FOR_EVER},
    {"read: EINTR", SHIM_READ, EINTR, STUBBORN},
    {"mmap: ENOMEM once", SHIM_MMAP, ENOMEM, 1},
    {"mmap: ENOMEM for good", SHIM_MMAP, ENOMEM, FOR_EVER},
    {"malloc: once", SHIM_MALLOC, ENOMEM, 1},
    {"malloc: for good", SHIM_MALLOC, ENOMEM, FOR_EVER},
};

/* What a child and its parent share. */
static struct shared {
    history history;
    uint64_t calls[SHIM_CALLS];
} * shared;

static bool is_long(void)
{
    return getenv("DAVY_TORTURE") != NULL;
}

static void live(const fault_way *way, uint64_t at)
{
    alarm(SECONDS);
    shim_watch(temporary);
    shim_arm(way->call, at, way->times, way->error);
    history_live(&shared->history, 1, DEEDS);
    for (int call = 0; call < SHIM_CALLS; call++)
        shared->calls[call] = shim_count((shim_call) call);
    _exit(0);
}

/* @return true when the place was reached; all that was promised was then looked at. */
static bool try_place(const fault_way *way, uint64_t at)
{
    char why[256];
    pid_t child;
    int how;

    assert_int_equal(temporary_make(NULL), 0);
    memset(shared, 0, sizeof *shared);
    shared->history =
        (history){.seed = SEED, .deeds = DEEDS, .failed_for_good = way->times == FOR_EVER};
    (void) snprintf(shared->history.folder, sizeof shared->history.folder, "%s", temporary);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        live(way, at);
    assert_int_equal(waitpid(child, &how, 0), child);
    if (WIFSIGNALED(how))
        fail_msg("%s, call %llu: %s", way->name, (unsigned long long) at, strsignal(WTERMSIG(how)));
    assert_int_equal(WEXITSTATUS(how), 0);
    if (!history_holds(&shared->history, why))
        fail_msg("%s, call %llu: %s", way->name, (unsigned long long) at, why);
    assert_int_equal(temporary_remove(NULL), 0);
    return at > 0 && shared->calls[way->call] >= at;
}

static void share(void)
{
    if (!shared)
        shared =
            mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
}

static uint32_t count_answers(history_answer answer)
{
    uint32_t count = 0;

    for (uint32_t i = 1; i <= DEEDS; i++)
        count += shared->history.answers[i] == answer;
    return count;
}

/* One way of failing at many places, each place in turn or a few spread over all. */
static uint64_t try_way(const fault_way *way, uint64_t calls)
{
    uint64_t sampled = way->call == SHIM_SYNC ? SAMPLED_SYNCS : SAMPLED;
    uint64_t step = is_long() ? 1 : calls / sampled, tried = 0;

    for (uint64_t at = 1; at <= calls; at += step > 0 ? step : 1) {
        tried += try_place(way, at);
        if (way->times == 1 && shared->calls[way->call] >= at)
            assert_true(shared->history.answers[DEEDS] != HISTORY_NOT_SENT); /* it went on */
    }
    return tried;
}

static void no_failure_of_a_call_loses_or_invents_a_sample_or_record(void **state)
{
    static const fault_way none = {"nothing fails", SHIM_WRITE, 0, 0};
    uint64_t calls[SHIM_CALLS];

    (void) state;
    share();
    (void) try_place(&none, 0);
    assert_int_equal(count_answers(HISTORY_REFUSED) + count_answers(HISTORY_UNKNOWN), 0);
    assert_true(count_answers(HISTORY_KEPT) > DEEDS / 2);
    memcpy(calls, shared->calls, sizeof calls);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ways); i++) {
        uint64_t of = calls[ways[i].call], tried;

        if (ways[i].call == SHIM_MALLOC && !shim_has_malloc())
            continue;
        assert_true(of > 0); /* or the shim is not in the way */
        tried = try_way(&ways[i], of);
        print_message("# %s: %llu places of %llu\n", ways[i].name, (unsigned long long) tried,
                      (unsigned long long) of);
        assert_true(tried > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_failure_of_a_call_loses_or_invents_a_sample_or_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
