/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_make.h"

#include "core/log.h"
#include "store/private.h"
#include "store/rollup_rows.h"

#include <stdlib.h>

/* Signals whose rollups are written in one transaction; a few MB at most. */
#define SIGNALS_PER_COMMIT ((size_t) 64)

/* What making needs for a day, used for signal after signal. */
struct making {
    davy_store *store;
    int32_t number;
    davy_rollup_file *file;
    davy_codec_work *work;
    davy_rollup_day *rows;
    davy_held_day states;
    davy_damage *damage; /* of the signal under way */
    bool last_chance;    /* the chunks are about to go: what is damaged stays behind */
    davy_rollup_pause pause;
    void *context;
};

static davy_status add_run(void *context, const davy_store_run *run)
{
    struct making *making = context;

    davy_rollup_day_add(making->rows, run);
    davy_held_day_add(&making->states, run);
    return DAVY_OK;
}

/* All samples of the chunks, without those in memory: they are not sealed, so no block has them. */
static davy_status read_samples(const struct making *making, davy_day *day,
                                const davy_chunk_heads *heads)
{
    static const davy_points nothing;
    const davy_merge_input input = {.signal = heads->items[0].signal,
                                    .from_ns = INT64_MIN,
                                    .to_ns = INT64_MAX,
                                    .day = day,
                                    .heads = heads->items,
                                    .head_count = heads->count,
                                    .hot = &nothing,
                                    .damage = making->damage};

    return davy_merge(&input, add_run, (void *) making);
}

static davy_status put_tier(davy_rollup_file *file, davy_codec_work *work, davy_signal_id signal,
                            davy_rollup_tier tier, uint64_t through, const davy_rollup_rows *rows)
{
    const int64_t day_ns = davy_day_start_ns(davy_rollup_file_number(file));
    davy_status status = DAVY_OK;
    size_t begin = 0;

    for (unsigned part = 0;
         part < 86400 * DAVY_NS_PER_S / davy_rollup_part_ns[tier] && status == DAVY_OK; part++) {
        const int64_t end_ns = day_ns + (int64_t) (part + 1) * davy_rollup_part_ns[tier];
        size_t end = begin;

        while (end < rows->count && rows->items[end].time_ns < end_ns)
            end++;
        status = davy_rollup_file_put(file, work, (davy_rollup_key){signal, tier, part}, through,
                                      rows->items + begin, end - begin);
        begin = end;
    }
    return status;
}

davy_status davy_rollups_put_day(davy_rollup_file *file, davy_codec_work *work,
                                 davy_signal_id signal, uint64_t through,
                                 const davy_rollup_day *day)
{
    davy_status status = DAVY_OK;

    for (int tier = 0; tier < DAVY_ROLLUP_TIERS && status == DAVY_OK; tier++)
        status = put_tier(file, work, signal, (davy_rollup_tier) tier, through, &day->tiers[tier]);
    return status;
}

static davy_status put_states(const struct making *making, davy_signal_id signal,
                              davy_rollup_tier tier, uint64_t through)
{
    const davy_held_day *states = &making->states;
    const davy_held_row *rows = states->rows[tier];
    davy_status status = DAVY_OK;
    size_t begin = 0, end = 0;

    for (unsigned part = 0;
         part < 86400 * DAVY_NS_PER_S / davy_rollup_part_ns[tier] && status == DAVY_OK; part++) {
        const int64_t end_ns =
            davy_day_start_ns(making->number) + (int64_t) (part + 1) * davy_rollup_part_ns[tier];

        while (end < states->counts[tier] && rows[end].time_ns < end_ns)
            end++;
        status = davy_rollup_file_put_states(
            making->file, making->work, (davy_rollup_key){signal, tier, part}, through,
            states->values, states->states, rows + begin, end - begin);
        begin = end;
    }
    return status;
}

static uint64_t find_through(const davy_chunk_heads *heads)
{
    uint64_t through = 0;

    for (size_t i = 0; i < heads->count; i++)
        through = heads->items[i].sequence > through ? heads->items[i].sequence : through;
    return through;
}

