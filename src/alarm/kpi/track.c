/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/track.h"

#include "alarm/entry.h"
#include "alarm/owner.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct davy_alarm_track {
    const davy_site *site;
    davy_tracked_alarm *alarms; /* [count], keys owned */
    size_t count, capacity;
    uint32_t *slots; /* [slot_count] 1 + index of an alarm, open addressing; at most half full */
    size_t slot_count;
    uint64_t unreadable;
};

davy_status davy_alarm_track_create(const davy_site *site, davy_alarm_track **out)
{
    davy_alarm_track *track = calloc(1, sizeof *track);

    if (!track)
        return davy_fail(DAVY_ERR_NOMEM, "alarms of the records");
    track->site = site;
    *out = track;
    return DAVY_OK;
}

void davy_alarm_track_destroy(davy_alarm_track *track)
{
    if (!track)
        return;
    for (size_t i = 0; i < track->count; i++)
        free((char *) track->alarms[i].key);
    free(track->alarms);
    free(track->slots);
    free(track);
}

const davy_tracked_alarm *davy_alarm_track_at(const davy_alarm_track *track, size_t alarm)
{
    return &track->alarms[alarm];
}

uint64_t davy_alarm_track_unreadable(const davy_alarm_track *track)
{
    return track->unreadable;
}

/* Alarms by key ---------------------------------------------------------------------------- */

/* FNV-1a. Source: Fowler, Noll, Vo, draft-eastlake-fnv. Keys come from the site file. */
static uint64_t hash_of(const char *key)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *key; key++)
        hash = (hash ^ (unsigned char) *key) * 0x100000001B3u;
    return hash;
}

/* The slot that has this key, or where it would go. */
static uint32_t *slot_of(const davy_alarm_track *track, const char *key)
{
    size_t slot = hash_of(key) & (track->slot_count - 1);

    while (track->slots[slot] != 0 && strcmp(track->alarms[track->slots[slot] - 1].key, key) != 0)
        slot = (slot + 1) & (track->slot_count - 1);
    return &track->slots[slot];
}

bool davy_alarm_track_find(const davy_alarm_track *track, const char *key, size_t *alarm)
{
    const uint32_t *slot = track->slot_count > 0 ? slot_of(track, key) : NULL;

    if (!slot || *slot == 0)
        return false;
    *alarm = *slot - 1;
    return true;
}

static davy_status make_room(davy_alarm_track *track)
{
    size_t capacity = track->capacity ? 2 * track->capacity : 64;
    davy_tracked_alarm *alarms;
    uint32_t *slots;

    if (track->count < track->capacity)
        return DAVY_OK;
    alarms = realloc(track->alarms, capacity * sizeof *alarms);
    if (alarms)
        track->alarms = alarms;
    slots = alarms ? calloc(2 * capacity, sizeof *slots) : NULL;
    if (!slots)
        return davy_fail(DAVY_ERR_NOMEM, "%zu alarms of the records", capacity);
    free(track->slots);
    track->slots = slots;
    track->slot_count = 2 * capacity;
    track->capacity = capacity;
    for (uint32_t i = 0; i < track->count; i++)
        *slot_of(track, track->alarms[i].key) = i + 1;
    return DAVY_OK;
}

static const char *text_of(const json_t *body, const char *key)
{
    return json_string_value(json_object_get(body, key));
}

/* The alarm with this key; at first sight a normal one of the record's asset. */
static davy_status meet(davy_alarm_track *track, const char *key, const json_t *body, size_t *alarm)
{
    const char *detector = text_of(body, "detector");
    davy_status status = make_room(track);
    davy_tracked_alarm *new;
    uint32_t *slot;
    size_t asset;

    if (status != DAVY_OK)
        return status;
    slot = slot_of(track, key);
    if (*slot != 0) {
        *alarm = *slot - 1;
        return DAVY_OK;
    }
    asset = davy_alarm_asset(track->site, text_of(body, "signal"), text_of(body, "asset"));
    new = &track->alarms[track->count];
    *new = (davy_tracked_alarm){.key = strdup(key), .asset = asset};
    if (!new->key)
        return davy_fail(DAVY_ERR_NOMEM, "alarm '%s'", key);
    new->position = davy_alarm_position(track->site, asset, detector);
    *alarm = track->count++;
    *slot = (uint32_t) track->count;
    return DAVY_OK;
}

