/**
 * A hop that was tried, for people and for programs.
 *
 * @module
 */

import type { ActorSpec } from "@troupe/controller/spec";
import { SINK } from "@troupe/host/actor_name";
import type { Envelope } from "@troupe/host/envelope";
import type { Emit, Failure } from "@troupe/host/hop";
import { jsonArray, jsonLine } from "../../view/json_line.ts";
import { countOf, formatBytes, formatDuration } from "../../view/quantity.ts";
import type { Styles } from "../../view/styles.ts";
import { pad, printable } from "../../view/text.ts";
import type { Repeated } from "./repeat.ts";
import type { HopRun, InstanceFacts } from "./stage.ts";

/** Everything that is shown of a hop. */
export interface Shown {
  readonly spec: Pick<ActorSpec, "name" | "isolation">;
  readonly envelope: Envelope;
  readonly run: HopRun;
  readonly facts: InstanceFacts;
  /** How long the sandbox took to start, in milliseconds. */
  readonly startedMs: number;
  /** How long building took, in milliseconds; undefined where the component was up to date. */
  readonly builtMs?: number | undefined;
  /** What many more of the same came to. */
  readonly repeated?: Repeated | undefined;
}

/** Longest text that is shown whole, in characters. */
const LONGEST = 2_000;

/** For a person. What comes of the guest may be anything. */
export function hopLines(shown: Shown, styles: Styles): string[] {
  const { spec, envelope, run } = shown;
  const { result } = run;
  const verdict = result.ok ? styles.good("ok") : styles.bad("failed");
  const cpu = run.cpuMs === undefined ? "" : `, ${processorText(run.cpuMs)}`;
  return [
    `${styles.bold(spec.name)} ${verdict} in ${shortTime(run.ms)}${cpu} (first call)`,
    ...(result.ok ? emitLines(result.emits, { envelope, styles }) : failureLines(result.failure, styles)),
    ...saidLines(run, styles),
    "",
    ...sandboxLines(shown, styles),
  ];
}

function emitLines(
  emits: readonly Emit[],
  { envelope, styles }: { readonly envelope: Envelope; readonly styles: Styles },
): string[] {
  if (emits.length === 0) {
    return [`  nothing emitted: the envelope ends in ${SINK} as it came, with the reason Aborted`];
  }
  return emits.flatMap((emit, i) => [
    `  emit ${i + 1} → ${styles.name(wayOf(emit.route.next))}${
      editText(emit.route.next, envelope.route.next)
    }`,
    `    ${whole(emit.payload)}`,
    ...headerLines(emit.headers, envelope.headers ?? {}),
  ]);
}

function wayOf(next: readonly string[]): string {
  return next.length === 0 ? SINK : next.join(", ");
}

function editText(next: readonly string[], before: readonly string[]): string {
  return String(next) === String(before) ? "" : ` (edited: it was ${wayOf(before)})`;
}

/** Headers that are not as they came. */
function headerLines(now: Emit["headers"], before: Emit["headers"]): string[] {
  const text = (headers: Emit["headers"], name: string) =>
    Object.hasOwn(headers, name) ? JSON.stringify(headers[name]) : undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((name) => {
    const [was, is] = [text(before, name), text(now, name)];
    if (was === is) return [];
    const how = is === undefined ? "removed" : `= ${whole(is)}`;
    return [`    header ${printable(name)} ${how}${was === undefined ? "" : ` (it was ${whole(was)})`}`];
  });
}

/** Why a hop failed, for a person. */
export function failureLines({ type, mro, message, details, traceback }: Failure, styles: Styles): string[] {
  const lineage = mro.length === 0 ? "" : styles.dim(` (${mro.map(printable).join(", ")})`);
  return [
    `  ${styles.bad(printable(type))}${lineage}${message === "" ? "" : `: ${whole(message)}`}`,
    ...(details === undefined ? [] : [`  details ${whole(details)}`]),
    ...(traceback === undefined ? [] : traceback.trimEnd().split("\n").map((line) => `    ${whole(line)}`)),
  ];
}

function saidLines({ said }: HopRun, styles: Styles): string[] {
  if (said.length === 0) return [];
  return [
    "",
    ...said.map((one) =>
      one.kind === "fly"
        ? `  ${styles.name(pad("fly", 5))} ${whole(one.event)}`
        : `  ${styles.dim(pad(one.level, 5))} ${whole(one.message)}`
    ),
  ];
}

