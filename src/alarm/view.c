/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/state.h"
#include "core/arena.h"

#include <stdlib.h>
#include <string.h>

static bool passes(const davy_alarm_entry *entry, davy_alarm_filter filter)
{
    switch (filter) {
    case DAVY_ALARMS_STANDING:
        return entry->phase.shown != DAVY_ALARM_NORMAL;
    case DAVY_ALARMS_ACTIVE:
        return davy_alarm_phase_active(&entry->phase);
    case DAVY_ALARMS_SHELVED:
        return entry->phase.shown == DAVY_ALARM_SHELVED;
    default:
        return entry->configured || entry->phase.shown != DAVY_ALARM_NORMAL;
    }
}

/* 0 for what still calls for a person: unacknowledged and not silenced. */
static int calls(const davy_alarm_entry *entry)
{
    return !davy_alarm_phase_acknowledged(&entry->phase) && entry->phase.shown < DAVY_ALARM_SHELVED
               ? 0
               : 1;
}

static int compare_urgency(const void *left, const void *right)
{
    const davy_alarm_entry *a = *(davy_alarm_entry *const *) left;
    const davy_alarm_entry *b = *(davy_alarm_entry *const *) right;

    if (calls(a) != calls(b))
        return calls(a) - calls(b);
    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    if (a->since_ns != b->since_ns)
        return a->since_ns > b->since_ns ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* Alarms as they were at one moment, with copies of their texts. */
struct snapshot {
    davy_arena arena;
    davy_alarm *alarms; /* [count] */
    size_t count;
};

static bool copy_text(davy_arena *arena, const char **text)
{
    if (!*text)
        return true;
    *text = davy_arena_text(arena, *text, strlen(*text));
    return *text != NULL;
}

static bool copy_actions(davy_arena *arena, davy_alarm *alarm)
{
    const char **copies = davy_arena_array(arena, alarm->action_count + 1, sizeof *copies);

    for (size_t i = 0; copies && i < alarm->action_count; i++) {
        copies[i] = alarm->actions[i];
        if (!copy_text(arena, &copies[i]))
            return false;
    }
    alarm->actions = copies;
    return copies != NULL;
}

static bool add_copy(struct snapshot *snapshot, const davy_alarm_entry *entry)
{
    davy_alarm alarm = davy_alarm_entry_view(entry);
    const char **const texts[] = {
        &alarm.key,       &alarm.signal,     &alarm.detector,      &alarm.source,  &alarm.asset,
        &alarm.reason,    &alarm.department, &alarm.suppressed_by, &alarm.comment, &alarm.by,
        &alarm.judgement, &alarm.cause,      &alarm.consequence};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++)
        if (!copy_text(&snapshot->arena, texts[i]))
            return false;
    if (!copy_actions(&snapshot->arena, &alarm))
        return false;
    snapshot->alarms[snapshot->count++] = alarm;
    return true;
}

/* Under the lock: only copying, so that a slow looker never holds up an alarm. */
static davy_status take_snapshot(const davy_alarm_book *book, davy_alarm_filter filter,
                                 struct snapshot *snapshot)
{
    davy_alarm_entry **found =
        davy_arena_array(&snapshot->arena, book->count + 1, sizeof(davy_alarm_entry *));
    size_t count = 0;

    snapshot->alarms =
        davy_arena_array(&snapshot->arena, book->count + 1, sizeof *snapshot->alarms);
    if (!found || !snapshot->alarms)
        return davy_fail(DAVY_ERR_NOMEM, "%zu alarms", book->count);
    for (size_t i = 0; i < book->count; i++)
        if (passes(book->entries[i], filter))
            found[count++] = book->entries[i];
    qsort(found, count, sizeof(davy_alarm_entry *), compare_urgency);
    for (size_t i = 0; i < count; i++)
        if (!add_copy(snapshot, found[i]))
            return davy_fail(DAVY_ERR_NOMEM, "%zu alarms", count);
    return DAVY_OK;
}

davy_status davy_alarms_visit(davy_alarms *alarms, davy_alarm_filter filter,
                              davy_status (*visit)(void *context, const davy_alarm *alarm),
                              void *context)
{
    struct snapshot snapshot = {0};
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    status = take_snapshot(&alarms->book, filter, &snapshot);
    pthread_mutex_unlock(&alarms->lock);
    for (size_t i = 0; i < snapshot.count && status == DAVY_OK; i++)
        status = visit(context, &snapshot.alarms[i]);
    davy_arena_clear(&snapshot.arena);
    return status;
}

davy_status davy_alarms_get(davy_alarms *alarms, uint64_t id,
                            davy_status (*visit)(void *context, const davy_alarm *alarm),
                            void *context)
{
    struct snapshot snapshot = {0};
    davy_alarm room;
    const davy_alarm_entry *entry;
    davy_status status = DAVY_OK;

    snapshot.alarms = &room;
    pthread_mutex_lock(&alarms->lock);
    entry = davy_alarm_book_by_id(&alarms->book, id);
    if (!entry)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no alarm has the id %llu", (unsigned long long) id);
    else if (!add_copy(&snapshot, entry))
        status = davy_fail(DAVY_ERR_NOMEM, "alarm %llu", (unsigned long long) id);
    pthread_mutex_unlock(&alarms->lock);
    if (status == DAVY_OK)
        status = visit(context, &room);
    davy_arena_clear(&snapshot.arena);
    return status;
}

void davy_alarms_get_stats(davy_alarms *alarms, davy_alarms_stats *stats)
{
    pthread_mutex_lock(&alarms->lock);
    *stats = alarms->stats;
    stats->alarms = alarms->book.count;
    stats->standing = 0;
    stats->active = 0;
    stats->unkept = alarms->outbox.count;
    stats->given_up = alarms->outbox.given_up;
    for (size_t i = 0; i < alarms->book.count; i++) {
        stats->standing += passes(alarms->book.entries[i], DAVY_ALARMS_STANDING) ? 1 : 0;
        stats->active += passes(alarms->book.entries[i], DAVY_ALARMS_ACTIVE) ? 1 : 0;
    }
    pthread_mutex_unlock(&alarms->lock);
}
