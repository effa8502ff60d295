// tries: to have a reader read beyond the end: the second half is missing
// ends: refused: troupe.BadComponent
// runs: maker
// repeats: 10, each is looked at in a process of its own

import { framed } from "../_component.ts";

const whole = await framed(";; -- module --\n(func $attack (param i32 i32) (result i32) (unreachable))");

/** The bytes. */
export const make = (): Uint8Array => whole.slice(0, whole.length / 2);
