/* SPDX-License-Identifier: Apache-2.0 */
#include "app/job_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NO_EXEC  127
#define KILL_GRACE_S  60 /* from SIGXCPU to SIGKILL, for a program that catches the first */
#define LOWEST_NICE   19
#define FIRST_TO_GO   "1000" /* of /proc/PID/oom_score_adj */
#define FIRST_FREE_FD 3

/* Nothing of the daemon's own. Learning asks OpenBLAS for one thread, and each of the others that
 * it would start takes memory all the same. */
static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
                                          "OPENBLAS_NUM_THREADS=1", NULL};

/* What a child needs, made before it is there. */
struct start {
    const char *const *argv;
    const davy_job_limits *limits;
    pid_t parent;
    int input, output, errors;
};

static void limit(int resource, uint64_t soft, uint64_t hard)
{
    const struct rlimit limits = {(rlim_t) soft, (rlim_t) hard};

    (void) setrlimit((__rlimit_resource_t) resource, &limits);
}

static void give_way(void)
{
    const struct sched_param none = {.sched_priority = 0};
    const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (file >= 0) {
        ssize_t written = write(file, FIRST_TO_GO, sizeof FIRST_TO_GO - 1);

        (void) written; /* it then is as likely to go as others are */
        close(file);
    }
    (void) setpriority(PRIO_PROCESS, 0, LOWEST_NICE);
    (void) sched_setscheduler(0, SCHED_IDLE, &none);
    (void) syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
}

static void set_limits(const davy_job_limits *limits)
{
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_CPU, limits->cpu_s, limits->cpu_s + KILL_GRACE_S);
    limit(RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes);
#ifndef __SANITIZE_ADDRESS__ /* which maps terabytes of its own */
    if (limits->memory_bytes > 0)
        limit(RLIMIT_DATA, limits->memory_bytes, limits->memory_bytes);
#endif
}

/* In the child, which shares the parent's memory until it is another program: system calls alone.
 */
static _Noreturn void become(const struct start *start)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        (void) sigaction(number, &usual, NULL);
    (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void) setpgid(0, 0);
    if (getppid() != start->parent || dup2(start->input, STDIN_FILENO) < 0 ||
        dup2(start->output, STDOUT_FILENO) < 0 || dup2(start->errors, STDERR_FILENO) < 0)
        _exit(EXIT_NO_EXEC);
    (void) syscall(SYS_close_range, FIRST_FREE_FD, ~0U, CLOSE_RANGE_CLOEXEC);
    give_way();
    set_limits(start->limits);
    (void) sigemptyset(&none);
    (void) sigprocmask(SIG_SETMASK, &none, NULL);
    execve(start->argv[0], (char *const *) start->argv, (char *const *) environment);
    _exit(EXIT_NO_EXEC);
}

/* vfork() and not fork(): a copy of the page tables of a large daemon would hold its threads up.
 * All signals wait meanwhile, for a handler in the child would work in the parent's memory. */
static __attribute__((noinline)) pid_t begin(const struct start *start)
{
    sigset_t all, before;
    pid_t pid;

    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = vfork();
    if (pid == 0)
        become(start);
    (void) pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

davy_status davy_job_process_start(const char *const *argv, const davy_job_limits *limits,
                                   davy_job_process *out)
{
    int output[2] = {-1, -1}, errors[2] = {-1, -1};
    struct start start = {.argv = argv, .limits = limits, .parent = getpid(), .input = -1};
    davy_status status = DAVY_OK;
    pid_t pid = -1;

    start.input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (start.input < 0 || pipe2(output, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0 ||
        fcntl(output[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(errors[0], F_SETFL, O_NONBLOCK) != 0) {
        status = davy_fail(DAVY_ERR_IO, "cannot make pipes for a job");
    } else {
        start.output = output[1];
        start.errors = errors[1];
        pid = begin(&start);
        if (pid < 0)
            status = davy_fail(DAVY_ERR_IO, "cannot start a process for a job");
    }
    close_end(&start.input);
    close_end(&output[1]);
    close_end(&errors[1]);
    if (status == DAVY_OK) {
        *out = (davy_job_process){pid, output[0], errors[0]};
        return DAVY_OK;
    }
    close_end(&output[0]);
    close_end(&errors[0]);
    return status;
}

void davy_job_process_signal(const davy_job_process *process, int number)
{
    if (process->pid > 0)
        (void) kill(-process->pid, number);
}

/* Its group goes before it is waited for: until then its number cannot be another's. */
bool davy_job_process_over(davy_job_process *process, int *how)
{
    siginfo_t ended = {.si_pid = 0};

    if (waitid(P_PID, (id_t) process->pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        ended.si_pid == 0)
        return false;
    davy_job_process_signal(process, SIGKILL);
    if (waitpid(process->pid, how, 0) < 0)
        *how = SIGKILL; /* another has waited for it: how it ended is not known */
    process->pid = 0;
    return true;
}

void davy_job_process_close(davy_job_process *process)
{
    close_end(&process->output);
    close_end(&process->errors);
}

const char *davy_job_process_tell(int how, char *text, size_t capacity)
{
    if (WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU)
        (void) snprintf(text, capacity, "it took more CPU time than it may");
    else if (WIFSIGNALED(how))
        (void) snprintf(text, capacity, "ended by signal %d (%s)", WTERMSIG(how),
                        strsignal(WTERMSIG(how)));
    else if (WEXITSTATUS(how) == EXIT_NO_EXEC)
        (void) snprintf(text, capacity, "its program could not be started");
    else
        (void) snprintf(text, capacity, "ended with exit code %d", WEXITSTATUS(how));
    return text;
}
