/* SPDX-License-Identifier: Apache-2.0 */
#include "store/merge.h"

#include "core/buffer.h"
#include "core/file.h"
#include "store/bytes.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A stretch at least this long is handed out where it lies; shorter ones are gathered. */
#define STRETCH_DIRECT ((size_t) 128)

/* Points of one chunk, or the hot ones, from `at` on. */
struct cursor {
    davy_points points;
    size_t at, end;
    uint64_t sequence; /* UINT64_MAX for the hot points, which are borrowed */
};

/* What is written earlier than a damaged chunk is not known to be right from first_ns to last_ns.
 */
struct lost {
    int64_t first_ns, last_ns;
    uint64_t sequence;
};

struct merge {
    const davy_merge_input *input;
    davy_store_visit visit;
    void *context;
    size_t next_head;
    struct cursor *cursors; /* [0, count) have points left; up to `made`, memory to use again */
    size_t count, made, capacity;
    davy_points *gathered; /* short stretches, until there is a run of them */
    davy_buffer lost;      /* struct lost, of the damaged chunks so far */
};

void davy_damage_init(davy_damage *damage)
{
    memset(damage, 0, sizeof *damage);
    pthread_mutex_init(&damage->lock, NULL);
}

void davy_damage_clear(davy_damage *damage)
{
    pthread_mutex_destroy(&damage->lock);
}

static bool is_known(const davy_damage *damage, uint64_t key)
{
    for (uint64_t i = 0; i < damage->count && i < DAVY_ARRAY_LENGTH(damage->keys); i++)
        if (damage->keys[i] == key)
            return true;
    return false;
}

void davy_damage_add(davy_damage *damage, davy_day_file file, const davy_chunk_head *head)
{
    uint8_t place[24];
    uint64_t key;

    davy_put_u64(place, (uint64_t) file.number);
    davy_put_u64(place + 8, file.class_id);
    davy_put_u64(place + 16, head ? davy_chunk_head_checksum(head) : 0);
    key = davy_checksum(place, sizeof place);
    pthread_mutex_lock(&damage->lock);
    if (!is_known(damage, key)) {
        if (damage->count < DAVY_ARRAY_LENGTH(damage->keys)) {
            damage->keys[damage->count] = key;
            damage->files[damage->count] = file;
        }
        damage->count++;
    }
    pthread_mutex_unlock(&damage->lock);
}

/* Of more than can be told apart none is forgotten: too many is better than too few. */
void davy_damage_forget(davy_damage *damage, davy_day_file file)
{
    uint64_t kept = 0;

    pthread_mutex_lock(&damage->lock);
    for (uint64_t i = 0; i < damage->count && damage->count <= DAVY_ARRAY_LENGTH(damage->keys);
         i++) {
        if (damage->files[i].number == file.number && damage->files[i].class_id == file.class_id)
            continue;
        damage->keys[kept] = damage->keys[i];
        damage->files[kept++] = damage->files[i];
    }
    if (damage->count <= DAVY_ARRAY_LENGTH(damage->keys))
        damage->count = kept;
    pthread_mutex_unlock(&damage->lock);
}

uint64_t davy_damage_count(davy_damage *damage)
{
    uint64_t count;

    pthread_mutex_lock(&damage->lock);
    count = damage->count;
    pthread_mutex_unlock(&damage->lock);
    return count;
}

