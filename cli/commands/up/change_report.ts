/**
 * Says what becomes of each actor, from one state to the next.
 *
 * @module
 */

import type { MeshActorStatus } from "../../mesh/actor.ts";
import type { Teller } from "./teller.ts";

/** Tells changes, each once. */
export class ChangeReport {
  readonly #teller: Pick<Teller, "tell">;
  readonly #before = new Map<string, MeshActorStatus>();

  constructor(teller: Pick<Teller, "tell">) {
    this.#teller = teller;
  }

  /** Takes a new state of an actor. */
  changed(status: MeshActorStatus): void {
    const { name, state, problem, swaps } = status;
    const before = this.#before.get(name);
    this.#before.set(name, status);
    const tell = this.#teller.tell.bind(this.#teller);
    if (state === "refused") {
      if (before?.state !== state || before.problem !== problem) {
        tell("error", `${name} does not run: ${problem}`, { actor: name });
      }
    } else if (state === "running" && before) {
      if (problem !== "" && problem !== before.problem) tell("error", `${name}: ${problem}`, { actor: name });
      else if (swaps > before.swaps) {
        tell("info", `${name} was swapped: its new version runs`, { actor: name });
      } else if (before.state !== state) tell("info", `${name} runs`, { actor: name });
      else if (problem === "" && before.problem !== "") {
        tell("info", `${name} is well again`, { actor: name });
      }
    } else if (state === "building" && !before) {
      tell("info", `building ${name}, unless it is up to date`, { actor: name });
    } else if (state === "drained" && before?.state === "running") {
      tell("info", `${name} has ended: there is no actor.yaml of it any more`, { actor: name });
    }
  }
}
