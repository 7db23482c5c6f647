/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/trace/export.h"

#include "core/log.h"
#include "core/loopback.h"
#include "core/sample.h"
#include "serve/trace/tracer_private.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_DEFAULT "/v1/traces"
#define ANSWER_MAX   ((size_t) 64 * 1024)
#define TIMEOUT_MS   10000L

/* Between attempts: doubling, with a fifth by chance so that many do not come at once. A batch is
 * given up after five minutes, as OpenTelemetry's collector does with its own. */
#define REST_FIRST_NS (DAVY_NS_PER_S / 2)
#define REST_MOST_NS  (30 * DAVY_NS_PER_S)
#define TRY_FOR_NS    (300 * DAVY_NS_PER_S)

/* --------------------------------------------------------------------------------- address */

static char *part_of(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;

    return curl_url_get(url, part, &text, flags) == CURLUE_OK ? text : NULL;
}

/* Who asks is told in a header and not in the address, which may be told to others. */
static davy_status take_user(CURL *curl, CURLU *url)
{
    char *user = part_of(url, CURLUPART_USER, CURLU_URLDECODE);
    char *password = part_of(url, CURLUPART_PASSWORD, CURLU_URLDECODE);
    char *host = part_of(url, CURLUPART_HOST, 0), *scheme = part_of(url, CURLUPART_SCHEME, 0);
    davy_status status = DAVY_OK;

    if (user && host && scheme && strcmp(scheme, "https") != 0 && !davy_loopback_host(host))
        status = davy_fail(DAVY_ERR_INVALID,
                           "--traces: a password to '%s' would cross the network "
                           "in the clear: use https",
                           host);
    if (status == DAVY_OK && user)
        curl_easy_setopt(curl, CURLOPT_USERNAME, user);
    if (status == DAVY_OK && password)
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
    (void) curl_url_set(url, CURLUPART_USER, NULL, 0);
    (void) curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
    curl_free(user);
    curl_free(password);
    curl_free(host);
    curl_free(scheme);
    return status;
}

static davy_status keep_address(davy_exporter *exporter, CURLU *url)
{
    char *path = part_of(url, CURLUPART_PATH, 0), *whole, *shown;
    davy_status status;

    if (!path || strcmp(path, "/") == 0)
        (void) curl_url_set(url, CURLUPART_PATH, PATH_DEFAULT, 0);
    whole = part_of(url, CURLUPART_URL, 0);
    (void) curl_url_set(url, CURLUPART_QUERY, NULL, 0);
    shown = part_of(url, CURLUPART_URL, 0);
    exporter->shown = shown ? strdup(shown) : NULL;
    status = whole && exporter->shown ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the collector");
    if (status == DAVY_OK)
        curl_easy_setopt(exporter->curl, CURLOPT_URL, whole);
    curl_free(path);
    curl_free(whole);
    curl_free(shown);
    return status;
}

/* A fault is told without the address, which may hold a password. */
static davy_status read_address(davy_exporter *exporter, const char *text)
{
    CURLU *url = curl_url();
    char *scheme;
    davy_status status = DAVY_OK;

    if (!url)
        return davy_fail(DAVY_ERR_NOMEM, "the collector");
    if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
        status =
            davy_fail(DAVY_ERR_INVALID, "--traces takes an address such as http://127.0.0.1:4318");
    scheme = part_of(url, CURLUPART_SCHEME, 0);
    if (status == DAVY_OK &&
        (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)))
        status = davy_fail(DAVY_ERR_INVALID, "--traces takes an address of http or https");
    if (status == DAVY_OK)
        status = take_user(exporter->curl, url);
    if (status == DAVY_OK)
        status = keep_address(exporter, url);
    curl_free(scheme);
    curl_url_cleanup(url);
    return status;
}

/* --------------------------------------------------------------------------- open and close */

static bool should_stop(const void *context)
{
    const davy_exporter *exporter = context;
    const int64_t by_ns = atomic_load(exporter->stop_by_ns);

    return by_ns > 0 && davy_monotonic_ns(davy_clock_system()) >= by_ns;
}

static davy_status set_headers(davy_exporter *exporter)
{
    static const char *const lines[] = {"Content-Type: application/json", "Expect:"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(lines); i++) {
        struct curl_slist *list = curl_slist_append(exporter->headers, lines[i]);

        if (!list)
            return davy_fail(DAVY_ERR_NOMEM, "the collector");
        exporter->headers = list;
    }
    curl_easy_setopt(exporter->curl, CURLOPT_HTTPHEADER, exporter->headers);
    return DAVY_OK;
}

