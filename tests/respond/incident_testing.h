/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/book.h"

#include "../testing.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

/**
 * @file
 * A book of incidents over real records in a folder of its own, with a clock to step, and what was
 * announced last.
 */
#define S DAVY_NS_PER_S
/* 2026-01-01T00:00:00Z */
#define NEW_YEAR (1767225600LL * S)

struct incident_bench {
    char folder[64], file[96];
    davy_clock_fake clock;
    davy_records *records;
    davy_incidents *book;
    char *announced; /* the last one */
    size_t announcements;
};

static inline void take_announcement(void *context, const char *json)
{
    struct incident_bench *bench = context;

    free(bench->announced);
    bench->announced = strdup(json);
    bench->announcements++;
}

static inline void bench_open(struct incident_bench *bench)
{
    const davy_incidents_parts parts = {
        .clock = &bench->clock.clock, .context = bench, .announce = take_announcement};
    davy_incidents_parts with = parts;

    assert_ok(davy_records_open(bench->file, &bench->records));
    with.records = bench->records;
    assert_ok(davy_incidents_open(&with, &bench->book));
}

static inline void bench_shut(struct incident_bench *bench)
{
    davy_incidents_close(bench->book);
    davy_records_close(bench->records);
    bench->book = NULL;
    bench->records = NULL;
}

static inline struct incident_bench *bench_create(void)
{
    struct incident_bench *bench = calloc(1, sizeof *bench);

    assert_non_null(bench);
    (void) snprintf(bench->folder, sizeof bench->folder, "/tmp/davy-incident-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    (void) snprintf(bench->file, sizeof bench->file, "%s/records.db", bench->folder);
    davy_clock_fake_init(&bench->clock, NEW_YEAR);
    bench_open(bench);
    return bench;
}

static inline void bench_destroy(struct incident_bench *bench)
{
    char command[96];

    bench_shut(bench);
    (void) snprintf(command, sizeof command, "rm -r %s", bench->folder);
    assert_int_equal(system(command), 0);
    free(bench->announced);
    free(bench);
}

static inline json_t *json_of(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);

    if (!json)
        fail_msg("%s: %s", text, error.text);
    return json;
}

static inline uint64_t begin(struct incident_bench *bench, const char *text)
{
    json_t *body = json_of(text);
    uint64_t id = 0;

    assert_ok(davy_incidents_begin(bench->book, "jan", body, &id));
    json_decref(body);
    return id;
}

/* An event a minute later. */
static inline davy_status add(struct incident_bench *bench, uint64_t id, const char *text)
{
    json_t *body = json_of(text);
    uint64_t sequence;
    davy_status status;

    davy_clock_fake_advance(&bench->clock, 60 * S);
    status = davy_incidents_add(bench->book, id, "jan", body, &sequence);
    json_decref(body);
    return status;
}

static inline davy_status write_it(void *context, const davy_incident *incident)
{
    davy_incident_json_write(context, incident, true);
    return DAVY_OK;
}

/* The incident as text; the caller frees. */
static inline char *text_of(struct incident_bench *bench, uint64_t id)
{
    davy_buffer text = {0};

    assert_ok(davy_incidents_get(bench->book, id, write_it, &text));
    return davy_buffer_take(&text);
}

static inline json_t *look(struct incident_bench *bench, uint64_t id)
{
    char *text = text_of(bench, id);
    json_t *json = json_of(text);

    free(text);
    return json;
}
