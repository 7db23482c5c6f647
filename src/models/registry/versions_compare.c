/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/versions_compare.h"

#include "models/pages/page_comparison.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_LENGTH 256
#define DEPTH_MAX       8

/* What differs between any two versions, or is told apart from the rest. */
static bool is_passed_over(const char *path)
{
    static const char *const paths[] = {"version", "parent",  "trained", "author",    "summary",
                                        "file",    "metrics", "name",    "data.hash", "trials"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(paths); i++)
        if (strcmp(path, paths[i]) == 0)
            return true;
    return false;
}

static json_t *borrowed_or_null(json_t *value)
{
    return value ? json_incref(value) : json_null();
}

static void walk(json_t *a, json_t *b, const char *path, int depth, json_t *out);

/* A key that one of them has: its values, unless both have the same. */
static void walk_key(json_t *a, json_t *b, const char *path, const char *key, int depth,
                     json_t *out)
{
    json_t *left = json_object_get(a, key), *right = json_object_get(b, key);
    char inner[PATH_MAX_LENGTH];

    (void) snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "." : "", key);
    if (is_passed_over(inner) || (left && right && json_equal(left, right)))
        return;
    if (json_is_object(left) && json_is_object(right) && depth < DEPTH_MAX)
        walk(left, right, inner, depth + 1, out);
    else
        json_object_set_new(
            out, inner,
            json_pack("{so so}", "a", borrowed_or_null(left), "b", borrowed_or_null(right)));
}

static void walk(json_t *a, json_t *b, const char *path, int depth, json_t *out)
{
    const char *key;
    json_t *value;

    json_object_foreach(a, key, value)
    {
        walk_key(a, b, path, key, depth, out);
    }
    json_object_foreach(b, key, value)
    {
        if (!json_object_get(a, key))
            walk_key(a, b, path, key, depth, out);
    }
}

static json_t *describe(const json_t *root)
{
    static const char *const keys[] = {"name", "version", "kind", "task", "trained"};
    json_t *object = json_object();

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++)
        json_object_set_new(object, keys[i], borrowed_or_null(json_object_get(root, keys[i])));
    return object;
}

static json_t *figures_of(const json_t *root)
{
    return json_object_get(json_object_get(root, "metrics"), "figures");
}

static json_t *join_figures(const json_t *a, const json_t *b)
{
    json_t *left = figures_of(a), *right = figures_of(b), *value, *out = json_object();
    const char *key;

    json_object_foreach(left, key, value)
    {
        json_object_set_new(
            out, key,
            json_pack("{sO so}", "a", value, "b", borrowed_or_null(json_object_get(right, key))));
    }
    json_object_foreach(right, key, value)
    {
        if (!json_object_get(left, key))
            json_object_set_new(out, key, json_pack("{sn sO}", "a", "b", value));
    }
    return out;
}

static bool has_same_data(const json_t *a, const json_t *b)
{
    const char *left = json_string_value(json_object_get(json_object_get(a, "data"), "hash"));
    const char *right = json_string_value(json_object_get(json_object_get(b, "data"), "hash"));

    return left && right && left[0] && strcmp(left, right) == 0;
}

json_t *davy_versions_compare(const json_t *a, const json_t *b)
{
    json_t *differences = json_object();

    walk((json_t *) (uintptr_t) a, (json_t *) (uintptr_t) b, "", 0, differences);
    return json_pack("{so so sb so so}", "a", describe(a), "b", describe(b), "same_data",
                     (int) has_same_data(a, b), "figures", join_figures(a, b), "differences",
                     differences);
}

static void put_value(const json_t *value, davy_buffer *html)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));

    davy_buffer_append_text(html, "<td>");
    if (json_is_string(value))
        davy_page_text(html, json_string_value(value));
    else if (!value || json_is_null(value))
        davy_buffer_append_text(html, "-");
    else if (text && strlen(text) <= PATH_MAX_LENGTH)
        davy_page_text(html, text);
    else
        davy_page_words(html, (davy_words){"(long)", "（较长）"});
    davy_buffer_append_text(html, "</td>");
    free(text);
}

