/* SPDX-License-Identifier: Apache-2.0 */
#include "spelling.h"

#include <stdio.h>
#include <string.h>

#include "core/status.h"

/* What is put around a path. */
static const struct {
    const char *before, *after;
} spellings[] = {
    {"/", ""},
    {"", "/"},
    {"/.", ""},
    {"//", ""},
    {"/x/..", ""},
    {"/%2e", ""},
    {"/%2e%2e", ""},
    {"/;", ""},
    {"", ";x=1"},
    {"", "%00"},
    {"", "%20"},
    {"", "."},
    {"", "..;/"},
    {"", "/."},
    {"", "/.."},
    {"", "/%2e%2e/keys"},
    {"", "//"},
    {"", "%2f"},
    {"", "?key=1"},
    {"", "#x"},
    {"http://127.0.0.1", ""},
    {"https://other.example", ""},
    {"http://user@127.0.0.1", ""},
    {"", "%3fx"},
    {"\\", ""},
    {"/health/live/..", ""},
    {"/health/live%2f..", ""},
    {"/index.html/..", ""},
    {"/assets/..%2f..", ""},
};
#define AROUND DAVY_ARRAY_LENGTH(spellings)

const size_t spelling_count = AROUND + 3;

static void upper(char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char) (*text - 'a' + 'A');
}

static void percent_encode(const char *text, char *out, size_t capacity)
{
    size_t length = 0;

    for (; *text && length + 4 < capacity; text++)
        length += (size_t) snprintf(out + length, capacity - length, *text == '/' ? "/" : "%%%02X",
                                    *text);
}

bool spell(size_t spelling, const char *example, char *path, size_t capacity)
{
    if (spelling < AROUND)
        (void) snprintf(path, capacity, "%s%s%s", spellings[spelling].before, example,
                        spellings[spelling].after);
    else if (spelling == AROUND)
        percent_encode(example, path, capacity);
    else
        (void) snprintf(path, capacity, "%s", example);
    if (spelling == AROUND + 1)
        upper(path);
    if (spelling == AROUND + 2)
        upper(path + strlen(path) / 2);
    return strcmp(path, example) != 0;
}
