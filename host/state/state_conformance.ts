/**
 * Everything that a store of state has to keep, as tests that each technology plugs into with one call.
 *
 * @module
 */

import type { StateHarness } from "./_state_harness_testing.ts";
import { testBounds } from "./bounds_conformance.ts";
import { testConcurrency } from "./concurrency_conformance.ts";
import { testCounters } from "./counters_conformance.ts";
import { testEntries } from "./entries_conformance.ts";
import { testExpiry } from "./expiry_conformance.ts";
import { testKeys } from "./keys_conformance.ts";

/** Runs all of the tests. @param start Makes a place that is empty. */
export function testState(name: string, start: () => Promise<StateHarness>): void {
  testEntries(name, start);
  testKeys(name, start);
  testCounters(name, start);
  testExpiry(name, start);
  testBounds(name, start);
  testConcurrency(name, start);
}
