/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as the data of a chunk, behind its checksums. The first four bytes choose the codec, the
 * number of points, and whether the times are in a blob of their own.
 */
#include "store/chunk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static davy_codec_work *work;
    davy_chunk_head head = {0};
    davy_points points = {0};
    davy_blob content, times = {0};

    if (!work && davy_codec_work_create(&work) != DAVY_OK)
        abort();
    if (size < 4)
        return 0;
    head.codec = data[0] % 8;
    head.count = (uint32_t) (data[1] | data[2] << 8) % (DAVY_CHUNK_POINTS_MAX + 2);
    head.times = data[3] & 1;
    content = (davy_blob){data + 4, size - 4};
    if (head.times) {
        size_t half = (size - 4) / 2;

        times = (davy_blob){content.bytes + half, content.length - half};
        content.length = half;
    }
    /* last_ns follows from the times: let them be right for some inputs. */
    head.last_ns = head.count > 0 ? (int64_t) (head.count - 1) * 1000000000 : 0;
    if (davy_chunk_decode(work, &head, content, times, &points) == DAVY_OK &&
        points.count != head.count)
        abort();
    davy_points_clear(&points);
    return 0;
}
