/* SPDX-License-Identifier: Apache-2.0 */
#include "site/texts.h"

#include <stdint.h>
#include <string.h>

#define PIECE ((size_t) 16 * 1024)

char *davy_texts_copy(davy_texts *texts, const char *text, size_t length)
{
    char *copy;

    if (length >= PIECE / 8)
        return davy_arena_text(texts->arena, text, length);
    if (length >= texts->left) {
        texts->next = davy_arena_alloc(texts->arena, PIECE);
        texts->left = texts->next ? PIECE : 0;
    }
    if (!texts->next)
        return NULL;

    copy = texts->next;
    memcpy(copy, text, length);
    copy[length] = '\0';
    texts->next += length + 1;
    texts->left -= length + 1;
    return copy;
}
