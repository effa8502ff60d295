import { lacksS3 } from "@troupe/tests/servers/s3";
import { testClaims } from "../claims_conformance.ts";
import { testExpiry } from "../expiry_conformance.ts";
import { testLetters } from "../letters_conformance.ts";
import { testRecords } from "../store_conformance.ts";
import { startWithObjects } from "./_bucket_testing.ts";

// What waits, and what operators ask, is the other store's business alone.
if (!lacksS3()) {
  for (const test of [testRecords, testLetters, testExpiry, testClaims]) {
    test("SQLite with a bucket", startWithObjects);
  }
}
