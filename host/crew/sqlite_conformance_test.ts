import { startSqlite } from "./_store_harness_testing.ts";
import { testClaims } from "./claims_conformance.ts";
import { testConcurrency } from "./concurrency_conformance.ts";
import { testControls } from "./controls_conformance.ts";
import { testExpiry } from "./expiry_conformance.ts";
import { testJoining } from "./joining_conformance.ts";
import { testLetters } from "./letters_conformance.ts";
import { testParking } from "./parking_conformance.ts";
import { testRecords } from "./store_conformance.ts";

for (
  const run of [
    testRecords,
    testLetters,
    testConcurrency,
    testExpiry,
    testParking,
    testJoining,
    testControls,
    testClaims,
  ]
) {
  run("SQLite", startSqlite);
}
