/* SPDX-License-Identifier: Apache-2.0 */
#include "store/head_row.h"

#include "store/bytes.h"
#include "store/head_packed.h"

#include <math.h>
#include <stdlib.h>

/* Columns of a row, by the format of its file. */
enum { SPAN = 3, POINTS = 4, CHECKSUM = 17 };
enum { PACKED_CHECKSUM = 5, PACKED_TIMES, PACKED_DATA, PACKED_HEAD, PACKED_COLUMNS };

static bool is_packed(sqlite3_stmt *row)
{
    return sqlite3_column_count(row) == PACKED_COLUMNS;
}

uint32_t davy_head_row_points(sqlite3_stmt *row)
{
    return (uint32_t) sqlite3_column_int64(row, POINTS);
}

uint32_t davy_head_row_checksum(sqlite3_stmt *row)
{
    return (uint32_t) sqlite3_column_int64(row, is_packed(row) ? PACKED_CHECKSUM : CHECKSUM);
}

void davy_head_bind_packed(sqlite3_stmt *insert, const davy_chunk_head *head, uint32_t checksum)
{
    uint8_t bytes[DAVY_HEAD_PACKED_MAX];

    sqlite3_bind_int64(insert, 1, head->signal);
    sqlite3_bind_int64(insert, 2, head->first_ns);
    sqlite3_bind_int64(insert, 3, (sqlite3_int64) head->sequence);
    sqlite3_bind_int64(insert, 4, head->last_ns - head->first_ns);
    sqlite3_bind_int64(insert, 5, head->count);
    sqlite3_bind_int(insert, 6, (int) checksum); /* with a sign it is never longer than 4 bytes */
    sqlite3_bind_int64(insert, 7, head->times);
    sqlite3_bind_int64(insert, 8, head->data);
    sqlite3_bind_blob64(insert, 9, bytes, davy_head_pack(head, bytes), SQLITE_TRANSIENT);
}

static bool read_packed(sqlite3_stmt *row, davy_chunk_head *head)
{
    const void *bytes = sqlite3_column_blob(row, PACKED_HEAD);
    const int64_t first_ns = sqlite3_column_int64(row, 1);

    *head = (davy_chunk_head){
        .signal = (davy_signal_id) sqlite3_column_int64(row, 0),
        .first_ns = first_ns,
        .sequence = (uint64_t) sqlite3_column_int64(row, 2),
        .last_ns = davy_wrap_add(first_ns, sqlite3_column_int64(row, SPAN)),
        .count = (uint32_t) sqlite3_column_int64(row, POINTS),
        .times = sqlite3_column_int64(row, PACKED_TIMES),
        .data = sqlite3_column_int64(row, PACKED_DATA),
    };
    return bytes &&
           davy_head_unpack(bytes, (size_t) sqlite3_column_bytes(row, PACKED_HEAD), head) &&
           davy_head_row_checksum(row) == davy_chunk_head_checksum(head);
}

static void bind_value(sqlite3_stmt *insert, int column, double value, unsigned decimals)
{
    sqlite3_bind_double(insert, column,
                        decimals ? round(value * davy_codec_power(decimals)) : value);
}

/* What is not known, of a head of format 1, stays NULL. */
static void bind_moves(sqlite3_stmt *insert, const davy_chunk_head *head)
{
    const davy_moves *moves = &head->moves;

    for (int column = 19; column <= 23; column++)
        sqlite3_bind_null(insert, column);
    if (!moves->known)
        return;
    sqlite3_bind_int64(insert, 19, moves->uncertain);
    sqlite3_bind_int64(insert, 20, moves->odd);
    sqlite3_bind_double(insert, 21, davy_moves_pack(moves->steepest, head->decimals));
    sqlite3_bind_int64(insert, 22, moves->still_ns);
    sqlite3_bind_int64(insert, 23, moves->still_last_ns);
}

