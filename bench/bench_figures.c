/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm.h"
#include "alarm/kpi/history.h"
#include "alarm/kpi/kpi_page.h"
#include "alarm_site.h"
#include "core/file.h"
#include "core/random.h"
#include "detect/engine.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * What the figures of the alarms cost: a history of 40 days is made by the alarm engine itself,
 * with one bad actor, floods and people who acknowledge; then read in one pass.
 *
 *     bench_figures [FOLDER [PAGE]]    the records are written in FOLDER, best one in memory
 *                                      (/dev/shm); PAGE: the page of the figures
 */
#define DAYS   40
#define ASSETS 40
#define STEPS  60000
#define SEED   1
#define PASSES 5

static davy_site *make_site(void)
{
    static const char *const priorities[] = {"low", "low", "low", "medium", "high"};
    davy_buffer text = {0};
    davy_site *site;

    davy_buffer_append_text(&text, "site: {name: bench, title: Bench}\nassets:\n");
    for (size_t i = 0; i < ASSETS; i++)
        davy_buffer_printf(&text,
                           "  - {name: A%zu, signals: [{name: p, priority: %s, limits: {hi: 8, "
                           "hihi: 9}}]}\n",
                           i, priorities[i % DAVY_ARRAY_LENGTH(priorities)]);
    davy_buffer_append_text(&text, "positions:\n  - {name: desk, title: Tank farm, assets: "
                                   "[\"A*\"]}\n");
    site = take_site(&text);
    for (size_t i = 0; i < site->signal_count; i++)
        site->signals[i].id = (davy_signal_id) i;
    check(davy_site_index(site));
    return site;
}

/* A step of the plant: some condition changes its answer, or an operator acknowledges. */
static void step(davy_alarms *alarms, davy_clock_fake *clock, size_t conditions, uint64_t n)
{
    bool flood = n % 6000 < 60, bad_actor = davy_random_below(SEED, 0, n, 3) == 0;
    size_t condition = bad_actor ? 1 : davy_random_below(SEED, 1, n, (uint32_t) conditions);
    int64_t mean_ns = flood ? 4 * DAVY_NS_PER_S : DAYS * DAY_NS / STEPS;
    davy_finding finding = {.condition = condition, .text = "pressure 8.3 is above hi 8"};
    const davy_alarm_request acknowledge = {.action = DAVY_ALARM_ACKNOWLEDGE, .by = "operator"};

    davy_clock_fake_advance(clock,
                            (int64_t) (davy_random_uniform(SEED, 2, n) * 2 * (float) mean_ns));
    finding.time_ns = davy_wall_ns(&clock->clock);
    finding.active = !davy_alarms_is_active(alarms, condition);
    if (davy_random_below(SEED, 3, n, 3) > 0)
        check(davy_alarms_take(alarms, &finding, 1));
    else if (davy_alarms_act(alarms, 1 + condition, &acknowledge) == DAVY_ERR_IO)
        check(DAVY_ERR_IO);
}

static uint64_t make_history(davy_records *records, const davy_site *site)
{
    const davy_alarms_callbacks silent = {0};
    const davy_detect_callbacks none = {0};
    const davy_condition *conditions;
    davy_alarms_stats stats;
    davy_clock_fake clock;
    davy_alarms *alarms;
    davy_detect *detect;
    size_t count;

    davy_clock_fake_init(&clock, BEGIN);
    check(davy_detect_create(site, ".", &none, 0, NULL, &detect));
    conditions = davy_detect_conditions(detect, &count);
    check(davy_alarms_open(records, &clock.clock, &silent, &alarms));
    check(davy_alarms_configure(alarms, site, conditions, count));
    for (uint64_t n = 0; n < STEPS; n++)
        step(alarms, &clock, count, n);
    davy_alarms_get_stats(alarms, &stats);
    davy_alarms_close(alarms);
    davy_detect_destroy(detect);
    return stats.transitions;
}

static long peak_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void write_page(const json_t *report, const char *file)
{
    davy_buffer html = {0};

    check(davy_kpi_page(report, &html));
    check(davy_file_replace(file, html.bytes, html.length, 0644));
    davy_buffer_clear(&html);
}

static void measure(davy_records *records, const davy_site *site, uint64_t transitions,
                    const char *page)
{
    double best = 1e9;
    long before_kb = peak_kb();

    for (int pass = 0; pass < PASSES; pass++) {
        double begin = cpu_seconds();
        json_t *report;

        check(davy_kpi_history(records, site, BEGIN, BEGIN + DAYS * DAY_NS, BEGIN + DAYS * DAY_NS,
                               NULL, &report));
        if (cpu_seconds() - begin < best)
            best = cpu_seconds() - begin;
        if (page && pass == 0)
            write_page(report, page);
        json_decref(report);
    }
    (void) printf("%llu transitions of %d days: %.2f s, %.1f us each, %ld KB more at the peak\n",
                  (unsigned long long) transitions, DAYS, best, best * 1e6 / (double) transitions,
                  peak_kb() - before_kb);
}

int main(int argc, char **argv)
{
    davy_site *site = make_site();
    davy_records *records;
    char file[1024];
    uint64_t transitions;

    (void) snprintf(file, sizeof file, "%s/bench_figures.db", argc > 1 ? argv[1] : ".");
    check(davy_records_open(file, &records));
    transitions = make_history(records, site);
    measure(records, site, transitions, argc > 2 ? argv[2] : NULL);
    davy_records_close(records);
    davy_site_destroy(site);
    unlink(file);
    (void) strcat(file, "-wal");
    unlink(file);
    return 0;
}
