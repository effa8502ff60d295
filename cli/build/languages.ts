/**
 * The languages that actors are written in.
 *
 * @module
 */

import { C } from "./c/mod.ts";
import { GO } from "./go/mod.ts";
import { JS } from "./js/mod.ts";
import type { Language } from "./language.ts";
import { PYTHON } from "./python/mod.ts";
import { RUST } from "./rust/mod.ts";

/** Each, in the order in which they are listed to a person. */
export const LANGUAGES: readonly Language[] = [JS, RUST, GO, PYTHON, C];
