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
    davy_sample *samples;
    size_t count;

    assert_true(frame->sequence >= 1 && frame->sequence <= FRAMES);
    *seen |= 1U << frame->sequence;
    if (frame->sequence == 5)
        return DAVY_OK;
    assert_ok(davy_frame_get_samples(frame, &samples, &count));
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(samples[i].time_ns, frame->sequence * 10 + i);
        assert_true(samples[i].value == (double) frame->sequence);
        assert_int_equal(samples[i].signal, i);
    }
    free(samples);
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
    davy_sample *samples;
    davy_seal_mark *marks;
    size_t count;

    (void) state;
    for (frame.length = 0; frame.length <= sizeof endless; frame.length++)
        assert_fails(davy_frame_get_samples(&frame, &samples, &count), DAVY_ERR_CORRUPT,
                     "not well formed");
    frame.type = DAVY_FRAME_SEALED;
    for (frame.length = 0; frame.length <= sizeof endless; frame.length++)
        assert_fails(davy_frame_get_marks(&frame, &marks, &count), DAVY_ERR_CORRUPT,
                     "not well formed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_log_is_read_to_its_end),
        TEST(a_log_cut_at_any_byte_gives_the_frames_before_the_cut),
        TEST(every_flipped_bit_is_found_and_costs_one_frame),
        TEST(a_frame_with_another_salt_is_not_taken_for_one),
        TEST(segments_are_listed_by_number),
        TEST(hostile_payloads_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
