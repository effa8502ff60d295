/**
 * The `Actor` resource: what an `actor.yaml` may say, here and in a cluster.
 *
 * @module
 */

import { DEFAULT_LIMITS } from "@troupe/host/limits";
import { z } from "zod";
import { actorName, bytes, count, duration, literal, object, rate, wants } from "./_fields.ts";
import { grants, stateBucket } from "./grants_resource.ts";
import { httpRule, injectedHeader } from "./http_grant.ts";
import { policy, resiliency, rule, wantsOtherActors } from "./resiliency_resource.ts";

/** The version of the resource that is read here. */
export const API_VERSION = "troupe.dev/v1alpha1";

const MIB = 1024 * 1024;

const component = object({
  /** Path of the component, relative to the folder of the `actor.yaml`. */
  file: z.string(wants("a path")).refine(
    (path) => path !== "" && !/^([/\\]|[A-Za-z]:)/.test(path) && !path.includes("\0"),
    { error: "has to be a path relative to the folder of the actor.yaml" },
  ).optional(),
  /** Where to fetch it. */
  url: z.string(wants("an https URL")).refine(isHttps, {
    error: "has to be an https URL without credentials",
  })
    .optional(),
  /** SHA-256 of the component behind `url`, in hex. */
  sha256: z.string(wants("a SHA-256 in hex")).regex(/^[0-9a-f]{64}$/, {
    error: "has to be a SHA-256: 64 lower-case hex digits",
  }).optional(),
}, "an object with either file, or url and sha256").superRefine(({ file, url, sha256 }, context) => {
  const problem = (file === undefined) === (url === undefined)
    ? "has to have either file, or url and sha256"
    : url !== undefined && sha256 === undefined
    ? "has url, and needs sha256 with it: the component's SHA-256 in hex"
    : file !== undefined && sha256 !== undefined
    ? "has file and sha256: sha256 belongs to url; remove it"
    : undefined;
  if (problem) context.addIssue({ code: "custom", message: problem });
});

const limits = object({
  /** Linear memory of one instance. */
  memory: bytes({ least: MIB, most: 4096 * MIB }).default(DEFAULT_LIMITS.memoryBytes),
  /** Wall time of one hop. */
  timeout: duration({ least: 1, most: 24 * 3_600_000 }).default(DEFAULT_LIMITS.timeoutMs),
  /** Envelopes given to one replica at once. */
  concurrency: count({ least: 1, most: 1000 }).default(DEFAULT_LIMITS.concurrency),
  /** Emits in one hop. */
  emits: count({ least: 1, most: 1_000_000 }).default(DEFAULT_LIMITS.emits),
  /** Bytes of all payloads emitted in one hop. */
  emittedBytes: bytes({ least: 1, most: 1024 * MIB }).default(DEFAULT_LIMITS.emittedBytes),
  /** Bytes of log text kept of one hop. */
  logBytes: bytes({ least: 0, most: 1024 * MIB }).default(DEFAULT_LIMITS.logBytes),
  /** Questions to the host that one hop may have open at once. */
  hostCalls: count({ least: 1, most: 1000 }).default(DEFAULT_LIMITS.hostCalls),
  /** Bytes of all requests that one hop sends, and of their responses. */
  egressBytes: bytes({ least: 0, most: 64 * 1024 * MIB }).default(DEFAULT_LIMITS.egressBytes),
  /** Requests that one hop sends. */
  requests: count({ least: 0, most: 5000 }).default(DEFAULT_LIMITS.requests),
  /** Bytes of the body of one request. */
  requestBytes: bytes({ least: 0, most: 1024 * MIB }).optional(),
  /** Bytes of the body of one response. */
  responseBytes: bytes({ least: 0, most: 1024 * MIB }).optional(),
  /** Time of one request and its response. */
  requestTimeout: duration({ least: 1, most: 24 * 3_600_000 }).optional(),
  /** Processor time of one hop. */
  cpu: duration({ least: 20, most: 24 * 3_600_000 }).optional(),
  /** Resident memory of the sandbox. */
  residentMemory: bytes({ least: 128 * MIB, most: 64 * 1024 * MIB }).optional(),
}, "an object, such as { memory: 128Mi, timeout: 30s }").superRefine((limits, context) => {
  const { egressBytes, timeout } = limits;
  // Whoever says so much has to say as much of what it is a part of; defaults may be more.
  for (
    const [name, whole, most] of [
      ["requestBytes", "egressBytes", egressBytes],
      ["responseBytes", "egressBytes", egressBytes],
      ["requestTimeout", "timeout", timeout],
    ] as const
  ) {
    if ((limits[name] ?? 0) <= most) continue;
    const message = `is more than ${whole}, of which it is a part: raise ${whole} too, or lower it`;
    context.addIssue({ code: "custom", path: [name], message });
  }
});

const metadata = object({
  name: actorName,
  /** For whoever looks after it; without a meaning here. */
  labels: z.record(z.string(), z.string(), wants("an object of texts")).optional(),
  /** For whoever looks after it; without a meaning here. */
  annotations: z.record(z.string(), z.string(), wants("an object of texts")).optional(),
}, "an object with a name");

const spec = object({
  component,
  isolation: z.enum(["fresh", "reuse"], wants("fresh or reuse")).default("fresh"),
  limits: limits.prefault({}),
  grants: grants.prefault({}),
  resiliency: resiliency.prefault({}),
  /** How often it may run, all of its replicas together. */
  rate: rate.optional(),
}, "an object with a component");

/** The resource. Parsing fills in what is not said, sizes become bytes and times milliseconds. */
export const ActorResource = object({
  apiVersion: literal(API_VERSION),
  kind: literal("Actor"),
  metadata,
  spec,
}, `an object with apiVersion, kind, metadata and spec`).superRefine(wantsOtherActors);

/** The resource, parsed. */
export type ActorResource = z.infer<typeof ActorResource>;

/** The fields of each object of the resource, by its path; `[]` and `*` stand for any entry of a list or of a map. */
export const FIELDS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["", Object.keys(ActorResource.shape)],
  ["metadata", Object.keys(metadata.shape)],
  ["spec", Object.keys(spec.shape)],
  ["spec.component", Object.keys(component.shape)],
  ["spec.limits", Object.keys(limits.shape)],
  ["spec.grants", Object.keys(grants.shape)],
  ["spec.grants.secrets.*", ["env", "file"]],
  ["spec.grants.state", Object.keys(stateBucket.shape)],
  ["spec.grants.files[]", ["from", "path"]],
  ["spec.grants.http[]", Object.keys(httpRule.shape)],
  ["spec.grants.http[].headers.*", Object.keys(injectedHeader.shape)],
  ["spec.grants.http[].headers.*.from", ["env", "file"]],
  ["spec.resiliency", Object.keys(resiliency.shape)],
  ["spec.resiliency.policies.*", Object.keys(policy.shape)],
  ["spec.resiliency.rules[]", Object.keys(rule.shape)],
]);

/** Fields that the design has and this version has not, by path: they are refused by name. */
export const NOT_YET: ReadonlySet<string> = new Set([
  "metadata.namespace",
  ...["oci", "image", "configMap", "persistentVolumeClaim"].map((name) => `spec.component.${name}`),
  ...[
    "transport",
    "scaling",
    "resources",
    "env",
    "podTemplate",
    "queuePolicy",
    "suspend",
  ].map((name) => `spec.${name}`),
  ...["random"].map((name) => `spec.grants.${name}`),
]);

function isHttps(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "";
}
