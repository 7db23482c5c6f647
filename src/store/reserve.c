/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct davy_reserve {
    pthread_mutex_t lock; /* for what follows */
    int file;
    uint64_t wish, held;
};

/* Steps that are whole on the disk: a hole would hold nothing. */
static uint64_t held_by(int file)
{
    struct stat about;
    uint64_t blocks;

    if (fstat(file, &about) != 0)
        return 0;
    blocks = (uint64_t) about.st_blocks * 512;
    if ((uint64_t) about.st_size < blocks)
        blocks = (uint64_t) about.st_size;
    return blocks / DAVY_RESERVE_STEP * DAVY_RESERVE_STEP;
}

davy_status davy_reserve_open(const char *file, uint64_t wish_bytes, davy_reserve **out)
{
    davy_reserve *reserve = calloc(1, sizeof *reserve);

    if (!reserve)
        return davy_fail(DAVY_ERR_NOMEM, "reserve '%s'", file);
    reserve->file = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (reserve->file < 0) {
        free(reserve);
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", file);
    }
    pthread_mutex_init(&reserve->lock, NULL);
    reserve->wish = (wish_bytes + DAVY_RESERVE_STEP - 1) / DAVY_RESERVE_STEP * DAVY_RESERVE_STEP;
    reserve->held = held_by(reserve->file);
    *out = reserve;
    return DAVY_OK;
}

void davy_reserve_close(davy_reserve *reserve)
{
    if (!reserve)
        return;
    close(reserve->file);
    pthread_mutex_destroy(&reserve->lock);
    free(reserve);
}

bool davy_reserve_give(davy_reserve *reserve)
{
    bool given;

    if (!reserve)
        return false;
    pthread_mutex_lock(&reserve->lock);
    given = reserve->held > 0 &&
            ftruncate(reserve->file, (off_t) (reserve->held - DAVY_RESERVE_STEP)) == 0;
    if (given)
        reserve->held -= DAVY_RESERVE_STEP;
    pthread_mutex_unlock(&reserve->lock);
    return given;
}

/* Under the lock. */
static davy_status hold(davy_reserve *reserve)
{
    int error = posix_fallocate(reserve->file, 0, (off_t) reserve->wish);

    if (error == 0) {
        reserve->held = reserve->wish;
        return DAVY_OK;
    }
    /* What was taken on the way goes back: half a fill would leave nothing for those who write. */
    (void) !ftruncate(reserve->file, (off_t) reserve->held);
    errno = error;
    return davy_fail(error == ENOSPC || error == EDQUOT ? DAVY_ERR_FULL : DAVY_ERR_IO,
                     "cannot reserve %llu bytes for alarms", (unsigned long long) reserve->wish);
}

davy_status davy_reserve_fill(davy_reserve *reserve, uint64_t room_bytes)
{
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&reserve->lock);
    if (reserve->held < reserve->wish && room_bytes >= reserve->wish - reserve->held)
        status = hold(reserve);
    pthread_mutex_unlock(&reserve->lock);
    return status;
}

bool davy_reserve_is_whole(davy_reserve *reserve)
{
    bool whole;

    if (!reserve)
        return true;
    pthread_mutex_lock(&reserve->lock);
    whole = reserve->held >= reserve->wish;
    pthread_mutex_unlock(&reserve->lock);
    return whole;
}

uint64_t davy_reserve_bytes(davy_reserve *reserve)
{
    uint64_t held;

    if (!reserve)
        return 0;
    pthread_mutex_lock(&reserve->lock);
    held = reserve->held;
    pthread_mutex_unlock(&reserve->lock);
    return held;
}
