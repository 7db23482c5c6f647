/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_testing.h"

#include <pthread.h>

#define EVENTS 150
#define LOOKS  600

static const char *const keys[] = {HI, HIHI, LEVEL, HEALTH};

/* The plant's thread: findings, and the clock. Threads have no cmocka; a failure is counted. */
struct worker {
    struct alarm_bench *bench;
    size_t failures;
};

static void *take_findings(void *context)
{
    struct worker *worker = context;

    for (size_t i = 0; i < EVENTS; i++) {
        davy_finding finding = finding_of(worker->bench, keys[i % 4], (i / 4) % 2 == 0);

        worker->failures += davy_alarms_take(worker->bench->alarms, &finding, 1) != DAVY_OK;
        worker->failures += davy_alarms_tick(worker->bench->alarms) != DAVY_OK;
    }
    return NULL;
}

static void *act(void *context)
{
    struct worker *worker = context;

    for (size_t i = 0; i < EVENTS; i++) {
        const davy_alarm_request request = {.action = (davy_alarm_action) (i % 6),
                                            .by = "jan",
                                            .comment = "words",
                                            .duration_ns = 3600 * S};
        davy_status status = davy_alarms_act(worker->bench->alarms,
                                             1 + i % worker->bench->condition_count, &request);

        worker->failures += status != DAVY_OK && status != DAVY_ERR_INVALID;
    }
    return NULL;
}

static davy_status count_alarm(void *context, const davy_alarm *alarm)
{
    *(size_t *) context += strlen(alarm->key) > 0 && (!alarm->reason || alarm->reason[0] == '{');
    return DAVY_OK;
}

static void *look(void *context)
{
    struct worker *worker = context;

    for (size_t i = 0; i < LOOKS; i++) {
        davy_alarms_stats stats;
        size_t count = 0;

        worker->failures += davy_alarms_visit(worker->bench->alarms, DAVY_ALARMS_ALL, count_alarm,
                                              &count) != DAVY_OK;
        worker->failures += count != worker->bench->condition_count;
        davy_alarms_get_stats(worker->bench->alarms, &stats);
        worker->failures += stats.alarms != count;
    }
    return NULL;
}

static void findings_people_and_lookers_do_not_disturb_each_other(void **state)
{
    static void *(*const work[])(void *) = {take_findings, act, act, look};
    struct alarm_bench *bench = bench_create();
    struct worker workers[DAVY_ARRAY_LENGTH(work)];
    pthread_t threads[DAVY_ARRAY_LENGTH(work)];
    struct alarm_seen before[DAVY_ARRAY_LENGTH(keys)];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(work); i++) {
        workers[i] = (struct worker){bench, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, work[i], &workers[i]), 0);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(work); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].failures, 0);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
        before[i] = bench_see(bench, keys[i]);
    bench_restart(bench);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++) {
        struct alarm_seen after = bench_see(bench, keys[i]);

        assert_int_equal(after.alarm.state, before[i].alarm.state);
        assert_int_equal(after.alarm.active, before[i].alarm.active);
        assert_int_equal(after.alarm.occurrences, before[i].alarm.occurrences);
    }
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_people_and_lookers_do_not_disturb_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
