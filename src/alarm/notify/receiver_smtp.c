/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/mail.h"
#include "alarm/notify/receiver_curl.h"
#include "core/loopback.h"

#include <stdio.h>
#include <string.h>

/* A mail server, by libcurl: its 250 after the mail confirms. */

struct smtp {
    const davy_receiver_setup *setup;
    CURL *curl;
    davy_transfer transfer;
    struct curl_slist *recipients;
    davy_buffer mail;
    size_t sent; /* bytes of it that libcurl has */
};

static size_t give_bytes(char *out, size_t size, size_t count, void *context)
{
    struct smtp *smtp = context;
    size_t left = smtp->mail.length - smtp->sent;
    size_t length = left < size * count ? left : size * count;

    memcpy(out, smtp->mail.bytes + smtp->sent, length);
    smtp->sent += length;
    return length;
}

/* A password never crosses a network in the clear. */
static davy_status take_password(struct smtp *smtp)
{
    const davy_site_receiver *receiver = smtp->setup->receiver;
    char password[DAVY_RECEIVER_SECRET_MAX] = "";
    size_t length;
    davy_status status = DAVY_OK;

    if (!receiver->username) {
        curl_easy_setopt(smtp->curl, CURLOPT_USE_SSL, (long) CURLUSESSL_TRY);
        return DAVY_OK;
    }
    curl_easy_setopt(
        smtp->curl, CURLOPT_USE_SSL,
        (long) (davy_loopback_url(receiver->address) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (receiver->password_file)
        status = davy_receiver_secret(smtp->setup, receiver->password_file, password, &length);
    if (status == DAVY_OK) {
        curl_easy_setopt(smtp->curl, CURLOPT_USERNAME, receiver->username);
        curl_easy_setopt(smtp->curl, CURLOPT_PASSWORD, password);
    }
    explicit_bzero(password, sizeof password);
    return status;
}

static davy_status list_recipients(struct smtp *smtp)
{
    const davy_site_receiver *receiver = smtp->setup->receiver;

    for (size_t i = 0; i < receiver->recipient_count; i++) {
        struct curl_slist *longer = curl_slist_append(smtp->recipients, receiver->recipients[i]);

        if (!longer)
            return davy_fail(DAVY_ERR_NOMEM, "%s", receiver->address);
        smtp->recipients = longer;
    }
    return DAVY_OK;
}

static void set_up(struct smtp *smtp)
{
    CURL *curl = smtp->curl;

    davy_receiver_curl_set_up(curl, smtp->setup, "smtp,smtps", &smtp->transfer);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, smtp->setup->receiver->sender);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, smtp->recipients);
    /* One mailbox that is gone does not keep the alarm from the others. */
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
}

static davy_status smtp_open(void *state, const davy_receiver_setup *setup)
{
    struct smtp *smtp = state;
    davy_status status;

    davy_receiver_use_curl();
    smtp->setup = setup;
    smtp->curl = curl_easy_init();
    if (!smtp->curl)
        return davy_fail(DAVY_ERR_NOMEM, "%s", setup->receiver->address);
    status = list_recipients(smtp);
    if (status != DAVY_OK)
        return status;
    set_up(smtp);
    return take_password(smtp);
}

/* 552 and 554 after the mail are about the mail (RFC 5321, 4.2.3). */
static davy_status judge(const struct smtp *smtp, CURLcode result)
{
    const char *address = smtp->setup->receiver->address;
    long code = 0;

    if (result == CURLE_OK)
        return DAVY_OK;
    if (result == CURLE_ABORTED_BY_CALLBACK)
        return davy_fail(DAVY_ERR_TIMEOUT, "%s: interrupted", address);
    curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code >= 400)
        return davy_fail(code == 552 || code == 554 ? DAVY_ERR_INVALID : DAVY_ERR_UNAVAILABLE,
                         "%s answered %ld", address, code);
    return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s", address, curl_easy_strerror(result));
}

static davy_status smtp_send(void *state, const davy_delivery *delivery, int64_t *again_ns)
{
    struct smtp *smtp = state;
    davy_status status;

    (void) again_ns;
    davy_buffer_reset(&smtp->mail);
    smtp->sent = 0;
    status = davy_mail_write(smtp->setup->receiver, smtp->setup->site, delivery, &smtp->mail);
    return status == DAVY_OK ? judge(smtp, davy_transfer_run(smtp->curl, &smtp->transfer)) : status;
}

static void smtp_close(void *state)
{
    struct smtp *smtp = state;

    if (smtp->curl)
        curl_easy_cleanup(smtp->curl);
    curl_slist_free_all(smtp->recipients);
    davy_buffer_clear(&smtp->mail);
}

const davy_receiver_kind davy_receiver_smtp = {
    .name = "smtp",
    .state_size = sizeof(struct smtp),
    .open = smtp_open,
    .send = smtp_send,
    .close = smtp_close,
};
