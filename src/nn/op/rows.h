/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * The rows of the operator table, each defined at the end of its file in nn/op/. Sorted by name.
 */
