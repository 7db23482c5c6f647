/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Errors that the simulation must find. The linker puts them in the place of the store's own
 * functions; with PLANTED_NOTHING these are called as they are.
 */
typedef enum planted_error {
    PLANTED_NOTHING,
    PLANTED_SYNC_FORGOTTEN,  /* now and then the log is not synced before the answer */
    PLANTED_NAMES_FORGOTTEN, /* samples are kept before the names of their signals are */
    PLANTED_TRIMMED_EARLY,   /* a log segment is removed with frames that are not sealed */
    PLANTED_MARKED_FAR,      /* a mark covers frames that came after the sealing */
    PLANTED_FOLDER_UNSYNCED, /* the name of a new segment is not synced */
    PLANTED_SEAL_UNDONE,     /* a day file's transaction is taken back, and nobody is told */
    PLANTED_COUNT
} planted_error;

/** The one that is at work. */
extern planted_error planted;

extern const char *const planted_names[PLANTED_COUNT];
