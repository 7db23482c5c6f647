/* SPDX-License-Identifier: Apache-2.0 */
#include "store/segment.h"

#include "core/file.h"
#include "store/bytes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

/*
 * Room is made for as many bytes as the segment has, within these bounds: a log that is written
 * seldom stays short, and one of a flood commits the file system's journal every 256 KiB.
 */
#define ROOM_LEAST ((uint64_t) 16 * 1024)
#define ROOM_MOST  ((uint64_t) 256 * 1024)

/* So many batches must fit the room, or zeros cost more than they save. */
#define ROOM_BATCHES 4

static const uint8_t zeros[ROOM_LEAST];

davy_status davy_segment_path(const char *folder, uint64_t number, char *path, size_t capacity)
{
    int length = snprintf(path, capacity, "%s/%010" PRIu64 ".log", folder, number);

    if (length < 0 || (size_t) length >= capacity)
        return davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", folder);
    return DAVY_OK;
}

/* magic 8, version u32, salt u32, number u64, first sequence u64, XXH3 of these 32 bytes u64 */
static void put_header(uint8_t *header, const davy_segment *segment, uint64_t sequence)
{
    memcpy(header, DAVY_SEGMENT_MAGIC, sizeof DAVY_SEGMENT_MAGIC - 1);
    davy_put_u32(header + 8, 1);
    davy_put_u32(header + 12, segment->salt);
    davy_put_u64(header + 16, segment->number);
    davy_put_u64(header + 24, sequence);
    davy_put_u64(header + 32, davy_checksum(header, 32));
}

static davy_status write_header(davy_segment *segment, const char *folder, uint64_t sequence)
{
    uint8_t header[DAVY_SEGMENT_HEADER];
    davy_status status;

    if (getrandom(&segment->salt, sizeof segment->salt, 0) != sizeof segment->salt)
        return davy_fail(DAVY_ERR_IO, "no random number for '%s'", segment->path);
    put_header(header, segment, sequence);
    status = davy_file_write_all(segment->descriptor, header, sizeof header);
    if (status != DAVY_OK)
        return davy_fail_in(status, "'%s'", segment->path);
    if (fsync(segment->descriptor) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot sync '%s'", segment->path);
    return davy_folder_sync(folder);
}

davy_status davy_segment_create(davy_segment *segment, const char *folder, uint64_t number,
                                uint64_t sequence)
{
    davy_status status;

    *segment = (davy_segment){.descriptor = -1,
                              .number = number,
                              .size = DAVY_SEGMENT_HEADER,
                              .end = DAVY_SEGMENT_HEADER};
    status = davy_segment_path(folder, number, segment->path, sizeof segment->path);
    if (status != DAVY_OK)
        return status;
    segment->descriptor = open(segment->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (segment->descriptor < 0)
        return davy_fail(errno == ENOSPC || errno == EDQUOT ? DAVY_ERR_FULL : DAVY_ERR_IO,
                         "cannot create '%s': %s", segment->path, strerror(errno));
    status = write_header(segment, folder, sequence);
    if (status != DAVY_OK) {
        davy_segment_close(segment);
        unlink(segment->path);
    }
    return status;
}

static uint64_t room_after(uint64_t size)
{
    if (size < ROOM_LEAST)
        return ROOM_LEAST;
    return size < ROOM_MOST ? size : ROOM_MOST;
}

static davy_status write_zeros(int descriptor, uint64_t length)
{
    davy_status status = DAVY_OK;

    for (uint64_t left = length; left > 0 && status == DAVY_OK;) {
        size_t step = left < sizeof zeros ? (size_t) left : sizeof zeros;

        status = davy_file_write_all(descriptor, zeros, step);
        left -= step;
    }
    return status;
}

/* Room behind a batch that was written past the end of the file. The batch's own sync covers it. */
static davy_status make_room(davy_segment *segment, size_t batch)
{
    uint64_t room = room_after(segment->size);
    davy_status status;

    segment->end = segment->size;
    if (segment->crowded || batch > room / ROOM_BATCHES)
        return DAVY_OK;
    status = write_zeros(segment->descriptor, room);
    if (status == DAVY_ERR_FULL) { /* what is left is for the frames, and for others */
        segment->crowded = true;
        return davy_segment_cut(segment, 0);
    }
    if (status == DAVY_OK &&
        lseek(segment->descriptor, (off_t) segment->size, SEEK_SET) != (off_t) segment->size)
        status = davy_fail(DAVY_ERR_IO, "cannot go back to the frames");
    if (status != DAVY_OK)
        return davy_fail_in(status, "'%s'", segment->path);
    segment->end += room;
    return DAVY_OK;
}

davy_status davy_segment_write(davy_segment *segment, const void *bytes, size_t length)
{
    davy_status status = davy_file_write_all(segment->descriptor, bytes, length);

    if (status == DAVY_OK) {
        segment->size += length;
        return segment->size <= segment->end ? DAVY_OK : make_room(segment, length);
    }
    davy_fail_in(status, "'%s'", segment->path);
    if (status == DAVY_ERR_FULL && davy_segment_cut(segment, 0) != DAVY_OK)
        return DAVY_ERR_IO;
    return status;
}

davy_status davy_segment_sync(davy_segment *segment)
{
    if (fdatasync(segment->descriptor) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot sync '%s'", segment->path);
    return DAVY_OK;
}

davy_status davy_segment_cut(davy_segment *segment, uint64_t length)
{
    off_t size = (off_t) (segment->size - length);

    if (ftruncate(segment->descriptor, size) != 0 || lseek(segment->descriptor, size, SEEK_SET) < 0)
        return davy_fail(DAVY_ERR_IO, "cannot cut '%s'", segment->path);
    segment->size = segment->end = (uint64_t) size;
    return DAVY_OK;
}

void davy_segment_close(davy_segment *segment)
{
    if (segment->descriptor >= 0 && segment->size > 0) {
        if (segment->end > segment->size && ftruncate(segment->descriptor, (off_t) segment->size))
            errno = 0; /* what reads it takes zeros for room */
        close(segment->descriptor);
    }
    segment->descriptor = -1;
}

static bool parse_name(const char *name, uint64_t *number)
{
    char *end;

    if (name[0] < '0' || name[0] > '9')
        return false;
    *number = strtoull(name, &end, 10);
    return strcmp(end, ".log") == 0;
}

static int compare_numbers(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *) left, b = *(const uint64_t *) right;

    return a < b ? -1 : a > b;
}

davy_status davy_segment_list(const char *folder, uint64_t **numbers, size_t *count)
{
    DIR *directory = opendir(folder);
    davy_buffer found = {0};
    const struct dirent *entry;
    davy_status status;
    uint64_t number;

    if (!directory)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", folder);
    while ((entry = readdir(directory)))
        if (parse_name(entry->d_name, &number))
            davy_buffer_append(&found, &number, sizeof number);
    closedir(directory);
    status = davy_buffer_ok(&found);
    if (status != DAVY_OK) {
        davy_buffer_clear(&found);
        return status;
    }
    *count = found.length / sizeof number;
    *numbers = (uint64_t *) (void *) found.bytes;
    if (*count > 0)
        qsort(*numbers, *count, sizeof number, compare_numbers);
    return DAVY_OK;
}
