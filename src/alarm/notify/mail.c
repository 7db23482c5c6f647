/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/mail.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

/* Bytes that make one line of 76 characters, and one encoded word of 75 at most. */
#define LINE_BYTES 57
#define WORD_BYTES 45

static void put_base64(davy_buffer *out, const char *bytes, size_t length)
{
    char text[sodium_base64_ENCODED_LEN(LINE_BYTES, sodium_base64_VARIANT_ORIGINAL)];

    davy_buffer_append_text(out, sodium_bin2base64(text, sizeof text, (const uint8_t *) bytes,
                                                   length, sodium_base64_VARIANT_ORIGINAL));
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* Encoded words that end between characters; what is plain ASCII stays readable. */
static void put_words(davy_buffer *out, const char *text)
{
    size_t left = strlen(text);

    if (is_plain(text) && left < 900) { /* RFC 5322, 2.1.1: 998 characters in a line */
        davy_buffer_append_text(out, text);
        return;
    }
    for (const char *separator = ""; left > 0; separator = "\r\n ") {
        size_t length = left < WORD_BYTES ? left : WORD_BYTES;

        while (length < left && length > 1 && ((unsigned char) text[length] & 0xc0) == 0x80)
            length--;
        davy_buffer_printf(out, "%s=?UTF-8?B?", separator);
        put_base64(out, text, length);
        davy_buffer_append_text(out, "?=");
        text += length;
        left -= length;
    }
}

static void put_date(davy_buffer *out, int64_t time_ns)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t) (time_ns / DAVY_NS_PER_S);
    struct tm t;

    if (!gmtime_r(&seconds, &t))
        return;
    davy_buffer_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday],
                       t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min,
                       t.tm_sec);
}

/* The right side of a message id: letters, digits and hyphens of the plant's name. */
static void put_id(davy_buffer *out, const char *id, const char *site)
{
    davy_buffer_printf(out, "Message-ID: <%s@", id);
    for (; *site; site++)
        davy_buffer_append(out, isalnum((unsigned char) *site) ? site : "-", 1);
    davy_buffer_append_text(out, ".davy>\r\n");
}

davy_status davy_mail_write(const davy_site_receiver *receiver, const char *site,
                            const davy_delivery *delivery, davy_buffer *out)
{
    put_date(out, delivery->time_ns);
    davy_buffer_printf(out, "From: %s\r\nTo: ", receiver->sender);
    for (size_t i = 0; i < receiver->recipient_count; i++)
        davy_buffer_printf(out, "%s%s", i > 0 ? ",\r\n " : "", receiver->recipients[i]);
    davy_buffer_append_text(out, "\r\nSubject: ");
    put_words(out, delivery->line);
    davy_buffer_append_text(out, "\r\n");
    put_id(out, delivery->id, site);
    davy_buffer_printf(out,
                       "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                       "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                       delivery->type);
    for (size_t at = 0; at < delivery->length; at += LINE_BYTES) {
        size_t left = delivery->length - at;

        put_base64(out, delivery->body + at, left < LINE_BYTES ? left : LINE_BYTES);
        davy_buffer_append_text(out, "\r\n");
    }
    return davy_buffer_ok(out);
}
