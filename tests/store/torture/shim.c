/* SPDX-License-Identifier: Apache-2.0 */
/* Both give other names, or inline functions, to what is defined here. */
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "shim_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct shim_state shim = {.lock = PTHREAD_MUTEX_INITIALIZER, .power = SHIM_POWER_ON};
struct shim_fault fault;

void shim_watch(const char *folder)
{
    pthread_mutex_lock(&shim.lock);
    shim.folder_length = folder ? strlen(folder) : 0;
    if (folder && shim.folder_length < PATH_LENGTH)
        memcpy(shim.folder, folder, shim.folder_length + 1);
    for (size_t i = 0; i < FILES_MAX; i++)
        shim.files[i].watched = false;
    pthread_mutex_unlock(&shim.lock);
}

void shim_arm(shim_call call, uint64_t at, uint64_t times, int error)
{
    atomic_store(&fault.at, 0);
    for (size_t i = 0; i < SHIM_CALLS; i++)
        atomic_store(&fault.counts[i], 0);
    atomic_store(&fault.call, (int) call);
    atomic_store(&fault.times, times);
    atomic_store(&fault.error, error);
    atomic_store(&fault.at, at);
}

uint64_t shim_count(shim_call call)
{
    return atomic_load(&fault.counts[call]);
}

void shim_listen(shim_listener listener, void *context)
{
    pthread_mutex_lock(&shim.lock);
    shim.listener = listener;
    shim.context = context;
    pthread_mutex_unlock(&shim.lock);
}

void shim_set_power(uint64_t calls)
{
    atomic_store(&shim.power, calls);
}

bool shim_is_off(void)
{
    return atomic_load(&shim.power) == 0;
}

/* Under the lock. */
bool shim_has_power(void)
{
    uint64_t power = atomic_load(&shim.power);

    if (power == 0)
        errno = EIO;
    else if (power != SHIM_POWER_ON)
        atomic_store(&shim.power, power - 1);
    return power > 0;
}

bool shim_is_due(shim_call call)
{
    uint64_t number = atomic_fetch_add(&fault.counts[call], 1) + 1;
    uint64_t at = atomic_load(&fault.at);

    return at > 0 && atomic_load(&fault.call) == (int) call && number >= at &&
           number - at < atomic_load(&fault.times);
}

bool shim_may(shim_call call)
{
    if (!shim_has_power())
        return false;
    if (shim_is_due(call) && atomic_load(&fault.error) != 0) {
        errno = atomic_load(&fault.error);
        return false;
    }
    return true;
}

static bool is_beneath(const char *path)
{
    return shim.folder_length > 0 && strncmp(path, shim.folder, shim.folder_length) == 0 &&
           (path[shim.folder_length] == '/' || path[shim.folder_length] == '\0') &&
           strlen(path) < PATH_LENGTH;
}

const char *shim_beneath(const char *path)
{
    return path[shim.folder_length] == '/' ? path + shim.folder_length + 1 : "";
}

bool shim_is_watched(int descriptor)
{
    return descriptor >= 0 && descriptor < FILES_MAX && shim.files[descriptor].watched;
}

void shim_tell(shim_event event)
{
    if (shim.listener)
        shim.listener(shim.context, &event);
}

/* Under the lock. */
static void note_file(int descriptor, const char *path, bool is_new, bool is_emptied)
{
    struct stat about = {0};

    if (descriptor < 0 || descriptor >= FILES_MAX)
        return;
    (void) syscall(SYS_newfstatat, descriptor, "", &about, AT_EMPTY_PATH);
    shim.files[descriptor].watched = true;
    shim.files[descriptor].folder = S_ISDIR(about.st_mode);
    shim.files[descriptor].inode = about.st_ino;
    memcpy(shim.files[descriptor].path, path, strlen(path) + 1);
    if (is_new)
        shim_tell(
            (shim_event){.kind = SHIM_CREATED, .file = about.st_ino, .path = shim_beneath(path)});
    else if (is_emptied)
        shim_tell((shim_event){.kind = SHIM_CUT, .file = about.st_ino});
}

