/**
 * A live mesh under attack: one host in a process of its own, which runs an honest actor beside the hostile ones, and
 * queues in a file. Its two ends are read here, byte for byte.
 *
 * @module
 */

import { unwrapDead } from "@troupe/host/crew/dead_letter";
import { type Envelope, parseEnvelope } from "@troupe/host/envelope";
import type { Consumer, Transport } from "@troupe/host/transport";
import { openEmbedded } from "@troupe/host/transport/embedded";
import { join } from "@std/path";
import { framed, honestText } from "./_component.ts";
import { HostProcess } from "./_host.ts";
import { ComponentServer } from "./_supply.ts";
import { World } from "./_world.ts";

/** Where envelopes end. */
const ENDS = ["x-sink", "x-sump"] as const;
/** Variable of the host's environment that has a secret. */
export const SECRET = "DATABASE_PASSWORD";
/** Queues to which nothing may ever come. */
const FORBIDDEN = ["x-resume", "x-pause", "x-join", "victim"];

/** The end of an envelope. */
export interface Ended {
  readonly id: string;
  readonly queue: typeof ENDS[number];
  /** The error's type; empty where it succeeded. */
  readonly type: string;
  readonly message: string;
  readonly payload: string;
  /** Everything that came, as it came. */
  readonly text: string;
}

/** An envelope to be sent. */
export interface Sending {
  readonly id: string;
  readonly actor: string;
  readonly payload: string;
}

/** A mesh, from its start to its end. */
export class HostileMesh implements AsyncDisposable {
  /** Name of the actor that does no harm. */
  readonly honest = "honest";
  readonly folder: string;
  readonly host: HostProcess;
  /** In the host's environment, and nowhere else. */
  readonly secret: string;
  /** Of components; its certificate is trusted by the host. */
  readonly server: ComponentServer;
  /** What there is for actors that may send requests, and what nobody may come to. */
  readonly world = new World();
  readonly #transport: Transport;
  readonly #consumers: readonly Consumer[];
  readonly #reading: Promise<unknown>;
  readonly #ended = new Map<string, Ended>();
  readonly #awaited = new Map<string, (ended: Ended) => void>();

  private constructor(
    folder: string,
    { transport, server }: { transport: Transport; server: ComponentServer },
  ) {
    this.folder = folder;
    this.server = server;
    this.secret = crypto.randomUUID();
    this.#transport = transport;
    this.host = new HostProcess(folder, {
      [SECRET]: this.secret,
      HTTP_PROXY: this.world.proxy,
      http_proxy: this.world.proxy,
      DENO_CERT: join(folder, "authority.pem"),
    });
    this.#consumers = ENDS.map((queue) => transport.consume(queue, { inFlight: 200 }));
    this.#reading = Promise.all(this.#consumers.map((consumer) => this.#read(consumer)));
  }

  /** Starts it. */
  static async open(): Promise<HostileMesh> {
    const folder = await Deno.makeTempDir({ prefix: "troupe_hostile_" });
    const transport = await openEmbedded({ path: join(folder, "mesh.db") });
    await transport.declare([...ENDS, ...FORBIDDEN]);
    const server = new ComponentServer();
    await Deno.writeTextFile(join(folder, "authority.pem"), server.authority);
    const mesh = new HostileMesh(folder, { transport, server });
    const path = await mesh.keep("honest.wasm", await framed(honestText()));
    await mesh.host.start({
      name: mesh.honest,
      runs: { kind: "component", path },
      limits: {},
      isolation: "fresh",
      blocking: false,
      restore: true,
      route: [],
    });
    return mesh;
  }

  /** Puts bytes into a file. @returns Its path. */
  async keep(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(this.folder, name);
    await Deno.writeFile(path, bytes);
    return path;
  }

  /** Where the host keeps what it has made of components. */
  get cache(): string {
    return join(this.folder, "cache");
  }

  /** Makes an actor's queue. */
  async declare(actor: string): Promise<void> {
    await this.#transport.declare([actor]);
  }

  /** Sends envelopes, in this order; resolves with how each ended. */
  async send(sendings: readonly Sending[]): Promise<Ended[]> {
    const ends = sendings.map(({ id }) => this.#end(id));
    const encoder = new TextEncoder();
    const outcomes = await this.#transport.publish(sendings.map(({ id, actor, payload }) => ({
      queue: actor,
      body: encoder.encode(
        `{"id":${JSON.stringify(id)},"route":{"prev":[],"curr":"${actor}","next":[]},"payload":${payload}}`,
      ),
    })));
    const refused = outcomes.find(({ kind }) => kind !== "ok");
    if (refused) throw new Error(`an envelope was not taken: ${JSON.stringify(refused)}`);
    return await Promise.all(ends);
  }

  /** Queues to which something came that must not. */
  async strayed(): Promise<string[]> {
    const depths = await this.#transport.depths();
    return FORBIDDEN.filter((queue) =>
      (depths.get(queue)?.ready ?? 0) + (depths.get(queue)?.delayed ?? 0) > 0
    );
  }

  /** @returns The host's exit code. */
  async close(): Promise<number> {
    const code = await this.host.close();
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
    await this.#reading;
    await this.#transport.close();
    await this.server[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #end(id: string): Promise<Ended> {
    const known = this.#ended.get(id);
    return known ? Promise.resolve(known) : new Promise((resolve) => this.#awaited.set(id, resolve));
  }

  async #read(consumer: Consumer): Promise<void> {
    for await (const delivery of consumer) {
      const ended = readEnd(delivery.queue as Ended["queue"], delivery.body);
      // Of what fans out, the first part has the id of the whole; the first arrival counts, as in the store of results.
      if (!this.#ended.has(ended.id)) {
        this.#ended.set(ended.id, ended);
        this.#awaited.get(ended.id)?.(ended);
        this.#awaited.delete(ended.id);
      }
      await delivery.settle([]);
    }
  }
}

function readEnd(queue: Ended["queue"], body: Uint8Array): Ended {
  const letter = unwrapDead(body);
  const envelope: Envelope = parseEnvelope(letter?.body ?? body, { maxBytes: Infinity });
  const { error } = envelope.status ?? {};
  return {
    id: envelope.id,
    queue,
    type: letter?.reason ?? error?.type ?? "",
    message: letter?.message ?? error?.message ?? "",
    payload: envelope.payload,
    text: new TextDecoder().decode(body) + new TextDecoder().decode(letter?.body),
  };
}
