/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/sheet.h"

static void assigned_block(const davy_sheet *sheet)
{
    static const davy_words words[] = {
        {"Resource Identifier", "资源编号"},
        {"Leader", "负责人"},
        {"# of Persons", "人数"},
        {"Contact", "联系方式"},
        {"Reporting Location, Special Equipment, Remarks", "报到地点、特殊装备、备注"}};

    davy_sheet_block(sheet, "5. Resources Assigned", "5. 已分配资源");
    davy_sheet_heads(sheet, words, DAVY_ARRAY_LENGTH(words));
    for (size_t i = 0; i < sheet->incident->resource_count; i++) {
        const davy_incident_resource *resource = &sheet->incident->resources[i];

        if (davy_state_is_settled(DAVY_STATES_RESOURCE, resource->state))
            continue;
        davy_buffer_append_text(sheet->html, "<tr>");
        davy_sheet_cell(sheet, resource->name);
        for (size_t pen = 0; pen < 3; pen++)
            davy_sheet_cell(sheet, NULL);
        davy_sheet_cell(sheet, resource->place ? resource->place : resource->comment);
        davy_buffer_append_text(sheet->html, "</tr>");
    }
    davy_buffer_append_text(sheet->html, "</table>");
}

static void work_block(const davy_sheet *sheet)
{
    static const davy_words words[] = {{"Task", "任务"},
                                       {"Location", "地点"},
                                       {"Resources", "资源"},
                                       {"PPE", "防护等级"},
                                       {"Due", "期限"}};

    davy_sheet_block(sheet, "6. Work Assignments", "6. 工作任务");
    davy_sheet_heads(sheet, words, DAVY_ARRAY_LENGTH(words));
    for (size_t i = 0; i < sheet->incident->task_count; i++) {
        const davy_incident_task *task = &sheet->incident->tasks[i];

        if (davy_state_is_settled(DAVY_STATES_TASK, task->state))
            continue;
        davy_buffer_append_text(sheet->html, "<tr>");
        davy_sheet_cell(sheet, task->what);
        davy_sheet_cell(sheet, task->place);
        davy_buffer_append_text(sheet->html, "<td>");
        for (size_t r = 0; r < task->resource_count; r++) {
            davy_page_text(sheet->html, r > 0 ? ", " : "");
            davy_page_text(sheet->html, task->resources[r]);
        }
        davy_buffer_append_text(sheet->html, "</td>");
        davy_sheet_cell(sheet, task->ppe);
        davy_sheet_time_cell(sheet, task->due_ns);
        davy_buffer_append_text(sheet->html, "</tr>");
    }
    davy_buffer_append_text(sheet->html, "</table>");
}

void davy_sheet_204(const davy_sheet *sheet)
{
    davy_sheet_name(sheet);
    davy_sheet_period(sheet);
    davy_sheet_block(sheet, "3. Branch, Division, Group, Staging Area",
                     "3. 分部、分区、小组、集结区");
    davy_sheet_say(sheet, sheet->incident->place);
    davy_sheet_block(sheet, "4. Operations Personnel", "4. 行动人员");
    davy_buffer_append_text(sheet->html, "<table>");
    davy_sheet_row(sheet, "Operations Section Chief", "行动组长", NULL);
    davy_sheet_row(sheet, "Branch Director", "分部主任", NULL);
    davy_sheet_row(sheet, "Division/Group Supervisor", "分区/小组主管", NULL);
    davy_buffer_append_text(sheet->html, "</table>");
    assigned_block(sheet);
    work_block(sheet);
    davy_sheet_block(sheet, "7. Special Instructions", "7. 特别指示");
    davy_sheet_say(sheet, sheet->incident->safety);
    davy_sheet_block(sheet, "8. Communications", "8. 通信");
    davy_sheet_say(sheet, NULL);
    davy_sheet_prepared(sheet, "9. Prepared by", "9. 填表人");
}
