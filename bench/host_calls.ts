/**
 * What a guest's call to its host costs: a value of its state, and a request to a server on this machine.
 *
 * @module
 */

import { join } from "@std/path";
import { Egress } from "../host/egress/egress.ts";
import { stateActor } from "../host/granted/_state_actor_testing.ts";
import { httpService } from "../host/granted/http_service.ts";
import { stateService } from "../host/granted/state_service.ts";
import { CLIENT, httpComponent } from "../host/stage/_http_testing.ts";
import { envelope, withStage } from "../host/stage/_testing.ts";
import { openState } from "../host/state/open_state.ts";
import { quantile, type Row, spread } from "./table.ts";

const HOPS = 200;
const WARM_UP = 20;
const CALLS = 50;
const HOST = "127.0.0.1";

/** Measures both. */
export async function benchHostCalls(folder: string): Promise<Row[]> {
  return [...await benchState(folder), ...await benchHttp()];
}

/** Alternates between hops with many calls and with none. */
async function benchState(folder: string): Promise<Row[]> {
  const store = await openState(join(folder, "state.db"));
  const bucket = store.bucket("bench");
  const services = { state: stateService(() => Promise.resolve(bucket)) };
  const many: number[] = [];
  const none: number[] = [];
  const gets = Array.from({ length: CALLS }, () => ["get", "key"]);
  await withStage(await stateActor(), { services }, async ({ stage }) => {
    await stage.run(envelope("set", [["set", "key", "value"]]));
    for (let n = -WARM_UP; n < HOPS; n++) {
      for (const [payload, measured] of [[gets, many], [[], none]] as const) {
        const started = performance.now();
        const result = await stage.run(envelope(`${n}`, payload));
        if (!result.ok) throw new Error(result.failure.message);
        if (n >= 0) measured.push(performance.now() - started);
      }
    }
  });
  await store.close();
  const each = (quantile(many, 0.5) - quantile(none, 0.5)) / CALLS;
  return [{
    what: "state get, in SQLite",
    value: `${each.toFixed(3)} ms`,
    note: "one after another in a hop",
  }];
}

async function benchHttp(): Promise<Row[]> {
  await using server = Deno.serve({ hostname: HOST, port: 0, onListen() {} }, () => new Response("here"));
  const { port } = server.addr;
  const rule = { host: HOST, scheme: "http" as const, port, path: "/", addresses: [HOST] };
  const services = { http: httpService(await Egress.open({ rules: [rule] })) };
  const guest: number[] = [];
  const plain: number[] = [];
  await withStage(await httpComponent(CLIENT), { services }, async ({ stage }) => {
    for (let n = -WARM_UP; n < HOPS; n++) {
      const started = performance.now();
      const result = await stage.run(envelope(`${n}`, { url: `http://${HOST}:${port}/` }));
      if (!result.ok) throw new Error(result.failure.message);
      const between = performance.now();
      await (await fetch(`http://${HOST}:${port}/`)).text();
      if (n < 0) continue;
      guest.push(between - started);
      plain.push(performance.now() - between);
    }
  });
  return [
    {
      what: "a hop with one request over HTTP",
      value: spread(guest),
      note: "p50 / p99, on a connection of its own",
    },
    { what: "that request from here", value: spread(plain), note: "p50 / p99, on one that is kept" },
  ];
}
