/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"

#include "core/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Share of the memory that is free which a block may take where no disk has room. */
#define MEMORY_SHARE 0.45

/* A block in a file. There are few, so a list will do. */
typedef struct bulk_file {
    char *address; /* of a page */
    size_t bytes;
    int fd;
    struct bulk_file *next;
} bulk_file;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bulk_file *files;
static const char *named_folder;

/* ------------------------------------------------------------------------------------- folders */

#define FOLDERS 3

void davy_bulk_folder(const char *path)
{
    named_folder = path;
}

/* NULL where there is none. */
static const char *folder_at(size_t index)
{
    const char *const folders[FOLDERS] = {getenv("TMPDIR"), named_folder, "/var/tmp"};

    return folders[index];
}

/* Bytes that files may take of a file system; 0 where they would be memory. */
static uint64_t room_of(const struct statfs *about)
{
    const uint64_t room = (uint64_t) about->f_bavail * (uint64_t) about->f_bsize;

    if (about->f_type == TMPFS_MAGIC || about->f_type == RAMFS_MAGIC)
        return 0;
    return room > DAVY_BULK_RESERVE ? room - DAVY_BULK_RESERVE : 0;
}

static uint64_t room_in(const char *folder)
{
    struct statfs about;

    return folder && statfs(folder, &about) == 0 ? room_of(&about) : 0;
}

/* The folder with the most room; NULL when there is none but memory. */
static const char *roomiest(uint64_t *room)
{
    const char *best = NULL;

    *room = 0;
    for (size_t i = 0; i < FOLDERS; i++) {
        const uint64_t here = room_in(folder_at(i));

        if (here > *room) {
            *room = here;
            best = folder_at(i);
        }
    }
    return best;
}

static uint64_t room_in_memory(void)
{
    return (uint64_t) (MEMORY_SHARE * (double) davy_memory_available());
}

uint64_t davy_bulk_room(void)
{
    const uint64_t memory = room_in_memory();
    uint64_t disk;

    (void) roomiest(&disk);
    return disk > memory ? disk : memory;
}

/* --------------------------------------------------------------------------------------- files */

/* A file without a name. Some file systems cannot make one: there it loses its name at once. */
static int open_unnamed(const char *folder)
{
    char path[PATH_MAX];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;
    (void) snprintf(path, sizeof path, "%s/davy-XXXXXX", folder);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void) unlink(path);
    return fd;
}

/* Room up to a length is taken now, so that no write finds the disk full. False, and errno. */
static bool take_room(int fd, size_t have, size_t bytes)
{
    struct statfs about;

    if (bytes <= have)
        return true;
    errno = ENOSPC;
    if (fstatfs(fd, &about) == 0 && bytes - have <= room_of(&about))
        errno = posix_fallocate(fd, (off_t) have, (off_t) (bytes - have));
    return errno == 0;
}

static bool map_in(const char *folder, size_t bytes, bulk_file *file)
{
    void *address = MAP_FAILED;
    int error;

    if (room_in(folder) < bytes)
        return false;
    file->fd = open_unnamed(folder);
    if (file->fd < 0)
        return false;
    if (take_room(file->fd, 0, bytes))
        address = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
    if (address == MAP_FAILED) {
        error = errno;
        (void) close(file->fd);
        errno = error;
        return false;
    }
    file->address = address;
    file->bytes = bytes;
    return true;
}

static void *map_file(size_t bytes)
{
    bulk_file *file = calloc(1, sizeof *file);
    bool mapped = false;

    for (size_t i = 0; i < FOLDERS && file && !mapped; i++)
        mapped = map_in(folder_at(i), bytes, file);
    if (!mapped) {
        free(file);
        return NULL;
    }
    (void) pthread_mutex_lock(&lock);
    file->next = files;
    files = file;
    (void) pthread_mutex_unlock(&lock);
    return file->address;
}

/* The block in a file at an address; NULL for what is malloc's. */
static bulk_file *find_file(const void *block)
{
    bulk_file *file;

    (void) pthread_mutex_lock(&lock);
    file = files;
    while (file && file->address != block)
        file = file->next;
    (void) pthread_mutex_unlock(&lock);
    return file;
}

static void unmap_file(bulk_file *file)
{
    bulk_file **link = &files;

    (void) pthread_mutex_lock(&lock);
    while (*link != file)
        link = &(*link)->next;
    *link = file->next;
    (void) pthread_mutex_unlock(&lock);
    (void) munmap(file->address, file->bytes);
    (void) close(file->fd);
    free(file);
}

static void *remap_file(bulk_file *file, size_t bytes)
{
    void *address = MAP_FAILED;

    if (take_room(file->fd, file->bytes, bytes))
        address = mremap(file->address, file->bytes, bytes, MREMAP_MAYMOVE);
    if (address == MAP_FAILED)
        return NULL;
    (void) pthread_mutex_lock(&lock);
    file->address = address;
    file->bytes = bytes;
    (void) pthread_mutex_unlock(&lock);
    return address;
}

/* -------------------------------------------------------------------------------------- blocks */

/* @param error  why a folder that has room did not give it */
static void *fail_room(size_t bytes, int error)
{
    uint64_t room;
    const char *folder = roomiest(&room);

    if (folder && bytes <= room)
        (void) davy_fail(DAVY_ERR_FULL, "%.3g GB are needed, and '%s' does not take them: %s",
                         (double) bytes / 1e9, folder, strerror(error));
    else if (folder)
        (void) davy_fail(DAVY_ERR_FULL,
                         "%.3g GB are needed, and '%s' has %.3g GB free for them: make room there, "
                         "or name a folder on a larger disk in TMPDIR",
                         (double) bytes / 1e9, folder, (double) room / 1e9);
    else
        (void) davy_fail(DAVY_ERR_FULL,
                         "%.3g GB are needed, which is more than the memory that is free, and no "
                         "disk was found for them: name a folder on a disk in TMPDIR",
                         (double) bytes / 1e9);
    return NULL;
}

static void *alloc_small(size_t bytes)
{
    void *block = calloc(1, bytes > 0 ? bytes : 1);

    if (!block)
        (void) davy_fail(DAVY_ERR_NOMEM, "no memory for %zu bytes", bytes);
    return block;
}

void *davy_bulk_alloc(size_t count, size_t size)
{
    size_t bytes;
    void *block;
    int error;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
        return fail_room(SIZE_MAX, 0);
    if (bytes < DAVY_BULK_LIMIT)
        return alloc_small(bytes);
    block = map_file(bytes);
    error = errno;
    if (!block && bytes <= room_in_memory())
        block = calloc(1, bytes);
    return block ? block : fail_room(bytes, error);
}

/* A block of its own for what has outgrown its place. */
static void *move_block(void *block, size_t have, size_t bytes)
{
    void *moved = davy_bulk_alloc(1, bytes);

    if (!moved)
        return NULL;
    if (have > 0)
        memcpy(moved, block, have);
    davy_bulk_free(block);
    return moved;
}

void *davy_bulk_grow(void *block, size_t have, size_t count, size_t size)
{
    bulk_file *file = block ? find_file(block) : NULL;
    void *moved = NULL;
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX)
        return fail_room(SIZE_MAX, 0);
    if (!file && bytes < DAVY_BULK_LIMIT)
        moved = realloc(block, bytes > 0 ? bytes : 1);
    else if (file)
        moved = remap_file(file, bytes);
    return moved ? moved : move_block(block, have, bytes);
}

void davy_bulk_free(void *block)
{
    bulk_file *file = block ? find_file(block) : NULL;

    if (file)
        unmap_file(file);
    else
        free(block);
}
