/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"
#include "store/rollup_make.h"

#include <stdlib.h>

/* Signals that are noted in one transaction. */
#define SIGNALS_PER_COMMIT ((size_t) 64)

/* What it needs for a file. */
struct outliving {
    davy_store *store;
    davy_day_file which;
    davy_rollup_file *file;
    davy_codec_work *work;
    davy_rollup_day *late, *all; /* made with the first signal of which samples came late */
    davy_store_bucket *rows;     /* of one block */
};

static davy_status add_run(void *context, const davy_store_run *run)
{
    davy_rollup_day_add(context, run);
    return DAVY_OK;
}

static davy_status read_late(struct outliving *outliving, davy_signal_id signal)
{
    static const davy_points nothing;
    davy_chunk_heads heads = {0};
    davy_day *day = NULL;
    davy_status status = davy_store_get_heads(outliving->store, outliving->which.number, signal,
                                              INT64_MIN, INT64_MAX, &day, &heads);

    davy_rollup_day_reset(outliving->late);
    if (status == DAVY_OK && heads.count > 0) {
        const davy_merge_input input = {.signal = signal,
                                        .from_ns = INT64_MIN,
                                        .to_ns = INT64_MAX,
                                        .day = day,
                                        .heads = heads.items,
                                        .head_count = heads.count,
                                        .hot = &nothing,
                                        .damage = &outliving->store->damage};

        status = davy_merge(&input, add_run, outliving->late);
    }
    if (status == DAVY_OK)
        davy_days_put(outliving->store->days, day, false);
    davy_chunk_heads_clear(&heads);
    davy_rollup_day_finish(outliving->late);
    return status;
}

/* Rows of a block, and between them the late ones of steps that it has none of. */
static void fold_block(struct outliving *outliving, size_t count, int64_t end_ns, size_t *at)
{
    const davy_rollup_rows *late = &outliving->late->tiers[DAVY_ROLLUP_10S];

    for (size_t i = 0; i < count; i++) {
        for (; *at < late->count && late->items[*at].time_ns < outliving->rows[i].time_ns; ++*at)
            davy_rollup_day_keep(outliving->all, &late->items[*at]);
        *at += *at < late->count && late->items[*at].time_ns == outliving->rows[i].time_ns;
        davy_rollup_day_keep(outliving->all, &outliving->rows[i]);
    }
    for (; *at < late->count && late->items[*at].time_ns < end_ns; ++*at)
        davy_rollup_day_keep(outliving->all, &late->items[*at]);
}

static davy_status fold_blocks(struct outliving *outliving, davy_signal_id signal)
{
    const int64_t day_ns = davy_day_start_ns(outliving->which.number);
    davy_status status = DAVY_OK;
    size_t at = 0;

    davy_rollup_day_reset(outliving->all);
    for (unsigned part = 0; part < DAVY_ROLLUP_PARTS_MAX && status == DAVY_OK; part++) {
        uint64_t through;
        size_t count = 0;

        status = davy_rollup_file_get(outliving->file, outliving->work,
                                      (davy_rollup_key){signal, DAVY_ROLLUP_10S, part}, &through,
                                      outliving->rows, &count);
        if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_NOT_FOUND) {
            status = DAVY_OK; /* what is damaged is left out */
            count = 0;
        }
        fold_block(outliving, count,
                   day_ns + (int64_t) (part + 1) * davy_rollup_part_ns[DAVY_ROLLUP_10S], &at);
    }
    davy_rollup_day_finish(outliving->all);
    return status;
}

static davy_status prepare_fold(struct outliving *outliving)
{
    davy_status status = DAVY_OK;

    if (!outliving->late)
        status = davy_rollup_day_create(&outliving->late);
    if (status == DAVY_OK && !outliving->all)
        status = davy_rollup_day_create(&outliving->all);
    if (status == DAVY_OK && !outliving->rows)
        outliving->rows = malloc(DAVY_ROLLUP_ROWS_MAX * sizeof *outliving->rows);
    return status == DAVY_OK && !outliving->rows
               ? davy_fail(DAVY_ERR_NOMEM, "no memory for rollups")
               : status;
}

/* Samples came after the others had gone, and go now as well. */
static davy_status fold(struct outliving *outliving, const davy_day_newest *newest)
{
    davy_status status = prepare_fold(outliving);

    if (status == DAVY_OK)
        status = read_late(outliving, newest->signal);
    if (status == DAVY_OK)
        status = fold_blocks(outliving, newest->signal);
    if (status == DAVY_OK)
        status = davy_rollups_put_day(outliving->file, outliving->work, newest->signal,
                                      newest->sequence, outliving->all);
    return status;
}

/* Samples that came after the others had gone become part of what stays. */
static davy_status fold_late(struct outliving *outliving, const davy_day_newest *newest)
{
    davy_rollup_gone gone;
    bool is_gone;
    davy_status status =
        davy_rollup_file_get_gone(outliving->file, newest->signal, &gone, &is_gone);

    return status == DAVY_OK && is_gone && newest->oldest > gone.through ? fold(outliving, newest)
                                                                         : status;
}

