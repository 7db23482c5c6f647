/* SPDX-License-Identifier: Apache-2.0 */
#include "store/commit.h"

#include "core/clock.h"
#include "core/file.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A segment that none can follow takes frames up to here: with one more batch it is still read. */
#define CROWDED_BYTES (DAVY_SEGMENT_MAX / 2)

/* Less than the sync of a fast disk takes. */
#define GATHER_NS 50000

/* A frame on its way; lives on its writer's stack. */
struct item {
    struct item *next;
    davy_buffer frame;
    const davy_sample *samples;
    size_t count;
    uint64_t sequence;
    davy_status status;
    bool done;
    char error[DAVY_ERROR_MAX]; /* of the leader, for this writer's davy_error() */
};

/* A segment that is full, or was found at the start. */
struct old_segment {
    uint64_t number, last_sequence;
    bool damaged; /* set aside and not removed when it is done */
};

struct davy_commit {
    davy_commit_options options;
    pthread_mutex_t lock; /* for all that follows */
    pthread_cond_t changed;
    struct item *first, **last; /* waiting, in order */
    bool busy;                  /* a leader is at work and owns segment, sequence and gathered */
    davy_segment segment;
    uint64_t sequence;    /* of the next frame; the leader's */
    uint64_t applied;     /* the same, as of the last batch that is done */
    davy_buffer gathered; /* frames of a batch in one piece */
    struct old_segment *old;
    size_t old_count, old_capacity;
    size_t shared; /* frames of the last batch */
    davy_commit_stats stats;
};

davy_status davy_commit_open(const davy_commit_options *options, davy_commit **out)
{
    davy_commit *commit = calloc(1, sizeof *commit);
    davy_status status;

    if (!commit)
        return davy_fail(DAVY_ERR_NOMEM, "log '%s'", options->folder);
    commit->options = *options;
    commit->sequence = commit->applied = options->sequence;
    commit->last = &commit->first;
    status =
        davy_segment_create(&commit->segment, options->folder, options->number, options->sequence);
    if (status != DAVY_OK) {
        free(commit);
        return status;
    }
    pthread_mutex_init(&commit->lock, NULL);
    pthread_cond_init(&commit->changed, NULL);
    *out = commit;
    return DAVY_OK;
}

void davy_commit_close(davy_commit *commit)
{
    if (!commit)
        return;
    davy_segment_close(&commit->segment);
    davy_buffer_clear(&commit->gathered);
    pthread_cond_destroy(&commit->changed);
    pthread_mutex_destroy(&commit->lock);
    free(commit->old);
    free(commit);
}

davy_status davy_commit_adopt(davy_commit *commit, uint64_t number, uint64_t last_sequence,
                              bool damaged)
{
    if (commit->old_count == commit->old_capacity) {
        size_t capacity = commit->old_capacity ? commit->old_capacity * 2 : 16;
        struct old_segment *grown = realloc(commit->old, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu log segments", capacity);
        commit->old = grown;
        commit->old_capacity = capacity;
    }
    commit->old[commit->old_count++] = (struct old_segment){number, last_sequence, damaged};
    return DAVY_OK;
}

/* Go on in a new segment. */
static davy_status roll(davy_commit *commit)
{
    davy_segment next;
    davy_status status = davy_segment_create(&next, commit->options.folder,
                                             commit->segment.number + 1, commit->sequence);

    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&commit->lock);
    status = davy_commit_adopt(commit, commit->segment.number, commit->sequence - 1, false);
    pthread_mutex_unlock(&commit->lock);
    if (status == DAVY_OK) {
        davy_segment_close(&commit->segment);
        commit->segment = next;
        return DAVY_OK;
    }
    davy_segment_close(&next);
    unlink(next.path);
    return status;
}

/* What keeps a new segment from being made (no file can be opened, no name fits the disk) keeps no
 * frame from the old one: it stays in use, up to what is still read, and the next batch tries. */
static davy_status roll_when_full(davy_commit *commit)
{
    const uint64_t size = commit->segment.size;
    davy_status status;

    if (size < commit->options.segment_bytes)
        return DAVY_OK;
    status = roll(commit);
    return size < CROWDED_BYTES ? DAVY_OK : status;
}

