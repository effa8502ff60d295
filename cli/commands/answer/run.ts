/**
 * `troupe answer`.
 *
 * @module
 */

import { RESUME } from "@troupe/host/actor_name";
import { type Answer, squeeze, writeAnswer } from "@troupe/host/crew/answer";
import type { Ending, Parked, Parking } from "@troupe/host/crew/parked";
import { AlreadyAnsweredError, NotParkedError } from "@troupe/host/crew/resume";
import { checkAnswerSize } from "@troupe/host/crew/resumed";
import { TroupeError } from "@troupe/host/errors";
import { scanJson } from "@troupe/host/json_text";
import { Output } from "../../view/output.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { publishBatch } from "../send/publish.ts";
import { UsageError } from "../usage_error.ts";

/** Options of `troupe answer`. */
export interface AnswerOptions {
  readonly id: string;
  readonly answer: string | undefined;
  readonly cancel: boolean;
  readonly reason?: string;
  /** How long to wait until it is taken up, in milliseconds. */
  readonly timeout: number;
  readonly data?: string;
  readonly store?: string;
  /** Address of the queues. @default the one that the mesh was started with */
  readonly transport?: string;
}

/** After so long, in milliseconds, an answer that is not sent on does not seem to be under way any more. */
const UNSENT_MS = 10_000;
/** Pause between two looks at whether it was taken up, in milliseconds. */
const LOOK_MS = 50;

/**
 * Answers.
 *
 * @returns The exit code.
 * @throws {NotParkedError} when nothing waits under the id.
 * @throws {AlreadyAnsweredError} when it was answered in another way.
 */
export async function answerParked(options: AnswerOptions): Promise<number> {
  const said = await readAnswerText(options);
  const folder = await findMesh(options);
  const store = await folder.openStore();
  try {
    const parked = await store.parking.find(options.id);
    if (!parked) throw new NotParkedError(options.id);
    if (parked.ending && !await isUnsent(store.parking, parked)) return await report(parked, said, "before");
    if (parked.ending) mustMatch(parked, said);
    // Under the token of the first, it is that one come again: what has not been sent on is.
    const token = parked.ending?.token ?? crypto.randomUUID();
    // By its key: by the time that this is taken up, the same envelope may wait at another pause.
    const answer: Answer = { to: parked.key, token, ...said };
    checkAnswerSize(await store.parking.bodies(parked.key), endingOf(answer));
    const transport = await folder.openTransport();
    try {
      await publishBatch(transport, [{ id: parked.id, to: RESUME, body: writeAnswer(answer) }], {
        onSafe: () => Promise.resolve(),
      });
    } finally {
      await transport.close();
    }
    const ended = await untilEnded(store.parking, parked.key, options.timeout);
    if (ended) return await report(ended, said, "now");
    console.error(
      "The answer is safe in the queue of x-resume, which has not taken it yet: is the mesh running (troupe up)?",
    );
    return EXIT.timedOut;
  } finally {
    await store.close();
  }
}

/** What was said: an answer or a cancel. */
type Said = Pick<Answer, "answer" | "cancel">;

function endingOf({ answer, cancel, token }: Said & { readonly token: string }): Ending {
  return {
    kind: answer === undefined ? "cancel" : "answer",
    answer: answer ?? "",
    reason: cancel ?? "",
    token,
    at: Date.now(),
  };
}

/** Whether it was answered a while ago and is not known to be sent on: the message that was to see to it is lost. */
async function isUnsent(parking: Parking, { key, ending }: Parked): Promise<boolean> {
  if (!ending || Date.now() - ending.at < UNSENT_MS) return false;
  return (await parking.bodies(key)).length > 0;
}

/** @throws {AlreadyAnsweredError} when it did not end as it was to. */
function mustMatch(parked: Parked, said: Said): void {
  const wanted = endingOf({ ...said, token: "" });
  const { kind, answer } = parked.ending ?? wanted;
  if (kind !== wanted.kind || answer !== wanted.answer) throw new AlreadyAnsweredError(parked);
}

/** Prints the id when it ended as it was to. @throws {AlreadyAnsweredError} when it did not. */
async function report(parked: Parked, said: Said, when: "now" | "before"): Promise<number> {
  mustMatch(parked, said);
  const out = new Output();
  await out.line(parked.id);
  await out.flush();
  if (when === "before") {
    const at = new Date(parked.ending?.at ?? 0).toISOString();
    console.error(`It was answered so before, at ${at}, and nothing was sent.`);
  }
  return EXIT.ok;
}

async function untilEnded(parking: Parking, key: string, timeoutMs: number): Promise<Parked | undefined> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const parked = await parking.find(key);
    if (parked?.ending) return parked;
    const left = until - performance.now();
    if (left <= 0) return undefined;
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, left)));
  }
}

/** @throws {UsageError} when the options contradict each other, or the answer is no JSON. */
async function readAnswerText({ answer, cancel, reason }: AnswerOptions): Promise<Said> {
  if (cancel) {
    if (answer !== undefined) throw new UsageError("--cancel calls it off: leave the answer away");
    return { cancel: reason ?? "" };
  }
  if (reason !== undefined) throw new UsageError("--reason is for --cancel");
  if (answer === undefined) {
    throw new UsageError(`No answer: write one, as in troupe answer ID '{"ok":true}'`);
  }
  const text = answer === "-" ? await new Response(Deno.stdin.readable).text() : answer;
  try {
    scanJson(text);
  } catch (cause) {
    if (!(cause instanceof TroupeError)) throw cause;
    throw new UsageError(`The answer: ${cause.message}. Put a JSON text into single quotes: '{"ok":true}'`, {
      cause,
    });
  }
  return { answer: squeeze(text) };
}
