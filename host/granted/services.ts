/**
 * What the guests of an actor can ask its host for, by its grants.
 *
 * @module
 */

import type { Resolve } from "../egress/resolve.ts";
import type { Grants, StateGrant } from "../grants.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../observe/logs.ts";
import type { Service, Services } from "../stage/services.ts";
import type { Late } from "../late.ts";
import type { StateStore } from "../state/store.ts";

/** What services are made with. */
export interface ServiceOptions {
  readonly logger: Pick<Logger, "warn">;
  /** Where actors keep their state. @default nowhere: an actor that is granted some is refused */
  readonly state?: Late<StateStore>;
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
  // Loaded only where they are granted: an actor without them does not wait for what they are made of.
  const stateOf = async (grant: StateGrant) => {
    const { grantState } = await import("./state_grant.ts");
    return await grantState({ name, grant }, { state, logger });
  };
  return {
    ...(grants.state ? { state: await stateOf(grants.state) } : {}),
    ...(grants.http ? { http: await httpOf(grants.http, { limits, resolve }) } : {}),
  };
}

async function httpOf(
  rules: NonNullable<Grants["http"]>,
  { limits, resolve }: { readonly limits: Limits; readonly resolve: Resolve | undefined },
): Promise<Service> {
  const [{ Egress }, { httpService }] = await Promise.all([
    import("../egress/egress.ts"),
    import("./http_service.ts"),
  ]);
  const { egressBytes, requests, requestBytes, responseBytes, requestMs } = limits;
  const egress = await Egress.open({
    rules,
    limits: { egressBytes, requests, requestBytes, responseBytes, requestMs },
    ...(resolve ? { resolve } : {}),
  });
  return httpService(egress);
}
