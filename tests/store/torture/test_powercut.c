/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A store lives on a disk that forgets what was not synced, and the power is cut: after each look
 * of the row of its writes, syncs and renames. What was acknowledged before the cut is there.
 * With syncing switched off the same cuts lose data, or this test is blind. DAVY_TORTURE=1 cuts at
 * every point, in every way.
 */
#include "disk.h"
#include "history.h"
#include "shim.h"

#include "../../testing.h"
#include "../temporary.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEEDS     90
#define CUTS      240 /* in a short run */
#define BAD_SYNCS 6   /* histories in which a sync fails, in a short run */

static struct life {
    history history;
    uint64_t told_at[HISTORY_DEEDS_MAX + 1]; /* number of the first event after the answer */
    uint64_t bad_sync;                       /* the one that fails; 0: none */
    disk_model *disk;
} life;

static bool is_long(void)
{
    return getenv("DAVY_TORTURE") != NULL;
}

static void note_answer(void *context, uint32_t deed, history_answer answer)
{
    (void) context;
    (void) answer;
    life.told_at[deed] = disk_now(life.disk);
}

/* Live, heard by the disk. @param bad_sync  the sync that fails; 0: none */
static void live(uint64_t seed, uint64_t bad_sync)
{
    (void) snprintf(life.history.folder, sizeof life.history.folder, "%s/live", temporary);
    life.history = (history){.seed = seed, .deeds = DEEDS, .told = note_answer};
    (void) snprintf(life.history.folder, sizeof life.history.folder, "%s/live", temporary);
    life.bad_sync = bad_sync;
    memset(life.told_at, 0, sizeof life.told_at);
    assert_int_equal(mkdir(life.history.folder, 0700), 0);
    life.disk = disk_create(life.history.folder);
    shim_watch(life.history.folder);
    shim_listen(disk_hear, life.disk);
    shim_arm(SHIM_SYNC, bad_sync, 1, EIO);
    history_live(&life.history, 1, DEEDS);
    shim_arm(SHIM_SYNC, 0, 0, 0);
    shim_listen(NULL, NULL);
    shim_watch(NULL);
}

static void forget(void)
{
    char command[160];

    disk_destroy(life.disk);
    (void) snprintf(command, sizeof command, "rm -rf '%s'/*", temporary);
    assert_int_equal(system(command), 0);
}

/* What was known of the answers when the power was cut. One deed may have been under way. */
static void answer_until(history *of, uint64_t at)
{
    bool is_first = true;

    for (uint32_t deed = 1; deed <= DEEDS; deed++) {
        if (life.told_at[deed] == 0 || life.told_at[deed] <= at)
            continue;
        of->answers[deed] = is_first ? HISTORY_UNKNOWN : HISTORY_NOT_SENT;
        is_first = false;
    }
}

static bool survives(const disk_cut *cut, char why[256])
{
    static history after;
    char command[160];
    bool holds;

    after = life.history;
    after.told = NULL;
    (void) snprintf(after.folder, sizeof after.folder, "%s/after", temporary);
    assert_int_equal(mkdir(after.folder, 0700), 0);
    answer_until(&after, cut->at);
    disk_write_out(life.disk, cut, after.folder);
    holds = history_holds(&after, why);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", after.folder);
    assert_int_equal(system(command), 0);
    return holds;
}

static void must_survive(const disk_cut *cut)
{
    char why[256];

    if (!survives(cut, why))
        fail_msg("sync %llu failed, power cut before event %llu of %llu, chance %d, seed %llu: %s",
                 (unsigned long long) life.bad_sync, (unsigned long long) cut->at,
                 (unsigned long long) disk_now(life.disk), cut->chance,
                 (unsigned long long) cut->seed, why);
}

static uint64_t cut_all_over(uint64_t cuts)
{
    uint64_t events = disk_now(life.disk), count = 0;

    for (uint64_t i = 0; i < cuts; i++, count++)
        must_survive(&(disk_cut){
            .at = events * i / cuts, .chance = (disk_chance) (i % DISK_CHANCES), .seed = i});
    return count;
}

static void nothing_acknowledged_is_lost_wherever_the_power_is_cut(void **state)
{
    uint64_t cuts = 0, events;

    (void) state;
    for (uint64_t seed = 1; seed <= (is_long() ? 4 : 2); seed++) {
        live(seed, 0);
        events = disk_now(life.disk);
        cuts += cut_all_over(is_long() ? events * DISK_CHANCES : CUTS / 2);
        forget();
    }
    print_message("# %llu power cuts\n", (unsigned long long) cuts);
}

/* The kernel may have dropped the pages, and have forgotten the error at the next sync. */
static void nothing_acknowledged_is_lost_after_a_failed_sync_and_a_power_cut(void **state)
{
    uint64_t cuts = 0, bad_syncs = is_long() ? 300 : BAD_SYNCS;

    (void) state;
    for (uint64_t i = 1; i <= bad_syncs; i++) {
        live(3, is_long() ? i : i * 29);
        cuts += cut_all_over(is_long() ? 60 : CUTS / BAD_SYNCS / 2);
        forget();
    }
    print_message("# %llu power cuts after failed syncs\n", (unsigned long long) cuts);
}

/* The control: a test that finds no loss here would find none above. */
static void with_syncing_switched_off_power_cuts_lose_data(void **state)
{
    char why[256];
    unsigned lost = 0;

    (void) state;
    live(1, 0);
    for (uint64_t i = 0; i < 20; i++)
        lost += !survives(&(disk_cut){.at = disk_now(life.disk) * (i + 1) / 20,
                                      .chance = DISK_BY_CHANCE,
                                      .seed = i,
                                      .without_sync = true},
                          why);
    forget();
    print_message("# without syncing %u of 20 power cuts lose data\n", lost);
    assert_true(lost >= 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_acknowledged_is_lost_wherever_the_power_is_cut),
        TEST(nothing_acknowledged_is_lost_after_a_failed_sync_and_a_power_cut),
        TEST(with_syncing_switched_off_power_cuts_lose_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
