/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/state.h"

#include <stdlib.h>
#include <string.h>

static const davy_alarm_event events[] = {
    [DAVY_ALARM_ACKNOWLEDGE] = DAVY_ALARM_ACKNOWLEDGES,
    [DAVY_ALARM_SHELVE] = DAVY_ALARM_SHELVES,
    [DAVY_ALARM_UNSHELVE] = DAVY_ALARM_UNSHELVES,
    [DAVY_ALARM_TAKE_OUT_OF_SERVICE] = DAVY_ALARM_GOES_OUT_OF_SERVICE,
    [DAVY_ALARM_RETURN_TO_SERVICE] = DAVY_ALARM_COMES_INTO_SERVICE,
};

static const char *comment_of(const davy_alarm_request *request)
{
    return request->comment && request->comment[0] != '\0' ? request->comment : NULL;
}

/* The entry's texts of who acted and what was said become new copies; the old ones stay with the
 * caller, who may have to put them back. */
static bool take_words(davy_alarm_entry *entry, const davy_alarm_request *request)
{
    const char *comment = comment_of(request) ? comment_of(request) : entry->comment;

    entry->by = strdup(request->by);
    entry->comment = comment ? strdup(comment) : NULL;
    return entry->by && (!comment || entry->comment);
}

static davy_status move_by_request(davy_alarms *alarms, davy_alarm_entry *entry,
                                   const davy_alarm_request *request)
{
    davy_alarm_note note = {
        .transition = "commented", .by = request->by, .comment = comment_of(request)};
    davy_alarm_event event = events[request->action];
    davy_alarm_phase next;
    davy_alarm_step_kind step;

    if (request->action == DAVY_ALARM_COMMENT)
        return davy_alarms_note(alarms, entry, &note, true);
    step = davy_alarm_step(&entry->phase, event, &next);
    if (step == DAVY_ALARM_STEP_FORBIDDEN || step == DAVY_ALARM_STEP_NONE)
        return davy_fail(DAVY_ERR_INVALID, "alarm %llu is %s: it cannot be %s",
                         (unsigned long long) entry->id, davy_alarm_state_name(entry->phase.shown),
                         davy_alarm_event_name(event));
    if (request->action == DAVY_ALARM_SHELVE) {
        entry->shelved_until_ns = davy_wall_ns(alarms->clock) + request->duration_ns;
        entry->shelf_monotonic_ns = davy_monotonic_ns(alarms->clock) + request->duration_ns;
    }
    return davy_alarms_enter(alarms, entry, event, &next, step, note);
}

/* Whatever waits is written with it; if that fails, the person's wish alone is taken back. */
static davy_status keep_request(davy_alarms *alarms, davy_alarm_entry *entry,
                                const davy_alarm_request *request)
{
    size_t before = alarms->outbox.count;
    davy_status status = move_by_request(alarms, entry, request);

    if (status == DAVY_OK)
        status = davy_alarm_outbox_write(&alarms->outbox, alarms->records);
    if (status == DAVY_OK) {
        davy_alarm_outbox_announce(&alarms->outbox, &alarms->callbacks, true);
        davy_alarm_outbox_done(&alarms->outbox);
    } else if (alarms->outbox.count > before) {
        davy_alarm_outbox_take_back(&alarms->outbox);
    }
    return status;
}

static davy_status act(davy_alarms *alarms, uint64_t id, const davy_alarm_request *request)
{
    davy_alarm_entry *entry = davy_alarm_book_by_id(&alarms->book, id);
    davy_alarm_entry before;
    davy_status status;

    if (!entry)
        return davy_fail(DAVY_ERR_NOT_FOUND, "no alarm has the id %llu", (unsigned long long) id);
    before = *entry;
    if (take_words(entry, request))
        status = keep_request(alarms, entry, request);
    else
        status = davy_fail(DAVY_ERR_NOMEM, "alarm %llu", (unsigned long long) id);

    if (status == DAVY_OK) {
        free(before.by);
        free(before.comment);
        return DAVY_OK;
    }
    free(entry->by);
    free(entry->comment);
    *entry = before;
    return status;
}

davy_status davy_alarms_act(davy_alarms *alarms, uint64_t id, const davy_alarm_request *request)
{
    davy_status status = davy_alarm_request_check(request);

    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&alarms->lock);
    status = act(alarms, id, request);
    pthread_mutex_unlock(&alarms->lock);
    return status;
}
