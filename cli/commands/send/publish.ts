/**
 * From submissions to messages that are safe in their queues.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import type { Transport } from "@troupe/host/transport";
import type { Submission } from "./submission.ts";

/** How often a batch is sent whose fate is unknown, and the first pause between two times, in milliseconds. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;

/** The first step of a route is no actor of this mesh. */
export class UnknownActorError extends TroupeError {
  constructor(actor: string, known: readonly string[]) {
    const exist = known.length === 0 ? "there is none yet" : `there are ${known.join(", ")}`;
    super(
      "troupe.NoSuchActor",
      "user",
      `There is no actor ${JSON.stringify(actor)} in this mesh: ${exist}. ` +
        `Correct the name, or add the actor and run "troupe up"`,
    );
  }
}

/** An envelope could not be sent, or nobody knows whether it was. */
export class NotSentError extends TroupeError {
  constructor(id: string, detail: string) {
    super(
      "troupe.NotSent",
      "system",
      `The envelope ${id} could not be put into its queue: ${detail}. Sent again under the same id it is still one`,
    );
  }
}

/**
 * Puts a batch into the queues. Resolves when all of it is safe there.
 *
 * What has no known fate is sent again, since an envelope that is there twice is recognised by its id.
 *
 * @param options `onSafe`: told the ids of those that are safe, before anything is thrown for the others.
 * @throws {UnknownActorError} when a queue does not exist.
 * @throws {NotSentError} when the transport refuses one, or does not answer for long.
 */
export async function publishBatch(
  transport: Transport,
  batch: readonly Submission[],
  options: { readonly onSafe: (ids: readonly string[]) => Promise<void> },
): Promise<void> {
  let rest = batch;
  let pause = FIRST_PAUSE_MS;
  for (let attempt = 1;; attempt++) {
    const outcomes = await transport.publish(rest.map(({ to, body }) => ({ queue: to, body })));
    const settled = rest.map((submission, i) => ({
      submission,
      outcome: outcomes[i] ?? { kind: "unknown" as const, detail: "no answer came" },
    }));
    await options.onSafe(
      settled.flatMap(({ submission, outcome }) => outcome.kind === "ok" ? [submission.id] : []),
    );
    const unknown = settled.filter(({ outcome }) => outcome.kind !== "ok");
    for (const { submission, outcome } of unknown) {
      if (outcome.kind !== "refused" && attempt < ATTEMPTS) continue;
      if (outcome.kind === "refused" && outcome.reason === "no-queue") {
        throw new UnknownActorError(submission.to, await actorsOf(transport));
      }
      throw new NotSentError(submission.id, "detail" in outcome ? outcome.detail : "no answer came");
    }
    if (unknown.length === 0) return;
    rest = unknown.map(({ submission }) => submission);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause *= 2;
  }
}

/** Names of the actors of a mesh, sorted, without the crew. */
export async function actorsOf(transport: Transport): Promise<string[]> {
  return (await transport.queues()).filter((queue) => !queue.startsWith("x-"));
}
