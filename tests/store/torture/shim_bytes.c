/* SPDX-License-Identifier: Apache-2.0 */
/* Both give other names, or inline functions, to what is defined here. */
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "shim_private.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* offset -1: at the place where the descriptor stands. Under the lock. */
static ssize_t write_watched(int descriptor, const void *bytes, size_t length, int64_t offset)
{
    int64_t at = offset >= 0 ? offset : syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
    ssize_t written;

    if (!shim_has_power())
        return -1;
    if (shim_is_due(SHIM_WRITE)) {
        if (atomic_load(&fault.error) != 0) {
            errno = atomic_load(&fault.error);
            return -1;
        }
        length = (length + 1) / 2;
    }
    written = offset >= 0 ? syscall(SYS_pwrite64, descriptor, bytes, length, offset)
                          : syscall(SYS_write, descriptor, bytes, length);
    if (written > 0)
        shim_tell((shim_event){.kind = SHIM_WRITTEN,
                               .file = shim.files[descriptor].inode,
                               .offset = at,
                               .bytes = bytes,
                               .length = (size_t) written});
    return written;
}

static ssize_t write_any(int descriptor, const void *bytes, size_t length, int64_t offset)
{
    ssize_t written;

    if (!shim_is_watched(descriptor))
        return offset >= 0 ? syscall(SYS_pwrite64, descriptor, bytes, length, offset)
                           : syscall(SYS_write, descriptor, bytes, length);
    pthread_mutex_lock(&shim.lock);
    written = write_watched(descriptor, bytes, length, offset);
    pthread_mutex_unlock(&shim.lock);
    return written;
}

ssize_t write(int descriptor, const void *bytes, size_t length)
{
    return write_any(descriptor, bytes, length, -1);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
    return write_any(descriptor, bytes, length, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset)
{
    return write_any(descriptor, bytes, length, offset);
}

static ssize_t read_any(int descriptor, void *bytes, size_t length, int64_t offset)
{
    if (shim_is_watched(descriptor) && shim_is_due(SHIM_READ) && atomic_load(&fault.error) != 0) {
        errno = atomic_load(&fault.error);
        return -1;
    }
    return offset >= 0 ? syscall(SYS_pread64, descriptor, bytes, length, offset)
                       : syscall(SYS_read, descriptor, bytes, length);
}

ssize_t read(int descriptor, void *bytes, size_t length)
{
    return read_any(descriptor, bytes, length, -1);
}

ssize_t pread(int descriptor, void *bytes, size_t length, off_t offset)
{
    return read_any(descriptor, bytes, length, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t length, off64_t offset)
{
    return read_any(descriptor, bytes, length, offset);
}

/* What compilers make of a read() into an array that they know the size of. */
ssize_t __read_chk(int descriptor, void *bytes, size_t length, size_t room);
ssize_t __read_chk(int descriptor, void *bytes, size_t length, size_t room)
{
    return read_any(descriptor, bytes, length < room ? length : room, -1);
}

ssize_t __pread_chk(int descriptor, void *bytes, size_t length, off_t offset, size_t room);
ssize_t __pread_chk(int descriptor, void *bytes, size_t length, off_t offset, size_t room)
{
    return read_any(descriptor, bytes, length < room ? length : room, offset);
}

ssize_t __pread64_chk(int descriptor, void *bytes, size_t length, off64_t offset, size_t room);
ssize_t __pread64_chk(int descriptor, void *bytes, size_t length, off64_t offset, size_t room)
{
    return read_any(descriptor, bytes, length < room ? length : room, offset);
}

static int sync_watched(int descriptor, long call)
{
    bool is_folder = shim.files[descriptor].folder;
    shim_event event = {.file = shim.files[descriptor].inode,
                        .path = shim_beneath(shim.files[descriptor].path)};

    if (!shim_may(SHIM_SYNC)) {
        event.kind = SHIM_SYNC_FAILED;
        if (!is_folder && !shim_is_off())
            shim_tell(event);
        return -1;
    }
    event.kind = is_folder ? SHIM_FOLDER_SYNCED : SHIM_SYNCED;
    shim_tell(event);
    return shim.listener ? 0 : (int) syscall(call, descriptor); /* the listener keeps the disk */
}

static int sync_any(int descriptor, long call)
{
    int answer;

    if (!shim_is_watched(descriptor))
        return (int) syscall(call, descriptor);
    pthread_mutex_lock(&shim.lock);
    answer = sync_watched(descriptor, call);
    pthread_mutex_unlock(&shim.lock);
    return answer;
}

int fsync(int descriptor)
{
    return sync_any(descriptor, SYS_fsync);
}

int fdatasync(int descriptor)
{
    return sync_any(descriptor, SYS_fdatasync);
}

static int cut(int descriptor, int64_t length)
{
    int answer = -1;

    if (!shim_is_watched(descriptor))
        return (int) syscall(SYS_ftruncate, descriptor, length);
    pthread_mutex_lock(&shim.lock);
    if (shim_may(SHIM_TRUNCATE)) {
        answer = (int) syscall(SYS_ftruncate, descriptor, length);
        if (answer == 0)
            shim_tell((shim_event){
                .kind = SHIM_CUT, .file = shim.files[descriptor].inode, .offset = length});
    }
    pthread_mutex_unlock(&shim.lock);
    return answer;
}

int ftruncate(int descriptor, off_t length)
{
    return cut(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length)
{
    return cut(descriptor, length);
}

static void *map(void *at, size_t length, int protection, int flags, int descriptor, int64_t offset)
{
    if (shim_is_watched(descriptor) && shim_is_due(SHIM_MMAP) && atomic_load(&fault.error) != 0) {
        errno = atomic_load(&fault.error);
        return MAP_FAILED;
    }
    return (void *) syscall(SYS_mmap, at, length, protection, flags, descriptor, offset);
}

void *mmap(void *at, size_t length, int protection, int flags, int descriptor, off_t offset)
{
    return map(at, length, protection, flags, descriptor, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int descriptor, off64_t offset)
{
    return map(at, length, protection, flags, descriptor, offset);
}
