/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * @file
 * The process of a job: started with limits and out of the way of all others, asked to end, ended.
 *
 * Stage: app.
 */
typedef struct davy_job_limits {
    uint64_t cpu_s;        /* CPU time; SIGXCPU past it, SIGKILL a minute later */
    uint64_t memory_bytes; /* of data: heap, stacks, private maps; 0: no limit */
    uint64_t file_bytes;   /* of a file that it writes */
} davy_job_limits;

typedef struct davy_job_process {
    pid_t pid;  /* 0: none; its process group has the same number */
    int output; /* its standard output, not blocking; -1: none */
    int errors; /* its standard error, likewise */
} davy_job_process;

/**
 * Start a program: no shell, standard input empty, its own process group, class SCHED_IDLE, nice
 * 19, idle disk time, first to go when memory runs out. It gets SIGKILL when the calling thread
 * ends.
 *
 * @param argv  ends with NULL; argv[0] is a path
 */
DAVY_MUST_CHECK davy_status davy_job_process_start(const char *const *argv,
                                                   const davy_job_limits *limits,
                                                   davy_job_process *out);

/** Send a signal to all of its group. */
void davy_job_process_signal(const davy_job_process *process, int number);

/** Whether it has ended, and how (as waitpid() tells); it is gone then. What it wrote is still to
 * be read. */
bool davy_job_process_over(davy_job_process *process, int *how);
/** Close the ends of its output. */
void davy_job_process_close(davy_job_process *process);

/** "ended by signal 9 (Killed)", or with its exit code. @return text */
const char *davy_job_process_tell(int how, char *text, size_t capacity);
