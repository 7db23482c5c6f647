/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/advice/judgement.h"
#include "alarm/state.h"
#include "core/quantity.h"

#include <stdlib.h>
#include <string.h>

static const davy_alarm_event events[] = {
    [DAVY_ALARM_ACKNOWLEDGE] = DAVY_ALARM_ACKNOWLEDGES,
    [DAVY_ALARM_SHELVE] = DAVY_ALARM_SHELVES,
    [DAVY_ALARM_UNSHELVE] = DAVY_ALARM_UNSHELVES,
    [DAVY_ALARM_TAKE_OUT_OF_SERVICE] = DAVY_ALARM_GOES_OUT_OF_SERVICE,
    [DAVY_ALARM_RETURN_TO_SERVICE] = DAVY_ALARM_COMES_INTO_SERVICE,
    [DAVY_ALARM_RESET] = DAVY_ALARM_RESETS,
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

/* For how long: what is given, or all that the rules grant. */
static int64_t length_of(const davy_alarms *alarms, const davy_alarm_entry *entry,
                         const davy_alarm_request *request)
{
    if (request->one_shot)
        return entry->shelve_max_ns;
    return request->until_ns > 0 ? request->until_ns - davy_wall_ns(alarms->clock)
                                 : request->duration_ns;
}

static void set_aside(const davy_alarms *alarms, davy_alarm_entry *entry,
                      const davy_alarm_request *request)
{
    const int64_t length_ns = length_of(alarms, entry, request);

    if (request->action != DAVY_ALARM_SHELVE && request->action != DAVY_ALARM_TAKE_OUT_OF_SERVICE)
        return;
    entry->until_ns = davy_wall_ns(alarms->clock) + length_ns;
    entry->until_monotonic_ns = davy_monotonic_ns(alarms->clock) + length_ns;
    entry->one_shot = request->one_shot;
}

/* The answer is of one occurrence. A new copy; the old one stays with the caller. */
static davy_status judge(davy_alarms *alarms, davy_alarm_entry *entry,
                         const davy_alarm_request *request)
{
    const davy_alarm_note note = {
        .transition = DAVY_ALARM_JUDGED, .by = request->by, .comment = comment_of(request)};

    if (entry->occurrences == 0)
        return davy_fail(DAVY_ERR_INVALID, "alarm %llu has never begun: there is nothing to judge",
                         (unsigned long long) entry->id);
    if (request->occurrence != 0 && request->occurrence != entry->occurrences)
        return davy_fail(DAVY_ERR_INVALID,
                         "alarm %llu is at occurrence %llu, and the answer is for %llu: look again",
                         (unsigned long long) entry->id, (unsigned long long) entry->occurrences,
                         (unsigned long long) request->occurrence);
    entry->judgement = davy_judgement_encode(request, davy_wall_ns(alarms->clock));
    if (!entry->judgement)
        return davy_fail(DAVY_ERR_NOMEM, "answer to alarm %llu", (unsigned long long) entry->id);
    return davy_alarms_note(alarms, entry, &note, true);
}

static davy_status move_by_request(davy_alarms *alarms, davy_alarm_entry *entry,
                                   const davy_alarm_request *request)
{
    davy_alarm_note note = {
        .transition = "commented", .by = request->by, .comment = comment_of(request)};
    davy_alarm_event event;
    davy_alarm_phase next;
    davy_alarm_step_kind step;
    davy_status status;

    if (request->action == DAVY_ALARM_COMMENT)
        return davy_alarms_note(alarms, entry, &note, true);
    if (request->action == DAVY_ALARM_JUDGE)
        return judge(alarms, entry, request);
    event = events[request->action];
    step = davy_alarm_step(&entry->phase, event, &next);
    if (step == DAVY_ALARM_STEP_FORBIDDEN || step == DAVY_ALARM_STEP_NONE)
        return davy_fail(DAVY_ERR_INVALID, "alarm %llu is %s: it cannot be %s",
                         (unsigned long long) entry->id, davy_alarm_state_name(entry->phase.shown),
                         davy_alarm_event_name(event));
    set_aside(alarms, entry, request);
    status = davy_alarms_enter(alarms, entry, event, &next, step, note);
    if (status == DAVY_OK && request->action == DAVY_ALARM_RETURN_TO_SERVICE)
        status = davy_alarms_suppress_again(alarms, entry);
    return status;
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
    }
    while (status != DAVY_OK && alarms->outbox.count > before)
        davy_alarm_outbox_take_back(&alarms->outbox);
    return status;
}