static davy_status write_batch(davy_commit *commit, struct item *batch)
{
    uint64_t sequence = commit->sequence;

    davy_buffer_reset(&commit->gathered);
    for (struct item *each = batch; each; each = each->next) {
        each->sequence = sequence++;
        davy_frame_stamp((uint8_t *) each->frame.bytes, commit->segment.salt, each->sequence);
        davy_buffer_append(&commit->gathered, each->frame.bytes, each->frame.length);
    }
    if (davy_buffer_ok(&commit->gathered) != DAVY_OK) {
        commit->gathered.failed = false;
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a batch of the log");
    }
    return davy_segment_write(&commit->segment, commit->gathered.bytes, commit->gathered.length);
}

static davy_status apply_batch(davy_commit *commit, const struct item *batch)
{
    for (const struct item *each = batch; each; each = each->next) {
        davy_status status = DAVY_OK;

        if (each->count > 0)
            status = commit->options.apply(commit->options.context, each->samples, each->count,
                                           each->sequence);
        if (status != DAVY_OK)
            return status;
        commit->sequence = each->sequence + 1;
    }
    return DAVY_OK;
}

/*
 * Write, sync and apply. *lost tells that log and memory can no longer be trusted to agree; a full
 * disk or missing memory before the write leaves both as they were.
 */
static davy_status lead(davy_commit *commit, struct item *batch, int64_t *sync_ns, bool *lost)
{
    const davy_clock *clock = davy_clock_system();
    davy_status status = roll_when_full(commit);

    if (status != DAVY_OK)
        return status;
    status = write_batch(commit, batch);
    if (status != DAVY_OK) {
        *lost = status == DAVY_ERR_IO;
        return status;
    }
    *sync_ns = davy_monotonic_ns(clock);
    status = davy_segment_sync(&commit->segment);
    *sync_ns = davy_monotonic_ns(clock) - *sync_ns;
    if (status == DAVY_OK && apply_batch(commit, batch) != DAVY_OK) {
        /* It is in the log, whatever kept it from memory: nobody may be told that it is not. */
        errno = 0;
        status = davy_fail_in(DAVY_ERR_IO, "a batch is logged and cannot be served");
    }
    *lost = status != DAVY_OK;
    return status;
}

static void count_batch(davy_commit *commit, const struct item *batch, int64_t sync_ns)
{
    commit->shared = 0;
    for (const struct item *each = batch; each; each = each->next) {
        commit->stats.samples += each->count;
        commit->stats.bytes += each->frame.length;
        commit->shared++;
    }
    commit->stats.syncs++;
    commit->stats.sync_ns_last = sync_ns;
}

/* The frames that wait, up to batch_bytes and at least one. Under the lock. */
static struct item *take_batch(davy_commit *commit)
{
    struct item *batch = commit->first;
    struct item **end = &batch;
    size_t bytes = 0;

    while (*end && (end == &batch || bytes + (*end)->frame.length <= commit->options.batch_bytes)) {
        bytes += (*end)->frame.length;
        end = &(*end)->next;
    }
    commit->first = *end;
    if (!commit->first)
        commit->last = &commit->first;
    *end = NULL;
    return batch;
}

/* An item's writer may go, and take the item with it, as soon as `done` is seen. */
static void answer(struct item *batch, davy_status status)
{
    while (batch) {
        struct item *next = batch->next;

        batch->status = status;
        if (status != DAVY_OK)
            (void) snprintf(batch->error, sizeof batch->error, "%s", davy_error());
        batch->done = true;
        batch = next;
    }
}

static davy_status refuse(const davy_commit *commit)
{
    errno = 0;
    return davy_fail(DAVY_ERR_IO,
                     "the log in '%s' failed earlier and refuses writes until it is opened again",
                     commit->options.folder);
}

/* Where writers come together, others are on their way: they share the sync if it waits a moment.
 * A lone writer never waits. Under the lock, which is given up meanwhile. */
static void gather(davy_commit *commit)
{
    const struct timespec moment = {.tv_nsec = GATHER_NS};

    if (commit->shared < 2)
        return;
    pthread_mutex_unlock(&commit->lock);
    (void) nanosleep(&moment, NULL);
    pthread_mutex_lock(&commit->lock);
}

/* Lead one batch. Under the lock, which is given up for the time of the work. */
static void lead_next(davy_commit *commit)
{
    struct item *batch;
    davy_status status;
    int64_t sync_ns = 0;
    bool lost = false;

    commit->busy = true;
    gather(commit);
    batch = take_batch(commit);
    if (commit->stats.failed) {
        status = refuse(commit);
    } else {
        pthread_mutex_unlock(&commit->lock);
        status = lead(commit, batch, &sync_ns, &lost);
        pthread_mutex_lock(&commit->lock);
    }
    if (status == DAVY_OK)
        count_batch(commit, batch, sync_ns);
    commit->applied = commit->sequence;
    commit->stats.failed |= lost;
    commit->busy = false;
    answer(batch, status);
    pthread_cond_broadcast(&commit->changed);
}

