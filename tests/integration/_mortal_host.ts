// A host of the actor `a` that dies, with SIGKILL, whenever it is given the envelope `poison`. Arguments: the transport's
// address.

import { Host } from "@troupe/host";
import { createLogger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { openTransport } from "@troupe/host/transport/open";
import { emitting, ScriptedStage } from "../../host/_scripted_stage_testing.ts";

const transport = await openTransport(Deno.args[0] ?? "");
await transport.declare(["a", "x-sink", "x-sump"]);
const host = new Host({
  actor: "a",
  transport,
  stage: new ScriptedStage((envelope) => {
    if (envelope.id === "poison") Deno.kill(Deno.pid, "SIGKILL");
    return emitting(envelope, envelope.payload);
  }),
  logger: createLogger({ format: "json", level: "error" }),
  metrics: NO_METRICS,
  concurrency: 20,
});
Deno.addSignalListener("SIGTERM", () => void host.drain());
await host.run();
await transport.close();