/* Nothing is made where something is damaged: samples tell of it, rollups would not. */
static davy_status put_signal(struct making *making, const davy_chunk_heads *heads)
{
    const davy_signal_id signal = heads->items[0].signal;
    const uint64_t through = find_through(heads);
    davy_status status;

    if (!making->last_chance && (heads->damaged > 0 || davy_damage_count(making->damage) > 0))
        return DAVY_OK;
    davy_rollup_day_finish(making->rows);
    davy_held_day_finish(&making->states);
    status = davy_rollups_put_day(making->file, making->work, signal, through, making->rows);
    for (int tier = 0; tier < DAVY_ROLLUP_TIERS && status == DAVY_OK && !making->states.too_many;
         tier++)
        status = put_states(making, signal, (davy_rollup_tier) tier, through);
    return status;
}

static davy_status make_signal(struct making *making, davy_signal_id signal)
{
    davy_chunk_heads heads = {0};
    davy_day *day;
    davy_status status = davy_store_get_heads(making->store, making->number, signal, INT64_MIN,
                                              INT64_MAX, &day, &heads);

    if (status != DAVY_OK)
        return status;
    davy_rollup_day_reset(making->rows);
    davy_held_day_reset(&making->states);
    davy_damage_init(making->damage);
    if (heads.count > 0)
        status = read_samples(making, day, &heads);
    davy_days_put(making->store->days, day, false);
    if (status == DAVY_OK && heads.count > 0)
        status = put_signal(making, &heads);
    davy_damage_clear(making->damage);
    davy_chunk_heads_clear(&heads);
    return status;
}

/* True when the blocks of a signal lack a chunk of it. Those that outlived theirs stay as they are.
 */
static davy_status is_stale(struct making *making, const davy_day_newest *newest, bool *stale)
{
    uint64_t through;
    davy_rollup_gone gone = {0};
    bool found, is_gone = false;
    davy_status status = davy_rollup_file_through(making->file, newest->signal, &through, &found);

    *stale = !found || through < newest->sequence;
    if (status == DAVY_OK && *stale)
        status = davy_rollup_file_get_gone(making->file, newest->signal, &gone, &is_gone);
    *stale &= !is_gone || newest->oldest <= gone.through;
    return status;
}

/* Those of a few signals that need it, in one transaction. */
static davy_status make_signals(struct making *making, const davy_day_newest *items, size_t count)
{
    davy_status status = davy_rollup_file_begin(making->file);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        bool stale = false;

        status = is_stale(making, &items[i], &stale);
        if (status == DAVY_OK && stale)
            status = make_signal(making, items[i].signal);
        if (status == DAVY_OK && stale && making->pause)
            status = making->pause(making->context);
    }
    return davy_rollup_file_end(making->file, status);
}

static davy_status list_signals(struct making *making, davy_day_file file, davy_signal_id from,
                                davy_day_newest *items, size_t *count)
{
    davy_day *day;
    davy_status status = davy_days_get(making->store->days, file, &day);

    *count = 0;
    if (status != DAVY_OK)
        return status;
    status = davy_day_list_newest(day, from, items, SIGNALS_PER_COMMIT, count);
    davy_days_put(making->store->days, day, status != DAVY_OK);
    return status;
}

static davy_status make_file(struct making *making, davy_day_file file)
{
    davy_day_newest items[SIGNALS_PER_COMMIT];
    davy_signal_id from = 0;
    size_t count = SIGNALS_PER_COMMIT;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && count == SIGNALS_PER_COMMIT) {
        status = list_signals(making, file, from, items, &count);
        if (status == DAVY_OK && count > 0) {
            from = items[count - 1].signal + 1;
            status = make_signals(making, items, count);
        }
    }
    return status;
}

