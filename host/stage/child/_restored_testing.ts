/**
 * Instances of a component in the test's own process, with all that they keep in sight. For components of our own only.
 *
 * @module
 */

import { digestOf } from "../../component/digest.ts";
import { addExports, ExportSort } from "../../component/restore/export_editor.ts";
import { readCoreState } from "../../component/restore/state_reader.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { envelope, prepared } from "../_testing.ts";
import { decodeAsk, decodeMessage } from "../wire/ask.ts";
import { joined } from "../wire/bytes.ts";
import { FrameType } from "../wire/frames.ts";
import { guestText } from "./guest_text.ts";
import { HostCalls } from "./host_calls.ts";
import { type Component, type Instance, type Instantiate, makeInstance } from "./instance.ts";
import type { InstanceSource } from "./instance_source.ts";
import { Mesh } from "./mesh.ts";
import type { Port } from "./port.ts";
import { RestoredInstances } from "./restored_instances.ts";
import { Turns } from "./turns.ts";
import { suspendUnwindably } from "./unwinding.ts";

/** How the exports begin by which a test sees everything, however the component came to be restorable. */
const SEEN = "seen-";
const SORTS = { memories: ExportSort.Memory, globals: ExportSort.Global, tables: ExportSort.Table };
const LONGEST_TEXT = 16 * 1024 * 1024;

/** A component whose instances a test can look into. */
export interface OpenComponent {
  /** Why it is not restorable; undefined where it is. */
  readonly why: string | undefined;
  /** Whether its guest may wait for the host. */
  readonly blocking: boolean;
  /** How many instances were made. */
  made(): number;
  /** A new one. */
  fresh(): Instance;
  /** Restored ones, as a sandbox has them; new ones where they are not restorable. */
  restored(): InstanceSource;
  /** Digests of everything that an instance keeps: tables by the numbers of their functions. */
  stateOf(instance: Instance): Promise<unknown>;
}

/** Prepares a component as a host would. */
export async function openComponent(bytes: Uint8Array): Promise<OpenComponent> {
  const { glue, modules, restorable, blocking } = await prepared(bytes);
  if (blocking) suspendOnce();
  const url = URL.createObjectURL(new Blob([glue as BlobPart], { type: "text/javascript" }));
  const { instantiate } = await import(url) as { instantiate: Instantiate };
  URL.revokeObjectURL(url);
  const seen = new WeakMap<Instance, WebAssembly.Exports[]>();
  let latest: WebAssembly.Exports[] = [];
  let made = 0;
  const component: Component = {
    instantiate: (getModule, imports, instantiateCore) => {
      const core = (module: WebAssembly.Module, wants: WebAssembly.Imports) => {
        const instance = instantiateCore(module, wants);
        latest.push(instance.exports);
        return instance;
      };
      return instantiate(getModule, imports, Object.assign(core, instantiateCore));
    },
    modules: new Map(modules.map(({ name, bytes }) => [name, new WebAssembly.Module(opened(bytes))])),
    text: guestText(LONGEST_TEXT),
    settings: { ...SETTINGS, blocking, services: blocking ? ["state"] : [] },
    mounts: [],
  };
  const make = (restore: string | undefined): Instance => {
    made++;
    latest = [];
    const instance = makeInstance(component, restore);
    seen.set(instance, latest);
    return instance;
  };
  const prefix = restorable && "prefix" in restorable ? restorable.prefix : undefined;
  return {
    why: restorable && "why" in restorable ? restorable.why : undefined,
    blocking,
    made: () => made,
    fresh: () => make(undefined),
    restored: () =>
      new RestoredInstances(({ restorable }) => make(restorable ? prefix : undefined), {
        collect: () => {},
        most: 4,
      }),
    stateOf: (instance) => Promise.all((seen.get(instance) ?? []).map(stateOfModule)),
  };
}

const SETTINGS = {
  actor: "actor",
  grants: { route: [] },
  config: { environment: [], values: [] },
  services: [],
  mounts: [],
  limits: DEFAULT_LIMITS,
  isolation: "fresh",
  ahead: true,
  blocking: false,
} as const;

let suspended = false;

/** As a sandbox does it, before it evaluates glue. */
function suspendOnce(): void {
  if (!suspended) suspendUnwindably();
  suspended = true;
}

function opened(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = readCoreState(module);
  const sorts = Object.entries(SORTS) as [keyof typeof SORTS, (typeof SORTS)[keyof typeof SORTS]][];
  return addExports(
    module,
    sorts.flatMap(([of, sort]) =>
      state[of].kept.map((index) => ({ name: `${SEEN}${of}${index}`, sort, index }))
    ),
  );
}

