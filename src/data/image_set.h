/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_alike.h"
#include "data/image_folder.h"
#include "data/image_resize.h"

/**
 * @file
 * The pictures of a folder in the size that a network wants, decoded once.
 *
 * Stage: data. A set keeps what it decoded, as 8-bit pixels, up to a named limit, so that epochs
 * after the first cost no decoding. davy_image_set_load() reads every picture on some threads,
 * before anything is learnt: damage, copies and sizes are known then, and not after an hour.
 *
 * Reading is for any number of threads at once; load, create and destroy for one.
 */
typedef struct davy_image_set davy_image_set;

/** Most bytes of decoded pictures that are kept, unless said otherwise. */
#define DAVY_IMAGE_CACHE_MAX ((size_t) 1 << 30)

/** Most threads of a load. */
#define DAVY_IMAGE_THREADS_MAX 64

/** With more of the files than this share damaged, a data set is refused, unless said otherwise. */
#define DAVY_IMAGE_DAMAGED_MAX 0.1F

typedef struct davy_image_set_options {
    uint32_t width, height; /* of all pictures as they are read */
    davy_fit fit;
    davy_resize resize;
    float box_margin; /* what is seen around a box, as a share of its sides; 0: nothing */
    size_t cache_max; /* bytes; 0: DAVY_IMAGE_CACHE_MAX */
    size_t threads;   /* of a load; 0: as many as this process has CPUs */
    /* Share of the files that may be damaged; beyond it a load fails. 0: DAVY_IMAGE_DAMAGED_MAX to
     * learn from; 1: whatever can be read, for inference. */
    float damaged_max;
    /* Called on the loading thread, now and then; false: stop. NULL is fine. */
    bool (*progress)(void *context, size_t done, size_t total);
    void *context;
} davy_image_set_options;

/** What a load found. */
typedef struct davy_image_report {
    size_t files, damaged;
    size_t animated, transparent, turned; /* files: first picture taken, over white, by EXIF */
    size_t warned;                        /* files with faults that do not touch the picture */
    davy_alike_report alike;
    size_t leaked; /* items taken out of an official split, since a copy is on another side */
} davy_image_report;

/** @param folder  borrowed, and changed by a load (problems, groups) */
DAVY_MUST_CHECK davy_status davy_image_set_create(davy_image_folder *folder,
                                                  const davy_image_set_options *options,
                                                  davy_image_set **out);
/** NULL is fine. */
void davy_image_set_destroy(davy_image_set *set);

/** Bytes of one picture: width x height x 3. */
size_t davy_image_set_bytes(const davy_image_set *set);

/**
 * Read every picture once: fill the cache, note the problem of each damaged file in the folder,
 * join the groups of pictures that are alike, and take out of an official split what leaks.
 *
 * @return DAVY_ERR_CORRUPT when more than damaged_max are damaged, with the first one's sentence;
 *         DAVY_ERR_TIMEOUT when progress() wanted to stop
 */
DAVY_MUST_CHECK davy_status davy_image_set_load(davy_image_set *set, davy_image_report *report);

/**
 * One item, from the cache or from its file.
 *
 * @param pixels  [height][width][3]
 * @return what the file suffers from; the sentence names it
 */
DAVY_MUST_CHECK davy_status davy_image_set_read(davy_image_set *set, size_t item, uint8_t *pixels);
