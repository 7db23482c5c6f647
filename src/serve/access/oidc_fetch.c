/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/oidc_fetch.h"

#include <stdio.h>
#include <string.h>

#include "core/loopback.h"
#include "core/transfer.h"

#define ANSWER_MAX ((size_t) 256 * 1024)
#define TIMEOUT_MS 10000L
#define URL_MAX    1024
#define DOCUMENT   "/.well-known/openid-configuration"

bool davy_oidc_may_ask(const char *url)
{
    if (strchr(url, '@')) /* a user in front of the host: who is asked is hard to see */
        return false;
    if (strncmp(url, "https://", 8) == 0)
        return url[8] && url[8] != '/';
    return strncmp(url, "http://", 7) == 0 && davy_loopback_url(url);
}

static bool should_stop(const void *context)
{
    return atomic_load((const atomic_bool *) context);
}

static davy_status get(const char *url, const atomic_bool *stop, davy_buffer *answer)
{
    davy_transfer transfer = {.protocols = "http,https",
                              .timeout_ms = TIMEOUT_MS,
                              .should_stop = should_stop,
                              .context = stop,
                              .answer = answer,
                              .answer_max = ANSWER_MAX};
    CURL *curl = curl_easy_init();
    CURLcode result;
    long code = 0;

    if (!curl)
        return davy_fail(DAVY_ERR_NOMEM, "%s", url);
    davy_transfer_set_up(curl, &transfer);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    result = davy_transfer_run(curl, &transfer);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(curl);
    if (result != CURLE_OK)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s", url, curl_easy_strerror(result));
    if (code != 200)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s answered %ld", url, code);
    return davy_buffer_ok(answer);
}

/* The document must be about the issuer that was asked, to the letter (Discovery, section 4.3). */
static davy_status read_document(const davy_buffer *text, const char *issuer,
                                 char keys_url[URL_MAX])
{
    json_t *document =
        json_loadb(text->bytes ? text->bytes : "", text->length, JSON_REJECT_DUPLICATES, NULL);
    const char *name = json_string_value(json_object_get(document, "issuer"));
    const char *keys = json_string_value(json_object_get(document, "jwks_uri"));
    davy_status status = DAVY_OK;

    if (!name || strcmp(name, issuer) != 0)
        status = davy_fail(DAVY_ERR_INVALID, "the document of '%s' is of another issuer", issuer);
    else if (!keys || strlen(keys) >= URL_MAX || !davy_oidc_may_ask(keys))
        status = davy_fail(DAVY_ERR_INVALID, "the document of '%s' names no keys on https", issuer);
    else
        (void) snprintf(keys_url, URL_MAX, "%s", keys);
    json_decref(document);
    return status;
}

davy_status davy_oidc_fetch(const char *issuer, const atomic_bool *stop, davy_jwks **out)
{
    char url[URL_MAX];
    davy_buffer answer = {0};
    size_t length = strlen(issuer);
    davy_status status;

    while (length > 0 && issuer[length - 1] == '/')
        length--; /* Discovery, section 4.1 */
    if (snprintf(url, sizeof url, "%.*s" DOCUMENT, (int) length, issuer) >= (int) sizeof url)
        return davy_fail(DAVY_ERR_INVALID, "the issuer's address is too long");
    status = get(url, stop, &answer);
    if (status == DAVY_OK)
        status = read_document(&answer, issuer, url);
    if (status == DAVY_OK)
        status = get(url, stop, &answer);
    if (status == DAVY_OK)
        status = davy_jwks_parse(answer.bytes ? answer.bytes : "", answer.length, out);
    davy_buffer_clear(&answer);
    return status;
}
