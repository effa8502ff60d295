/**
 * A mesh of actors without sandboxes and a real crew, for what comes together in `x-join` and waits in `x-pause`.
 *
 * @module
 */

import { Host } from "@troupe/host";
import { CREW } from "@troupe/host/actor_name";
import { Draft } from "@troupe/host/draft";
import { DEFAULT_LIMITS } from "@troupe/host/limits";
import type { CrewMember } from "@troupe/host/crew/member";
import { type CrewName, runCrewMember } from "@troupe/host/crew/run";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import type { CrewStore, DeadRecord, StoredResult } from "@troupe/host/crew/store";
import type { Depth, Transport } from "@troupe/host/transport";
import { createLogger } from "@troupe/host/observe/logs";
import { NO_METRICS } from "@troupe/host/observe/metrics";
import { openTransport } from "@troupe/host/transport/open";
import { fromFileUrl, join } from "@std/path";
import { echo, emitting, failing, type Script, ScriptedStage } from "../../host/_scripted_stage_testing.ts";

/** How long a message is held whose queue does not exist, in milliseconds. */
const NO_QUEUE_MS = 500;
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

/** Fails, dies or aborts where the payload says so, and takes all else tenfold. */
const work: Script = (envelope) => {
  const { payload } = envelope;
  if (payload === '"fail"') return failing("ValueError", "it was told to");
  if (payload === '"die"') return failing("troupe.Fatal", "it was told to");
  if (payload === '"abort"') return emitting(envelope);
  return emitting(envelope, `${payload}0`);
};

const partsOf = (payload: string): string[] =>
  (JSON.parse(payload) as unknown[]).map((part) => JSON.stringify(part));

/** Makes one envelope of each part of an array. */
const spread: Script = (envelope) => emitting(envelope, ...partsOf(envelope.payload));

/** The same, and calls them parts. */
const parts: Script = (envelope) => {
  const draft = new Draft(envelope, { grants: { route: [] }, limits: DEFAULT_LIMITS });
  draft.set(".headers.parts", "true");
  for (const part of partsOf(envelope.payload)) draft.emit(part);
  return { ok: true, emits: draft.emits };
};

/** The actors. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  spread,
  nested: spread,
  parts,
  "more-parts": parts,
  work,
  mid: echo,
  end: echo,
};
const BATCH = "spread,nested,work,x-join,mid,x-join,end";

/** What is sent. */
export interface Submission {
  readonly id: string;
  /** @default the whole route, with two fan-outs and two joins */
  readonly route?: string;
  readonly payload: unknown;
  readonly headers?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}

/** A running mesh. */
export class WaitingMesh implements AsyncDisposable {
  readonly transport: Transport;
  readonly store: CrewStore;
  readonly folder: string;
  readonly address: string;
  /** Payloads that came to an actor, by its name. */
  readonly ran: Record<string, string[]> = {};
  readonly #hosts: { readonly host: Host; readonly done: Promise<void> }[] = [];
  readonly #members = new Map<string, CrewMember>();

  private constructor(folder: string, address: string, transport: Transport, store: CrewStore) {
    this.folder = folder;
    this.address = address;
    this.transport = transport;
    this.store = store;
  }

  /** Starts one. @param options `address`: of its queues; `without`: members that are not run. */
  static async start(
    { address, without = [] }: { readonly address?: string; readonly without?: readonly string[] },
  ): Promise<WaitingMesh> {
    const folder = await Deno.makeTempDir({ prefix: "troupe_waiting_" });
    const at = address ?? `embedded:${join(folder, "mesh.db")}`;
    const transport = await openTransport(at);
    await transport.declare([...CREW, ...Object.keys(SCRIPTS)]);
    const store = await openSqliteStore({ path: join(folder, "results.db") });
    const mesh = new WaitingMesh(folder, at, transport, store);
    for (const [actor, script] of Object.entries(SCRIPTS)) mesh.#runHost(actor, script);
    for (const name of CREW) if (!without.includes(name)) mesh.runMember(name);
    return mesh;
  }

  /** Runs a member of the crew. */
  runMember(name: CrewName): void {
    const { transport, store } = this;
    this.#members.set(
      name,
      runCrewMember(name, { transport, store, logger: quiet(), noQueueMs: NO_QUEUE_MS }),
    );
  }

  /** Stops a member of the crew. */
  async stopMember(name: CrewName): Promise<void> {
    await this.#members.get(name)?.stop();
    this.#members.delete(name);
  }

  #runHost(actor: string, script: Script): void {
    const stage = new ScriptedStage((envelope, stage) => {
      (this.ran[actor] ??= []).push(envelope.payload);
      return script(envelope, stage);
    });
    const host = new Host({
      actor,
      transport: this.transport,
      stage,
      logger: quiet(),
      metrics: NO_METRICS,
      concurrency: 20,
    });
    this.#hosts.push({ host, done: host.run() });
  }

  /** Puts envelopes into the queue of their first step. */
  async send(...submissions: readonly Submission[]): Promise<void> {
    const outcomes = await this.transport.publish(
      submissions.map(({ id, route = BATCH, payload, headers, status }) => {
        const [curr = "", ...next] = route.split(",");
        const envelope = { id, route: { prev: [], curr, next }, headers, status, payload };
        return { queue: curr, body: new TextEncoder().encode(JSON.stringify(envelope)) };
      }),
    );
    for (const outcome of outcomes) if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  }

  /** Resolves with the result of an envelope, when it is there and is what is wanted. */
  async result(id: string, wanted: (result: StoredResult) => boolean = () => true): Promise<StoredResult> {
    return await eventually(`the result of ${id}`, async () => {
      const result = await this.store.result(id);
      return result && wanted(result) ? result : undefined;
    });
  }

  /** Resolves when nothing is in any queue that somebody serves. */
  async idle(): Promise<void> {
    let looks = 0;
    const wanted = this.transport.name === "embedded" ? 1 : 4;
    await eventually("an idle mesh", async () => {
      const depths = await this.transport.depths();
      const busy = [...depths].some(([, { ready, delayed, leased }]) => ready + delayed + leased > 0);
      looks = busy ? 0 : looks + 1;
      return looks >= wanted ? true : undefined;
    });
  }

  /** Every result. */
  async results(): Promise<readonly StoredResult[]> {
    return (await this.store.results()).items;
  }

  /** Everything that died. */
  async dead(): Promise<readonly DeadRecord[]> {
    return (await this.store.dead()).items;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => member.stop()));
    await Promise.all(this.#hosts.map(async ({ host, done }) => {
      await host.drain();
      await done;
    }));
    await this.transport.close();
    await this.store.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Runs a member in a process that dies, with SIGKILL, at a moment. Resolves when it is dead. */
export async function runMortal(
  name: CrewName,
  { address, folder }: WaitingMesh,
  moment: string,
): Promise<void> {
  const script = fromFileUrl(new URL("./_mortal_member.ts", import.meta.url));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--config",
      CONFIG,
      script,
      name,
      address,
      join(folder, "results.db"),
      moment,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 128 + 9) throw new Error(`exit code ${code}: ${new TextDecoder().decode(stderr)}`);
}

/** How many wait. */
export const waiting = ({ ready, delayed, leased }: Depth): number => ready + delayed + leased;

/** Asks until there is an answer, but not for ever. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > until) throw new Error(`${what} has not come for a minute`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function quiet() {
  return createLogger({ format: "json", write: () => {} });
}
