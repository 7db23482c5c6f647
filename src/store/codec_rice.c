/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

/*
 * Rice coding of unsigned integers (R. F. Rice, "Some Practical Universal Noiseless Coding
 * Techniques", JPL Publication 79-22, 1979): a number is its low k bits and, in unary, what is
 * above them. For distances that thin out as those of a Laplace or a normal distribution do it is
 * some hundredths of a bit off the best, has no table to be sent along, which is what counts in a
 * short column, and is read with one load.
 *
 * One k for all. A number of which the unary part would have 16 bits or more, a spike, has 16
 * zeros, its length in 6 bits, and itself.
 *
 * Layout: k 1 byte; bits, low end of a byte first: zeros, a one, k bits.
 */
#define K_MAX       40 /* zeros, one and k bits: what a load of 8 bytes holds at any place in a byte */
#define UNARY_MAX   16
#define LENGTH_BITS 6
#define BITS_MAX    56 /* of a spike, for the same reason */

static unsigned length_of(uint64_t number)
{
    return number ? 64 - (unsigned) __builtin_clzll(number) : 0;
}

static uint64_t bits_needed(const uint64_t *numbers, size_t count, unsigned k)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < count; i++) {
        const uint64_t unary = numbers[i] >> k;

        bits += unary < UNARY_MAX ? unary + 1 + k : UNARY_MAX + LENGTH_BITS + length_of(numbers[i]);
    }
    return bits;
}

/* Bits of the number that half of them are not above. */
static unsigned median_length(const uint64_t *numbers, size_t count)
{
    size_t of_length[65] = {0}, below = 0;
    unsigned length = 0;

    for (size_t i = 0; i < count; i++)
        of_length[length_of(numbers[i])]++;
    while (length < 64 && (below += of_length[length]) * 2 < count)
        length++;
    return length;
}

/* The best k is near the median's logarithm; @return bits that it needs. */
static uint64_t find_k(const uint64_t *numbers, size_t count, unsigned *k)
{
    const unsigned middle = median_length(numbers, count);
    uint64_t best = UINT64_MAX;

    for (unsigned each = middle > 2 ? middle - 2 : 0; each <= middle + 1 && each <= K_MAX; each++) {
        const uint64_t bits = bits_needed(numbers, count, each);

        if (bits < best) {
            best = bits;
            *k = each;
        }
    }
    return best;
}

static bool all_fit(const uint64_t *numbers, size_t count)
{
    uint64_t any = 0;

    for (size_t i = 0; i < count; i++)
        any |= numbers[i];
    return any >> BITS_MAX == 0;
}

/* Bits on their way out. */
struct bits {
    uint8_t *end;
    uint64_t pending;
    unsigned held; /* below 8 */
};

static void put(struct bits *bits, uint64_t number, unsigned count)
{
    bits->pending |= number << bits->held; /* count <= 56 */
    for (bits->held += count; bits->held >= 8; bits->held -= 8, bits->pending >>= 8)
        *bits->end++ = (uint8_t) bits->pending;
}

static void put_number(struct bits *bits, uint64_t number, unsigned k)
{
    const uint64_t unary = number >> k;

    if (unary < UNARY_MAX) {
        put(bits, 1ULL << unary, (unsigned) unary + 1);
        put(bits, number & ((1ULL << k) - 1), k);
        return;
    }
    put(bits, (uint64_t) length_of(number) << UNARY_MAX, UNARY_MAX + LENGTH_BITS);
    put(bits, number, length_of(number));
}

bool davy_rice_encode(davy_codec_work *work, const uint64_t *numbers, size_t count,
                      davy_buffer *out)
{
    struct bits bits = {.end = work->raw};
    unsigned k = 0;
    char head;

    if (!all_fit(numbers, count) || find_k(numbers, count, &k) > count * 64)
        return false;
    for (size_t i = 0; i < count; i++)
        put_number(&bits, numbers[i], k);
    if (bits.held > 0)
        *bits.end++ = (uint8_t) bits.pending;
    head = (char) k;
    davy_buffer_append(out, &head, 1);
    davy_buffer_append(out, work->raw, (size_t) (bits.end - work->raw));
    return true;
}

static uint64_t load(const uint8_t *bytes, size_t place)
{
    return davy_get_u64(bytes + (place >> 3)) >> (place & 7);
}

/* A number after its 16 zeros; false when it has more bits than are ever written. */
static bool get_spike(const uint8_t *bytes, size_t *place, uint64_t *number)
{
    const uint64_t length = load(bytes, *place + UNARY_MAX) & ((1U << LENGTH_BITS) - 1);

    if (length > BITS_MAX)
        return false;
    *place += UNARY_MAX + LENGTH_BITS;
    *number = load(bytes, *place) & ((1ULL << length) - 1);
    *place += length;
    return true;
}

/* Bytes that any load may touch behind the last bit: those of a spike that begins there. */
#define PADDING ((UNARY_MAX + LENGTH_BITS + 7) / 8 + 8)

bool davy_rice_decode(davy_codec_work *work, const uint8_t *bytes, size_t length, uint64_t *numbers,
                      size_t count)
{
    size_t place = 0, end;
    unsigned k;

    if (length < 1 || bytes[0] > K_MAX || length - 1 > sizeof work->raw - PADDING)
        return false;
    k = bytes[0];
    memcpy(work->raw, bytes + 1, length - 1);
    memset(work->raw + length - 1, 0, PADDING);
    end = (length - 1) * 8;
    for (size_t i = 0; i < count; i++) {
        uint64_t word;

        if (place > end)
            return false;
        word = load(work->raw, place);
        if ((word & ((1U << UNARY_MAX) - 1)) != 0) {
            const unsigned unary = (unsigned) __builtin_ctzll(word);

            numbers[i] = (uint64_t) unary << k | (word >> (unary + 1) & ((1ULL << k) - 1));
            place += unary + 1 + k;
        } else if (!get_spike(work->raw, &place, &numbers[i])) {
            return false;
        }
    }
    return (place + 7) / 8 == length - 1;
}