async function stateOfModule(exports: WebAssembly.Exports): Promise<unknown> {
  const kept = Object.entries(exports).filter(([name]) => name.startsWith(SEEN));
  return await Promise.all(kept.map(async ([name, value]) => [name, await stateOfOne(value)]));
}

async function stateOfOne(value: unknown): Promise<unknown> {
  if (value instanceof WebAssembly.Memory) return await digestOf(new Uint8Array(value.buffer));
  if (value instanceof WebAssembly.Table) {
    return Array.from({ length: value.length }, (_, n) => value.get(n)?.name);
  }
  const { value: held } = value as WebAssembly.Global;
  return typeof held === "function" ? held.name : held;
}

/** What came of a call, and everything that the host was told meanwhile. */
export interface Outcome {
  readonly returned?: string | undefined;
  readonly thrown?: string;
  readonly told: readonly string[];
}

/** A question of a guest's to its state, which a test answers. */
export interface Asked {
  readonly key: string;
  answer(body: Uint8Array<ArrayBuffer>): void;
}

/** Hops that are in flight at once, as in one sandbox: of their guests one runs at a time. */
export class Flight {
  readonly #turns = new Turns(() => {});
  readonly #asked: (question: Asked) => void;

  /** @param asked Told of each question. */
  constructor(asked: (question: Asked) => void = () => {}) {
    this.#asked = asked;
  }

  /** Has an instance handle a payload, with a route and headers that are always the same. */
  call(instance: Instance, payload: string): Promise<Outcome> {
    return this.begin(instance, payload).outcome;
  }

  /** The same, of a hop that can be given up while it waits. */
  begin(instance: Instance, payload: string): { readonly outcome: Promise<Outcome>; abandon(): void } {
    const told: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const port = this.#port(told, (id, body) => calls.answer({ id, body }));
    const calls: HostCalls = new HostCalls(1n, {
      port,
      turns: this.#turns,
      limits: DEFAULT_LIMITS,
      stop: reject,
    });
    const mesh = new Mesh(1n, {
      port,
      settings: SETTINGS,
      source: () => envelope("e", 1),
      calls,
    });
    this.#turns.take(() => {
      try {
        Promise.resolve(instance.handle(payload, mesh)).then(resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
    this.#turns.run();
    const outcome = this.#outcome(promise, { told, mesh });
    const abandoned = Promise.withResolvers<Outcome>();
    let given = false;
    const abandon = () =>
      calls.abandon(() => {
        given = true;
        abandoned.resolve({ thrown: "abandoned", told });
      });
    const over = Promise.race([outcome, abandoned.promise]).finally(() => {
      // Whoever is given up while it waits has no turn that would be over.
      if (!given) this.#turns.leave();
      this.#turns.run();
    });
    return { outcome: over, abandon };
  }

  async #outcome(
    promise: Promise<string | undefined>,
    { told, mesh }: { readonly told: string[]; readonly mesh: Mesh },
  ): Promise<Outcome> {
    try {
      const returned = await promise;
      mesh.end();
      return { returned, told };
    } catch (error) {
      mesh.end();
      const thrown = error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
      return { thrown, told };
    }
  }

  /** Writes down what the host is told. */
  #port(told: string[], answer: (id: number, body: Uint8Array<ArrayBuffer>) => void): Port {
    const send = (type: number, _nonce: bigint, ...parts: Uint8Array<ArrayBuffer>[]) => {
      const body = joined(parts);
      told.push(`${type} ${new TextDecoder().decode(body)}`);
      if (type !== FrameType.Ask) return;
      const { id, body: question } = decodeAsk(body);
      const { key } = decodeMessage(question).head as { key: string };
      this.#asked({ key, answer: (body) => answer(id, body) });
    };
    return { send, flush: () => {} } as unknown as Port;
  }
}

/** Has an instance handle a payload, alone. */
export async function call(instance: Instance, payload: string): Promise<Outcome> {
  return await new Flight().call(instance, payload);
}

/** Has the next instance of a source handle a payload. */
export async function hop(source: InstanceSource, payload: string, flight = new Flight()): Promise<Outcome> {
  const instance = source.take();
  const outcome = await flight.call(instance, payload);
  source.done(instance, outcome.thrown === undefined ? "returned" : "failed");
  return outcome;
}
