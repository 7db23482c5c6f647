/* SPDX-License-Identifier: Apache-2.0 */
#include "site/logic.h"

#include <stdlib.h>
#include <string.h>

/*
 * Any text as the logic of a rule. What is read is evaluated with every operand unknown, and with
 * values and truths drawn from the text; the answer is one of three.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Names with a slash and no colon are signals, names with a colon are conditions. */
static bool find_signal(const void *context, const char *name, size_t *out)
{
    (void) context;
    *out = strlen(name) % 7;
    return strchr(name, '/') && !strchr(name, ':');
}

static bool find_condition(const void *context, const char *name, davy_logic_condition *out)
{
    (void) context;
    *out = (davy_logic_condition){0, strlen(name) % 5};
    return strchr(name, ':') != NULL;
}

static void evaluate(const davy_logic *logic, const uint8_t *bytes, size_t length)
{
    double values[DAVY_LOGIC_STEPS_MAX];
    davy_truth truths[DAVY_LOGIC_STEPS_MAX];

    for (size_t i = 0; i < logic->signal_count; i++)
        values[i] = bytes[i % length] == 'n' ? strtod("nan", NULL) : (double) bytes[i % length];
    for (size_t i = 0; i < logic->condition_count; i++)
        truths[i] = (davy_truth) (bytes[i % length] % 3);
    if (davy_logic_evaluate(logic, values, truths) > DAVY_TRUE)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const davy_logic_names names = {NULL, find_signal, find_condition};
    char *text = malloc(length + 1);
    davy_arena arena = {0};
    davy_logic_fault fault = {0};
    davy_logic logic;

    if (!text)
        return 0;
    memcpy(text, bytes, length);
    text[length] = '\0';
    if (davy_logic_parse(text, &names, &arena, &fault, &logic) == DAVY_OK)
        evaluate(&logic, bytes, length);
    else if (fault.column < 1 || fault.column > length + 1 || !fault.what[0] || !fault.remedy[0])
        abort();
    davy_arena_clear(&arena);
    free(text);
    return 0;
}
