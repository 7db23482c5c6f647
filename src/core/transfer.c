/* SPDX-License-Identifier: Apache-2.0 */
#include "core/transfer.h"

#include <string.h>

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    davy_transfer *transfer = context;
    const size_t length = size * count;

    if (transfer->answer_max - transfer->taken < length)
        return 0;
    transfer->taken += length;
    if (!transfer->answer)
        return length;
    davy_buffer_append(transfer->answer, bytes, length);
    return transfer->answer->failed ? 0 : length;
}

/* The blank line ends a head; 1xx announces another one. */
static size_t take_head(char *bytes, size_t size, size_t count, void *context)
{
    davy_transfer *transfer = context;
    const size_t length = size * count;

    if (DAVY_TRANSFER_HEAD_MAX - transfer->head_taken < length)
        return 0;
    transfer->head_taken += length;
    transfer->judged = length > 0 && (bytes[0] == '\r' || bytes[0] == '\n');
    return length;
}

static int look_up(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                   curl_off_t up)
{
    const davy_transfer *transfer = context;

    (void) down_all;
    (void) down;
    (void) up_all;
    (void) up;
    return transfer->should_stop && transfer->should_stop(transfer->context);
}

void davy_transfer_set_up(CURL *curl, davy_transfer *transfer)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, transfer->protocols);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* not even the environment's */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, transfer->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* no wait for a thread that asks for a name */
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
}

CURLcode davy_transfer_run(CURL *curl, davy_transfer *transfer)
{
    transfer->taken = transfer->head_taken = 0;
    transfer->judged = false;
    if (transfer->answer)
        davy_buffer_reset(transfer->answer);
    return curl_easy_perform(curl);
}
