/* SPDX-License-Identifier: Apache-2.0 */
#include "core/progress.h"

#include "core/clock.h"
#include "core/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REDRAW_NS (100 * DAVY_NS_PER_MS)
#define BAR_WIDTH 30

void davy_progress_begin(davy_progress *progress, const char *what, uint64_t total)
{
    const char *terminal = getenv("TERM");

    *progress = (davy_progress){.what = what, .total = total};
    progress->started_ns = davy_monotonic_ns(davy_clock_system());
    progress->visible = isatty(STDERR_FILENO) && terminal && terminal[0] && terminal[0] != 'd';
}

static void draw(const davy_progress *progress, int64_t now_ns)
{
    double seconds = (double) (now_ns - progress->started_ns) / 1e9;
    double share = progress->total ? (double) progress->done / (double) progress->total : 0.0;
    char bar[BAR_WIDTH + 1];

    if (share > 1.0)
        share = 1.0;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = (double) i < share * BAR_WIDTH ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    if (progress->total)
        (void) fprintf(stderr, "\r\033[K%s [%s] %3.0f %%  %.1f s%s%s", progress->what, bar,
                       share * 100.0, seconds, progress->note[0] ? "  " : "", progress->note);
    else
        (void) fprintf(stderr, "\r\033[K%s  %llu  %.1f s", progress->what,
                       (unsigned long long) progress->done, seconds);
    (void) fflush(stderr);
}

void davy_progress_update(davy_progress *progress, uint64_t done)
{
    int64_t now_ns;

    progress->done = done;
    if (!progress->visible)
        return;
    now_ns = davy_monotonic_ns(davy_clock_system());
    if (now_ns - progress->drawn_ns < REDRAW_NS)
        return;
    progress->drawn_ns = now_ns;
    draw(progress, now_ns);
}

void davy_progress_note(davy_progress *progress, const char *note)
{
    (void) snprintf(progress->note, sizeof progress->note, "%s", note);
}

void davy_progress_end(davy_progress *progress)
{
    if (!progress->visible)
        return;
    draw(progress, davy_monotonic_ns(davy_clock_system()));
    (void) fputc('\n', stderr);
}
