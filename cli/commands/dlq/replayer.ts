/**
 * Sends dead letters again: each gets its number, which is kept, before it is sent, and is noted as sent once it is safe
 * in its queue. Whoever is interrupted between the two can repeat all of it.
 *
 * @module
 */

import {
  NotReplayableError,
  planReplay,
  replayBody,
  type ReplayEdit,
  type ReplayPlan,
} from "@troupe/host/crew/replay";
import type { Allotment, Letter, Letters, Replay } from "@troupe/host/crew/store";
import { TroupeError } from "@troupe/host/errors";
import type { Transport } from "@troupe/host/transport";
import { jsonLine } from "../../view/json_line.ts";
import type { Output } from "../../view/output.ts";
import { publishBatch } from "../send/publish.ts";
import type { Sender } from "../send/sender.ts";
import type { Submission } from "../send/submission.ts";
import { replayMembers } from "./print.ts";

/** A letter was replayed in another way than it is to be now. */
export class AlreadyReplayedError extends TroupeError {
  constructor({ id, n, as, sentAt }: Replay) {
    const fate = sentAt === undefined ? "was begun and may be under way" : "was sent";
    super(
      "troupe.AlreadyReplayed",
      "user",
      `${id} was replayed in another way: number ${n} ${fate} as ${as}; "troupe trace ${as}" says how far it has come. ` +
        `To replay it in this way as well, say --again`,
    );
  }
}

/** What a replayer works with. */
export interface ReplayWork {
  readonly letters: Letters;
  readonly transport: Transport;
  readonly sender: Sender;
  readonly out: Output;
  readonly edit: ReplayEdit;
  readonly again: boolean;
  readonly json: boolean;
}

/** A letter that was not sent, and why. */
export interface NotReplayed {
  readonly letter: Letter;
  readonly error: TroupeError;
}

/** Replays letters, and keeps account of it. */
export class Replayer {
  /** What it works with. */
  readonly work: ReplayWork;
  /** How many were sent. */
  sent = 0;
  /** How many had been sent before. */
  before = 0;

  /** @param work What it works with. */
  constructor(work: ReplayWork) {
    this.work = work;
  }

  /**
   * Replays a batch. Resolves when all of it that can be is safe in its queues, with what cannot.
   *
   * @throws {NotSentError} when the transport refuses one, or does not answer for long.
   */
  async replay(batch: readonly Letter[]): Promise<NotReplayed[]> {
    const prepared = await Promise.all(batch.map(async (letter) => {
      try {
        return { ready: await this.#prepare(letter) };
      } catch (error) {
        if (!(error instanceof TroupeError)) throw error;
        return { failure: { letter, error } };
      }
    }));
    // Letters of one envelope may share one replay.
    const submissions = new Map(prepared.flatMap(({ ready }) => ready ? [[ready.replay.as, ready]] : []));
    if (submissions.size > 0) {
      const all = [...submissions.values()].map(({ submission }) => submission);
      await publishBatch(this.work.transport, all, {
        onSafe: async (ids) => {
          const safe = ids.flatMap((id) => submissions.get(id)?.replay ?? []);
          const now = Date.now();
          await Promise.all(safe.map((replay) => this.work.letters.sent(replay, now)));
          for (const replay of safe) await this.#print({ ...replay, sentAt: now }, true);
          this.sent += safe.length;
        },
      });
    }
    return prepared.flatMap(({ failure }) => failure ?? []);
  }

  /** A replay that is to be sent; undefined when it was before. */
  async #prepare(letter: Letter): Promise<{ replay: Replay; submission: Submission } | undefined> {
    const { letters, edit, again, sender } = this.work;
    const now = new Date();
    const plan = await this.#plan(letter, now);
    if (plan) sender.checkRoute([plan.to, ...plan.envelope.route.next]);
    else if (Object.keys(edit).length > 0) throw refusal("gone", letter);
    const { how, keepsId } = plan ?? { how: "{}", keepsId: true };
    const allotment = await letters.allot({ key: letter.key, how, keepsId, again, now: now.getTime() });
    switch (allotment.verdict) {
      case "done":
        this.before++;
        await this.#print(allotment.replay, false);
        return undefined;
      case "other":
        throw new AlreadyReplayedError(allotment.replay);
      case "send": {
        const { replay } = allotment;
        if (!plan) throw refusal("gone", letter);
        return { replay, submission: { id: replay.as, to: plan.to, body: replayBody(plan, replay) } };
      }
      default:
        throw refusal(allotment.verdict, letter);
    }
  }

  /** Undefined when what died is not there any more. */
  async #plan(letter: Letter, now: Date): Promise<ReplayPlan | undefined> {
    if (letter.purged) throw refusal("purged", letter);
    const body = await this.work.letters.body(letter.key);
    return body && await planReplay(body, { edit: this.work.edit, now });
  }

  async #print(replay: Replay, sent: boolean): Promise<void> {
    const { out, json } = this.work;
    await out.line(json ? jsonLine({ ...replayMembers(replay), sent_now: sent }) : replay.as);
  }
}

function refusal(
  verdict: Exclude<Allotment["verdict"], "send" | "done" | "other">,
  letter: Letter,
): NotReplayableError {
  const name = letter.id === "" ? letter.key : letter.id;
  const reasons = {
    resolved:
      `${name} has succeeded since, and what has succeeded is never replaced. To run it once more as a new envelope, ` +
      `change something (--payload, --route, --to) and say --again`,
    dropped: `${name} was dropped (${letter.dropReason}): to replay it all the same, say --again`,
    purged: `The payload of ${name} was removed for good: send another with "troupe send"`,
    gone:
      `What failed of ${name} is not there any more, as a later result has replaced it: "troupe results ${name}" ` +
      `shows that one, and "troupe dlq show ${name}" its later letters`,
  };
  return new NotReplayableError(reasons[verdict]);
}
