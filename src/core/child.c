/* SPDX-License-Identifier: Apache-2.0 */
#include "core/child.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Never above what the daemon has itself. */
static bool limit(const davy_child_limit *most)
{
    const __rlimit_resource_t resource = (__rlimit_resource_t) most->resource;
    struct rlimit limits;

    if (getrlimit(resource, &limits) != 0)
        return false;
    if (limits.rlim_max > most->hard)
        limits.rlim_max = (rlim_t) most->hard;
    limits.rlim_cur = most->soft < limits.rlim_max ? (rlim_t) most->soft : limits.rlim_max;
    return setrlimit(resource, &limits) == 0;
}

static bool limit_all(const davy_child *child)
{
    static const davy_child_limit no_core = {RLIMIT_CORE, 0, 0};
    bool fine = limit(&no_core);

    for (size_t i = 0; i < child->limit_count && fine; i++)
        fine = limit(&child->limits[i]);
    return fine;
}

static bool leave_the_parent(const davy_child *child, pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && setpgid(0, 0) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && dup2(child->input, STDIN_FILENO) >= 0 &&
           dup2(child->output, STDOUT_FILENO) >= 0 && dup2(child->errors, STDERR_FILENO) >= 0 &&
           syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/* In the child, which shares the parent's memory until it is another program: system calls alone.
 * The fence comes last: it refuses what is done before it. */
static _Noreturn void become(const davy_child *child, pid_t parent)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        (void) sigaction(number, &usual, NULL);
    if (!leave_the_parent(child, parent) || (child->prepare && !child->prepare()) ||
        !limit_all(child) || (child->fence && !davy_fence_enter(child->fence)))
        _exit(DAVY_CHILD_NO_EXEC);
    (void) sigemptyset(&none);
    (void) sigprocmask(SIG_SETMASK, &none, NULL);
    execve(child->argv[0], (char *const *) child->argv, (char *const *) child->environment);
    _exit(DAVY_CHILD_NO_EXEC);
}

/* vfork() and not fork(): a copy of the page tables of a large daemon would hold its threads up.
 * All signals wait meanwhile, for a handler in the child would work in the parent's memory. */
static __attribute__((noinline)) pid_t begin(const davy_child *child, pid_t parent)
{
    sigset_t all, before;
    pid_t pid;

    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_SETMASK, &all, &before);
    pid = vfork();
    if (pid == 0)
        become(child, parent);
    (void) pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

davy_status davy_child_start(const davy_child *child, pid_t *pid)
{
    const pid_t begun = begin(child, getpid());

    if (begun < 0)
        return davy_fail(DAVY_ERR_IO, "cannot start a process for '%s'", child->argv[0]);
    *pid = begun;
    return DAVY_OK;
}

/* Its group goes before it is waited for: until then its number cannot be another's. */
bool davy_child_over(pid_t pid, int *how)
{
    siginfo_t ended = {.si_pid = 0};

    if (waitid(P_PID, (id_t) pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0)
        return false;
    (void) kill(-pid, SIGKILL);
    if (waitpid(pid, how, 0) < 0)
        *how = SIGKILL; /* another has waited for it: how it ended is not known */
    return true;
}
