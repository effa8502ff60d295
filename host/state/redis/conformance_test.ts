import { lacksRedis } from "@troupe/tests/servers/redis";
import { testState } from "../state_conformance.ts";
import { startRedis } from "./_server_testing.ts";

if (!lacksRedis()) testState("state in Redis", startRedis);
