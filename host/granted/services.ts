/**
 * What the guests of an actor can ask its host for, by its grants.
 *
 * @module
 */

import { Egress } from "../egress/egress.ts";
import type { Resolve } from "../egress/resolve.ts";
import type { Grants } from "../grants.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../observe/logs.ts";
import type { Services } from "../stage/services.ts";
import { httpService } from "./http_service.ts";
import type { LateState } from "./late_state.ts";
import { grantState } from "./state_grant.ts";

/** What services are made with. */
export interface ServiceOptions {
  readonly logger: Pick<Logger, "warn">;
  /** Where actors keep their state. @default nowhere: an actor that is granted some is refused */
  readonly state?: LateState;
  /** From names to addresses, for requests. @default as the system does it */
  readonly resolve?: Resolve;
}

/**
 * Makes the services that a spec grants.
 *
 * @throws {NoStateError} when it grants state and there is none; and what opening the state throws that does not pass.
 * @throws {InjectedHeaderError} when what is to be put into requests is not there.
 */
export async function servicesOf(
  { name, grants, limits }: { readonly name: string; readonly grants: Grants; readonly limits: Limits },
  { logger, state, resolve }: ServiceOptions,
): Promise<Services> {
  return {
    ...(grants.state ? { state: await grantState({ name, grant: grants.state }, { state, logger }) } : {}),
    ...(grants.http ? { http: httpService(await openEgress(grants.http, { limits, resolve })) } : {}),
  };
}

async function openEgress(
  rules: NonNullable<Grants["http"]>,
  { limits: { egressBytes }, resolve }: { readonly limits: Limits; readonly resolve: Resolve | undefined },
): Promise<Egress> {
  return await Egress.open({ rules, limits: { egressBytes }, ...(resolve ? { resolve } : {}) });
}
