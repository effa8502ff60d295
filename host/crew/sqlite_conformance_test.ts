import { startSqlite } from "./_store_harness_testing.ts";
import { testCrewStore } from "./crew_store_conformance.ts";

testCrewStore("SQLite", startSqlite);