/* A cursor without points, at the end of those in use. */
static davy_status make_cursor(struct merge *merge, struct cursor **out)
{
    if (merge->count == merge->capacity) {
        size_t capacity = merge->capacity ? merge->capacity * 2 : 8;
        struct cursor *grown = realloc(merge->cursors, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory to merge %zu chunks", capacity);
        merge->cursors = grown;
        merge->capacity = capacity;
    }
    if (merge->count == merge->made)
        merge->cursors[merge->made++] = (struct cursor){0};
    *out = &merge->cursors[merge->count];
    (*out)->points.count = 0;
    return DAVY_OK;
}

static davy_status open_hot(struct merge *merge)
{
    const davy_merge_input *input = merge->input;
    davy_status status;
    struct cursor *hot;

    if (input->hot_from >= input->hot_to)
        return DAVY_OK;
    status = make_cursor(merge, &hot);
    if (status != DAVY_OK)
        return status;
    *hot = (struct cursor){*input->hot, input->hot_from, input->hot_to, UINT64_MAX};
    merge->count++;
    return DAVY_OK;
}

static davy_status lose(struct merge *merge, const davy_chunk_head *head)
{
    const struct lost lost = {head->first_ns, head->last_ns, head->sequence};

    davy_buffer_append(&merge->lost, &lost, sizeof lost);
    return davy_buffer_ok(&merge->lost);
}

static davy_status open_next(struct merge *merge)
{
    const davy_merge_input *input = merge->input;
    const davy_chunk_head *head = &input->heads[merge->next_head++];
    struct cursor *next;
    davy_status status;

    if (head->count == 0) /* counted when it was found */
        return lose(merge, head);
    status = make_cursor(merge, &next);
    if (status != DAVY_OK)
        return status;
    status = davy_day_decode(input->day, head, &next->points);
    if (status == DAVY_ERR_CORRUPT) {
        davy_damage_add(input->damage, davy_day_which(input->day), head);
        return lose(merge, head);
    }
    if (status != DAVY_OK)
        return status;
    next->at = davy_points_find(&next->points, input->from_ns);
    next->end = davy_points_find(&next->points, input->to_ns);
    next->sequence = head->sequence;
    merge->count += next->at < next->end;
    return DAVY_OK;
}

/* Put a cursor that is done behind those in use. */
static void retire(struct merge *merge, size_t index)
{
    struct cursor done = merge->cursors[index];

    merge->cursors[index] = merge->cursors[--merge->count];
    if (done.sequence == UINT64_MAX)
        done = (struct cursor){0}; /* its points are borrowed */
    merge->cursors[merge->count] = done;
}

static int64_t cursor_time(const struct cursor *cursor)
{
    return cursor->points.times[cursor->at];
}

/* The cursor whose point comes next; of those at one time, the one written last. */
static size_t find_first(const struct merge *merge)
{
    size_t first = 0;

    for (size_t i = 1; i < merge->count; i++) {
        int64_t time_ns = cursor_time(&merge->cursors[i]);
        int64_t first_ns = cursor_time(&merge->cursors[first]);

        if (time_ns < first_ns ||
            (time_ns == first_ns && merge->cursors[i].sequence > merge->cursors[first].sequence))
            first = i;
    }
    return first;
}

/* Decode chunks until all that begin at or before the next point are open. */
static davy_status open_due(struct merge *merge)
{
    const davy_merge_input *input = merge->input;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && merge->next_head < input->head_count &&
           (merge->count == 0 || input->heads[merge->next_head].first_ns <=
                                     cursor_time(&merge->cursors[find_first(merge)])))
        status = open_next(merge);
    return status;
}

/* Pass over what the winner at `time_ns` corrects. Cursors that end are left for drop_ended(). */
static int64_t skip_doubles(struct merge *merge, size_t winner, int64_t time_ns)
{
    int64_t limit = INT64_MAX;

    for (size_t i = 0; i < merge->count; i++) {
        struct cursor *other = &merge->cursors[i];

        if (i == winner)
            continue;
        if (cursor_time(other) == time_ns)
            other->at++;
        if (other->at < other->end && cursor_time(other) < limit)
            limit = cursor_time(other);
    }
    if (merge->next_head < merge->input->head_count &&
        merge->input->heads[merge->next_head].first_ns < limit)
        limit = merge->input->heads[merge->next_head].first_ns;
    return limit;
}

/* Is what has this sequence at this time in the place of a damaged chunk that was written later?
 * *limit becomes no later than the time from which on the answer may be another. */
