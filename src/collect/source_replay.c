/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Source kind `replay`: CSV files with a time column, played again in order.
 *
 * Stage: collect. Rows keep the spacing of their file; between two files, and between the end and
 * the next loop, stands the last spacing seen. `speed` divides the waits and leaves the times of
 * the samples alone, so with `restamp` and a speed above 1 they run ahead of the clock.
 *
 * An empty cell is no sample; a cell that is no number is a sample of quality bad. A row that
 * cannot be read (fields missing, no time) is logged with file and line, and marks each signal bad
 * at the moment after the row before it. A file that cannot be read on is a lost peer.
 */
#include "collect/source.h"
#include "core/csv_words.h"
#include "core/decimal.h"
#include "core/log.h"
#include "core/timestamp.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

/* Spacing assumed until two rows have shown theirs. */
#define FIRST_STEP_NS DAVY_NS_PER_S

/* Broken rows that are logged one by one for each pass over the files. */
#define ROWS_TOLD_MAX 20

/* Rows are taken from 1970 to 2100, and a run or its loops last up to 60 years, so that no sum of
 * times leaves 64 bits unseen. */
#define TIME_MAX_NS (4102444800 * DAVY_NS_PER_S)
#define RUN_MAX_NS  (60LL * 365 * 86400 * DAVY_NS_PER_S)

struct replay {
    const davy_site *site;
    const davy_site_source *config;
    const davy_clock *clock;
    atomic_bool interrupted;
    char **paths;
    size_t path_count;
    size_t path;              /* index of the open file */
    davy_csv_reading reading; /* how the files are written */
    davy_csv *csv;
    size_t time_column;
    davy_time_format time_format; /* DAVY_TIME_FORMATS: not said */
    size_t *columns;              /* [bound_count] */
    /* The row being delivered. `fields` is NULL for a broken row, which marks every signal bad. */
    bool has_row;
    const char *const *fields;
    size_t next_signal;
    int64_t time_ns; /* the row's own */
    int64_t run_ns;  /* its place in the run, in the spacing of the files */
    /* The run. */
    bool started;            /* a row has come */
    bool fresh;              /* the next row is the first of its file */
    int64_t step_ns;         /* last spacing */
    int64_t file_shift_ns;   /* run_ns = time_ns + file_shift_ns */
    int64_t first_wall_ns;   /* wall time of the first row */
    int64_t first_clock_ns;  /* its monotonic time */
    int64_t low_ns, high_ns; /* of the rows' own times */
    int64_t loop_shift_ns;   /* added to own times after the first loop */
    uint64_t loop_rows;      /* rows of this loop */
    size_t told;             /* broken rows logged in this loop */
};

/* Paths in the order of the files: "2.csv" before "10.csv". */
static int compare_paths(const void *a, const void *b)
{
    return strverscmp(*(char *const *) a, *(char *const *) b);
}

static davy_status add_paths(struct replay *replay, const glob_t *found)
{
    char **paths =
        realloc(replay->paths, (replay->path_count + found->gl_pathc) * sizeof *replay->paths);

    if (!paths)
        return davy_fail(DAVY_ERR_NOMEM, "%zu files", found->gl_pathc);
    replay->paths = paths;
    qsort(found->gl_pathv, found->gl_pathc, sizeof *found->gl_pathv, compare_paths);
    for (size_t i = 0; i < found->gl_pathc; i++) {
        paths[replay->path_count] = strdup(found->gl_pathv[i]);
        if (!paths[replay->path_count])
            return davy_fail(DAVY_ERR_NOMEM, "%s", found->gl_pathv[i]);
        replay->path_count++;
    }
    return DAVY_OK;
}

static davy_status find_files(struct replay *replay, const char *pattern)
{
    char *path = davy_source_path(replay->site, pattern);
    glob_t found = {0};
    davy_status status;

    if (!path)
        return davy_fail(DAVY_ERR_NOMEM, "%s", pattern);
    switch (glob(path, GLOB_NOSORT, NULL, &found)) {
    case 0:
        status = add_paths(replay, &found);
        break;
    case GLOB_NOMATCH:
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no file matches '%s'", path);
        break;
    default:
        status = davy_fail(DAVY_ERR_IO, "cannot look for '%s'", path);
        break;
    }
    globfree(&found);
    free(path);
    return status;
}

