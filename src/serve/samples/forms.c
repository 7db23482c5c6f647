/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "serve/samples/rows.h"
#include "serve/samples/states.h"

static const davy_samples_form forms[] = {
    {"json", "application/json", NULL, &davy_states_json},
    {"csv", "text/csv; charset=utf-8", &davy_samples_csv, &davy_states_csv},
    {"lines", "text/plain; charset=utf-8", &davy_samples_lines, NULL},
    {"columns", "application/octet-stream", &davy_samples_columns, NULL},
    {"text", "text/plain; charset=utf-8", &davy_samples_text, &davy_states_text},
};

const davy_samples_form *davy_samples_form_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(forms); i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

davy_status davy_samples_producer(const davy_samples_query *query, const davy_samples_form *form,
                                  davy_producer *out)
{
    if (!form->rows)
        return davy_samples_produce_json(query, out);
    if (query->step_ns > 0 && !form->rows->step) {
        davy_arena arena = query->arena;

        davy_arena_clear(&arena);
        return davy_fail(DAVY_ERR_INVALID, "'%s' is for samples as they are, not for steps",
                         form->name);
    }
    return davy_samples_produce_rows(query, form->rows, out);
}
