/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/kpi_plots.h"

#include "data/page_plot.h"

#include <math.h>

static double number_at(const json_t *array, size_t index)
{
    return json_number_value(json_array_get(array, index));
}

/* A level that all bars are compared with. */
static void put_level(const davy_plot *plot, davy_buffer *html, double level, size_t colour)
{
    const double x[] = {plot->low_x, plot->high_x}, y[] = {level, level};

    if (level <= plot->high_y)
        davy_plot_line(plot, html, x, y, 2, colour, true);
}

static void plot_bars(davy_buffer *html, const json_t *position)
{
    const json_t *bars = json_object_get(position, "bars");
    const json_t *counts = json_object_get(bars, "counts");
    const double days = json_number_value(json_object_get(bars, "days"));
    const size_t count = json_array_size(counts);
    davy_plot plot = {.title = {"Alarms over time", "报警随时间"},
                      .x = {"days since the begin", "起始后的天数"},
                      .y = {days > 1.0 ? "alarms in a bar" : "alarms a day",
                            days > 1.0 ? "每柱报警数" : "每日报警数"},
                      .high_x = (double) count * days,
                      .high_y = 2.2 * 144.0 * days};

    for (size_t i = 0; i < count; i++)
        plot.high_y = fmax(plot.high_y, number_at(counts, i));
    davy_plot_round(&plot.low_y, &plot.high_y);
    davy_plot_begin(&plot, html);
    for (size_t i = 0; i < count; i++)
        if (number_at(counts, i) > 0.0)
            davy_plot_bar(&plot, html, (double) i * days, ((double) i + 0.9) * days,
                          number_at(counts, i), 0);
    put_level(&plot, html, 144.0 * days, 2);
    put_level(&plot, html, 288.0 * days, 1);
    davy_plot_name(&plot, html, (davy_words){"acceptable", "可接受"}, NULL, 2);
    davy_plot_name(&plot, html, (davy_words){"manageable", "可管理"}, NULL, 1);
    davy_plot_end(html);
}

static const json_t *counts_of(const json_t *position, const char *name)
{
    return json_object_get(json_object_get(position, name), "counts");
}

/* From the end of the line to this point, along the axes: counts are whole, so shares jump. */
static void step_to(const davy_plot *plot, davy_buffer *html, double end[2], double x, double y)
{
    const double xs[] = {end[0], x, x}, ys[] = {end[1], end[1], y};

    davy_plot_line(plot, html, xs, ys, 3, 0, false);
    end[0] = x;
    end[1] = y;
}

/* The share of periods with at most so many. */
static void plot_shares(davy_buffer *html, const json_t *counts, const davy_plot *words)
{
    double total = 0.0, seen = 0.0, end[2] = {0.0};
    davy_plot plot = *words;
    const json_t *bin;
    size_t index;

    json_array_foreach(counts, index, bin)
    {
        total += number_at(bin, 1);
        plot.high_x = fmax(plot.high_x, number_at(bin, 0));
    }
    plot.high_y = 100.0;
    davy_plot_round(&plot.low_x, &plot.high_x);
    davy_plot_begin(&plot, html);
    json_array_foreach(counts, index, bin)
    {
        seen += number_at(bin, 1);
        step_to(&plot, html, end, number_at(bin, 0), 100.0 * seen / total);
    }
    step_to(&plot, html, end, plot.high_x, 100.0);
    davy_plot_end(html);
}

void davy_kpi_plots(davy_buffer *html, const json_t *position)
{
    static const struct {
        const char *name;
        davy_plot plot;
    } shares[] = {
        {"per_hour",
         {.title = {"Hours by their alarms", "各小时的报警数"},
          .x = {"alarms in an hour", "每小时报警数"},
          .y = {"hours with at most so many, %", "不超过该数的小时占比 %"},
          .high_x = 12.0}},
        {"per_ten_minutes",
         {.title = {"Periods of 10 minutes by their alarms", "各 10 分钟时段的报警数"},
          .x = {"alarms in 10 minutes", "每 10 分钟报警数"},
          .y = {"periods with at most so many, %", "不超过该数的时段占比 %"},
          .high_x = 10.0}},
        {"acknowledge",
         {.title = {"Time to acknowledge", "确认用时"},
          .x = {"seconds", "秒"},
          .y = {"acknowledged within, %", "该时间内确认的占比 %"},
          .high_x = 60.0}},
    };

    davy_buffer_append_text(html, "<div class=\"pair\">");
    plot_bars(html, position);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(shares); i++)
        if (json_array_size(counts_of(position, shares[i].name)) > 0)
            plot_shares(html, counts_of(position, shares[i].name), &shares[i].plot);
    davy_buffer_append_text(html, "</div>");
}