/* What the day files hold, to see whether anything changed since. */
static davy_status add_totals(davy_store *store, davy_day_file file, davy_rollup_totals *sum)
{
    davy_day_totals totals;
    davy_day *day;
    davy_status status = davy_days_get(store->days, file, &day);

    if (status != DAVY_OK)
        return status;
    status = davy_day_get_totals(day, &totals);
    davy_days_put(store->days, day, status != DAVY_OK);
    if (status != DAVY_OK)
        return status;
    sum->chunks += totals.chunks;
    sum->samples += totals.samples;
    sum->sequence = totals.sequence > sum->sequence ? totals.sequence : sum->sequence;
    return DAVY_OK;
}

static davy_status note_totals(struct making *making, const davy_rollup_totals *seen)
{
    davy_status status = davy_rollup_file_begin(making->file);

    if (status != DAVY_OK)
        return status;
    davy_rollup_file_note(making->file, seen->chunks, seen->samples, seen->sequence);
    return davy_rollup_file_end(making->file, DAVY_OK);
}

/* A file that is damaged or went meanwhile is no reason to leave out the others. */
static bool can_go_on(davy_status status)
{
    return status == DAVY_OK || status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED ||
           status == DAVY_ERR_NOT_FOUND;
}

static davy_status make_files(struct making *making, const davy_day_file *files, size_t count)
{
    davy_rollup_totals seen = {0}, noted;
    davy_status status = davy_rollup_file_get_totals(making->file, &noted);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        if (add_totals(making->store, files[i], &seen) != DAVY_OK)
            noted.sequence = UINT64_MAX; /* look at the others, and again the next time */
    if (!making->last_chance && seen.chunks == noted.chunks && seen.samples == noted.samples &&
        seen.sequence == noted.sequence)
        return DAVY_OK;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = make_file(making, files[i]);
        status = can_go_on(status) ? DAVY_OK : status;
    }
    return status == DAVY_OK ? note_totals(making, &seen) : status;
}

static davy_status prepare(struct making *making)
{
    davy_status status = davy_codec_work_create(&making->work);

    if (status == DAVY_OK)
        status = davy_rollup_day_create(&making->rows);
    if (status == DAVY_OK)
        status = davy_held_day_init(&making->states);
    making->damage = malloc(sizeof *making->damage);
    if (status == DAVY_OK && !making->damage)
        status = davy_fail(DAVY_ERR_NOMEM, "no memory for rollups");
    return status;
}

/* A file that is damaged is set aside, and a new one made. */
static davy_status make_day(struct making *making, const davy_day_file *files, size_t count)
{
    davy_rollups *rollups = making->store->rollups;
    davy_status status = DAVY_ERR_CORRUPT;

    for (int attempt = 0; attempt < 2 && status == DAVY_ERR_CORRUPT; attempt++) {
        status = davy_rollups_make(rollups, making->number, &making->file);
        if (status == DAVY_OK) {
            status = make_files(making, files, count);
            davy_rollups_put(rollups, making->file, status != DAVY_OK);
        }
        if (status == DAVY_ERR_CORRUPT && attempt == 0) {
            davy_log(DAVY_LOG_WARNING, "store", "%s: the rollups are set aside and made anew",
                     davy_error());
            if (davy_rollups_set_aside(rollups, making->number) != DAVY_OK)
                break;
        }
    }
    return status;
}

static davy_status run(struct making *making)
{
    davy_day_file *files;
    size_t count;
    davy_status status =
        davy_days_files(making->store->days, making->number, making->number, &files, &count);

    if (status != DAVY_OK)
        return status;
    if (count > 0)
        status = prepare(making);
    if (status == DAVY_OK && count > 0)
        status = make_day(making, files, count);
    davy_codec_work_destroy(making->work);
    davy_rollup_day_destroy(making->rows);
    davy_held_day_clear(&making->states);
    free(making->damage);
    free(files);
    return status;
}

davy_status davy_rollups_make_day(davy_store *store, int32_t number, davy_rollup_pause pause,
                                  void *context)
{
    struct making making = {.store = store, .number = number, .pause = pause, .context = context};

    return run(&making);
}

davy_status davy_rollups_make_last(davy_store *store, int32_t number)
{
    struct making making = {.store = store, .number = number, .last_chance = true};

    return run(&making);
}