/* One of which samples had gone before stays noted as it is: all that came later is later still. */
static davy_status note_signal(struct outliving *outliving, const davy_day_newest *newest)
{
    davy_rollup_gone gone = {newest->signal, 0};
    bool is_gone, found = false;
    davy_status status =
        davy_rollup_file_get_gone(outliving->file, newest->signal, &gone, &is_gone);

    if (status == DAVY_OK && (!is_gone || newest->oldest <= gone.through))
        status = davy_rollup_file_through(outliving->file, newest->signal, &gone.through, &found);
    return status == DAVY_OK && found ? davy_rollup_file_put_gone(outliving->file, gone) : status;
}

/* The samples are there: what is noted of them is wrong. */
static davy_status unnote_signal(struct outliving *outliving, const davy_day_newest *newest)
{
    davy_rollup_gone gone;
    bool is_gone;
    davy_status status =
        davy_rollup_file_get_gone(outliving->file, newest->signal, &gone, &is_gone);

    return status == DAVY_OK && is_gone && newest->oldest <= gone.through
               ? davy_rollup_file_drop_gone(outliving->file, newest->signal)
               : status;
}

typedef davy_status (*signal_step)(struct outliving *outliving, const davy_day_newest *newest);

static davy_status visit_some(struct outliving *outliving, signal_step step,
                              const davy_day_newest *items, size_t count)
{
    davy_status status = davy_rollup_file_begin(outliving->file);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = step(outliving, &items[i]);
    return davy_rollup_file_end(outliving->file, status);
}

static davy_status list_signals(struct outliving *outliving, davy_signal_id from,
                                davy_day_newest *items, size_t *count)
{
    davy_day *day;
    davy_status status = davy_days_get(outliving->store->days, outliving->which, &day);

    *count = 0;
    if (status != DAVY_OK)
        return status;
    status = davy_day_list_newest(day, from, items, SIGNALS_PER_COMMIT, count);
    davy_days_put(outliving->store->days, day, status != DAVY_OK);
    return status;
}

/* Every signal that has chunks in the day file. */
static davy_status visit_signals(struct outliving *outliving, signal_step step)
{
    davy_day_newest items[SIGNALS_PER_COMMIT];
    davy_signal_id from = 0;
    size_t count = SIGNALS_PER_COMMIT;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && count == SIGNALS_PER_COMMIT) {
        status = list_signals(outliving, from, items, &count);
        if (status == DAVY_OK && count > 0) {
            from = items[count - 1].signal + 1;
            status = visit_some(outliving, step, items, count);
        }
    }
    return status == DAVY_OK ? davy_rollup_file_sync(outliving->file) : status;
}

static davy_status visit_file(davy_store *store, davy_day_file which, signal_step step)
{
    struct outliving outliving = {.store = store, .which = which};
    davy_status status = davy_codec_work_create(&outliving.work);

    if (status == DAVY_OK)
        status = davy_rollups_make(store->rollups, which.number, &outliving.file);
    if (status == DAVY_OK) {
        status = visit_signals(&outliving, step);
        davy_rollups_put(store->rollups, outliving.file, status != DAVY_OK);
    }
    davy_codec_work_destroy(outliving.work);
    davy_rollup_day_destroy(outliving.late);
    davy_rollup_day_destroy(outliving.all);
    free(outliving.rows);
    return status;
}

davy_status davy_rollups_outlive(davy_store *store, davy_day_file file)
{
    davy_status status = davy_rollups_make_last(store, file.number);

    return status == DAVY_OK ? visit_file(store, file, fold_late) : status;
}

davy_status davy_rollups_note_gone(davy_store *store, davy_day_file file)
{
    return visit_file(store, file, note_signal);
}

/* Does a signal whose samples are noted as gone have them in the file? */
static davy_status is_noted_wrong(davy_day *day, davy_rollup_file *rollups, bool *wrong)
{
    davy_rollup_gone gone = {0};
    davy_signal_id from = 0;
    bool found = true;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && found && !*wrong) {
        davy_day_newest newest = {0};

        status = davy_rollup_file_next_gone(rollups, from, &gone, &found);
        if (status == DAVY_OK && found)
            status = davy_day_get_newest(day, gone.signal, &newest);
        *wrong = newest.chunks > 0 && newest.oldest <= gone.through;
        from = gone.signal + 1;
    }
    return status;
}

davy_status davy_rollups_note_there(davy_store *store, davy_day_file file)
{
    davy_rollup_file *rollups = NULL;
    davy_day *day = NULL;
    bool wrong = false;
    davy_status status = davy_rollups_get(store->rollups, file.number, &rollups);

    if (status == DAVY_OK)
        status = davy_days_get(store->days, file, &day);
    if (status == DAVY_OK)
        status = is_noted_wrong(day, rollups, &wrong);
    davy_days_put(store->days, day, status != DAVY_OK);
    davy_rollups_put(store->rollups, rollups, status != DAVY_OK);
    if (wrong)
        status = visit_file(store, file, unnote_signal);
    /* What cannot be read is not believed by those who sum up either. */
    return status == DAVY_ERR_NOT_FOUND || status == DAVY_ERR_CORRUPT ? DAVY_OK : status;
}