davy_status davy_export_open(davy_exporter *exporter, const char *url,
                             const _Atomic int64_t *stop_by_ns)
{
    CURL *curl = exporter->curl = curl_easy_init();
    davy_status status;

    if (!curl)
        return davy_fail(DAVY_ERR_NOMEM, "the collector");
    exporter->stop_by_ns = stop_by_ns;
    davy_otlp_resource_init(&exporter->resource);
    status = read_address(exporter, url);
    if (status == DAVY_OK)
        status = set_headers(exporter);
    exporter->transfer = (davy_transfer){.protocols = "http,https",
                                         .timeout_ms = TIMEOUT_MS,
                                         .should_stop = should_stop,
                                         .context = exporter,
                                         .answer = &exporter->answer,
                                         .answer_max = ANSWER_MAX};
    davy_transfer_set_up(curl, &exporter->transfer);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "davy/" DAVY_VERSION);
    return status;
}

void davy_export_close(davy_exporter *exporter)
{
    curl_easy_cleanup(exporter->curl);
    curl_slist_free_all(exporter->headers);
    davy_buffer_clear(&exporter->body);
    davy_buffer_clear(&exporter->answer);
    free(exporter->shown);
}

/* ------------------------------------------------------------------------------------ send */

typedef enum verdict { TAKEN, REFUSED, AGAIN } verdict;

/* Trouble is told once, and its end. */
static void tell_trouble(davy_exporter *exporter, const char *why)
{
    if (!exporter->troubled)
        davy_log(DAVY_LOG_WARNING, "traces", "%s: %s", exporter->shown, why);
    exporter->troubled = true;
}

static void tell_taken(davy_exporter *exporter)
{
    char reason[DAVY_ERROR_MAX];
    const davy_buffer *answer = &exporter->answer;
    const uint64_t refused =
        davy_otlp_refused(answer->bytes ? answer->bytes : "", answer->length, reason);

    if (refused > 0) {
        char why[DAVY_ERROR_MAX];

        (void) snprintf(why, sizeof why, "%llu spans were refused: %.200s",
                        (unsigned long long) refused, reason);
        tell_trouble(exporter, why);
        return;
    }
    if (exporter->troubled)
        davy_log(DAVY_LOG_INFO, "traces", "%s takes them again", exporter->shown);
    exporter->troubled = false;
}

static verdict judge(davy_exporter *exporter, CURLcode result)
{
    char why[64];
    long code = 0;

    curl_easy_getinfo(exporter->curl, CURLINFO_RESPONSE_CODE, &code);
    if (result != CURLE_OK) {
        tell_trouble(exporter, curl_easy_strerror(result));
        return AGAIN;
    }
    if (code >= 200 && code < 300) {
        tell_taken(exporter);
        return TAKEN;
    }
    (void) snprintf(why, sizeof why, "it answered %ld", code);
    tell_trouble(exporter, why);
    return code == 429 || code == 502 || code == 503 || code == 504 ? AGAIN : REFUSED;
}

static verdict post(davy_exporter *exporter)
{
    curl_easy_setopt(exporter->curl, CURLOPT_POSTFIELDS, exporter->body.bytes);
    curl_easy_setopt(exporter->curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t) exporter->body.length);
    return judge(exporter, davy_transfer_run(exporter->curl, &exporter->transfer));
}

/* How long to rest: what the collector says, or the time of our own. */
static int64_t rest_of(davy_exporter *exporter, int64_t own_ns)
{
    curl_off_t seconds = 0;

    if (curl_easy_getinfo(exporter->curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK &&
        seconds > 0)
        return seconds < TRY_FOR_NS / DAVY_NS_PER_S ? seconds * DAVY_NS_PER_S : TRY_FOR_NS;
    return own_ns + own_ns / 5 * randombytes_uniform(1000) / 1000;
}

static davy_traces_end try_on(davy_tracer *tracer)
{
    const int64_t since_ns = davy_monotonic_ns(davy_clock_system());
    int64_t rest_ns = REST_FIRST_NS;

    for (;;) {
        const verdict said = post(&tracer->exporter);

        if (said != AGAIN)
            return said == TAKEN ? DAVY_TRACES_SENT : DAVY_TRACES_REFUSED;
        if (davy_monotonic_ns(davy_clock_system()) - since_ns >= TRY_FOR_NS)
            return DAVY_TRACES_UNREACHED;
        if (!davy_tracer_rest(tracer, rest_of(&tracer->exporter, rest_ns)))
            return DAVY_TRACES_STOPPED;
        rest_ns = 2 * rest_ns < REST_MOST_NS ? 2 * rest_ns : REST_MOST_NS;
    }
}

void davy_export_send(davy_tracer *tracer, const davy_trace *traces, size_t count)
{
    davy_exporter *exporter = &tracer->exporter;

    if (should_stop(exporter)) {
        davy_tracer_count(tracer, DAVY_TRACES_STOPPED, count);
        return;
    }
    davy_buffer_reset(&exporter->body);
    davy_otlp_write(&exporter->resource, traces, count, &exporter->body);
    davy_tracer_count(
        tracer, davy_buffer_ok(&exporter->body) == DAVY_OK ? try_on(tracer) : DAVY_TRACES_FULL,
        count);
}
