/* SPDX-License-Identifier: Apache-2.0 */
#include "data/clean_report.h"

#include "core/quantity.h"
#include "data/clean_kind.h"

#include <stdio.h>

#define COLUMNS_SHOWN ((size_t) 40)
#define SPIKES_MAX    0.02

void davy_clean_faults(const davy_quality_report *q, davy_clean_fault faults[DAVY_CLEAN_FAULTS])
{
    const davy_clean_fault all[DAVY_CLEAN_FAULTS] = {
        {q->shuffled,
         {"rows stood before an earlier one and were put in order", "行时间乱序,已重新排序"}},
        {q->repeated, {"rows repeated a time; the last one was taken", "行时间重复,保留最后一行"}},
        {q->missing, {"values are missing", "个值缺失"}},
        {q->stuck,
         {"values stand still in signals that else move", "个值停滞不动,而该信号平时在变化"}},
        {q->gaps, {"gaps in time", "处时间间断"}},
    };

    for (size_t i = 0; i < DAVY_CLEAN_FAULTS; i++)
        faults[i] = all[i];
}

const char *davy_clean_gap_text(const davy_quality_report *q, char *text, size_t capacity)
{
    char length[32] = "";

    text[0] = '\0';
    if (q->gaps == 0)
        return text;
    davy_duration_format(q->gap_ns, length, sizeof length);
    (void) snprintf(text, capacity, ", the longest of %s; %zu rows are absent", length, q->absent);
    return text;
}

void davy_clean_fault_table(const davy_quality_report *report, davy_buffer *html)
{
    davy_clean_fault faults[DAVY_CLEAN_FAULTS];
    size_t found = 0;

    davy_clean_faults(report, faults);
    davy_buffer_append_text(html, "<table>");
    for (size_t i = 0; i < DAVY_CLEAN_FAULTS; i++) {
        if (faults[i].count == 0)
            continue;
        found++;
        davy_buffer_printf(html, "<tr><td class=\"n\">%zu</td>", faults[i].count);
        davy_page_element(html, "td", faults[i].what);
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table>");
    if (found == 0)
        davy_page_element(
            html, "p",
            (davy_words){"No row out of order, no gap, no missing and no stuck value.",
                         "没有乱序、间断、缺失或停滞的值。"});
}

static size_t changed_in(const davy_clean_tally *tally, size_t column)
{
    size_t changed = 0;

    for (size_t i = 0; i < tally->steps; i++)
        changed += tally->changed[i * tally->columns + column];
    return changed;
}

static void put_step_names(const davy_cleaning *cleaning, davy_buffer *html)
{
    davy_buffer_append_text(html, "<tr>");
    davy_page_element(html, "th", (davy_words){"signal", "信号"});
    for (size_t i = 0; i < cleaning->step_count; i++) {
        const davy_clean_kind *kind = cleaning->steps[i].kind;

        davy_buffer_printf(html, "<th class=\"n\"><code>%s</code><br><small>", kind->name);
        davy_page_words(html, kind->what);
        davy_buffer_append_text(html, "</small></th>");
    }
    davy_buffer_append_text(html, "</tr>");
}

const davy_words *davy_clean_caution(const davy_cleaning *cleaning, const davy_clean_tally *tally)
{
    static const davy_words spikes = {
        "More than one value in fifty was taken for a spike: these are no spikes. Raise sigmas, or "
        "widen the window to more than a usual move of the signals.",
        "超过五十分之一的值被当作尖峰:它们不是尖峰。请提高 "
        "sigmas,或把窗口放宽到长于信号的正常变化。"};
    const double cells = (double) tally->rows_before * (double) tally->columns;

    for (size_t i = 0; i < cleaning->step_count; i++)
        if ((cleaning->steps[i].kind == &davy_clean_hampel ||
             cleaning->steps[i].kind == &davy_clean_centred) &&
            (double) davy_clean_tally_step(tally, i) > SPIKES_MAX * cells)
            return &spikes;
    return NULL;
}

static void put_cell(size_t changed, davy_buffer *html)
{
    if (changed > 0)
        davy_buffer_printf(html, "<td class=\"n\">%zu</td>", changed);
    else
        davy_buffer_append_text(html, "<td class=\"n\">·</td>");
}

void davy_clean_tally_table(const davy_cleaning *cleaning, const davy_clean_tally *tally,
                            davy_buffer *html)
{
    const davy_words *caution = davy_clean_caution(cleaning, tally);
    size_t shown = 0, left = 0;

    if (caution)
        davy_page_element(html, "p class=\"bad\"", *caution);
    davy_buffer_append_text(html, "<div class=\"wide\"><table>");
    put_step_names(cleaning, html);
    for (size_t c = 0; c < tally->columns; c++) {
        if (changed_in(tally, c) == 0)
            continue;
        if (shown++ >= COLUMNS_SHOWN) {
            left++;
            continue;
        }
        davy_buffer_append_text(html, "<tr><td>");
        davy_page_text(html, cleaning->names[c]);
        davy_buffer_append_text(html, "</td>");
        for (size_t i = 0; i < tally->steps; i++)
            put_cell(tally->changed[i * tally->columns + c], html);
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
    if (shown == 0)
        davy_page_element(html, "p", (davy_words){"No value was changed.", "没有值被改动。"});
    if (left > 0)
        davy_page_say(html, "And %zu signals more.", "另有 %zu 个信号。", left);
}
