/**
 * What an inspection found, for people and for programs.
 *
 * @module
 */

import type { ImportNeed, Inspection, Restorable } from "@troupe/host/component";
import { jsonArray, jsonLine } from "../../view/json_line.ts";
import { formatBytes, formatCount } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { formatTable } from "../../view/table.ts";
import { printable } from "../../view/text.ts";

/** Names of what a file is. */
const KINDS: Readonly<Record<Inspection["kind"], string>> = {
  component: "a component",
  module: "a core module",
  "not-wasm": "no WebAssembly",
};

/** As one JSON object on one line. */
export function inspectionJson(found: Inspection, { file }: { readonly file: string }): string {
  return jsonLine({
    file,
    kind: found.kind,
    accepted: found.refusals.length === 0,
    digest: `sha256:${found.digest}`,
    size: found.size,
    initial_memory: found.initialMemory,
    largest_function: found.largestFunction,
    ...restorableFields(found),
    imports: jsonArray(found.imports.map(({ name, need, grant }) => jsonLine({ name, need, grant }))),
    exports: { json: JSON.stringify(found.exports) },
    refusals: jsonArray(found.refusals.map(({ code, message }) => jsonLine({ code, message }))),
  });
}

/** For a person. Names in it come from the component, and may be anything. */
export function inspectionLines(
  found: Inspection,
  { file, styles }: { readonly file: string; readonly styles: Styles },
): string[] {
  const { kind, digest, size, imports, exports, refusals } = found;
  const lines = [
    `${styles.bold(printable(file))}: ${KINDS[kind]}, ${formatBytes(size)} (${formatCount(size)} bytes)`,
    styles.dim(`sha256:${digest}`),
  ];
  if (kind === "component") {
    lines.push(
      `${formatBytes(found.initialMemory)} of memory at the start; the largest function has ${
        formatBytes(found.largestFunction)
      }`,
    );
  }
  if (found.restorable) lines.push(restorableText(found.restorable));
  if (imports.length > 0) {
    const rows = imports.map((one) => [`  ${printable(one.name)}`, needText(one)]);
    lines.push("", ...formatTable([{ title: "Imports" }, { title: "What each needs" }], rows));
  }
  if (exports.length > 0) lines.push("", "Exports", ...exports.map((name) => `  ${printable(name)}`));
  lines.push("");
  if (refusals.length === 0) lines.push(styles.good("It would be accepted."));
  else {lines.push(
      styles.bad("It would be refused:"),
      ...refusals.map(({ message }) => `- ${printable(message)}`),
    );}
  return lines;
}

function needText({ need, grant }: ImportNeed): string {
  switch (need) {
    case "contract":
      return "nothing: the contract of actors";
    case "harmless":
      return "nothing: toolchains always add it, and it can do nothing";
    case "grant":
      return `the grant ${grant}: spec.grants.${grant} in actor.yaml`;
    case "unknown":
      return "what no actor has";
  }
}

/** How a new state for each envelope comes about; nothing of a component that was not transpiled. */
function restorableText(restorable: Restorable): string {
  if ("prefix" in restorable) {
    return "An instance is put back to where it began, and serves the next envelope";
  }
  return `Each envelope needs an instance made anew: ${printable(restorable.why)}`;
}

function restorableFields({ restorable }: Inspection): { restorable?: boolean; not_restorable?: string } {
  if (!restorable) return {};
  if ("prefix" in restorable) return { restorable: true };
  return { restorable: false, not_restorable: restorable.why };
}
