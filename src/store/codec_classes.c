/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

#include <math.h>

/*
 * Class coding of unsigned integers. A number is a class, which tells its size and its `fine` bits
 * after the leading one, and the bits that are left. Classes have low entropy and go through zstd;
 * the bits are noise and are written as they are. More fine bits fit a distribution better and cost
 * a longer table of classes.
 *
 *     number < 2^fine:   class = number, no bits
 *     otherwise:         bits = length of the number - 1 - fine,
 *                        class = (bits + 1) 2^fine + the fine bits after the leading one
 *
 * Layout: fine 1 byte, length of the packed classes varint, packed classes, bits low end first.
 */
#define FINE_MAX  3
#define BITS_MAX  56 /* so that one load of 8 bytes holds them at any place in a byte */
#define CLASS_MAX 255

static unsigned class_of(uint64_t number, unsigned fine, unsigned *bits)
{
    unsigned length = number ? 64 - (unsigned) __builtin_clzll(number) : 0;

    *bits = 0;
    if (length <= fine)
        return (unsigned) number;
    *bits = length - 1 - fine;
    return ((*bits + 1) << fine) + (unsigned) ((number >> *bits) & ((1U << fine) - 1));
}

/* Bytes an ideal coder would need; INFINITY when a class would not fit its byte. */
static double estimate(const uint64_t *numbers, size_t count, unsigned fine)
{
    uint32_t histogram[CLASS_MAX + 1] = {0};
    double total = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned bits, class = class_of(numbers[i], fine, &bits);

        if (class > CLASS_MAX || bits > BITS_MAX)
            return INFINITY;
        histogram[class]++;
        total += bits;
    }
    for (size_t i = 0; i <= CLASS_MAX; i++)
        if (histogram[i] > 0)
            total += histogram[i] * log2((double) count / histogram[i]) + 4; /* its table entry */
    return total / 8;
}

double davy_classes_estimate(const uint64_t *numbers, size_t count, unsigned *fine)
{
    double best = INFINITY;

    for (unsigned each = 0; each <= FINE_MAX; each++) {
        double bytes = estimate(numbers, count, each);

        if (bytes < best) {
            best = bytes;
            *fine = each;
        }
    }
    return best;
}

void davy_classes_encode(davy_codec_work *work, const uint64_t *numbers, size_t count,
                         unsigned fine, davy_buffer *out)
{
    davy_buffer packed = {0};
    uint8_t head[1 + DAVY_VARINT_MAX], *end;
    uint64_t pending = 0;
    unsigned held = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned bits;

        work->raw[i] = (uint8_t) class_of(numbers[i], fine, &bits);
    }
    davy_codec_pack(work, work->raw, count, &packed);
    head[0] = (uint8_t) fine;
    end = davy_varint_put(head + 1, packed.length);
    davy_buffer_append(out, head, (size_t) (end - head));
    davy_buffer_append(out, packed.bytes, packed.length);
    out->failed |= packed.failed;
    davy_buffer_clear(&packed);

    end = work->raw;
    for (size_t i = 0; i < count; i++) {
        unsigned bits;

        (void) class_of(numbers[i], fine, &bits);
        pending |= (numbers[i] & ((1ULL << bits) - 1)) << held; /* held < 8, bits <= 56 */
        for (held += bits; held >= 8; held -= 8, pending >>= 8)
            *end++ = (uint8_t) pending;
    }
    if (held > 0)
        *end++ = (uint8_t) pending;
    davy_buffer_append(out, work->raw, (size_t) (end - work->raw));
}

/* Bits that follow a class; more than BITS_MAX for one that is never written. */
static unsigned bits_of(unsigned class, unsigned fine)
{
    return (class >> fine) > 0 ? (class >> fine) - 1 : 0;
}

/* All bits there are, one after another, with room to load past them; false when too many or few.
 */
static bool load_bits(davy_codec_work *work, const uint8_t *classes, size_t count, unsigned fine,
                      const uint8_t *bytes, size_t length)
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned bits = bits_of(classes[i], fine);

        if (bits > BITS_MAX)
            return false;
        total += bits;
    }
    if (length != (total + 7) / 8)
        return false;
    memcpy(work->bits, bytes, length);
    memset(work->bits + length, 0, 8);
    return true;
}

bool davy_classes_decode(davy_codec_work *work, const uint8_t *bytes, size_t length,
                         uint64_t *numbers, size_t count)
{
    const uint8_t *end = bytes + length, *cursor, *classes;
    uint64_t packed;
    size_t class_count, place = 0;
    unsigned fine;

    if (length < 1 || bytes[0] > FINE_MAX)
        return false;
    fine = bytes[0];
    cursor = davy_varint_get(bytes + 1, end, &packed);
    if (!cursor || packed > (uint64_t) (end - cursor))
        return false;
    classes = davy_codec_unpack(work, cursor, (size_t) packed, &class_count);
    cursor += packed;
    if (!classes || class_count != count ||
        !load_bits(work, classes, count, fine, cursor, (size_t) (end - cursor)))
        return false;
    for (size_t i = 0; i < count; i++) {
        unsigned class = classes[i], bits = bits_of(class, fine);
        uint64_t word = davy_get_u64(work->bits + (place >> 3)) >> (place & 7);
        uint64_t lead = (class >> fine) > 0 ? (1U << fine) | (class & ((1U << fine) - 1)) : class;

        numbers[i] = lead << bits | (word & ((1ULL << bits) - 1));
        place += bits;
    }
    return true;
}
