/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Text of lines that nothing may change unseen: a first line that says what it is, and a checksum
 * of all before it as the last one.
 *
 * Stage: store. For the small files of a data folder that a person may want to read.
 */
typedef davy_status (*davy_closed_text_line)(void *context, const char *line, size_t length);

/**
 * Visit the lines between the first and the last, without their ends.
 *
 * @param first  the first line, with its end
 * @param what   what the text is, for the error: "the list of day files"
 * @return what a visit refused; DAVY_ERR_CORRUPT when it is not as it was written
 */
DAVY_MUST_CHECK davy_status davy_closed_text_read(const char *bytes, size_t length,
                                                  const char *first, const char *what,
                                                  davy_closed_text_line visit, void *context);

/** Put the checksum behind a text that has its first line. */
DAVY_MUST_CHECK davy_status davy_closed_text_close(davy_buffer *text);
