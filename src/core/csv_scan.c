/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv_scan.h"

#include <string.h>

/* A block of bytes as sets of bits: byte i of the block is bit i * BITS. */
#ifdef __SSE2__
#include <emmintrin.h>

#define BLOCK 16
#define BITS  1

typedef __m128i block;
typedef uint32_t marks;

static block block_load(const char *text)
{
    return _mm_loadu_si128((const __m128i *) (const void *) text);
}

static marks block_find(block b, char c)
{
    return (marks) _mm_movemask_epi8(_mm_cmpeq_epi8(b, _mm_set1_epi8(c)));
}

static marks block_high(block b)
{
    return (marks) _mm_movemask_epi8(b);
}
#else
/* Source: H. S. Warren, "Hacker's Delight", 2nd edition, 6-1, the exact form. */
#define BLOCK 8
#define BITS  8

typedef uint64_t block;
typedef uint64_t marks;

#define LOWS  UINT64_C(0x7F7F7F7F7F7F7F7F)
#define HIGHS UINT64_C(0x8080808080808080)

static block block_load(const char *text)
{
    block b = 0;

    for (int i = 0; i < BLOCK; i++) /* one load, whatever the order of bytes */
        b |= (uint64_t) (unsigned char) text[i] << (8 * i);
    return b;
}

static marks block_find(block b, char c)
{
    const block same = b ^ (UINT64_C(0x0101010101010101) * (unsigned char) c);

    return (~(((same & LOWS) + LOWS) | same | LOWS) & HIGHS) >> 7;
}

static marks block_high(block b)
{
    return (b & HIGHS) >> 7;
}
#endif

#define ALL ((marks) -1)

/* The marks of the first `count` bytes of a block. */
static marks first_of(size_t count)
{
    return count >= BLOCK ? ALL : ((marks) 1 << (count * BITS)) - 1;
}

static unsigned place_of_first(marks m)
{
    return (unsigned) __builtin_ctzll(m) / BITS;
}

davy_csv_scan_end davy_csv_scan_row(const char *text, size_t length, char delimiter, uint32_t *ends,
                                    size_t most, davy_csv_scan *out)
{
    size_t fields = 0;
    marks odd = 0;

    for (size_t at = 0; at < length; at += BLOCK) {
        const block b = block_load(text + at);
        const marks there = first_of(length - at);
        const marks stops = (block_find(b, '\n') | block_find(b, '"')) & there;
        const marks before = stops ? (stops & (~stops + 1)) - 1 : there;

        odd |= (block_high(b) | block_find(b, '\0')) & before;
        for (marks m = block_find(b, delimiter) & before; m; m &= m - 1) {
            if (fields < most)
                ends[fields] = (uint32_t) (at + place_of_first(m));
            fields++;
        }
        if (!stops)
            continue;
        out->length = at + place_of_first(stops);
        out->plain = odd == 0;
        if (fields < most)
            ends[fields] = (uint32_t) out->length;
        out->fields = fields + 1;
        return text[out->length] == '"' ? DAVY_CSV_SCAN_QUOTE : DAVY_CSV_SCAN_LINE;
    }
    *out = (davy_csv_scan){.fields = fields + 1, .length = length, .plain = odd == 0};
    if (fields < most)
        ends[fields] = (uint32_t) length;
    return DAVY_CSV_SCAN_TEXT;
}
