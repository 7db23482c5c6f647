/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as the head of a chunk. The first two bytes are its number of points. What is read and
 * written again says the same.
 */
#include "store/head_packed.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the program writes: points within a day, of which not more are bad than there are. */
static int is_usual(const davy_chunk_head *head)
{
    const int64_t day_ns = 86400 * DAVY_NS_PER_S;

    return head->bad <= head->count && head->min_ns >= 0 && head->min_ns <= day_ns &&
           head->max_ns >= 0 && head->max_ns <= day_ns && head->moves.still_ns >= 0 &&
           head->moves.still_ns <= day_ns && head->moves.still_last_ns >= 0 &&
           head->moves.still_last_ns <= day_ns;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_chunk_head head = {0}, again;
    uint8_t bytes[DAVY_HEAD_PACKED_MAX];

    if (size < 2)
        return 0;
    head.count = 1U + (uint32_t) (data[0] | data[1] << 8) % DAVY_CHUNK_POINTS_MAX;
    again = head;
    if (!davy_head_unpack(data + 2, size - 2, &head) || !is_usual(&head))
        return 0;
    if (!davy_head_unpack(bytes, davy_head_pack(&head, bytes), &again))
        abort();
    return 0;
}
