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

static const uint8_t magic[8] = {'D', 'A', 'V', 'Y', 'L', 'O', 'G', '1'};

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
    memcpy(header, magic, sizeof magic);
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

    *segment = (davy_segment){.descriptor = -1, .number = number, .size = DAVY_SEGMENT_HEADER};
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

davy_status davy_segment_write(davy_segment *segment, const void *bytes, size_t length)
{
    davy_status status = davy_file_write_all(segment->descriptor, bytes, length);

    if (status == DAVY_OK) {
        segment->size += length;
        return DAVY_OK;
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
    segment->size = (uint64_t) size;
    return DAVY_OK;
}

void davy_segment_close(davy_segment *segment)
{
    if (segment->descriptor >= 0 && segment->size > 0)
        close(segment->descriptor);
    segment->descriptor = -1;
}

/* The salt of the header; false when the header is damaged or torn. */
static bool read_header(const uint8_t *bytes, size_t length, davy_segment_report *report,
                        uint32_t *salt)
{
    if (length < DAVY_SEGMENT_HEADER || memcmp(bytes, magic, sizeof magic) != 0 ||
        davy_get_u64(bytes + 32) != davy_checksum(bytes, 32))
        return false;
    *salt = davy_get_u32(bytes + 12);
    report->sequence = davy_get_u64(bytes + 24);
    if (report->sequence > 0)
        report->sequence--;
    return true;
}

/* The next good frame at or after `from`; `length` when there is none. */
static size_t find_frame(const uint8_t *bytes, size_t length, size_t from, bool salted,
                         uint32_t salt, davy_frame *frame)
{
    for (size_t at = from; at < length; at++) {
        const uint8_t *next = memchr(bytes + at, 'D', length - at);

        if (!next)
            break;
        at = (size_t) (next - bytes);
        if (davy_frame_get(next, length - at, frame) && (!salted || frame->salt == salt))
            return at;
    }
    return length;
}

davy_status davy_segment_read_bytes(const uint8_t *bytes, size_t length, davy_segment_visit visit,
                                    void *context, davy_segment_report *report)
{
    uint32_t salt = 0;
    bool salted;
    size_t at = DAVY_SEGMENT_HEADER;

    *report = (davy_segment_report){.size = length};
    salted = read_header(bytes, length, report, &salt);
    if (!salted)
        at = 0;
    report->good_size = at;
    for (;;) {
        davy_frame frame;
        size_t found = find_frame(bytes, length, at, salted, salt, &frame);
        davy_status status;

        if (found == length)
            return DAVY_OK;
        report->damage += found != at;
        salt = frame.salt; /* of a segment without its header: all frames must have this one */
        salted = true;
        status = visit(context, &frame);
        if (status == DAVY_ERR_CORRUPT)
            report->damage++;
        else if (status != DAVY_OK)
            return status;
        if (frame.sequence > report->sequence)
            report->sequence = frame.sequence;
        report->frames += status == DAVY_OK;
        at = found + DAVY_FRAME_HEAD + frame.length;
        report->good_size = at;
    }
}

davy_status davy_segment_read(const char *path, davy_segment_visit visit, void *context,
                              davy_segment_report *report)
{
    davy_buffer bytes = {0};
    davy_status status = davy_file_read(path, DAVY_SEGMENT_MAX, &bytes);

    if (status == DAVY_OK) {
        status = davy_segment_read_bytes((const uint8_t *) bytes.bytes, bytes.length, visit,
                                         context, report);
        if (status != DAVY_OK)
            davy_fail_in(status, "'%s'", path);
    }
    davy_buffer_clear(&bytes);
    return status;
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
