/**
 * Runs cases, each as if it were the first thing that the actor ever did.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import type { Envelope } from "@troupe/host/envelope";
import { type HopRun, TestStage } from "./stage.ts";

/** A sandbox for cases. */
export class CaseRunner implements AsyncDisposable {
  readonly #spec: ActorSpec;
  #shared: TestStage | undefined;

  constructor(spec: ActorSpec) {
    this.#spec = spec;
  }

  /** Runs one envelope. Not while another one runs. @throws what starting an actor throws. */
  async run(envelope: Envelope): Promise<HopRun> {
    if (keeps(this.#spec)) {
      await using own = await this.#open();
      return await own.run(envelope);
    }
    this.#shared ??= await this.#open();
    return await this.#shared.run(envelope);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shared?.[Symbol.asyncDispose]();
  }

  #open(): Promise<TestStage> {
    return TestStage.open(this.#spec, { data: undefined });
  }
}

/** Whether something of an envelope could be found by those after it. */
function keeps({ isolation, grants }: ActorSpec): boolean {
  return isolation === "reuse" || grants.state !== undefined;
}
