/**
 * The grant `state`: which bucket an actor has, and what has to be there for it.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";
import type { StateGrant } from "../grants.ts";
import type { Logger } from "../observe/logs.ts";
import { StateUnavailableError } from "../state/errors.ts";
import type { Service } from "../stage/services.ts";
import type { Late } from "../late.ts";
import type { StateStore } from "../state/store.ts";
import { stateService } from "./state_service.ts";

/** An actor is granted state, and its host has nowhere to keep it. */
export class NoStateError extends TroupeError {
  constructor(actor: string) {
    super(
      "troupe.NoState",
      "user",
      `The actor ${actor} is granted state (spec.grants.state), and its host has nowhere to keep it: name a place with ` +
        "--state or TROUPE_STATE",
    );
  }
}

/**
 * Name of the bucket that an actor has. Its own one and those that are shared have names of different forms: no actor comes
 * to another's by being called like it.
 *
 * @example
 * ```ts
 * import { bucketOf } from "@troupe/host/granted/state_grant";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(bucketOf("carts", {}), "actor/carts");
 * assertEquals(bucketOf("checkout", { bucket: "carts" }), "shared/carts");
 * ```
 */
export function bucketOf(actor: string, { bucket }: StateGrant): string {
  return bucket === undefined ? `actor/${actor}` : `shared/${bucket}`;
}

/** Makes the service. A store that is away now is waited for with the first envelope that needs it. */
export async function grantState(
  actor: { readonly name: string; readonly grant: StateGrant },
  { state, logger }: { readonly state: Late<StateStore> | undefined; readonly logger: Pick<Logger, "warn"> },
): Promise<Service> {
  if (!state) throw new NoStateError(actor.name);
  try {
    await warnOfLosses(state, logger);
  } catch (error) {
    // What only a person can put right is told at once.
    if (!(error instanceof StateUnavailableError)) throw error;
    logger.warn("the state cannot be had yet", { error });
  }
  const name = bucketOf(actor.name, actor.grant);
  const { entries, bytes } = actor.grant;
  const bounds = {
    ...(entries === undefined ? {} : { bucketEntries: entries }),
    ...(bytes === undefined ? {} : { bucketBytes: bytes }),
  };
  return stateService(async () => (await state.get()).bucket(name, bounds));
}

async function warnOfLosses(state: Late<StateStore>, logger: Pick<Logger, "warn">): Promise<void> {
  const { durability } = await state.get();
  if (durability === "write") return;
  const why = {
    second: "what was written in about the last second is lost when the server's machine fails",
    later: "what was written is lost when the server ends: have it append to a file (appendonly yes)",
    unknown: "the server does not say what survives its end",
  };
  logger.warn(`state is not as durable as results are: ${why[durability]}`);
}
