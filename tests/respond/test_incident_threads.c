/* SPDX-License-Identifier: Apache-2.0 */
#include "incident_testing.h"

#include <pthread.h>

#define THREADS 4
#define EVENTS  60

struct work {
    davy_incidents *book;
    uint64_t id;
    size_t taken;
    char name[16];
};

static davy_status look_at(void *context, const davy_incident *incident)
{
    (void) context;
    return incident->events > 0 ? DAVY_OK : DAVY_ERR_CORRUPT;
}

/* Each thread has a resource of its own, and all of them want another one. */
static void *work_on(void *context)
{
    struct work *work = context;

    for (int i = 0; i < EVENTS; i++) {
        json_t *event = i % 3 == 0   ? json_pack("{s:s, s:s}", "type", "note", "text", work->name)
                        : i % 3 == 1 ? json_pack("{s:s, s:s, s:s}", "type", "resource", "name",
                                                 work->name, "state", "committed")
                                     : json_pack("{s:s, s:s, s:s}", "type", "resource", "name",
                                                 "engine-1", "state", "committed");
        uint64_t sequence;
        davy_status status = davy_incidents_add(work->book, work->id, work->name, event, &sequence);

        work->taken += status == DAVY_OK;
        if ((status != DAVY_OK && status != DAVY_ERR_EXISTS) ||
            davy_incidents_each(work->book, true, look_at, NULL) != DAVY_OK)
            work->taken = SIZE_MAX / 2;
        json_decref(event);
    }
    return NULL;
}

static davy_status count_engine(void *context, const davy_incident *incident)
{
    for (size_t i = 0; i < incident->resource_count; i++)
        *(size_t *) context += strcmp(incident->resources[i].name, "engine-1") == 0;
    return DAVY_OK;
}

static davy_status count_events(void *context, const davy_incident *incident)
{
    *(size_t *) context += incident->events;
    return DAVY_OK;
}

static void many_write_at_once_and_one_has_the_engine(void **state)
{
    struct incident_bench *bench = bench_create();
    struct work works[THREADS];
    pthread_t threads[THREADS];
    size_t taken = 0, events = 0, engines = 0;
    char *before, *after;

    (void) state;
    for (size_t i = 0; i < THREADS; i++) {
        works[i] = (struct work){.book = bench->book, .id = begin(bench, "{\"name\":\"x\"}")};
        (void) snprintf(works[i].name, sizeof works[i].name, "medic-%zu", i);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work_on, &works[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        taken += works[i].taken;
    }
    assert_ok(davy_incidents_each(bench->book, false, count_events, &events));
    assert_ok(davy_incidents_each(bench->book, false, count_engine, &engines));
    assert_int_equal(events, taken + THREADS);
    assert_int_equal(engines, 1);
    before = text_of(bench, 1);
    bench_shut(bench);
    bench_open(bench);
    after = text_of(bench, 1);
    assert_string_equal(before, after);
    free(before);
    free(after);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_write_at_once_and_one_has_the_engine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