static davy_status commit_item(davy_commit *commit, struct item *own)
{
    pthread_mutex_lock(&commit->lock);
    *commit->last = own;
    commit->last = &own->next;
    while (!own->done) {
        if (commit->busy)
            pthread_cond_wait(&commit->changed, &commit->lock);
        else
            lead_next(commit);
    }
    pthread_mutex_unlock(&commit->lock);
    davy_buffer_clear(&own->frame);
    if (own->status == DAVY_OK)
        return DAVY_OK;
    errno = 0; /* the leader's sentence has its words */
    return davy_fail(own->status, "%s", own->error);
}

davy_status davy_commit_samples(davy_commit *commit, const davy_sample *samples, size_t count)
{
    struct item own = {.samples = samples, .count = count};
    davy_status status = davy_frame_put_samples(&own.frame, samples, count);

    if (status == DAVY_OK)
        return commit_item(commit, &own);
    davy_buffer_clear(&own.frame);
    return status;
}

davy_status davy_commit_marks(davy_commit *commit, const davy_seal_mark *marks, size_t count)
{
    struct item own = {0};
    davy_status status = davy_frame_put_marks(&own.frame, marks, count);

    if (status == DAVY_OK)
        return commit_item(commit, &own);
    davy_buffer_clear(&own.frame);
    return status;
}

/* A damaged segment is kept under another name, for whoever asks what was lost. */
static davy_status remove_segment(const davy_commit *commit, const struct old_segment *old)
{
    char path[PATH_MAX], aside[PATH_MAX + 16];
    davy_status status = davy_segment_path(commit->options.folder, old->number, path, sizeof path);

    if (status != DAVY_OK)
        return status;
    (void) snprintf(aside, sizeof aside, "%s.damaged", path);
    if ((old->damaged ? rename(path, aside) : unlink(path)) != 0 && errno != ENOENT)
        return davy_fail(DAVY_ERR_IO, "cannot remove '%s'", path);
    return DAVY_OK;
}

/* The oldest segment, when all its frames come before `oldest`. */
static bool find_done(davy_commit *commit, uint64_t oldest, struct old_segment *old)
{
    bool found;

    pthread_mutex_lock(&commit->lock);
    found = commit->old_count > 0 && commit->old[0].last_sequence < oldest;
    if (found)
        *old = commit->old[0];
    pthread_mutex_unlock(&commit->lock);
    return found;
}

static void forget_oldest(davy_commit *commit)
{
    pthread_mutex_lock(&commit->lock);
    commit->old_count--;
    memmove(commit->old, commit->old + 1, commit->old_count * sizeof *commit->old);
    pthread_mutex_unlock(&commit->lock);
}

/* One that cannot be removed stays on the list, and so do those after it: alone it would serve
 * values that a later segment corrected. */
davy_status davy_commit_trim(davy_commit *commit, uint64_t oldest)
{
    davy_status status = DAVY_OK;
    struct old_segment old;

    while (status == DAVY_OK && find_done(commit, oldest, &old)) {
        status = remove_segment(commit, &old);
        if (status == DAVY_OK)
            forget_oldest(commit);
    }
    return status;
}

uint64_t davy_commit_beyond(davy_commit *commit, size_t segments)
{
    uint64_t sequence = 0;

    pthread_mutex_lock(&commit->lock);
    if (commit->old_count > segments)
        sequence = commit->old[commit->old_count - segments - 1].last_sequence + 1;
    pthread_mutex_unlock(&commit->lock);
    return sequence;
}

uint64_t davy_commit_sequence(davy_commit *commit)
{
    uint64_t sequence;

    pthread_mutex_lock(&commit->lock);
    sequence = commit->applied;
    pthread_mutex_unlock(&commit->lock);
    return sequence;
}

void davy_commit_get_stats(davy_commit *commit, davy_commit_stats *stats)
{
    pthread_mutex_lock(&commit->lock);
    *stats = commit->stats;
    stats->segments = commit->old_count + 1;
    pthread_mutex_unlock(&commit->lock);
}
