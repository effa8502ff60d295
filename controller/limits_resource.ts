/**
 * `spec.limits` of an `actor.yaml`: what bounds an actor.
 *
 * @module
 */

import { DEFAULT_LIMITS, type Limits } from "@troupe/host/limits";
import type { z } from "zod";
import { field, withRules } from "./_schema.ts";
import { bytes, count, duration, object } from "./_fields.ts";
import { sizeText, timeText } from "./units.ts";

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;

const shape = object({
  memory: field(
    bytes({ least: MIB, most: 4096 * MIB }).prefault(sizeText(DEFAULT_LIMITS.memoryBytes)),
    "Linear memory of one instance, all its memories together.",
  ),
  timeout: field(
    duration({ least: 1, most: DAY_MS }).prefault(timeText(DEFAULT_LIMITS.timeoutMs)),
    "Wall time of one hop. In a cluster, a pod that is to end has at least this long to finish what it has in hand.",
  ),
  concurrency: field(
    count({ least: 1, most: 1000 }).default(DEFAULT_LIMITS.concurrency),
    "Envelopes given to one replica at once.",
  ),
  emits: field(count({ least: 1, most: 1_000_000 }).default(DEFAULT_LIMITS.emits), "Emits in one hop."),
  emittedBytes: field(
    bytes({ least: 1, most: 1024 * MIB }).prefault(sizeText(DEFAULT_LIMITS.emittedBytes)),
    "Bytes of all payloads emitted in one hop.",
  ),
  logBytes: field(
    bytes({ least: 0, most: 1024 * MIB }).prefault(sizeText(DEFAULT_LIMITS.logBytes)),
    "Bytes of log text kept of one hop; what is over is dropped and counted.",
  ),
  hostCalls: field(
    count({ least: 1, most: 1000 }).default(DEFAULT_LIMITS.hostCalls),
    "Questions to the host, such as for state, that one hop may have open at once.",
  ),
  egressBytes: field(
    bytes({ least: 0, most: 64 * 1024 * MIB }).prefault(sizeText(DEFAULT_LIMITS.egressBytes)),
    "Bytes of all requests that one hop sends, and of their responses.",
  ),
  requests: field(
    count({ least: 0, most: 5000 }).default(DEFAULT_LIMITS.requests),
    "Requests that one hop sends; those that are refused count.",
  ),
  requestBytes: field(
    bytes({ least: 0, most: 1024 * MIB }).optional(),
    `Bytes of the body of one request. Without it, ${sizeText(DEFAULT_LIMITS.requestBytes)}.`,
  ),
  responseBytes: field(
    bytes({ least: 0, most: 1024 * MIB }).optional(),
    `Bytes of the body of one response. Without it, ${sizeText(DEFAULT_LIMITS.responseBytes)}.`,
  ),
  requestTimeout: field(
    duration({ least: 1, most: DAY_MS }).optional(),
    `Time of one request and its response. Without it, ${timeText(DEFAULT_LIMITS.requestMs)}.`,
  ),
  cpu: field(
    duration({ least: 20, most: DAY_MS }).optional(),
    "Processor time of one hop, counted in steps of some 20 ms. Without it, as much as there is in timeout.",
  ),
  residentMemory: field(
    bytes({ least: 128 * MIB, most: 64 * 1024 * MIB }).optional(),
    "Resident memory of the sandbox. Without it, 512Mi and that of the instances that can be in it.",
  ),
}, "an object, such as { memory: 128Mi, timeout: 30s }");

type Parsed = z.output<typeof shape>;

/** Whoever says so much has to say as much of what it is a part of; defaults may be more. */
function isPart<W extends "egressBytes" | "timeout">(
  part: "requestBytes" | "responseBytes" | "requestTimeout",
  whole: W,
) {
  const number = whole === "timeout" ? "duration" : "quantity";
  const asNumber = (name: string) =>
    whole === "timeout" ? `${number}(self.${name})` : `${number}(string(self.${name}))`;
  const isAtMost = whole === "timeout"
    ? `${asNumber(part)} <= ${asNumber(whole)}`
    : `${asNumber(part)}.compareTo(${asNumber(whole)}) <= 0`;
  return {
    cel: `!has(self.${part}) || ${isAtMost}`,
    holds: (limits: Parsed) => (limits[part] ?? 0) <= limits[whole],
    message: `is more than ${whole}, of which it is a part: raise ${whole} too, or lower it`,
    field: part,
  };
}

/** The field. */
export const limits = withRules(shape, [
  isPart("requestBytes", "egressBytes"),
  isPart("responseBytes", "egressBytes"),
  isPart("requestTimeout", "timeout"),
]);

/** What a host needs of it. */
export function limitsOf(parsed: Parsed): Limits {
  const { memory, timeout, cpu, residentMemory, requestTimeout, requestBytes, responseBytes, ...rest } =
    parsed;
  return {
    ...rest,
    memoryBytes: memory,
    timeoutMs: timeout,
    requestBytes: requestBytes ?? DEFAULT_LIMITS.requestBytes,
    responseBytes: responseBytes ?? DEFAULT_LIMITS.responseBytes,
    requestMs: requestTimeout ?? DEFAULT_LIMITS.requestMs,
    ...(cpu === undefined ? {} : { cpuMs: cpu }),
    ...(residentMemory === undefined ? {} : { residentBytes: residentMemory }),
  };
}