void davy_head_bind(sqlite3_stmt *insert, const davy_chunk_head *head, uint32_t checksum)
{
    sqlite3_bind_int64(insert, 1, head->signal);
    sqlite3_bind_int64(insert, 2, head->first_ns);
    sqlite3_bind_int64(insert, 3, (sqlite3_int64) head->sequence);
    sqlite3_bind_int64(insert, 4, head->last_ns - head->first_ns);
    sqlite3_bind_int64(insert, 5, head->count);
    sqlite3_bind_int64(insert, 6, head->bad);
    sqlite3_bind_int64(insert, 7, head->decimals);
    bind_value(insert, 8, head->min, head->decimals);
    bind_value(insert, 9, head->max, head->decimals);
    bind_value(insert, 10, head->sum, head->decimals);
    bind_value(insert, 11, head->first, head->decimals);
    bind_value(insert, 12, head->last, head->decimals);
    sqlite3_bind_int64(insert, 13, head->min_ns - head->first_ns);
    sqlite3_bind_int64(insert, 14, head->max_ns - head->first_ns);
    sqlite3_bind_int64(insert, 15, head->codec);
    sqlite3_bind_int64(insert, 16, head->times);
    sqlite3_bind_int64(insert, 17, head->data);
    sqlite3_bind_int64(insert, 18, checksum);
    bind_moves(insert, head);
}

static double read_value(sqlite3_stmt *row, int column, unsigned decimals)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(row, column) / davy_codec_power(decimals);
}

static davy_moves read_moves(sqlite3_stmt *row, unsigned decimals)
{
    /* Columns that are not there read as NULL too. */
    if (sqlite3_column_type(row, 18) == SQLITE_NULL)
        return (davy_moves){0};
    return (davy_moves){
        .known = true,
        .uncertain = (uint32_t) sqlite3_column_int64(row, 18),
        .odd = (uint32_t) sqlite3_column_int64(row, 19),
        .steepest = davy_moves_unpack(sqlite3_column_double(row, 20), decimals),
        .still_ns = sqlite3_column_int64(row, 21),
        .still_last_ns = sqlite3_column_int64(row, 22),
    };
}

static bool read_columns(sqlite3_stmt *row, davy_chunk_head *head)
{
    int64_t first_ns = sqlite3_column_int64(row, 1);
    unsigned decimals = (unsigned) sqlite3_column_int64(row, 6);

    *head = (davy_chunk_head){
        .signal = (davy_signal_id) sqlite3_column_int64(row, 0),
        .first_ns = first_ns,
        .sequence = (uint64_t) sqlite3_column_int64(row, 2),
        .last_ns = davy_wrap_add(first_ns, sqlite3_column_int64(row, 3)),
        .count = (uint32_t) sqlite3_column_int64(row, 4),
        .bad = (uint32_t) sqlite3_column_int64(row, 5),
        .decimals = decimals,
        .min = read_value(row, 7, decimals),
        .max = read_value(row, 8, decimals),
        .sum = read_value(row, 9, decimals),
        .first = read_value(row, 10, decimals),
        .last = read_value(row, 11, decimals),
        .min_ns = davy_wrap_add(first_ns, sqlite3_column_int64(row, 12)),
        .max_ns = davy_wrap_add(first_ns, sqlite3_column_int64(row, 13)),
        .moves = read_moves(row, decimals),
        .codec = (uint32_t) sqlite3_column_int64(row, 14),
        .times = sqlite3_column_int64(row, 15),
        .data = sqlite3_column_int64(row, 16),
    };
    return sqlite3_column_int64(row, CHECKSUM) == davy_chunk_head_checksum(head);
}

bool davy_head_read(sqlite3_stmt *row, davy_chunk_head *head)
{
    return is_packed(row) ? read_packed(row, head) : read_columns(row, head);
}

davy_status davy_chunk_heads_push(davy_chunk_heads *heads, const davy_chunk_head *head)
{
    if (heads->count == heads->capacity) {
        size_t capacity = heads->capacity ? heads->capacity * 2 : 64;
        davy_chunk_head *grown = realloc(heads->items, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu chunks", capacity);
        heads->items = grown;
        heads->capacity = capacity;
    }
    heads->items[heads->count++] = *head;
    return DAVY_OK;
}

int davy_chunk_head_compare(const davy_chunk_head *a, const davy_chunk_head *b)
{
    if (a->first_ns != b->first_ns)
        return a->first_ns < b->first_ns ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

size_t davy_chunk_heads_cluster(const davy_chunk_heads *heads, size_t begin, int64_t *last_ns)
{
    size_t end = begin + 1;

    *last_ns = heads->items[begin].last_ns;
    for (; end < heads->count && heads->items[end].first_ns <= *last_ns; end++)
        if (heads->items[end].last_ns > *last_ns)
            *last_ns = heads->items[end].last_ns;
    return end;
}

void davy_chunk_heads_clear(davy_chunk_heads *heads)
{
    free(heads->items);
    *heads = (davy_chunk_heads){0};
}
