/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_testing.h"

#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>

#define ROUNDS 20

/*
 * A child raises, ends and acknowledges alarms as fast as it can and writes each announcement into
 * a pipe; it is killed after some of them. Every announcement that came out must be in the records,
 * in order; and the next child goes on from there.
 */
static void write_announcement(void *context, const davy_alarm *alarm, const char *transition)
{
    char line[256];
    int length = snprintf(line, sizeof line, "%s %s\n", transition, alarm->key);

    /* One write of less than PIPE_BUF bytes comes out whole or not at all. */
    if (write(*(int *) context, line, (size_t) length) != length)
        _exit(3);
}

/* One that latches, and one over which a logic stands. */
static const char ruled_site[] =
    "site: {name: test}\n"
    "assets:\n"
    "  - name: T-101\n"
    "    signals:\n"
    "      - {name: pressure, unit: kPa, limits: {hihi: 1200, hi: 1000}}\n"
    "      - {name: level, unit: \"%\", limits: {hi: 90}, deadline: 10s}\n"
    "detectors:\n"
    "  - {name: health, model: health, signals: [T-101/*]}\n"
    "alarms:\n"
    "  - {match: [\"T-101/pressure:*\"], latch: true}\n"
    "  - {match: [\"detector health:model\"], suppress_when: T-101/level < 5}\n";

static void run_child(struct alarm_bench *bench, int pipe_end, uint64_t seed)
{
    static const char *const keys[] = {HI, HIHI, LEVEL, HEALTH};
    static const davy_alarm_action actions[] = {
        DAVY_ALARM_ACKNOWLEDGE,      DAVY_ALARM_SHELVE, DAVY_ALARM_UNSHELVE,
        DAVY_ALARM_ACKNOWLEDGE,      DAVY_ALARM_RESET,  DAVY_ALARM_TAKE_OUT_OF_SERVICE,
        DAVY_ALARM_RETURN_TO_SERVICE};
    const davy_alarms_callbacks callbacks = {&pipe_end, write_announcement};

    if (davy_records_open(bench->file, &bench->records) != DAVY_OK ||
        davy_alarms_open(bench->records, davy_clock_system(), &callbacks, &bench->alarms) !=
            DAVY_OK ||
        davy_alarms_configure(bench->alarms, bench->site, bench->conditions,
                              bench->condition_count) != DAVY_OK)
        _exit(2);
    for (uint64_t i = seed;; i++) {
        const davy_alarm_request request = {.action = actions[i % DAVY_ARRAY_LENGTH(actions)],
                                            .by = "jan",
                                            .comment = "words",
                                            .duration_ns = S};
        davy_finding findings[2] = {finding_of(bench, keys[i % 4], (i / 4) % 2 == 0),
                                    finding_of(bench, keys[(i + 1) % 4], (i / 8) % 2 == 0)};
        davy_status status;

        if (davy_alarms_take(bench->alarms, findings, 2) != DAVY_OK)
            _exit(4);
        status = davy_alarms_act(bench->alarms, 1 + i % bench->condition_count, &request);
        if (status != DAVY_OK && status != DAVY_ERR_INVALID) /* what its state forbids is fine */
            _exit(5);
        if (davy_alarms_suppress(bench->alarms, 0, i % 5 < 2) != DAVY_OK)
            _exit(6);
    }
}

/* What was announced, and how far the records have confirmed it. */
struct confirmation {
    char *lines[4000];
    size_t count, confirmed;
};

static davy_status confirm(void *context, const davy_record *record)
{
    struct confirmation *announced = context;
    json_t *body = json_loads(record->body, 0, NULL);
    char line[256];

    assert_non_null(body);
    (void) snprintf(line, sizeof line, "%s %s",
                    json_string_value(json_object_get(body, "transition")), record->subject);
    json_decref(body);
    if (announced->confirmed < announced->count &&
        strcmp(announced->lines[announced->confirmed], line) == 0)
        announced->confirmed++;
    return DAVY_OK;
}

static void read_announcements(FILE *stream, size_t wanted, pid_t child,
                               struct confirmation *announced)
{
    char line[256];
    size_t count = 0;

    while (fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\n")] = '\0';
        assert_true(announced->count < DAVY_ARRAY_LENGTH(announced->lines));
        announced->lines[announced->count++] = strdup(line);
        if (++count == wanted)
            assert_int_equal(kill(child, SIGKILL), 0);
    }
    assert_true(count >= wanted);
}

static void no_announced_transition_is_lost_by_kill_9(void **state)
{
    struct alarm_bench *bench = bench_create();
    struct confirmation *announced = calloc(1, sizeof *announced);
    uint64_t checked;

    (void) state;
    assert_non_null(announced);
    bench_close(bench);
    bench_use_site(bench, ruled_site);
    for (size_t round = 0; round < ROUNDS; round++) {
        int ends[2], outcome;
        pid_t child;
        FILE *stream;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            run_child(bench, ends[1], round * 7);
        }
        close(ends[1]);
        stream = fdopen(ends[0], "r");
        assert_non_null(stream);
        read_announcements(stream, 1 + round * 5 % 37, child, announced);
        (void) fclose(stream);
        assert_int_equal(waitpid(child, &outcome, 0), child);
        assert_true(WIFSIGNALED(outcome) && WTERMSIG(outcome) == SIGKILL);
    }

    bench_open(bench);
    assert_ok(davy_records_verify(bench->records, &checked));
    assert_ok(davy_records_scan(bench->records, DAVY_RECORD_ALARM, NULL, 0, 0, confirm, announced));
    assert_int_equal(announced->confirmed, announced->count);
    assert_true(announced->count > 100);
    for (size_t i = 0; i < announced->count; i++)
        free(announced->lines[i]);
    free(announced);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_announced_transition_is_lost_by_kill_9),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
