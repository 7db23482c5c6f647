/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/promql.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Of * + ? | and groups in one expression: some hundred optional ones take glibc 30 MiB. */
#define REGULAR_OPERATORS_MAX 64

/* And bytes, with the zero: a class takes glibc some hundred bytes of memory. */
#define REGULAR_BYTES_MAX 512

/* What POSIX and RE2 read alike, and POSIX reads in good time: glibc writes x+ as xx*, which
 * doubles what is in groups in groups, and takes minutes for (.*.*)+ some dozen times, so that a
 * group is never repeated. */
static bool expression_is_plain(const char *text)
{
    bool bracket = false;
    int depth = 0;
    size_t operators = 0;

    for (const char *at = text; *at; at++) {
        if (*at == '\\') {
            if (bracket || !at[1] || isalnum((unsigned char) at[1]) || strchr("<>`'", at[1]))
                return false;
            at++;
        } else if (bracket) {
            bracket = *at != ']';
        } else if (*at == '[') {
            bracket = true;
            if (at[1] == '^')
                at++;
            if (at[1] == ']')
                return false;
        } else if (*at == '{' || (strchr("()|*+?", *at) && at[1] && strchr("*+?", at[1]))) {
            return false;
        } else {
            depth += (*at == '(') - (*at == ')');
            operators += strchr("(|*+?", *at) != NULL;
            if (depth < 0 || operators > REGULAR_OPERATORS_MAX)
                return false;
        }
    }
    return !bracket && depth == 0 && !strchr("*+?", text[0] ? text[0] : 'x');
}

/* Words with | between them, in one pair of brackets or none; what is escaped stands for itself. */
static bool expression_is_choice(const char *text)
{
    const bool bracket = *text == '(';

    for (text += bracket; *text; text++) {
        if (*text == ')')
            return bracket && !text[1];
        if (strchr("([]{}.*+?^$", *text))
            return false;
        if (*text == '\\' && (!*++text || isalnum((unsigned char) *text)))
            return false;
    }
    return !bracket;
}

/* Whether a value is one of the words. */
static bool fits_choice(const char *text, const char *value)
{
    const bool bracket = *text == '(';
    const char *at = value;
    bool same = true;

    for (text += bracket;; text++) {
        const bool end = !*text || (bracket && *text == ')' && !text[1]);

        if (end || *text == '|') {
            if (same && !*at)
                return true;
            if (end)
                return false;
            at = value;
            same = true;
            continue;
        }
        text += *text == '\\';
        same = same && *at == *text;
        at += same;
    }
}

const char *davy_promql_compile(davy_promql_matcher *matcher)
{
    char whole[REGULAR_BYTES_MAX + 4];

    matcher->choice = expression_is_choice(matcher->value);
    if (matcher->choice)
        return NULL;
    if (strlen(matcher->value) >= REGULAR_BYTES_MAX)
        return "this regular expression is too long: 511 bytes, but for words with | between them";
    if (!expression_is_plain(matcher->value))
        return "this regular expression is not supported: use letters, classes, . * + ? | and "
               "groups";
    (void) snprintf(whole, sizeof whole, "^(%s)$", matcher->value);
    if (regcomp(&matcher->expression, whole, REG_EXTENDED | REG_NOSUB) != 0)
        return "the regular expression is broken";
    return NULL;
}

bool davy_promql_fits(const davy_promql_matcher *matcher, const char *value)
{
    const bool fits = matcher->choice    ? fits_choice(matcher->value, value)
                      : matcher->regular ? regexec(&matcher->expression, value, 0, NULL, 0) == 0
                                         : strcmp(matcher->value, value) == 0;

    return fits != matcher->negative;
}
