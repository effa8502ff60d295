/**
 * `troupe dlq replay`.
 *
 * @module
 */

import type { Letter } from "@troupe/host/crew/store";
import type { ReplayEdit } from "@troupe/host/crew/replay";
import { TroupeError } from "@troupe/host/errors";
import { scanJson } from "@troupe/host/json_text";
import { Output } from "../../view/output.ts";
import { countOf } from "../../view/quantity.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { Sender } from "../send/sender.ts";
import { checkRoute, parseDeadline } from "../send/submission.ts";
import { UsageError } from "../usage_error.ts";
import {
  checkChoice,
  type ChoiceOptions,
  filterOf,
  isConfirmed,
  letterPages,
  letterToReplay,
} from "./filter.ts";
import { Replayer } from "./replayer.ts";

/** Options of `troupe dlq replay`. */
export interface ReplayOptions extends ChoiceOptions {
  readonly payload?: string;
  readonly route?: string;
  readonly to?: string;
  readonly deadline?: string;
  readonly again: boolean;
  readonly json: boolean;
  readonly data?: string;
  readonly store?: string;
  /** Address of the queues. @default the one that the mesh was started with */
  readonly transport?: string;
}

/** Letters that are replayed together. */
const BATCH = 200;

/**
 * Replays.
 *
 * @returns The exit code.
 * @throws {NoLetterError} when there is no such letter.
 * @throws {NotReplayableError} when it cannot be sent again, with what can be done.
 */
export async function replayLetters(options: ReplayOptions): Promise<number> {
  const edit = await editOf(options);
  const folder = await findMesh(options);
  const store = await folder.openStore();
  try {
    const transport = await folder.openTransport();
    try {
      const out = new Output();
      const sender = await Sender.make(transport, undefined);
      const { again, json } = options;
      const replayer = new Replayer({ letters: store.letters, transport, sender, out, edit, again, json });
      if (options.ref === undefined) return await replayAll(options, replayer);
      const letter = await letterToReplay(store.letters, options.ref);
      const [failure] = await replayer.replay([letter]);
      await out.flush();
      if (failure) throw failure.error;
      if (replayer.before > 0) {
        console.error("It was replayed so before, and nothing was sent: --again replays it once more.");
      }
      return EXIT.ok;
    } finally {
      await transport.close();
    }
  } finally {
    await store.close();
  }
}

async function replayAll(options: ReplayOptions, replayer: Replayer): Promise<number> {
  const { letters, out } = replayer.work;
  const filter = { ...filterOf(options), state: "open", orUnsent: true } as const;
  const { count, last } = await letters.count(filter);
  if (count === 0) {
    console.error('No dead letter is open that these options let through: see "troupe dlq list".');
    return EXIT.ok;
  }
  if (!isConfirmed(`Replay ${countOf(count, "dead letter")}?`, options)) return EXIT.failed;
  let failures = 0;
  // What dies meanwhile is left for the next time: a replay that fails at once must not go round for ever.
  for await (const page of letterPages(letters, { ...filter, upTo: last, limit: BATCH })) {
    for (const { letter, error } of await replayer.replay(page)) {
      failures++;
      console.error(`${nameOf(letter)}: ${error.message}`);
    }
    await out.flush();
  }
  const left = failures === 0 ? "" : `; ${countOf(failures, "dead letter")} not, for the reasons above`;
  console.error(`${countOf(replayer.sent, "dead letter")} replayed${left}.`);
  return failures === 0 ? EXIT.ok : EXIT.failed;
}

function nameOf({ id, key }: Letter): string {
  return id === "" ? key : `${id} (${key})`;
}

/** @throws {UsageError} when the options contradict each other or what they say cannot be. */
async function editOf(options: ReplayOptions): Promise<ReplayEdit> {
  checkChoice(options, "replay");
  const { payload, route, to, deadline, all, again } = options;
  if (route !== undefined && to !== undefined) {
    throw new UsageError("--route says the whole way, --to a step of the one it has: leave one of them away");
  }
  if (all && payload !== undefined) {
    throw new UsageError("--payload is for one letter: name its id, not --all");
  }
  if (all && again) throw new UsageError("--again is for one letter: name its id, not --all");
  const steps = route?.split(",");
  checkRoute(steps ?? (to === undefined ? [] : [to]));
  return {
    ...(payload === undefined ? {} : { payload: await readPayload(payload) }),
    ...(steps ? { route: steps } : {}),
    ...(to === undefined ? {} : { to }),
    ...(deadline === undefined
      ? {}
      : { deadline: deadline === "none" ? deadline : parseDeadline(deadline, new Date()) }),
  };
}

async function readPayload(given: string): Promise<string> {
  const text = given === "-" ? await new Response(Deno.stdin.readable).text() : given;
  try {
    scanJson(text);
    return text;
  } catch (cause) {
    if (!(cause instanceof TroupeError)) throw cause;
    throw new UsageError(`--payload: ${cause.message}. Put a JSON text into single quotes: '{"a":1}'`, {
      cause,
    });
  }
}
