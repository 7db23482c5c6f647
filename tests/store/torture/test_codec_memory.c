/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Each piece of memory that an encoding asks for is refused once: the bytes are then marked as
 * failed, or hold the column to the bit.
 */
#include "shim.h"

#include "store/codec.h"

#include "../../testing.h"

#include <errno.h>
#include <math.h>

#define POINTS 300

typedef double (*shape)(size_t i);

static double level(size_t i)
{
    return (double) ((i * 7919 + 31) % 97) / 10;
}

/* Held for some samples, as a tank's level. */
static double stairs(size_t i)
{
    return level(i / 6) + (double) (i / 50);
}

static double valve(size_t i)
{
    return (double) (i / 40 % 3);
}

static double wave(size_t i)
{
    return sin((double) i / 20);
}

static double smooth(size_t i)
{
    return round(1000 * wave(i)) / 10;
}

static void encode_without(davy_codec_work *work, const double *values, uint64_t at, bool *reached)
{
    static double decoded[POINTS];
    davy_buffer bytes = {0};
    uint8_t codec;

    shim_arm(SHIM_MALLOC, at, 1, ENOMEM);
    codec = davy_codec_encode(work, values, POINTS, &bytes);
    *reached = shim_count(SHIM_MALLOC) >= at;
    shim_arm(SHIM_MALLOC, 0, 0, 0);
    if (!bytes.failed) {
        assert_true(davy_codec_find(codec)->decode(work, (const uint8_t *) bytes.bytes,
                                                   bytes.length, decoded, POINTS));
        assert_memory_equal(decoded, values, sizeof decoded);
    }
    davy_buffer_clear(&bytes);
}

static void an_encoding_without_memory_is_marked_or_whole(void **state)
{
    static const shape shapes[] = {level, stairs, valve, wave, smooth};
    davy_codec_work *work;

    (void) state;
    if (!shim_has_malloc())
        skip();
    assert_ok(davy_codec_work_create(&work));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shapes); i++) {
        static double values[POINTS];
        uint64_t at = 0;

        for (size_t k = 0; k < POINTS; k++)
            values[k] = shapes[i](k);
        for (bool reached = true; reached;)
            encode_without(work, values, ++at, &reached);
        assert_true(at > 2);
    }
    davy_codec_work_destroy(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_encoding_without_memory_is_marked_or_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
