/**
 * One hop, on the host's side: what the sandbox says of it is applied to the host's own copy of the envelope, and that
 * verdict is the one that counts.
 *
 * @module
 */

import { Draft, RefusedCallError } from "../draft.ts";
import type { Envelope } from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import type { Failure, HopResult } from "../hop.ts";
import { scanJson } from "../json_text.ts";
import { guestFailure } from "../resiliency.ts";
import { Allowance } from "./allowance.ts";
import type { Service, ServiceHop, ServiceName, Services } from "./services.ts";
import type { GuestLog } from "./stage.ts";
import { type Answer, type Ask, MOST_ASKS } from "./wire/ask.ts";
import { byteLength, decodeText } from "./wire/bytes.ts";
import { applyEdit } from "./apply_edit.ts";
import { type Call, decodeCall, type Edit } from "./wire/call.ts";
import { decodeFailure, type SandboxFailure } from "./wire/failure.ts";
import { type Frame, FrameError, FrameType } from "./wire/frames.ts";
import type { LoadSettings } from "./wire/load.ts";

/** How a session's questions come back. Neither may throw. */
export interface AskHooks {
  readonly onAnswer: (nonce: bigint, answer: Answer) => void;
  /** A question could not be answered, and the hop cannot go on. */
  readonly onTrouble: (nonce: bigint, error: unknown) => void;
}

/** Where what a guest says goes while its hop runs. None of them may throw. */
export interface SessionHooks {
  readonly onLog: (log: GuestLog) => void;
  readonly onFly: (envelopeId: string, event: string) => void;
  /** What guests may ask for. @default nothing */
  readonly services?: Services;
}

/** The state of one hop, from its entry to its result. */
export class Session {
  /** What the sandbox has to name the hop by. */
  readonly nonce: bigint = crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
  readonly #envelopeId: string;
  readonly #draft: Draft;
  readonly #allowance: Allowance;
  readonly #hooks: SessionHooks;
  readonly #settings: LoadSettings;
  /** The code of the last call that was refused, by both sides. */
  #refused: string | undefined;
  #toldDropped = false;
  /** Of what it has asked for; most hops ask for nothing. */
  #asked: { readonly over: AbortController; readonly hops: Map<ServiceName, ServiceHop> } | undefined;
  #asks = 0;
  #openAsks = 0;

  constructor(envelope: Envelope, settings: LoadSettings, hooks: SessionHooks) {
    this.#envelopeId = envelope.id;
    this.#draft = new Draft(envelope, settings);
    this.#allowance = new Allowance(settings.limits);
    this.#settings = settings;
    this.#hooks = hooks;
  }

  /**
   * Takes a frame of this hop.
   *
   * @returns The result, when this was the last one.
   * @throws {FrameError} when the sandbox says what it may not say.
   */
  take({ type, body }: Frame): HopResult | undefined {
    switch (type) {
      case FrameType.Call:
        this.#call({ ...decodeCall(body), bytes: body.length });
        return undefined;
      case FrameType.Returned:
        return this.#returned(decodeText(body));
      case FrameType.ReturnedNone:
        return { ok: true, emits: this.#draft.emits };
      case FrameType.Failed:
        return { ok: false, failure: this.#failure(decodeFailure(body)) };
      default:
        throw new FrameError(`type ${type} within a hop`);
    }
  }

  /**
   * Takes a question, and has it answered.
   *
   * @throws {FrameError} when the sandbox asks what it may not ask.
   */
  ask({ id, service, body }: Ask, { onAnswer, onTrouble }: AskHooks): void {
    const { hostCalls } = this.#settings.limits;
    if (!this.#hooks.services?.[service]) {
      throw new FrameError(`a question to ${service}, which is not granted`);
    }
    if (++this.#asks > MOST_ASKS) throw new FrameError(`more than ${MOST_ASKS} questions in one hop`);
    if (this.#openAsks >= hostCalls) throw new FrameError(`more than ${hostCalls} questions open at once`);
    this.#openAsks++;
    this.#serviceHop(service).ask(body).then(
      (body) => {
        this.#openAsks--;
        onAnswer(this.nonce, { id, body });
      },
      (error: unknown) => onTrouble(this.nonce, error),
    );
  }

  #serviceHop(name: ServiceName): ServiceHop {
    const { over, hops } = this.#asked ??= { over: new AbortController(), hops: new Map() };
    const known = hops.get(name);
    if (known) return known;
    const hop = { envelopeId: this.#envelopeId, signal: over.signal };
    const begun = (this.#hooks.services?.[name] as Service).begin(hop);
    hops.set(name, begun);
    return begun;
  }

  /** The hop is over: what it asked for is of no use any more. Safe to call twice. */
  close(): void {
    this.#asked?.over.abort();
  }

  #call({ call, refused, bytes }: { call: Call; refused: boolean; bytes: number }): void {
    const envelopeId = this.#envelopeId;
    if (refused && !this.#allowance.refusal(bytes)) {
      throw new FrameError("more refused calls than one hop may make");
    }
    if (call.verb === "log") {
      if (!this.#allowance.log(byteLength(call.message))) {
        throw new FrameError("more log than limits.logBytes");
      }
      return this.#hooks.onLog({ envelopeId, level: call.level, message: call.message });
    }
    if (call.verb === "dropped") {
      if (this.#toldDropped) throw new FrameError("dropped log told twice");
      this.#toldDropped = true;
      const message =
        `${call.bytes} bytes of log were dropped: more than ${this.#settings.limits.logBytes} (limits.logBytes)`;
      return this.#hooks.onLog({ envelopeId, level: "warn", message });
    }
    if (call.verb === "get" && !refused) throw new FrameError("a get that was not refused");
    const refusal = this.#refusalOf(call);
    if (refused !== (refusal !== undefined)) {
      const said = refused ? "refused" : "allowed";
      const verdict = refusal?.message ?? "nothing is wrong with it";
      throw new FrameError(`the sandbox ${said} a call of ${call.verb}, but ${verdict}`);
    }
    if (refusal) this.#refused = refusal.code;
    else if (call.verb === "fly") this.#hooks.onFly(envelopeId, call.event);
  }

  #refusalOf(call: Edit): RefusedCallError | undefined {
    try {
      applyEdit(call, this.#draft, this.#allowance);
      return undefined;
    } catch (error) {
      if (error instanceof RefusedCallError) return error;
      throw error;
    }
  }

  /** What is returned is emitted last. */
  #returned(payload: string): HopResult {
    const refusal = this.#refusalOf({ verb: "emit", payload });
    if (!refusal) return { ok: true, emits: this.#draft.emits };
    return { ok: false, failure: { type: refusal.code, mro: [], message: refusal.message } };
  }

  #failure(failure: SandboxFailure): Failure {
    if ("stopped" in failure) return { type: failure.stopped, mro: [], message: failure.message };
    const { details, ...rest } = failure;
    const told = guestFailure(details !== undefined && isJson(details) ? failure : rest);
    // A refused call that the actor did not catch: the name is the platform's, as both sides have refused it.
    return failure.kind === this.#refused ? { ...told, type: this.#refused } : told;
  }
}

function isJson(text: string): boolean {
  try {
    scanJson(text);
    return true;
  } catch (error) {
    if (error instanceof TroupeError) return false;
    throw error;
  }
}
