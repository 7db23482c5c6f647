/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/replay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Silence and delays are looked at once a second, as the daemon does. */
#define TICK_NS DAVY_NS_PER_S

/* An alarm that stands. */
struct standing {
    davy_finding finding;
    double peak;
    bool open;
};

struct davy_replay {
    davy_replay_options options;
    davy_site site; /* the options' site with what is not asked for left out */
    davy_site_signal *signals;
    davy_detect *engine; /* NULL between two histories */
    const davy_condition *conditions;
    size_t condition_count;
    struct standing **standing; /* [condition_count] made on first use */
    uint32_t *first_of;         /* [signals + 1] first condition of each signal */
    size_t open;                /* alarms that stand */
    int64_t now_ns, ticked_ns;
    davy_status status; /* a failure inside a callback */
    davy_replay_stats stats;
};

/* Alarms ----------------------------------------------------------------------------------- */

static void tell(davy_replay *replay, size_t condition, int64_t end_ns)
{
    struct standing *standing = replay->standing[condition];
    const davy_replay_alarm alarm = {&replay->conditions[condition], &standing->finding,
                                     standing->finding.time_ns, end_ns, standing->peak};

    standing->open = false;
    replay->open--;
    replay->stats.alarms++;
    replay->options.alarm(replay->options.context, &alarm);
}

static void open_alarm(davy_replay *replay, const davy_finding *finding)
{
    struct standing **standing = &replay->standing[finding->condition];

    if (!*standing)
        *standing = calloc(1, sizeof **standing);
    if (!*standing) {
        replay->status = davy_fail(DAVY_ERR_NOMEM, "an alarm of a replay");
        return;
    }
    **standing = (struct standing){*finding, finding->value, true};
    replay->open++;
}

static bool is_open(const davy_replay *replay, size_t condition)
{
    return replay->standing[condition] && replay->standing[condition]->open;
}

static bool is_asked(const davy_replay *replay, const davy_condition *condition)
{
    return replay->options.detector == DAVY_SITE_NONE || condition->detector != DAVY_SITE_NONE;
}

static void take_finding(void *context, const davy_finding *finding)
{
    davy_replay *replay = context;

    if (!is_asked(replay, &replay->conditions[finding->condition]))
        return;
    if (finding->active && !is_open(replay, finding->condition))
        open_alarm(replay, finding);
    else if (!finding->active && is_open(replay, finding->condition))
        tell(replay, finding->condition, finding->time_ns);
}

/* Peaks ------------------------------------------------------------------------------------ */

static void raise_peak(davy_replay *replay, size_t condition, double value)
{
    struct standing *standing;
    bool low = replay->conditions[condition].kind <= DAVY_CONDITION_LO;

    if (!is_open(replay, condition))
        return;
    standing = replay->standing[condition];
    if (low ? value < standing->peak : value > standing->peak)
        standing->peak = value;
}

static void take_score(void *context, const davy_detect_score *score)
{
    davy_replay *replay = context;
    davy_detect_score out = *score;

    replay->stats.rows++;
    replay->stats.abstained += score->verdict == DAVY_VERDICT_ABSTAIN ? 1 : 0;
    /* Two conditions of each detector stand at the end: the view of the site has no sources. */
    raise_peak(replay,
               replay->condition_count - 2 * (replay->site.detector_count - score->detector),
               score->score);
    if (replay->options.detector != DAVY_SITE_NONE)
        out.detector = replay->options.detector;
    if (replay->options.score)
        replay->options.score(replay->options.context, &out);
}

/* The value farthest beyond each limit of the signal that stands. */
static void follow_peaks(davy_replay *replay, const davy_sample *sample)
{
    const davy_site_signal *signal = davy_site_signal_by_id(replay->options.site, sample->signal);
    size_t index;

    if (!signal)
        return;
    index = (size_t) (signal - replay->options.site->signals);
    for (size_t i = replay->first_of[index]; i < replay->first_of[index + 1]; i++)
        if (replay->conditions[i].kind <= DAVY_CONDITION_HIHI)
            raise_peak(replay, i, sample->value);
}

/* Making ----------------------------------------------------------------------------------- */

/* Only a detector is asked for: its signals keep what its rows depend on, and no checks. */
static void leave_out_checks(davy_replay *replay)
{
    for (size_t i = 0; i < replay->site.signal_count; i++) {
        davy_site_signal *signal = &replay->signals[i];

        signal->limits = (davy_site_limits){NAN, NAN, NAN, NAN};
        signal->rate_limit = 0.0;
        signal->stuck_ns = 0;
        signal->shift = 0.0;
        signal->novel = 0.0;
    }
    replay->site.suppression_count = 0;
    replay->site.detectors = &replay->site.detectors[replay->options.detector];
    replay->site.detector_count = 1;
}

