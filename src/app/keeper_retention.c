/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper_private.h"

#include "core/json.h"
#include "core/log.h"

#include <stdlib.h>

/* What happened before an incident was opened, and after it was closed, is looked at as well. */
#define EVIDENCE_NS (86400 * DAVY_NS_PER_S)

/* Holds ---------------------------------------------------------------------------------------- */

struct holds {
    davy_buffer items; /* davy_store_hold */
};

static davy_status hold_incident(void *context, const davy_incident *incident)
{
    struct holds *holds = context;
    const davy_store_hold hold = {
        incident->opened_ns - EVIDENCE_NS,
        incident->closed_ns > 0 ? incident->closed_ns + EVIDENCE_NS : INT64_MAX,
    };

    davy_buffer_append(&holds->items, &hold, sizeof hold);
    return davy_buffer_ok(&holds->items);
}

/* The record ---------------------------------------------------------------------------------- */

struct removing {
    davy_keeper *keeper;
    const char *why;
};

static davy_status record_removal(davy_keeper *keeper, const char *why,
                                  const davy_store_removal *removal)
{
    davy_buffer body = {0};

    davy_json_object(&body, NULL);
    davy_json_text(&body, "action", "remove");
    davy_json_text(&body, "why", why);
    davy_json_text(&body, "file", removal->file);
    davy_json_text(&body, "class", removal->class_name);
    davy_json_time(&body, "from", removal->from_ns);
    davy_json_time(&body, "to", removal->to_ns);
    davy_json_unsigned(&body, "samples", removal->samples);
    davy_json_unsigned(&body, "bytes", removal->bytes);
    davy_json_object_end(&body);
    return davy_keeper_record(keeper, &body);
}

/* The record comes first. A disk that is too full for it is given room first. */
static davy_status tell_removal(void *context, const davy_store_removal *removal)
{
    const struct removing *removing = context;
    davy_status status = record_removal(removing->keeper, removing->why, removal);

    davy_log(DAVY_LOG_INFO, "keeper", "%s is removed: %s; %llu samples of class %s", removal->file,
             removing->why, (unsigned long long) removal->samples, removal->class_name);
    return status == DAVY_ERR_FULL ? DAVY_OK : status;
}

/* Removing ------------------------------------------------------------------------------------ */

static void count(davy_keeper *keeper, const davy_store_removed *removed)
{
    atomic_fetch_add(&keeper->removed_files, removed->files);
    atomic_fetch_add(&keeper->removed_bytes, removed->bytes);
}

static davy_status remove_by(davy_keeper *keeper, const char *why,
                             davy_status (*remove)(davy_store *, const davy_store_retention *,
                                                   davy_store_removed *),
                             davy_store_removed *removed)
{
    struct holds holds = {0};
    struct removing removing = {keeper, why};
    davy_store_retention retention = {
        .now_ns = davy_wall_ns(keeper->parts.clock), .removes = tell_removal, .context = &removing};
    davy_status status = davy_incidents_each(keeper->parts.incidents, false, hold_incident, &holds);

    if (status == DAVY_OK) {
        retention.holds = (const davy_store_hold *) (const void *) holds.items.bytes;
        retention.hold_count = holds.items.length / sizeof(davy_store_hold);
        status = remove(keeper->parts.store, &retention, removed);
        count(keeper, removed);
    }
    davy_buffer_clear(&holds.items);
    return status;
}

/* Once for as long as it lasts. */
static void say(davy_keeper *keeper, const char *doubt)
{
    if (doubt && doubt != keeper->doubt)
        davy_log(DAVY_LOG_WARNING, "keeper", "%s", doubt);
    keeper->doubt = doubt;
}

/* The clock says what is old, also when the disk is full. */
static bool is_sure(davy_keeper *keeper)
{
    const davy_clock *clock = keeper->parts.clock;

    say(keeper,
        davy_clock_trust_doubt(&keeper->trust, davy_wall_ns(clock), davy_monotonic_ns(clock)));
    return !keeper->doubt;
}

void davy_keeper_remove_expired(davy_keeper *keeper)
{
    davy_store_removed removed = {0};
    davy_status status;

    if (!is_sure(keeper))
        return;
    davy_keeper_ripen(keeper);
    status = remove_by(keeper, "its time is over", davy_store_remove_expired, &removed);
    atomic_store(&keeper->held_files, removed.held);
    if (status != DAVY_OK && status != DAVY_ERR_UNAVAILABLE && status != keeper->expired)
        davy_log(DAVY_LOG_ERROR, "keeper", "days whose time is over stay: %s", davy_error());
    keeper->expired = status;
}

void davy_keeper_make_room(davy_keeper *keeper)
{
    davy_room_state room = davy_store_room(keeper->parts.store);
    davy_store_removed removed = {0};
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && room.free_bytes < ROOM_FLOORS * room.floor_bytes &&
           is_sure(keeper)) {
        status = remove_by(keeper, "the disk runs full", davy_store_remove_oldest, &removed);
        room = davy_store_room(keeper->parts.store);
    }
    if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND && status != DAVY_ERR_UNAVAILABLE &&
        status != keeper->roomless)
        davy_log(DAVY_LOG_ERROR, "keeper", "no room is made: %s", davy_error());
    keeper->roomless = status;
}
