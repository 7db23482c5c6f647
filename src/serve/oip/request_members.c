/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/request_private.h"

static davy_status read_member(davy_json_reader *json, davy_oip_memory *memory,
                               const davy_oip_member *members, size_t count, uint32_t *seen,
                               void *object)
{
    davy_bytes key;
    davy_status status = davy_json_key(json, memory, &key);

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        if (!davy_bytes_are(key, members[i].key))
            continue;
        if (*seen & UINT32_C(1) << i)
            return davy_fail(DAVY_ERR_INVALID, "'%s' is there twice", members[i].key);
        *seen |= UINT32_C(1) << i;
        return members[i].read(json, memory, object);
    }
    return status == DAVY_OK ? davy_json_skip(json, NULL) : status;
}

davy_status davy_oip_members(davy_json_reader *json, davy_oip_memory *memory,
                             const davy_oip_member *members, size_t count, void *object)
{
    uint32_t seen = 0;
    bool more = true;
    davy_status status = davy_json_enter(json, '{');

    while (status == DAVY_OK) {
        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = read_member(json, memory, members, count, &seen, object);
    }
    return status;
}

davy_status davy_oip_string(davy_json_reader *json, davy_oip_memory *memory, const char *what,
                            const char **out)
{
    davy_bytes text;
    davy_status status = davy_json_string(json, memory, &text);

    return status == DAVY_OK ? davy_oip_text(memory, text.at, text.length, what, out) : status;
}
