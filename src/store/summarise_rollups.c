/* SPDX-License-Identifier: Apache-2.0 */
#include "store/summary.h"

#include <stdlib.h>

/* A day of which fewer chunks than this for one edge of a step are there is read from its samples:
 * an edge that no tier has costs the reading of a chunk. */
#define CHUNKS_PER_EDGE 2

/* No class has this number: damage in rollups is told apart from that in day files. */
#define ROLLUPS_CLASS UINT16_MAX

/* The chunks that the signal has in the day under way, wherever. */
static davy_status find_newest(davy_summary *summary)
{
    davy_store *store = summary->store;
    davy_day_file *files;
    size_t count;
    davy_status status =
        davy_days_files(store->days, summary->number, summary->number, &files, &count);

    summary->newest = (davy_day_newest){.signal = summary->signal};
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK && summary->newest.chunks == 0; i++) {
        davy_day *day;

        status = davy_days_get(store->days, files[i], &day);
        if (status == DAVY_OK) {
            status = davy_day_get_newest(day, summary->signal, &summary->newest);
            davy_days_put(store->days, day, status != DAVY_OK);
        }
        status = status == DAVY_ERR_NOT_FOUND ? DAVY_OK : status; /* removed since */
    }
    free(files);
    return status;
}

/* Rollups are of use where all chunks that they were made from are there, and no later one; or
 * where retention took those chunks away. */
bool davy_summary_is_current(const davy_summary *summary, uint64_t through)
{
    if (summary->alone)
        return through >= summary->gone.through;
    return summary->newest.chunks > 0 && summary->newest.sequence <= through;
}

static bool make_room(davy_summary *summary, davy_summary_block *block)
{
    if (!summary->work && davy_codec_work_create(&summary->work) != DAVY_OK)
        return false;
    if (!block->rows)
        block->rows = malloc(DAVY_ROLLUP_ROWS_MAX * sizeof *block->rows);
    return block->rows != NULL;
}

/* Whatever is wrong with it: samples answer as well. */
static bool load(davy_summary *summary, davy_rollup_tier tier, unsigned part)
{
    davy_summary_block *block = &summary->blocks[tier];
    const davy_rollup_key key = {summary->signal, tier, part};
    uint64_t through;
    davy_status status;

    if (block->looked && block->part == part)
        return block->usable;
    block->looked = true;
    block->part = part;
    block->usable = false;
    if (!make_room(summary, block))
        return false;
    status = davy_rollup_file_get(summary->file, summary->work, key, &through, block->rows,
                                  &block->count);
    if (status == DAVY_ERR_CORRUPT)
        davy_damage_add(&summary->store->damage, (davy_day_file){summary->number, ROLLUPS_CLASS},
                        NULL);
    block->usable = status == DAVY_OK && davy_summary_is_current(summary, through);
    return block->usable;
}

