/**
 * Does what a conformance case says, with the SDK as an author has it.
 *
 * @module
 */

import { type Json, mesh, RefusedError } from "@troupe/sdk";
import { sleep } from "@troupe/sdk/sleep";
import * as z from "zod/mini";
import { raise } from "./raise.ts";

/** A step: an object with one key, which names what to do. */
export type Step = { readonly [what: string]: Json };

/** What a case sends. */
export interface Program {
  readonly steps: readonly Step[];
  /** What is returned. @default "answers" */
  readonly then?: "answers" | "nothing" | { readonly payload: Json };
}

const Typed = z.object({
  name: z.string(),
  count: z.int(),
  tags: z._default(z.array(z.string()), []),
  note: z.optional(z.string()),
});

/** Rises with each hop that an instance does, and so is always 1 in what is fresh. */
let hops = 0;

/** Does the steps, one after the other. */
export function handle({ steps, then = "answers" }: Program): unknown {
  const answers: unknown[] = [];
  for (const step of steps) perform(step, answers);
  if (then === "nothing") return undefined;
  return then === "answers" ? answers : then.payload;
}

function perform(step: Step, answers: unknown[]): void {
  const [[what, value] = []] = Object.entries(step);
  switch (what) {
    case "get": {
      const found = mesh.get<Json>(value as string);
      answers.push(found === undefined ? [] : [found]);
      break;
    }
    case "set": {
      const [path, put] = value as [string, Json];
      mesh.set(path, put);
      break;
    }
    case "del":
      mesh.del(value as string);
      break;
    case "emit":
      mesh.emit(value);
      break;
    case "fly":
      mesh.fly(value);
      break;
    case "log": {
      const [level, message] = value as ["debug" | "info" | "warn" | "error", string];
      mesh.log(level, message);
      break;
    }
    case "repeat": {
      const [times, repeated] = value as [number, Step];
      for (let time = 0; time < times; time++) perform(repeated, answers);
      break;
    }
    case "catch":
      answers.push(refusalOf(() => perform(value as Step, answers)));
      break;
    case "global":
      answers.push(++hops);
      break;
    case "random":
      answers.push(hex(crypto.getRandomValues(new Uint8Array(16))));
      break;
    case "sleep":
      sleep(value as number);
      break;
    case "typed":
      answers.push(Typed.parse(value));
      break;
    case "raise":
      raise(value as string);
      break;
    default:
      throw new Error(`there is no step ${what}`);
  }
}

/** The code with which a call was refused, or "ok". */
function refusalOf(call: () => void): string {
  try {
    call();
    return "ok";
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
