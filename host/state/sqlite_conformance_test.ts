import { startSqlite } from "./_state_harness_testing.ts";
import { testState } from "./state_conformance.ts";

testState("state in SQLite", startSqlite);