/* What a record tells -------------------------------------------------------------------------- */

/* A record that is readable: the parts that a move is made of. */
struct told {
    const char *transition;
    uint64_t id, turn;
    davy_priority priority;
    davy_alarm_phase phase;
    bool by; /* a person acted */
};

static bool read_priority(const char *name, davy_priority *priority)
{
    for (unsigned i = 0; name && i <= DAVY_PRIORITY_CRITICAL; i++)
        if (strcmp(davy_priority_name((davy_priority) i), name) == 0) {
            *priority = (davy_priority) i;
            return true;
        }
    return false;
}

static bool read_phase(const json_t *body, davy_alarm_phase *phase)
{
    const char *shown = text_of(body, "state");
    const char *evaluated = text_of(body, "evaluated");

    return shown && davy_alarm_state_find(shown, &phase->shown) == DAVY_OK &&
           davy_alarm_state_find(evaluated ? evaluated : shown, &phase->evaluated) == DAVY_OK &&
           phase->evaluated < DAVY_ALARM_SHELVED;
}

static bool read_body(const json_t *body, struct told *told)
{
    json_int_t id = json_integer_value(json_object_get(body, "id"));
    json_int_t turn = json_integer_value(json_object_get(body, "turn"));

    told->transition = text_of(body, "transition");
    told->id = (uint64_t) id;
    told->turn = (uint64_t) turn;
    told->by = text_of(body, "by") != NULL;
    return told->transition && id > 0 && turn > 0 && read_phase(body, &told->phase) &&
           read_priority(text_of(body, "priority"), &told->priority);
}

/* Records that only say again where an alarm is. */
static bool is_reminder(const char *transition)
{
    return strcmp(transition, DAVY_ALARM_KNOWN) == 0 ||
           strcmp(transition, DAVY_ALARM_RESTORED) == 0;
}

/* It became unacknowledged; or it was and the plant, not a person, moved it: that is a re-alarm. */
static bool is_annunciated(const davy_alarm_phase *before, const struct told *told)
{
    if (told->phase.shown != DAVY_ALARM_UNACKNOWLEDGED)
        return false;
    return before->shown != DAVY_ALARM_UNACKNOWLEDGED ||
           (!told->by && !is_reminder(told->transition));
}

/* Suppression by design is the plant's own logic; a shelf and out of service are somebody's. */
static bool is_unauthorised(const davy_alarm_phase *before, const struct told *told)
{
    davy_alarm_state shown = told->phase.shown;

    return (shown == DAVY_ALARM_SHELVED || shown == DAVY_ALARM_OUT_OF_SERVICE) &&
           before->shown != shown && !told->by && !is_reminder(told->transition);
}

static void move_alarm(davy_tracked_alarm *alarm, const struct told *told, davy_alarm_move *move)
{
    move->position = alarm->position;
    move->priority = told->priority;
    move->before = alarm->phase;
    move->after = told->phase;
    move->annunciated = is_annunciated(&alarm->phase, told);
    move->acknowledged =
        strcmp(told->transition, davy_alarm_event_name(DAVY_ALARM_ACKNOWLEDGES)) == 0;
    move->unauthorised = is_unauthorised(&alarm->phase, told);
    alarm->phase = told->phase;
    alarm->priority = told->priority;
    alarm->id = told->id;
    alarm->turn = told->turn;
}

static davy_status take_body(davy_alarm_track *track, const davy_record *record, const json_t *body,
                             davy_alarm_move *move, bool *moved)
{
    struct told told;
    size_t alarm;
    davy_status status;

    if (!read_body(body, &told)) {
        track->unreadable++;
        return DAVY_OK;
    }
    status = meet(track, record->subject, body, &alarm);
    if (status != DAVY_OK || told.turn <= track->alarms[alarm].turn)
        return status;
    *move = (davy_alarm_move){.time_ns = record->time_ns, .alarm = alarm};
    move_alarm(&track->alarms[alarm], &told, move);
    *moved = true;
    return DAVY_OK;
}

davy_status davy_alarm_track_take(davy_alarm_track *track, const davy_record *record,
                                  davy_alarm_move *move, bool *moved)
{
    json_t *body = json_loads(record->body, 0, NULL);
    davy_status status;

    *moved = false;
    status = take_body(track, record, body, move, moved);
    json_decref(body);
    return status;
}
