/* SPDX-License-Identifier: Apache-2.0 */
#include "store/head_packed.h"

#include "store/bytes.h"

#include <assert.h>
#include <math.h>

/*
 * Layout: flags and decimals 1 byte; codec 1 byte; with NOT_GOOD bad varint, uncertain varint, odd
 * 1 byte; tick varint, 32 m + z for m 10^z ns; varints in ticks: min and max after the first time,
 * longest rest, last rest; the values; steepest.
 *
 * Values as integers of 10^-decimals: zigzag of first, zigzag of last less first, min below the
 * smaller of the two, max above the greater, zigzag of sum less count * (min + max) / 2 modulo
 * 2^64. Else five doubles. Steepest as davy_moves_pack() gives it: varint or double.
 */
#define DECIMALS_MASK  0x0f
#define INTEGERS       0x10
#define STEEPEST_WHOLE 0x20
#define NOT_GOOD       0x40
#define NO_VALUES      0x80 /* all are bad: the five are NaN and not there */

#define WHOLE_MAX  9007199254740992.0 /* 2^53: integers below are exact in a double */
#define ZEROS_BITS 5
#define ZEROS_MAX  18 /* 10^18 ns; above, m 10^z would be no time */

/* The values of a head in the order in which they are written. */
enum { FIRST, LAST, MIN, MAX, SUM, VALUES };

static const double *value_at(const davy_chunk_head *head, int which)
{
    const double *values[VALUES] = {&head->first, &head->last, &head->min, &head->max, &head->sum};

    return values[which];
}

static bool to_integer(double value, double power, int64_t *integer)
{
    const double scaled = round(value * power);

    if (!(fabs(scaled) < WHOLE_MAX) || scaled / power != value)
        return false;
    *integer = (int64_t) scaled;
    return true;
}

static bool to_integers(const davy_chunk_head *head, int64_t integers[VALUES])
{
    for (int which = 0; which < VALUES; which++)
        if (!to_integer(*value_at(head, which), davy_codec_power(head->decimals), &integers[which]))
            return false;
    return integers[MIN] <= integers[FIRST] && integers[MIN] <= integers[LAST] &&
           integers[MAX] >= integers[FIRST] && integers[MAX] >= integers[LAST];
}

