/* SPDX-License-Identifier: Apache-2.0 */
#include "store/days_list.h"

#include "core/file.h"
#include "store/closed_text.h"
#include "store/day_name.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char first_line[] = "davy day files 1\n";

static davy_status refuse(const char *why)
{
    return davy_fail(DAVY_ERR_CORRUPT, "the list of day files: not as it was written: %s", why);
}

static davy_status take_line(void *context, const char *line, size_t length)
{
    davy_days_names *out = context;
    char name[DAVY_DAY_NAME_MAX], class_name[DAVY_DAY_CLASS_MAX];
    int32_t number;

    if (length >= sizeof name)
        return refuse("a line is too long");
    memcpy(name, line, length);
    name[length] = '\0';
    if (strlen(name) != length || !davy_day_name_parse(name, &number, class_name))
        return refuse("a line is no name of a day file");
    davy_buffer_append(&out->text, name, length + 1);
    out->count++;
    return davy_buffer_ok(&out->text);
}

davy_status davy_days_list_parse(const char *bytes, size_t length, davy_days_names *out)
{
    davy_status status;

    *out = (davy_days_names){.there = false};
    status =
        davy_closed_text_read(bytes, length, first_line, "the list of day files", take_line, out);
    if (status != DAVY_OK)
        davy_days_list_clear(out);
    out->there = status == DAVY_OK;
    return status;
}

davy_status davy_days_list_read(const char *folder, davy_days_names *out)
{
    char path[PATH_MAX];
    davy_buffer bytes = {0};
    davy_status status;

    *out = (davy_days_names){.there = false};
    (void) snprintf(path, sizeof path, "%s/list", folder);
    status = davy_file_read(path, DAVY_DAYS_LIST_MAX, &bytes);
    if (status == DAVY_OK)
        status = davy_days_list_parse(bytes.bytes ? bytes.bytes : "", bytes.length, out);
    else if (status == DAVY_ERR_NOT_FOUND)
        status = DAVY_OK;
    davy_buffer_clear(&bytes);
    return status;
}

bool davy_days_list_has(const davy_days_names *list, const char *name)
{
    const char *at = list->text.bytes;

    for (size_t i = 0; i < list->count; i++, at += strlen(at) + 1)
        if (strcmp(at, name) == 0)
            return true;
    return false;
}

void davy_days_list_clear(davy_days_names *list)
{
    davy_buffer_clear(&list->text);
    *list = (davy_days_names){.there = false};
}

void davy_days_list_add(davy_buffer *text, const char *name)
{
    if (text->length == 0)
        davy_buffer_append_text(text, first_line);
    davy_buffer_append_text(text, name);
    davy_buffer_append_text(text, "\n");
}

davy_status davy_days_list_write(const char *folder, davy_buffer *text)
{
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/list", folder);
    if (text->length == 0)
        davy_buffer_append_text(text, first_line);
    status = davy_closed_text_close(text);
    return status == DAVY_OK ? davy_file_replace(path, text->bytes, text->length, 0640) : status;
}
