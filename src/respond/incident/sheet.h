/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/timestamp.h"
#include "data/page.h"
#include "respond/incident/forms.h"

/**
 * @file
 * What the forms are put together from: blocks with a number, rows, cells, times on the site's
 * clock.
 *
 * Stage: respond, inside.
 */

/** A form that is being filled in. */
typedef struct davy_sheet {
    const davy_incident *incident;
    const davy_incident_form_order *order;
    davy_buffer *html;
} davy_sheet;

void davy_sheet_block(const davy_sheet *sheet, const char *en, const char *zh);
/** Texts stand as they are written; NULL is a line for a pen. */
void davy_sheet_say(const davy_sheet *sheet, const char *text);
void davy_sheet_row(const davy_sheet *sheet, const char *en, const char *zh, const char *text);
/** Begin a table. */
void davy_sheet_heads(const davy_sheet *sheet, const davy_words *words, size_t count);
void davy_sheet_cell(const davy_sheet *sheet, const char *text);
void davy_sheet_time_cell(const davy_sheet *sheet, int64_t time_ns);
/** On the clock of the site; "" for 0. */
const char *davy_sheet_time(const davy_sheet *sheet, int64_t time_ns,
                            char text[DAVY_TIMESTAMP_MAX]);

/** Blocks that several forms have. */
void davy_sheet_name(const davy_sheet *sheet);
void davy_sheet_period(const davy_sheet *sheet);
void davy_sheet_prepared(const davy_sheet *sheet, const char *en, const char *zh);

/** The blocks of ICS 201, 204 and 214. */
void davy_sheet_201(const davy_sheet *sheet);
void davy_sheet_204(const davy_sheet *sheet);
void davy_sheet_214(const davy_sheet *sheet);
