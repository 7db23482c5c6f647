/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/receiver.h"
#include "core/buffer.h"

/**
 * @file
 * A message as mail: headers and a body in base64, so that no byte of it can end a line, a header
 * or the mail.
 *
 * Stage: alarm. Pure. Addresses were checked by the site file.
 *
 * Source: RFC 5322; encoded words of RFC 2047; Auto-Submitted of RFC 3834, so that no one's absence
 * note answers.
 */
DAVY_MUST_CHECK davy_status davy_mail_write(const davy_site_receiver *receiver, const char *site,
                                            const davy_delivery *delivery, davy_buffer *out);
