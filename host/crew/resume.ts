/**
 * `x-resume`: takes answers, and sends on what waited for them.
 *
 * @module
 */

import { PAUSE, RESUME } from "../actor_name.ts";
import { parseEnvelope } from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import type { Logger } from "../observe/logs.ts";
import type { Delivery, Transport } from "../transport/transport.ts";
import { type Answer, readAnswer } from "./answer.ts";
import { readDue, runDueClock } from "./due_clock.ts";
import { tellHop } from "./hop_teller.ts";
import { type CrewMember, type CrewOptions, type Handled, runMember } from "./member.ts";
import { MAX_ENVELOPE_BYTES, Patience } from "./onward.ts";
import type { Ending, Parked, Parking } from "./parked.ts";
import { refused } from "./refused.ts";
import { checkAnswerSize, resumed } from "./resumed.ts";

/** What `x-resume` needs. */
export interface ResumeOptions extends CrewOptions {
  readonly store: { readonly parking: Parking; problem(): string };
  /** How long a message is held whose queue does not exist, in milliseconds. @default 30000 */
  readonly noQueueMs?: number;
}

/** Ends what nobody answered: the same whoever notices it. */
const TIME = "time";
const NOTHING: Handled = { publish: [] };

/** No envelope waits, or has waited, under an id or key. */
export class NotParkedError extends TroupeError {
  constructor(to: string) {
    super(
      "troupe.NotParked",
      "user",
      `Nothing waits for an answer under ${JSON.stringify(to)}: "troupe parked" lists what does`,
    );
  }
}

/** A pause is over, and in another way. */
export class AlreadyAnsweredError extends TroupeError {
  constructor({ id, ending }: Parked) {
    const how = { answer: "was answered", cancel: "was called off", timeout: "had waited long enough" };
    const at = ending ? `${how[ending.kind]} at ${new Date(ending.at).toISOString()}` : "was answered";
    super(
      "troupe.AlreadyAnswered",
      "user",
      `${id} ${at}, and in another way: the first answer counts. "troupe trace ${id}" says how far it has come`,
    );
  }
}

/** Runs `x-resume`: of all that is said about an envelope that waits, the first counts, and sends it on once. */
export function runResume({ store, noQueueMs, ...options }: ResumeOptions): CrewMember {
  const { transport, logger } = options;
  const { parking } = store;
  const patience = new Patience(RESUME, { noQueueMs });
  const clock = runDueClock(RESUME, { source: parking, transport, logger });
  const member = runMember(RESUME, {
    ...options,
    recording: () => store.problem(),
    instead: (message, outcome) => patience.instead(message, outcome),
    async handle({ body }: Delivery): Promise<Handled> {
      try {
        const due = readDue(body);
        return due === undefined
          ? await answered(readAnswer(body), { parking, transport })
          : await timedOut(due, { parking, transport });
      } catch (error) {
        if (!(error instanceof TroupeError) || !isRefusal(error)) throw error;
        return refuse(error, body, logger);
      }
    },
  });
  return {
    ...member,
    async stop() {
      await Promise.all([clock.stop(), member.stop()]);
    },
  };
}

interface Work {
  readonly parking: Parking;
  readonly transport: Transport;
}

/** What is wrong with an answer; anything else is wrong with the store, and is tried again. */
function isRefusal({ code }: TroupeError): boolean {
  return ["troupe.MalformedAnswer", "troupe.NotParked", "troupe.AlreadyAnswered", "troupe.TooLarge"].includes(
    code,
  );
}

function refuse(error: TroupeError, body: Uint8Array, logger: Logger): Handled {
  logger.warn("an answer cannot be used and goes to x-sump", { code: error.code, reason: error.message });
  return { publish: [refused(error, { queue: RESUME, body })] };
}

async function answered({ to, token, answer, cancel }: Answer, work: Work): Promise<Handled> {
  const parked = await work.parking.find(to);
  if (!parked) throw new NotParkedError(to);
  const ending: Ending = {
    kind: answer === undefined ? "cancel" : "answer",
    answer: answer ?? "",
    reason: cancel ?? "",
    token,
    at: Date.now(),
  };
  // Refused before it counts: a smaller answer can still be given.
  if (!parked.ending) checkAnswerSize(await work.parking.bodies(parked.key), ending);
  return await end(parked, ending, work);
}

async function timedOut(key: string, work: Work): Promise<Handled> {
  const parked = await work.parking.find(key);
  if (!parked || (parked.ending && parked.ending.token !== TIME)) return NOTHING;
  return await end(parked, { kind: "timeout", answer: "", reason: "", token: TIME, at: Date.now() }, work);
}

async function end({ key }: Parked, ending: Ending, { parking, transport }: Work): Promise<Handled> {
  const startedAt = Date.now();
  const ended = await parking.end(key, ending);
  if (!ended) return NOTHING;
  if (ended.verdict !== "ended") {
    // Whoever notices that time is over has nothing to say against an answer.
    if (ended.verdict === "same" || ending.kind === "timeout") return NOTHING;
    throw new AlreadyAnsweredError(ended.parked);
  }
  const { bodies, parked } = ended;
  // As it was ended first, which may have been before a process was lost.
  const first = parked.ending ?? ending;
  const messages = bodies.map(({ body }) => resumed(body, first));
  return {
    publish: messages,
    async published() {
      await parking.sent(key, { runs: bodies.map(({ run }) => run), now: Date.now() });
      for (const [i, { body }] of bodies.entries()) {
        const to = messages[i]?.queue ?? "";
        const verdict = first.kind === "answer"
          ? "forwarded"
          : first.kind === "cancel"
          ? "canceled"
          : "failed";
        tellHop(transport, parseEnvelope(body, { maxBytes: MAX_ENVELOPE_BYTES }), {
          actor: PAUSE,
          verdict,
          to,
          startedAt,
        });
      }
    },
  };
}
