// tries: to be taken for a component: it is a script
// ends: refused: troupe.NotWasm
// runs: maker
// repeats: 10, each is looked at in a process of its own

/** The bytes. */
export const make = (): Uint8Array => new TextEncoder().encode("#!/bin/sh\nrm -rf /\n");
