/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/receiver.h"
#include "core/child.h"
#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * A program with the message as its standard input: exit code 0 confirms. No shell, an empty
 * environment, the root folder, limits, no capabilities, and a fence (core/fence.h): what it reads
 * has come from outside, and it runs as davy's user. After its time it is killed with all that it
 * has started.
 */

#define CPU_S         10
#define MEMORY_BYTES  ((uint64_t) 1024 * 1024 * 1024)
#define FILE_BYTES    ((uint64_t) 64 * 1024 * 1024)
#define FILES         64
#define PROCESSES     4096 /* of the user, davy's threads among them: a bound, not a measure */
#define WAIT_STEP_NS  (5 * DAVY_NS_PER_MS)
#define ARGUMENTS_MAX 256
#define PIPE_BYTES    65536 /* pipe(7) */
#define WORDS_MAX     160   /* of what it complains of, the end */

struct command {
    const davy_receiver_setup *setup;
    const char *argv[ARGUMENTS_MAX + 2];
};

/* A program at work. */
struct run {
    pid_t pid;
    int input, errors; /* our ends, not blocking; -1: closed */
    const char *bytes; /* what it is still to be given */
    size_t left;
    char words[WORDS_MAX]; /* the last of its standard error */
    size_t word_count;
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

/* -- Starting --------------------------------------------------------------------------------- */

/* Root without its capabilities is a user who owns many files, and the fence is around those. It is
 * asked first what there is: a service manager may have forbidden to change it. */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = {0},
                                  none[_LINUX_CAPABILITY_U32S_3] = {0};

    if (syscall(SYS_capget, &header, has) != 0)
        return false;
    return memcmp(has, none, sizeof none) == 0 || syscall(SYS_capset, &header, none) == 0;
}

static bool narrow(void)
{
    (void) umask(077);
    return chdir("/") == 0 && drop_capabilities();
}

static davy_status start(const struct command *command, const davy_fence *fence, int input,
                         int errors, pid_t *pid)
{
    static const char *const environment[] = {NULL};
    static const davy_child_limit limits[] = {{RLIMIT_CPU, CPU_S, CPU_S},
                                              {RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES},
                                              {RLIMIT_FSIZE, FILE_BYTES, FILE_BYTES},
                                              {RLIMIT_NOFILE, FILES, FILES},
                                              {RLIMIT_NPROC, PROCESSES, PROCESSES}};
    const davy_child child = {.argv = command->argv,
                              .environment = environment,
                              .input = input,
                              .output = open("/dev/null", O_WRONLY | O_CLOEXEC),
                              .errors = errors,
                              .limits = limits,
                              .limit_count = DAVY_ARRAY_LENGTH(limits),
                              .fence = fence,
                              .prepare = narrow};
    davy_status status;

    if (child.output < 0)
        return davy_fail(DAVY_ERR_IO, "/dev/null");
    status = davy_child_start(&child, pid);
    close(child.output);
    return status;
}

static davy_status start_fenced(const struct command *command, int input, int errors, pid_t *pid)
{
    const davy_site_receiver *receiver = command->setup->receiver;
    const davy_fence_gates gates = {.program = receiver->program,
                                    .paths = receiver->paths,
                                    .path_count = receiver->path_count,
                                    .network = receiver->network};
    davy_fence *fence;
    davy_status status = davy_fence_create(&gates, &fence);

    if (status != DAVY_OK)
        return status;
    status = start(command, fence, input, errors, pid);
    davy_fence_destroy(fence);
    return status;
}

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

static davy_status run_begin(const struct command *command, const davy_delivery *delivery,
                             struct run *run)
{
    int input[2] = {-1, -1}, errors[2] = {-1, -1};
    davy_status status;

    *run = (struct run){.bytes = delivery->body, .left = delivery->length};
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0 ||
        fcntl(input[1], F_SETFL, O_NONBLOCK) != 0 || fcntl(errors[0], F_SETFL, O_NONBLOCK) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot make pipes for '%s'", command->argv[0]);
    else
        status = start_fenced(command, input[0], errors[1], &run->pid);
    close_end(&input[0]);
    close_end(&errors[1]);
    run->input = input[1];
    run->errors = errors[0];
    return status;
}

