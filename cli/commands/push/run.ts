/**
 * `troupe push`: a component into a registry.
 *
 * @module
 */

import { dockerCredentials } from "@troupe/host/oci/docker_config";
import { pushComponent } from "@troupe/host/oci/push";
import { OciReferenceError } from "@troupe/host/oci/errors";
import { type OciReference, parseReference } from "@troupe/host/oci/reference";
import { Output } from "../../view/output.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { componentToPush } from "./component.ts";
import { pushedJson, pushedLine } from "./print.ts";

/** Options of `troupe push`. */
export interface PushCommandOptions {
  /** `REGISTRY/REPOSITORY[:TAG]`. */
  readonly reference: string;
  /** A folder with an `actor.yaml`, an `actor.yaml`, or a component. */
  readonly what: string;
  readonly dryRun: boolean;
  /** Whether to check the types of the source. */
  readonly check: boolean;
  readonly json: boolean;
}

/**
 * Pushes a component. The reference by digest goes to standard output, and all else to standard error.
 *
 * @returns The exit code.
 * @throws {RegistryError} when the registry does not take it.
 * @throws {RegistryCredentialsError} when docker's configuration cannot be read.
 * @throws {UsageError} when the reference is none, and with others as `componentToPush`.
 */
export async function push({ reference, what, dryRun, check, json }: PushCommandOptions): Promise<number> {
  // Before anything is built.
  const to = readReference(reference);
  const credentials = await dockerCredentials(to);
  const { bytes, inspection, warnings } = await componentToPush(what, { check });
  for (const warning of warnings) console.error(`warning: ${warning}`);
  const pushed = await pushComponent({
    reference,
    bytes,
    world: { imports: inspection.imports.map(({ name }) => name), exports: inspection.exports },
    credentials,
    dryRun,
    onRetry: (problem) => console.error(`${to.registry} is asked again: ${problem}`),
  });
  const { digest, size } = inspection;
  const result = { ...pushed, tag: to.tag, component: { digest: `sha256:${digest}`, size }, dryRun };
  const out = new Output();
  await out.line(json ? pushedJson(result) : pushed.reference);
  await out.flush();
  if (!json) console.error(pushedLine(result));
  return EXIT.ok;
}

function readReference(text: string): OciReference {
  try {
    return parseReference(text);
  } catch (cause) {
    if (!(cause instanceof OciReferenceError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}
