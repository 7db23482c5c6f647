/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/state.h"
#include "site/condition.h"
#include "site/load.h"

#include "../testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/**
 * @file
 * A plant with a few conditions, a real records file in a folder of its own, a clock to step, and
 * what was announced, one line each: "raised T-101/pressure:hi unacknowledged".
 */
#define S DAVY_NS_PER_S

/* 2026-01-01T00:00:00Z */
#define NEW_YEAR (1767225600LL * S)

struct alarm_bench {
    char folder[64], file[96];
    davy_site *site;
    davy_condition *conditions;
    size_t condition_count;
    davy_clock_fake clock;
    davy_records *records;
    davy_alarms *alarms;
    char lines[200][220];
    size_t line_count;
};

static const char alarm_site[] = "site: {name: test}\n"
                                 "sources: [{name: in, kind: lines}]\n"
                                 "assets:\n"
                                 "  - name: T-101\n"
                                 "    signals:\n"
                                 "      - {name: pressure, unit: kPa, priority: high,\n"
                                 "         limits: {hihi: 1200, hi: 1000}}\n"
                                 "      - {name: level, unit: \"%\", priority: low,\n"
                                 "         limits: {hi: 90}}\n"
                                 "detectors:\n"
                                 "  - {name: health, model: health, signals: [T-101/*]}\n";

static inline void note_announcement(void *context, const davy_alarm *alarm, const char *transition)
{
    struct alarm_bench *bench = context;

    if (bench->line_count == DAVY_ARRAY_LENGTH(bench->lines))
        return;
    (void) snprintf(bench->lines[bench->line_count++], sizeof bench->lines[0], "%s %s %s%s",
                    transition, alarm->key, davy_alarm_state_name(alarm->state),
                    alarm->durable ? "" : " (not durable)");
}

static inline void bench_use_site(struct alarm_bench *bench, const char *text)
{
    davy_site_faults faults = {0};
    size_t bytes;

    free(bench->conditions);
    davy_site_destroy(bench->site);
    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &bench->site));
    davy_site_faults_clear(&faults);
    assert_ok(
        davy_conditions_make(bench->site, &bench->conditions, &bench->condition_count, &bytes));
}

static inline void bench_open(struct alarm_bench *bench)
{
    const davy_alarms_callbacks callbacks = {bench, note_announcement};

    assert_ok(davy_records_open(bench->file, &bench->records));
    assert_ok(davy_alarms_open(bench->records, &bench->clock.clock, &callbacks, &bench->alarms));
}

static inline void bench_configure(struct alarm_bench *bench)
{
    assert_ok(davy_alarms_configure(bench->alarms, bench->site, bench->conditions,
                                    bench->condition_count));
}

static inline void bench_close(struct alarm_bench *bench)
{
    davy_alarms_close(bench->alarms);
    davy_records_close(bench->records);
    bench->alarms = NULL;
    bench->records = NULL;
}

/* The program ends and starts again. */
static inline void bench_restart(struct alarm_bench *bench)
{
    bench_close(bench);
    bench->line_count = 0;
    bench_open(bench);
    bench_configure(bench);
}

static inline struct alarm_bench *bench_create(void)
{
    struct alarm_bench *bench = calloc(1, sizeof *bench);

    assert_non_null(bench);
    (void) snprintf(bench->folder, sizeof bench->folder, "/tmp/davy-test-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    (void) snprintf(bench->file, sizeof bench->file, "%s/records.db", bench->folder);
    davy_clock_fake_init(&bench->clock, NEW_YEAR);
    bench_use_site(bench, alarm_site);
    bench_open(bench);
    bench_configure(bench);
    return bench;
}

static inline void bench_destroy(struct alarm_bench *bench)
{
    char command[128];

    bench_close(bench);
    free(bench->conditions);
    davy_site_destroy(bench->site);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", bench->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a fixed command of a test */
    free(bench);
}

static inline size_t bench_condition(const struct alarm_bench *bench, const char *key)
{
    for (size_t i = 0; i < bench->condition_count; i++)
        if (strcmp(bench->conditions[i].key, key) == 0)
            return i;
    fail_msg("no condition '%s'", key);
    return 0;
}

static inline davy_finding finding_of(const struct alarm_bench *bench, const char *key, bool active)
{
    davy_finding finding = {.condition = bench_condition(bench, key),
                            .active = active,
                            .time_ns = bench->clock.wall_ns,
                            .value = active ? 1213 : 990,
                            .limit = 1000};

    (void) snprintf(finding.text, sizeof finding.text, "%s %s", key, active ? "began" : "ended");
    return finding;
}

static inline davy_status bench_find(struct alarm_bench *bench, const char *key, bool active)
{
    davy_finding finding = finding_of(bench, key, active);

    return davy_alarms_take(bench->alarms, &finding, 1);
}

/* One alarm as it is now; texts are not kept. */
struct alarm_seen {
    const char *key;
    davy_alarm alarm;
    char text[4096]; /* reason */
    char comment[1100], by[128], department[128], suppressed_by[1100];
    bool found;
};

static inline davy_status see_alarm(void *context, const davy_alarm *alarm)
{
    struct alarm_seen *seen = context;

    if (seen->key && strcmp(seen->key, alarm->key) != 0)
        return DAVY_OK;
    seen->alarm = *alarm;
    seen->found = true;
    (void) snprintf(seen->text, sizeof seen->text, "%s", alarm->reason ? alarm->reason : "");
    (void) snprintf(seen->comment, sizeof seen->comment, "%s",
                    alarm->comment ? alarm->comment : "");
    (void) snprintf(seen->department, sizeof seen->department, "%s",
                    alarm->department ? alarm->department : "");
    (void) snprintf(seen->suppressed_by, sizeof seen->suppressed_by, "%s",
                    alarm->suppressed_by ? alarm->suppressed_by : "");
    (void) snprintf(seen->by, sizeof seen->by, "%s", alarm->by ? alarm->by : "");
    return DAVY_OK;
}

static inline struct alarm_seen bench_see(struct alarm_bench *bench, const char *key)
{
    struct alarm_seen seen = {.key = key};

    assert_ok(davy_alarms_visit(bench->alarms, DAVY_ALARMS_ALL, see_alarm, &seen));
    assert_true(seen.found);
    return seen;
}

static inline davy_status bench_act(struct alarm_bench *bench, const char *key,
                                    davy_alarm_action action, const char *comment,
                                    int64_t duration_ns)
{
    const davy_alarm_request request = {
        .action = action, .by = "jan", .comment = comment, .duration_ns = duration_ns};

    return davy_alarms_act(bench->alarms, bench_see(bench, key).alarm.id, &request);
}

#define assert_announced(bench, ...)                                                      \
    do {                                                                                  \
        static const char *const expected_lines[] = {__VA_ARGS__};                        \
        for (size_t line_ = 0; line_ < DAVY_ARRAY_LENGTH(expected_lines); line_++)        \
            assert_string_equal(line_ < (bench)->line_count ? (bench)->lines[line_] : "", \
                                expected_lines[line_]);                                   \
        assert_int_equal((bench)->line_count, DAVY_ARRAY_LENGTH(expected_lines));         \
        (bench)->line_count = 0;                                                          \
    } while (0)

#define HI     "T-101/pressure:hi"
#define HIHI   "T-101/pressure:hihi"
#define LEVEL  "T-101/level:hi"
#define HEALTH "detector health:model"
