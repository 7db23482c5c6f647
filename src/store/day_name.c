/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day_name.h"

#include "core/timestamp.h"
#include "store/day.h"

#include <stdio.h>
#include <string.h>

#define DATE_LENGTH ((size_t) 10) /* YYYY-MM-DD */

static const char ending[] = ".db";

/* Small letters, digits and hyphens, at most 32, no hyphen first; and not "default", which has no
 * name in a file, nor "rollups", whose files hold no chunks. */
static bool class_is_valid(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length < DAVY_DAY_CLASS_MAX && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length &&
           strcmp(name, "default") != 0 && strcmp(name, "rollups") != 0;
}

/* Ten digits are a time as well, and the name of no file. */
static bool parse_date(const char *name, int32_t *number)
{
    char date[DATE_LENGTH + 1] = {0};
    int64_t time_ns;

    memcpy(date, name, DATE_LENGTH);
    if (date[4] != '-' || date[7] != '-' || davy_timestamp_parse(date, &time_ns) != DAVY_OK)
        return false;
    *number = davy_day_of(time_ns);
    return true;
}

bool davy_day_name_parse(const char *name, int32_t *number, char *class_name)
{
    size_t length = strlen(name), rest;

    if (length < DATE_LENGTH + sizeof ending - 1 ||
        strcmp(name + length - (sizeof ending - 1), ending) != 0)
        return false;
    rest = length - DATE_LENGTH - (sizeof ending - 1);
    class_name[0] = '\0';
    if (rest > 0) {
        if (name[DATE_LENGTH] != '.' || rest > DAVY_DAY_CLASS_MAX)
            return false;
        memcpy(class_name, name + DATE_LENGTH + 1, rest - 1);
        class_name[rest - 1] = '\0';
        if (!class_is_valid(class_name))
            return false;
    }
    return parse_date(name, number);
}

bool davy_rollups_name_parse(const char *name, int32_t *number)
{
    return strlen(name) > DATE_LENGTH &&
           strcmp(name + DATE_LENGTH, "." DAVY_ROLLUPS_NAME ".db") == 0 && parse_date(name, number);
}

void davy_day_name_format(int32_t number, const char *class_name, char *name)
{
    char date[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(davy_day_start_ns(number), 0, date);
    (void) snprintf(name, DAVY_DAY_NAME_MAX, "%.*s%s%.*s%s", (int) DATE_LENGTH, date,
                    class_name[0] ? "." : "", (int) DAVY_DAY_CLASS_MAX - 1, class_name, ending);
}
