/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/merged.h"
#include "detect/replay.h"

#include <stdlib.h>

static davy_status take_sample(void *context, const davy_sample *sample)
{
    return davy_replay_samples(context, sample, 1);
}

davy_status davy_replay_store(davy_replay *replay, davy_store *store, int64_t from_ns,
                              int64_t to_ns)
{
    davy_signal_id *ids = NULL;
    size_t count = 0;
    davy_status status = davy_replay_signals(replay, &ids, &count);

    if (status == DAVY_OK)
        status = davy_merged_scan(store, ids, count, from_ns, to_ns, take_sample, replay);
    if (status == DAVY_OK)
        status = davy_replay_end(replay);
    free(ids);
    return status;
}
