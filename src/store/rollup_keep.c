/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_keep.h"

#include "core/clock.h"
#include "core/log.h"
#include "store/private.h"
#include "store/rollup_make.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What became due meanwhile is made together; nobody waits for it. The first look comes sooner. */
#define LOOK_EVERY_S 60
#define LOOK_FIRST_S 10

/* So many times as long as it worked the thread rests. */
#define REST_SHARE  3
#define REST_MAX_NS DAVY_NS_PER_S

void davy_rollup_keeper_init(davy_rollup_keeper *keeper)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&keeper->make_lock, NULL);
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void davy_rollup_keeper_clear(davy_rollup_keeper *keeper)
{
    pthread_cond_destroy(&keeper->wake);
    pthread_mutex_destroy(&keeper->lock);
    pthread_mutex_destroy(&keeper->make_lock);
    free(keeper->due);
}

/* Index of the first due day >= number. */
static size_t find(const davy_rollup_keeper *keeper, int32_t number)
{
    size_t i = keeper->count;

    while (i > 0 && keeper->due[i - 1] >= number)
        i--;
    return i;
}

static bool make_room(davy_rollup_keeper *keeper)
{
    const size_t capacity = keeper->capacity ? keeper->capacity * 2 : 64;
    int32_t *grown;

    if (keeper->count < keeper->capacity)
        return true;
    grown = realloc(keeper->due, capacity * sizeof *grown);
    if (!grown)
        return false;
    keeper->due = grown;
    keeper->capacity = capacity;
    return true;
}

/* Without memory for it the day is looked at after the next opening. */
void davy_rollup_keeper_note(davy_rollup_keeper *keeper, int32_t number)
{
    size_t at;

    pthread_mutex_lock(&keeper->lock);
    at = find(keeper, number);
    if ((at == keeper->count || keeper->due[at] != number) && make_room(keeper)) {
        memmove(keeper->due + at + 1, keeper->due + at, (keeper->count - at) * sizeof *keeper->due);
        keeper->due[at] = number;
        keeper->count++;
    }
    pthread_mutex_unlock(&keeper->lock);
}

/* Take the newest due day before `today` and before the one taken last. */
static bool take(davy_rollup_keeper *keeper, int32_t today, int32_t *last)
{
    size_t at;
    bool found;

    pthread_mutex_lock(&keeper->lock);
    at = find(keeper, today < *last ? today : *last);
    found = at > 0;
    if (found) {
        *last = keeper->due[at - 1];
        keeper->count--;
        memmove(keeper->due + at - 1, keeper->due + at,
                (keeper->count - (at - 1)) * sizeof *keeper->due);
    }
    pthread_mutex_unlock(&keeper->lock);
    return found;
}

/* True when it is time to go on, false to end. */
static bool wait_for(davy_rollup_keeper *keeper, int64_t ns)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ns / DAVY_NS_PER_S;
    until.tv_nsec += ns % DAVY_NS_PER_S;
    if (until.tv_nsec >= DAVY_NS_PER_S) {
        until.tv_sec++;
        until.tv_nsec -= DAVY_NS_PER_S;
    }
    pthread_mutex_lock(&keeper->lock);
    while (!keeper->stop && pthread_cond_timedwait(&keeper->wake, &keeper->lock, &until) == 0)
        continue;
    stop = keeper->stop;
    pthread_mutex_unlock(&keeper->lock);
    return !stop;
}

static davy_status rest(void *context)
{
    davy_rollup_keeper *keeper = context;
    const int64_t now_ns = davy_monotonic_ns(davy_clock_system());
    int64_t ns = (now_ns - keeper->worked_ns) * REST_SHARE;

    ns = ns < REST_MAX_NS ? ns : REST_MAX_NS;
    if (!wait_for(keeper, ns))
        return DAVY_ERR_TIMEOUT;
    keeper->worked_ns = davy_monotonic_ns(davy_clock_system());
    return DAVY_OK;
}

/* Make all that is due of the days before `today`; those that fail are due again. */
static davy_status make_due(davy_store *store, int32_t today, davy_rollup_pause pause)
{
    davy_rollup_keeper *keeper = &store->keeper;
    davy_status first = DAVY_OK;
    int32_t last = INT32_MAX;

    while (first != DAVY_ERR_TIMEOUT && first != DAVY_ERR_FULL && take(keeper, today, &last)) {
        davy_status status;

        pthread_mutex_lock(&keeper->make_lock);
        keeper->worked_ns = davy_monotonic_ns(davy_clock_system());
        status = davy_room_check(&store->room); /* what is left is not for what can be made anew */
        if (status == DAVY_OK)
            status = davy_rollups_make_day(store, last, pause, keeper);
        pthread_mutex_unlock(&keeper->make_lock);
        if (status != DAVY_OK)
            davy_rollup_keeper_note(keeper, last);
        first = first == DAVY_OK || status == DAVY_ERR_TIMEOUT ? status : first;
    }
    return first;
}

davy_status davy_store_roll_up(davy_store *store, int64_t before_ns)
{
    davy_status status;

    if (store->read_only)
        return davy_fail(DAVY_ERR_DENIED, "the store '%s' is open for reading only", store->folder);
    status = make_due(store, davy_day_of(before_ns), NULL);
    pthread_mutex_lock(&store->keeper.make_lock); /* the thread may be at a day that it took */
    pthread_mutex_unlock(&store->keeper.make_lock);
    return status;
}

/* A thread without a caller: it logs, once for as long as the same failure lasts. */
static void *run_keeper(void *context)
{
    davy_store *store = context;
    davy_status last = DAVY_OK;
    int64_t pause_ns = LOOK_FIRST_S * DAVY_NS_PER_S;

    while (wait_for(&store->keeper, pause_ns)) {
        const int32_t today = davy_day_of(davy_wall_ns(davy_clock_system()));
        davy_status status = make_due(store, today, rest);

        if (status != DAVY_OK && status != DAVY_ERR_TIMEOUT && status != last)
            davy_log(DAVY_LOG_WARNING, "store", "cannot make rollups, will try again: %s",
                     davy_error());
        last = status;
        pause_ns = LOOK_EVERY_S * DAVY_NS_PER_S;
    }
    return NULL;
}

davy_status davy_rollup_keeper_note_all(davy_store *store)
{
    int32_t *numbers;
    size_t count;
    davy_status status = davy_days_list(store->days, INT32_MIN, INT32_MAX, &numbers, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        davy_rollup_keeper_note(&store->keeper, numbers[i]);
    free(numbers);
    return DAVY_OK;
}

davy_status davy_rollup_keeper_start(davy_store *store)
{
    davy_status status = davy_rollup_keeper_note_all(store);

    if (status != DAVY_OK)
        return status;
    if (pthread_create(&store->keeper.thread, NULL, run_keeper, store) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "cannot start the thread that makes rollups");
    store->keeper.runs = true;
    return DAVY_OK;
}

void davy_rollup_keeper_stop(davy_store *store)
{
    davy_rollup_keeper *keeper = &store->keeper;

    if (!keeper->runs)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->stop = true;
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    keeper->runs = false;
}
