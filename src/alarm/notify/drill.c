/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/follow.h"
#include "alarm/notify/notify.h"
#include "alarm/notify/routing.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* Under the lock. All or none. */
static davy_status send_all(davy_notify *notify, const davy_notice *notice,
                            const davy_routing *routing)
{
    char *body = davy_notice_encode(notice, false);
    davy_status status = body ? davy_notify_queue_begin(notify->queue)
                              : davy_fail(DAVY_ERR_NOMEM, "message %s", notice->id);

    if (status != DAVY_OK) {
        free(body);
        return status;
    }
    for (size_t i = 0; i < notify->worker_count && status == DAVY_OK; i++) {
        const davy_notify_due due = {.receiver = notify->site->receivers[i].name,
                                     .id = notice->id,
                                     .body = body,
                                     .time_ns = notice->time_ns};

        if (routing->to[i])
            status = davy_notify_queue_add(notify->queue, &due);
    }
    status = davy_notify_queue_end(notify->queue, status);
    free(body);
    for (size_t i = 0; i < notify->worker_count; i++)
        if (routing->to[i])
            davy_worker_wake(notify->workers[i]);
    return status;
}

static davy_status drill(davy_notify *notify, const davy_notice_draft *draft, bool send,
                         char id[DAVY_NOTICE_ID_MAX], json_t *names)
{
    davy_notice notice;
    davy_routing routing;

    davy_notice_make(notify->site, draft, NULL, &notice);
    davy_routing_make(notify->site, notify->zone, &notice, &routing);
    (void) snprintf(id, DAVY_NOTICE_ID_MAX, "%s", notice.id);
    for (size_t i = 0; i < notify->worker_count; i++)
        if (routing.to[i])
            (void) json_array_append_new(names, json_string(notify->site->receivers[i].name));
    return send && json_array_size(names) > 0 ? send_all(notify, &notice, &routing) : DAVY_OK;
}

davy_status davy_notify_drill(davy_notify *notify, const davy_alarm *alarm, const char *transition,
                              bool send, char id[DAVY_NOTICE_ID_MAX], struct json_t **out)
{
    json_t *names = json_array();
    davy_notice_draft draft;
    davy_status status = davy_notice_draft_alarm(alarm, transition, &draft);

    if (status == DAVY_OK) {
        draft.exercise = true;
        pthread_mutex_lock(&notify->lock);
        status = drill(notify, &draft, send, id, names);
        pthread_mutex_unlock(&notify->lock);
    }
    davy_notice_draft_clear(&draft);
    if (status == DAVY_OK)
        *out = names;
    else
        json_decref(names);
    return status;
}