static void run_end(struct run *run)
{
    close_end(&run->input);
    close_end(&run->errors);
}

/* -- Attending -------------------------------------------------------------------------------- */

/* A program need not read its input. Never waits: what does not fit is given at the next call. */
static void feed(struct run *run)
{
    while (run->input >= 0) {
        ssize_t written = run->left > 0 ? write(run->input, run->bytes, run->left) : 0;

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN)
            return;
        if (written <= 0) { /* all is written, or the program does not want it */
            close_end(&run->input);
            return;
        }
        run->bytes += written;
        run->left -= (size_t) written;
    }
}

/* Keep the end of what it complains of. */
static void remember(struct run *run, const char *bytes, size_t count)
{
    const size_t fresh = count < WORDS_MAX ? count : WORDS_MAX;
    const size_t room = WORDS_MAX - fresh;
    const size_t keep = run->word_count < room ? run->word_count : room;

    memmove(run->words, run->words + run->word_count - keep, keep);
    memcpy(run->words + keep, bytes + count - fresh, fresh);
    run->word_count = keep + fresh;
}

/* As much as a pipe holds and no more: a program that never stops to complain does not keep its
 * receiver past its time. */
static void listen_to(struct run *run)
{
    char bytes[4096];
    ssize_t count;

    for (size_t heard = 0; heard < PIPE_BYTES; heard += (size_t) count) {
        count = read(run->errors, bytes, sizeof bytes);
        if (count > 0)
            remember(run, bytes, (size_t) count);
        else
            return;
    }
}

/* ": words", of its last line; "" when it said nothing. */
static const char *complaint(const struct run *run, char text[4 * WORDS_MAX])
{
    size_t length = run->word_count, from;

    while (length > 0 && run->words[length - 1] == '\n')
        length--;
    for (from = length; from > 0 && run->words[from - 1] != '\n';)
        from--;
    text[0] = '\0';
    if (length > from) {
        (void) snprintf(text, 3, ": ");
        (void) davy_utf8_show(run->words + from, length - from, text + 2, 4 * WORDS_MAX - 2);
    }
    return text;
}

static davy_status judge(const struct command *command, const struct run *run, int outcome)
{
    const char *program = command->argv[0];
    char text[4 * WORDS_MAX];

    if (WIFSIGNALED(outcome))
        return davy_fail(DAVY_ERR_UNAVAILABLE, "'%s' was ended by signal %d%s", program,
                         WTERMSIG(outcome), complaint(run, text));
    if (WEXITSTATUS(outcome) == DAVY_CHILD_NO_EXEC)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "'%s' cannot be run%s", program,
                         complaint(run, text));
    if (WEXITSTATUS(outcome) != 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "'%s' ended with %d%s", program,
                         WEXITSTATUS(outcome), complaint(run, text));
    return DAVY_OK;
}

/* Wait for its end, or make one; then nothing of its group is left. */
static davy_status attend(const struct command *command, struct run *run)
{
    const struct timespec step = {0, WAIT_STEP_NS};
    const int64_t until_ns = davy_monotonic_ns(davy_clock_system()) + DAVY_RECEIVER_TIMEOUT_NS;
    bool late = false;
    int outcome = 0;

    for (;;) {
        feed(run);
        listen_to(run);
        if (davy_child_over(run->pid, &outcome))
            break;
        if (!late && (atomic_load(command->setup->interrupted) ||
                      davy_monotonic_ns(davy_clock_system()) >= until_ns)) {
            late = true;
            (void) kill(-run->pid, SIGKILL);
        }
        (void) nanosleep(&step, NULL);
    }
    if (late)
        return davy_fail(DAVY_ERR_TIMEOUT, "'%s' did not end in its time", command->argv[0]);
    listen_to(run);
    return judge(command, run, outcome);
}

static davy_status command_send(void *state, const davy_delivery *delivery, int64_t *again_ns)
{
    const struct command *command = state;
    struct run run;
    davy_status status = run_begin(command, delivery, &run);

    (void) again_ns;
    if (status == DAVY_OK)
        status = attend(command, &run);
    run_end(&run);
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
    .lacks = davy_fence_lacks,
};
