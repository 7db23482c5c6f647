/* SPDX-License-Identifier: Apache-2.0 */
#include "store/segment.h"

#include "core/file.h"

#include "../testing.h"
#include "temporary.h"

#include <stdlib.h>
#include <sys/stat.h>

#define FRAMES 12

static davy_buffer log_bytes; /* a segment of FRAMES frames */
static size_t frame_ends[FRAMES];

static void put_frame(davy_segment *segment, uint64_t sequence)
{
    davy_sample samples[3];
    davy_buffer frame = {0};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(samples); i++)
        samples[i] = (davy_sample){(int64_t) (sequence * 10 + i), (double) sequence,
                                   (davy_signal_id) i, DAVY_QUALITY_GOOD};
    if (sequence == 5) {
        davy_seal_mark mark = {1, 4};

        assert_ok(davy_frame_put_marks(&frame, &mark, 1));
    } else {
        assert_ok(davy_frame_put_samples(&frame, samples, DAVY_ARRAY_LENGTH(samples)));
    }
    davy_frame_stamp((uint8_t *) frame.bytes, segment->salt, sequence);
    assert_ok(davy_segment_write(segment, frame.bytes, frame.length));
    davy_buffer_clear(&frame);
    frame_ends[sequence - 1] = segment->size;
}

static int make_log(void **state)
{
    davy_segment segment;

    if (temporary_make(state) != 0)
        return -1;
    assert_ok(davy_segment_create(&segment, temporary, 7, 1));
    for (uint64_t i = 1; i <= FRAMES; i++)
        put_frame(&segment, i);
    assert_ok(davy_segment_sync(&segment));
    assert_true(segment.end > segment.size); /* small frames have room behind them */
    davy_segment_close(&segment);
    log_bytes = (davy_buffer){0};
    assert_ok(davy_file_read(segment.path, 1 << 20, &log_bytes));
    return 0;
}

static int drop_log(void **state)
{
    davy_buffer_clear(&log_bytes);
    return temporary_remove(state);
}

/* Sequences seen, as bits; every visited frame must hold what was put. */
static davy_status see(void *context, const davy_frame *frame)
{
    uint32_t *seen = context;
    davy_buffer found = {0};
    const davy_sample *samples;
    size_t count;

    assert_true(frame->sequence >= 1 && frame->sequence <= FRAMES);
    *seen |= 1U << frame->sequence;
    if (frame->sequence == 5)
        return DAVY_OK;
    assert_ok(davy_frame_get_samples(frame, &found, &count));
    samples = (const davy_sample *) (const void *) found.bytes;
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(samples[i].time_ns, frame->sequence * 10 + i);
        assert_true(samples[i].value == (double) frame->sequence);
        assert_int_equal(samples[i].signal, i);
    }
    davy_buffer_clear(&found);
    return DAVY_OK;
}

static uint32_t read_bytes(const uint8_t *bytes, size_t length, davy_segment_report *report)
{
    uint32_t seen = 0;

    assert_ok(davy_segment_read_bytes(bytes, length, see, &seen, report));
    return seen;
}

#define ALL_FRAMES ((1U << (FRAMES + 1)) - 2)

static void a_whole_log_is_read_to_its_end(void **state)
{
    davy_segment_report report;

    (void) state;
    assert_int_equal(read_bytes((uint8_t *) log_bytes.bytes, log_bytes.length, &report),
                     ALL_FRAMES);
    assert_int_equal(report.frames, FRAMES);
    assert_int_equal(report.sequence, FRAMES);
    assert_int_equal(report.good_size, log_bytes.length);
    assert_int_equal(report.damage, 0);
}

