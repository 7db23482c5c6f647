/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/reason.h"
#include "alarm/state.h"

#include <stdlib.h>
#include <string.h>

/* Alarms made known in one transaction: a site of 100,000 signals would else hold the records of
 * all its alarms at once. */
#define MEET_BATCH ((size_t) 1024)

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
    entry->phase = *next;
    if (next->shown != DAVY_ALARM_SHELVED)
        entry->shelved_until_ns = 0;
    note.transition = davy_alarm_event_name(event);
    return davy_alarms_note(alarms, entry, &note, step == DAVY_ALARM_STEP_ANNOUNCED);
}

/* An event nobody can be refused: what forbids it, ignores it. */
static davy_status happen(davy_alarms *alarms, davy_alarm_entry *entry, davy_alarm_event event,
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

/* Write, then announce. When it cannot be written, announce it as not durable and try later. */
static davy_status commit(davy_alarms *alarms)
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

/* The first failure is the one to tell. */
static davy_status first_of(davy_status first, davy_status second)
{
    return first != DAVY_OK ? first : second;
}

/* Shelves ---------------------------------------------------------------------------------- */

static bool shelf_is_over(const davy_alarms *alarms, const davy_alarm_entry *entry)
{
    return davy_monotonic_ns(alarms->clock) >= entry->shelf_monotonic_ns ||
           davy_wall_ns(alarms->clock) >= entry->shelved_until_ns;
}

static davy_status end_shelves(davy_alarms *alarms)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < alarms->book.count; i++) {
        davy_alarm_entry *entry = alarms->book.entries[i];

        if (entry->phase.shown == DAVY_ALARM_SHELVED && shelf_is_over(alarms, entry))
            status = first_of(status, happen(alarms, entry, DAVY_ALARM_SHELF_ENDS,
                                             (davy_alarm_note){.with_reason = false}));
    }
    return status;
}

/* After a restart only the wall clock is left. One that stands before the moment of shelving, or
 * that leaves more than the longest shelf, cannot be trusted: such a shelf is over now. */
static void resume_shelf(const davy_alarms *alarms, davy_alarm_entry *entry)
{
    int64_t wall_ns = davy_wall_ns(alarms->clock);
    int64_t left_ns = entry->shelved_until_ns - wall_ns;

    if (wall_ns < entry->changed_ns || left_ns > DAVY_ALARM_SHELVE_MAX_NS)
        left_ns = 0;
    entry->shelf_monotonic_ns = davy_monotonic_ns(alarms->clock) + left_ns;
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
    davy_status status =
        davy_records_scan(alarms->records, DAVY_RECORD_ALARM, NULL, 0, 0, rebuild_one, alarms);

    for (size_t i = 0; i < alarms->book.count; i++) {
        davy_alarm_entry *entry = alarms->book.entries[i];

        /* All its records were unreadable: it is a normal alarm with a new id. */
        if (entry->id == 0)
            entry->id = ++alarms->book.last_id;
        if (entry->phase.shown == DAVY_ALARM_SHELVED)
            resume_shelf(alarms, entry);
    }
    return status;
}

davy_status davy_alarms_open(davy_records *records, const davy_clock *clock,
                             const davy_alarms_callbacks *callbacks, davy_alarms **out)
{
    davy_status status;
    davy_alarms *alarms = calloc(1, sizeof *alarms);

    if (!alarms)
        return davy_fail(DAVY_ERR_NOMEM, "alarms");
    pthread_mutex_init(&alarms->lock, NULL);
    alarms->records = records;
    alarms->clock = clock;
    alarms->callbacks = *callbacks;
    status = rebuild(alarms);
    if (status != DAVY_OK) {
        davy_alarms_close(alarms);
        return davy_fail_in(status, "alarms");
    }

    /* What cannot be recorded now is tried again at every tick. */
    (void) end_shelves(alarms);
    (void) commit(alarms);
    *out = alarms;
    return DAVY_OK;
}

void davy_alarms_close(davy_alarms *alarms)
{
    if (!alarms)
        return;
    (void) commit(alarms);
    davy_alarm_outbox_clear(&alarms->outbox);
    davy_alarm_book_clear(&alarms->book);
    free(alarms->by_condition);
    pthread_mutex_destroy(&alarms->lock);
    free(alarms);
}

/* Configuring ------------------------------------------------------------------------------ */

static bool describe(davy_alarm_entry *entry, const davy_site *site,
                     const davy_condition *condition)
{
    entry->kind = condition->kind;
    entry->priority = condition->priority;
    entry->configured = true;
    return davy_text_replace(&entry->signal, condition->signal == DAVY_SITE_NONE
                                                 ? NULL
                                                 : site->signals[condition->signal].path) &&
           davy_text_replace(&entry->detector, condition->detector == DAVY_SITE_NONE
                                                   ? NULL
                                                   : site->detectors[condition->detector].name) &&
           davy_text_replace(&entry->source, condition->source == DAVY_SITE_NONE
                                                 ? NULL
                                                 : site->sources[condition->source].name) &&
           davy_text_replace(&entry->asset, condition->asset == DAVY_SITE_NONE
                                                ? NULL
                                                : site->assets[condition->asset].name);
}

