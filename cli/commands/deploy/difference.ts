/**
 * What is different between two states of an object. Pure.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import type { Styles } from "../../view/styles.ts";
import { fit, printable } from "../../view/text.ts";
import { setByDeployer } from "./ours.ts";

/** One difference. */
export interface Difference {
  /** Such as `spec.limits.timeout` or `spec.containers[host].image`. */
  readonly path: string;
  /** Undefined where there was nothing. */
  readonly before: unknown;
  /** Undefined where there will be nothing. */
  readonly after: unknown;
}

/** What an API server writes into metadata by itself. */
const ITS_OWN = ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"];

/** An object without what an API server, or a controller, says of it. */
export function substance({ metadata, status: _status, ...object }: KubeObject): Record<string, unknown> {
  const kept = Object.entries(metadata).filter(([key]) => !ITS_OWN.includes(key));
  return { ...object, metadata: Object.fromEntries(kept) };
}

/**
 * All differences, by path.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { differences } from "./difference.ts";
 *
 * const before = { spec: { limits: { timeout: "2s" }, rate: "1/s" } };
 * const after = { spec: { limits: { timeout: "5s" } } };
 * assertEquals(differences(before, after), [
 *   { path: "spec.limits.timeout", before: "2s", after: "5s" },
 *   { path: "spec.rate", before: "1/s", after: undefined },
 * ]);
 * ```
 */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(before, after, path);
  if (!isObject(before) || !isObject(after)) return same(before, after) ? [] : [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(before[key], after[key], path === "" ? key : `${path}.${key}`));
}

/** By which of its fields an entry of a list is told from others; those without are told by their place. */
const KEYS = ["name", "type", "path", "host"];

function ofLists(before: readonly unknown[], after: readonly unknown[], path: string): Difference[] {
  const key = KEYS.find((key) => [before, after].every((list) => tells(key, list)));
  const [old, young] = [before, after].map((list) =>
    new Map(
      list.map((entry, i) => [key === undefined ? String(i) : (entry as Record<string, string>)[key], entry]),
    )
  ) as [Map<string, unknown>, Map<string, unknown>];
  const found = [...new Set([...old.keys(), ...young.keys()])]
    .flatMap((each) => differences(old.get(each), young.get(each), `${path}[${each}]`));
  const [order, later] = [[...old.keys()], [...young.keys()]];
  return found.length > 0 || same(order, later) ? found : [{ path, before: order, after: later }];
}

function tells(key: string, list: readonly unknown[]): boolean {
  const values = list.map((entry) => isObject(entry) ? entry[key] : undefined);
  return values.every((value) => typeof value === "string") && new Set(values).size === values.length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What an application would change; also when it is only that the deployer has set a field that was set before. */
export function changesBetween(live: KubeObject, after: KubeObject): Difference[] {
  const found = differences(substance(live), substance(after));
  if (found.length > 0) return found;
  const [had, has] = [setByDeployer(live), setByDeployer(after)];
  return had === has
    ? []
    : [{ path: "metadata.managedFields", before: "another account", after: "of troupe-deploy" }];
}

/** How long a value may be in a line. */
const WIDEST = 72;

/** The line of a difference, for a person. */
export function differenceLine({ path, before, after }: Difference, styles: Styles): string {
  if (before === undefined) return styles.good(`+ ${path}: ${valueText(after)}`);
  if (after === undefined) return styles.bad(`- ${path}: ${valueText(before)}`);
  return `${styles.warn(`~ ${path}:`)} ${styles.bad(valueText(before))} → ${styles.good(valueText(after))}`;
}

function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return fit(printable(text), WIDEST);
}
