/* SPDX-License-Identifier: Apache-2.0 */
#include "app/impact_page.h"

#include "app/impact_map.h"
#include "app/impact_spread.h"
#include "app/impact_words.h"

#include <math.h>
#include <string.h>

static const char style[] =
    "<style>details summary{cursor:pointer}details dl{margin:.4em 0 .8em;padding:.5em .9em;"
    "background:var(--paper);font-size:.92em}dt{color:var(--soft)}dd{margin:0 0 .3em}"
    ".s1{border-left:5px solid #c9a227}.s2{border-left:5px solid #d97706}"
    ".s3{border-left:5px solid #b3372a}td.s1,td.s2,td.s3{padding-left:.6em}</style>";

/* Text from outside or with characters of markup, in one language. */
static void write_words(davy_buffer *html, davy_words words)
{
    davy_buffer_append_text(html, "<span lang=\"en\">");
    davy_page_text(html, words.en);
    davy_buffer_append_text(html, "</span><span lang=\"zh\">");
    davy_page_text(html, words.zh);
    davy_buffer_append_text(html, "</span>");
}

static void write_fact(davy_buffer *html, davy_words term, const char *text)
{
    if (!text || !text[0])
        return;
    davy_page_element(html, "dt", term);
    davy_buffer_append_text(html, "<dd>");
    davy_page_text(html, text);
    davy_buffer_append_text(html, "</dd>");
}

/* A figure that opens its formula. */
static void write_figure(davy_buffer *html, davy_words figure, const davy_formula *formula)
{
    if (!formula) {
        write_words(html, figure);
        return;
    }
    davy_buffer_append_text(html, "<details><summary>");
    write_words(html, figure);
    davy_buffer_append_text(html, "</summary><dl>");
    davy_page_element(html, "dt", (davy_words){"Formula", "公式"});
    davy_buffer_append_text(html, "<dd>");
    write_words(html, (davy_words){formula->title, formula->chinese});
    davy_buffer_append_text(html, "</dd>");
    write_fact(html, (davy_words){"Equation", "方程"}, formula->equation);
    write_fact(html, (davy_words){"Source", "出处"}, formula->source);
    write_fact(html, (davy_words){"Range", "适用范围"}, formula->range);
    write_fact(html, (davy_words){"Published cases that check it", "校验算例"}, formula->cases);
    davy_buffer_append_text(html, "</dl></details>");
}

static void write_reach(davy_buffer *html, const davy_answer *reach)
{
    char english[DAVY_ANSWER_TEXT_MAX], chinese[DAVY_ANSWER_TEXT_MAX];

    write_figure(html, davy_impact_reach_words(reach, english, chinese), reach->formula);
}

