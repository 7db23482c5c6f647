/* SPDX-License-Identifier: Apache-2.0 */
#include "store/segment.h"

#include "core/file.h"
#include "store/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A reading sees the writer at work once in a hundred; that all do is no accident, but damage. */
#define LIVE_READINGS 8

/* The salt of the header; false when the header is damaged or torn. */
static bool read_header(const uint8_t *bytes, size_t length, davy_segment_report *report,
                        uint32_t *salt)
{
    if (length < DAVY_SEGMENT_HEADER ||
        memcmp(bytes, DAVY_SEGMENT_MAGIC, sizeof DAVY_SEGMENT_MAGIC - 1) != 0 ||
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

/* Bytes from `from` up to the last that is not 0. */
static size_t torn_length(const uint8_t *bytes, size_t from, size_t length)
{
    while (length > from && bytes[length - 1] == 0)
        length--;
    return length - from;
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

        if (found == length) {
            report->torn = torn_length(bytes, (size_t) report->good_size, length);
            return DAVY_OK;
        }
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

static davy_status pass_frame(void *context, const davy_frame *frame)
{
    (void) context, (void) frame;
    return DAVY_OK;
}

/* The memory of the segment before is used again: fresh pages cost as much as the copy. */
static davy_status load_once(int descriptor, davy_buffer *bytes)
{
    struct stat about;
    ssize_t length;
    char *room;

    if (fstat(descriptor, &about) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot look at a segment");
    if (!S_ISREG(about.st_mode) || (uint64_t) about.st_size > DAVY_SEGMENT_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a file of %lld bytes is no segment",
                         (long long) about.st_size);
    davy_buffer_reset(bytes);
    room = davy_buffer_reserve(bytes, (size_t) about.st_size + 1);
    if (!room)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a segment");
    while ((length = pread(descriptor, room + bytes->length, (size_t) about.st_size - bytes->length,
                           (off_t) bytes->length)) > 0 ||
           (length < 0 && errno == EINTR))
        bytes->length += length > 0 ? (size_t) length : 0;
    return length < 0 ? davy_fail(DAVY_ERR_IO, "cannot read a segment") : DAVY_OK;
}

davy_status davy_segment_load(int descriptor, bool live, davy_buffer *bytes)
{
    davy_segment_report report = {0};
    davy_status status = load_once(descriptor, bytes);

    for (int readings = 1; live && readings < LIVE_READINGS && status == DAVY_OK; readings++) {
        status = davy_segment_read_bytes((const uint8_t *) bytes->bytes, bytes->length, pass_frame,
                                         NULL, &report);
        if (status == DAVY_OK && report.damage == 0)
            return DAVY_OK;
        if (status == DAVY_OK)
            status = load_once(descriptor, bytes);
    }
    return status;
}

davy_status davy_segment_read(const char *path, bool live, davy_buffer *bytes,
                              davy_segment_visit visit, void *context, davy_segment_report *report)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    davy_status status;

    if (descriptor < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO, "cannot open '%s': %s",
                         path, strerror(errno));
    status = davy_segment_load(descriptor, live, bytes);
    close(descriptor);
    if (status == DAVY_OK)
        status = davy_segment_read_bytes((const uint8_t *) bytes->bytes, bytes->length, visit,
                                         context, report);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "'%s'", path);
}
