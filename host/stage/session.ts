/**
 * One hop, on the host's side: what the sandbox says of it is applied to the host's own copy of the envelope, and that
 * verdict is the one that counts.
 *
 * @module
 */

import { Draft, RefusedCallError } from "../draft.ts";
import type { Envelope } from "../envelope.ts";
import type { Failure, HopResult } from "../hop.ts";
import { guestFailure } from "../resiliency.ts";
import {
  type Call,
  decodeCall,
  decodeFailure,
  type LoadSettings,
  type SandboxFailure,
  text,
} from "./bodies.ts";
import { checkFly } from "./child/hop.ts";
import { type Frame, FrameError, FrameType } from "./frames.ts";
import type { GuestLog } from "./stage.ts";

/** Where what a guest says goes while its hop runs. */
export interface SessionHooks {
  readonly onLog: (log: GuestLog) => void;
  readonly onFly: (envelopeId: string, event: string) => void;
}

/** The state of one hop, from its first frame to its result. */
export class Session {
  readonly #envelopeId: string;
  readonly #draft: Draft;
  readonly #hooks: SessionHooks;
  readonly #settings: LoadSettings;
  /** The code of the last call that was refused, by both sides. */
  #refused: string | undefined;
  #logBytes: number;
  #logDropped = 0;
  #flies: number;

  constructor(envelope: Envelope, settings: LoadSettings, hooks: SessionHooks) {
    this.#envelopeId = envelope.id;
    this.#draft = new Draft(envelope, settings);
    this.#settings = settings;
    this.#hooks = hooks;
    this.#logBytes = settings.limits.logBytes;
    this.#flies = settings.limits.emits;
  }

  /**
   * Takes a frame of this hop.
   *
   * @returns The result, when this was the last one.
   * @throws {FrameError} when the sandbox says what it may not say.
   */
  take(frame: Frame): HopResult | undefined {
    switch (frame.type) {
      case FrameType.Call: {
        const { call, refused } = decodeCall(frame.body);
        this.#call(call, refused);
        return undefined;
      }
      case FrameType.Returned:
        return this.#end(this.#returned(text(frame.body)));
      case FrameType.ReturnedNone:
        return this.#end({ ok: true, emits: this.#draft.emits });
      case FrameType.Failed:
        return this.#end({ ok: false, failure: this.#failure(decodeFailure(frame.body)) });
      default:
        throw new FrameError(`type ${frame.type} within a hop`);
    }
  }

  #call(call: Call, refused: boolean): void {
    if (call.verb === "log") return this.#log(call);
    const refusal = this.#refusalOf(call);
    if (refused !== (refusal !== undefined)) {
      const said = refused ? "refused" : "allowed";
      throw new FrameError(
        `the sandbox ${said} ${call.verb}, and the host does not: ${refusal?.message ?? "nothing is wrong"}`,
      );
    }
    if (refusal) this.#refused = refusal.code;
    else if (call.verb === "fly") this.#hooks.onFly(this.#envelopeId, call.event);
  }

  #refusalOf(call: Exclude<Call, { verb: "log" }>): RefusedCallError | undefined {
    try {
      if (call.verb === "set") this.#draft.set(call.path, call.value);
      else if (call.verb === "del") this.#draft.del(call.path);
      else if (call.verb === "emit") this.#draft.emit(call.payload);
      else checkFly(call.event, this.#flies--);
      return undefined;
    } catch (error) {
      if (error instanceof RefusedCallError) return error;
      throw error;
    }
  }

  #log({ level, message }: Extract<Call, { verb: "log" }>): void {
    this.#logBytes -= message.length;
    if (this.#logBytes < 0) this.#logDropped += message.length;
    else this.#hooks.onLog({ envelopeId: this.#envelopeId, level, message });
  }

  /** What is returned is emitted last. */
  #returned(payload: string): HopResult {
    try {
      this.#draft.emit(payload);
      return { ok: true, emits: this.#draft.emits };
    } catch (error) {
      if (!(error instanceof RefusedCallError)) throw error;
      return { ok: false, failure: { type: error.code, mro: [], message: error.message } };
    }
  }

  #failure(failure: SandboxFailure): Failure {
    const { message } = failure;
    switch (failure.cause) {
      case "trap":
        return { type: "troupe.Trap", mro: [], message };
      case "memory":
        return { type: "troupe.MemoryLimit", mro: [], message };
      case "output":
        return { type: "troupe.OutputLimit", mro: [], message };
      case "guest": {
        const told = guestFailure(failure);
        // A refused call that the actor did not catch: the name is the platform's, as both sides have refused it.
        return failure.kind === this.#refused ? { ...told, type: this.#refused } : told;
      }
    }
  }

  #end(result: HopResult): HopResult {
    if (this.#logDropped > 0) {
      const message =
        `${this.#logDropped} characters of log were dropped: more than ${this.#settings.limits.logBytes} (limits.logBytes)`;
      this.#hooks.onLog({ envelopeId: this.#envelopeId, level: "warn", message });
    }
    return result;
  }
}