static bool is_lost(const struct merge *merge, uint64_t sequence, int64_t time_ns, int64_t *limit)
{
    const struct lost *lost = (const struct lost *) (const void *) merge->lost.bytes;
    bool is = false;

    for (size_t i = 0; i < merge->lost.length / sizeof *lost; i++) {
        if (lost[i].sequence <= sequence || lost[i].last_ns < time_ns)
            continue;
        if (lost[i].first_ns > time_ns) {
            *limit = lost[i].first_ns < *limit ? lost[i].first_ns : *limit;
            continue;
        }
        is = true;
        if (lost[i].last_ns < *limit)
            *limit = lost[i].last_ns + 1;
    }
    return is;
}

static void drop_ended(struct merge *merge)
{
    for (size_t i = merge->count; i-- > 0;)
        if (merge->cursors[i].at == merge->cursors[i].end)
            retire(merge, i);
}

static davy_status hand_out(struct merge *merge, const davy_points *points, size_t from, size_t to)
{
    davy_status status = DAVY_OK;

    for (size_t at = from; at < to && status == DAVY_OK; at += DAVY_STORE_RUN_MAX) {
        size_t count = to - at < DAVY_STORE_RUN_MAX ? to - at : DAVY_STORE_RUN_MAX;
        davy_store_run run = {merge->input->signal, count, points->times + at, points->values + at,
                              points->quality + at};

        status = merge->visit(merge->context, &run);
    }
    return status;
}

static davy_status flush(struct merge *merge)
{
    davy_status status = hand_out(merge, merge->gathered, 0, merge->gathered->count);

    merge->gathered->count = 0;
    return status;
}

static davy_status emit(struct merge *merge, const davy_points *points, size_t from, size_t to)
{
    davy_status status;

    if (to - from < STRETCH_DIRECT) {
        status = davy_points_copy(merge->gathered, points, from, to);
        if (status == DAVY_OK && merge->gathered->count + STRETCH_DIRECT > DAVY_STORE_RUN_MAX)
            status = flush(merge);
        return status;
    }
    status = flush(merge);
    return status == DAVY_OK ? hand_out(merge, points, from, to) : status;
}

/* Emit the next point and those of the same cursor that nothing else comes between, or leave them
 * out. */
static davy_status emit_stretch(struct merge *merge)
{
    size_t winner = find_first(merge);
    struct cursor *cursor = &merge->cursors[winner];
    int64_t limit = skip_doubles(merge, winner, cursor_time(cursor));
    bool left_out = is_lost(merge, cursor->sequence, cursor_time(cursor), &limit);
    size_t from = cursor->at, to = cursor->end;
    davy_status status = DAVY_OK;

    if (limit <= cursor->points.times[to - 1]) {
        davy_points rest = {.times = cursor->points.times + from, .count = to - from};

        to = from + davy_points_find(&rest, limit);
    }
    assert(to > from); /* every chunk that begins at this point's time is open */
    cursor->at = to;
    if (!left_out)
        status = emit(merge, &cursor->points, from, to);
    drop_ended(merge);
    return status;
}

davy_status davy_merge(const davy_merge_input *input, davy_store_visit visit, void *context)
{
    davy_points gathered = {0};
    struct merge merge = {
        .input = input, .visit = visit, .context = context, .gathered = &gathered};
    davy_status status = open_hot(&merge);

    while (status == DAVY_OK) {
        status = open_due(&merge);
        if (status != DAVY_OK || merge.count == 0)
            break;
        status = emit_stretch(&merge);
    }
    if (status == DAVY_OK)
        status = flush(&merge);
    for (size_t i = 0; i < merge.made; i++)
        if (merge.cursors[i].sequence != UINT64_MAX)
            davy_points_clear(&merge.cursors[i].points);
    davy_points_clear(&gathered);
    davy_buffer_clear(&merge.lost);
    free(merge.cursors);
    return status;
}
