/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Days whose samples go while somebody asks for them: what the samples answered before, rollups
 * answer afterwards, and nothing is missing in between.
 */
#include "store/retain.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <pthread.h>
#include <stdatomic.h>

#define S       DAVY_NS_PER_S
#define DAY_NS  (86400 * S)
#define BASE_NS (1767225600LL * S) /* 2026-01-01 */
#define DAYS    40
#define PER_DAY 96 /* one in 15 minutes */
#define READERS 2

static davy_store *store;
static atomic_int going; /* the day that goes next */
static atomic_bool over;
static atomic_int asked, wrong;

static davy_status agree(void *context, const davy_store_removal *removal)
{
    (void) context, (void) removal;
    return DAVY_OK;
}

static void fill(void)
{
    static const davy_site_class all = {.name = "default", .keep_ns = DAY_NS};
    const davy_store_options options = {.classes = &all, .class_count = 1};
    davy_sample samples[PER_DAY];
    davy_signal_id id;

    assert_ok(davy_store_open(temporary, &options, &store));
    assert_ok(davy_store_signal(store, "P-1/runs", "", &id));
    for (int64_t day = 0; day < DAYS; day++) {
        for (int i = 0; i < PER_DAY; i++)
            samples[i] = (davy_sample){BASE_NS + day * DAY_NS + i * 900 * S, i % 2, id, 0};
        assert_ok(davy_store_append(store, samples, PER_DAY));
    }
    assert_ok(davy_store_seal(store));
}

/* Steps that no tier has, so that samples are asked too as long as there are some. */
static bool is_whole(int64_t from_ns)
{
    static _Thread_local davy_store_bucket steps[DAY_NS / (3700 * S) + 1];
    uint64_t count = 0;

    if (davy_store_summarise(store, 0, from_ns, from_ns + DAY_NS, 3700 * S, steps,
                             DAVY_ARRAY_LENGTH(steps)) != DAVY_OK)
        return false;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(steps); i++)
        count += steps[i].count;
    return count == PER_DAY;
}

static bool is_held_by_halves(int64_t from_ns)
{
    double values[DAVY_STORE_STATES_MAX];
    davy_store_state_step step;
    size_t states;

    return davy_store_states(store, 0, from_ns, from_ns + DAY_NS, DAY_NS, values, &states, &step, 1,
                             NULL) == DAVY_OK &&
           states == 2 && step.held_ns[0] == DAY_NS / 2 && step.held_ns[1] == DAY_NS / 2;
}

static void *ask(void *context)
{
    while (!over) {
        const int64_t from_ns = BASE_NS + going * DAY_NS;

        wrong += !is_whole(from_ns) || !is_held_by_halves(from_ns);
        asked++;
    }
    return context;
}

static void a_day_that_goes_is_never_missing(void **state)
{
    davy_store_retention retention = {.removes = agree};
    davy_store_removed removed;
    pthread_t readers[READERS];

    (void) state;
    fill();
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, ask, NULL), 0);
    for (int day = 0; day < DAYS; day++) {
        const int before = asked;

        going = day;
        while (asked < before + 2 * READERS) /* so that they are at it */
            sched_yield();
        retention.now_ns = BASE_NS + (day + 2) * DAY_NS;
        assert_ok(davy_store_remove_expired(store, &retention, &removed));
        assert_int_equal(removed.files, 1);
    }
    over = true;
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    print_message("# %d questions\n", (int) asked);
    assert_int_equal(wrong, 0);
    davy_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_day_that_goes_is_never_missing, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
