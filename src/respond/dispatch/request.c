/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/request.h"

#include <stdlib.h>

#include "respond/dispatch/board.h"

/** What a visit to an incident needs. */
typedef struct reading {
    davy_board *board;
    const davy_site *site;
    uint64_t id;
    int64_t now_ns;
    bool drill; /* the incident is */
} reading;

static davy_status read_incident(void *context, const davy_incident *incident)
{
    reading *of = context;

    of->drill = incident->drill;
    return davy_board_read(of->board, of->site, incident, of->now_ns);
}

/** What others hold is not free; a drill holds nothing that a real incident needs. */
static davy_status read_other(void *context, const davy_incident *incident)
{
    reading *of = context;

    if (incident->id != of->id && (of->drill || !incident->drill))
        davy_board_hold(of->board, incident);
    return DAVY_OK;
}

davy_status davy_dispatch_request(const davy_site *site, davy_incidents *incidents, uint64_t id,
                                  const json_t *body, int64_t now_ns, davy_buffer *out)
{
    davy_board *board = calloc(1, sizeof *board);
    reading of = {.board = board, .site = site, .id = id, .now_ns = now_ns};
    davy_status status;

    if (!board)
        return davy_fail(DAVY_ERR_NOMEM, "board of an incident");
    status = davy_incidents_get(incidents, id, read_incident, &of);
    if (status == DAVY_OK)
        status = davy_incidents_each(incidents, true, read_other, &of);
    if (status == DAVY_OK)
        status = davy_board_order(board, body);
    if (status == DAVY_OK)
        status = davy_board_answer(board, out);
    davy_board_clear(board);
    free(board);
    return status;
}
