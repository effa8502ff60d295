/**
 * Prometheus' own tool, which comes with Debian's package `prometheus`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { METRICS } from "@troupe/host/observe/metrics";
import { lacks } from "../require.ts";

/** The folder of rules and dashboard. */
export const FOLDER = fromFileUrl(new URL("../../docs/observability/", import.meta.url));

/** Whether tests with it have to be skipped. */
export const lacksPromtool = lacks("promtool", "apt-get install prometheus");

/** What it said, and whether it found nothing wrong. */
export interface Promtool {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs it on a file, or on what is given to its standard input. */
export async function promtool(args: readonly string[], input = ""): Promise<Promtool> {
  const process = new Deno.Command("promtool", {
    args: [...args],
    cwd: FOLDER,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { ok: success, output: text(stdout) + text(stderr) };
}

/** What an expression asks for that no host has: metrics, and labels of metrics. */
export function unknownIn(expression: string): string[] {
  const known = new Map<string, readonly string[]>();
  for (const { name, type, labels } of Object.values(METRICS)) {
    if (type !== "histogram") known.set(name, labels);
    else for (const part of ["bucket", "sum", "count"]) known.set(`${name}_${part}`, [...labels, "le"]);
  }
  return [...expression.matchAll(/\b(troupe_\w+)(?:\{([^}]*)\})?/g)].flatMap(
    ([, name = "", matchers = ""]) => {
      const labels = known.get(name);
      if (!labels) return [name];
      return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].flatMap(([, label = ""]) =>
        labels.includes(label) ? [] : [`${name}{${label}}`]
      );
    },
  );
}
