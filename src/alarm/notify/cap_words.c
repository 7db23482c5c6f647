/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/cap_words.h"

#include "alarm/notify/render.h"
#include "core/quantity.h"
#include "core/sample.h"
#include "core/utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct pair {
    const char *word, *says;
};

struct davy_cap_words {
    const char *language;
    const char *cause, *consequence, *respond, *comment; /* what a line begins with */
};

const davy_cap_words davy_cap_english = {"en-US", "Cause: ", "Consequence: ", "Respond within ",
                                         "Comment: "};
const davy_cap_words davy_cap_chinese = {"zh-CN", "原因：", "后果：", "响应时限：", "备注："};

/* The words of the console (web/src/i18n/zh.ts). */
static const struct pair chinese_words[] = {
    {"critical", "紧急"},
    {"high", "高"},
    {"medium", "中"},
    {"low", "低"},
    {"raised", "触发"},
    {"returned", "恢复正常"},
    {"latched", "恢复正常（锁存）"},
    {"acknowledged", "确认"},
    {"reset", "复位"},
    {"commented", "备注"},
    {"shelved", "搁置"},
    {"unshelved", "取消搁置"},
    {"shelf-ended", "搁置到期"},
    {"suppressed", "抑制"},
    {"unsuppressed", "解除抑制"},
    {"out-of-service", "停用"},
    {"returned-to-service", "恢复投用"},
    {"out-of-service-ended", "停用到期"},
    {"re-alarmed", "仍未恢复，再次报警"},
    {"removed", "已不在现场文件中"},
    {"heartbeat", "心跳"},
    {"test", "测试"},
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static const char *in_chinese(const char *word)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(chinese_words); i++)
        if (strcmp(chinese_words[i].word, word) == 0)
            return chinese_words[i].says;
    return word;
}

const char *davy_cap_language(const davy_cap_words *words)
{
    return words->language;
}

static void chinese_headline(const json_t *message, char headline[DAVY_CAP_HEADLINE_MAX])
{
    const json_t *alarm = json_object_get(message, "data");
    const char *transition = text_of(message, "transition");
    char text[2 * DAVY_CAP_HEADLINE_MAX];

    (void) snprintf(text, sizeof text, "[%s] %s%s%s %s %s", text_of(message, "site"),
                    json_is_true(json_object_get(message, "exercise")) ? "演练：" : "",
                    json_is_true(json_object_get(message, "escalated")) ? "无人确认：" : "",
                    in_chinese(text_of(alarm, "priority")), text_of(alarm, "key"),
                    in_chinese(*transition ? transition : text_of(message, "type")));
    davy_utf8_mend(text);
    (void) davy_utf8_show(text, strlen(text), headline, DAVY_CAP_HEADLINE_MAX);
}

void davy_cap_headline(const davy_cap_words *words, const json_t *message,
                       char headline[DAVY_CAP_HEADLINE_MAX])
{
    if (words == &davy_cap_chinese)
        chinese_headline(message, headline);
    else
        davy_render_line(message, headline, DAVY_CAP_HEADLINE_MAX);
}

/* "当前值 1213 kPa，限值 1000 kPa" while it lasts; nothing for a reason without figures. */
static void put_chinese_figures(const json_t *alarm, davy_buffer *out)
{
    const json_t *reason = json_object_get(alarm, "reason");
    const json_t *value = json_object_get(reason, "value"),
                 *limit = json_object_get(reason, "limit");
    const char *unit = text_of(reason, "unit"), *shown = strcmp(unit, "1") == 0 ? "" : unit;

    if (*text_of(alarm, "ended")) {
        davy_buffer_printf(out, "已恢复：%s\n", text_of(alarm, "ended"));
        return;
    }
    if (!json_is_number(value) || !json_is_number(limit))
        return;
    davy_buffer_printf(out, "当前值 %.6g%s%s，限值 %.6g%s%s\n", json_number_value(value),
                       *shown ? " " : "", shown, json_number_value(limit), *shown ? " " : "",
                       shown);
}

static void put_line(davy_buffer *out, const char *label, const char *text)
{
    if (*text)
        davy_buffer_printf(out, "%s%s\n", label, text);
}

/* A sentence has the comment of who acts, but for the end of a long one. */
static void put_comment(const davy_cap_words *words, const json_t *message, davy_buffer *out)
{
    const char *comment = text_of(json_object_get(message, "data"), "comment");

    if (!strstr(text_of(message, "text"), comment))
        put_line(out, words->comment, comment);
}

void davy_cap_describe(const davy_cap_words *words, const json_t *message, davy_buffer *out)
{
    const json_t *alarm = json_object_get(message, "data");
    const json_t *respond = json_object_get(alarm, "respond_within");
    char span[32];

    if (words == &davy_cap_chinese)
        put_chinese_figures(alarm, out);
    put_line(out, "", text_of(message, "text"));
    put_comment(words, message, out);
    put_line(out, words->cause, text_of(alarm, "cause"));
    put_line(out, words->consequence, text_of(alarm, "consequence"));
    if (json_number_value(respond) > 0) {
        davy_duration_format((int64_t) (json_number_value(respond) * (double) DAVY_NS_PER_S), span,
                             sizeof span);
        put_line(out, words->respond, span);
    }
}

void davy_cap_instruct(const json_t *message, davy_buffer *out)
{
    const json_t *action;
    size_t index;

    json_array_foreach(json_object_get(json_object_get(message, "data"), "actions"), index, action)
    {
        davy_buffer_printf(out, "%zu. %s\n", index + 1, json_string_value(action));
    }
}