/* The conditions of one signal stand together, those of all signals before the others. */
static void index_conditions(davy_replay *replay)
{
    size_t next = 0;

    for (size_t i = 0; i <= replay->site.signal_count; i++) {
        while (next < replay->condition_count && replay->conditions[next].signal < i)
            next++;
        replay->first_of[i] = (uint32_t) next;
    }
}

static davy_status start_engine(davy_replay *replay, int64_t now_ns)
{
    const davy_detect_callbacks callbacks = {
        .context = replay, .finding = take_finding, .score = take_score};
    davy_status status = davy_detect_create(&replay->site, replay->options.registry, &callbacks,
                                            now_ns, NULL, &replay->engine);

    if (status != DAVY_OK)
        return status;
    replay->conditions = davy_detect_conditions(replay->engine, &replay->condition_count);
    if (!replay->standing)
        replay->standing = calloc(replay->condition_count + 1, sizeof(struct standing *));
    if (!replay->standing)
        return davy_fail(DAVY_ERR_NOMEM, "%zu conditions of a replay", replay->condition_count);
    index_conditions(replay);
    replay->now_ns = now_ns;
    replay->ticked_ns = now_ns;
    return DAVY_OK;
}

static davy_status check_model(davy_replay *replay)
{
    davy_detect_status detector;

    if (replay->options.detector == DAVY_SITE_NONE)
        return DAVY_OK;
    davy_detect_get_status(replay->engine, 0, &detector);
    replay->stats.budget_per_day = detector.budget_per_day;
    replay->stats.promise_per_day = detector.promise_per_day;
    memcpy(replay->stats.note, detector.note, sizeof replay->stats.note);
    if (detector.model)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_UNAVAILABLE, "detector '%s': %s", replay->site.detectors[0].name,
                     detector.message);
}

davy_status davy_replay_create(const davy_replay_options *options, davy_replay **out)
{
    davy_status status;
    davy_replay *replay = calloc(1, sizeof *replay);

    if (!replay)
        return davy_fail(DAVY_ERR_NOMEM, "replay");
    replay->options = *options;
    replay->stats.budget_per_day = replay->stats.promise_per_day = NAN;
    replay->site = *options->site;
    replay->site.source_count = 0;
    replay->signals = calloc(replay->site.signal_count + 1, sizeof *replay->signals);
    replay->first_of = calloc(replay->site.signal_count + 1, sizeof *replay->first_of);
    if (!replay->signals || !replay->first_of) {
        status = davy_fail(DAVY_ERR_NOMEM, "replay of %zu signals", replay->site.signal_count);
        goto fail;
    }
    memcpy(replay->signals, options->site->signals,
           replay->site.signal_count * sizeof *replay->signals);
    replay->site.signals = replay->signals;
    if (options->detector != DAVY_SITE_NONE)
        leave_out_checks(replay);
    status = start_engine(replay, 0);
    if (status == DAVY_OK)
        status = check_model(replay);
    if (status != DAVY_OK)
        goto fail;
    davy_detect_destroy(replay->engine);
    replay->engine = NULL;
    *out = replay;
    return DAVY_OK;

fail:
    davy_replay_destroy(replay);
    return status;
}

void davy_replay_destroy(davy_replay *replay)
{
    if (!replay)
        return;
    davy_detect_destroy(replay->engine);
    for (size_t i = 0; replay->standing && i < replay->condition_count; i++)
        free(replay->standing[i]);
    free(replay->standing);
    free(replay->first_of);
    free(replay->signals);
    free(replay);
}

/* Working ---------------------------------------------------------------------------------- */

static void look(davy_replay *replay, const davy_sample *sample)
{
    if (sample->time_ns > replay->now_ns)
        replay->now_ns = sample->time_ns;
    if (replay->now_ns - replay->ticked_ns >= TICK_NS) {
        replay->ticked_ns = replay->now_ns;
        davy_detect_tick(replay->engine, replay->now_ns, replay->now_ns);
    }
    if (replay->open > 0 && sample->quality != DAVY_QUALITY_BAD)
        follow_peaks(replay, sample);
    davy_detect_samples(replay->engine, sample, 1, replay->now_ns);
}

