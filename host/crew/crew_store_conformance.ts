/**
 * Everything that a store of the crew has to keep, as tests that each technology plugs into with one call.
 *
 * @module
 */

import type { StoreHarness } from "./_store_harness_testing.ts";
import { testClaims } from "./claims_conformance.ts";
import { testConcurrency } from "./concurrency_conformance.ts";
import { testControls } from "./controls_conformance.ts";
import { testExpiry } from "./expiry_conformance.ts";
import { testJoining } from "./joining_conformance.ts";
import { testLetters } from "./letters_conformance.ts";
import { testParking } from "./parking_conformance.ts";
import { testRecords } from "./store_conformance.ts";

/** Runs all of the tests. @param start Makes a database that is empty. */
export function testCrewStore(name: string, start: () => Promise<StoreHarness>): void {
  testRecords(name, start);
  testLetters(name, start);
  testConcurrency(name, start);
  testExpiry(name, start);
  testParking(name, start);
  testJoining(name, start);
  testControls(name, start);
  testClaims(name, start);
}
