/* SPDX-License-Identifier: Apache-2.0 */
#include "app/job_process.h"

#include "core/child.h"

#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL_GRACE_S 60 /* from SIGXCPU to SIGKILL, for a program that catches the first */
#define LOWEST_NICE  19
#define FIRST_TO_GO  "1000" /* of /proc/PID/oom_score_adj */
#define LIMITS       3

/* Nothing of the daemon's own. Learning asks OpenBLAS for one thread, and each of the others that
 * it would start takes memory all the same. */
static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
                                          "OPENBLAS_NUM_THREADS=1", NULL};

/* In the child: system calls alone. What cannot be set is no reason not to learn. */
static bool give_way(void)
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
    return true;
}

static size_t list_limits(const davy_job_limits *limits, davy_child_limit list[LIMITS])
{
    size_t count = 0;

    list[count++] = (davy_child_limit){RLIMIT_CPU, limits->cpu_s, limits->cpu_s + KILL_GRACE_S};
    list[count++] = (davy_child_limit){RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes};
#ifndef __SANITIZE_ADDRESS__ /* which maps terabytes of its own */
    if (limits->memory_bytes > 0)
        list[count++] = (davy_child_limit){RLIMIT_DATA, limits->memory_bytes, limits->memory_bytes};
#endif
    return count;
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
    davy_child_limit list[LIMITS];
    davy_child child = {.argv = argv,
                        .environment = environment,
                        .limits = list,
                        .limit_count = list_limits(limits, list),
                        .prepare = give_way};
    davy_status status;
    pid_t pid = 0;

    child.input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (child.input < 0 || pipe2(output, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0 ||
        fcntl(output[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(errors[0], F_SETFL, O_NONBLOCK) != 0) {
        status = davy_fail(DAVY_ERR_IO, "cannot make pipes for a job");
    } else {
        child.output = output[1];
        child.errors = errors[1];
        status = davy_child_start(&child, &pid);
    }
    close_end(&child.input);
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

bool davy_job_process_over(davy_job_process *process, int *how)
{
    if (!davy_child_over(process->pid, how))
        return false;
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
    else if (WEXITSTATUS(how) == DAVY_CHILD_NO_EXEC)
        (void) snprintf(text, capacity, "its program could not be started");
    else
        (void) snprintf(text, capacity, "ended with exit code %d", WEXITSTATUS(how));
    return text;
}
