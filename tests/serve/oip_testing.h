/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "plant.h"

#include <math.h>
#include <string.h>

/**
 * @file
 * Asking the models of oip_models.h over HTTP. What an answer must be follows from the model: twice
 * the input, the input itself, the sum of two.
 */

static inline int oip_start(void **state)
{
    (void) state;
    plant_serve_models();
    plant_start(NULL);
    return 0;
}

static inline int oip_stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static inline reply infer(const char *path, const char *json)
{
    return post(path, DAVY_ROLE_VIEWER, json);
}

static inline reply send_bytes(const char *path, const void *body, size_t length,
                               const char *headers)
{
    return ask(&(request){.path = path,
                          .key = plant_key(DAVY_ROLE_VIEWER),
                          .body = body,
                          .length = length,
                          .headers = headers});
}

static inline const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* An output by its place. */
static inline json_t *output(const reply *answer, size_t index)
{
    return json_array_get(json_object_get(answer->json, "outputs"), index);
}

static inline void assert_numbers(const json_t *list, const double *expected, size_t count)
{
    assert_int_equal(json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *number = json_array_get(list, i);

        if (fabs(json_number_value(number) - expected[i]) > 1e-6 * (1 + fabs(expected[i])))
            fail_msg("%zu: %.9g instead of %.9g", i, json_number_value(number), expected[i]);
    }
}

#define ASSERT_NUMBERS(list, ...)                                \
    do {                                                         \
        static const double wanted[] = {__VA_ARGS__};            \
                                                                 \
        assert_numbers(list, wanted, DAVY_ARRAY_LENGTH(wanted)); \
    } while (0)
