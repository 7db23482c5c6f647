/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_spread.h"

#include "app/impact_words.h"
#include "app/table_print.h"

#include <math.h>
#include <stdio.h>

#define CELL ((size_t) 160)

/* "554 m"; "beyond" where draws have no distance, so that nobody can say how far. */
static const char *distance_text(double distance, char text[DAVY_ANSWER_TEXT_MAX])
{
    const davy_answer reach = {.kind = DAVY_ANSWER_VALUE, .value = distance, .far = NAN};

    if (isfinite(distance))
        return davy_impact_distance_text(&reach, text);
    (void) snprintf(text, DAVY_ANSWER_TEXT_MAX, "beyond");
    return text;
}

/* "554 m (501 m to 580 m)" */
static const char *quantile_text(const davy_draws_quantile *quantile, char text[CELL])
{
    char at[DAVY_ANSWER_TEXT_MAX], low[DAVY_ANSWER_TEXT_MAX], high[DAVY_ANSWER_TEXT_MAX];

    (void) snprintf(text, CELL, "%.40s (%.40s to %.40s)", distance_text(quantile->distance, at),
                    distance_text(quantile->low, low), distance_text(quantile->high, high));
    return text;
}

/* The figures that are drawn, the one that moves the distance most first. */
static size_t by_weight(const davy_spread_zone *zone, davy_spread_figure order[DAVY_SPREAD_FIGURES])
{
    size_t count = 0;

    for (davy_spread_figure i = 0; i < DAVY_SPREAD_FIGURES; i++) {
        size_t at = count;

        if (isnan(zone->moves[i]))
            continue;
        for (; at > 0 && fabs(zone->moves[order[at - 1]]) < fabs(zone->moves[i]); at--)
            order[at] = order[at - 1];
        order[at] = i;
        count++;
    }
    return count;
}

/* "hole +0.91, wind -0.32" */
static const char *moves_text(const davy_spread_zone *zone, char text[CELL])
{
    davy_spread_figure order[DAVY_SPREAD_FIGURES];
    const size_t count = by_weight(zone, order);
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count && used < CELL; i++)
        used += (size_t) snprintf(text + used, CELL - used, "%s%s %+.2f", i > 0 ? ", " : "",
                                  davy_spread_figure_name(order[i]), zone->moves[order[i]]);
    return text;
}

/* Draws that have no distance, or one that no formula vouches for. */
static const char *doubt_text(const davy_spread_zone *zone, char text[CELL])
{
    const davy_draws_tally *tally = &zone->tally;
    size_t used = 0;

    text[0] = '\0';
    if (tally->not_reached > 0)
        used = (size_t) snprintf(text, CELL, "%zu not reached", tally->not_reached);
    if (tally->outside > 0)
        used += (size_t) snprintf(text + used, CELL - used, "%s%zu outside the range",
                                  used > 0 ? ", " : "", tally->outside);
    if (tally->unknown > 0)
        (void) snprintf(text + used, CELL - used, "%s%zu without a distance", used > 0 ? ", " : "",
                        tally->unknown);
    return text;
}

