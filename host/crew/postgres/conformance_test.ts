import { lacksPostgres } from "@troupe/tests/servers/postgres";
import { testCrewStore } from "../crew_store_conformance.ts";
import { startDatabase } from "./_database_testing.ts";

if (!lacksPostgres()) testCrewStore("Postgres", startDatabase);
