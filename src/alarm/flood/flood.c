/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/flood.h"

#include <stdlib.h>
#include <string.h>

#define RECENT DAVY_ARRAY_LENGTH(((davy_flood *) NULL)->recent)

struct davy_floods {
    davy_flood *floods; /* [position_count] */
    size_t position_count;
    uint16_t *member_of; /* [alarm_count] 1 + place among the members of its position's flood */
    size_t alarm_count;
};

davy_status davy_floods_create(size_t positions, davy_floods **out)
{
    davy_floods *floods = calloc(1, sizeof *floods);

    if (floods)
        floods->floods = calloc(positions, sizeof *floods->floods);
    if (!floods || !floods->floods) {
        davy_floods_destroy(floods);
        return davy_fail(DAVY_ERR_NOMEM, "floods of %zu positions", positions);
    }
    floods->position_count = positions;
    *out = floods;
    return DAVY_OK;
}

void davy_floods_destroy(davy_floods *floods)
{
    if (!floods)
        return;
    for (size_t i = 0; i < floods->position_count; i++)
        free(floods->floods[i].members);
    free(floods->floods);
    free(floods->member_of);
    free(floods);
}

const davy_flood *davy_floods_at(const davy_floods *floods, size_t position)
{
    return &floods->floods[position];
}

/* Room for the alarm and, so that a flood needs no memory when it begins, for its members. */
static davy_status make_room(davy_floods *floods, davy_flood *flood, size_t alarm)
{
    size_t count = floods->alarm_count ? floods->alarm_count : 64;
    uint16_t *member_of;

    if (!flood->members)
        flood->members = calloc(DAVY_FLOOD_MEMBERS_MAX, sizeof *flood->members);
    if (!flood->members)
        return davy_fail(DAVY_ERR_NOMEM, "flood of %zu alarms", DAVY_FLOOD_MEMBERS_MAX);
    if (alarm < floods->alarm_count)
        return DAVY_OK;
    while (count <= alarm)
        count *= 2;
    member_of = realloc(floods->member_of, count * sizeof *member_of);
    if (!member_of)
        return davy_fail(DAVY_ERR_NOMEM, "floods of %zu alarms", count);
    memset(member_of + floods->alarm_count, 0, (count - floods->alarm_count) * sizeof *member_of);
    floods->member_of = member_of;
    floods->alarm_count = count;
    return DAVY_OK;
}

static void add_member(davy_floods *floods, davy_flood *flood, size_t alarm, int64_t time_ns)
{
    uint16_t *place = &floods->member_of[alarm];

    if (*place == 0 && flood->member_count < DAVY_FLOOD_MEMBERS_MAX) {
        flood->members[flood->member_count] = (davy_flood_member){alarm, time_ns, 0};
        *place = (uint16_t) ++flood->member_count;
    }
    if (*place != 0)
        flood->members[*place - 1].count++;
    else
        flood->left_out++;
}

/* Forget the flood before, and take in the alarms that made this one. */
static void begin(davy_floods *floods, davy_flood *flood)
{
    for (size_t i = 0; i < flood->member_count; i++)
        floods->member_of[flood->members[i].alarm] = 0;
    flood->member_count = 0;
    flood->left_out = flood->silenced = 0;
    for (uint64_t i = flood->recent_count - flood->window.count; i < flood->recent_count; i++) {
        const davy_flood_member *one = &flood->recent[i % RECENT];

        add_member(floods, flood, one->alarm, one->first_ns);
    }
}

static davy_flood_event annunciate(davy_floods *floods, davy_flood *flood,
                                   const davy_alarm_move *move)
{
    flood->recent[flood->recent_count++ % RECENT] =
        (davy_flood_member){.alarm = move->alarm, .first_ns = move->time_ns};
    if (davy_ten_minutes_add(&flood->window)) {
        begin(floods, flood);
        return DAVY_FLOOD_BEGAN;
    }
    if (flood->window.flood)
        add_member(floods, flood, move->alarm, move->time_ns);
    return DAVY_FLOOD_NOTHING;
}

static bool is_silenced(const davy_alarm_move *move)
{
    return move->after.shown >= DAVY_ALARM_SHELVED && !davy_alarm_phase_active(&move->before) &&
           davy_alarm_phase_active(&move->after);
}

davy_status davy_floods_take(davy_floods *floods, const davy_alarm_move *move,
                             davy_flood_event *event)
{
    davy_flood *flood = &floods->floods[move->position];
    davy_status status = DAVY_OK;

    *event = davy_floods_pass(floods, move->position, move->time_ns);
    if (move->annunciated) {
        status = make_room(floods, flood, move->alarm);
        if (status == DAVY_OK && annunciate(floods, flood, move) == DAVY_FLOOD_BEGAN)
            *event = DAVY_FLOOD_BEGAN;
    } else if (flood->window.flood && is_silenced(move)) {
        flood->silenced++;
    }
    return status;
}

davy_flood_event davy_floods_pass(davy_floods *floods, size_t position, int64_t now_ns)
{
    return davy_ten_minutes_pass(&floods->floods[position].window, now_ns / DAVY_NS_PER_S)
               ? DAVY_FLOOD_ENDED
               : DAVY_FLOOD_NOTHING;
}
