/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/kpi_private.h"

#include <string.h>

/* Keep the most frequent in order; of two alike the one that was seen first. */
static void offer_top(davy_kpi_figures *figures, size_t alarm, uint64_t count)
{
    size_t place = figures->top_count;

    while (place > 0 && figures->top[place - 1].count < count)
        place--;
    if (place == DAVY_KPI_TOP)
        return;
    if (figures->top_count < DAVY_KPI_TOP)
        figures->top_count++;
    memmove(&figures->top[place + 1], &figures->top[place],
            (figures->top_count - place - 1) * sizeof figures->top[0]);
    figures->top[place] = (davy_kpi_frequent){alarm, count};
}

static void find_top(const davy_kpi *kpi, size_t position, davy_kpi_figures *figures)
{
    for (size_t i = 0; i < kpi->count; i++)
        if (kpi->alarms[i].position == position && kpi->alarms[i].count > 0)
            offer_top(figures, i, kpi->alarms[i].count);
}

void davy_kpi_look(const davy_kpi *kpi, size_t position, davy_kpi_figures *figures)
{
    const struct davy_kpi_position *looked = &kpi->positions[position];
    int64_t bar_ns;

    *figures = looked->figures;
    figures->begin_ns = kpi->begun ? kpi->begin_ns : 0;
    figures->end_ns = kpi->begun && kpi->now_ns > kpi->begin_ns ? kpi->now_ns : figures->begin_ns;
    if (!kpi->begun || figures->end_ns <= figures->begin_ns)
        return;
    if (looked->window.flood) {
        davy_kpi_count_flood(kpi, &figures->floods, &looked->window, davy_kpi_second(kpi->now_ns));
        figures->floods.now = true;
    }
    davy_periods_end(&figures->days, figures->end_ns);
    davy_periods_end(&figures->hours, figures->end_ns);
    davy_periods_end(&figures->ten_minutes, figures->end_ns);
    bar_ns = figures->bar_days * DAVY_KPI_DAY_NS;
    figures->bar_count = (size_t) ((figures->end_ns - figures->begin_ns + bar_ns - 1) / bar_ns);
    if (figures->bar_count > DAVY_KPI_BARS)
        figures->bar_count = DAVY_KPI_BARS;
    find_top(kpi, position, figures);
}

void davy_kpi_look_live(const davy_kpi *kpi, size_t position, davy_kpi_live *live)
{
    const davy_kpi_figures *figures = &kpi->positions[position].figures;
    const davy_ten_minutes *window = &kpi->positions[position].window;

    *live = (davy_kpi_live){.standing = figures->now,
                            .ten_minutes = window->count,
                            .flood = window->flood,
                            .chatter_episodes = figures->chatter_episodes,
                            .fleeting_times = figures->fleeting_times,
                            .floods = figures->floods.count + window->flood};
    memcpy(live->annunciated, figures->by_priority, sizeof live->annunciated);
}