static int open_watched(const char *path, int flags, mode_t mode)
{
    bool was_there;
    int descriptor = -1;

    pthread_mutex_lock(&shim.lock);
    was_there = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
    errno = 0;
    if ((((flags & O_CREAT) && !was_there) || (flags & O_TRUNC)) && !shim_has_power()) {
        descriptor = -1;
    } else if (shim_is_due(SHIM_OPEN) && atomic_load(&fault.error) != 0) {
        errno = atomic_load(&fault.error);
    } else {
        descriptor = (int) syscall(SYS_openat, AT_FDCWD, path, flags, mode);
        if (descriptor >= 0)
            note_file(descriptor, path, !was_there && (flags & O_CREAT), (flags & O_TRUNC) != 0);
    }
    pthread_mutex_unlock(&shim.lock);
    return descriptor;
}

static int open_any(int folder, const char *path, int flags, mode_t mode)
{
    if (is_beneath(path))
        return open_watched(path, flags, mode);
    return (int) syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define DEFINE_OPEN(name)                             \
    int name(const char *path, int flags, ...);       \
    int name(const char *path, int flags, ...)        \
    {                                                 \
        va_list arguments;                            \
        mode_t mode;                                  \
                                                      \
        va_start(arguments, flags);                   \
        mode = mode_of(flags, arguments);             \
        va_end(arguments);                            \
        return open_any(AT_FDCWD, path, flags, mode); \
    }

#define DEFINE_OPENAT(name)                                 \
    int name(int folder, const char *path, int flags, ...); \
    int name(int folder, const char *path, int flags, ...)  \
    {                                                       \
        va_list arguments;                                  \
        mode_t mode;                                        \
                                                            \
        va_start(arguments, flags);                         \
        mode = mode_of(flags, arguments);                   \
        va_end(arguments);                                  \
        return open_any(folder, path, flags, mode);         \
    }

DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPEN(__open_2)
DEFINE_OPEN(__open64_2)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)

int close(int descriptor)
{
    if (descriptor >= 0 && descriptor < FILES_MAX) {
        pthread_mutex_lock(&shim.lock);
        shim.files[descriptor].watched = false;
        pthread_mutex_unlock(&shim.lock);
    }
    return (int) syscall(SYS_close, descriptor);
}

int rename(const char *from, const char *to)
{
    int answer = -1;

    if (!is_beneath(from) || !is_beneath(to))
        return (int) syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    pthread_mutex_lock(&shim.lock);
    if (shim_may(SHIM_RENAME)) {
        answer = (int) syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
        if (answer == 0)
            shim_tell((shim_event){
                .kind = SHIM_RENAMED, .path = shim_beneath(from), .to = shim_beneath(to)});
    }
    pthread_mutex_unlock(&shim.lock);
    return answer;
}

int unlink(const char *path)
{
    int answer = -1;

    if (!is_beneath(path))
        return (int) syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    pthread_mutex_lock(&shim.lock);
    if (shim_may(SHIM_RENAME)) {
        answer = (int) syscall(SYS_unlinkat, AT_FDCWD, path, 0);
        if (answer == 0)
            shim_tell((shim_event){.kind = SHIM_REMOVED, .path = shim_beneath(path)});
    }
    pthread_mutex_unlock(&shim.lock);
    return answer;
}

int mkdir(const char *path, mode_t mode)
{
    int answer = -1;

    if (!is_beneath(path))
        return (int) syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    pthread_mutex_lock(&shim.lock);
    if (shim_may(SHIM_OPEN)) {
        answer = (int) syscall(SYS_mkdirat, AT_FDCWD, path, mode);
        if (answer == 0)
            shim_tell((shim_event){.kind = SHIM_MADE_FOLDER, .path = shim_beneath(path)});
    }
    pthread_mutex_unlock(&shim.lock);
    return answer;
}
