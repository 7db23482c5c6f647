/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/oidc_fetch.h"

#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "core/buffer.h"

#define ANSWER_MAX      ((size_t) 256 * 1024)
#define TIMEOUT_SECONDS 10L
#define URL_MAX         1024
#define DOCUMENT        "/.well-known/openid-configuration"

bool davy_oidc_may_ask(const char *url)
{
    static const char *const near[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};

    if (strchr(url, '@')) /* "http://127.0.0.1:80@elsewhere/" is elsewhere */
        return false;
    if (strncmp(url, "https://", 8) == 0)
        return url[8] && url[8] != '/';
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(near); i++) {
        size_t length = strlen(near[i]);

        if (strncmp(url, near[i], length) == 0 && strchr(":/", url[length]))
            return true; /* ':', '/' or the end */
    }
    return false;
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    davy_buffer *answer = context;

    if (answer->length + size * count > ANSWER_MAX)
        return 0;
    davy_buffer_append(answer, bytes, size * count);
    return answer->failed ? 0 : size * count;
}

static int should_stop(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                       curl_off_t up)
{
    (void) down_all;
    (void) down;
    (void) up_all;
    (void) up;
    return atomic_load((const atomic_bool *) context);
}

static davy_status get(const char *url, const atomic_bool *stop, davy_buffer *answer)
{
    CURL *curl = curl_easy_init();
    CURLcode result;
    long code = 0;

    if (!curl)
        return davy_fail(DAVY_ERR_NOMEM, "%s", url);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, should_stop);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, (void *) stop);
    result = curl_easy_perform(curl);
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
    davy_buffer_reset(&answer);
    if (status == DAVY_OK)
        status = get(url, stop, &answer);
    if (status == DAVY_OK)
        status = davy_jwks_parse(answer.bytes ? answer.bytes : "", answer.length, out);
    davy_buffer_clear(&answer);
    return status;
}
