/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_folder.h"

/**
 * @file
 * What the readers of the layouts share; for image_folder*.c alone.
 *
 * Stage: data.
 */

/** True when the name ends as those of pictures do. */
bool davy_image_name_fits(const char *name);

/** False for a class that was not asked for. */
bool davy_image_class_wanted(const davy_image_folder_options *options, const char *name);

/** Add a picture. @param name  behind the folder's path; copied */
DAVY_MUST_CHECK davy_status davy_image_folder_add_file(davy_image_folder *folder, const char *name);

/** Add an item of the file that was added last. */
DAVY_MUST_CHECK davy_status davy_image_folder_add_item(davy_image_folder *folder,
                                                       const davy_image_item *item);

/** Find the pictures in folders, whichever of their layouts it is. */
DAVY_MUST_CHECK davy_status davy_image_folder_walk(davy_image_folder *folder,
                                                   const davy_image_folder_options *options);

/** Read folder/annotations.csv, which exists. */
DAVY_MUST_CHECK davy_status davy_image_folder_read_boxes(davy_image_folder *folder,
                                                         const char *csv_path,
                                                         const davy_image_folder_options *options);
