import { lacksRabbitmq, RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { conformance } from "../conformance.ts";
import { openRabbitmq, parseRabbitmqAddress } from "./mod.ts";

if (!lacksRabbitmq()) {
  // Started outside of the tests: it outlives each of them.
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  let meshes = 0;
  conformance("rabbitmq", {
    releaseUncounted: true,
    settlesAtomically: false,
    knowsWhoseDelayed: false,
    start({ maxBodyBytes }) {
      const namespace = `mesh-${++meshes}`;
      return Promise.resolve({
        open: () => openRabbitmq({ ...parseRabbitmqAddress(server.address({ namespace })), maxBodyBytes }),
        close: () => Promise.resolve(),
      });
    },
  });
}
