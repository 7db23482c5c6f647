/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"
#include "core/quantity.h"
#include "core/sample.h"
#include "core/timestamp.h"
#include "endpoint.h"
#include "history.h"
#include "run.h"
#include "site_print.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE_EXIT 64 /* EX_USAGE of sysexits.h */
#define DAY_S      86400
#define DAYS_MAX   3660.0

/* Different, so that what was learnt from the one is not simply met again in the other. */
#define HISTORY_SEED 1
#define RUN_SEED     2

static const char usage[] =
    "davy-sim: a small tank farm with a reactor, simulated\n"
    "\n"
    "  davy-sim run --modbus HOST:PORT [--mqtt HOST:PORT [--topic plant]] [--seed N]\n"
    "               [--faults FILE] [--truth FILE] [--until 10min]\n"
    "  davy-sim history --out DIR [--days 10] [--period 1s] [--seed N] [--end TIME]\n"
    "               [--faults FILE] [--truth FILE]\n"
    "  davy-sim site [--modbus-port N] [--mqtt-port N]\n"
    "  davy-sim faults\n"
    "\n"
    "run serves the plant in real time; port 0 takes a free port, and each endpoint is printed.\n"
    "While it runs, a pipe on standard input may say 'fault NAME start' or 'fault NAME stop'.\n"
    "history writes CSV files of its past. A file of faults is CSV: after_s,fault,duration_s and,\n"
    "for faults that come again, every_s; 'default' stands for the demo's. docs/demo.md describes\n"
    "the plant.\n";

/* Every option of every verb; the table below says which takes which. */
typedef struct options {
    const char *modbus, *mqtt, *topic, *faults, *truth, *out;
    uint64_t seed; /* 0: that of the verb */
    int64_t until_ns, period_ns, end_ns;
    double days;
    int modbus_port, mqtt_port;
} options;

static davy_status read_text(const char *text, void *to)
{
    *(const char **) to = text;
    return DAVY_OK;
}

static davy_status read_seed(const char *text, void *to)
{
    uint64_t *seed = to;
    char *end;

    *seed = strtoull(text, &end, 10);
    if (!*text || *end || *text == '-' || *seed == 0)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a whole number above 0", text);
    return DAVY_OK;
}

static davy_status read_days(const char *text, void *to)
{
    double *days = to;
    davy_status status = davy_number_parse(text, days);

    if (status == DAVY_OK && !(*days > 0.0 && *days <= DAYS_MAX))
        return davy_fail(DAVY_ERR_INVALID, "%s days is not between 0 and %g", text, DAYS_MAX);
    return status;
}

static davy_status read_duration(const char *text, void *to)
{
    return davy_duration_parse(text, to);
}

static davy_status read_time(const char *text, void *to)
{
    return davy_timestamp_parse(text, to);
}

static davy_status read_port(const char *text, void *to)
{
    return davy_sim_port_parse(text, to);
}

/* Verbs an option belongs to. */
enum { RUN = 1, HISTORY = 2, SITE = 4, FAULTS = 8 };

static const struct known_option {
    const char *name;
    unsigned verbs;
    davy_status (*read)(const char *text, void *to);
    size_t at; /* in options */
} known[] = {
    {"--modbus", RUN, read_text, offsetof(options, modbus)},
    {"--mqtt", RUN, read_text, offsetof(options, mqtt)},
    {"--topic", RUN, read_text, offsetof(options, topic)},
    {"--until", RUN, read_duration, offsetof(options, until_ns)},
    {"--seed", RUN | HISTORY, read_seed, offsetof(options, seed)},
    {"--faults", RUN | HISTORY, read_text, offsetof(options, faults)},
    {"--truth", RUN | HISTORY, read_text, offsetof(options, truth)},
    {"--out", HISTORY, read_text, offsetof(options, out)},
    {"--days", HISTORY, read_days, offsetof(options, days)},
    {"--period", HISTORY, read_duration, offsetof(options, period_ns)},
    {"--end", HISTORY, read_time, offsetof(options, end_ns)},
    {"--modbus-port", SITE, read_port, offsetof(options, modbus_port)},
    {"--mqtt-port", SITE, read_port, offsetof(options, mqtt_port)},
};

static const struct known_option *find_option(const char *word, unsigned verb)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++)
        if ((known[i].verbs & verb) && strcmp(known[i].name, word) == 0)
            return &known[i];
    return NULL;
}

static davy_status read_options(int argc, char **argv, unsigned verb, options *to)
{
    for (int i = 2; i < argc; i += 2) {
        const struct known_option *option = find_option(argv[i], verb);
        davy_status status;

        if (!option)
            return davy_fail(DAVY_ERR_INVALID, "%s takes no '%s'", argv[1], argv[i]);
        if (i + 1 == argc)
            return davy_fail(DAVY_ERR_INVALID, "%s needs a value", argv[i]);
        status = option->read(argv[i + 1], (char *) to + option->at);
        if (status != DAVY_OK)
            return davy_fail_in(status, "%s", argv[i]);
    }
    return DAVY_OK;
}

