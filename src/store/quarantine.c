/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include "core/clock.h"
#include "core/log.h"

#include <time.h>

/* As often a file has to be found damaged before it is set aside, and the time between. */
#define LOOKS         3
#define LOOK_PAUSE_NS (10 * DAVY_NS_PER_MS)

/* A person who has removed or put back a file shall see the alarm end soon. */
#define LOOK_AGAIN_NS (2 * DAVY_NS_PER_S)

void davy_store_suspect(davy_store *store, davy_day_file file)
{
    davy_suspects *suspects = &store->suspects;

    pthread_mutex_lock(&store->wake_lock);
    if (suspects->count < DAVY_ARRAY_LENGTH(suspects->files))
        suspects->files[suspects->count++] = file;
    pthread_mutex_unlock(&store->wake_lock);
}

static bool take_suspect(davy_store *store, davy_day_file *file)
{
    davy_suspects *suspects = &store->suspects;
    bool taken;

    pthread_mutex_lock(&store->wake_lock);
    taken = suspects->count > 0;
    if (taken)
        *file = suspects->files[--suspects->count];
    pthread_mutex_unlock(&store->wake_lock);
    return taken;
}

static davy_status try_to_open(davy_store *store, davy_day_file file)
{
    davy_day *day;
    davy_status status = davy_days_get(store->days, file, &day);

    if (status == DAVY_OK)
        davy_days_put(store->days, day, false);
    return status;
}

/* Only what cannot even be opened, again and again: of any other file the good chunks answer, and a
 * disk may fail for a moment. */
static void judge(davy_store *store, davy_day_file file)
{
    const struct timespec pause = {.tv_nsec = LOOK_PAUSE_NS};
    davy_status status = try_to_open(store, file);

    for (int look = 1; look < LOOKS && status == DAVY_ERR_CORRUPT; look++) {
        (void) nanosleep(&pause, NULL);
        status = try_to_open(store, file);
    }
    if (status != DAVY_ERR_CORRUPT)
        return;
    davy_log(
        DAVY_LOG_ERROR, "store",
        "%s: the day file is set aside, what it held is left out of answers, the rest is whole",
        davy_error());
    if (davy_days_set_aside(store->days, file) != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "store", "%s", davy_error());
    else
        davy_damage_forget(&store->damage, file); /* it is missed, until a person has looked */
}

/* What a person put back is counted anew when somebody asks. */
static void look_again(davy_store *store)
{
    const int64_t now_ns = davy_monotonic_ns(davy_clock_system());
    size_t returned = 0;
    davy_status status;

    if (now_ns - store->suspects.looked_ns < LOOK_AGAIN_NS)
        return;
    store->suspects.looked_ns = now_ns;
    status = davy_days_look_again(store->days, &returned);
    if (status != DAVY_OK && status != store->suspects.looked)
        davy_log(DAVY_LOG_WARNING, "store", "%s", davy_error());
    store->suspects.looked = status;
    if (returned == 0)
        return;
    pthread_mutex_lock(&store->totals_lock);
    store->totals.known = false;
    pthread_mutex_unlock(&store->totals_lock);
}

void davy_store_quarantine(davy_store *store)
{
    davy_day_file file;

    while (take_suspect(store, &file)) {
        pthread_mutex_lock(&store->seal_lock);
        judge(store, file);
        pthread_mutex_unlock(&store->seal_lock);
    }
    look_again(store);
}
