/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/sheet.h"

#include <stdio.h>

/* A line for a pen where davy knows nothing. */
#define PEN "<span style=\"display:inline-block;width:16em;border-bottom:1px solid\">&nbsp;</span>"

void davy_sheet_block(const davy_sheet *sheet, const char *en, const char *zh)
{
    davy_page_element(sheet->html, "h2", (davy_words){en, zh});
}

/* Texts stand as they are written; NULL is left to a pen. */
void davy_sheet_say(const davy_sheet *sheet, const char *text)
{
    davy_buffer_append_text(sheet->html, "<p style=\"white-space:pre-line\">");
    if (text)
        davy_page_text(sheet->html, text);
    else
        davy_buffer_append_text(sheet->html, PEN);
    davy_buffer_append_text(sheet->html, "</p>");
}

void davy_sheet_row(const davy_sheet *sheet, const char *en, const char *zh, const char *text)
{
    davy_buffer_append_text(sheet->html, "<tr>");
    davy_page_element(sheet->html, "th", (davy_words){en, zh});
    davy_buffer_append_text(sheet->html, "<td>");
    if (text)
        davy_page_text(sheet->html, text);
    else
        davy_buffer_append_text(sheet->html, PEN);
    davy_buffer_append_text(sheet->html, "</td></tr>");
}

void davy_sheet_heads(const davy_sheet *sheet, const davy_words *words, size_t count)
{
    davy_buffer_append_text(sheet->html, "<table><tr>");
    for (size_t i = 0; i < count; i++)
        davy_page_element(sheet->html, "th", words[i]);
    davy_buffer_append_text(sheet->html, "</tr>");
}

void davy_sheet_cell(const davy_sheet *sheet, const char *text)
{
    davy_buffer_append_text(sheet->html, "<td>");
    davy_page_text(sheet->html, text ? text : "");
    davy_buffer_append_text(sheet->html, "</td>");
}

/* On the clock of the site; "" for 0. */
const char *davy_sheet_time(const davy_sheet *sheet, int64_t time_ns, char text[DAVY_TIMESTAMP_MAX])
{
    char utc[DAVY_TIMESTAMP_MAX], shown[DAVY_TIMESTAMP_MAX];

    text[0] = '\0';
    if (time_ns == 0)
        return text;
    davy_timestamp_format(time_ns, 0, utc);
    (void) snprintf(text, DAVY_TIMESTAMP_MAX, "%s",
                    davy_timestamp_show(utc, sheet->order->zone, shown));
    return text;
}

void davy_sheet_time_cell(const davy_sheet *sheet, int64_t time_ns)
{
    char text[DAVY_TIMESTAMP_MAX];

    davy_sheet_cell(sheet, davy_sheet_time(sheet, time_ns, text));
}

/* What every form begins and ends with ----------------------------------------------------------
 */

void davy_sheet_name(const davy_sheet *sheet)
{
    davy_sheet_block(sheet, "1. Incident Name", "1. 事件名称");
    davy_sheet_say(sheet, sheet->incident->name);
}

void davy_sheet_prepared(const davy_sheet *sheet, const char *en, const char *zh)
{
    char text[DAVY_TIMESTAMP_MAX];

    davy_sheet_block(sheet, en, zh);
    davy_buffer_append_text(sheet->html, "<table>");
    davy_sheet_row(sheet, "Name", "姓名", sheet->order->prepared_by);
    davy_sheet_row(sheet, "Position/Title", "职务", NULL);
    davy_sheet_row(sheet, "Signature", "签名", NULL);
    davy_sheet_row(sheet, "Date/Time", "日期/时间",
                   davy_sheet_time(sheet, sheet->order->now_ns, text));
    davy_buffer_append_text(sheet->html, "</table>");
}

/* "from the beginning to the end, or to now". */
void davy_sheet_period(const davy_sheet *sheet)
{
    const int64_t end_ns =
        sheet->incident->closed_ns ? sheet->incident->closed_ns : sheet->order->now_ns;
    char text[DAVY_TIMESTAMP_MAX];

    davy_sheet_block(sheet, "2. Operational Period", "2. 行动时段");
    davy_buffer_append_text(sheet->html, "<table>");
    davy_sheet_row(sheet, "Date/Time From", "开始",
                   davy_sheet_time(sheet, sheet->incident->opened_ns, text));
    davy_sheet_row(sheet, "Date/Time To", "结束", davy_sheet_time(sheet, end_ns, text));
    davy_buffer_append_text(sheet->html, "</table>");
}
