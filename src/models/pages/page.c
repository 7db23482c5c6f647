/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/page.h"

#include "core/timestamp.h"

void davy_page_begin(davy_buffer *html, const davy_page_head *head)
{
    char trained[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(head->trained_ns, 0, trained);
    davy_page_open(html, head->what, head->name, head->version);
    davy_page_words(html, (davy_words){"kind", "种类"});
    davy_buffer_printf(html, " <code>%s</code> · ", head->kind);
    davy_page_words(html, (davy_words){"task", "任务"});
    davy_buffer_printf(html, " <code>%s</code> · ", head->task);
    davy_page_words(html, (davy_words){"trained", "训练于"});
    davy_buffer_printf(html, " %s", trained);
    davy_page_body(html);
}