static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void put_estimate(const json_t *object, davy_buffer *html)
{
    davy_page_estimate(html,
                       (davy_estimate){number_of(object, "value"), number_of(object, "low"),
                                       number_of(object, "high")},
                       false);
}

static void put_version(const json_t *version, davy_buffer *html)
{
    const char *name = json_string_value(json_object_get(version, "name"));

    davy_page_text(html, name ? name : "");
    davy_buffer_printf(html, " v%lld",
                       (long long) json_integer_value(json_object_get(version, "version")));
}

static void put_heads(const json_t *said, bool numbers, davy_buffer *html)
{
    static const char *const keys[] = {"a", "b"};

    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr><th></th>");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++) {
        davy_buffer_append_text(html, numbers ? "<th class=\"n\">" : "<th>");
        put_version(json_object_get(said, keys[i]), html);
        davy_buffer_append_text(html, "</th>");
    }
    davy_buffer_append_text(html, "</tr>");
}

static void put_figures(const json_t *said, davy_buffer *html)
{
    json_t *figures = json_object_get(said, "figures"), *value;
    const char *key;

    davy_page_element(html, "h2",
                      (davy_words){"As they were measured when they were trained", "训练时的指标"});
    put_heads(said, true, html);
    json_object_foreach(figures, key, value)
    {
        davy_buffer_append_text(html, "<tr><td><code>");
        davy_page_text(html, key);
        davy_buffer_append_text(html, "</code></td>");
        put_estimate(json_object_get(value, "a"), html);
        put_estimate(json_object_get(value, "b"), html);
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
    davy_page_element(
        html, "p class=\"sub\"",
        json_is_true(json_object_get(said, "same_data"))
            ? (davy_words){"Both learnt from the same data, by their hash.",
                           "两者使用相同的训练数据（哈希一致）。"}
            : (davy_words){"They learnt from different data and were judged on different samples: "
                           "these figures cannot be held against each other.",
                           "两者的训练数据不同，评估样本也不同：这些指标不能直接相比。"});
}

static void put_differences(const json_t *said, davy_buffer *html)
{
    json_t *differences = json_object_get(said, "differences"), *value;
    const char *key;

    davy_page_element(html, "h2", (davy_words){"What differs", "不同之处"});
    put_heads(said, false, html);
    json_object_foreach(differences, key, value)
    {
        davy_buffer_append_text(html, "<tr><td><code>");
        davy_page_text(html, key);
        davy_buffer_append_text(html, "</code></td>");
        put_value(json_object_get(value, "a"), html);
        put_value(json_object_get(value, "b"), html);
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
}

static void put_rows(const davy_comparison *rows, davy_buffer *html)
{
    davy_comparison shown = *rows;

    shown.title = (davy_words){"On the same rows", "在相同数据行上"};
    davy_page_verdict(html, &shown);
    davy_page_comparison(html, &shown);
    davy_buffer_printf(
        html,
        "<p class=\"sub\"><span lang=\"en\">Intervals hold 95 of 100 of the draws of %zu %s; both "
        "are measured on the same draws, so “ahead by” is paired.</span><span lang=\"zh\">区间为 "
        "95 %%：抽取 %zu %s；两者使用相同的抽取，因此“领先”为配对比较。</span></p>",
        rows->bootstrap.group_count, rows->drawn.en, rows->bootstrap.group_count, rows->drawn.zh);
}

davy_status davy_versions_report(const json_t *said, const davy_comparison *rows, davy_buffer *html)
{
    const json_t *a = json_object_get(said, "a");
    const char *name = json_string_value(json_object_get(a, "name"));

    davy_page_open(html, (davy_words){"Comparison of versions", "版本比较"}, name ? name : "", 0);
    put_version(a, html);
    davy_buffer_append_text(html, " · ");
    put_version(json_object_get(said, "b"), html);
    davy_page_body(html);
    if (rows)
        put_rows(rows, html);
    put_figures(said, html);
    put_differences(said, html);
    davy_page_end(html);
    return davy_buffer_ok(html);
}