static void a_log_cut_at_any_byte_gives_the_frames_before_the_cut(void **state)
{
    (void) state;
    for (size_t length = 0; length <= log_bytes.length; length++) {
        uint8_t *exact = malloc(length + 1); /* so that a sanitizer sees the end */
        davy_segment_report report;
        uint32_t expected = 0;
        size_t good = length < DAVY_SEGMENT_HEADER ? 0 : DAVY_SEGMENT_HEADER;

        for (uint64_t i = 1; i <= FRAMES; i++)
            if (frame_ends[i - 1] <= length) {
                expected |= 1U << i;
                good = frame_ends[i - 1];
            }
        memcpy(exact, log_bytes.bytes, length);
        assert_int_equal(read_bytes(exact, length, &report), expected);
        assert_int_equal(report.good_size, good);
        assert_int_equal(report.damage, 0);
        free(exact);
    }
}

static size_t frame_at(size_t byte)
{
    size_t frame = 0;

    while (frame < FRAMES && frame_ends[frame] <= byte)
        frame++;
    return frame + 1;
}

/* Of any flipped bit only the frame it is in is lost, and all but the last are told as damage. */
static void every_flipped_bit_is_found_and_costs_one_frame(void **state)
{
    (void) state;
    for (size_t bit = 0; bit < log_bytes.length * 8; bit++) {
        size_t byte = bit / 8;
        davy_segment_report report;
        uint32_t seen, expected = ALL_FRAMES;

        log_bytes.bytes[byte] ^= (char) (1 << bit % 8);
        seen = read_bytes((uint8_t *) log_bytes.bytes, log_bytes.length, &report);
        log_bytes.bytes[byte] ^= (char) (1 << bit % 8);
        if (byte >= DAVY_SEGMENT_HEADER)
            expected &= ~(1U << frame_at(byte));
        assert_int_equal(seen, expected);
        if (byte < DAVY_SEGMENT_HEADER || frame_at(byte) < FRAMES)
            assert_int_equal(report.damage, 1);
        else
            assert_int_equal(report.good_size, frame_ends[FRAMES - 2]);
    }
}

static davy_status count_marks(void *context, const davy_frame *frame)
{
    *(unsigned *) context += frame->type == DAVY_FRAME_SEALED;
    return DAVY_OK;
}

static unsigned marks_in(const char *path)
{
    davy_buffer bytes = {0};
    unsigned marks = 0;
    uint64_t size;

    assert_ok(
        davy_segment_read_type(path, false, DAVY_FRAME_SEALED, &bytes, count_marks, &marks, &size));
    davy_buffer_clear(&bytes);
    return marks;
}

/* The way over the heads finds what reading everything does, whatever stands in its way. */
static void marks_are_found_over_any_damage_but_their_own(void **state)
{
    char path[256];

    (void) state;
    (void) snprintf(path, sizeof path, "%s/damaged", temporary);
    for (size_t byte = 0; byte < log_bytes.length; byte++) {
        bool own = byte >= DAVY_SEGMENT_HEADER && frame_at(byte) == 5;

        log_bytes.bytes[byte] ^= 0x10;
        assert_ok(davy_file_replace(path, log_bytes.bytes, log_bytes.length, 0600));
        log_bytes.bytes[byte] ^= 0x10;
        assert_int_equal(marks_in(path) > 0, !own);
        if (byte >= frame_ends[4]) {
            assert_ok(davy_file_replace(path, log_bytes.bytes, byte, 0600));
            assert_true(marks_in(path) > 0);
        }
    }
}

/* A frame of another file, or values that look like one, do not have the salt of this segment. */
static void a_frame_with_another_salt_is_not_taken_for_one(void **state)
{
    davy_buffer alien = {0};
    davy_segment_report report;
    davy_sample sample = {1, 2, 0, 0};

    (void) state;
    assert_ok(davy_frame_put_samples(&alien, &sample, 1));
    davy_frame_stamp((uint8_t *) alien.bytes, 0x12345678, 4);
    davy_buffer_append(&log_bytes, alien.bytes, alien.length);
    assert_int_equal(read_bytes((uint8_t *) log_bytes.bytes, log_bytes.length, &report),
                     ALL_FRAMES);
    assert_int_equal(report.good_size, frame_ends[FRAMES - 1]);
    davy_buffer_clear(&alien);
}

