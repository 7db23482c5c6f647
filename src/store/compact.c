/* SPDX-License-Identifier: Apache-2.0 */
#include "store/compact.h"

#include "store/merge.h"
#include "store/pieces.h"

#include <stdlib.h>

/* Chunks that are merged at once: 128 of 8,192 points are 17 MiB. */
#define GROUP_MAX ((size_t) 128)

/* While more is expected, small chunks are joined by so many: a point is then rewritten twice
 * before its day is over, and not with every chunk that follows. */
#define JOIN_LEAST ((size_t) 8)

/* A chunk that has fewer points is small, and one that is made of small ones has at most so many.
 * While more is expected those are short that nobody has to read for a few points; when the day is
 * over, long ones need fewer bytes. */
struct sizes {
    size_t small, most;
};

static const struct sizes while_it_lasts = {512, DAVY_PIECE_POINTS};
static const struct sizes when_over = {DAVY_CHUNK_POINTS_MAX / 2, DAVY_CHUNK_POINTS_MAX};

/* A file with more chunks keeps shared times that nobody needs: to find that out takes a look at
 * every head. */
#define SHARERS_MAX ((uint64_t) 100000)

/* Heads [begin, end) of a list, whose points before to_ns become chunks of their own. */
struct group {
    size_t begin, end;
    int64_t to_ns;
};

/* Points that are written, and what they are made of. */
struct rewriting {
    davy_compact_work *work;
    const davy_chunk_head *heads; /* of the group */
    size_t count;
    int64_t to_ns;
    davy_points merged;
    davy_points rests[GROUP_MAX]; /* of chunk i, from to_ns on */
    davy_buffer pieces;
};

/* What to do ------------------------------------------------------------------------------- */

/* Chunks that overlap, up to the moment at which the first that does not fit begins. Where so many
 * begin at one moment they stay. */
static struct group take_overlapping(const davy_chunk_heads *heads, size_t begin, size_t end)
{
    struct group group = {begin, end, INT64_MAX};

    if (end - begin <= GROUP_MAX)
        return group;
    group.end = begin + GROUP_MAX;
    group.to_ns = heads->items[group.end].first_ns;
    return group;
}

static bool is_alone(const davy_chunk_heads *heads, size_t i)
{
    int64_t last_ns;

    return davy_chunk_heads_cluster(heads, i, &last_ns) == i + 1;
}

/* The end of the small chunks from `begin` on that fit into one. */
static size_t find_small(const davy_chunk_heads *heads, size_t begin, const struct sizes *sizes)
{
    size_t end = begin, points = 0;

    while (end < heads->count && end - begin < GROUP_MAX &&
           heads->items[end].count < sizes->small &&
           points + heads->items[end].count <= sizes->most && is_alone(heads, end))
        points += heads->items[end++].count;
    return end;
}

static bool find_group(const davy_chunk_heads *heads, size_t from, bool over, struct group *group)
{
    size_t end;

    for (size_t begin = from; begin < heads->count; begin = end) {
        int64_t last_ns;

        end = davy_chunk_heads_cluster(heads, begin, &last_ns);
        if (end - begin > 1) {
            *group = take_overlapping(heads, begin, end);
            return heads->items[group->begin].first_ns < group->to_ns;
        }
        end = find_small(heads, begin, over ? &when_over : &while_it_lasts);
        if (end - begin >= (over ? 2 : JOIN_LEAST)) {
            *group = (struct group){begin, end, INT64_MAX};
            return true;
        }
        end = end > begin ? end : begin + 1;
    }
    return false;
}

/* Reading ---------------------------------------------------------------------------------- */

static davy_status keep_run(void *context, const davy_store_run *run)
{
    davy_points *points = context;
    davy_status status = davy_points_reserve(points, run->count);

    for (size_t i = 0; i < run->count && status == DAVY_OK; i++)
        davy_points_push(points, run->times[i], run->values[i], run->quality[i]);
    return status;
}

