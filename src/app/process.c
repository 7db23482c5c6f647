/* SPDX-License-Identifier: Apache-2.0 */
#include "app/process.h"

#include "core/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STOP_STEPS   500
#define STOP_STEP_NS (10 * DAVY_NS_PER_MS)
#define EXIT_NO_EXEC 127

/* In the child, where only async-signal-safe calls are allowed. */
static _Noreturn void become(const char *const *argv, int output, bool own_group, pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    (void) signal(SIGPIPE, SIG_DFL);
    (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_NO_EXEC);
    if (own_group)
        (void) setpgid(0, 0);
    if (output >= 0)
        (void) dup2(output, STDOUT_FILENO);
    execvp(argv[0], (char *const *) argv);
    _exit(EXIT_NO_EXEC);
}

/* A child with a group of its own does not hear the terminal's Ctrl-C: it is ended in its turn. */
static davy_status spawn(const char *const *argv, int output, bool own_group, pid_t *pid)
{
    pid_t parent = getpid();

    *pid = fork();
    if (*pid == 0)
        become(argv, output, own_group, parent);
    return *pid > 0 ? DAVY_OK : davy_fail(DAVY_ERR_IO, "cannot start %s", argv[0]);
}

static davy_status wait_for(const char *name, pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return davy_fail(DAVY_ERR_IO, "cannot wait for %s", name);
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_EXEC)
        return davy_fail(DAVY_ERR_NOT_FOUND, "the program %s is not installed", name);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s failed with %d", name,
                         WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
    return DAVY_OK;
}

davy_status davy_process_run(const char *const *argv)
{
    pid_t pid;
    davy_status status = spawn(argv, -1, false, &pid);

    return status == DAVY_OK ? wait_for(argv[0], pid) : status;
}

davy_status davy_process_run_to_file(const char *const *argv, const char *path)
{
    int output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    davy_status status;
    pid_t pid;

    if (output < 0)
        return davy_fail(DAVY_ERR_IO, "cannot create '%s'", path);
    status = spawn(argv, output, false, &pid);
    close(output);
    return status == DAVY_OK ? wait_for(argv[0], pid) : status;
}

davy_status davy_process_start(const char *const *argv, int *output, pid_t *pid)
{
    int ends[2] = {-1, -1};
    davy_status status;

    if (output && pipe2(ends, O_CLOEXEC) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot make a pipe");
    status = spawn(argv, ends[1], true, pid);
    if (ends[1] >= 0)
        close(ends[1]);
    if (status == DAVY_OK && output)
        *output = ends[0];
    else if (ends[0] >= 0)
        close(ends[0]);
    return status;
}

void davy_process_stop(pid_t pid)
{
    const struct timespec step = {0, STOP_STEP_NS};
    int status;

    if (pid <= 0)
        return;
    (void) kill(pid, SIGTERM);
    for (int i = 0; i < STOP_STEPS; i++) {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return;
        nanosleep(&step, NULL);
    }
    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, &status, 0);
}
