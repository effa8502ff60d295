/**
 * What `troupe doctor` found, for people and for programs.
 *
 * @module
 */

import { type Layer, LAYERS, missingLayers, OPTIONAL } from "@troupe/host/sandbox/hardening/layers";
import { jsonArray, jsonLine } from "../../view/json_line.ts";
import type { Styles } from "../../view/styles.ts";
import { formatTable } from "../../view/table.ts";
import { printable } from "../../view/text.ts";
import { ADVICE } from "./advice.ts";

/** What was found. */
export interface Diagnosis {
  /** By what it is, such as `deno`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly layers: readonly Layer[];
}

/** As one JSON object on one line. */
export function diagnosisJson({ versions, layers }: Diagnosis): string {
  return jsonLine({
    versions: { json: JSON.stringify(versions) },
    hardened: missingLayers(layers).length === 0,
    layers: jsonArray(
      layers.map(({ name, state, why }) => jsonLine({ name, state, why, required: !OPTIONAL.has(name) })),
    ),
  });
}

/** For a person. */
export function diagnosisLines({ versions, layers }: Diagnosis, styles: Styles): string[] {
  const rows = layers.map(({ name, state, why }) => [
    name,
    state === "on" ? styles.good(state) : OPTIONAL.has(name) ? styles.warn(state) : styles.bad(state),
    printable(state === "on" ? `${LAYERS[name]}${why && `, ${why}`}` : why),
  ]);
  const off = layers.filter(({ state }) => state === "off");
  const missing = missingLayers(layers).map(({ name }) => name);
  return [
    Object.entries(versions).map(([name, version]) => `${name} ${printable(version)}`).join(", "),
    "",
    ...formatTable([{ title: "Layer" }, { title: "State" }, { title: "What it is, or why it is off" }], rows),
    "",
    ...(off.length === 0 ? [] : [
      "What to do about those that are off:",
      ...off.map(({ name }) => `- ${name}${OPTIONAL.has(name) ? " (optional)" : ""}: ${ADVICE[name]}`),
      "",
    ]),
    missing.length === 0
      ? styles.good("Everything is there that --require-hardening asks for.")
      : styles.bad(`Missing for --require-hardening: ${missing.join(", ")}.`),
  ];
}
