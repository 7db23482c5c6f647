/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

struct json_t;

/**
 * @file
 * What an alert says to people, in one language.
 *
 * Stage: alarm, inside. What the plant has written itself (names, causes, actions) stands as it is;
 * what davy adds is in the language. The figures of an alarm are said from its reason, so that a
 * Chinese alert does not speak English where it matters.
 */
typedef struct davy_cap_words davy_cap_words;

extern const davy_cap_words davy_cap_english, davy_cap_chinese;

/** As CAP's `language` has it. */
const char *davy_cap_language(const davy_cap_words *words);

/** CAP asks for 160 characters at most (3.2.2, headline). */
#define DAVY_CAP_HEADLINE_MAX 161

void davy_cap_headline(const davy_cap_words *words, const struct json_t *message,
                       char headline[DAVY_CAP_HEADLINE_MAX]);

/** Reason, cause, consequence and time to respond, a line each. */
void davy_cap_describe(const davy_cap_words *words, const struct json_t *message, davy_buffer *out);

/** What is to be done, in its order; nothing when the rules advise nothing. */
void davy_cap_instruct(const struct json_t *message, davy_buffer *out);