static void segments_are_listed_by_number(void **state)
{
    davy_segment segment;
    uint64_t *numbers;
    size_t count;

    (void) state;
    assert_ok(davy_segment_create(&segment, temporary, 12, 1));
    davy_segment_close(&segment);
    assert_ok(davy_segment_create(&segment, temporary, 3, 1));
    davy_segment_close(&segment);
    assert_ok(davy_segment_list(temporary, &numbers, &count));
    assert_int_equal(count, 3);
    assert_true(numbers[0] == 3 && numbers[1] == 7 && numbers[2] == 12);
    free(numbers);
    assert_fails(davy_segment_create(&segment, temporary, 3, 1), DAVY_ERR_IO, "File exists");
}

static void hostile_payloads_are_refused(void **state)
{
    static const uint8_t endless[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
    davy_frame frame = {.type = DAVY_FRAME_SAMPLES, .payload = endless};
    davy_buffer samples = {0};
    davy_seal_mark *marks;
    size_t count;

    (void) state;
    for (frame.length = 0; frame.length <= sizeof endless; frame.length++)
        assert_fails(davy_frame_get_samples(&frame, &samples, &count), DAVY_ERR_CORRUPT,
                     "not well formed");
    assert_int_equal(samples.length, 0);
    davy_buffer_clear(&samples);
    frame.type = DAVY_FRAME_SEALED;
    for (frame.length = 0; frame.length <= sizeof endless; frame.length++)
        assert_fails(davy_frame_get_marks(&frame, &marks, &count), DAVY_ERR_CORRUPT,
                     "not well formed");
}

static size_t size_of_file(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    return (size_t) about.st_size;
}

/* As a kill leaves it: the file goes on behind its frames, and nothing is missing or torn. */
static void room_behind_the_frames_is_neither_torn_nor_damaged(void **state)
{
    static uint8_t bytes[1 << 16];

    (void) state;
    for (size_t frames = 0; frames <= FRAMES; frames++) {
        size_t size = frames > 0 ? frame_ends[frames - 1] : DAVY_SEGMENT_HEADER;
        davy_segment_report report;

        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, log_bytes.bytes, size);
        (void) read_bytes(bytes, sizeof bytes, &report);
        assert_int_equal(report.frames, frames);
        assert_int_equal(report.good_size, size);
        assert_int_equal(report.torn, 0);
        assert_int_equal(report.damage, 0);
    }
}

/* Of a frame that a crash cut anywhere, up to its last byte that is not 0. */
static void a_torn_frame_before_room_is_told_without_the_room(void **state)
{
    static uint8_t bytes[1 << 16];

    (void) state;
    for (size_t cut = frame_ends[3]; cut < frame_ends[4]; cut++) {
        size_t torn = cut;
        davy_segment_report report;

        memset(bytes, 0, sizeof bytes);
        memcpy(bytes, log_bytes.bytes, cut);
        while (torn > frame_ends[3] && bytes[torn - 1] == 0)
            torn--;
        (void) read_bytes(bytes, sizeof bytes, &report);
        assert_int_equal(report.frames, 4);
        assert_int_equal(report.torn, torn - frame_ends[3]);
        assert_int_equal(report.damage, 0);
    }
}

/* A batch of which the power cut kept the end and not the middle: nothing else is lost. */
static void a_hole_in_a_batch_costs_the_frames_in_it(void **state)
{
    davy_segment_report report;

    (void) state;
    memset(log_bytes.bytes + frame_ends[8] + 7, 0, frame_ends[9] - frame_ends[8] - 7);
    assert_int_equal(read_bytes((uint8_t *) log_bytes.bytes, log_bytes.length, &report),
                     ALL_FRAMES & ~(1U << 10));
    assert_int_equal(report.damage, 1);
    assert_int_equal(report.good_size, frame_ends[FRAMES - 1]);
}

