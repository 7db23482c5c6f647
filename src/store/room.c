/* SPDX-License-Identifier: Apache-2.0 */
#include "store/room.h"

#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>

void davy_room_init(davy_room *room, const char *folder, uint64_t floor_bytes)
{
    (void) snprintf(room->folder, sizeof room->folder, "%s", folder);
    room->wish = floor_bytes;
}

static uint64_t share_of(uint64_t disk_bytes)
{
    uint64_t share = disk_bytes / DAVY_ROOM_SHARE;

    if (share < DAVY_ROOM_FLOOR_LEAST)
        return DAVY_ROOM_FLOOR_LEAST;
    return share > DAVY_ROOM_FLOOR_MOST ? DAVY_ROOM_FLOOR_MOST : share;
}

davy_room_state davy_room_look(const davy_room *room)
{
    struct statvfs disk;

    if (statvfs(room->folder, &disk) != 0)
        return (davy_room_state){UINT64_MAX, room->wish};
    return (davy_room_state){
        .free_bytes = (uint64_t) disk.f_bavail * disk.f_frsize,
        .floor_bytes = room->wish ? room->wish : share_of((uint64_t) disk.f_blocks * disk.f_frsize),
    };
}

davy_status davy_room_check(const davy_room *room)
{
    davy_room_state state = davy_room_look(room);

    if (state.free_bytes >= state.floor_bytes)
        return DAVY_OK;
    errno = 0;
    return davy_fail(DAVY_ERR_FULL,
                     "'%s': %llu bytes of space are left, and the last %llu are for alarms",
                     room->folder, (unsigned long long) state.free_bytes,
                     (unsigned long long) state.floor_bytes);
}
