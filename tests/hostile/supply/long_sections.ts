// tries: to have a reader make room for what it says that it has: sections and vectors of four billion
// ends: refused: troupe.BadComponent
// runs: maker
// repeats: 10, each is looked at in a process of its own

const MOST = [0xff, 0xff, 0xff, 0xff, 0x0f];

/** The bytes: the head of a component, and a section of types that has so many. */
export const make = (): Uint8Array =>
  Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00, 0x07, 0x06, ...MOST, 0x40);