/* @param good  false when a chunk is damaged: then none of them may be taken out */
static davy_status merge_group(struct rewriting *rewriting, bool *good)
{
    static const davy_points nothing;
    davy_damage damage;
    const davy_merge_input input = {.signal = rewriting->heads->signal,
                                    .from_ns = INT64_MIN,
                                    .to_ns = rewriting->to_ns,
                                    .day = rewriting->work->day,
                                    .heads = rewriting->heads,
                                    .head_count = rewriting->count,
                                    .hot = &nothing,
                                    .damage = &damage};
    davy_status status;

    davy_damage_init(&damage);
    status = davy_merge(&input, keep_run, &rewriting->merged);
    *good = status == DAVY_OK && davy_damage_count(&damage) == 0;
    davy_damage_clear(&damage);
    return status;
}

/* What a chunk holds from to_ns on. */
static davy_status take_rest(struct rewriting *rewriting, size_t i)
{
    davy_points points = {0};
    davy_status status = DAVY_OK;

    if (rewriting->heads[i].last_ns < rewriting->to_ns)
        return DAVY_OK;
    status = davy_day_decode(rewriting->work->day, &rewriting->heads[i], &points);
    if (status == DAVY_OK)
        status = davy_points_copy(&rewriting->rests[i], &points,
                                  davy_points_find(&points, rewriting->to_ns), points.count);
    davy_points_clear(&points);
    return status;
}

/* Writing ---------------------------------------------------------------------------------- */

static uint64_t latest_sequence(const struct rewriting *rewriting)
{
    uint64_t latest = 0;

    for (size_t i = 0; i < rewriting->count; i++)
        if (rewriting->heads[i].sequence > latest)
            latest = rewriting->heads[i].sequence;
    return latest;
}

static void add_piece(struct rewriting *rewriting, const davy_points *points, uint64_t sequence,
                      size_t from, size_t to)
{
    const davy_piece piece = {.points = points,
                              .signal = rewriting->heads->signal,
                              .sequence = sequence,
                              .from = from,
                              .count = to - from,
                              .file = davy_day_which(rewriting->work->day)};

    davy_buffer_append(&rewriting->pieces, &piece, sizeof piece);
}

static size_t parts_of(const struct rewriting *rewriting)
{
    const size_t points = rewriting->merged.count;

    if (!rewriting->work->over)
        return davy_pieces_of(points);
    return (points + when_over.most - 1) / when_over.most;
}

static davy_status make_pieces(struct rewriting *rewriting)
{
    const size_t points = rewriting->merged.count, parts = parts_of(rewriting);
    const uint64_t sequence = latest_sequence(rewriting);

    for (size_t k = 0; k < parts; k++)
        add_piece(rewriting, &rewriting->merged, sequence, points * k / parts,
                  points * (k + 1) / parts);
    for (size_t i = 0; i < rewriting->count; i++)
        if (rewriting->rests[i].count > 0)
            add_piece(rewriting, &rewriting->rests[i], rewriting->heads[i].sequence, 0,
                      rewriting->rests[i].count);
    return davy_buffer_ok(&rewriting->pieces);
}

static davy_status remove_chunks(const struct rewriting *rewriting)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < rewriting->count && status == DAVY_OK; i++)
        status = davy_day_remove(rewriting->work->day, &rewriting->heads[i]);
    return status;
}

static bool is_first_with_times(const struct rewriting *rewriting, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (rewriting->heads[before].times == rewriting->heads[i].times)
            return false;
    return rewriting->heads[i].times != 0;
}

static davy_status remove_times(const struct rewriting *rewriting)
{
    davy_day *day = rewriting->work->day;
    davy_status status = DAVY_OK;

    if (davy_day_pending(day).chunks > SHARERS_MAX)
        return DAVY_OK;
    for (size_t i = 0; i < rewriting->count && status == DAVY_OK; i++)
        if (is_first_with_times(rewriting, i))
            status = davy_day_remove_times(day, rewriting->heads[i].times);
    return status;
}

