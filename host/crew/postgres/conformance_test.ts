import { lacksPostgres } from "@troupe/tests/servers/postgres";
import { testConcurrency } from "../concurrency_conformance.ts";
import { testClaims } from "../claims_conformance.ts";
import { testControls } from "../controls_conformance.ts";
import { testExpiry } from "../expiry_conformance.ts";
import { testJoining } from "../joining_conformance.ts";
import { testLetters } from "../letters_conformance.ts";
import { testParking } from "../parking_conformance.ts";
import { testRecords } from "../store_conformance.ts";
import { startDatabase } from "./_database_testing.ts";

if (!lacksPostgres()) {
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
    run("Postgres", startDatabase);
  }
}
