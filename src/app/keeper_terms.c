/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeper_private.h"

#include "core/json.h"
#include "core/log.h"
#include "core/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Telling ---------------------------------------------------------------------------------------*/

static davy_status record_wait(davy_keeper *keeper, const davy_term *term,
                               const davy_terms_loss *loss)
{
    davy_buffer body = {0};

    davy_json_object(&body, NULL);
    davy_json_text(&body, "action", "shorten");
    davy_json_text(&body, "class", term->class_name);
    davy_json_time(&body, "from", term->from_ns);
    davy_json_unsigned(&body, "files", loss->files);
    davy_json_unsigned(&body, "bytes", loss->bytes);
    davy_json_unsigned(&body, "rollups", loss->rollups);
    davy_json_object_end(&body);
    return davy_keeper_record(keeper, &body);
}

static void tell_wait(davy_keeper *keeper, const davy_term *term, const davy_holding *holding)
{
    const davy_terms_loss loss = davy_terms_lose(&keeper->terms, term, holding, term->from_ns);
    char from[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(term->from_ns, 0, from);
    davy_log(DAVY_LOG_WARNING, "keeper",
             "class %s is to be kept for a shorter time: %llu days of samples, %llu bytes, and the"
             " rollups of %llu days are removed at %s, unless the site file is changed back",
             term->class_name, (unsigned long long) loss.files, (unsigned long long) loss.bytes,
             (unsigned long long) loss.rollups, from);
    if (record_wait(keeper, term, &loss) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "keeper", "%s", davy_error());
}

static bool waits_anew(const davy_terms *before, const davy_term *term)
{
    const davy_term *earlier = davy_terms_find(before, term->class_name);

    return term->from_ns > 0 && (!earlier || earlier->from_ns != term->from_ns);
}

/* Once for each wait. */
static void tell_waits(davy_keeper *keeper, const davy_terms *before, const davy_holding *holding)
{
    for (size_t i = 0; i < keeper->terms.count; i++)
        if (waits_anew(before, &keeper->terms.items[i]))
            tell_wait(keeper, &keeper->terms.items[i], holding);
}

/* In force --------------------------------------------------------------------------------------*/

/* The site's classes with the times that count, and classes that it has no more and that wait. */
static davy_status put_in_force(davy_keeper *keeper, const davy_site *site)
{
    davy_site_class *classes = calloc(keeper->terms.count + 1, sizeof *classes);
    davy_status status;

    if (!classes)
        return davy_fail(DAVY_ERR_NOMEM, "classes of retention");
    for (size_t i = 0; i < keeper->terms.count; i++) {
        const davy_term *term = &keeper->terms.items[i];

        classes[i] = (davy_site_class){.name = term->class_name};
        for (size_t k = 0; k < site->class_count; k++)
            if (strcmp(site->classes[k].name, term->class_name) == 0)
                classes[i] = site->classes[k];
        classes[i].keep_ns = term->keep_ns;
        classes[i].rollups_ns = term->rollups_ns;
        classes[i].when_full_ns = term->when_full_ns;
    }
    status = davy_store_set_retention(keeper->parts.store, classes, keeper->terms.count);
    free(classes);
    return status;
}

/* A disk that is full takes no note: the next start follows from the note before. */
static void write_terms(davy_keeper *keeper)
{
    if (davy_terms_write(keeper->parts.data, &keeper->terms) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "keeper", "how long things are kept is not noted: %s",
                 davy_error());
}

/* Under the lock. How many samples go is not told: to ask thousands of files takes seconds. */
static davy_status follow(davy_keeper *keeper, const davy_site *site)
{
    davy_terms *before = malloc(sizeof *before);
    davy_holding holding;
    davy_status status;

    if (!before)
        return davy_fail(DAVY_ERR_NOMEM, "terms of retention");
    status = davy_holding_read(keeper->parts.data, NULL, 0, &holding);
    if (status == DAVY_OK) {
        *before = keeper->terms;
        davy_terms_follow(before, site->classes, site->class_count, &holding,
                          davy_wall_ns(keeper->parts.clock), &keeper->terms);
        if (!before->known || memcmp(before, &keeper->terms, sizeof *before) != 0)
            write_terms(keeper);
        tell_waits(keeper, before, &holding);
        davy_holding_clear(&holding);
    }
    free(before);
    return status;
}

davy_status davy_keeper_take_site(davy_keeper *keeper, const davy_site *site)
{
    davy_status status;

    pthread_mutex_lock(&keeper->terms_lock);
    if (!keeper->terms.known && davy_terms_read(keeper->parts.data, &keeper->terms) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "keeper", "%s", davy_error());
    status = follow(keeper, site);
    if (status == DAVY_OK)
        status = put_in_force(keeper, site);
    pthread_mutex_unlock(&keeper->terms_lock);
    return status;
}

void davy_keeper_ripen(davy_keeper *keeper)
{
    const davy_keeper_parts *parts = &keeper->parts;
    const davy_site *site = parts->acquire_site(parts->context);
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&keeper->terms_lock);
    if (davy_terms_ripen(&keeper->terms, davy_wall_ns(parts->clock))) {
        write_terms(keeper);
        status = put_in_force(keeper, site);
        davy_log(DAVY_LOG_INFO, "keeper", "the shorter time of retention counts now");
    }
    pthread_mutex_unlock(&keeper->terms_lock);
    parts->release_site(parts->context, site);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "keeper", "%s", davy_error());
}

bool davy_keeper_waits(davy_keeper *keeper, char *text, size_t capacity)
{
    size_t waiting = 0;
    int64_t first_ns = INT64_MAX;
    char from[DAVY_TIMESTAMP_MAX];

    pthread_mutex_lock(&keeper->terms_lock);
    for (size_t i = 0; i < keeper->terms.count; i++) {
        const int64_t from_ns = keeper->terms.items[i].from_ns;

        waiting += from_ns > 0;
        first_ns = from_ns > 0 && from_ns < first_ns ? from_ns : first_ns;
    }
    pthread_mutex_unlock(&keeper->terms_lock);
    if (waiting == 0)
        return false;
    davy_timestamp_format(first_ns, 0, from);
    (void) snprintf(text, capacity,
                    "days of %zu class%s of retention are removed from %s on: run 'davy storage'",
                    waiting, waiting == 1 ? "" : "es", from);
    return true;
}
