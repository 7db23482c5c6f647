/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/receiver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * A program with the message as its standard input: exit code 0 confirms. No shell, an empty
 * environment, the root folder, no descriptor but the three, a process group of its own that is
 * killed after its time with all that the program has started, limits, and no way to more
 * privileges (no_new_privs: setuid programs gain nothing).
 */

#define CPU_S         10
#define MEMORY_BYTES  ((rlim_t) 1024 * 1024 * 1024)
#define FILE_BYTES    ((rlim_t) 64 * 1024 * 1024)
#define FILES         64
#define EXIT_NO_EXEC  127
#define WAIT_STEP_NS  (5 * DAVY_NS_PER_MS)
#define ARGUMENTS_MAX 256

struct command {
    const davy_receiver_setup *setup;
    const char *argv[ARGUMENTS_MAX + 2];
};

static davy_status command_open(void *state, const davy_receiver_setup *setup)
{
    struct command *command = state;
    const davy_site_receiver *receiver = setup->receiver;

    command->setup = setup;
    if (receiver->argument_count > ARGUMENTS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%s' has more than %d arguments", receiver->program,
                         ARGUMENTS_MAX);
    command->argv[0] = receiver->program;
    for (size_t i = 0; i < receiver->argument_count; i++)
        command->argv[i + 1] = receiver->arguments[i];
    return DAVY_OK;
}

/* In the child, where only async-signal-safe calls are allowed. */
static void limit(int resource, rlim_t most)
{
    const struct rlimit limits = {most, most};

    if (setrlimit((__rlimit_resource_t) resource, &limits) != 0)
        _exit(EXIT_NO_EXEC);
}

static _Noreturn void become(const struct command *command, int input, int nothing)
{
    static char *const environment[] = {NULL};
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    (void) signal(SIGPIPE, SIG_DFL);
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || chdir("/") != 0)
        _exit(EXIT_NO_EXEC);
    (void) umask(077);
    if (dup2(input, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
        dup2(nothing, STDERR_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) != 0)
        _exit(EXIT_NO_EXEC);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, CPU_S);
    limit(RLIMIT_AS, MEMORY_BYTES);
    limit(RLIMIT_FSIZE, FILE_BYTES);
    limit(RLIMIT_NOFILE, FILES);
    execve(command->argv[0], (char *const *) command->argv, environment);
    _exit(EXIT_NO_EXEC);
}

static davy_status spawn(const struct command *command, pid_t *pid, int *input)
{
    int ends[2];
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (nothing < 0)
        return davy_fail(DAVY_ERR_IO, "/dev/null");
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(nothing);
        return davy_fail(DAVY_ERR_IO, "cannot make a pipe");
    }
    *pid = fork();
    if (*pid == 0)
        become(command, ends[0], nothing);
    close(nothing);
    close(ends[0]);
    if (*pid < 0) {
        close(ends[1]);
        return davy_fail(DAVY_ERR_IO, "cannot start '%s'", command->argv[0]);
    }
    (void) setpgid(*pid, *pid); /* whoever of the two is first */
    *input = ends[1];
    return DAVY_OK;
}

/* A program need not read its input. Never waits: what does not fit is given at the next call. */
static void feed(int *input, const char **bytes, size_t *left)
{
    while (*input >= 0) {
        ssize_t written = *left > 0 ? write(*input, *bytes, *left) : 0;

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN)
            return;
        if (written > 0) {
            *bytes += written;
            *left -= (size_t) written;
            continue;
        }
        close(*input); /* all is written, or the program does not want it */
        *input = -1;
    }
}

static davy_status judge(const struct command *command, int outcome)
{
    const char *program = command->argv[0];

    if (WIFSIGNALED(outcome))
        return davy_fail(DAVY_ERR_UNAVAILABLE, "'%s' was ended by signal %d", program,
                         WTERMSIG(outcome));
    if (WEXITSTATUS(outcome) == EXIT_NO_EXEC)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "'%s' cannot be run", program);
    if (WEXITSTATUS(outcome) != 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "'%s' ended with %d", program, WEXITSTATUS(outcome));
    return DAVY_OK;
}

/* Wait for its end, or make one; then nothing of its group is left. */
static davy_status attend(const struct command *command, pid_t pid, int *input,
                          const davy_delivery *delivery)
{
    const struct timespec step = {0, WAIT_STEP_NS};
    int64_t until_ns = davy_monotonic_ns(davy_clock_system()) + DAVY_RECEIVER_TIMEOUT_NS;
    const char *bytes = delivery->body;
    size_t left = delivery->length;
    int outcome = 0;

    for (;;) {
        feed(input, &bytes, &left);
        if (waitpid(pid, &outcome, WNOHANG) == pid)
            break;
        if (atomic_load(command->setup->interrupted) ||
            davy_monotonic_ns(davy_clock_system()) >= until_ns) {
            (void) kill(-pid, SIGKILL);
            while (waitpid(pid, &outcome, 0) < 0 && errno == EINTR)
                ;
            return davy_fail(DAVY_ERR_TIMEOUT, "'%s' did not end in its time", command->argv[0]);
        }
        (void) nanosleep(&step, NULL);
    }
    (void) kill(-pid, SIGKILL);
    return judge(command, outcome);
}

static davy_status command_send(void *state, const davy_delivery *delivery, int64_t *again_ns)
{
    const struct command *command = state;
    davy_status status;
    int input = -1;
    pid_t pid = 0;

    (void) again_ns;
    status = spawn(command, &pid, &input);
    if (status != DAVY_OK)
        return status;
    (void) fcntl(input, F_SETFL, O_NONBLOCK);
    status = attend(command, pid, &input, delivery);
    if (input >= 0)
        close(input);
    return status;
}

static void command_close(void *state)
{
    (void) state;
}

const davy_receiver_kind davy_receiver_command = {
    .name = "command",
    .state_size = sizeof(struct command),
    .open = command_open,
    .send = command_send,
    .close = command_close,
};
