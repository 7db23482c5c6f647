/* SPDX-License-Identifier: Apache-2.0 */
#include "app/daemon_private.h"

#include "core/log.h"

#include <pthread.h>
#include <signal.h>

static void fill_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGHUP);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
}

static pthread_t waiter; /* takes the signals: the thread that blocked them first */

static void forward(int number)
{
    (void) pthread_kill(waiter, number);
}

/* OpenBLAS starts threads when it is loaded, before main(), and they block nothing. A signal that
 * finds the waiter busy with a reload goes to one of them and would end the process on the spot. */
void davy_daemon_block_signals(void)
{
    struct sigaction action = {.sa_handler = forward, .sa_flags = SA_RESTART};
    sigset_t signals;

    fill_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    waiter = pthread_self();
    (void) sigaction(SIGHUP, &action, NULL);
    (void) sigaction(SIGINT, &action, NULL);
    (void) sigaction(SIGTERM, &action, NULL);
}

void davy_daemon_wait(davy_daemon *daemon)
{
    sigset_t signals;
    int number;

    fill_signals(&signals);
    while (sigwait(&signals, &number) == 0 && number == SIGHUP) {
        if (davy_daemon_reload(daemon) == DAVY_OK)
            davy_log(DAVY_LOG_INFO, "daemon", "reloaded '%s'", daemon->options.site);
        else
            davy_log(DAVY_LOG_ERROR, "daemon", "not reloaded, the old site goes on: %s",
                     davy_error());
    }
}
