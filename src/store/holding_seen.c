/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

/* One look at a time: who asks meanwhile has the use of it. */
davy_status davy_store_visit_holding(davy_store *store,
                                     davy_status (*visit)(void *context,
                                                          const davy_holding *holding),
                                     void *context)
{
    davy_holding holding;
    davy_status status;

    pthread_mutex_lock(&store->holding_lock);
    status = davy_holding_read(store->folder, &store->holding, DAVY_HOLDING_ASK_SOME, &holding);
    if (status == DAVY_OK) {
        davy_holding_clear(&store->holding);
        store->holding = holding;
        status = visit(context, &store->holding);
    }
    pthread_mutex_unlock(&store->holding_lock);
    return status;
}
