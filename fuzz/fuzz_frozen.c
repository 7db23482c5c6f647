/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as the frozen inputs of an impact: refused with a sentence, or computed; and frozen
 * again they are the same.
 */
#include "respond/threat/frozen.h"

#include <jansson.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compute(const davy_thawed *thawed)
{
    davy_buffer text = {0};

    if (davy_impact_write(&thawed->input, &text) == DAVY_OK) {
        json_t *json = json_loadb(text.bytes, text.length, 0, NULL);

        if (!json)
            abort();
        json_decref(json);
    }
    davy_buffer_clear(&text);
}

static void check_again(const davy_thawed *thawed)
{
    json_t *first = davy_impact_freeze(&thawed->input, NULL);
    davy_thawed again = {0};
    json_t *second;

    if (!first || davy_impact_thaw(first, &again) != DAVY_OK)
        abort();
    second = davy_impact_freeze(&again.input, NULL);
    if (!json_equal(first, second))
        abort();
    json_decref(first);
    json_decref(second);
    davy_thawed_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *json = json_loadb((const char *) data, size, 0, NULL);
    davy_thawed thawed = {0};

    if (json && davy_impact_thaw(json, &thawed) == DAVY_OK &&
        davy_thawed_place(&thawed, NULL) == DAVY_OK) {
        check_again(&thawed);
        compute(&thawed);
    }
    davy_thawed_clear(&thawed);
    json_decref(json);
    return 0;
}