davy_status davy_impact_spread_print(const davy_spread *spread)
{
    static const davy_print_column columns[] = {
        {"effect", false, false},      {"level", false, false}, {"5 %", true, false},
        {"50 %", true, false},         {"95 %", true, false},   {"moved by", false, false},
        {"of the draws", false, false}};
    char low[CELL], median[CELL], high[CELL], moves[CELL], doubt[CELL];
    davy_print *print;
    davy_status status =
        davy_print_create("spread", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    for (size_t i = 0; status == DAVY_OK && i < spread->zone_count; i++) {
        const davy_spread_zone *zone = &spread->zones[i];

        status = davy_print_row(
            print, (const char *const[]){davy_effect_name(zone->effect), zone->endpoint,
                                         quantile_text(&zone->low, low),
                                         quantile_text(&zone->median, median),
                                         quantile_text(&zone->high, high), moves_text(zone, moves),
                                         doubt_text(zone, doubt)});
    }
    davy_print_finish(print);
    (void) printf("%zu draws with the seed %llu; in brackets what holds the true quantile with "
                  "%.0f %% confidence\n",
                  spread->draws, (unsigned long long) spread->seed, 100 * DAVY_SPREAD_CONFIDENCE);
    return status;
}

static void write_quantile(davy_buffer *html, const davy_draws_quantile *quantile)
{
    char at[DAVY_ANSWER_TEXT_MAX], low[DAVY_ANSWER_TEXT_MAX], high[DAVY_ANSWER_TEXT_MAX];

    davy_buffer_printf(html, "<td class=\"n\">%s<br><span class=\"sub\">%s – %s</span></td>",
                       isfinite(quantile->distance) ? distance_text(quantile->distance, at) : "∞",
                       isfinite(quantile->low) ? distance_text(quantile->low, low) : "∞",
                       isfinite(quantile->high) ? distance_text(quantile->high, high) : "∞");
}

/* Bars of equal width; the highest is as high as the picture. */
static void write_bars(davy_buffer *html, const davy_spread_zone *zone)
{
    static const double bar = 10, height = 44; /* px */
    size_t most = 1;

    if (isnan(zone->from)) {
        davy_buffer_append_text(html, "<td>–</td>");
        return;
    }
    for (size_t i = 0; i < DAVY_SPREAD_BARS; i++)
        most = zone->bars[i] > most ? zone->bars[i] : most;
    davy_buffer_printf(html,
                       "<td><svg class=\"bars\" role=\"img\" width=\"%g\" height=\"%g\" "
                       "aria-label=\"%.0f – %.0f m\">",
                       bar * DAVY_SPREAD_BARS, height, zone->from, zone->to);
    for (size_t i = 0; i < DAVY_SPREAD_BARS; i++) {
        const double high = height * (double) zone->bars[i] / (double) most;

        davy_buffer_printf(html,
                           "<rect x=\"%g\" y=\"%.1f\" width=\"%g\" height=\"%.1f\" "
                           "fill=\"#2b6cb0\"><title>%zu</title></rect>",
                           bar * (double) i, height - high, bar - 1, high, zone->bars[i]);
    }
    davy_buffer_printf(html, "</svg><div class=\"sub\">%.0f – %.0f m</div></td>", zone->from,
                       zone->to);
}

static void write_moves(davy_buffer *html, const davy_spread_zone *zone)
{
    static const davy_words names[DAVY_SPREAD_FIGURES] = {{"wind", "风速"},
                                                          {"stability", "稳定度"},
                                                          {"hole", "孔径"},
                                                          {"rate", "泄漏速率"},
                                                          {"fill", "充装率"}};
    davy_spread_figure order[DAVY_SPREAD_FIGURES];
    const size_t count = by_weight(zone, order);

    davy_buffer_append_text(html, "<td>");
    for (size_t i = 0; i < count; i++) {
        davy_page_words(html, names[order[i]]);
        davy_buffer_printf(html, " %+.2f<br>", zone->moves[order[i]]);
    }
    davy_buffer_append_text(html, "</td><td class=\"sub\">");
    if (zone->tally.not_reached > 0)
        davy_page_say(html, "%zu not reached", "%zu 次未达到", zone->tally.not_reached);
    if (zone->tally.outside > 0)
        davy_page_say(html, "%zu outside the range", "%zu 次超出适用范围", zone->tally.outside);
    if (zone->tally.unknown > 0)
        davy_page_say(html, "%zu without a distance", "%zu 次无法给出距离", zone->tally.unknown);
    davy_buffer_append_text(html, "</td>");
}

void davy_impact_spread_page(const davy_spread *spread, davy_buffer *html)
{
    davy_page_element(html, "h2", (davy_words){"What is not known moves it", "不确定性分析"});
    davy_page_say(
        html,
        "%zu draws of what the scenario calls uncertain, each computed from the hole to "
        "its distances. Below each quantile stands what holds the true one with 95 %% "
        "confidence. A correlation is that of ranks.",
        "对情景中不确定的参数抽样 %zu 次，每次从泄漏口一直计算到影响距离。分位数下方为 95 "
        "%% 置信区间。相关系数为秩相关。",
        spread->draws);
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"effect", "影响"});
    davy_page_element(html, "th", (davy_words){"level", "阈值"});
    davy_buffer_append_text(html, "<th class=\"n\">5 %</th><th class=\"n\">50 %</th>"
                                  "<th class=\"n\">95 %</th>");
    davy_page_element(html, "th", (davy_words){"distances", "距离分布"});
    davy_page_element(html, "th", (davy_words){"moved by", "主要影响参数"});
    davy_page_element(html, "th", (davy_words){"of the draws", "抽样说明"});
    davy_buffer_append_text(html, "</tr>");
    for (size_t i = 0; i < spread->zone_count; i++) {
        const davy_spread_zone *zone = &spread->zones[i];

        davy_buffer_append_text(html, "<tr><td>");
        davy_page_words(html, davy_impact_effect_words(zone->effect));
        davy_buffer_printf(html, "</td><td class=\"s%d\">", zone->severity);
        davy_page_text(html, zone->endpoint);
        davy_buffer_append_text(html, "</td>");
        write_quantile(html, &zone->low);
        write_quantile(html, &zone->median);
        write_quantile(html, &zone->high);
        write_bars(html, zone);
        write_moves(html, zone);
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
}
