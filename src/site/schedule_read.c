/* SPDX-License-Identifier: Apache-2.0 */
#include "site/schedule.h"
#include "site/values.h"

#include <string.h>

void davy_site_read_spans(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    davy_site_span spans[DAVY_SITE_SPANS_MAX];
    davy_site_span *kept;
    size_t count;

    if (!text)
        return;
    if (davy_site_schedule_parse(text, spans, &count) != DAVY_OK) {
        davy_site_refuse_value(reader, where, node, field, "%s", davy_error());
        return;
    }
    kept = davy_arena_array(&reader->site->arena, count, sizeof *kept);
    if (!kept) {
        davy_site_no_memory(reader);
        return;
    }
    memcpy(kept, spans, count * sizeof *kept);
    memcpy((char *) object + field->offset, &kept, sizeof kept);
    *(size_t *) (void *) ((char *) object + field->aside) = count;
}
