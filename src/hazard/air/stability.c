/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/stability.h"

davy_stability davy_stability_of(char letter)
{
    if (letter >= 'A' && letter <= 'F')
        return (davy_stability) (letter - 'A');
    if (letter >= 'a' && letter <= 'f')
        return (davy_stability) (letter - 'a');
    return DAVY_STABILITIES;
}

char davy_stability_letter(davy_stability stability)
{
    return stability < DAVY_STABILITIES ? (char) ('A' + (int) stability) : '?';
}
