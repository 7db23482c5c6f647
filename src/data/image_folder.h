/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "data/class_list.h"
#include "data/image_resize.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A folder of pictures as a data set: which pictures there are, of which class, on which side.
 *
 * Stage: data. Nothing is decoded here; image_set.h reads the pictures. Four layouts are known by
 * what is found:
 *
 *     CLASS/.../a.jpg                         a folder for each class, with folders in it or none
 *     train|val|test/CLASS/a.jpg              the same for each side of an official split
 *     annotations.csv, a.jpg or images/a.jpg  boxes in pictures: each box is one item
 *     a.jpg                                   pictures without class, for inference
 *
 * annotations.csv has the columns filename, class, xmin, ymin, xmax, ymax (pixels; the last ones
 * lie outside of the box), and may have width and height, which are then compared with the picture.
 * Classes are sorted by name, pictures by path, so the same folder gives the same numbers
 * everywhere. Pictures are told by their names' ends (.jpg, .jpeg, .png); what begins with a dot is
 * passed over; other files are counted.
 */

/** Most pictures of a folder, and most boxes in them. */
#define DAVY_IMAGE_FILES_MAX ((size_t) 1000 * 1000)
#define DAVY_IMAGE_BOXES_MAX ((size_t) 4 * 1000 * 1000)

/** Folders within folders that are looked into. */
#define DAVY_IMAGE_DEPTH_MAX 8

/** Pixels that a box has at least along each side, unless said otherwise. */
#define DAVY_IMAGE_BOX_LEAST 8

/** A picture without a class. */
#define DAVY_IMAGE_NO_LABEL UINT32_MAX

/** Side of a split. */
typedef enum davy_part {
    DAVY_PART_TRAIN,
    DAVY_PART_VALIDATION,
    DAVY_PART_TEST,
    DAVY_PART_NONE /* on no side: not yet split, or left out */
} davy_part;

/** What a picture looks like, so that copies of it are found (image_alike.h). */
typedef struct davy_look {
    uint64_t steps[2];   /* 9 x 9 cells: is the next cell brighter, to the right and below */
    uint8_t colours[27]; /* 3 x 3 cells of red, green and blue */
} davy_look;

/** A picture file. */
typedef struct davy_image_file {
    const char *path;       /* to open it */
    const char *name;       /* behind the folder's path, as answers name it */
    uint32_t first, count;  /* its items */
    uint32_t width, height; /* as stated beside the boxes; 0: not */
    /* Once it was read (image_set.h): */
    char *problem;    /* why it cannot be read; NULL: nothing known. Owned by the folder */
    uint64_t content; /* checksum of its bytes */
    davy_look look;
} davy_image_file;

/** What is learnt from or answered: a picture, or a box in one. */
typedef struct davy_image_item {
    uint32_t file;
    uint32_t label;     /* class, or DAVY_IMAGE_NO_LABEL */
    uint32_t group;     /* items of one group are never on two sides of a split */
    davy_part part;     /* side it stands on now */
    davy_part official; /* side that the folder gives it */
    davy_box box;       /* 0 x 0: all of the picture */
} davy_image_item;

typedef struct davy_image_folder {
    char *path;
    davy_class_list classes;
    davy_image_file *files; /* [file_count] sorted by side, class and name */
    size_t file_count;
    davy_image_item *items; /* [item_count] those of a file stand together */
    size_t item_count;
    bool boxes;     /* items are boxes */
    bool has_parts; /* an official split */
    /* What was passed over. */
    size_t other_files;   /* no pictures by their names */
    size_t stray;         /* pictures that lie beside the folders of classes */
    size_t small_boxes;   /* fewer pixels than box_least along a side */
    size_t other_classes; /* items of classes that were not asked for */
    davy_arena names;
} davy_image_folder;

typedef struct davy_image_folder_options {
    bool labelled;              /* two classes or more are needed, each with a picture */
    const char *const *classes; /* these alone, sorted; NULL: all that are found */
    size_t class_count;
    uint32_t box_least; /* 0: DAVY_IMAGE_BOX_LEAST */
} davy_image_folder_options;

/**
 * List a folder.
 *
 * @param options  NULL: pictures with or without classes, whatever is found
 * @return DAVY_ERR_NOT_FOUND or DAVY_ERR_IO for a folder that cannot be read; DAVY_ERR_INVALID when
 *         it holds no pictures, or labelled is set and there are fewer than two classes or an empty
 *         one; DAVY_ERR_FULL beyond the limits. The sentence names the folder, and in
 *         annotations.csv the line
 */
DAVY_MUST_CHECK davy_status davy_image_folder_open(const char *path,
                                                   const davy_image_folder_options *options,
                                                   davy_image_folder **out);

/** NULL is fine. */
void davy_image_folder_close(davy_image_folder *folder);

/** Items of a class on a side; DAVY_IMAGE_NO_LABEL: of any class. */
size_t davy_image_folder_count(const davy_image_folder *folder, uint32_t label, davy_part part);
