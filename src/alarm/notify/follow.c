/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/follow.h"

#include "core/log.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

/* From the records to what is due. */

/* Records of one transaction. */
#define PAGE_RECORDS ((size_t) 256)

/* Looks at the records although nobody has called. */
#define LOOK_NS DAVY_NS_PER_S

#define PURGE_NS (60 * DAVY_NS_PER_S)

/* A wall clock that goes back by more has been set; one that drifts is followed. */
#define STEP_NS DAVY_NS_PER_S

/* Where messages go: into the queue, or from memory to the workers while it takes none. */
struct page {
    davy_notify *notify;
    bool keep;
    size_t count;
    uint64_t last; /* sequence */
    davy_status status;
};

static davy_status put(struct page *page, size_t receiver, const davy_notify_due *due)
{
    if (page->keep)
        return davy_notify_queue_add(page->notify->queue, due);
    davy_worker_push(page->notify->workers[receiver], due);
    return DAVY_OK;
}

static davy_status put_escalation(struct page *page, const davy_notice *notice, size_t receiver,
                                  int64_t after_ns)
{
    char id[DAVY_NOTICE_ID_MAX];
    char *body = davy_notice_encode(notice, true);
    davy_notify_due due = {.receiver = page->notify->site->receivers[receiver].name,
                           .id = id,
                           .alarm = notice->alarm,
                           .body = body,
                           .time_ns = notice->time_ns};
    davy_status status = body ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "message %s", notice->id);

    davy_notice_escalated_id(notice, id);
    if (status == DAVY_OK)
        status = davy_notify_queue_escalate(page->notify->queue, &due, after_ns);
    free(body);
    return status;
}

static davy_status put_all(struct page *page, const davy_notice *notice)
{
    const davy_site *site = page->notify->site;
    davy_notify_due due = {.id = notice->id, .alarm = notice->alarm, .time_ns = notice->time_ns};
    char *body = NULL; /* made for the first who is to have it: most sites have few receivers */
    davy_status status = DAVY_OK;
    davy_routing routing;

    davy_routing_make(site, page->notify->zone, notice, &routing);
    for (size_t i = 0; i < page->notify->worker_count && status == DAVY_OK; i++) {
        if (routing.to[i]) {
            body = body ? body : davy_notice_encode(notice, false);
            due.receiver = site->receivers[i].name;
            due.body = body;
            status =
                body ? put(page, i, &due) : davy_fail(DAVY_ERR_NOMEM, "message %s", notice->id);
        }
        if (status == DAVY_OK && routing.escalate_ns[i] && page->keep)
            status = put_escalation(page, notice, i, routing.escalate_ns[i]);
    }
    free(body);
    return status;
}

/* What later messages and escalations of the alarm need to know. */
static davy_status note_alarm(davy_notify *notify, const davy_notice *notice)
{
    davy_notice_raised raised = {.time_ns = notice->time_ns};

    if (!notice->needs_person)
        return davy_notify_queue_settle(notify->queue, notice->alarm);
    if (!notice->begins)
        return DAVY_OK;
    memcpy(raised.id, notice->id, sizeof raised.id);
    return davy_notify_queue_set_raised(notify->queue, notice->alarm, &raised);
}

static davy_status put_draft(struct page *page, const davy_notice_draft *draft)
{
    davy_notify *notify = page->notify;
    davy_notice_raised raised = {0};
    davy_notice notice;
    davy_status status = DAVY_OK;

    if (page->keep)
        status = davy_notify_queue_get_raised(notify->queue, draft->id, &raised);
    if (status != DAVY_OK)
        return status;
    davy_notice_make(notify->site, draft, &raised, &notice);
    if (page->keep)
        status = note_alarm(notify, &notice);
    return status == DAVY_OK ? put_all(page, &notice) : status;
}

/* A record that is damaged was told where the alarms were rebuilt; here it is passed over. */
static davy_status take_record(void *context, const davy_record *record)
{
    struct page *page = context;
    davy_notice_draft draft = {0};
    davy_status status = davy_notice_draft_record(page->notify->site, record, &draft);

    page->count++;
    page->last = record->sequence;
    if (status == DAVY_OK)
        status = put_draft(page, &draft);
    else if (status == DAVY_ERR_NOT_FOUND || status == DAVY_ERR_CORRUPT)
        status = DAVY_OK;
    davy_notice_draft_clear(&draft);
    return status;
}

/* Of the records after `after`; what cannot be kept leaves the cursor where it was. */
static davy_status follow_page(davy_notify *notify, bool keep, uint64_t after, struct page *page)
{
    davy_status status = keep ? davy_notify_queue_begin(notify->queue) : DAVY_OK;

    *page = (struct page){.notify = notify, .keep = keep, .last = after};
    if (status != DAVY_OK)
        return status;
    status = davy_records_scan(notify->parts.records, DAVY_RECORD_ALARM, NULL, after, PAGE_RECORDS,
                               take_record, page);
    if (!keep)
        return status;
    if (status == DAVY_OK && page->last > after)
        status = davy_notify_queue_advance(notify->queue, page->last);
    return davy_notify_queue_end(notify->queue, status);
}

