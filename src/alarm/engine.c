/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/reason.h"
#include "alarm/state.h"

#include <stdlib.h>
#include <string.h>

/* Transitions ------------------------------------------------------------------------------ */

davy_status davy_alarms_note(davy_alarms *alarms, davy_alarm_entry *entry,
                             const davy_alarm_note *note, bool announce)
{
    entry->turn++;
    entry->changed_ns = davy_wall_ns(alarms->clock);
    alarms->stats.transitions++;
    return davy_alarm_outbox_add(&alarms->outbox, entry, note, announce);
}

davy_status davy_alarms_enter(davy_alarms *alarms, davy_alarm_entry *entry, davy_alarm_event event,
                              const davy_alarm_phase *next, davy_alarm_step_kind step,
                              davy_alarm_note note)
{
    const bool announced = step == DAVY_ALARM_STEP_ANNOUNCED;

    if (entry->phase.shown < DAVY_ALARM_SHELVED)
        entry->told = entry->phase.evaluated;
    entry->phase = *next;
    if (announced && next->shown < DAVY_ALARM_SHELVED && event != DAVY_ALARM_ACKNOWLEDGES) {
        entry->announced_ns = davy_wall_ns(alarms->clock);
        entry->announced_monotonic_ns = davy_monotonic_ns(alarms->clock);
    }
    davy_alarms_set_timers(alarms, entry);
    note.transition = davy_alarm_event_name(event);
    return davy_alarms_note(alarms, entry, &note, announced);
}

davy_status davy_alarms_happen(davy_alarms *alarms, davy_alarm_entry *entry, davy_alarm_event event,
                               davy_alarm_note note)
{
    davy_alarm_phase next;
    davy_alarm_step_kind step = davy_alarm_step(&entry->phase, event, &next);

    if (step != DAVY_ALARM_STEP_ANNOUNCED && step != DAVY_ALARM_STEP_SILENT)
        return DAVY_OK;
    return davy_alarms_enter(alarms, entry, event, &next, step, note);
}

/* After records were given up: the last word on every alarm that ever moved. */
static davy_status write_all_states(davy_alarms *alarms)
{
    const davy_alarm_note note = {.transition = DAVY_ALARM_RESTORED, .with_reason = true};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < alarms->book.count && status == DAVY_OK; i++) {
        davy_alarm_entry *entry = alarms->book.entries[i];

        entry->turn++;
        status = davy_alarm_outbox_add(&alarms->outbox, entry, &note, false);
    }
    if (status == DAVY_OK)
        status = davy_alarm_outbox_write(&alarms->outbox, alarms->records);
    if (status == DAVY_OK)
        alarms->outbox.incomplete = false;
    return status;
}

static davy_status write_outbox(davy_alarms *alarms)
{
    davy_status status = davy_alarm_outbox_write(&alarms->outbox, alarms->records);

    if (status != DAVY_OK || !alarms->outbox.incomplete)
        return status;
    davy_alarm_outbox_announce(&alarms->outbox, &alarms->callbacks, true);
    davy_alarm_outbox_done(&alarms->outbox);
    return write_all_states(alarms);
}

davy_status davy_alarms_commit(davy_alarms *alarms)
{
    davy_status status;

    if (alarms->outbox.count == 0 && !alarms->outbox.incomplete)
        return DAVY_OK;
    status = write_outbox(alarms);
    davy_alarm_outbox_announce(&alarms->outbox, &alarms->callbacks, status == DAVY_OK);
    if (status == DAVY_OK)
        davy_alarm_outbox_done(&alarms->outbox);
    else
        davy_alarm_outbox_trim(&alarms->outbox);
    return status;
}

davy_status davy_alarms_first_of(davy_status first, davy_status second)
{
    return first != DAVY_OK ? first : second;
}

/* Opening ---------------------------------------------------------------------------------- */

static davy_status rebuild_one(void *context, const davy_record *record)
{
    davy_alarms *alarms = context;
    davy_alarm_entry *entry = davy_alarm_book_find(&alarms->book, record->subject);
    davy_status status = DAVY_OK;

    if (!entry)
        status = davy_alarm_book_add(&alarms->book, record->subject, &entry);
    if (status == DAVY_OK)
        status = davy_alarm_entry_decode(entry, record->body, record->time_ns);
    if (status == DAVY_ERR_CORRUPT) {
        alarms->stats.unreadable++;
        status = DAVY_OK;
    }
    if (entry && entry->id > alarms->book.last_id)
        alarms->book.last_id = entry->id;
    return status;
}

static davy_status rebuild(davy_alarms *alarms)
{
    davy_status status = DAVY_OK;

    if (alarms->records)
        status =
            davy_records_scan(alarms->records, DAVY_RECORD_ALARM, NULL, 0, 0, rebuild_one, alarms);
    for (size_t i = 0; i < alarms->book.count; i++) {
        davy_alarm_entry *entry = alarms->book.entries[i];

        /* All its records were unreadable: it is a normal alarm with a new id. */
        if (entry->id == 0)
            entry->id = ++alarms->book.last_id;
        davy_alarms_resume_timers(alarms, entry);
    }
    return status;
}

