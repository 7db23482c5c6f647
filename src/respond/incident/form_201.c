/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/sheet.h"

#include "respond/incident/sketch.h"

#include <stdio.h>

static void situation_block(const davy_sheet *sheet)
{
    const davy_toll toll = davy_incident_toll(sheet->incident);
    const int scale = davy_incident_scale_now(sheet->incident);

    davy_sheet_block(sheet, "5. Situation Summary and Health and Safety Briefing",
                     "5. 态势摘要与健康安全简报");
    davy_sheet_say(sheet, sheet->incident->description);
    davy_page_say(sheet->html,
                  "Missing %u, safe %u, injured %u, severely injured %u, dead %u. "
                  "In a zone of deadly harm %u, of lasting harm %u, of the least level %u.",
                  "失联 %u 人,安全 %u 人,受伤 %u 人,重伤 %u 人,死亡 %u 人。"
                  "致死区 %u 人,严重伤害区 %u 人,最低影响区 %u 人。",
                  toll.missing, toll.safe, toll.injured, toll.severe, toll.dead, toll.endangered,
                  toll.harmed, toll.alerted);
    davy_page_say(sheet->html, "Scale %d of 5 (%s); response level %s.",
                  "等级 %d/5(%s);响应级别 %s。", scale, davy_incident_scale_name(scale),
                  davy_response_level(&toll) ? davy_response_level_name(davy_response_level(&toll))
                                             : "–");
    davy_sheet_say(sheet, sheet->incident->safety);
}

static void actions_block(const davy_sheet *sheet)
{
    static const davy_words words[] = {{"Time", "时间"}, {"Actions", "行动"}, {"State", "状态"}};

    davy_sheet_block(sheet, "8. Current and Planned Actions, Strategies, and Tactics",
                     "8. 当前与计划的行动、策略和战术");
    davy_sheet_heads(sheet, words, DAVY_ARRAY_LENGTH(words));
    for (size_t i = 0; i < sheet->incident->task_count; i++) {
        const davy_incident_task *task = &sheet->incident->tasks[i];

        davy_buffer_append_text(sheet->html, "<tr>");
        davy_sheet_time_cell(sheet, task->created_ns);
        davy_sheet_cell(sheet, task->what);
        davy_sheet_cell(sheet, davy_state_name(DAVY_STATES_TASK, task->state));
        davy_buffer_append_text(sheet->html, "</tr>");
    }
    davy_buffer_append_text(sheet->html, "</table>");
}

static void organisation_block(const davy_sheet *sheet)
{
    davy_sheet_block(sheet, "9. Current Organization", "9. 当前组织");
    davy_buffer_append_text(sheet->html, "<table>");
    davy_sheet_row(sheet, "Incident Commander", "现场指挥", sheet->incident->commander);
    davy_sheet_row(sheet, "Liaison Officer", "联络官", NULL);
    davy_sheet_row(sheet, "Safety Officer", "安全官", NULL);
    davy_sheet_row(sheet, "Public Information Officer", "新闻官", NULL);
    davy_sheet_row(sheet, "Operations Section Chief", "行动组长", NULL);
    davy_sheet_row(sheet, "Planning Section Chief", "计划组长", NULL);
    davy_sheet_row(sheet, "Logistics Section Chief", "后勤组长", NULL);
    davy_sheet_row(sheet, "Finance/Admin Section Chief", "财务行政组长", NULL);
    davy_buffer_append_text(sheet->html, "</table>");
}

static void resources_block(const davy_sheet *sheet)
{
    static const davy_words words[] = {{"Resource Identifier", "资源编号"},
                                       {"Date/Time Ordered", "调派时间"},
                                       {"ETA", "预计到达"},
                                       {"Arrived", "到达"},
                                       {"Notes (location/assignment/status)", "备注"}};

    davy_sheet_block(sheet, "10. Resource Summary", "10. 资源汇总");
    davy_sheet_heads(sheet, words, DAVY_ARRAY_LENGTH(words));
    for (size_t i = 0; i < sheet->incident->resource_count; i++) {
        const davy_incident_resource *resource = &sheet->incident->resources[i];
        char notes[256];

        (void) snprintf(notes, sizeof notes, "%s%s%.100s",
                        davy_state_name(DAVY_STATES_RESOURCE, resource->state),
                        resource->place ? ", " : "", resource->place ? resource->place : "");
        davy_buffer_append_text(sheet->html, "<tr>");
        davy_sheet_cell(sheet, resource->name);
        davy_sheet_time_cell(sheet, resource->requested_ns);
        davy_sheet_cell(sheet, NULL);
        davy_sheet_time_cell(sheet, resource->arrived_ns);
        davy_sheet_cell(sheet, notes);
        davy_buffer_append_text(sheet->html, "</tr>");
    }
    davy_buffer_append_text(sheet->html, "</table>");
}

void davy_sheet_201(const davy_sheet *sheet)
{
    const davy_incident *incident = sheet->incident;
    char text[DAVY_TIMESTAMP_MAX];

    davy_sheet_name(sheet);
    davy_sheet_block(sheet, "2. Incident Number", "2. 事件编号");
    davy_buffer_printf(sheet->html, "<p>%llu</p>", (unsigned long long) incident->id);
    davy_sheet_block(sheet, "3. Date/Time Initiated", "3. 发生日期/时间");
    davy_sheet_say(sheet, davy_sheet_time(sheet, incident->opened_ns, text));
    davy_sheet_block(sheet, "4. Map/Sketch", "4. 地图/草图");
    davy_incident_sketch(incident, sheet->html);
    situation_block(sheet);
    davy_sheet_prepared(sheet, "6. Prepared by", "6. 填表人");
    davy_sheet_block(sheet, "7. Current and Planned Objectives", "7. 当前与计划目标");
    davy_sheet_say(sheet, incident->objectives);
    actions_block(sheet);
    organisation_block(sheet);
    resources_block(sheet);
}