static void wake_workers(davy_notify *notify)
{
    for (size_t i = 0; i < notify->worker_count; i++)
        davy_worker_wake(notify->workers[i]);
}

static void note_problem(davy_notify *notify, davy_status status)
{
    if (status == DAVY_OK) {
        if (notify->problem[0])
            davy_log(DAVY_LOG_INFO, "notify", "messages are kept again");
        notify->problem[0] = '\0';
        return;
    }
    if (!notify->problem[0])
        davy_log(DAVY_LOG_ERROR, "notify", "messages are sent from memory: %s", davy_error());
    (void) davy_utf8_show(davy_error(), strlen(davy_error()), notify->problem,
                          sizeof notify->problem);
}

/* One page. True when there may be more. */
static bool follow_records(davy_notify *notify)
{
    struct page page;
    davy_status status = follow_page(notify, true, notify->cursor, &page);

    note_problem(notify, status);
    if (status == DAVY_OK) {
        notify->cursor = page.last;
        if (notify->ahead < page.last)
            notify->ahead = page.last;
    } else if (follow_page(notify, false, notify->ahead, &page) == DAVY_OK) {
        notify->ahead = page.last;
    } else {
        return false;
    }
    notify->followed += page.count;
    if (page.count > 0)
        wake_workers(notify);
    return page.count == PAGE_RECORDS;
}

/* Transitions without records ---------------------------------------------------------------- */

static bool take_urgent(davy_notify *notify, davy_notice_draft *draft)
{
    bool found;

    pthread_mutex_lock(&notify->door);
    found = notify->urgent_count > 0;
    if (found) {
        *draft = notify->urgent[notify->urgent_first];
        notify->urgent_first = (notify->urgent_first + 1) % DAVY_NOTIFY_URGENT_MAX;
        notify->urgent_count--;
    }
    pthread_mutex_unlock(&notify->door);
    return found;
}

static davy_status keep_urgent(davy_notify *notify, const davy_notice_draft *draft)
{
    struct page page = {.notify = notify, .keep = true};
    davy_status status = davy_notify_queue_begin(notify->queue);

    if (status == DAVY_OK)
        status = davy_notify_queue_end(notify->queue, put_draft(&page, draft));
    return status;
}

static void follow_urgent(davy_notify *notify)
{
    davy_notice_draft draft;

    while (take_urgent(notify, &draft)) {
        struct page page = {.notify = notify, .keep = false};
        davy_status status = keep_urgent(notify, &draft);

        note_problem(notify, status);
        if (status != DAVY_OK && put_draft(&page, &draft) != DAVY_OK)
            davy_log(DAVY_LOG_ERROR, "notify", "a message is lost: %s", davy_error());
        davy_notice_draft_clear(&draft);
        wake_workers(notify);
    }
}

/* Time --------------------------------------------------------------------------------------- */

/* Escalations hold wall times, so that they outlive a restart. A clock that is set back would make
 * them wait longer than they were to. */
static void follow_clock(davy_notify *notify)
{
    int64_t lead_ns = davy_wall_ns(notify->parts.clock) - davy_monotonic_ns(notify->parts.clock);
    int64_t step_ns = lead_ns - notify->wall_lead_ns;

    if (step_ns < -STEP_NS && davy_notify_queue_shift(notify->queue, step_ns) != DAVY_OK)
        return;
    notify->wall_lead_ns = lead_ns;
}

static void escalate(davy_notify *notify)
{
    size_t count = 0;

    if (davy_notify_queue_release(notify->queue, davy_wall_ns(notify->parts.clock), &count) ==
            DAVY_OK &&
        count > 0) {
        davy_log(DAVY_LOG_INFO, "notify", "%zu message%s of alarms that nobody has acknowledged",
                 count, count == 1 ? "" : "s");
        wake_workers(notify);
    }
}

static void purge(davy_notify *notify)
{
    int64_t now_ns = davy_monotonic_ns(notify->parts.clock);

    if (now_ns - notify->purged_ns < PURGE_NS)
        return;
    notify->purged_ns = now_ns;
    if (davy_notify_queue_purge(notify->queue, davy_wall_ns(notify->parts.clock)) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "notify", "old messages are not removed: %s", davy_error());
}

int64_t davy_notify_follow(davy_notify *notify)
{
    bool more;

    follow_clock(notify);
    follow_urgent(notify);
    more = follow_records(notify);
    if (more)
        return 0;
    /* Only now: an acknowledgement that is still to be read stops an escalation that is due. */
    if (!notify->problem[0])
        escalate(notify);
    purge(notify);
    return LOOK_NS;
}
