#ifndef RAISE_H
#define RAISE_H

#include <troupe.h>

/** Fails in the way that a case names. */
void raise_shape(troupe_string shape);

#endif