static void room_grows_with_the_log_and_is_cut_off_when_it_is_closed(void **state)
{
    static uint8_t large[1 << 20];
    davy_segment segment;

    (void) state;
    assert_ok(davy_segment_create(&segment, temporary, 3, 1));
    assert_int_equal(size_of_file(segment.path), DAVY_SEGMENT_HEADER);
    assert_ok(davy_segment_write(&segment, large, 100));
    assert_int_equal(size_of_file(segment.path), DAVY_SEGMENT_HEADER + 100 + 16 * 1024);
    assert_ok(davy_segment_write(&segment, large, 16 * 1024)); /* fits, to the last byte */
    assert_int_equal(size_of_file(segment.path), segment.size);
    assert_ok(davy_segment_write(&segment, large, sizeof large)); /* too large for room */
    assert_int_equal(size_of_file(segment.path), segment.size);
    assert_ok(davy_segment_write(&segment, large, 100));
    assert_int_equal(size_of_file(segment.path), segment.size + 256 * 1024);
    assert_ok(davy_segment_cut(&segment, 50));
    assert_int_equal(size_of_file(segment.path), segment.size);
    assert_ok(davy_segment_write(&segment, large, 100));
    davy_segment_close(&segment);
    assert_int_equal(size_of_file(segment.path), segment.size);
}

/* The linker puts this in the place of pread(): a writer is at work between two parts of a read. */
ssize_t __real_pread64(int descriptor, void *bytes, size_t length, off_t offset);
ssize_t __wrap_pread64(int descriptor, void *bytes, size_t length, off_t offset);

static davy_segment *between; /* gets the next two frames when so many bytes are read */
static size_t between_at;

ssize_t __wrap_pread64(int descriptor, void *bytes, size_t length, off_t offset)
{
    davy_segment *segment = between;

    if (segment && (size_t) offset < between_at && length > between_at - (size_t) offset)
        return __real_pread64(descriptor, bytes, between_at - (size_t) offset, offset);
    between = NULL;
    if (segment) {
        put_frame(segment, 2);
        put_frame(segment, 3);
    }
    return __real_pread64(descriptor, bytes, length, offset);
}

/* Frames seen by who has read to the middle of the second when it and the third are written. */
static uint32_t read_while_written(uint64_t number, bool live, davy_segment_report *report)
{
    davy_segment segment;
    davy_buffer bytes = {0};
    uint32_t seen = 0;

    assert_ok(davy_segment_create(&segment, temporary, number, 1));
    put_frame(&segment, 1);
    between = &segment;
    between_at = segment.size + 20;
    assert_ok(davy_segment_read(segment.path, live, &bytes, see, &seen, report));
    davy_segment_close(&segment);
    davy_buffer_clear(&bytes);
    return seen;
}

static void a_reader_of_a_living_log_reads_a_hole_in_it_again(void **state)
{
    davy_segment_report report;

    (void) state;
    assert_int_equal(read_while_written(1, false, &report), 1U << 1 | 1U << 3);
    assert_int_equal(report.damage, 1);
    assert_int_equal(read_while_written(2, true, &report), 1U << 1 | 1U << 2 | 1U << 3);
    assert_int_equal(report.damage, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_log_is_read_to_its_end),
        TEST(a_log_cut_at_any_byte_gives_the_frames_before_the_cut),
        TEST(every_flipped_bit_is_found_and_costs_one_frame),
        TEST(marks_are_found_over_any_damage_but_their_own),
        TEST(a_frame_with_another_salt_is_not_taken_for_one),
        TEST(room_behind_the_frames_is_neither_torn_nor_damaged),
        TEST(a_torn_frame_before_room_is_told_without_the_room),
        TEST(a_hole_in_a_batch_costs_the_frames_in_it),
        TEST(room_grows_with_the_log_and_is_cut_off_when_it_is_closed),
        TEST(a_reader_of_a_living_log_reads_a_hole_in_it_again),
        TEST(segments_are_listed_by_number),
        TEST(hostile_payloads_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
