/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/jwks.h"

#include <stdatomic.h>
#include <stdbool.h>

/**
 * @file
 * An issuer's keys over the network: its document, then the keys the document names.
 *
 * Stage: serve. https alone, with the system's authorities; http on the loopback. Redirects are not
 * followed, answers are small and come in time.
 */

/** True for an address that may be asked. */
bool davy_oidc_may_ask(const char *url);

/** Fetch the keys of an issuer. @param stop  ends it early when set */
DAVY_MUST_CHECK davy_status davy_oidc_fetch(const char *issuer, const atomic_bool *stop,
                                            davy_jwks **out);