/* What was said of columns: of the time its format, and of a signal that it is a number, which it
 * must be. */
static davy_status check_types(struct replay *replay)
{
    const davy_column_settings *types = &replay->reading.types;
    davy_status status = DAVY_OK;
    size_t column;

    replay->time_format = DAVY_TIME_FORMATS;
    for (size_t i = 0; i < types->count && status == DAVY_OK; i++) {
        const davy_column_setting *item = &types->items[i];

        status = davy_csv_column(replay->csv, item->name, &column);
        if (status == DAVY_OK && column == replay->time_column)
            replay->time_format = item->format;
        for (size_t s = 0; s < replay->config->bound_count && status == DAVY_OK; s++)
            if (column == replay->columns[s] && item->type != DAVY_COLUMN_NUMBER)
                status = davy_fail(DAVY_ERR_INVALID, "column '%s' is a signal: its type is number",
                                   item->name);
    }
    return status;
}

static davy_status bind_columns(struct replay *replay)
{
    davy_status status =
        davy_csv_column(replay->csv, replay->config->time_column, &replay->time_column);

    for (size_t i = 0; status == DAVY_OK && i < replay->config->bound_count; i++) {
        const davy_site_signal *signal = davy_source_signal(replay->site, replay->config, i);

        status =
            davy_csv_column(replay->csv, signal->from.column ? signal->from.column : signal->name,
                            &replay->columns[i]);
        if (status != DAVY_OK)
            return davy_fail_in(status, "signal '%s'", signal->path);
    }
    return status == DAVY_OK ? check_types(replay) : status;
}

static davy_status open_file(struct replay *replay, size_t index)
{
    davy_status status;

    davy_csv_close(replay->csv);
    replay->csv = NULL;
    replay->path = index;
    replay->fresh = true;
    status = davy_csv_open_as(replay->paths[index], &replay->reading.csv, &replay->csv);
    return status == DAVY_OK ? bind_columns(replay) : status;
}

static davy_status replay_open(void *state, const davy_site *site, const davy_site_source *config,
                               const davy_clock *clock)
{
    struct replay *replay = state;
    davy_status status = DAVY_OK;

    replay->site = site;
    replay->config = config;
    replay->clock = clock;
    replay->step_ns = FIRST_STEP_NS;
    replay->columns = calloc(config->bound_count + 1, sizeof *replay->columns);
    if (!replay->columns)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s'", config->name);
    if (!config->time_column)
        return davy_fail(DAVY_ERR_INVALID, "source '%s' names no time column", config->name);
    status = davy_csv_words_read(&config->csv, &replay->reading);
    for (size_t i = 0; status == DAVY_OK && i < config->file_count; i++)
        status = find_files(replay, config->files[i]);
    if (status == DAVY_OK && replay->path_count == 0)
        return davy_fail(DAVY_ERR_INVALID, "source '%s' names no files", config->name);
    /* All headers are looked at now: a column that is missing in the last file is a fault of
     * today and not of next week. The first file stays open. */
    for (size_t i = replay->path_count; status == DAVY_OK && i > 0; i--)
        status = open_file(replay, i - 1);
    return status;
}

static void replay_close(void *state)
{
    struct replay *replay = state;

    davy_csv_close(replay->csv);
    davy_csv_reading_clear(&replay->reading);
    for (size_t i = 0; i < replay->path_count; i++)
        free(replay->paths[i]);
    free(replay->paths);
    free(replay->columns);
}

