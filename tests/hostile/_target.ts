/**
 * An attack made ready for a mesh: what its host is told to run, and under which name.
 *
 * @module
 */

import { bundleForSandbox } from "../../host/sandbox/bundle.ts";
import type { Attack } from "./_attack.ts";
import { componentOf, framed, honestText } from "./_component.ts";
import type { StartCommand } from "./_host_protocol.ts";
import { type HostileMesh, SECRET } from "./_mesh.ts";
import { sha256, tamper } from "./_supply.ts";

/** What a host is told, but for the number of the message. */
export type Start = Omit<StartCommand, "number" | "do">;

/** The actor of an attack. */
export class Target {
  /** Its name. */
  readonly actor: string;
  /** A text that is in what is its own, and that nobody else may see. */
  readonly marker: string = crypto.randomUUID();
  readonly #attack: Attack;
  readonly #mesh: HostileMesh;

  constructor(attack: Attack, mesh: HostileMesh) {
    this.#attack = attack;
    this.#mesh = mesh;
    this.actor = attack.name.replaceAll(/[^a-z0-9]/g, "-");
  }

  /**
   * Id of an envelope, by which attacks know their own.
   *
   * @param kind `attack`, `good`: for the actor, which is to attack or to behave; `honest`: for the honest one.
   */
  id(kind: "attack" | "good" | "honest", ...count: readonly number[]): string {
    return [this.actor, ...count, kind].join("/");
  }

  /** Makes its component, or what has taken the place of one, and its queue. */
  async make(): Promise<Start> {
    const { runs, limits, isolation, blocking, restore, route } = this.#attack;
    await this.#mesh.declare(this.actor);
    const start: Start = {
      name: this.actor,
      runs: await this.#what(),
      limits,
      isolation,
      blocking,
      restore,
      route: [...route],
      ...(runs === "client" ? { http: this.#mesh.world.rules(SECRET) } : {}),
    };
    if (runs === "cache") await this.#tamper(start);
    return start;
  }

  async #what(): Promise<StartCommand["runs"]> {
    const { runs, path } = this.#attack;
    const { folder, server, world } = this.#mesh;
    switch (runs) {
      case "glue":
        return { kind: "glue", path };
      case "sandbox":
        return { kind: "sandbox", path: await bundleForSandbox(new URL(`file://${path}`), folder) };
      case "download": {
        const url = server.serve(`${this.actor}.wasm`, await componentOf(this.#attack, world));
        return { kind: "download", url, sha256: await sha256(await framed(honestText("another"))) };
      }
      case "cache":
        return await this.#file(await framed(honestText(this.marker)));
      default:
        return await this.#file(await componentOf(this.#attack, world));
    }
  }

  async #file(bytes: Uint8Array): Promise<StartCommand["runs"]> {
    return { kind: "component", path: await this.#mesh.keep(`${this.actor}.wasm`, bytes) };
  }

  /** The attack takes the place of something in the cache, which is there when an actor has run once. */
  async #tamper(start: Start): Promise<void> {
    const { path, replaces } = this.#attack;
    const { host, cache } = this.#mesh;
    await host.start(start);
    await host.stop(this.actor);
    await tamper({ cache, marker: this.marker }, { replaces, put: await Deno.readFile(path) });
  }
}
