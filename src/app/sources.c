/* SPDX-License-Identifier: Apache-2.0 */
#include "app/sources.h"

#include "core/log.h"
#include "core/timestamp.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct running_source {
    davy_sources *set;
    davy_runner *runner;
    const davy_site *site; /* held: the site it was started with */
    const davy_site_source *source;
    bool again; /* the batch failed before and has been looked at; the source's thread's */
    struct running_source *next;
};

struct davy_sources {
    davy_intake *intake;
    davy_publish publish;
    void *context;
    pthread_mutex_t mutex; /* for the list */
    struct running_source *list;
    atomic_bool ending; /* the daemon stops: that a source ends now says nothing of its peer */
};

static const char *const state_names[] = {
    [DAVY_SOURCE_CONNECTING] = "connecting",
    [DAVY_SOURCE_RUNNING] = "running",
    [DAVY_SOURCE_LOST] = "lost",
    [DAVY_SOURCE_FINISHED] = "finished",
};

davy_status davy_sources_create(davy_intake *intake, davy_publish publish, void *context,
                                davy_sources **out)
{
    davy_sources *sources = calloc(1, sizeof *sources);

    if (!sources)
        return davy_fail(DAVY_ERR_NOMEM, "sources");
    *sources = (davy_sources){.intake = intake, .publish = publish, .context = context};
    pthread_mutex_init(&sources->mutex, NULL);
    *out = sources;
    return DAVY_OK;
}

/* A batch that cannot be kept waits for room, and its source with it. Not so when the store has
 * failed until it is opened again, or when the device can be asked anew: then detection goes on
 * with newer values, and the alarm of the store says that none is kept. */
static davy_status deliver(void *context, const davy_sample *samples, size_t count)
{
    struct running_source *running = context;
    const davy_source_kind *kind = davy_source_kind_find(running->source->kind);
    davy_status status = running->again ? davy_intake_keep(running->set->intake, samples, count)
                                        : davy_intake_deliver(running->set->intake, samples, count);
    bool goes_on = status == DAVY_ERR_IO || (status == DAVY_ERR_FULL && kind && kind->polled);

    running->again = status != DAVY_OK && !goes_on;
    return goes_on ? DAVY_OK : status;
}

static void publish_report(davy_sources *sources, const davy_source_report *report)
{
    char since[DAVY_TIMESTAMP_MAX];
    json_t *object;
    char *text;

    davy_timestamp_format(report->since_ns, 3, since);
    object =
        json_pack("{s:s, s:s, s:s?, s:s, s:s, s:s, s:I, s:I}", "name", report->source->name, "kind",
                  report->source->kind, "address", report->source->address, "state",
                  state_names[report->state], "message", report->message, "since", since, "samples",
                  (json_int_t) report->samples, "failures", (json_int_t) report->failures);
    text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    if (text)
        sources->publish(sources->context, "source", text);
    free(text);
    json_decref(object);
}

static void report_change(void *context, const davy_source_report *report)
{
    struct running_source *running = context;
    davy_sources *sources = running->set;

    davy_log(report->state == DAVY_SOURCE_LOST ? DAVY_LOG_WARNING : DAVY_LOG_INFO, "collect",
             "source %s: %s%s%s", report->source->name, state_names[report->state],
             report->message[0] ? ": " : "", report->message);
    if (report->state != DAVY_SOURCE_CONNECTING && !atomic_load(&sources->ending))
        davy_live_source(sources->intake->live, report->source->name,
                         report->state != DAVY_SOURCE_LOST, report->message);
    publish_report(sources, report);
}

static void stop_one(struct running_source *running)
{
    davy_runner_stop(running->runner);
    davy_site_slot_release(running->set->intake->slot, running->site);
    free(running);
}

static davy_status start_one(davy_sources *sources, const davy_site *site,
                             const davy_site_source *source)
{
    struct running_source *running = calloc(1, sizeof *running);
    davy_runner_callbacks callbacks = {running, deliver, report_change};
    davy_status status;

    if (!running)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s'", source->name);
    *running = (struct running_source){
        .set = sources, .site = davy_site_slot_acquire(sources->intake->slot), .source = source};
    status = davy_runner_start(site, source, sources->intake->clock, &callbacks, &running->runner);
    if (status != DAVY_OK) {
        davy_site_slot_release(sources->intake->slot, running->site);
        free(running);
        return status;
    }
    pthread_mutex_lock(&sources->mutex);
    running->next = sources->list;
    sources->list = running;
    pthread_mutex_unlock(&sources->mutex);
    return DAVY_OK;
}

static const davy_site_source *find_source(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->source_count; i++)
        if (strcmp(site->sources[i].name, name) == 0)
            return &site->sources[i];
    return NULL;
}

static bool is_unchanged(const struct running_source *running, const davy_site *site)
{
    const davy_site_source *now = find_source(site, running->source->name);

    return now && davy_site_source_equal(running->site, running->source, site, now);
}

/* Take what must end out of the list, then end it: a report may be asked for meanwhile. */
static void stop_changed(davy_sources *sources, const davy_site *site)
{
    struct running_source *ending = NULL;

    pthread_mutex_lock(&sources->mutex);
    for (struct running_source **link = &sources->list; *link;) {
        struct running_source *running = *link;

        if (site && is_unchanged(running, site)) {
            link = &running->next;
            continue;
        }
        *link = running->next;
        running->next = ending;
        ending = running;
    }
    pthread_mutex_unlock(&sources->mutex);
    for (const struct running_source *one = ending; one; one = one->next)
        davy_runner_interrupt(one->runner); /* all at once: they end beside each other */
    while (ending) {
        struct running_source *next = ending->next;

        stop_one(ending);
        ending = next;
    }
}

static struct running_source *find_running(davy_sources *sources, const char *name)
{
    for (struct running_source *running = sources->list; running; running = running->next)
        if (strcmp(running->source->name, name) == 0)
            return running;
    return NULL;
}

davy_status davy_sources_apply(davy_sources *sources)
{
    const davy_site *site = davy_site_slot_acquire(sources->intake->slot);
    davy_status status = DAVY_OK;

    stop_changed(sources, site);
    for (size_t i = 0; i < site->source_count && status == DAVY_OK; i++)
        if (davy_source_kind_find(site->sources[i].kind) &&
            !find_running(sources, site->sources[i].name))
            status = start_one(sources, site, &site->sources[i]);
    davy_site_slot_release(sources->intake->slot, site);
    return status;
}

void davy_sources_stop(davy_sources *sources)
{
    if (!sources)
        return;
    atomic_store(&sources->ending, true);
    stop_changed(sources, NULL);
}

void davy_sources_destroy(davy_sources *sources)
{
    if (!sources)
        return;
    davy_sources_stop(sources);
    pthread_mutex_destroy(&sources->mutex);
    free(sources);
}

davy_status davy_sources_report(davy_sources *sources, const davy_site *site, size_t index,
                                davy_source_report *report)
{
    const davy_site_source *source = &site->sources[index];
    struct running_source *running;

    /* What has no thread of its own (line protocol over HTTP) runs as long as the daemon. */
    *report = (davy_source_report){.source = source, .state = DAVY_SOURCE_RUNNING};
    pthread_mutex_lock(&sources->mutex);
    running = find_running(sources, source->name);
    if (running)
        davy_runner_report(running->runner, report);
    pthread_mutex_unlock(&sources->mutex);
    report->source = source;
    return DAVY_OK;
}
