/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include "core/file.h"
#include "core/log.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How requests are shared among versions: set, kept in a file from run to run, and asked. The file
 * is {"MODEL": {"canary": ..}, ..}; who holds `loading` may change it. */

#define FILE_MAX ((size_t) 4 << 20)

/* --------------------------------------------------------------------------------- as JSON */

static davy_status read_label(const json_t *object, const char *key, char *text, size_t capacity)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return DAVY_OK;
    if (!json_is_string(value) || json_string_length(value) >= capacity)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is the number or label of a version, a text", key);
    (void) snprintf(text, capacity, "%s", json_string_value(value));
    return DAVY_OK;
}

static davy_status read_share(const json_t *object, const char *key, double *share)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return DAVY_OK;
    *share = json_number_value(value);
    if (!json_is_number(value) || !(*share >= 0 && *share <= 1))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is a number from 0 to 1", key);
    return DAVY_OK;
}

static davy_status read_count(const json_t *object, const char *key, size_t *count)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return DAVY_OK;
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is a number of requests", key);
    *count = (size_t) json_integer_value(value);
    return DAVY_OK;
}

static davy_status check_keys(const json_t *object)
{
    static const char *const known[] = {"canary", "canary_share", "shadow", "error_bound",
                                        "decide_after"};
    size_t found = 0;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++)
        found += json_object_get(object, known[i]) != NULL;
    return found == json_object_size(object)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "the keys of traffic are canary, canary_share, "
                                             "shadow, error_bound and decide_after");
}

static davy_status read_traffic(const json_t *object, davy_traffic *out)
{
    davy_status status =
        json_is_object(object)
            ? check_keys(object)
            : davy_fail(DAVY_ERR_INVALID, "the traffic of a model is a JSON object");

    *out = (davy_traffic){.canary_share = 0};
    if (status == DAVY_OK)
        status = read_label(object, "canary", out->canary, sizeof out->canary);
    if (status == DAVY_OK)
        status = read_share(object, "canary_share", &out->canary_share);
    if (status == DAVY_OK)
        status = read_label(object, "shadow", out->shadow, sizeof out->shadow);
    if (status == DAVY_OK)
        status = read_share(object, "error_bound", &out->error_bound);
    if (status == DAVY_OK)
        status = read_count(object, "decide_after", &out->decide_after);
    return status;
}

davy_status davy_traffic_parse(const char *bytes, size_t length, davy_traffic *out)
{
    json_error_t error;
    json_t *object = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    davy_status status =
        object ? read_traffic(object, out) : davy_fail(DAVY_ERR_INVALID, "no JSON: %s", error.text);

    json_decref(object);
    return status;
}

static json_t *traffic_json(const davy_traffic *traffic)
{
    return json_pack("{s:s, s:f, s:s, s:f, s:I}", "canary", traffic->canary, "canary_share",
                     traffic->canary_share, "shadow", traffic->shadow, "error_bound",
                     traffic->error_bound, "decide_after", (json_int_t) traffic->decide_after);
}

static davy_status append_json(json_t *object, davy_buffer *out)
{
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    if (!text)
        return davy_fail(DAVY_ERR_NOMEM, "the traffic of models");
    davy_buffer_append_text(out, text);
    free(text);
    return davy_buffer_ok(out);
}

davy_status davy_traffic_write(const davy_traffic *traffic, davy_buffer *out)
{
    json_t *object = traffic_json(traffic);
    davy_status status = append_json(object, out);

    json_decref(object);
    return status;
}

/* -------------------------------------------------------------------------------- in a file */

/* What is wrong with one model's settings costs the others nothing. */
static void drop_faulty(davy_repository *repository)
{
    const char *name;
    json_t *settings;
    void *next;

    json_object_foreach_safe(repository->kept, next, name, settings)
    {
        davy_traffic traffic;

        if (davy_repository_name_check(name) == DAVY_OK &&
            read_traffic(settings, &traffic) == DAVY_OK)
            continue;
        davy_log(DAVY_LOG_WARNING, "infer", "%s: the traffic of '%.100s' is left out: %s",
                 repository->options.traffic, name, davy_error());
        (void) json_object_del(repository->kept, name);
    }
}

static davy_status read_kept(davy_repository *repository)
{
    davy_buffer text = {0};
    json_error_t error;
    davy_status status = davy_file_read(repository->options.traffic, FILE_MAX, &text);

    if (status == DAVY_OK) {
        repository->kept =
            json_loadb(text.bytes ? text.bytes : "", text.length, JSON_REJECT_DUPLICATES, &error);
        if (!json_is_object(repository->kept))
            status = davy_fail(DAVY_ERR_CORRUPT, "%s is damaged: %s", repository->options.traffic,
                               repository->kept ? "no JSON object" : error.text);
    }
    davy_buffer_clear(&text);
    return status == DAVY_ERR_NOT_FOUND ? DAVY_OK : status;
}

