/**
 * Queues on RabbitMQ, with credentials out of files.
 *
 * The controller reads no Secret: those of the brokers are mounted into its own pod, one folder for each transport of its
 * settings, with the files `username` and `password`, and `ca.crt` where the transport has `tls`.
 *
 * @module
 */

import { openRabbitmq, parseRabbitmqAddress, type RabbitmqAddress } from "@troupe/host/transport/rabbitmq";
import { removeQueues } from "@troupe/host/transport/rabbitmq/removal";
import { TroupeError } from "@troupe/host/errors";
import { join } from "@std/path";
import type { ActorQueue, QueueRemoval, Queues, RemoveOptions } from "./queues.ts";

/** For how long a connection that is not used is kept, in milliseconds. */
const IDLE_MS = 30_000;
/** How long connecting may take, in milliseconds. */
const OPEN_MS = 5_000;
/** For how long a broker that could not be reached is not tried again, in milliseconds: many actors ask for the same one. */
const REST_MS = 5_000;
/** What a person sees in the broker's list of connections. */
const NAME = "troupe controller";

/** The files with which the controller signs in to a broker cannot be read. */
export class BrokerCredentialsError extends TroupeError {
  constructor(transport: string, file: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      "troupe.BrokerCredentials",
      "user",
      `The controller cannot sign in to the transport ${transport}: ${file} cannot be read (${why}). ` +
        "Mount the Secret of the broker there",
      { cause },
    );
  }
}

type Transport = Awaited<ReturnType<typeof openRabbitmq>>;

interface Kept {
  readonly transport: Promise<Transport>;
  users: number;
  /** It could not be made. */
  failed?: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Queues on the brokers of the controller's settings. */
export class RabbitmqQueues implements Queues {
  readonly #folder: string;
  /** Connections by address, one for each mesh. */
  readonly #kept = new Map<string, Kept>();

  /** @param folder With a folder for each transport. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async declare(queue: ActorQueue): Promise<void> {
    const { address } = queue.plan;
    const kept = this.#take(queue);
    try {
      await (await kept.transport).declare([queue.actor]);
    } catch (error) {
      // It goes on trying with the user whom it was opened for, who may not be let in any more: the next one reads anew.
      if (!kept.failed && isLost(error) && this.#kept.get(address) === kept) this.#kept.delete(address);
      throw error;
    } finally {
      kept.users--;
      if (this.#kept.get(address) === kept) this.#rest(address, kept);
      else if (kept.users === 0 && !kept.failed) await this.#drop(address, kept);
    }
  }

  async remove(queue: ActorQueue, options: RemoveOptions = {}): Promise<QueueRemoval> {
    const { address } = queue.plan;
    const kept = this.#kept.get(address);
    // It would make the queue again when it has to connect anew.
    if (kept && !options.look) await this.#drop(address, kept);
    return await removeQueues(await this.#address(queue), { actor: queue.actor, name: NAME, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#kept].map(([address, kept]) => this.#drop(address, kept)));
  }

  #take(queue: ActorQueue): Kept {
    const { address } = queue.plan;
    let kept = this.#kept.get(address);
    if (!kept) {
      const made: Kept = { transport: this.#open(queue), users: 0, timer: undefined };
      this.#kept.set(address, made);
      // It is made anew later: with other credentials, perhaps.
      made.transport.catch(() => this.#rest(address, made, REST_MS));
      kept = made;
    }
    if (!kept.failed) clearTimeout(kept.timer);
    kept.users++;
    return kept;
  }

  async #open(queue: ActorQueue): Promise<Transport> {
    return await openRabbitmq({ ...await this.#address(queue), name: NAME, openPatienceMs: OPEN_MS });
  }

  /** One that is not used is closed after a while; one that failed is forgotten, whoever waits for it. */
  #rest(address: string, kept: Kept, failedMs?: number): void {
    if (failedMs !== undefined) kept.failed = true;
    else if (kept.users > 0 || kept.failed) return;
    if (this.#kept.get(address) !== kept) return;
    clearTimeout(kept.timer);
    kept.timer = setTimeout(() => void this.#drop(address, kept), failedMs ?? IDLE_MS);
  }

  async #drop(address: string, kept: Kept): Promise<void> {
    clearTimeout(kept.timer);
    if (this.#kept.get(address) === kept) this.#kept.delete(address);
    // One that was never open needs no closing; whoever asked for it was told why.
    const transport = await kept.transport.catch(() => undefined);
    await transport?.close();
  }

  async #address({ plan, transport }: ActorQueue): Promise<RabbitmqAddress> {
    const folder = join(this.#folder, transport);
    const file = join(folder, "username");
    let username: string;
    try {
      username = (await Deno.readTextFile(file)).trim();
    } catch (error) {
      throw new BrokerCredentialsError(transport, file, error);
    }
    const env: Record<string, string> = {
      TROUPE_RABBITMQ_USER: username,
      TROUPE_RABBITMQ_PASSWORD_FILE: join(folder, "password"),
    };
    const address = plan.transport.tls === undefined
      ? plan.address
      : `${plan.address}&cacertfile=${encodeURIComponent(join(folder, "ca.crt"))}`;
    return parseRabbitmqAddress(address, (name) => env[name]);
  }
}

/** Whether there is no connection any more, and none was made in time. */
function isLost(error: unknown): boolean {
  return error instanceof TroupeError &&
    ["troupe.RabbitmqRefused", "troupe.RabbitmqUnreachable"].includes(error.code);
}
