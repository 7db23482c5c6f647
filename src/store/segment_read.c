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

/* Heads are looked for in so many bytes at a time: many small frames, or the one head of a large.
 */
#define WINDOW ((size_t) 16 * 1024)

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
    bool salted, counted; /* counted: report->sequence is that of the frame before */
    size_t at = DAVY_SEGMENT_HEADER;

    *report = (davy_segment_report){.size = length};
    salted = read_header(bytes, length, report, &salt);
    counted = salted;
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
        if (found != at && counted && frame.sequence > report->sequence)
            report->missing += frame.sequence - report->sequence - 1;
        counted = true;
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

static davy_status size_of(int descriptor, uint64_t *size)
{
    struct stat about;

    if (fstat(descriptor, &about) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot look at a segment");
    if (!S_ISREG(about.st_mode) || (uint64_t) about.st_size > DAVY_SEGMENT_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a file of %lld bytes is no segment",
                         (long long) about.st_size);
    *size = (uint64_t) about.st_size;
    return DAVY_OK;
}

/* As many of these bytes as the file has. */
static davy_status read_at(int descriptor, void *bytes, size_t length, uint64_t offset,
                           size_t *count)
{
    *count = 0;
    while (*count < length) {
        ssize_t step =
            pread(descriptor, (char *) bytes + *count, length - *count, (off_t) (offset + *count));

        if (step < 0 && errno == EINTR)
            continue;
        if (step < 0)
            return davy_fail(DAVY_ERR_IO, "cannot read a segment");
        if (step == 0)
            break;
        *count += (size_t) step;
    }
    return DAVY_OK;
}

/* The memory of the segment before is used again: fresh pages cost as much as the copy. */
static davy_status load_once(int descriptor, davy_buffer *bytes)
{
    uint64_t size;
    char *room;
    davy_status status = size_of(descriptor, &size);

    if (status != DAVY_OK)
        return status;
    davy_buffer_reset(bytes);
    room = davy_buffer_reserve(bytes, (size_t) size + 1);
    if (!room)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a segment");
    return read_at(descriptor, room, (size_t) size, 0, &bytes->length);
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

static davy_status open_segment(const char *path, int *descriptor)
{
    *descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*descriptor < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO, "cannot open '%s': %s",
                         path, strerror(errno));
    return DAVY_OK;
}

static davy_status read_open(int descriptor, bool live, davy_buffer *bytes,
                             davy_segment_visit visit, void *context, davy_segment_report *report)
{
    davy_status status = davy_segment_load(descriptor, live, bytes);

    if (status != DAVY_OK)
        return status;
    return davy_segment_read_bytes((const uint8_t *) bytes->bytes, bytes->length, visit, context,
                                   report);
}

davy_status davy_segment_read(const char *path, bool live, davy_buffer *bytes,
                              davy_segment_visit visit, void *context, davy_segment_report *report)
{
    int descriptor;
    davy_status status = open_segment(path, &descriptor);

    if (status != DAVY_OK)
        return status;
    status = read_open(descriptor, live, bytes, visit, context, report);
    close(descriptor);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "'%s'", path);
}

/* A walk from head to head. */
struct walk {
    int descriptor;
    uint8_t window[WINDOW]; /* bytes of the file from `from` on */
    uint64_t from;
    size_t length;
    uint64_t size; /* of the file */
};

/* `length` bytes at a place of the file; NULL where it ends before. */
static davy_status look(struct walk *walk, uint64_t at, size_t length, const uint8_t **bytes)
{
    *bytes = NULL;
    if (at < walk->from || at + length > walk->from + walk->length) {
        davy_status status =
            read_at(walk->descriptor, walk->window, sizeof walk->window, at, &walk->length);

        if (status != DAVY_OK)
            return status;
        walk->from = at;
    }
    if (length <= walk->length - (size_t) (at - walk->from))
        *bytes = walk->window + (at - walk->from);
    return DAVY_OK;
}

/* The frame of which the head is known, whole; *good: it is undamaged. */
static davy_status load_frame(const struct walk *walk, uint64_t at, davy_buffer *bytes,
                              davy_frame *frame, bool *good)
{
    size_t length = DAVY_FRAME_HEAD + frame->length;
    davy_status status;
    char *room;

    *good = false;
    if (frame->length > DAVY_FRAME_PAYLOAD_MAX)
        return DAVY_OK;
    davy_buffer_reset(bytes);
    room = davy_buffer_reserve(bytes, length);
    if (!room)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a frame of the log");
    status = read_at(walk->descriptor, room, length, at, &bytes->length);
    if (status == DAVY_OK)
        *good = davy_frame_get((const uint8_t *) room, bytes->length, frame);
    return status;
}

/* *whole: heads led from the first frame to the end of the file, and no frame was bad. */
static davy_status walk_heads(struct walk *walk, davy_frame_type type, davy_buffer *bytes,
                              davy_segment_visit visit, void *context, bool *whole)
{
    davy_segment_report report;
    uint64_t at = DAVY_SEGMENT_HEADER;
    const uint8_t *head;
    uint32_t salt;
    davy_status status = look(walk, 0, DAVY_SEGMENT_HEADER, &head);

    *whole = false;
    if (status != DAVY_OK || !head || !read_header(head, DAVY_SEGMENT_HEADER, &report, &salt))
        return status;
    for (;;) {
        davy_frame frame;
        bool good = true;

        status = look(walk, at, DAVY_FRAME_HEAD, &head);
        *whole = at == walk->size;
        if (status != DAVY_OK || !head || !davy_frame_get_head(head, &frame) || frame.salt != salt)
            return status;
        if (frame.type == type)
            status = load_frame(walk, at, bytes, &frame, &good);
        if (status == DAVY_OK && good && frame.type == type)
            status = visit(context, &frame);
        if (status != DAVY_OK || !good)
            return status == DAVY_ERR_CORRUPT ? DAVY_OK : status;
        at += DAVY_FRAME_HEAD + frame.length;
    }
}

davy_status davy_segment_read_type(const char *path, bool live, davy_frame_type type,
                                   davy_buffer *bytes, davy_segment_visit visit, void *context,
                                   uint64_t *size)
{
    struct walk walk = {0};
    davy_segment_report report;
    bool whole = false;
    davy_status status = open_segment(path, &walk.descriptor);

    if (status != DAVY_OK)
        return status;
    status = size_of(walk.descriptor, &walk.size);
    if (status == DAVY_OK)
        status = walk_heads(&walk, type, bytes, visit, context, &whole);
    if (status == DAVY_OK && !whole)
        status = read_open(walk.descriptor, live, bytes, visit, context, &report);
    close(walk.descriptor);
    *size = walk.size;
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "'%s'", path);
}
