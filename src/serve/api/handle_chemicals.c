/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of hazardous chemicals, and who says so. */
#include "serve/api/chemical_sheet.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

static size_t all(const davy_chemical *out[DAVY_CHEMICALS])
{
    for (size_t i = 0; i < DAVY_CHEMICALS; i++)
        out[i] = davy_chemical_at(i);
    return DAVY_CHEMICALS;
}

davy_status davy_handle_chemicals(davy_call *call)
{
    const char *query = davy_target_parameter(&call->target, "query");
    const davy_chemical *found[DAVY_CHEMICALS];
    const size_t count = query && query[0] ? davy_chemical_search(query, found) : all(found);
    davy_buffer *out = &call->answer.body;
    json_t *list;

    if (query && davy_cas_check(query) == DAVY_CAS_WRONG)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%.32s' is no CAS number: its check digit does not fit; look for a "
                         "mistyped or exchanged digit",
                         query);
    list = json_array();
    for (size_t i = 0; i < count; i++)
        (void) json_array_append_new(list, davy_chemical_brief(found[i]));
    davy_json_object(out, NULL);
    davy_json_integer(out, "version", DAVY_CHEMICALS_VERSION);
    davy_json_tree(out, "chemicals", list);
    davy_json_object_end(out);
    json_decref(list);
    return davy_reply_json(call);
}

davy_status davy_handle_chemical(davy_call *call)
{
    const davy_chemical *chemical =
        davy_cas_check(call->id) == DAVY_CAS_FINE ? davy_chemical_find(call->id, NULL) : NULL;
    json_t *sheet;

    if (!chemical)
        return davy_fail(DAVY_ERR_NOT_FOUND,
                         "the table of %zu chemicals has none with the CAS number '%.32s'; that "
                         "says nothing about its hazards",
                         DAVY_CHEMICALS, call->id);
    sheet = davy_chemical_sheet(chemical);
    davy_json_tree(&call->answer.body, NULL, sheet);
    json_decref(sheet);
    return davy_reply_json(call);
}

davy_status davy_handle_structure(davy_call *call)
{
    const davy_server_system *system = call->system;
    const char *smiles = davy_target_parameter(&call->target, "smiles");
    json_t *structure = NULL;
    davy_status status;

    if (!system->describe_structure)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "structures are not read here");
    status = system->describe_structure(system->context, smiles ? smiles : "", &structure);
    if (status == DAVY_ERR_UNSUPPORTED)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "this build reads no structures: it lacks RDKit");
    if (status != DAVY_OK)
        return status;
    davy_json_tree(&call->answer.body, NULL, structure);
    json_decref(structure);
    return davy_reply_json(call);
}