/* The first row at or after a time. */
static size_t find_row(const davy_summary_block *block, int64_t time_ns)
{
    size_t low = 0, high = block->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (block->rows[middle].time_ns < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* All rows of [from_ns, to_ns), which lies in one step and in one block. */
static void add_rows(davy_summary *summary, davy_rollup_tier tier, int64_t from_ns, int64_t to_ns)
{
    const davy_summary_block *block = &summary->blocks[tier];
    davy_store_bucket *bucket = &summary->buckets[davy_summary_bucket(summary, from_ns)];

    for (size_t i = find_row(block, from_ns); i < block->count && block->rows[i].time_ns < to_ns;
         i++)
        davy_bucket_add(bucket, &block->rows[i]);
}

static davy_status add_finer(davy_summary *summary, int tier, int64_t from_ns, int64_t to_ns);

/*
 * Where rollups answer alone: a step of 10 s that has samples in them is as they say, and counts
 * where it begins; samples that came later fill steps that have none.
 */
static davy_status add_late(davy_summary *summary, int64_t from_ns, int64_t to_ns)
{
    return from_ns < to_ns ? davy_summary_add_samples(summary, from_ns, to_ns) : DAVY_OK;
}

/* A later sample of a step that rollups have is passed over. */
static void pass_hot(davy_summary *summary, int64_t to_ns)
{
    const size_t to = davy_points_find(summary->hot, to_ns);

    summary->hot_at = to > summary->hot_at ? to : summary->hot_at;
}

static davy_status add_kept_block(davy_summary *summary, int64_t from_ns, int64_t to_ns)
{
    const int64_t step_ns = davy_rollup_step_ns[DAVY_ROLLUP_10S];
    const davy_summary_block *block = &summary->blocks[DAVY_ROLLUP_10S];
    size_t i = find_row(block, from_ns);
    davy_status status = DAVY_OK;

    if (i > 0 && block->rows[i - 1].time_ns + step_ns > from_ns)
        from_ns = block->rows[i - 1].time_ns + step_ns;
    for (; i < block->count && block->rows[i].time_ns < to_ns && status == DAVY_OK; i++) {
        const davy_store_bucket *row = &block->rows[i];

        pass_hot(summary, from_ns);
        status = add_late(summary, from_ns, row->time_ns);
        davy_bucket_add(&summary->buckets[davy_summary_bucket(summary, row->time_ns)], row);
        from_ns = row->time_ns + step_ns;
    }
    pass_hot(summary, from_ns < to_ns ? from_ns : to_ns);
    return status == DAVY_OK ? add_late(summary, from_ns, to_ns) : status;
}

static davy_status add_kept(davy_summary *summary, int64_t from_ns, int64_t to_ns)
{
    const int64_t day_ns = davy_day_start_ns(summary->number);
    davy_status status = DAVY_OK;

    while (from_ns < to_ns && status == DAVY_OK) {
        const int64_t part = (from_ns - day_ns) / davy_rollup_part_ns[DAVY_ROLLUP_10S];
        int64_t end_ns = day_ns + (part + 1) * davy_rollup_part_ns[DAVY_ROLLUP_10S];

        end_ns = end_ns < to_ns ? end_ns : to_ns;
        status = load(summary, DAVY_ROLLUP_10S, (unsigned) part)
                     ? add_kept_block(summary, from_ns, end_ns)
                     : davy_summary_add_samples(summary, from_ns, end_ns);
        from_ns = end_ns;
    }
    return status;
}

/* A stretch that begins and ends with steps of the tier; those with hot points in them are not from
 * rollups. */
static davy_status add_block(davy_summary *summary, davy_rollup_tier tier, int64_t from_ns,
                             int64_t to_ns)
{
    const int64_t step_ns = davy_rollup_step_ns[tier], day_ns = davy_day_start_ns(summary->number);
    const davy_points *hot = summary->hot;
    davy_status status = DAVY_OK;

    while (from_ns < to_ns && status == DAVY_OK) {
        int64_t hot_ns = to_ns;

        if (summary->hot_at < hot->count && hot->times[summary->hot_at] < to_ns)
            hot_ns = hot->times[summary->hot_at] - (hot->times[summary->hot_at] - day_ns) % step_ns;
        add_rows(summary, tier, from_ns, hot_ns);
        from_ns = hot_ns;
        if (from_ns < to_ns) {
            status = add_finer(summary, (int) tier, from_ns, from_ns + step_ns);
            from_ns += step_ns;
        }
    }
    return status;
}

/* A stretch that begins and ends with steps of the tier, of any number of blocks. */
static davy_status add_blocks(davy_summary *summary, davy_rollup_tier tier, int64_t from_ns,
                              int64_t to_ns)
{
    const int64_t day_ns = davy_day_start_ns(summary->number);
    davy_status status = DAVY_OK;

    while (from_ns < to_ns && status == DAVY_OK) {
        const int64_t part = (from_ns - day_ns) / davy_rollup_part_ns[tier];
        int64_t end_ns = day_ns + (part + 1) * davy_rollup_part_ns[tier];

        end_ns = end_ns < to_ns ? end_ns : to_ns;
        status = load(summary, tier, (unsigned) part)
                     ? add_block(summary, tier, from_ns, end_ns)
                     : add_finer(summary, (int) tier, from_ns, end_ns);
        from_ns = end_ns;
    }
    return status;
}

/* Within one step of the summary: what lies in whole steps of the tier from it, the rest from the
 * tiers below it. */
static davy_status add_tier(davy_summary *summary, int tier, int64_t from_ns, int64_t to_ns)
{
    const int64_t step_ns = davy_rollup_step_ns[tier], day_ns = davy_day_start_ns(summary->number);
    const int64_t begin_ns = day_ns + (from_ns - day_ns + step_ns - 1) / step_ns * step_ns;
    const int64_t end_ns = day_ns + (to_ns - day_ns) / step_ns * step_ns;
    davy_status status;

    if (begin_ns >= end_ns)
        return add_finer(summary, tier, from_ns, to_ns);
    status = add_finer(summary, tier, from_ns, begin_ns);
    if (status == DAVY_OK)
        status = add_blocks(summary, (davy_rollup_tier) tier, begin_ns, end_ns);
    return status == DAVY_OK ? add_finer(summary, tier, end_ns, to_ns) : status;
}

static davy_status add_finer(davy_summary *summary, int tier, int64_t from_ns, int64_t to_ns)
{
    if (from_ns >= to_ns)
        return DAVY_OK;
    if (summary->alone && (tier == DAVY_ROLLUP_10S || summary->newest.chunks > 0))
        return add_kept(summary, from_ns, to_ns);
    if (tier == DAVY_ROLLUP_10S)
        return davy_summary_add_samples(summary, from_ns, to_ns);
    return add_tier(summary, tier - 1, from_ns, to_ns);
}

/* Edges of steps where no tier has one need samples; many of them are dearer than all samples. */
static bool are_too_many_edges(const davy_summary *summary, int64_t from_ns, int64_t to_ns)
{
    const int64_t fine_ns = davy_rollup_step_ns[DAVY_ROLLUP_10S];

    if (summary->from_ns % fine_ns == 0 && summary->step_ns % fine_ns == 0)
        return false;
    return (uint64_t) ((to_ns - from_ns) / summary->step_ns) >
           summary->newest.chunks / CHUNKS_PER_EDGE;
}

/* Whether chunks of the signal are gone, and what is there is not what its rollups are of. */
static davy_status find_gone(davy_summary *summary)
{
    bool found = false;
    davy_status status =
        davy_rollup_file_get_gone(summary->file, summary->signal, &summary->gone, &found);

    summary->alone =
        status == DAVY_OK && found &&
        (summary->newest.chunks == 0 || summary->newest.oldest > summary->gone.through);
    return status;
}

bool davy_summary_enter_day(davy_summary *summary)
{
    summary->alone = false;
    if (davy_rollups_get(summary->store->rollups, summary->number, &summary->file) == DAVY_OK)
        return find_newest(summary) == DAVY_OK && find_gone(summary) == DAVY_OK;
    summary->file = NULL;
    return false;
}

static bool are_of_use(davy_summary *summary, int64_t from_ns, int64_t to_ns)
{
    if (!davy_summary_enter_day(summary) || !load(summary, DAVY_ROLLUP_1H, 0))
        return false;
    return summary->alone || (summary->step_ns >= davy_rollup_step_ns[DAVY_ROLLUP_10S] &&
                              !are_too_many_edges(summary, from_ns, to_ns));
}

davy_status davy_summary_add_stretch(davy_summary *summary, int64_t from_ns, int64_t to_ns)
{
    davy_status status = DAVY_OK;

    if (!are_of_use(summary, from_ns, to_ns))
        return davy_summary_add_samples(summary, from_ns, to_ns);
    while (from_ns < to_ns && status == DAVY_OK) {
        int64_t end_ns = davy_summary_bucket_end(summary, davy_summary_bucket(summary, from_ns));

        end_ns = end_ns < to_ns ? end_ns : to_ns;
        status = add_finer(summary, DAVY_ROLLUP_TIERS, from_ns, end_ns);
        from_ns = end_ns;
    }
    return status;
}

void davy_summary_leave_day(davy_summary *summary)
{
    davy_rollups_put(summary->store->rollups, summary->file, false);
    summary->file = NULL;
    for (size_t i = 0; i < DAVY_ROLLUP_TIERS; i++)
        summary->blocks[i].looked = false;
}

void davy_summary_clear(davy_summary *summary)
{
    for (size_t i = 0; i < DAVY_ROLLUP_TIERS; i++)
        free(summary->blocks[i].rows);
    davy_codec_work_destroy(summary->work);
}
