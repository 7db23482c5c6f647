/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/registry_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS 10000000 /* from one look at a lock that is held to the next */
#define LOOKS_S ((uint64_t) (1000000000 / LOOK_NS))

/* A new holder has written its name long before; until then the file names the one before it. */
#define NAMED_S 10

/* Who holds a lock, as the file says. */
typedef struct holder {
    intmax_t process, thread; /* 0: it does not say */
} holder;

static holder read_holder(int descriptor)
{
    char text[64];
    const ssize_t length = pread(descriptor, text, sizeof text - 1, 0);
    holder held = {0, 0};

    text[length > 0 ? length : 0] = '\0';
    if (sscanf(text, "%jd %jd", &held.process, &held.thread) != 2) /* NOLINT(cert-err34-c) */
        held = (holder){0, 0};
    return held;
}

/* Only for those who wait: a disk that is full must not keep a model from being locked. */
static void write_holder(int descriptor)
{
    char text[64];
    const int length =
        snprintf(text, sizeof text, "%jd %jd\n", (intmax_t) getpid(), (intmax_t) gettid());

    if (ftruncate(descriptor, 0) == 0)
        (void) !pwrite(descriptor, text, (size_t) length, 0);
}

/* The same thread: it holds a lock that it has forgotten, and would wait for itself. */
static bool is_self(const holder *held)
{
    return held->process == (intmax_t) getpid() && held->thread == (intmax_t) gettid();
}

static davy_status say_held(const char *path, const holder *held, unsigned wait_s)
{
    if (is_self(held))
        return davy_fail(DAVY_ERR_EXISTS,
                         "'%s' is held by this thread of process %jd already: it would wait for "
                         "itself",
                         path, held->process);
    if (held->process > 0)
        return davy_fail(DAVY_ERR_EXISTS, "'%s' has been held by process %jd for more than %u s",
                         path, held->process, wait_s);
    return davy_fail(DAVY_ERR_EXISTS, "'%s' has been held by another process for more than %u s",
                     path, wait_s);
}

/* flock() knows no end to its wait, hence looks. */
static davy_status wait_for(const char *path, int descriptor, unsigned wait_s)
{
    static const struct timespec pause = {.tv_nsec = LOOK_NS};

    for (uint64_t look = 0; flock(descriptor, LOCK_EX | LOCK_NB) != 0; look++) {
        holder held;

        if (errno != EWOULDBLOCK && errno != EINTR)
            return davy_fail(DAVY_ERR_IO, "cannot lock '%s'", path);
        held = read_holder(descriptor);
        if (look >= wait_s * LOOKS_S || (look >= NAMED_S * LOOKS_S && is_self(&held)))
            return say_held(path, &held, wait_s);
        (void) nanosleep(&pause, NULL);
    }
    write_holder(descriptor);
    return DAVY_OK;
}

davy_status davy_registry_hold(const char *path, unsigned wait_s, int *descriptor)
{
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    davy_status status;

    if (file < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    status = wait_for(path, file, wait_s);
    if (status == DAVY_OK)
        *descriptor = file;
    else
        close(file);
    return status;
}

davy_status davy_registry_lock(const char *folder, const char *name, int *descriptor)
{
    char path[DAVY_REGISTRY_PATH];
    const davy_status status = davy_registry_path(path, folder, name, ".lock");

    return status == DAVY_OK ? davy_registry_hold(path, DAVY_REGISTRY_WAIT_S, descriptor) : status;
}