/* The place of a row in the run, from its own time. False when it would leave the longest run. */
static bool place_row(struct replay *replay, int64_t time_ns)
{
    int64_t shift_ns = replay->file_shift_ns, run_ns;

    if (!replay->started)
        shift_ns = -time_ns;
    else if (replay->fresh)
        shift_ns = replay->run_ns + replay->step_ns - time_ns;
    if (__builtin_add_overflow(time_ns, shift_ns, &run_ns) || run_ns > RUN_MAX_NS ||
        run_ns < -RUN_MAX_NS)
        return false;

    if (!replay->started) {
        replay->first_wall_ns = davy_wall_ns(replay->clock);
        replay->first_clock_ns = davy_monotonic_ns(replay->clock);
        replay->low_ns = replay->high_ns = time_ns;
    } else if (!replay->fresh && time_ns > replay->time_ns) {
        replay->step_ns = time_ns - replay->time_ns;
    }
    replay->started = true;
    replay->fresh = false;
    replay->file_shift_ns = shift_ns;
    replay->time_ns = time_ns;
    replay->run_ns = run_ns;
    if (time_ns < replay->low_ns)
        replay->low_ns = time_ns;
    if (time_ns > replay->high_ns)
        replay->high_ns = time_ns;
    return true;
}

static void tell_broken_row(struct replay *replay)
{
    if (replay->told++ < ROWS_TOLD_MAX)
        davy_log(DAVY_LOG_WARNING, "collect", "%s: row marked bad: %s", replay->config->name,
                 davy_error());
    if (replay->told == ROWS_TOLD_MAX)
        davy_log(DAVY_LOG_WARNING, "collect", "%s: further broken rows are not told",
                 replay->config->name);
}

/* The row cannot be read, so its signals are bad. Before the first row there is no time yet at
 * which something could be bad. */
static void take_broken_row(struct replay *replay)
{
    tell_broken_row(replay);
    replay->fields = NULL;
    replay->has_row = replay->started;
}

/* In the format that was said, else as ISO 8601 or seconds. */
static davy_status read_time(const struct replay *replay, const char *text, int64_t *time_ns)
{
    if (replay->time_format == DAVY_TIME_FORMATS)
        return davy_timestamp_parse(text, time_ns);
    return davy_time_read(text, replay->time_format, time_ns)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "'%.60s' is not a time as %s", text,
                           davy_time_format_look(replay->time_format));
}

static void take_row(struct replay *replay, const char *const *fields)
{
    const char *text = fields[replay->time_column];
    davy_status status;
    int64_t time_ns;

    status = read_time(replay, text, &time_ns);
    if (status == DAVY_OK && (time_ns < 0 || time_ns > TIME_MAX_NS))
        status = davy_fail(DAVY_ERR_INVALID, "the time '%.60s' is outside 1970 to 2100", text);
    if (status == DAVY_OK && !place_row(replay, time_ns))
        status = davy_fail(DAVY_ERR_INVALID, "the time '%.60s' makes a run of 60 years", text);
    if (status != DAVY_OK) {
        (void) davy_fail_in(status, "%s: line %llu", replay->paths[replay->path],
                            (unsigned long long) davy_csv_line(replay->csv));
        take_broken_row(replay);
        return;
    }
    replay->fields = fields;
    replay->has_row = true;
    replay->loop_rows++;
}

/* Begin again behind the end, with the times moved on by the length of the run. */
static davy_status next_loop(struct replay *replay)
{
    if (!replay->config->loop)
        return davy_fail(DAVY_ERR_NOT_FOUND, "source '%s' is at its end", replay->config->name);
    if (replay->loop_rows == 0)
        return davy_fail(DAVY_ERR_INVALID, "source '%s': no row in its files can be read",
                         replay->config->name);
    replay->loop_rows = 0;
    replay->told = 0;
    replay->loop_shift_ns += replay->high_ns - replay->low_ns + replay->step_ns;
    if (replay->loop_shift_ns > RUN_MAX_NS)
        return davy_fail(DAVY_ERR_INVALID, "source '%s' has looped through 60 years",
                         replay->config->name);
    return open_file(replay, 0);
}

/* A file that was there at the start and is not there now is a lost peer, not the end. */
static davy_status next_file(struct replay *replay)
{
    davy_status status;

    if (replay->path + 1 == replay->path_count)
        return next_loop(replay);
    status = open_file(replay, replay->path + 1);
    return status == DAVY_ERR_NOT_FOUND ? DAVY_ERR_UNAVAILABLE : status;
}

