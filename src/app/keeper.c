/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper_private.h"

#include "core/log.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_NS DAVY_NS_PER_S

/* Days are over at midnight; who waits for one to go shall not wait long. */
#define RETENTION_NS (5 * DAVY_NS_PER_S)

/* The reserve is this share of the floor, so that refilling it does not take what made room. */
#define RESERVE_SHARE 2

/* What opens the files of a daemon: some dozen pages and maps of SQLite. */
#define START_BYTES ((uint64_t) 512 * 1024)

/* Room that nobody needs: beyond the floor. */
static uint64_t spare_bytes(davy_room_state room)
{
    return room.free_bytes > room.floor_bytes ? room.free_bytes - room.floor_bytes : 0;
}

davy_status davy_keeper_open_reserve(const char *data, uint64_t floor_bytes, davy_reserve **out)
{
    char path[PATH_MAX];
    davy_room room;
    davy_room_state state;
    uint64_t wish;
    davy_status status;

    davy_room_init(&room, data, floor_bytes);
    state = davy_room_look(&room);
    wish = state.floor_bytes / RESERVE_SHARE;
    (void) snprintf(path, sizeof path, "%s/reserve", data);
    status = davy_reserve_open(path, wish < DAVY_RESERVE_MOST ? wish : DAVY_RESERVE_MOST, out);
    if (status != DAVY_OK)
        return status;
    while (davy_room_look(&room).free_bytes < START_BYTES && davy_reserve_give(*out))
        continue;
    if (davy_reserve_fill(*out, spare_bytes(state)) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "keeper", "%s", davy_error());
    return DAVY_OK;
}

davy_status davy_keeper_record(davy_keeper *keeper, davy_buffer *body)
{
    davy_record record = {.time_ns = davy_wall_ns(keeper->parts.clock),
                          .kind = DAVY_RECORD_AUDIT,
                          .subject = "store"};
    davy_status status = davy_buffer_ok(body);

    record.body = body->bytes;
    if (status == DAVY_OK)
        status = davy_records_append(keeper->parts.records, &record, 1);
    davy_buffer_clear(body);
    return status;
}

static void fill_reserve(davy_keeper *keeper)
{
    davy_status status =
        davy_reserve_fill(keeper->parts.reserve, spare_bytes(davy_store_room(keeper->parts.store)));

    if (status != DAVY_OK && status != keeper->filled)
        davy_log(DAVY_LOG_WARNING, "keeper", "%s", davy_error());
    keeper->filled = status;
}

/* False to end. */
static bool wait_for_look(davy_keeper *keeper)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_NS / DAVY_NS_PER_S;
    pthread_mutex_lock(&keeper->lock);
    while (!keeper->stopping && pthread_cond_timedwait(&keeper->wake, &keeper->lock, &until) == 0)
        continue;
    stop = keeper->stopping;
    pthread_mutex_unlock(&keeper->lock);
    return !stop;
}

static void *run_keeper(void *argument)
{
    davy_keeper *keeper = argument;

    do {
        const int64_t now_ns = davy_monotonic_ns(keeper->parts.clock);

        if (keeper->looked_ns == 0 || now_ns - keeper->looked_ns >= RETENTION_NS) {
            keeper->looked_ns = now_ns;
            davy_keeper_remove_expired(keeper);
        }
        davy_keeper_make_room(keeper);
        fill_reserve(keeper);
    } while (wait_for_look(keeper));
    return NULL;
}

davy_status davy_keeper_create(const davy_keeper_parts *parts, davy_keeper **out)
{
    davy_keeper *keeper = calloc(1, sizeof *keeper);
    pthread_condattr_t monotonic;

    if (!keeper)
        return davy_fail(DAVY_ERR_NOMEM, "keeper");
    keeper->parts = *parts;
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_mutex_init(&keeper->terms_lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *out = keeper;
    return DAVY_OK;
}

davy_status davy_keeper_start(davy_keeper *keeper)
{
    int64_t newest_ns = INT64_MAX;

    if (davy_store_newest_day(keeper->parts.store, &newest_ns) != DAVY_OK)
        newest_ns = INT64_MAX;
    davy_clock_trust_start(&keeper->trust, davy_wall_ns(keeper->parts.clock),
                           davy_monotonic_ns(keeper->parts.clock), newest_ns);
    if (pthread_create(&keeper->thread, NULL, run_keeper, keeper) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "thread of the keeper");
    keeper->started = true;
    return DAVY_OK;
}

void davy_keeper_stop(davy_keeper *keeper)
{
    if (!keeper || !keeper->started)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->stopping = true;
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    keeper->started = false;
}

void davy_keeper_destroy(davy_keeper *keeper)
{
    if (!keeper)
        return;
    davy_keeper_stop(keeper);
    pthread_cond_destroy(&keeper->wake);
    pthread_mutex_destroy(&keeper->lock);
    pthread_mutex_destroy(&keeper->terms_lock);
    free(keeper);
}

static void write_class(void *context, const char *class_name, uint64_t bytes)
{
    davy_buffer_printf(context, "davy_store_class_bytes{class=\"%s\"} %llu\n", class_name,
                       (unsigned long long) bytes);
}

void davy_keeper_metrics(davy_keeper *keeper, davy_buffer *out)
{
    char text[160];

    davy_buffer_printf(
        out,
        "# HELP davy_data_reserve_bytes Room that a file holds for alarms.\n"
        "# TYPE davy_data_reserve_bytes gauge\n"
        "davy_data_reserve_bytes %llu\n"
        "# HELP davy_store_removed_files_total Day files removed by retention or a full disk.\n"
        "# TYPE davy_store_removed_files_total counter\n"
        "davy_store_removed_files_total %llu\n"
        "# HELP davy_store_removed_bytes_total Room that this gave.\n"
        "# TYPE davy_store_removed_bytes_total counter\n"
        "davy_store_removed_bytes_total %llu\n"
        "# HELP davy_store_held_files Day files that stay past their time, for an incident.\n"
        "# TYPE davy_store_held_files gauge\n"
        "davy_store_held_files %llu\n",
        (unsigned long long) davy_reserve_bytes(keeper->parts.reserve),
        (unsigned long long) atomic_load(&keeper->removed_files),
        (unsigned long long) atomic_load(&keeper->removed_bytes),
        (unsigned long long) atomic_load(&keeper->held_files));
    davy_buffer_printf(out,
                       "# HELP davy_store_retention_waits 1 while a shorter time of retention waits"
                       " to count.\n# TYPE davy_store_retention_waits gauge\n"
                       "davy_store_retention_waits %d\n",
                       davy_keeper_waits(keeper, text, sizeof text));
    davy_buffer_printf(out, "# HELP davy_store_class_bytes Day files of a class of retention.\n"
                            "# TYPE davy_store_class_bytes gauge\n");
    if (davy_store_visit_classes(keeper->parts.store, write_class, out) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "keeper", "%s", davy_error());
}