/* What the sum is near to: as many as count at the middle of their range, modulo 2^64. */
static uint64_t guess_sum(const davy_chunk_head *head, int64_t min, int64_t max)
{
    return (uint64_t) (davy_wrap_add(min, max) / 2) * (uint64_t) (head->count - head->bad);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static uint8_t *put_integers(uint8_t *end, const davy_chunk_head *head, const int64_t *integers)
{
    const int64_t first = integers[FIRST], last = integers[LAST];
    const uint64_t guess = guess_sum(head, integers[MIN], integers[MAX]);

    end = davy_varint_put(end, davy_zigzag(first));
    end = davy_varint_put(end, davy_zigzag(last - first));
    end = davy_varint_put(end, (uint64_t) (smaller(first, last) - integers[MIN]));
    end = davy_varint_put(end, (uint64_t) (integers[MAX] - greater(first, last)));
    return davy_varint_put(end, davy_zigzag(davy_wrap_subtract(integers[SUM], (int64_t) guess)));
}

static uint8_t *put_doubles(uint8_t *end, const davy_chunk_head *head)
{
    for (int which = 0; which < VALUES; which++, end += 8)
        davy_put_u64(end, davy_double_bits(*value_at(head, which)));
    return end;
}

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* The times of a head beside its first and last. */
#define TIMES 4

static uint8_t *put_times(uint8_t *end, const davy_chunk_head *head)
{
    const uint64_t times[TIMES] = {
        (uint64_t) head->min_ns - (uint64_t) head->first_ns,
        (uint64_t) head->max_ns - (uint64_t) head->first_ns,
        (uint64_t) head->moves.still_ns,
        (uint64_t) head->moves.still_last_ns,
    };
    uint64_t tick = 0, mantissa, zeros = 0;

    for (int i = 0; i < TIMES; i++)
        tick = divisor(tick, times[i]);
    for (mantissa = tick; mantissa > 0 && mantissa % 10 == 0; mantissa /= 10)
        zeros++;
    end = davy_varint_put(end, mantissa << ZEROS_BITS | zeros);
    for (int i = 0; i < TIMES; i++)
        end = davy_varint_put(end, tick ? times[i] / tick : 0);
    return end;
}

static uint8_t *put_quality(uint8_t *end, const davy_chunk_head *head)
{
    end = davy_varint_put(end, head->bad);
    end = davy_varint_put(end, head->moves.uncertain);
    *end++ = (uint8_t) head->moves.odd;
    return end;
}

/* @param flag  is set when it is an integer */
static uint8_t *put_steepest(uint8_t *end, const davy_chunk_head *head, uint8_t *flags)
{
    const double packed = davy_moves_pack(head->moves.steepest, head->decimals);

    if (packed >= 0 && packed < WHOLE_MAX && trunc(packed) == packed) {
        *flags |= STEEPEST_WHOLE;
        return davy_varint_put(end, (uint64_t) packed);
    }
    davy_put_u64(end, davy_double_bits(packed));
    return end + 8;
}

size_t davy_head_pack(const davy_chunk_head *head, uint8_t bytes[DAVY_HEAD_PACKED_MAX])
{
    const bool not_good = head->bad || head->moves.uncertain || head->moves.odd;
    uint8_t flags = (uint8_t) (head->decimals | (not_good ? NOT_GOOD : 0)), *end = bytes + 2;
    int64_t integers[VALUES];

    assert(head->moves.known && head->decimals <= DECIMALS_MASK && head->codec <= UINT8_MAX);
    if (not_good)
        end = put_quality(end, head);
    end = put_times(end, head);
    if (head->bad == head->count) {
        flags |= NO_VALUES;
    } else if (to_integers(head, integers)) {
        flags |= INTEGERS;
        end = put_integers(end, head, integers);
    } else {
        end = put_doubles(end, head);
    }
    end = put_steepest(end, head, &flags);
    bytes[0] = flags;
    bytes[1] = (uint8_t) head->codec;
    return (size_t) (end - bytes);
}

/* Varints one after another; NULL from the first that is not there. */
static const uint8_t *get_varints(const uint8_t *cursor, const uint8_t *end, uint64_t *numbers,
                                  int count)
{
    for (int i = 0; i < count && cursor; i++)
        cursor = davy_varint_get(cursor, end, &numbers[i]);
    return cursor;
}

static const uint8_t *get_quality(const uint8_t *cursor, const uint8_t *end, davy_chunk_head *head)
{
    uint64_t numbers[2];

    cursor = get_varints(cursor, end, numbers, 2);
    if (!cursor || cursor == end || numbers[0] > head->count || numbers[1] > head->count)
        return NULL;
    head->bad = (uint32_t) numbers[0];
    head->moves.uncertain = (uint32_t) numbers[1];
    head->moves.odd = *cursor;
    return cursor + 1;
}

static const uint8_t *get_times(const uint8_t *cursor, const uint8_t *end, davy_chunk_head *head)
{
    uint64_t numbers[1 + TIMES], tick;
    int64_t *const times[TIMES] = {&head->min_ns, &head->max_ns, &head->moves.still_ns,
                                   &head->moves.still_last_ns};

    cursor = get_varints(cursor, end, numbers, 1 + TIMES);
    if (!cursor || (numbers[0] & ((1U << ZEROS_BITS) - 1)) > ZEROS_MAX)
        return NULL;
    tick = numbers[0] >> ZEROS_BITS;
    for (uint64_t zeros = numbers[0] & ((1U << ZEROS_BITS) - 1); zeros > 0; zeros--)
        tick *= 10; /* modulo 2^64, as what follows: a wrong one has another checksum */
    for (int i = 0; i < TIMES; i++)
        *times[i] = (int64_t) (tick * numbers[1 + i]);
    head->min_ns = davy_wrap_add(head->min_ns, head->first_ns);
    head->max_ns = davy_wrap_add(head->max_ns, head->first_ns);
    return cursor;
}

static const uint8_t *get_integers(const uint8_t *cursor, const uint8_t *end, davy_chunk_head *head)
{
    const double power = davy_codec_power(head->decimals);
    uint64_t numbers[VALUES];
    int64_t first, last, min, max;

    cursor = get_varints(cursor, end, numbers, VALUES);
    if (!cursor)
        return NULL;
    first = davy_unzigzag(numbers[0]);
    last = davy_wrap_add(first, davy_unzigzag(numbers[1]));
    min = davy_wrap_subtract(smaller(first, last), (int64_t) numbers[2]);
    max = davy_wrap_add(greater(first, last), (int64_t) numbers[3]);
    head->first = (double) first / power;
    head->last = (double) last / power;
    head->min = (double) min / power;
    head->max = (double) max / power;
    head->sum =
        (double) davy_wrap_add(davy_unzigzag(numbers[4]), (int64_t) guess_sum(head, min, max)) /
        power;
    return cursor;
}

static const uint8_t *get_doubles(const uint8_t *cursor, const uint8_t *end, davy_chunk_head *head)
{
    double *const values[VALUES] = {&head->first, &head->last, &head->min, &head->max, &head->sum};

    if ((size_t) (end - cursor) < sizeof(uint64_t) * VALUES)
        return NULL;
    for (int which = 0; which < VALUES; which++, cursor += 8)
        *values[which] = davy_bits_double(davy_get_u64(cursor));
    return cursor;
}

static const uint8_t *get_values(uint8_t flags, const uint8_t *cursor, const uint8_t *end,
                                 davy_chunk_head *head)
{
    if (flags & NO_VALUES) {
        head->first = head->last = head->min = head->max = head->sum = NAN;
        return cursor;
    }
    return flags & INTEGERS ? get_integers(cursor, end, head) : get_doubles(cursor, end, head);
}

static const uint8_t *get_steepest(uint8_t flags, const uint8_t *cursor, const uint8_t *end,
                                   davy_chunk_head *head)
{
    double packed;
    uint64_t whole;

    if (flags & STEEPEST_WHOLE) {
        cursor = davy_varint_get(cursor, end, &whole);
        packed = cursor ? (double) whole : 0;
    } else {
        if (end - cursor < 8)
            return NULL;
        packed = davy_bits_double(davy_get_u64(cursor));
        cursor += 8;
    }
    head->moves.steepest = davy_moves_unpack(packed, head->decimals);
    return cursor;
}

bool davy_head_unpack(const uint8_t *bytes, size_t length, davy_chunk_head *head)
{
    const uint8_t *cursor = bytes + 2, *end = bytes + length;

    if (length < 2)
        return false;
    head->decimals = bytes[0] & DECIMALS_MASK;
    head->codec = bytes[1];
    head->moves.known = true;
    if (bytes[0] & NOT_GOOD)
        cursor = get_quality(cursor, end, head);
    if (cursor)
        cursor = get_times(cursor, end, head);
    if (cursor)
        cursor = get_values(bytes[0], cursor, end, head);
    if (cursor)
        cursor = get_steepest(bytes[0], cursor, end, head);
    return cursor == end;
}
