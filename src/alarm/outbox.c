/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/outbox.h"

#include <stdlib.h>
#include <string.h>

static void clear_change(davy_alarm_change *change)
{
    if (change->body)
        change->entry->unkept--;
    free(change->body);
    free(change->reason);
    free(change->comment);
    free(change->by);
    free(change->judgement);
}

void davy_alarm_outbox_done(davy_alarm_outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++)
        clear_change(&outbox->changes[i]);
    outbox->count = 0;
}

void davy_alarm_outbox_clear(davy_alarm_outbox *outbox)
{
    davy_alarm_outbox_done(outbox);
    free(outbox->changes);
    *outbox = (davy_alarm_outbox){0};
}

void davy_alarm_outbox_take_back(davy_alarm_outbox *outbox)
{
    clear_change(&outbox->changes[--outbox->count]);
}

static davy_status make_room(davy_alarm_outbox *outbox)
{
    size_t capacity = outbox->capacity ? 2 * outbox->capacity : 16;
    davy_alarm_change *changes;

    if (outbox->count < outbox->capacity)
        return DAVY_OK;
    changes = realloc(outbox->changes, capacity * sizeof *changes);
    if (!changes)
        return davy_fail(DAVY_ERR_NOMEM, "%zu transitions of alarms", capacity);
    outbox->changes = changes;
    outbox->capacity = capacity;
    return DAVY_OK;
}

davy_status davy_alarm_outbox_add(davy_alarm_outbox *outbox, davy_alarm_entry *entry,
                                  const davy_alarm_note *note, bool announce)
{
    davy_alarm_change *change;
    davy_status status = make_room(outbox);

    if (status != DAVY_OK)
        return status;
    change = &outbox->changes[outbox->count++];
    *change = (davy_alarm_change){.entry = entry,
                                  .body = davy_alarm_entry_encode(entry, note),
                                  .time_ns = entry->changed_ns,
                                  .transition = note->transition,
                                  .announce = announce,
                                  .view = davy_alarm_entry_view(entry)};
    if (change->body)
        entry->unkept++;
    else
        outbox->incomplete = true;
    /* Without memory for a text the alarm is announced without it. */
    (void) davy_text_replace(&change->reason, entry->reason);
    (void) davy_text_replace(&change->comment, entry->comment);
    (void) davy_text_replace(&change->by, entry->by);
    (void) davy_text_replace(&change->judgement, entry->judgement);
    change->view.reason = change->reason;
    change->view.comment = change->comment;
    change->view.by = change->by;
    change->view.judgement = change->judgement;
    return DAVY_OK;
}

davy_status davy_alarm_outbox_write(davy_alarm_outbox *outbox, davy_records *records)
{
    davy_record *items;
    size_t count = 0;
    davy_status status;

    if (!records)
        return DAVY_OK; /* a rehearsal keeps nothing */
    items = malloc((outbox->count + 1) * sizeof *items);
    if (!items)
        return davy_fail(DAVY_ERR_NOMEM, "%zu records of alarms", outbox->count);
    for (size_t i = 0; i < outbox->count; i++)
        if (outbox->changes[i].body)
            items[count++] = (davy_record){.time_ns = outbox->changes[i].time_ns,
                                           .kind = outbox->kind,
                                           .subject = outbox->changes[i].entry->key,
                                           .body = outbox->changes[i].body};
    status = count > 0 ? davy_records_append(records, items, count) : DAVY_OK;
    free(items);
    return status;
}

void davy_alarm_outbox_announce(davy_alarm_outbox *outbox, const davy_alarms_callbacks *callbacks,
                                bool durable)
{
    for (size_t i = 0; i < outbox->count; i++) {
        davy_alarm_change *change = &outbox->changes[i];

        if (!change->announce)
            continue;
        change->announce = false;
        change->view.durable = durable && change->body;
        if (callbacks->announce)
            callbacks->announce(callbacks->context, &change->view, change->transition);
    }
}

void davy_alarm_outbox_trim(davy_alarm_outbox *outbox)
{
    size_t surplus;

    if (outbox->count <= DAVY_ALARMS_UNKEPT_MAX)
        return;
    /* A quarter more than needed, so that a long outage does not move the rest at every call. */
    surplus = outbox->count - DAVY_ALARMS_UNKEPT_MAX + DAVY_ALARMS_UNKEPT_MAX / 4;
    for (size_t i = 0; i < surplus; i++)
        clear_change(&outbox->changes[i]);
    memmove(outbox->changes, outbox->changes + surplus,
            (outbox->count - surplus) * sizeof *outbox->changes);
    outbox->count -= surplus;
    outbox->given_up += surplus;
    outbox->incomplete = true;
}