/* Old ones go first: a new one may have the key of one of them. */
static davy_status write_group(struct rewriting *rewriting)
{
    davy_compact_work *work = rewriting->work;
    davy_day_totals before = davy_day_pending(work->day), added = {0}, after;
    davy_status status = make_pieces(rewriting);

    if (status == DAVY_OK)
        status = remove_chunks(rewriting);
    if (status == DAVY_OK)
        status = davy_pieces_write(work->day,
                                   (const davy_piece *) (const void *) rewriting->pieces.bytes,
                                   rewriting->pieces.length / sizeof(davy_piece), &added);
    if (status == DAVY_OK)
        status = remove_times(rewriting);
    after = davy_day_pending(work->day);
    work->changed.chunks += after.chunks - before.chunks;
    work->changed.samples += after.samples - before.samples;
    work->changed.blob_bytes += after.blob_bytes - before.blob_bytes;
    work->points += rewriting->merged.count;
    return status;
}

static size_t count_raw(const struct rewriting *rewriting)
{
    size_t raw = 0;

    for (size_t i = 0; i < rewriting->count; i++)
        raw += davy_codec_find(rewriting->heads[i].codec)->last_resort;
    return raw;
}

static bool do_overlap(const struct rewriting *rewriting)
{
    for (size_t i = 1; i < rewriting->count; i++)
        if (rewriting->heads[i].first_ns <= rewriting->heads[i - 1].last_ns)
            return true;
    return false;
}

/* Chunks of which each has few bytes may need many together: decimal numbers and a few that are
 * none. Those that overlap are merged all the same. */
static bool is_worth(struct rewriting *rewriting)
{
    const size_t raw = count_raw(rewriting);
    davy_buffer bytes = {0};
    uint8_t codec;

    if (raw > 0 || do_overlap(rewriting))
        return raw == rewriting->count || do_overlap(rewriting);
    codec = davy_codec_encode(davy_day_work(rewriting->work->day), rewriting->merged.values,
                              rewriting->merged.count, &bytes);
    davy_buffer_clear(&bytes);
    return !davy_codec_find(codec)->last_resort;
}

static davy_status fill(struct rewriting *rewriting, bool *done)
{
    davy_status status = merge_group(rewriting, done);

    *done = *done && is_worth(rewriting);
    for (size_t i = 0; i < rewriting->count && status == DAVY_OK && *done; i++)
        status = take_rest(rewriting, i);
    return status == DAVY_OK && *done ? write_group(rewriting) : status;
}

static davy_status rewrite(davy_compact_work *work, const davy_chunk_heads *heads,
                           const struct group *group, bool *done)
{
    struct rewriting *rewriting = calloc(1, sizeof *rewriting);
    davy_status status;

    if (!rewriting)
        return davy_fail(DAVY_ERR_NOMEM, "no memory to merge %zu chunks",
                         group->end - group->begin);
    rewriting->work = work;
    rewriting->heads = heads->items + group->begin;
    rewriting->count = group->end - group->begin;
    rewriting->to_ns = group->to_ns;
    status = fill(rewriting, done);
    davy_points_clear(&rewriting->merged);
    for (size_t i = 0; i < rewriting->count; i++)
        davy_points_clear(&rewriting->rests[i]);
    davy_buffer_clear(&rewriting->pieces);
    free(rewriting);
    return status;
}

/* Rewrite the first group that can be. @param again  one was: the heads are others now */
static davy_status rewrite_first(davy_compact_work *work, const davy_chunk_heads *heads, bool *left,
                                 bool *again)
{
    davy_status status = DAVY_OK;
    struct group group = {0};

    *again = false;
    *left = find_group(heads, 0, work->over, &group);
    while (status == DAVY_OK && *left && !*again && work->writes &&
           work->points < work->points_max) {
        status = rewrite(work, heads, &group, again);
        if (status == DAVY_OK && !*again) /* it stays as it is */
            *left = find_group(heads, group.end, work->over, &group);
    }
    return status;
}

davy_status davy_compact_signal(davy_compact_work *work, davy_signal_id signal, size_t *heads_seen,
                                bool *left)
{
    bool again = true;
    davy_status status = DAVY_OK;

    while (again && status == DAVY_OK) {
        davy_chunk_heads heads = {0};

        again = *left = false;
        status = davy_day_heads(work->day, signal, INT64_MIN, INT64_MAX, &heads);
        *heads_seen += heads.count;
        if (status == DAVY_OK && heads.damaged == 0) /* else it is not known what overlaps */
            status = rewrite_first(work, &heads, left, &again);
        davy_chunk_heads_clear(&heads);
    }
    return status;
}
