/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/incident/forms.h"

#include "respond/incident/sheet.h"

#include <string.h>

static const struct {
    const char *name;
    davy_words title;
} forms[DAVY_FORMS] = {
    [DAVY_FORM_201] = {"201", {"Incident Briefing (ICS 201)", "事件简报 (ICS 201)"}},
    [DAVY_FORM_204] = {"204", {"Assignment List (ICS 204)", "任务分配表 (ICS 204)"}},
    [DAVY_FORM_214] = {"214", {"Activity Log (ICS 214)", "活动日志 (ICS 214)"}},
};

bool davy_incident_form_find(const char *name, davy_incident_form *form)
{
    for (size_t i = 0; i < DAVY_FORMS; i++)
        if (strcmp(forms[i].name, name) == 0) {
            *form = (davy_incident_form) i;
            return true;
        }
    return false;
}

static void open_form(const davy_sheet *sheet)
{
    davy_buffer *html = sheet->html;

    davy_page_open(html, forms[sheet->order->form].title, sheet->incident->name, 0);
    davy_page_body(html);
    if (sheet->incident->drill)
        davy_page_element(html, "h2", (davy_words){"EXERCISE: this is a drill", "演练"});
}

davy_status davy_incident_form_write(const davy_incident *incident,
                                     const davy_incident_form_order *order, davy_buffer *html)
{
    static void (*const writers[DAVY_FORMS])(const davy_sheet *) = {davy_sheet_201, davy_sheet_204,
                                                                    davy_sheet_214};
    const davy_sheet sheet = {incident, order, html};

    open_form(&sheet);
    writers[order->form](&sheet);
    davy_page_end(html);
    return davy_buffer_ok(html);
}
