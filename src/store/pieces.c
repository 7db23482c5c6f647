/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pieces.h"

#include <string.h>

/* Signals of one poll group are neighbours: times are looked for among the last so many. */
#define TIMES_KEPT ((size_t) 16)

_Static_assert(2 * DAVY_PIECE_POINTS <= DAVY_CHUNK_POINTS_MAX, "a chunk fits the codecs");

/* Times that have been encoded. */
struct kept_times {
    const int64_t *times;
    size_t count;
    int64_t blob; /* 0: no neighbour shares them, they are in `bytes` */
    davy_buffer bytes;
};

/* A writing of one day's pieces. */
struct writing {
    davy_day *day;
    const davy_piece *end; /* of the pieces */
    struct kept_times kept[TIMES_KEPT];
    size_t next; /* in a circle */
    davy_day_totals *added;
};

size_t davy_pieces_of(size_t points)
{
    return points < DAVY_PIECE_POINTS ? 1 : points / DAVY_PIECE_POINTS;
}

static struct kept_times *find_times(struct writing *writing, const int64_t *times, size_t count)
{
    for (size_t i = 0; i < TIMES_KEPT; i++) {
        struct kept_times *kept = &writing->kept[i];

        if (kept->times && kept->count == count &&
            memcmp(kept->times, times, count * sizeof *times) == 0)
            return kept;
    }
    return NULL;
}

static const int64_t *piece_times(const davy_piece *piece)
{
    return piece->points->times + piece->from;
}

/* True when one of the pieces that follow has the same times. */
static bool are_shared(const struct writing *writing, const davy_piece *piece)
{
    for (const davy_piece *next = piece + 1; next < writing->end && next <= piece + TIMES_KEPT;
         next++)
        if (next->count == piece->count &&
            memcmp(piece_times(next), piece_times(piece), piece->count * sizeof(int64_t)) == 0)
            return true;
    return false;
}

/* Encode the times of a piece, or find that a neighbour has the same ones. */
static davy_status keep_times(struct writing *writing, const davy_piece *piece,
                              struct kept_times **out)
{
    const int64_t *times = piece_times(piece);
    size_t count = piece->count;
    struct kept_times *kept = find_times(writing, times, count);
    davy_status status;

    *out = kept;
    if (kept)
        return DAVY_OK;
    kept = &writing->kept[writing->next++ % TIMES_KEPT];
    kept->count = 0; /* not to be found until it is whole */
    kept->blob = 0;
    davy_buffer_reset(&kept->bytes);
    davy_times_encode(davy_day_work(writing->day), times, count, &kept->bytes);
    status = davy_buffer_ok(&kept->bytes);
    if (status == DAVY_OK && are_shared(writing, piece)) {
        status = davy_day_add_blob(writing->day, &kept->bytes, &kept->blob);
        writing->added->blob_bytes += kept->bytes.length;
        davy_buffer_reset(&kept->bytes);
    }
    if (status != DAVY_OK)
        return status;
    kept->times = times;
    kept->count = count;
    *out = kept;
    return DAVY_OK;
}

static davy_status write_chunk(struct writing *writing, const davy_piece *piece,
                               davy_chunk_head *head, davy_buffer *data)
{
    struct kept_times *times;
    davy_status status = keep_times(writing, piece, &times);

    if (status != DAVY_OK)
        return status;
    head->times = times->blob;
    davy_chunk_encode(davy_day_work(writing->day), piece->points, piece->from, piece->count,
                      &times->bytes, head, data);
    status = davy_buffer_ok(data);
    if (status == DAVY_OK)
        status = davy_day_add_blob(writing->day, data, &head->data);
    if (status == DAVY_OK)
        status = davy_day_add(writing->day, head);
    writing->added->chunks++;
    writing->added->samples += piece->count;
    writing->added->blob_bytes += data->length;
    return status;
}

static davy_status write_piece(struct writing *writing, const davy_piece *piece)
{
    davy_chunk_head head = {.signal = piece->signal, .sequence = piece->sequence};
    davy_buffer data = {0};
    bool found;
    davy_status status;

    davy_chunk_summarise(piece->points, piece->from, piece->count, &head);
    status = davy_day_has(writing->day, &head, &found);
    if (status == DAVY_OK && !found)
        status = write_chunk(writing, piece, &head, &data);
    davy_buffer_clear(&data);
    return status;
}

davy_status davy_pieces_write(davy_day *day, const davy_piece *pieces, size_t count,
                              davy_day_totals *added)
{
    struct writing writing = {.day = day, .end = pieces + count, .added = added};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = write_piece(&writing, &pieces[i]);
    for (size_t i = 0; i < TIMES_KEPT; i++)
        davy_buffer_clear(&writing.kept[i].bytes);
    return status;
}
