/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/kpi_metrics.h"

static double of_ten_minutes(const davy_kpi_live *live)
{
    return live->ten_minutes;
}

static double of_flood(const davy_kpi_live *live)
{
    return live->flood;
}

static double of_floods(const davy_kpi_live *live)
{
    return (double) live->floods;
}

static double of_active(const davy_kpi_live *live)
{
    return (double) live->standing.active;
}

static double of_unacknowledged(const davy_kpi_live *live)
{
    return (double) live->standing.unacknowledged;
}

static double of_stale(const davy_kpi_live *live)
{
    return (double) live->standing.stale;
}

static double of_silenced(const davy_kpi_live *live)
{
    return (double) (live->standing.shelved + live->standing.suppressed +
                     live->standing.out_of_service);
}

static double of_chatter(const davy_kpi_live *live)
{
    return (double) live->chatter_episodes;
}

static double of_fleeting(const davy_kpi_live *live)
{
    return (double) live->fleeting_times;
}

static double of_annunciated(const davy_kpi_live *live)
{
    double sum = 0.0;

    for (size_t i = 0; i < DAVY_KPI_PRIORITIES; i++)
        sum += (double) live->annunciated[i];
    return sum;
}

static const struct {
    const char *name, *help;
    double (*measure)(const davy_kpi_live *live);
} figures[] = {
    {"annunciated_30_days", "Alarms that operators heard in the last 30 days.", of_annunciated},
    {"annunciated_10_minutes", "Of them, in the last ten minutes.", of_ten_minutes},
    {"flood", "1 while the position is in an alarm flood.", of_flood},
    {"floods_30_days", "Floods of the last 30 days.", of_floods},
    {"active", "Alarms whose condition holds.", of_active},
    {"unacknowledged", "Alarms that nobody acknowledged.", of_unacknowledged},
    {"stale", "Alarms that have been in alarm for more than a day.", of_stale},
    {"silenced", "Alarms shelved, suppressed by design or out of service.", of_silenced},
    {"chattering_30_days", "Times that an alarm chattered in the last 30 days.", of_chatter},
    {"fleeting_30_days", "Alarms of the last 30 days that nobody could answer.", of_fleeting},
};

/* Names of positions are free text, and a label has its own quotes. */
static void write_label(davy_buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            davy_buffer_append(out, "\\", 1);
        davy_buffer_append(out, text, 1);
    }
}

void davy_kpi_metrics(const davy_kpi *kpi, const davy_site *site, davy_buffer *out)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(figures); i++) {
        davy_buffer_printf(out, "# HELP davy_position_%s %s\n# TYPE davy_position_%s gauge\n",
                           figures[i].name, figures[i].help, figures[i].name);
        for (size_t position = 0; position < site->position_count; position++) {
            davy_kpi_live live;

            davy_kpi_look_live(kpi, position, &live);
            davy_buffer_printf(out, "davy_position_%s{position=\"", figures[i].name);
            write_label(out, site->positions[position].name);
            davy_buffer_printf(out, "\"} %.17g\n", figures[i].measure(&live));
        }
    }
}
