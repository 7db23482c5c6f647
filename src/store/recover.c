/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include "core/file.h"
#include "store/hot_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Roll a log segment at this size: small enough to be removed soon, large enough to be few. */
#define SEGMENT_BYTES ((size_t) 16 * 1024 * 1024)

/* From here on a thread adds while the next bytes are read: it is made in a millisecond's time. */
#define THREAD_BYTES ((uint64_t) 4 * 1024 * 1024)

/* A replay: first all marks are read, then the samples that no mark covers. */
struct replay {
    davy_store *store;
    uint64_t *through; /* by signal: its samples in frames up to here are in day files */
    size_t signals;
    davy_buffer bytes; /* of the segment that is read */
    davy_hot_feed *feed;
};

static davy_status read_marks(void *context, const davy_frame *frame)
{
    struct replay *replay = context;
    davy_seal_mark *marks;
    size_t count;
    davy_status status;

    if (frame->type != DAVY_FRAME_SEALED)
        return DAVY_OK;
    status = davy_frame_get_marks(frame, &marks, &count);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (marks[i].signal < replay->signals &&
            marks[i].through > replay->through[marks[i].signal])
            replay->through[marks[i].signal] = marks[i].through;
    free(marks);
    return DAVY_OK;
}

/* Keep what is not sealed, in place. An id that the catalogue does not know is damage. */
static bool filter(const struct replay *replay, const davy_frame *frame, davy_sample *samples,
                   size_t *count)
{
    size_t kept = 0;
    bool known = true;

    for (size_t i = 0; i < *count; i++) {
        if (samples[i].signal >= replay->signals)
            known = false;
        else if (frame->sequence > replay->through[samples[i].signal])
            samples[kept++] = samples[i];
    }
    *count = kept;
    return known;
}

static davy_status read_samples(struct replay *replay, const davy_frame *frame)
{
    davy_buffer *samples = davy_hot_feed_samples(replay->feed);
    size_t before = samples->length, count;
    davy_status status = davy_frame_get_samples(frame, samples, &count);
    bool known;

    if (status != DAVY_OK)
        return status;
    known = filter(replay, frame, (davy_sample *) (void *) (samples->bytes + before), &count);
    samples->length = before + count * sizeof(davy_sample);
    status = davy_hot_feed_push(replay->feed, count, frame->sequence);
    /* A reader may see samples of signals that were made after it read the catalogue. */
    if (status == DAVY_OK && !known && !replay->store->read_only)
        return davy_fail(DAVY_ERR_CORRUPT, "frame %llu of the log has samples of unknown signals",
                         (unsigned long long) frame->sequence);
    return status;
}

/* All samples are visited, and all that is of an unknown kind. */
static davy_status visit_samples(void *context, const davy_frame *frame)
{
    if (frame->type == DAVY_FRAME_SEALED)
        return DAVY_OK;
    if (frame->type == DAVY_FRAME_SAMPLES)
        return read_samples(context, frame);
    return davy_fail(DAVY_ERR_CORRUPT, "frame %llu of the log is of an unknown kind",
                     (unsigned long long) frame->sequence);
}

/* One that is gone has been sealed since it was listed. */
static davy_status read_all_marks(struct replay *replay, const uint64_t *numbers, size_t count,
                                  uint64_t *bytes)
{
    const char *folder = replay->store->hot_folder;

    for (size_t i = 0; i < count; i++) {
        bool live = i + 1 == count && replay->store->read_only;
        char path[PATH_MAX];
        uint64_t size = 0;
        davy_status status = davy_segment_path(folder, numbers[i], path, sizeof path);

        if (status == DAVY_OK)
            status = davy_segment_read_type(path, live, DAVY_FRAME_SEALED, &replay->bytes,
                                            read_marks, replay, &size);
        if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND)
            return status;
        *bytes += size;
    }
    return DAVY_OK;
}

/* DAVY_ERR_NOT_FOUND: it is gone, since it has been sealed after it was listed. */
static davy_status read_segment(struct replay *replay, uint64_t number, bool last,
                                davy_segment_report *report)
{
    bool live = last && replay->store->read_only;
    char path[PATH_MAX];
    davy_status status = davy_segment_path(replay->store->hot_folder, number, path, sizeof path);

    *report = (davy_segment_report){0};
    if (status == DAVY_OK)
        status = davy_segment_read(path, live, &replay->bytes, visit_samples, replay, report);
    return status;
}

/* What a reader has read so far is in the day files by now, as the segment that is gone is:
 * segments go from the oldest on. Here it would win over what corrected it there. */
static davy_status forget_earlier(const struct replay *replay)
{
    davy_store *store = replay->store;
    davy_status status;

    if (!store->read_only)
        return DAVY_OK;
    status = davy_hot_feed_finish(replay->feed);
    if (status != DAVY_OK)
        return status;
    davy_hot_destroy(store->hot);
    store->hot = NULL;
    status = davy_hot_create(&store->hot);
    return status == DAVY_OK ? davy_hot_set_signals(store->hot, replay->signals) : status;
}

/*
 * The last writer may have died before it synced, or because a sync failed: what is read here may
 * be in the system's memory alone, taken for written. Its samples are about to be served, and some
 * of a frame may be sealed while the rest is still in the log. So the good frames are written once
 * more and synced, and what a crash left after them is cut off.
 */
