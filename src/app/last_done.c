/* SPDX-License-Identifier: Apache-2.0 */
#include "app/last_done.h"

#include "core/buffer.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/log.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

void davy_last_done_note(const char *data, const char *what, const char *to, uint64_t damaged)
{
    char path[PATH_MAX], whole[PATH_MAX];
    davy_buffer text = {0};
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/last-%s.json", data, what);
    davy_json_object(&text, NULL);
    davy_json_time(&text, "time", davy_wall_ns(davy_clock_system()));
    davy_json_text(&text, "to", to && realpath(to, whole) ? whole : to);
    davy_json_unsigned(&text, "damaged", damaged);
    davy_json_object_end(&text);
    davy_buffer_append_text(&text, "\n");
    status = davy_buffer_ok(&text);
    if (status == DAVY_OK)
        status = davy_file_replace(path, text.bytes, text.length, 0644);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_DEBUG, "storage", "%s", davy_error());
    davy_buffer_clear(&text);
}
