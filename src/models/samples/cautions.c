/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/cautions.h"

#include "core/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void davy_cautions_add(davy_cautions *cautions, const char *key, double figure, const char *en,
                       const char *zh, ...)
{
    davy_caution *caution = &cautions->list[cautions->count];
    va_list list, again;

    if (cautions->count == DAVY_CAUTIONS_MAX) {
        cautions->left_out++;
        return;
    }
    cautions->count++;
    caution->figure = figure;
    (void) snprintf(caution->key, sizeof caution->key, "%s", key);
    va_start(list, zh);
    va_copy(again, list);
    (void) vsnprintf(caution->en, sizeof caution->en, en, list);
    (void) vsnprintf(caution->zh, sizeof caution->zh, zh, again);
    va_end(again);
    va_end(list);
    davy_utf8_mend(caution->en);
    davy_utf8_mend(caution->zh);
}

const davy_caution *davy_cautions_find(const davy_cautions *cautions, const char *key)
{
    for (size_t i = 0; i < cautions->count; i++)
        if (strcmp(cautions->list[i].key, key) == 0)
            return &cautions->list[i];
    return NULL;
}

json_t *davy_cautions_json(const davy_cautions *cautions)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cautions->count; i++) {
        const davy_caution *f = &cautions->list[i];
        json_t *figure = isfinite(f->figure) ? json_real(f->figure) : json_null();

        json_array_append_new(list, json_pack("{ss so ss ss}", "key", f->key, "figure", figure,
                                              "en", f->en, "zh", f->zh));
    }
    return list;
}

void davy_cautions_read(const json_t *list, davy_cautions *cautions)
{
    *cautions = (davy_cautions){0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i), *figure = json_object_get(object, "figure");
        const char *key = json_string_value(json_object_get(object, "key"));
        const char *en = json_string_value(json_object_get(object, "en"));
        const char *zh = json_string_value(json_object_get(object, "zh"));

        if (key && en && zh)
            davy_cautions_add(cautions, key,
                              json_is_number(figure) ? json_number_value(figure) : NAN, "%s%.0s",
                              "%.0s%s", en, zh);
    }
}

static void put_text(const char *lang, const char *text, davy_buffer *html)
{
    davy_buffer_printf(html, "<span lang=\"%s\">", lang);
    davy_page_text(html, text);
    davy_buffer_append_text(html, "</span>");
}

void davy_cautions_page(const davy_cautions *cautions, davy_words title, davy_buffer *html)
{
    if (cautions->count == 0)
        return;
    davy_page_element(html, "h2", title);
    for (size_t i = 0; i < cautions->count; i++) {
        davy_buffer_append_text(html, "<p class=\"bad\">");
        put_text("en", cautions->list[i].en, html);
        put_text("zh", cautions->list[i].zh, html);
        davy_buffer_append_text(html, "</p>");
    }
    if (cautions->left_out > 0)
        davy_page_say(html, "%zu more are not told here.", "另有 %zu 条未列出。",
                      cautions->left_out);
}
