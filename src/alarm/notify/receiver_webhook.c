/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/backoff.h"
#include "alarm/notify/receiver.h"
#include "alarm/notify/receiver_curl.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * An HTTP POST, confirmed by a 2xx. Signed as Standard Webhooks has it:
 *
 *     webhook-id: ID    webhook-timestamp: SECONDS
 *     webhook-signature: v1,base64(HMAC-SHA256(secret, ID "." SECONDS "." body))
 *
 * Source: https://github.com/standard-webhooks/standard-webhooks, spec of 2024;
 * draft-ietf-httpapi-idempotency-key-header-06.
 */

#define PREFIX     "whsec_"
#define HEADER_MAX 256
#define CONNECT_MS 5000L

struct webhook {
    const davy_receiver_setup *setup;
    CURL *curl;
    char secret[DAVY_RECEIVER_SECRET_MAX];
    size_t secret_length; /* 0: not signed */
    char place[300];
    davy_transfer transfer;
};

/* Bytes behind "whsec_" are base64. */
static davy_status take_secret(struct webhook *webhook)
{
    const char *file = webhook->setup->receiver->secret_file;
    char text[DAVY_RECEIVER_SECRET_MAX];
    davy_status status;

    if (!file)
        return DAVY_OK;
    status = davy_receiver_secret(webhook->setup, file, text, &webhook->secret_length);
    if (status != DAVY_OK)
        return status;
    if (strncmp(text, PREFIX, strlen(PREFIX)) != 0)
        memcpy(webhook->secret, text, webhook->secret_length);
    else if (sodium_base642bin((unsigned char *) webhook->secret, sizeof webhook->secret,
                               text + strlen(PREFIX), strlen(text) - strlen(PREFIX), NULL,
                               &webhook->secret_length, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        status = davy_fail(DAVY_ERR_INVALID, "'%s': what follows " PREFIX " is not base64", file);
    explicit_bzero(text, sizeof text);
    return status;
}

static void set_up(struct webhook *webhook)
{
    CURL *curl = webhook->curl;

    davy_receiver_curl_set_up(curl, webhook->setup, "http,https", &webhook->transfer);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "davy");
}

static davy_status webhook_open(void *state, const davy_receiver_setup *setup)
{
    struct webhook *webhook = state;
    davy_status status;

    davy_receiver_use_curl();
    webhook->setup = setup;
    davy_receiver_place(setup->receiver, webhook->place, sizeof webhook->place);
    status = take_secret(webhook);
    if (status != DAVY_OK)
        return status;
    webhook->curl = curl_easy_init();
    if (!webhook->curl)
        return davy_fail(DAVY_ERR_NOMEM, "%s", webhook->place);
    set_up(webhook);
    return DAVY_OK;
}

static void sign(const struct webhook *webhook, const davy_delivery *delivery, long long seconds,
                 char *header, size_t capacity)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char head[HEADER_MAX], text[64];

    (void) snprintf(head, sizeof head, "%s.%lld.", delivery->id, seconds);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *) webhook->secret,
                                webhook->secret_length);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *) head, strlen(head));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *) delivery->body, delivery->length);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
    (void) sodium_bin2base64(text, sizeof text, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    (void) snprintf(header, capacity, "webhook-signature: v1,%s", text);
}

static bool add(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);

    if (longer)
        *headers = longer;
    return longer != NULL;
}

static struct curl_slist *make_headers(const struct webhook *webhook, const davy_delivery *delivery)
{
    long long seconds = delivery->time_ns / DAVY_NS_PER_S;
    struct curl_slist *headers = NULL;
    char lines[5][HEADER_MAX];
    bool fine = true;

    (void) snprintf(lines[0], HEADER_MAX, "Content-Type: %s", delivery->type);
    (void) snprintf(lines[1], HEADER_MAX, "webhook-id: %s", delivery->id);
    (void) snprintf(lines[2], HEADER_MAX, "webhook-timestamp: %lld", seconds);
    (void) snprintf(lines[3], HEADER_MAX, "Idempotency-Key: \"%s\"", delivery->id);
    if (webhook->secret_length > 0)
        sign(webhook, delivery, seconds, lines[4], HEADER_MAX);
    for (size_t i = 0; i < (webhook->secret_length > 0 ? 5U : 4U); i++)
        fine = fine && add(&headers, lines[i]);
    if (fine && add(&headers, "Expect:")) /* no 100-continue: one round less */
        return headers;
    curl_slist_free_all(headers);
    return NULL;
}

/* Codes that are about this message and not about the receiver. */
static bool refuses_message(long code)
{
    return code == 400 || code == 409 || code == 413 || code == 415 || code == 422;
}

/* The code says everything: a body that does not end takes nothing back. */
static davy_status judge(const struct webhook *webhook, CURLcode result)
{
    long code = 0;

    if (result == CURLE_ABORTED_BY_CALLBACK)
        return davy_fail(DAVY_ERR_TIMEOUT, "%s: interrupted", webhook->place);
    if (result != CURLE_OK && !webhook->transfer.judged)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s", webhook->place,
                         curl_easy_strerror(result));
    curl_easy_getinfo(webhook->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code >= 200 && code < 300)
        return DAVY_OK;
    return davy_fail(refuses_message(code) ? DAVY_ERR_INVALID : DAVY_ERR_UNAVAILABLE,
                     "%s answered %ld", webhook->place, code);
}

/* RFC 9110, 10.2.3: seconds or a date, which libcurl reads. 0: it does not ask. */
static int64_t asked_ns(const struct webhook *webhook)
{
    const curl_off_t most = DAVY_BACKOFF_ASKED_NS / DAVY_NS_PER_S;
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(webhook->curl, CURLINFO_RETRY_AFTER, &seconds) != CURLE_OK ||
        seconds <= 0)
        return 0;
    return (seconds < most ? seconds : most) * DAVY_NS_PER_S;
}

static davy_status webhook_send(void *state, const davy_delivery *delivery, int64_t *again_ns)
{
    struct webhook *webhook = state;
    struct curl_slist *headers = make_headers(webhook, delivery);
    davy_status status;

    if (!headers)
        return davy_fail(DAVY_ERR_NOMEM, "%s", webhook->place);
    curl_easy_setopt(webhook->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(webhook->curl, CURLOPT_POSTFIELDS, delivery->body);
    curl_easy_setopt(webhook->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) delivery->length);
    status = judge(webhook, davy_transfer_run(webhook->curl, &webhook->transfer));
    curl_easy_setopt(webhook->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    *again_ns = asked_ns(webhook);
    return status;
}

static void webhook_close(void *state)
{
    struct webhook *webhook = state;

    if (webhook->curl)
        curl_easy_cleanup(webhook->curl);
    explicit_bzero(webhook->secret, sizeof webhook->secret);
}

const davy_receiver_kind davy_receiver_webhook = {
    .name = "webhook",
    .state_size = sizeof(struct webhook),
    .open = webhook_open,
    .send = webhook_send,
    .close = webhook_close,
};