/* Find the next row to deliver; none, without a failure, when the source is interrupted. */
static davy_status next_row(struct replay *replay)
{
    const char *const *fields;
    davy_status status = DAVY_OK;

    replay->next_signal = 0;
    while (status == DAVY_OK && !replay->has_row && !replay->interrupted) {
        status = davy_csv_next(replay->csv, &fields);
        if (status == DAVY_ERR_INVALID && !davy_csv_broken(replay->csv)) {
            take_broken_row(replay);
            status = DAVY_OK;
        } else if (status == DAVY_OK && fields) {
            take_row(replay, fields);
        } else if (status == DAVY_OK) {
            status = next_file(replay);
        }
    }
    return status;
}

/* Monotonic time at which the row is due. */
static int64_t due_ns(const struct replay *replay)
{
    double wait_ns = (double) replay->run_ns / replay->config->speed;

    if (replay->config->speed <= 0.0 || wait_ns <= 0.0)
        return replay->first_clock_ns;
    return wait_ns < 9e18 - (double) replay->first_clock_ns
               ? replay->first_clock_ns + (int64_t) wait_ns
               : INT64_MAX;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* One cell as a sample. False when the cell is empty. */
static bool read_cell(const char *text, char decimal, const davy_site_signal *signal,
                      int64_t time_ns, davy_sample *sample)
{
    size_t length;
    double raw;

    while (is_blank(*text))
        text++;
    length = strlen(text);
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    if (length == 0)
        return false;
    *sample = davy_decimal_read_as(text, length, decimal ? decimal : '.', &raw) == DAVY_DECIMAL_OK
                  ? davy_source_sample(signal, time_ns, raw)
                  : davy_source_gap(signal, time_ns);
    return true;
}

/* Deliver what fits of the row; it is done with when all its signals are. */
static size_t give_row(struct replay *replay, davy_sample *samples, size_t capacity)
{
    int64_t time_ns = replay->config->restamp ? replay->first_wall_ns + replay->run_ns
                                              : replay->time_ns + replay->loop_shift_ns;
    size_t count = 0;

    for (; replay->next_signal < replay->config->bound_count && count < capacity;
         replay->next_signal++) {
        size_t i = replay->next_signal;
        const davy_site_signal *signal = davy_source_signal(replay->site, replay->config, i);

        if (!replay->fields)
            samples[count++] = davy_source_gap(signal, time_ns + 1);
        else if (read_cell(replay->fields[replay->columns[i]], replay->reading.decimal, signal,
                           time_ns, &samples[count]))
            count++;
    }
    replay->has_row = replay->next_signal < replay->config->bound_count;
    return count;
}

static davy_status replay_read(void *state, int timeout_ms, davy_sample *samples, size_t capacity,
                               size_t *count)
{
    struct replay *replay = state;
    int64_t until_ns = davy_monotonic_ns(replay->clock) + timeout_ms * DAVY_NS_PER_MS;
    davy_status status;

    *count = 0;
    do {
        if (!replay->has_row) {
            status = next_row(replay);
            if (status != DAVY_OK || !replay->has_row)
                return status;
        }
        /* What is there already is not held back by a row that is not due. */
        if (!davy_source_wait(replay->clock, due_ns(replay), *count > 0 ? 0 : until_ns,
                              &replay->interrupted))
            return DAVY_OK;
        *count += give_row(replay, samples + *count, capacity - *count);
    } while (*count < capacity && !replay->interrupted &&
             (*count > 0 || davy_monotonic_ns(replay->clock) < until_ns));
    return DAVY_OK;
}

static void replay_interrupt(void *state)
{
    ((struct replay *) state)->interrupted = true;
}

const davy_source_kind davy_source_replay = {
    .name = "replay",
    .state_size = sizeof(struct replay),
    .open = replay_open,
    .read = replay_read,
    .close = replay_close,
    .interrupt = replay_interrupt,
};
