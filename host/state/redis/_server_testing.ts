/**
 * State on a Redis server for tests, one server for each file of tests.
 *
 * @module
 */

import { RedisServer } from "@troupe/tests/servers/redis";
import type { StateHarness } from "../_state_harness_testing.ts";
import { openState } from "../open_state.ts";
import type { StateStore } from "../store.ts";

let shared: Promise<RedisServer> | undefined;
let namespaces = 0;

/** The server of this file of tests; it ends with the process. */
export function sharedServer(): Promise<RedisServer> {
  return shared ??= RedisServer.start();
}

/** Makes an empty place on the shared server. */
export async function startRedis(): Promise<StateHarness> {
  const server = await sharedServer();
  const address = server.address({ namespace: `test-${++namespaces}` });
  const opened: StateStore[] = [];
  return {
    async open(options) {
      const store = await openState(address, options);
      opened.push(store);
      return store;
    },
    async elapse(ms) {
      const end = await server.now() + ms;
      while (await server.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async close() {
      for (const store of opened) await store.close();
    },
  };
}
