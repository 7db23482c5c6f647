/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/follow.h"
#include "alarm/notify/notify.h"

#include <stdlib.h>

/* Under the lock. */
static davy_status add_all(davy_notify *notify, const davy_notify_due *due,
                           const char *const *receivers, size_t count)
{
    davy_status status = davy_notify_queue_begin(notify->queue);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_notify_due one = *due;

        one.receiver = receivers[i];
        status = davy_notify_worker(notify, receivers[i])
                     ? davy_notify_queue_add(notify->queue, &one)
                     : davy_fail(DAVY_ERR_NOT_FOUND, "the site has no receiver '%s'", receivers[i]);
    }
    return davy_notify_queue_end(notify->queue, status);
}

davy_status davy_notify_alert(davy_notify *notify, const davy_notice_alert *alert,
                              const char *const *receivers, size_t count)
{
    char id[DAVY_NOTICE_ID_MAX];
    davy_status status;
    char *body;

    pthread_mutex_lock(&notify->lock);
    body = davy_notice_encode_alert(notify->site, alert, id);
    status = body ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "an alert");
    if (status == DAVY_OK)
        status =
            add_all(notify, &(davy_notify_due){.id = id, .body = body, .time_ns = alert->time_ns},
                    receivers, count);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        davy_worker_wake(davy_notify_worker(notify, receivers[i]));
    pthread_mutex_unlock(&notify->lock);
    free(body);
    return status;
}