function sandboxLines({ spec, run, facts, startedMs, builtMs, repeated }: Shown, styles: Styles): string[] {
  const { initialMemory, notRestored } = facts;
  const resident = run.residentBytes === undefined
    ? ""
    : `; ${formatBytes(run.residentBytes)} resident in its sandbox`;
  const instances = spec.isolation === "reuse"
    ? "reused as it is"
    : notRestored === ""
    ? "fresh: put back to where it began after each envelope"
    : `fresh: made anew for each envelope, since ${printable(notRestored)}`;
  const built = builtMs === undefined ? "" : `built in ${formatDuration(builtMs)}, `;
  return [
    ...(repeated ? [repeatedText(repeated)] : []),
    ...run.ended.map((why) => styles.bad(`the sandbox was ended: ${printable(why)}`)),
    styles.dim(`${formatBytes(initialMemory)} of memory in a new instance${resident}`),
    styles.dim(`an instance is ${instances}`),
    styles.dim(`${built}sandbox started in ${formatDuration(startedMs)}; sha256:${facts.digest}`),
  ];
}

function repeatedText({ times, p50Ms, p99Ms, cpuMs, failed }: Repeated): string {
  const cpu = cpuMs === undefined ? "" : `; ${shortTime(cpuMs)} of processor time each`;
  const failures = failed === 0 ? "" : `; ${countOf(failed, "call")} failed`;
  return `${countOf(times, "call")}, one at a time: p50 ${shortTime(p50Ms)}, p99 ${
    shortTime(p99Ms)
  }${cpu}${failures}`;
}

/** Processor time is counted in steps. */
function processorText(ms: number): string {
  return ms === 0 ? "less than 10 ms of processor time" : `${ms} ms of processor time`;
}

function shortTime(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : formatDuration(ms);
}

function whole(text: string): string {
  if (text.length <= LONGEST) return printable(text);
  const size = formatBytes(new TextEncoder().encode(text).length);
  return `${printable(text.slice(0, LONGEST).toWellFormed())}… (${size} in all; --json has it)`;
}

/** As one JSON object on one line; payloads, events and details to the letter. */
export function hopJson({ spec, run, facts, startedMs, builtMs, repeated }: Shown): string {
  const { result, said } = run;
  const logs = said.flatMap((one) => one.kind === "log" ? [one] : []);
  const flies = said.flatMap((one) => one.kind === "fly" ? [one.event] : []);
  return jsonLine({
    actor: spec.name,
    component: `sha256:${facts.digest}`,
    verdict: result.ok ? "ok" : "failed",
    failure: result.ok ? null : { json: failureJson(result.failure) },
    emits: jsonArray(result.ok ? result.emits.map(emitJson) : []),
    logs: jsonArray(logs.map(({ level, message }) => jsonLine({ level, message }))),
    flies: jsonArray(flies),
    ms: run.ms,
    cpu_ms: run.cpuMs,
    resident_bytes: run.residentBytes,
    initial_memory: facts.initialMemory,
    isolation: spec.isolation,
    restored: spec.isolation === "fresh" && facts.notRestored === "",
    sandbox_ended: jsonArray(run.ended.map((why) => JSON.stringify(why))),
    started_ms: startedMs,
    built_ms: builtMs,
    ...(repeated ? { repeated: { json: repeatedJson(repeated) } } : {}),
  });
}

/** A failure as a JSON object. */
export function failureJson({ type, mro, message, traceback, details }: Failure): string {
  return jsonLine({
    type,
    mro: jsonArray(mro.map((name) => JSON.stringify(name))),
    message,
    traceback,
    ...(details === undefined ? {} : { details: { json: details } }),
  });
}

function emitJson({ payload, route: { next }, headers }: Emit): string {
  return jsonLine({
    payload: { json: payload },
    next: { json: JSON.stringify(next) },
    headers: { json: JSON.stringify(headers) },
  });
}

function repeatedJson({ times, p50Ms, p99Ms, cpuMs, failed }: Repeated): string {
  return jsonLine({ times, p50_ms: p50Ms, p99_ms: p99Ms, cpu_ms: cpuMs, failed });
}