static davy_status read_faults(const char *file, davy_sim_schedule *schedule)
{
    if (!file)
        return DAVY_OK;
    if (strcmp(file, "default") == 0)
        return davy_sim_schedule_default(schedule);
    return davy_sim_schedule_read(file, schedule);
}

static davy_status run_verb(const options *given)
{
    davy_sim_schedule schedule = {0};
    davy_status status;
    davy_sim_run_options run = {.modbus = given->modbus,
                                .mqtt = given->mqtt,
                                .topic = given->topic,
                                .truth = given->truth,
                                .seed = given->seed ? given->seed : RUN_SEED,
                                .until_s = given->until_ns / DAVY_NS_PER_S};

    if (!given->modbus && !given->mqtt)
        return davy_fail(DAVY_ERR_INVALID, "give --modbus HOST:PORT, --mqtt HOST:PORT or both");
    status = read_faults(given->faults, &schedule);
    return status == DAVY_OK ? davy_sim_run(&run, schedule) : status;
}

static davy_status history_verb(const options *given)
{
    static davy_sim sim;
    davy_sim_schedule schedule = {0};
    davy_status status;
    davy_sim_history_options history = {.folder = given->out,
                                        .end_s = given->end_ns / DAVY_NS_PER_S,
                                        .length_s = (int64_t) (given->days * DAY_S),
                                        .period_s = given->period_ns / DAVY_NS_PER_S};

    if (!given->out)
        return davy_fail(DAVY_ERR_INVALID, "give --out DIR");
    if (history.period_s < 1 || given->period_ns % DAVY_NS_PER_S)
        return davy_fail(DAVY_ERR_INVALID, "--period takes whole seconds");
    if (history.length_s < 1)
        return davy_fail(DAVY_ERR_INVALID, "--days is shorter than a second");
    status = read_faults(given->faults, &schedule);
    if (status != DAVY_OK)
        return status;
    davy_sim_init(&sim, given->seed ? given->seed : HISTORY_SEED, history.end_s - history.length_s,
                  schedule);
    status = davy_sim_history_write(&sim, &history);
    if (status == DAVY_OK && given->truth)
        status = davy_sim_truth_write(&sim.truth, given->truth);
    davy_sim_clear(&sim);
    return status;
}

static davy_status site_verb(const options *given)
{
    davy_buffer text = {0};
    davy_status status;

    davy_sim_site_print(&text, given->modbus_port, given->mqtt_port);
    status = davy_buffer_ok(&text);
    if (status == DAVY_OK && fputs(text.bytes, stdout) < 0)
        status = davy_fail(DAVY_ERR_IO, "standard output");
    davy_buffer_clear(&text);
    return status;
}

static davy_status faults_verb(const options *given)
{
    (void) given;
    for (size_t i = 0; i < DAVY_SIM_FAULTS; i++) {
        const davy_sim_fault *fault = &davy_sim_faults[i];
        char signals[DAVY_SIM_FAULT_SIGNALS * DAVY_SIM_PATH_MAX];

        davy_sim_fault_signals(fault, signals, sizeof signals);
        (void) printf("%-15s %-6s %s: %s\n%-22s signals: %s\n", fault->name, fault->asset,
                      fault->title, fault->effect, "", signals);
    }
    return DAVY_OK;
}

static const struct verb {
    const char *name;
    unsigned bit;
    davy_status (*act)(const options *given);
} verbs[] = {{"run", RUN, run_verb},
             {"history", HISTORY, history_verb},
             {"site", SITE, site_verb},
             {"faults", FAULTS, faults_verb}};

static int act(const struct verb *verb, int argc, char **argv)
{
    options given = {.topic = "plant",
                     .days = 10.0,
                     .period_ns = DAVY_NS_PER_S,
                     .end_ns = davy_wall_ns(davy_clock_system()),
                     .modbus_port = DAVY_SIM_MODBUS_PORT,
                     .mqtt_port = DAVY_SIM_MQTT_PORT};
    davy_status status = read_options(argc, argv, verb->bit, &given);

    if (status != DAVY_OK) {
        (void) fprintf(stderr, "davy-sim: %s\n", davy_error());
        return USAGE_EXIT;
    }
    status = verb->act(&given);
    if (status != DAVY_OK)
        (void) fprintf(stderr, "davy-sim: %s\n", davy_error());
    return davy_status_exit_code(status);
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0))
        return fputs(usage, stdout) < 0;
    for (size_t i = 0; argc > 1 && i < DAVY_ARRAY_LENGTH(verbs); i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return act(&verbs[i], argc, argv);
    (void) fputs(usage, stderr);
    return USAGE_EXIT;
}