davy_status davy_traffic_open(davy_repository *repository)
{
    const davy_status status = repository->options.traffic ? read_kept(repository) : DAVY_OK;

    if (status != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "infer", "no canary and no shadow is taken up again: %s",
                 davy_error());
    if (!json_is_object(repository->kept)) {
        json_decref(repository->kept);
        repository->kept = json_object();
    }
    drop_faulty(repository);
    return repository->kept ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the traffic of models");
}

void davy_traffic_recall(const davy_repository *repository, davy_entry *entry)
{
    const json_t *settings = json_object_get(repository->kept, entry->name);

    if (settings && read_traffic(settings, &entry->traffic) != DAVY_OK)
        entry->traffic = (davy_traffic){.canary_share = 0};
}

static davy_status write_kept(const davy_repository *repository)
{
    davy_buffer text = {0};
    davy_status status = append_json(repository->kept, &text);

    if (status == DAVY_OK)
        status = davy_file_replace(repository->options.traffic, text.bytes, text.length, 0644);
    davy_buffer_clear(&text);
    return status;
}

static davy_status keep(davy_repository *repository, const char *name, const davy_traffic *traffic)
{
    json_t *before = json_incref(json_object_get(repository->kept, name));
    davy_status status = DAVY_OK;

    if (traffic->canary[0] || traffic->shadow[0])
        status = json_object_set_new(repository->kept, name, traffic_json(traffic)) == 0
                     ? DAVY_OK
                     : davy_fail(DAVY_ERR_NOMEM, "the traffic of '%.100s'", name);
    else
        (void) json_object_del(repository->kept, name);
    if (status == DAVY_OK && repository->options.traffic)
        status = write_kept(repository);
    if (status != DAVY_OK && before)
        (void) json_object_set(repository->kept, name, before);
    else if (status != DAVY_OK)
        (void) json_object_del(repository->kept, name);
    json_decref(before);
    return status;
}

void davy_traffic_forget(davy_repository *repository, const char *name)
{
    static const davy_traffic none;

    if (json_object_get(repository->kept, name) && keep(repository, name, &none) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "infer", "the traffic of '%.100s', which is gone, is kept: %s",
                 name, davy_error());
}

/* ------------------------------------------------------------------------------ set and asked */

static void put_traffic(davy_repository *repository, davy_entry *entry, const davy_traffic *traffic)
{
    (void) pthread_mutex_lock(&repository->lock);
    entry->traffic = *traffic;
    (void) pthread_mutex_unlock(&repository->lock);
}

/* A version by its number may come later; what is there must be open, and an alias must be there.
 */
static davy_status check_target(davy_repository *repository, const char *name, const char *version)
{
    davy_lease *lease = NULL;
    davy_status status =
        *version ? davy_repository_acquire(repository, name, version, &lease) : DAVY_OK;

    davy_lease_release(lease);
    return status == DAVY_ERR_NOT_FOUND && davy_registry_number(version) > 0 ? DAVY_OK : status;
}

/* What it names is loaded when it was not; when that fails, or cannot be kept, all stays
 * as it was. */
static davy_status change_traffic(davy_repository *repository, davy_entry *entry,
                                  const davy_traffic *traffic)
{
    const davy_traffic before = entry->traffic;
    davy_status status;

    put_traffic(repository, entry, traffic);
    if (entry->wanted && !entry->given) /* of what is wanted, only these two count here */
        (void) !davy_repository_refresh(repository, entry->name, false);
    status = check_target(repository, entry->name, traffic->canary);
    if (status == DAVY_OK)
        status = check_target(repository, entry->name, traffic->shadow);
    if (status == DAVY_OK)
        status = keep(repository, entry->name, traffic);
    if (status != DAVY_OK)
        put_traffic(repository, entry, &before);
    return status;
}

davy_status davy_repository_set_traffic(davy_repository *repository, const char *name,
                                        const davy_traffic *traffic)
{
    davy_entry *entry;
    davy_status status;

    if (!(traffic->canary_share >= 0 && traffic->canary_share <= 1))
        return davy_fail(DAVY_ERR_INVALID, "a canary's share is 0 to 1, not %g",
                         traffic->canary_share);
    (void) pthread_mutex_lock(&repository->loading);
    entry = davy_entry_find(repository, name);
    status = entry ? change_traffic(repository, entry, traffic)
                   : davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.100s'", name);
    (void) pthread_mutex_unlock(&repository->loading);
    return status;
}

davy_status davy_repository_traffic(davy_repository *repository, const char *name,
                                    davy_traffic *out)
{
    const davy_entry *entry;

    (void) pthread_mutex_lock(&repository->lock);
    entry = davy_entry_find(repository, name);
    if (entry)
        *out = entry->traffic;
    (void) pthread_mutex_unlock(&repository->lock);
    return entry ? DAVY_OK : davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.100s'", name);
}