static void write_source(davy_buffer *html, const davy_impact *impact)
{
    const davy_source_term *source = &impact->source;
    char text[DAVY_ANSWER_TEXT_MAX];

    davy_page_element(html, "h2", (davy_words){"What is let out", "泄漏源"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table>");
    for (size_t i = 0; i < source->step_count; i++) {
        const davy_source_step *step = &source->steps[i];

        (void) davy_answer_text(&step->answer, text);
        davy_buffer_append_text(html, "<tr><td>");
        write_words(html, davy_impact_name_words(step->name));
        davy_buffer_append_text(html, "</td><td>");
        write_figure(html, (davy_words){text, text}, step->answer.formula);
        davy_buffer_append_text(html, "</td><td class=\"sub\">");
        davy_page_text(html, step->note ? step->note : "");
        davy_buffer_append_text(html, "</td></tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
}

static void write_band(davy_buffer *html, const davy_zone *zone)
{
    const davy_answer low = {.kind = DAVY_ANSWER_VALUE, .value = zone->band_low, .far = NAN};
    const davy_answer high = {.kind = DAVY_ANSWER_VALUE, .value = zone->band_high, .far = NAN};
    char text[DAVY_ANSWER_TEXT_MAX];

    if (isnan(zone->band_low)) {
        davy_buffer_append_text(html, "<td class=\"n\">–</td>");
        return;
    }
    davy_buffer_printf(html, "<td class=\"n\">%s", davy_impact_distance_text(&low, text));
    if (zone->band_high > zone->band_low)
        davy_buffer_printf(html, " – %s", davy_impact_distance_text(&high, text));
    davy_buffer_append_text(html, "</td>");
}

/* All models of a zone; the one that draws it stands first. */
static void write_models(davy_buffer *html, const davy_impact_models *models)
{
    davy_buffer_append_text(html, "<details><summary>");
    write_words(html, davy_impact_name_words(models->items[models->drawn].name));
    davy_buffer_append_text(html, "</summary><dl>");
    for (size_t i = 0; i < models->count; i++) {
        davy_buffer_append_text(html, "<dt>");
        write_words(html, davy_impact_name_words(models->items[i].name));
        davy_buffer_append_text(html, "</dt><dd>");
        write_reach(html, &models->items[i].reach);
        if (isfinite(models->items[i].impulse.value) && models->items[i].impulse.formula)
            davy_page_say(html, "impulse %.0f Pa s", "冲量 %.0f Pa·s",
                          models->items[i].impulse.value);
        davy_buffer_append_text(html, "</dd>");
    }
    davy_buffer_append_text(html, "</dl></details>");
}

static void write_zone(davy_buffer *html, const davy_zone *zone, const davy_impact_models *models)
{
    davy_buffer_printf(html, "<tr><td class=\"s%d\">", zone->severity);
    davy_page_text(html, zone->endpoint);
    davy_buffer_append_text(html, "</td><td>");
    write_reach(html, &zone->reach);
    davy_buffer_append_text(html, "</td>");
    write_band(html, zone);
    if (isnan(models->people))
        davy_buffer_append_text(html, "<td class=\"n\">–</td>");
    else
        davy_buffer_printf(html, "<td class=\"n\">%.0f</td>", models->people);
    davy_buffer_append_text(html, "<td>");
    if (models->count > 0)
        write_models(html, models);
    davy_buffer_append_text(html, "</td></tr>");
}

static void write_effect(davy_buffer *html, const davy_impact *impact, davy_effect effect)
{
    bool any = false, drawn = false;

    for (size_t i = 0; i < impact->zone_count; i++)
        if (impact->zones[i].effect == effect) {
            any = true;
            drawn = drawn || impact->zones[i].count > 0;
        }
    if (!any)
        return;
    davy_page_element(html, "h2", davy_impact_effect_words(effect));
    if (drawn)
        davy_impact_map(html, impact, effect);
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"level", "阈值"});
    davy_page_element(html, "th", (davy_words){"distance", "距离"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"models in range", "各模型范围"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"people", "人数"});
    davy_page_element(html, "th", (davy_words){"drawn by", "绘制模型"});
    davy_buffer_append_text(html, "</tr>");
    for (size_t i = 0; i < impact->zone_count; i++)
        if (impact->zones[i].effect == effect)
            write_zone(html, &impact->zones[i], &impact->models[i]);
    davy_buffer_append_text(html, "</table></div>");
}

static void write_place(davy_buffer *html, const davy_impact_place *place)
{
    davy_buffer_append_text(html, "<tr><td>");
    davy_page_text(html, place->place->title ? place->place->title : place->place->name);
    davy_buffer_append_text(html, "</td>");
    if (isnan(place->people))
        davy_buffer_append_text(html, "<td class=\"n\">–</td><td>");
    else
        davy_buffer_printf(html, "<td class=\"n\">%.0f</td><td>", place->people);
    davy_page_words(html, davy_impact_advice_words(place->advice));
    davy_buffer_append_text(html, "</td><td class=\"n\">");
    if (!isnan(place->leave_after))
        davy_buffer_printf(html, "%.0f min", place->leave_after / 60);
    davy_buffer_append_text(html, "</td><td class=\"sub\">");
    davy_page_words(
        html, (davy_words){davy_advice_why(place->why, false), davy_advice_why(place->why, true)});
    davy_buffer_append_text(html, "</td></tr>");
}

static void write_places(davy_buffer *html, const davy_impact *impact)
{
    if (impact->place_count == 0)
        return;
    davy_page_element(html, "h2", (davy_words){"People", "人员"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"place", "地点"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"people", "人数"});
    davy_page_element(html, "th", (davy_words){"advice", "建议"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"leave after", "撤离时刻"});
    davy_page_element(html, "th", (davy_words){"why", "理由"});
    davy_buffer_append_text(html, "</tr>");
    for (size_t i = 0; i < impact->place_count; i++)
        write_place(html, &impact->places[i]);
    davy_buffer_append_text(html, "</table></div>");
}

static void write_musters(davy_buffer *html, const davy_impact *impact)
{
    if (impact->muster_count == 0)
        return;
    davy_page_element(html, "h2",
                      (davy_words){"Muster points, the best first", "集合点（由优到劣）"});
    davy_buffer_append_text(html, "<ul>");
    for (size_t i = 0; i < impact->muster_count; i++) {
        const davy_impact_muster *muster = &impact->musters[i];

        davy_buffer_append_text(html, "<li>");
        davy_page_text(html, muster->place->title ? muster->place->title : muster->place->name);
        davy_buffer_printf(html, ": %.0f m, ", muster->distance);
        davy_page_words(html, !muster->safe ? (davy_words){"not known to be safe", "不确定安全"}
                              : muster->upwind ? (davy_words){"upwind", "上风向"}
                                               : (davy_words){"not upwind", "非上风向"});
        davy_buffer_append_text(html, "</li>");
    }
    davy_buffer_append_text(html, "</ul>");
}

static void write_dominoes(davy_buffer *html, const davy_impact *impact)
{
    if (impact->domino_count == 0)
        return;
    davy_page_element(html, "h2", (davy_words){"What may fail next", "可能的多米诺效应"});
    davy_buffer_append_text(html, "<ul>");
    for (size_t i = 0; i < impact->domino_count; i++) {
        const davy_impact_domino *domino = &impact->dominoes[i];

        davy_buffer_append_text(html, "<li>");
        davy_page_text(html, domino->asset->name);
        davy_buffer_printf(html, ": %.0f m, ", domino->distance);
        davy_page_words(html, davy_impact_effect_words(domino->effect));
        davy_buffer_append_text(html, ": ");
        write_words(html, (davy_words){domino->level->english, domino->level->chinese});
        davy_buffer_append_text(html, "</li>");
    }
    davy_buffer_append_text(html, "</ul>");
}

static void write_head(davy_buffer *html, const davy_impact *impact)
{
    const davy_chemical *chemical = impact->substance.chemical;
    const char *chinese = chemical ? davy_chemical_chinese(chemical) : NULL;

    davy_page_open(html, (davy_words){"Impact of a scenario", "事故情景影响"},
                   impact->scenario.title  ? impact->scenario.title
                   : impact->scenario.name ? impact->scenario.name
                                           : "",
                   0);
    davy_buffer_append_text(html, style);
    if (chemical)
        write_words(html, (davy_words){chemical->name, chinese ? chinese : chemical->name});
    if (!isnan(impact->air.wind))
        davy_buffer_printf(html, " · %.3g m/s", impact->air.wind);
    if (!isnan(impact->scenario.weather.wind_from))
        davy_buffer_printf(html, " · %.0f°", impact->scenario.weather.wind_from);
    davy_buffer_printf(html, " · %c", davy_stability_letter(impact->air.stability));
    davy_page_body(html);
    davy_page_say(
        html,
        "A zone is drawn by one model and beside it stands how far all models reach that "
        "are in their range. Every figure opens its formula. Dashed: outside the range of "
        "the formula.",
        "每个影响区由一个模型绘制，并列出所有适用模型的范围。点击数字可查看公式。虚线表示超出公"
        "式适用范围。");
}

davy_status davy_impact_page(const davy_impact *impact, const davy_spread *spread,
                             davy_buffer *html)
{
    write_head(html, impact);
    write_source(html, impact);
    for (davy_effect effect = 0; effect < DAVY_EFFECTS; effect++)
        write_effect(html, impact, effect);
    if (spread)
        davy_impact_spread_page(spread, html);
    write_places(html, impact);
    write_musters(html, impact);
    write_dominoes(html, impact);
    davy_page_end(html);
    return davy_buffer_ok(html);
}
