/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/board_private.h"

#include <math.h>
#include <string.h>

#include "hazard/chemical/chemical.h"
#include "hazard/chemical/ghs_given.h"
#include "respond/dispatch/assemble.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool find_effect(const char *name, davy_effect *effect)
{
    for (int e = 0; name && e < DAVY_EFFECTS; e++)
        if (strcmp(davy_effect_name((davy_effect) e), name) == 0) {
            *effect = (davy_effect) e;
            return true;
        }
    return false;
}

static davy_status read_ring(davy_board *board, const json_t *list, davy_zone *zone)
{
    const size_t count = json_array_size(list);
    davy_site_point *ring;

    if (!json_is_array(list) || count > DAVY_ZONE_POINTS_MAX || count == 1 || count == 2)
        return davy_fail(DAVY_ERR_INVALID, "'ring' is no list of 3 to %zu points",
                         DAVY_ZONE_POINTS_MAX);
    ring = davy_arena_array(&board->arena, count + 1, sizeof *ring);
    if (!ring)
        return davy_fail(DAVY_ERR_NOMEM, "zone of %zu points", count);
    for (size_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(list, i);
        const json_t *east = json_array_get(point, 0), *north = json_array_get(point, 1);

        ring[i] = (davy_site_point){json_number_value(east), json_number_value(north)};
        if (!json_is_number(east) || !json_is_number(north) ||
            !(fabs(ring[i].east) <= DAVY_BOARD_FAR_M) || !(fabs(ring[i].north) <= DAVY_BOARD_FAR_M))
            return davy_fail(DAVY_ERR_INVALID, "point %zu of 'ring' is not [east, north] in metres",
                             i + 1);
    }
    zone->ring = ring;
    zone->count = count;
    return DAVY_OK;
}

/** What a zone does not say is taken as the worst: it closes roads, under the name of its effect.
 */
static davy_status read_zone(davy_board *board, const json_t *object, davy_zone *zone)
{
    const json_t *severity = json_object_get(object, "severity");
    const char *endpoint = text_of(object, "endpoint"), *effect = text_of(object, "effect");

    *zone = (davy_zone){.severity = 3};
    if (!find_effect(effect, &zone->effect))
        return davy_fail(DAVY_ERR_INVALID, "a zone has no 'effect' that is known");
    if (!endpoint || strlen(endpoint) > DAVY_BOARD_NAME_MAX)
        endpoint = effect;
    if (json_is_integer(severity) && json_integer_value(severity) < 3)
        zone->severity = json_integer_value(severity) < 1 ? 1 : (int) json_integer_value(severity);
    zone->endpoint = davy_arena_text(&board->arena, endpoint, strlen(endpoint));
    if (!zone->endpoint)
        return davy_fail(DAVY_ERR_NOMEM, "zone");
    return read_ring(board, json_object_get(object, "ring"), zone);
}

/** A zone without a ring that is not simply "not reached": nobody knows where it lies. */
static bool is_unknown(const json_t *object, const davy_zone *zone)
{
    const char *kind = text_of(object, "kind");

    return zone->count == 0 && (!kind || strcmp(kind, "not reached") != 0);
}

static davy_status add_zone(davy_board *board, const davy_zone *zone, double from_s)
{
    const size_t at = board->question.closure_count;

    if (at == DAVY_CLOSURES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "more than %zu zones close roads", DAVY_CLOSURES_MAX);
    board->zones[at] = *zone;
    board->closures[at] = (davy_closure){&board->zones[at], from_s, INFINITY};
    board->question.closure_count = at + 1;
    return DAVY_OK;
}

davy_status davy_board_zones(davy_board *board, const json_t *impact, double from_s)
{
    const json_t *zones = json_object_get(impact, "zones");
    davy_status status = DAVY_OK;

    if (!json_is_array(zones) || json_array_size(zones) > DAVY_CLOSURES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "an impact has 'zones', %zu at most", DAVY_CLOSURES_MAX);
    /* The worst first: the first of several is the one that is named. */
    for (int severity = 3; status == DAVY_OK && severity >= DAVY_BOARD_SEVERITY; severity--)
        for (size_t i = 0; status == DAVY_OK && i < json_array_size(zones); i++) {
            const json_t *object = json_array_get(zones, i);
            davy_said note = davy_dispatch_say("note.zone-unknown");
            davy_zone zone;

            status = read_zone(board, object, &zone);
            if (status != DAVY_OK || zone.severity != severity)
                continue;
            note.zone = zone.endpoint;
            if (is_unknown(object, &zone))
                davy_board_note(board, note);
            else if (zone.count > 0)
                status = add_zone(board, &zone, from_s);
        }
    return status;
}

/* --- protection --- */

/** Harmful to the skin or through it, as far as an authority said; silence says nothing. */
static davy_known harms_skin(const char *cas)
{
    const davy_ghs_given *given = NULL;

    while (cas && (given = davy_ghs_given_find(cas, given)))
        if (given->hazard == DAVY_GHS_SKIN || given->hazard == DAVY_GHS_DERMAL)
            return DAVY_YES;
    return DAVY_NOT_KNOWN;
}

davy_ppe davy_board_protection(const json_t *impact)
{
    const char *cas = text_of(json_object_get(impact, "chemical"), "cas");
    const davy_chemical *chemical = cas ? davy_chemical_find(cas, NULL) : NULL;
    const davy_ppe_case given = {
        .concentration = NAN,
        .idlh = chemical ? chemical->figures[DAVY_CHEMICAL_IDLH] : NAN,
        .harmless = NAN,
        .skin = harms_skin(cas),
        .identified = cas ? DAVY_YES : DAVY_NOT_KNOWN,
        .oxygen = NAN,
    };

    return davy_ppe_needed(&given);
}
