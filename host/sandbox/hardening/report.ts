/**
 * What a sandbox says of the layers around it, and what its host knows of them, made into one table.
 *
 * @module
 */

import { z } from "zod";
import { type Layer, type LayerName, LAYERS, missingLayers } from "./layers.ts";

/** Longest report, in bytes. */
export const REPORT_BYTES = 8 * 1024;
/** Longest reason, in characters. */
const REASON = 500;

const NAMES = Object.keys(LAYERS) as LayerName[];

const Report = z.array(
  z.object({
    name: z.enum(NAMES as [LayerName, ...LayerName[]]),
    state: z.enum(["on", "off"]),
    why: z.string().max(REASON),
  }),
).max(NAMES.length);

/** What the host knows of a sandbox that it has started. */
export interface Launched {
  /** Layers that the host puts up itself. */
  readonly layers: readonly Layer[];
  /** Why it has left out what the sandbox then finds missing. */
  readonly omitted: ReadonlyMap<LayerName, string>;
}

/**
 * Reads a report, and adds what the host knows. It comes before the sandbox has seen anything of a component.
 *
 * @param body JSON; empty when the script reports nothing.
 * @returns Every layer there is, in order; undefined when the body is no report.
 */
export function readReport(body: Uint8Array, { layers, omitted }: Launched): Layer[] | undefined {
  const own = body.length === 0 ? [] : parse(body);
  if (!own) return undefined;
  const known = new Map([...own, ...layers].map((layer) => [layer.name, layer]));
  return NAMES.map((name): Layer => {
    const { state = "off", why = "the sandbox has not reported it" } = known.get(name) ?? {};
    return { name, state, why: state === "on" ? why : omitted.get(name) ?? why };
  });
}

function parse(body: Uint8Array): Layer[] | undefined {
  try {
    return Report.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))).data;
  } catch (error) {
    // No JSON, or no UTF-8.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The table in one line, for a log. */
export function summarize(layers: readonly Layer[]): { readonly on: string; readonly off: string } {
  const off = layers.filter(({ state }) => state === "off").map(({ name, why }) => `${name} (${why})`);
  const on = layers.filter(({ state }) => state === "on").map(({ name }) => name);
  return { on: on.join(", "), off: off.join("; ") };
}

/** The missing layers in one line, for an error; empty when none is. */
export function describeMissing(layers: readonly Layer[]): string {
  return missingLayers(layers).map(({ name, why }) => `${name} (${why})`).join("; ");
}
