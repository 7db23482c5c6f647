/* SPDX-License-Identifier: Apache-2.0 */
#include "app/train_progress.h"

#include "core/clock.h"
#include "core/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define TELL_EVERY_NS (DAVY_NS_PER_S / 4)

static void write_line(davy_train_progress *progress, uint64_t done, uint64_t total,
                       const char *note)
{
    json_t *line = json_pack("{s:s, s:I, s:I, s:s}", "phase", progress->what, "done",
                             (json_int_t) done, "total", (json_int_t) total, "note", note);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;

    if (text) /* in one piece, so that no other line stands in its middle */
        (void) fprintf(stderr, "%s\n", text);
    free(text);
    json_decref(line);
}

static void tell_line(davy_train_progress *progress, uint64_t done, uint64_t total,
                      const char *note, bool first)
{
    const int64_t now_ns = davy_monotonic_ns(davy_clock_system());

    progress->bar.done = done;
    progress->bar.total = total;
    if (!first && done < total && now_ns - progress->told_ns < TELL_EVERY_NS)
        return;
    progress->told_ns = now_ns;
    write_line(progress, done, total, note);
}

void davy_train_progress_tell(void *context, const char *what, uint64_t done, uint64_t total,
                              const char *note)
{
    davy_train_progress *progress = context;
    const bool first = strcmp(progress->what, what) != 0;

    if (first) {
        davy_train_progress_end(progress, true);
        (void) snprintf(progress->what, sizeof progress->what, "%s", what);
        if (!progress->lines)
            davy_progress_begin(&progress->bar, progress->what, total);
    }
    if (progress->lines) {
        tell_line(progress, done, total, note, first);
    } else {
        davy_progress_note(&progress->bar, note);
        davy_progress_update(&progress->bar, done);
    }
}

void davy_train_progress_end(davy_train_progress *progress, bool whole)
{
    if (!progress->what[0])
        return;
    if (progress->lines && whole && progress->bar.done < progress->bar.total)
        write_line(progress, progress->bar.total, progress->bar.total, "");
    if (whole)
        progress->bar.done = progress->bar.total;
    if (!progress->lines)
        davy_progress_end(&progress->bar);
    progress->what[0] = '\0';
}
