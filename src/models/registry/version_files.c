/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/version_files.h"

#include "core/file.h"
#include "models/pages/card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_LENGTH_MAX 8192

static davy_status write_file(const char *folder, const char *name, const char *bytes,
                              size_t length)
{
    char path[PATH_LENGTH_MAX];

    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    return davy_file_replace(path, bytes, length, 0644);
}

davy_status davy_version_write_json(const char *folder, const json_t *root)
{
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    davy_buffer card = {0};
    davy_status status = text ? write_file(folder, "model.json", text, strlen(text))
                              : davy_fail(DAVY_ERR_NOMEM, "model.json");

    if (status == DAVY_OK)
        status = davy_card_make(root, &card);
    if (status == DAVY_OK)
        status = write_file(folder, "card.html", card.bytes, card.length);
    davy_buffer_clear(&card);
    free(text);
    return status;
}

davy_status davy_version_write_report(const char *folder, const davy_buffer *html)
{
    return write_file(folder, "report.html", html->bytes, html->length);
}
