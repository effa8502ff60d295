/**
 * Whether whoever deploys may do all of it.
 *
 * @module
 */

import type { KubeClient } from "@troupe/controller/kube";
import { Slots } from "@troupe/host/slots";
import { z } from "zod";
import { type Need, needLines, type Needs, needText } from "./needs.ts";
import type { Teller } from "./tell.ts";

/** How many questions are asked at once. */
const AT_ONCE = 16;

const Review = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

/** Asks the API server, each thing once. */
class Reviewer {
  readonly #client: KubeClient;
  readonly #signal: AbortSignal;
  readonly #slots = new Slots(AT_ONCE);
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(client: KubeClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  allows(need: Need): Promise<boolean> {
    const key = needText(need);
    const known = this.#asked.get(key);
    if (known) return known;
    const asked = this.#slots.use(() => this.#ask(need));
    this.#asked.set(key, asked);
    return asked;
  }

  async missing(needs: readonly Need[]): Promise<Need[]> {
    const allowed = await Promise.all(needs.map((need) => this.allows(need)));
    return needs.filter((_, i) => !allowed[i]);
  }

  async #ask({ group, resource, verb, namespace, name }: Need): Promise<boolean> {
    const [plural, subresource] = resource.split("/");
    const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const body = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { group, resource: plural, subresource, verb, namespace, name } },
    };
    const answer = await this.#client.requests.json("POST", path, { body, signal: this.#signal });
    return Review.parse(answer).status.allowed;
  }
}

/** What of it is not allowed, in lines. */
export async function missingPermissions(
  client: KubeClient,
  { needs, grants }: Needs,
  signal: AbortSignal,
): Promise<string[]> {
  const reviewer = new Reviewer(client, signal);
  const lines = needLines(await reviewer.missing(needs));
  const roles = new Map<string, string[]>();
  for (const { role, either, or } of grants) {
    if (await reviewer.allows(either) || (await reviewer.missing(or)).length === 0) continue;
    roles.set(role, [...roles.get(role) ?? [], either.verb]);
  }
  for (const [role, verbs] of roles) {
    lines.push(`to give others the ${role}: ${verbs.join(", ")}, or all that it allows`);
  }
  return lines;
}

/** Says whether all is allowed; all that is not at once. */
export async function checkPermissions(
  client: KubeClient,
  needs: Needs,
  { teller, signal }: { readonly teller: Teller; readonly signal: AbortSignal },
): Promise<boolean> {
  const missing = await missingPermissions(client, needs, signal);
  if (missing.length === 0) {
    teller.step({ state: "ok", text: `permissions: all ${needs.needs.length} that it takes` });
    return true;
  }
  teller.step({
    state: "bad",
    text: "permissions: some are missing",
    advice: `${missing.map((need) => `- ${need}`).join("\n")}\nAsk whoever runs the cluster for them: ` +
      "docs/deploy.md has the roles. With --actors-only, the controller is left to somebody else.",
  });
  return false;
}
