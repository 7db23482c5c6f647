/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include "commands.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/sample.h"
#include "modbus_server.h"
#include "mqtt_out.h"
#include "simulation.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

typedef struct runner {
    const davy_sim_run_options *options;
    davy_sim sim;
    davy_sim_modbus *modbus;
    davy_sim_mqtt *mqtt;
    davy_sim_commands commands;
    int signals;            /* descriptor: SIGTERM and SIGINT arrive here */
    int64_t start_ns;       /* monotonic time of sim.start_s */
    uint64_t truth_written; /* truth.changes of the file */
} runner;

static int catch_signals(void)
{
    sigset_t set;

    (void) sigemptyset(&set);
    (void) sigaddset(&set, SIGTERM);
    (void) sigaddset(&set, SIGINT);
    (void) sigprocmask(SIG_BLOCK, &set, NULL); /* also for the threads started from here */
    (void) signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static davy_status open_endpoints(runner *run)
{
    const davy_sim_run_options *options = run->options;
    davy_status status = DAVY_OK;

    if (options->modbus)
        status = davy_sim_modbus_open(options->modbus, &run->modbus);
    if (status == DAVY_OK && run->modbus)
        (void) printf("modbus %s\n", davy_sim_modbus_address(run->modbus));
    if (status == DAVY_OK && options->mqtt)
        status = davy_sim_mqtt_open(options->mqtt, options->topic, &run->mqtt);
    if (status == DAVY_OK && run->mqtt)
        (void) printf("mqtt %s %s\n", options->mqtt, options->topic);
    (void) fflush(stdout);
    return status;
}

/* Let everybody see the readings of this second. */
static davy_status show(runner *run)
{
    const double *readings = run->sim.instruments.readings;

    if (run->modbus)
        davy_sim_modbus_update(run->modbus, readings);
    if (run->mqtt)
        davy_sim_mqtt_publish(run->mqtt, run->sim.plant.time_s * 1000, readings);
    if (!run->options->truth || run->truth_written == run->sim.truth.changes)
        return DAVY_OK;
    run->truth_written = run->sim.truth.changes;
    return davy_sim_truth_write(&run->sim.truth, run->options->truth);
}

/* Milliseconds to the next step; 0 when it is due. */
static int wait_ms(const runner *run)
{
    int64_t next = run->sim.plant.time_s + 1 - run->sim.start_s;
    int64_t left = run->start_ns + next * DAVY_NS_PER_S - davy_monotonic_ns(davy_clock_system());

    return left <= 0 ? 0 : (int) ((left + DAVY_NS_PER_MS - 1) / DAVY_NS_PER_MS);
}

/* Serve until the next step is due. @return 0 when a signal asks to end */
static int serve(runner *run)
{
    int wait;

    while ((wait = wait_ms(run)) > 0) {
        struct pollfd on[] = {
            {.fd = run->signals, .events = POLLIN},
            {.fd = run->modbus ? davy_sim_modbus_descriptor(run->modbus) : -1, .events = POLLIN},
            {.fd = run->commands.descriptor, .events = POLLIN},
        };

        if (poll(on, DAVY_ARRAY_LENGTH(on), wait) <= 0)
            continue;
        if (on[0].revents)
            return 0;
        if (on[1].revents)
            davy_sim_modbus_serve(run->modbus);
        if (on[2].revents)
            davy_sim_commands_read(&run->commands, &run->sim);
    }
    return 1;
}

static davy_status live(runner *run)
{
    int64_t until_s = run->options->until_s;
    davy_status status = show(run);

    while (status == DAVY_OK && serve(run)) {
        status = davy_sim_step(&run->sim);
        if (status == DAVY_OK)
            status = show(run);
        if (until_s && run->sim.plant.time_s - run->sim.start_s >= until_s)
            break;
    }
    return status;
}

davy_status davy_sim_run(const davy_sim_run_options *options, davy_sim_schedule schedule)
{
    static runner run; /* the simulation's rings are large for a stack */
    const davy_clock *clock = davy_clock_system();
    int64_t start_s = davy_wall_ns(clock) / DAVY_NS_PER_S;
    davy_status status;

    run = (runner){.options = options, .signals = catch_signals()};
    davy_sim_commands_init(&run.commands);
    davy_sim_init(&run.sim, options->seed, start_s, schedule);
    run.start_ns = davy_monotonic_ns(clock);
    status = run.signals < 0 ? davy_fail(DAVY_ERR_IO, "signalfd") : open_endpoints(&run);
    if (status == DAVY_OK)
        status = live(&run);
    davy_sim_modbus_close(run.modbus);
    davy_sim_mqtt_close(run.mqtt);
    davy_sim_clear(&run.sim);
    if (run.signals >= 0)
        (void) close(run.signals);
    return status;
}
