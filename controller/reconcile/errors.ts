/**
 * Why an actor cannot be made what it is to be.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import type { BuiltObject } from "../build/mod.ts";
import { isKubeError, type KubeError } from "../kube/mod.ts";
import type { Verdict } from "./conditions.ts";

/** An object that is to be made has the name of one that is somebody else's. */
export class NameTakenError extends TroupeError {
  constructor({ kind, metadata: { name, namespace } }: BuiltObject) {
    super(
      "troupe.NameTaken",
      "user",
      `There is a ${kind} ${name} in ${namespace} that is not this actor's: delete it, or rename the actor`,
    );
  }
}

/** Objects of a kind cannot be listed, so that nobody knows which there are. */
export class NotKnownError extends TroupeError {
  declare readonly cause: KubeError;

  constructor(kind: string, cause: KubeError) {
    super(
      "troupe.NotKnown",
      "system",
      `It is not known which objects of kind ${kind} there are: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

/** Whether a cluster has no such kind: none at all, or none any more. */
export function isKindMissing(error: unknown): boolean {
  if (error instanceof NotKnownError) return isKindMissing(error.cause);
  return isKubeError(error, "troupe.KubeUnknownKind", "troupe.KubeNotFound");
}

/** What is said of a part that failed. */
export function failureVerdict(error: unknown): Verdict {
  const code = error instanceof NotKnownError
    ? error.cause.code
    : error instanceof TroupeError
    ? error.code
    : "troupe.Unexpected";
  const message = error instanceof Error ? error.message : String(error);
  return {
    status: "False",
    reason: code.replace(/^troupe\./, ""),
    message: code === "troupe.KubeForbidden"
      ? `The controller may not do what it has to: ${message}`
      : message,
  };
}
