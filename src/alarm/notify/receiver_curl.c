/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/receiver_curl.h"

/* Of an answer's body: it is thrown away, and not waited for when it does not end. */
#define ANSWER_MAX ((size_t) 64 * 1024)

static bool should_stop(const void *context)
{
    return atomic_load(((const davy_receiver_setup *) context)->interrupted);
}

void davy_receiver_curl_set_up(CURL *curl, const davy_receiver_setup *setup, const char *protocols,
                               davy_transfer *transfer)
{
    *transfer = (davy_transfer){.protocols = protocols,
                                .timeout_ms = (long) (DAVY_RECEIVER_TIMEOUT_NS / DAVY_NS_PER_MS),
                                .should_stop = should_stop,
                                .context = setup,
                                .answer_max = ANSWER_MAX};
    davy_transfer_set_up(curl, transfer);
    curl_easy_setopt(curl, CURLOPT_URL, setup->receiver->address);
}
