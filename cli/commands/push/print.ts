/**
 * What became of a push, for people and for programs.
 *
 * @module
 */

import type { PushedComponent } from "@troupe/host/oci/push";
import { jsonLine } from "../../view/json_line.ts";
import { formatBytes } from "../../view/quantity.ts";

/** What is told. */
export interface Pushed extends PushedComponent {
  readonly tag: string | undefined;
  readonly component: { readonly digest: string; readonly size: number };
  readonly dryRun: boolean;
}

/** As one JSON object on one line. */
export function pushedJson({ reference, digest, tag, component, existed, dryRun }: Pushed): string {
  return jsonLine({
    reference,
    digest,
    tag,
    component: { json: jsonLine(component) },
    existed,
    pushed: !existed && !dryRun,
  });
}

/** For a person, beside the reference. */
export function pushedLine({ tag, component: { size }, existed, dryRun }: Pushed): string {
  const what = `${formatBytes(size)}${tag === undefined ? "" : `, tagged ${tag}`}`;
  if (existed) return `The registry has it already (${what}).`;
  return dryRun ? `It would be pushed (${what}).` : `Pushed (${what}).`;
}