static void note_times(davy_replay *replay, const davy_sample *samples, size_t count)
{
    if (replay->stats.first_ns == 0 || samples[0].time_ns < replay->stats.first_ns)
        replay->stats.first_ns = samples[0].time_ns;
    if (samples[count - 1].time_ns > replay->stats.last_ns)
        replay->stats.last_ns = samples[count - 1].time_ns;
}

davy_status davy_replay_samples(davy_replay *replay, const davy_sample *samples, size_t count)
{
    if (count == 0)
        return DAVY_OK;
    if (!replay->engine) {
        davy_status status = start_engine(replay, samples[0].time_ns);

        if (status != DAVY_OK)
            return status;
    }
    note_times(replay, samples, count);
    for (size_t i = 0; i < count; i++)
        look(replay, &samples[i]);
    return replay->status;
}

davy_status davy_replay_end(davy_replay *replay)
{
    davy_detect_stats counted;

    if (!replay->engine)
        return replay->status;
    davy_detect_flush(replay->engine);
    for (size_t i = 0; i < replay->condition_count; i++)
        if (is_open(replay, i))
            tell(replay, i, 0);
    davy_detect_get_stats(replay->engine, &counted);
    replay->stats.samples += counted.samples;
    replay->stats.late += counted.late;
    davy_detect_destroy(replay->engine);
    replay->engine = NULL;
    return replay->status;
}

void davy_replay_get_stats(const davy_replay *replay, davy_replay_stats *stats)
{
    *stats = replay->stats;
}

static bool is_looked_at(const davy_replay *replay, size_t signal)
{
    const davy_site_detector *detector = &replay->site.detectors[0];

    if (replay->signals[signal].id == DAVY_SIGNAL_NONE)
        return false;
    if (replay->options.detector == DAVY_SITE_NONE)
        return true;
    for (size_t i = 0; i < detector->signal_count; i++)
        if (detector->signals[i] == signal)
            return true;
    return false;
}

davy_status davy_replay_signals(const davy_replay *replay, davy_signal_id **ids, size_t *count)
{
    davy_signal_id *found = calloc(replay->site.signal_count + 1, sizeof *found);

    if (!found)
        return davy_fail(DAVY_ERR_NOMEM, "replay of %zu signals", replay->site.signal_count);
    *count = 0;
    for (size_t i = 0; i < replay->site.signal_count; i++)
        if (is_looked_at(replay, i))
            found[(*count)++] = replay->signals[i].id;
    *ids = found;
    return DAVY_OK;
}

/* Tables ----------------------------------------------------------------------------------- */

/* The signal of each column of a table, DAVY_SIGNAL_NONE for a column that is none. */
static davy_status match_columns(const davy_replay *replay, const davy_table *table,
                                 davy_signal_id *ids)
{
    size_t matched = 0;

    for (size_t i = 0; i < table->columns; i++) {
        const davy_site_signal *signal =
            davy_site_find_signal(replay->options.site, table->names[i]);

        ids[i] = signal ? signal->id : DAVY_SIGNAL_NONE;
        matched += ids[i] != DAVY_SIGNAL_NONE ? 1 : 0;
    }
    if (matched == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "no column is a signal of the site; name them by path, as 'T-101/level'");
    return DAVY_OK;
}

static davy_status replay_row(davy_replay *replay, const davy_table *table, size_t row,
                              const davy_signal_id *ids)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < table->columns && status == DAVY_OK; i++) {
        const davy_sample sample = {table->times[row], davy_table_at(table, row, i), ids[i],
                                    DAVY_QUALITY_GOOD};

        if (ids[i] != DAVY_SIGNAL_NONE && !isnan(sample.value))
            status = davy_replay_samples(replay, &sample, 1);
    }
    return status;
}

davy_status davy_replay_table(davy_replay *replay, const davy_table *table)
{
    davy_signal_id *ids;
    davy_status status;

    if (!table->times)
        return davy_fail(DAVY_ERR_INVALID, "a replay needs times: name their column with --time, "
                                           "or say with --period how far the rows are apart");
    ids = calloc(table->columns + 1, sizeof *ids);
    if (!ids)
        return davy_fail(DAVY_ERR_NOMEM, "replay of %zu columns", table->columns);
    status = match_columns(replay, table, ids);
    for (size_t row = 0; row < table->rows && status == DAVY_OK; row++) {
        if (row > 0 && table->runs && table->runs[row] != table->runs[row - 1])
            status = davy_replay_end(replay);
        if (status == DAVY_OK)
            status = replay_row(replay, table, row, ids);
    }
    free(ids);
    return status == DAVY_OK ? davy_replay_end(replay) : status;
}
