/* SPDX-License-Identifier: Apache-2.0 */
#include "app/client.h"

#include "core/buffer.h"
#include "core/file.h"
#include "core/transfer.h"
#include "serve/access/tls.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list of alarms of a large plant is a few megabytes; more is not an answer of ours. */
#define ANSWER_MAX     ((size_t) 64 * 1024 * 1024)
#define SMALL_FILE_MAX ((size_t) 4096)
#define TIMEOUT_MS     30000L

/* Where the daemon is, and which public key it must prove. */
typedef struct daemon_target {
    char url[256];
    char pin[DAVY_TLS_PIN_MAX]; /* "": what the URL's scheme does by itself */
} daemon_target;

static davy_status find_target(const davy_client *client, daemon_target *target)
{
    char path[PATH_MAX];
    json_error_t error;
    json_t *about;
    const char *address, *pin;
    davy_status status = DAVY_OK;

    *target = (daemon_target){0};
    if (client->url) {
        (void) snprintf(target->url, sizeof target->url, "%s", client->url);
        return DAVY_OK;
    }
    (void) snprintf(path, sizeof path, "%s/daemon.json", client->data);
    about = json_load_file(path, 0, &error);
    address = json_string_value(json_object_get(about, "address"));
    pin = json_string_value(json_object_get(about, "pin"));
    if (pin)
        (void) snprintf(target->pin, sizeof target->pin, "%s", pin);
    if (address)
        (void) snprintf(target->url, sizeof target->url, "%s://%s", pin ? "https" : "http",
                        address);
    else
        status =
            davy_fail(DAVY_ERR_UNAVAILABLE,
                      "no daemon runs on the data folder '%s'; start one with davy run, or name "
                      "it with --url",
                      client->data);
    json_decref(about);
    return status;
}

static davy_status find_key(const davy_client *client, char *header, size_t capacity)
{
    const char *key = getenv("DAVY_KEY");
    davy_buffer text = {0};
    davy_status status = DAVY_OK;

    if (client->key_file) {
        status = davy_file_read(client->key_file, SMALL_FILE_MAX, &text);
        key = text.bytes;
    }
    if (status == DAVY_OK && !key)
        status = davy_fail(DAVY_ERR_DENIED,
                           "a key is needed: --key-file FILE, or DAVY_KEY in the environment");
    if (status == DAVY_OK)
        (void) snprintf(header, capacity, "Authorization: Bearer %.*s",
                        (int) strcspn(key, " \r\n\t"), key);
    davy_buffer_clear(&text);
    return status;
}

static davy_status status_of_code(long code)
{
    return code == 401 || code == 403   ? DAVY_ERR_DENIED
           : code == 404                ? DAVY_ERR_NOT_FOUND
           : code >= 400 && code <= 499 ? DAVY_ERR_INVALID
                                        : DAVY_ERR_UNAVAILABLE;
}

static davy_status read_answer(const char *url, long code, const davy_buffer *answer, json_t **out)
{
    json_error_t error;
    json_t *object = json_loadb(answer->bytes ? answer->bytes : "", answer->length, 0, &error);
    const char *detail = json_string_value(json_object_get(object, "detail"));

    if (code >= 200 && code <= 299 && object) {
        *out = object;
        return DAVY_OK;
    }
    if (code >= 200 && code <= 299)
        return davy_fail(DAVY_ERR_INVALID, "%s answered no JSON: %s", url, error.text);
    davy_fail(status_of_code(code), "%s", detail ? detail : "the daemon refused");
    davy_fail_in(status_of_code(code), "HTTP %ld", code);
    json_decref(object);
    return status_of_code(code);
}

/* The daemon's own folder says which key it has. That proves more than a name and an authority, and
 * the address is mostly 127.0.0.1, which no certificate names. */
static void pin_key(CURL *curl, const char *pin)
{
    curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pin);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
}

static davy_status perform(const char *pin, const char *method, const char *url, const char *text,
                           struct curl_slist *headers, json_t **out)
{
    davy_buffer answer = {0};
    davy_transfer transfer = {.protocols = "http,https",
                              .timeout_ms = TIMEOUT_MS,
                              .answer = &answer,
                              .answer_max = ANSWER_MAX};
    CURL *curl = curl_easy_init();
    long code = 0;
    CURLcode result;
    davy_status status;

    if (!curl)
        return davy_fail(DAVY_ERR_NOMEM, "%s", url);
    if (*pin)
        pin_key(curl, pin);
    davy_transfer_set_up(curl, &transfer);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (text)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    result = davy_transfer_run(curl, &transfer);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    status = result == CURLE_OK
                 ? read_answer(url, code, &answer, out)
                 : davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s", url, curl_easy_strerror(result));
    curl_easy_cleanup(curl);
    davy_buffer_clear(&answer);
    return status;
}

davy_status davy_client_call(const davy_client *client, const char *method, const char *path,
                             const json_t *body, json_t **out)
{
    char url[1024], authorization[256];
    daemon_target target;
    struct curl_slist *headers = NULL;
    char *text = NULL;
    davy_status status = find_target(client, &target);

    if (status == DAVY_OK)
        status = find_key(client, authorization, sizeof authorization);
    if (status != DAVY_OK)
        return status;
    (void) snprintf(url, sizeof url, "%s%s", target.url, path);
    headers = curl_slist_append(NULL, authorization);
    if (body) {
        struct curl_slist *more = curl_slist_append(headers, "Content-Type: application/json");

        headers = more ? more : headers;
        text = json_dumps(body, JSON_COMPACT);
    }
    status = headers && (!body || text) ? perform(target.pin, method, url, text, headers, out)
                                        : davy_fail(DAVY_ERR_NOMEM, "%s", url);
    free(text);
    curl_slist_free_all(headers);
    return status;
}
