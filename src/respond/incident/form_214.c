/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/sheet.h"

#include <jansson.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* "person Li Wei missing, pump house; ...": what an event says, in the order of reading. */
static void write_activity(const davy_sheet *sheet, const json_t *event)
{
    static const char *const keys[] = {"type",  "message", "name",      "what",
                                       "state", "text",    "place",     "scenario",
                                       "owner", "comment", "commander", "description"};
    const char *between = "";

    davy_buffer_append_text(sheet->html, "<td>");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
        if (*text_of(event, keys[i])) {
            davy_page_text(sheet->html, between);
            davy_page_text(sheet->html, text_of(event, keys[i]));
            between = i == 0 ? ": " : ", ";
        }
    davy_page_text(sheet->html, " (");
    davy_page_text(sheet->html, text_of(event, "by"));
    davy_page_text(sheet->html, ")");
    davy_buffer_append_text(sheet->html, "</td>");
}

static void log_block(const davy_sheet *sheet)
{
    static const davy_words words[] = {{"Date/Time", "日期/时间"},
                                       {"Notable Activities", "重要活动"}};
    size_t index;
    const json_t *event;

    davy_sheet_block(sheet, "7. Activity Log", "7. 活动日志");
    davy_sheet_heads(sheet, words, DAVY_ARRAY_LENGTH(words));
    json_array_foreach(sheet->order->events, index, event)
    {
        char shown[DAVY_TIMESTAMP_MAX];
        const char *time = text_of(event, *text_of(event, "happened") ? "happened" : "time");

        davy_buffer_append_text(sheet->html, "<tr>");
        davy_sheet_cell(sheet, davy_timestamp_show(time, sheet->order->zone, shown));
        write_activity(sheet, event);
        davy_buffer_append_text(sheet->html, "</tr>");
    }
    davy_buffer_append_text(sheet->html, "</table>");
}

void davy_sheet_214(const davy_sheet *sheet)
{
    static const davy_words words[] = {
        {"Name", "名称"}, {"ICS Position", "ICS 职务"}, {"Home Agency", "所属单位"}};

    davy_sheet_name(sheet);
    davy_sheet_period(sheet);
    davy_sheet_block(sheet, "3. Name", "3. 姓名");
    davy_sheet_say(sheet, sheet->incident->commander);
    davy_sheet_block(sheet, "4. ICS Position", "4. ICS 职务");
    davy_sheet_say(sheet, sheet->incident->commander ? "Incident Commander" : NULL);
    davy_sheet_block(sheet, "5. Home Agency (and Unit)", "5. 所属单位");
    davy_sheet_say(sheet, sheet->order->site);
    davy_sheet_block(sheet, "6. Resources Assigned", "6. 已分配资源");
    davy_sheet_heads(sheet, words, DAVY_ARRAY_LENGTH(words));
    for (size_t i = 0; i < sheet->incident->resource_count; i++) {
        davy_buffer_append_text(sheet->html, "<tr>");
        davy_sheet_cell(sheet, sheet->incident->resources[i].name);
        davy_sheet_cell(sheet, NULL);
        davy_sheet_cell(sheet, NULL);
        davy_buffer_append_text(sheet->html, "</tr>");
    }
    davy_buffer_append_text(sheet->html, "</table>");
    log_block(sheet);
    davy_sheet_prepared(sheet, "8. Prepared by", "8. 填表人");
}
