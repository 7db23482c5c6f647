/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Any texts in a message, one a line: whatever they hold, the head of the mail has the headers it
 * is to have and no other, a line of syslog is one line, and CAP is refused or has the elements it
 * is to have.
 */
#include "alarm/notify/mail.h"
#include "alarm/notify/render.h"
#include "alarm/notify/syslog_line.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define TEXTS 6

static void must(int holds)
{
    if (!holds)
        abort();
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

static void check_mail(const davy_delivery *delivery)
{
    static const char *const to[] = {"a@b.example", "c@d.example"};
    const davy_site_receiver receiver = {
        .sender = "e@f.example", .recipients = to, .recipient_count = 2};
    davy_buffer out = {0};
    char *end;

    must(davy_mail_write(&receiver, delivery->line, delivery, &out) == DAVY_OK);
    end = strstr(out.bytes, "\r\n\r\n");
    must(end != NULL);
    *end = '\0';
    for (char *line = strstr(out.bytes, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        must(line[2] == ' ' || strchr("FTSMAC", line[2]) != NULL);
    must(count_of(out.bytes, "\n") == count_of(out.bytes, "\r\n"));
    must(count_of(out.bytes, "\r\nMessage-ID: ") == 1 && count_of(out.bytes, "\r\nTo: ") == 1);
    davy_buffer_clear(&out);
}

static void check_cap(const json_t *message)
{
    davy_buffer out = {0};

    if (davy_render_cap(message, &out) == DAVY_OK) {
        must(count_of(out.bytes, "<alert") == 1 && count_of(out.bytes, "<info>") == 1);
        must(count_of(out.bytes, "</headline>") == 1 && count_of(out.bytes, "<event>") == 1);
        must(count_of(out.bytes, "<!") == 0);
    }
    davy_buffer_clear(&out);
}

static void check_rest(const davy_delivery *delivery, const json_t *message)
{
    davy_buffer out = {0};

    must(davy_syslog_write(delivery, delivery->line, &out) == DAVY_OK);
    must(strchr(out.bytes, '\n') == NULL);
    davy_buffer_reset(&out);
    must(davy_render(message, "{}", DAVY_NOTICE_TEXT, &out) == DAVY_OK);
    davy_buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *copy = calloc(1, length + 1), *rest = copy, line[300];
    const char *texts[TEXTS];
    json_t *message;

    must(copy != NULL);
    if (length > 0)
        memcpy(copy, bytes, length);
    for (size_t i = 0; i < TEXTS; i++)
        texts[i] = rest ? strsep(&rest, "\n") : "";
    message = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s}}", "id", "0123",
                        "type", "alarm.raised", "timestamp", texts[0], "site", texts[1],
                        "transition", texts[2], "text", texts[3], "data", "key", texts[4],
                        "priority", "high", "state", texts[5], "asset", texts[1]);
    if (message) { /* jansson takes UTF-8 alone, and so does everything before a message */
        davy_delivery delivery = {.id = "0123",
                                  .body = texts[3],
                                  .length = strlen(texts[3]),
                                  .type = "text/plain",
                                  .line = line,
                                  .message = message,
                                  .time_ns = 1795355347000000000};

        davy_render_line(message, line, sizeof line);
        check_mail(&delivery);
        check_cap(message);
        check_rest(&delivery, message);
    }
    json_decref(message);
    free(copy);
    return 0;
}