/* As it was, but for what others hold of it: its place among the timers, and a text of its own. */
static void put_back(davy_alarms *alarms, davy_alarm_entry *entry, const davy_alarm_entry *before)
{
    const size_t timed = entry->timed;
    char *suppressed_by = entry->suppressed_by;

    free(entry->by);
    free(entry->comment);
    if (entry->judgement != before->judgement)
        free(entry->judgement);
    *entry = *before;
    entry->timed = timed;
    entry->suppressed_by = suppressed_by;
    davy_alarms_set_timers(alarms, entry);
}

static davy_status act(davy_alarms *alarms, uint64_t id, const davy_alarm_request *request)
{
    davy_alarm_entry *entry = davy_alarm_book_by_id(&alarms->book, id);
    davy_alarm_entry before = *entry;
    davy_status status;

    if (take_words(entry, request))
        status = keep_request(alarms, entry, request);
    else
        status = davy_fail(DAVY_ERR_NOMEM, "alarm %llu", (unsigned long long) id);

    if (status == DAVY_OK) {
        free(before.by);
        free(before.comment);
        if (entry->judgement != before.judgement)
            free(before.judgement);
        return DAVY_OK;
    }
    put_back(alarms, entry, &before);
    return status;
}

/* What the rules grant for this alarm, and what only the clock tells. */
static davy_status check_length(const davy_alarms *alarms, const davy_alarm_entry *entry,
                                const davy_alarm_request *request)
{
    const int64_t length_ns = length_of(alarms, entry, request);
    char most[32];

    if (request->action == DAVY_ALARM_SHELVE && length_ns > entry->shelve_max_ns) {
        davy_duration_format(entry->shelve_max_ns, most, sizeof most);
        return davy_fail(DAVY_ERR_INVALID,
                         "Bad_ShelvingTimeOutOfRange: this alarm is shelved for at most %s", most);
    }
    if (request->action != DAVY_ALARM_TAKE_OUT_OF_SERVICE)
        return DAVY_OK;
    if (length_ns <= 0)
        return davy_fail(DAVY_ERR_INVALID, "the end of being out of service is in the past");
    davy_duration_format(DAVY_ALARM_OUT_MAX_NS, most, sizeof most);
    if (length_ns > DAVY_ALARM_OUT_MAX_NS)
        return davy_fail(DAVY_ERR_INVALID, "an alarm is out of service for at most %s", most);
    return DAVY_OK;
}

/* Nothing would ring there, and it would stand in the lists of what is set aside. */
static davy_status check_condition(const davy_alarm_entry *entry, const davy_alarm_request *request)
{
    if (entry->configured ||
        (request->action != DAVY_ALARM_SHELVE && request->action != DAVY_ALARM_TAKE_OUT_OF_SERVICE))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID, "the site no longer has the condition of alarm %llu",
                     (unsigned long long) entry->id);
}

static davy_status check(const davy_alarms *alarms, uint64_t id, const davy_alarm_request *request)
{
    const davy_alarm_entry *entry = davy_alarm_book_by_id(&alarms->book, id);
    davy_status status = davy_alarm_request_check(request);

    if (!entry)
        return davy_fail(DAVY_ERR_NOT_FOUND, "no alarm has the id %llu", (unsigned long long) id);
    if (status == DAVY_OK)
        status = check_condition(entry, request);
    return status == DAVY_OK ? check_length(alarms, entry, request) : status;
}

davy_status davy_alarms_check(davy_alarms *alarms, uint64_t id, const davy_alarm_request *request)
{
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    status = check(alarms, id, request);
    pthread_mutex_unlock(&alarms->lock);
    return status;
}

davy_status davy_alarms_act(davy_alarms *alarms, uint64_t id, const davy_alarm_request *request)
{
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    status = check(alarms, id, request);
    if (status == DAVY_OK)
        status = act(alarms, id, request);
    pthread_mutex_unlock(&alarms->lock);
    return status;
}