static davy_alarms *create(davy_records *records, const davy_clock *clock,
                           const davy_alarms_callbacks *callbacks, davy_record_kind kind)
{
    davy_alarms *alarms = calloc(1, sizeof *alarms);

    if (!alarms)
        return NULL;
    pthread_mutex_init(&alarms->lock, NULL);
    alarms->records = records;
    alarms->clock = clock;
    alarms->callbacks = *callbacks;
    alarms->outbox.kind = kind;
    return alarms;
}

davy_status davy_alarms_open_proof(davy_records *records, const davy_clock *clock,
                                   const davy_alarms_callbacks *callbacks, davy_alarms **out)
{
    *out = create(records, clock, callbacks, DAVY_RECORD_PROOF);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "alarms of a proof test");
}

davy_status davy_alarms_open(davy_records *records, const davy_clock *clock,
                             const davy_alarms_callbacks *callbacks, davy_alarms **out)
{
    davy_status status;
    davy_alarms *alarms = create(records, clock, callbacks, DAVY_RECORD_ALARM);

    if (!alarms)
        return davy_fail(DAVY_ERR_NOMEM, "alarms");
    status = rebuild(alarms);
    if (status != DAVY_OK) {
        davy_alarms_close(alarms);
        return davy_fail_in(status, "alarms");
    }

    /* What cannot be recorded now is tried again at every tick. */
    (void) davy_alarms_look_at_time(alarms);
    (void) davy_alarms_commit(alarms);
    *out = alarms;
    return DAVY_OK;
}

void davy_alarms_close(davy_alarms *alarms)
{
    if (!alarms)
        return;
    (void) davy_alarms_commit(alarms);
    davy_alarm_outbox_clear(&alarms->outbox);
    davy_alarm_book_clear(&alarms->book);
    free(alarms->by_condition);
    free(alarms->suppressing);
    free(alarms->suppressed);
    free(alarms->first_suppressed);
    pthread_mutex_destroy(&alarms->lock);
    free(alarms);
}

/* Findings --------------------------------------------------------------------------------- */

bool davy_alarms_is_active(davy_alarms *alarms, size_t condition)
{
    bool active;

    pthread_mutex_lock(&alarms->lock);
    active = condition < alarms->condition_count &&
             davy_alarm_phase_active(&alarms->by_condition[condition]->phase);
    pthread_mutex_unlock(&alarms->lock);
    return active;
}

static davy_status take_begin(davy_alarms *alarms, davy_alarm_entry *entry,
                              const davy_finding *finding)
{
    const davy_alarm_note note = {.text = finding->text, .with_reason = true};
    davy_alarm_phase next;
    davy_alarm_step_kind step = davy_alarm_step(&entry->phase, DAVY_ALARM_BEGINS, &next);
    char *reason;

    if (step == DAVY_ALARM_STEP_NONE)
        return DAVY_OK;
    reason =
        davy_alarm_reason_encode(alarms->site, &alarms->conditions[finding->condition], finding);
    /* Without memory for the reason the alarm is raised without one. */
    free(entry->reason);
    entry->reason = reason;
    entry->since_ns = finding->time_ns;
    entry->ended_ns = 0;
    (void) davy_text_replace(&entry->judgement, NULL); /* it was of the occurrence before */
    entry->occurrences++;
    entry->re_alarms = 0;
    return davy_alarms_enter(alarms, entry, DAVY_ALARM_BEGINS, &next, step, note);
}

/* A shelf of one shot ends with the condition it was meant for. */
static davy_status take_end(davy_alarms *alarms, davy_alarm_entry *entry,
                            const davy_finding *finding)
{
    const davy_alarm_note note = {.text = finding->text};
    const bool was_active = davy_alarm_phase_active(&entry->phase);
    davy_status status;

    if (was_active)
        entry->ended_ns = finding->time_ns;
    status = davy_alarms_happen(
        alarms, entry, entry->rule->latch ? DAVY_ALARM_ENDS_LATCHED : DAVY_ALARM_ENDS, note);
    if (was_active && entry->phase.shown == DAVY_ALARM_SHELVED && entry->one_shot)
        status = davy_alarms_first_of(
            status, davy_alarms_happen(alarms, entry, DAVY_ALARM_SHELF_ENDS, note));
    return status;
}

static davy_status take_finding(davy_alarms *alarms, const davy_finding *finding)
{
    davy_alarm_entry *entry;

    if (finding->condition >= alarms->condition_count)
        return davy_fail(DAVY_ERR_INVALID, "a finding is of condition %zu of %zu",
                         finding->condition, alarms->condition_count);
    entry = alarms->by_condition[finding->condition];
    return finding->active ? take_begin(alarms, entry, finding) : take_end(alarms, entry, finding);
}

davy_status davy_alarms_take(davy_alarms *alarms, const davy_finding *findings, size_t count)
{
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&alarms->lock);
    for (size_t i = 0; i < count; i++)
        status = davy_alarms_first_of(status, take_finding(alarms, &findings[i]));
    status = davy_alarms_first_of(status, davy_alarms_commit(alarms));
    pthread_mutex_unlock(&alarms->lock);
    return status;
}

davy_status davy_alarms_tick(davy_alarms *alarms)
{
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    status = davy_alarms_look_at_time(alarms);
    status = davy_alarms_first_of(status, davy_alarms_commit(alarms));
    pthread_mutex_unlock(&alarms->lock);
    return status;
}
