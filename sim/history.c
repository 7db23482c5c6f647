/* SPDX-License-Identifier: Apache-2.0 */
#include "history.h"

#include "core/file.h"
#include "core/progress.h"
#include "core/sample.h"
#include "core/timestamp.h"
#include "decimal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DAY_S        86400
#define BUFFER_BYTES ((size_t) 1 << 20)
#define ROW_BYTES    (DAVY_TIMESTAMP_MAX + DAVY_SIM_SIGNALS * (DAVY_SIM_DECIMAL_MAX + 1) + 1)

/* The file being written. */
typedef struct writer {
    int file; /* -1: none */
    size_t used;
    int64_t text_minute; /* of which `text` is the time */
    char text[DAVY_TIMESTAMP_MAX];
    char path[4096];
    char buffer[BUFFER_BYTES];
} writer;

static davy_status writer_flush(writer *out)
{
    davy_status status = davy_file_write_all(out->file, out->buffer, out->used);

    out->used = 0;
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "%s", out->path);
}

static davy_status writer_close(writer *out)
{
    davy_status status = DAVY_OK;

    if (out->file < 0)
        return DAVY_OK;
    status = writer_flush(out);
    if (close(out->file) != 0 && status == DAVY_OK)
        status = davy_fail(DAVY_ERR_IO, "cannot write '%s'", out->path);
    out->file = -1;
    return status;
}

static void write_header(writer *out)
{
    out->used = (size_t) snprintf(out->buffer, BUFFER_BYTES, "time");
    for (davy_sim_signal_id id = 0; id < DAVY_SIM_SIGNALS; id++) {
        char path[DAVY_SIM_PATH_MAX];

        davy_sim_signal_path(id, path);
        out->used +=
            (size_t) snprintf(out->buffer + out->used, BUFFER_BYTES - out->used, ",%s", path);
    }
    out->buffer[out->used++] = '\n';
}

/* "FOLDER/plant-20260102T030405Z.csv", named by the time its day begins. */
static davy_status writer_open(writer *out, const char *folder, int64_t time_s)
{
    char text[DAVY_TIMESTAMP_MAX], name[DAVY_TIMESTAMP_MAX];
    size_t length = 0;

    davy_timestamp_format(time_s * DAVY_NS_PER_S, 0, text);
    for (const char *c = text; *c; c++)
        if (*c != '-' && *c != ':')
            name[length++] = *c;
    name[length] = '\0';
    if (snprintf(out->path, sizeof out->path, "%s/plant-%s.csv", folder, name) >=
        (int) sizeof out->path)
        return davy_fail(DAVY_ERR_INVALID, "the folder's name is too long");
    out->file = open(out->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out->file < 0)
        return davy_fail(DAVY_ERR_IO, "cannot write '%s'", out->path);
    write_header(out);
    return DAVY_OK;
}

/* The date is formatted once a minute; within it only the seconds change. */
static char *write_time(writer *out, char *at, int64_t time_s)
{
    int64_t minute = time_s / 60, second = time_s % 60;

    if (minute != out->text_minute) {
        davy_timestamp_format(minute * 60 * DAVY_NS_PER_S, 0, out->text);
        out->text_minute = minute;
    }
    memcpy(at, out->text, 20); /* 2026-01-02T03:04:05Z */
    at[17] = (char) ('0' + second / 10);
    at[18] = (char) ('0' + second % 10);
    return at + 20;
}

static davy_status write_row(writer *out, const davy_sim *sim)
{
    char *at;

    if (BUFFER_BYTES - out->used < ROW_BYTES) {
        davy_status status = writer_flush(out);

        if (status != DAVY_OK)
            return status;
    }
    at = write_time(out, out->buffer + out->used, sim->plant.time_s);
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
        *at++ = ',';
        at = davy_sim_decimal_write(at, sim->instruments.readings[i], davy_sim_signals[i].decimals);
    }
    *at++ = '\n';
    out->used = (size_t) (at - out->buffer);
    return DAVY_OK;
}

/* One second of the run, and its row when the period asks for it. */
static davy_status history_step(davy_sim *sim, const davy_sim_history_options *options, writer *out,
                                int64_t done_s)
{
    davy_status status = davy_sim_step(sim);

    if (status == DAVY_OK && done_s % DAY_S == 0) {
        status = writer_close(out);
        if (status == DAVY_OK)
            status = writer_open(out, options->folder, sim->plant.time_s);
    }
    /* Counted from the end, so that the last row stands at end_s. */
    if (status == DAVY_OK && (options->length_s - done_s - 1) % options->period_s == 0)
        status = write_row(out, sim);
    return status;
}

davy_status davy_sim_history_write(davy_sim *sim, const davy_sim_history_options *options)
{
    static writer out; /* a megabyte is too much for the stack */
    davy_progress progress;
    davy_status status = davy_folder_make(options->folder, 0755), closed;

    out = (writer){.file = -1, .text_minute = -1};
    davy_progress_begin(&progress, "writing history", (uint64_t) options->length_s);
    for (int64_t done_s = 0; status == DAVY_OK && done_s < options->length_s; done_s++) {
        status = history_step(sim, options, &out, done_s);
        if (done_s % 4096 == 0)
            davy_progress_update(&progress, (uint64_t) done_s);
    }
    closed = writer_close(&out);
    if (status == DAVY_OK)
        status = closed;
    if (status == DAVY_OK)
        davy_progress_update(&progress, (uint64_t) options->length_s);
    davy_progress_end(&progress);
    return status;
}
