/**
 * How long a scaled-to-zero actor takes to its first hop: from the launch of the process, with a warm cache, to the end
 * of the hop of an envelope that waited.
 *
 * @module
 */

import { SINK, SUMP } from "@troupe/host/actor_name";
import { tellControls } from "@troupe/host/control_feed";
import { encodeEnvelope } from "@troupe/host/envelope";
import { createLogger } from "@troupe/host/observe/logs";
import { openTransport } from "@troupe/host/transport/open";
import { fromFileUrl, join } from "@std/path";
import type { BenchActors } from "./actors.ts";
import { type Row, spread } from "./table.ts";

const STARTS = 11;
const MAIN = fromFileUrl(new URL("../host/main.ts", import.meta.url));

/** Measures it; the first start, which fills the cache, does not count. */
export async function benchColdStart(
  actors: BenchActors,
  { cacheDir, folder }: { readonly cacheDir: string; readonly folder: string },
): Promise<Row> {
  const address = `embedded:${join(folder, "cold.db")}`;
  const spec = await actors.file("cold", "fresh");
  const transport = await openTransport(address);
  await transport.declare([SINK, SUMP, "cold"]);
  // As whoever runs x-sink does: a host asks at its start what is paused.
  const asked = { revision: 0, paused: [], canceled: [] };
  const logger = createLogger({ format: "json", level: "error" });
  const teller = tellControls(transport, { read: () => Promise.resolve(asked), logger });
  const measured: number[] = [];
  for (let start = 0; start <= STARTS; start++) {
    const body = encodeEnvelope({
      id: `cold-${start}`,
      route: { prev: [], curr: "cold", next: [] },
      payload: "{}",
      extra: [],
    });
    await transport.publish([{ queue: "cold", body }]);
    const sink = transport.consume(SINK, { inFlight: 1 });
    const launched = performance.now();
    const host = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, spec, "--transport", address, "--cache", cacheDir],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for await (const delivery of sink) {
      if (start > 0) measured.push(performance.now() - launched);
      await delivery.settle([]);
      await sink.stop();
    }
    host.kill("SIGTERM");
    await host.status;
  }
  await teller.stop();
  await transport.close();
  return { what: "one JavaScript actor, warm cache", value: spread(measured) };
}