static davy_status settle(const struct replay *replay, uint64_t number,
                          const davy_segment_report *report)
{
    char path[PATH_MAX];
    davy_status status = davy_segment_path(replay->store->hot_folder, number, path, sizeof path);
    int descriptor;

    if (status != DAVY_OK)
        return status;
    descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    status = davy_file_write_all(descriptor, replay->bytes.bytes, (size_t) report->good_size);
    if (status != DAVY_OK)
        davy_fail_in(status, "'%s'", path);
    if (status == DAVY_OK && ftruncate(descriptor, (off_t) report->good_size) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot cut '%s'", path);
    if (status == DAVY_OK && fsync(descriptor) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot sync '%s'", path);
    close(descriptor);
    return status;
}

/* What a segment's reading means for the store. Only the last one may end in the middle. */
static davy_status judge(const struct replay *replay, uint64_t number, bool last,
                         davy_segment_report *report)
{
    davy_store *store = replay->store;

    store->recovered_frames += report->frames;
    if (report->torn > 0 && !last)
        report->damage++;
    davy_log_damage_note(&store->log_damage, number, report);
    if (!last)
        return DAVY_OK;
    store->cut_bytes += report->torn;
    store->empty_segments += report->size == 0;
    return store->read_only || report->size == 0 ? DAVY_OK : settle(replay, number, report);
}

static davy_status replay_all(struct replay *replay, const uint64_t *numbers, size_t count,
                              davy_segment_report *reports)
{
    davy_store *store = replay->store;
    uint64_t bytes = 0;
    davy_status status = read_all_marks(replay, numbers, count, &bytes);

    if (status == DAVY_OK)
        status = davy_hot_feed_create(&store->hot, bytes >= THREAD_BYTES, &replay->feed);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = read_segment(replay, numbers[i], i + 1 == count, &reports[i]);
        if (status == DAVY_ERR_NOT_FOUND)
            status = forget_earlier(replay);
        else if (status == DAVY_OK)
            status = judge(replay, numbers[i], i + 1 == count, &reports[i]);
    }
    return status == DAVY_OK ? davy_hot_feed_finish(replay->feed) : status;
}

/* Highest sequence in the day files; asked only when the log is gone. */
static davy_status sealed_sequence(davy_store *store, uint64_t *sequence)
{
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_day_totals totals;
        davy_day *day;

        status = davy_days_get(store->days, files[i], &day);
        if (status != DAVY_OK)
            break;
        status = davy_day_get_totals(day, &totals);
        davy_days_put(store->days, day, status != DAVY_OK);
        if (status == DAVY_OK && totals.sequence > *sequence)
            *sequence = totals.sequence;
    }
    free(files);
    return status;
}

/* Begin a new segment after those that were found, which wait until they are sealed. */
static davy_status begin_log(davy_store *store, const uint64_t *numbers, size_t count,
                             const davy_segment_report *reports)
{
    davy_commit_options options = {.folder = store->hot_folder,
                                   .number = count > 0 ? numbers[count - 1] + 1 : 1,
                                   .batch_bytes = store->batch_bytes,
                                   .segment_bytes = SEGMENT_BYTES,
                                   .apply = davy_store_apply,
                                   .context = store};
    uint64_t sequence = 0;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count; i++)
        if (reports[i].sequence > sequence)
            sequence = reports[i].sequence;
    if (sequence == 0)
        status = sealed_sequence(store, &sequence);
    options.sequence = sequence + 1;
    if (count >
        0) /* what is cut off may have been frames, sealed ones too: their numbers are gone */
        options.sequence += reports[count - 1].torn / DAVY_FRAME_HEAD;
    if (status == DAVY_OK)
        status = davy_commit_open(&options, &store->commit);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = davy_commit_adopt(store->commit, numbers[i],
                                   reports[i].sequence > 0 ? reports[i].sequence : sequence,
                                   reports[i].damage > 0);
    return status;
}

davy_status davy_store_recover(davy_store *store)
{
    struct replay replay = {.store = store, .signals = davy_catalogue_count(store->catalogue)};
    davy_segment_report *reports = NULL;
    uint64_t *numbers = NULL;
    size_t count = 0;
    davy_status status = davy_segment_list(store->hot_folder, &numbers, &count);

    if (status != DAVY_OK)
        return status;
    reports = calloc(count + 1, sizeof *reports);
    replay.through = calloc(replay.signals + 1, sizeof *replay.through);
    if (!reports || !replay.through)
        status = davy_fail(DAVY_ERR_NOMEM, "no memory to replay '%s'", store->hot_folder);
    if (status == DAVY_OK)
        status = davy_hot_set_signals(store->hot, replay.signals);
    if (status == DAVY_OK)
        status = replay_all(&replay, numbers, count, reports);
    if (status == DAVY_OK && !store->read_only)
        status = begin_log(store, numbers, count, reports);
    davy_hot_feed_destroy(replay.feed);
    davy_buffer_clear(&replay.bytes);
    if (status == DAVY_OK && !store->read_only)
        davy_log_damage_log(&store->log_damage, store->hot_folder);
    free(replay.through);
    free(reports);
    free(numbers);
    return status;
}
