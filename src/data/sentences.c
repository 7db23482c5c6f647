/* SPDX-License-Identifier: Apache-2.0 */
#include "data/sentences.h"

#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append(char text[DAVY_SENTENCES_MAX], const char *format, va_list list)
    DAVY_PRINTF(2, 0);

static void append(char text[DAVY_SENTENCES_MAX], const char *format, va_list list)
{
    const size_t used = strlen(text);

    (void) vsnprintf(text + used, DAVY_SENTENCES_MAX - used, format, list);
    davy_utf8_mend(text);
}

void davy_say(davy_sentences *sentences, const char *en, const char *zh, ...)
{
    va_list list, again;

    va_start(list, zh);
    va_copy(again, list);
    append(sentences->en, en, list);
    append(sentences->zh, zh, again);
    va_end(again);
    va_end(list);
}

void davy_say_all(davy_sentences *sentences, const davy_sentences *more)
{
    davy_say(sentences, "%s%.0s", "%.0s%s", more->en, more->zh);
}