/* The alarm of a condition, which gets its id for ever when it is seen for the first time. */
static davy_status meet(davy_alarms *alarms, const davy_site *site, const davy_condition *condition,
                        davy_alarm_entry **out)
{
    const davy_alarm_note known = {.transition = DAVY_ALARM_KNOWN};
    davy_alarm_entry *entry = davy_alarm_book_find(&alarms->book, condition->key);
    bool is_new = !entry;
    davy_status status = DAVY_OK;

    if (is_new)
        status = davy_alarm_book_add(&alarms->book, condition->key, &entry);
    if (status == DAVY_OK && is_new)
        entry->id = ++alarms->book.last_id;
    if (status == DAVY_OK && !describe(entry, site, condition))
        status = davy_fail(DAVY_ERR_NOMEM, "alarm '%s'", condition->key);
    if (status == DAVY_OK && is_new)
        status = davy_alarms_note(alarms, entry, &known, false);
    *out = entry;
    return status;
}

static davy_status meet_all(davy_alarms *alarms, const davy_site *site,
                            const davy_condition *conditions, size_t count,
                            davy_alarm_entry **by_condition)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < alarms->book.count; i++)
        alarms->book.entries[i]->configured = false;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = meet(alarms, site, &conditions[i], &by_condition[i]);
        if (alarms->outbox.count >= MEET_BATCH)
            (void) commit(alarms); /* what fails stays in the outbox */
    }
    return status;
}

static davy_status remove_gone(davy_alarms *alarms)
{
    const davy_alarm_note note = {.text = "the site no longer has this condition"};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < alarms->book.count; i++)
        if (!alarms->book.entries[i]->configured)
            status = first_of(status,
                              happen(alarms, alarms->book.entries[i], DAVY_ALARM_IS_REMOVED, note));
    return status;
}

/* From here on findings index these conditions. */
static void use(davy_alarms *alarms, const davy_site *site, const davy_condition *conditions,
                size_t count, davy_alarm_entry **by_condition)
{
    free(alarms->by_condition);
    alarms->by_condition = by_condition;
    alarms->condition_count = count;
    alarms->conditions = conditions;
    alarms->site = site;
}

static davy_status configure(davy_alarms *alarms, const davy_site *site,
                             const davy_condition *conditions, size_t count)
{
    davy_alarm_entry **by_condition = calloc(count + 1, sizeof(davy_alarm_entry *));
    davy_status status;

    if (!by_condition)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu alarms", count);
    else
        status = meet_all(alarms, site, conditions, count, by_condition);
    if (status == DAVY_OK) {
        use(alarms, site, conditions, count, by_condition);
        return remove_gone(alarms);
    }
    /* No finding may be taken for one of the conditions before. */
    free(by_condition);
    use(alarms, NULL, NULL, 0, NULL);
    return status;
}

davy_status davy_alarms_configure(davy_alarms *alarms, const davy_site *site,
                                  const davy_condition *conditions, size_t count)
{
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    status = configure(alarms, site, conditions, count);
    (void) commit(alarms); /* a disk that fails is told by the ticks; alarms must work without */
    pthread_mutex_unlock(&alarms->lock);
    return status;
}

bool davy_alarms_is_active(davy_alarms *alarms, size_t condition)
{
    bool active;

    pthread_mutex_lock(&alarms->lock);
    active = condition < alarms->condition_count &&
             davy_alarm_phase_active(&alarms->by_condition[condition]->phase);
    pthread_mutex_unlock(&alarms->lock);
    return active;
}

/* Findings --------------------------------------------------------------------------------- */

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
    entry->occurrences++;
    return davy_alarms_enter(alarms, entry, DAVY_ALARM_BEGINS, &next, step, note);
}

static davy_status take_finding(davy_alarms *alarms, const davy_finding *finding)
{
    davy_alarm_entry *entry;

    if (finding->condition >= alarms->condition_count)
        return davy_fail(DAVY_ERR_INVALID, "a finding is of condition %zu of %zu",
                         finding->condition, alarms->condition_count);
    entry = alarms->by_condition[finding->condition];
    if (finding->active)
        return take_begin(alarms, entry, finding);
    return happen(alarms, entry, DAVY_ALARM_ENDS, (davy_alarm_note){.text = finding->text});
}

davy_status davy_alarms_take(davy_alarms *alarms, const davy_finding *findings, size_t count)
{
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&alarms->lock);
    for (size_t i = 0; i < count; i++)
        status = first_of(status, take_finding(alarms, &findings[i]));
    status = first_of(status, commit(alarms));
    pthread_mutex_unlock(&alarms->lock);
    return status;
}

davy_status davy_alarms_tick(davy_alarms *alarms)
{
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    status = end_shelves(alarms);
    status = first_of(status, commit(alarms));
    pthread_mutex_unlock(&alarms->lock);
    return status;
}
