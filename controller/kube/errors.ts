/**
 * What can go wrong between here and a cluster.
 *
 * @module
 */

import { type ErrorFamily, TroupeError } from "@troupe/host/errors";
import { z } from "zod";

/** What each code stands for is in docs/errors.md. */
export type KubeErrorCode =
  | "troupe.KubeConfig"
  | "troupe.KubeUnreachable"
  | "troupe.KubeTimeout"
  | "troupe.KubeUnauthorized"
  | "troupe.KubeForbidden"
  | "troupe.KubeNotFound"
  | "troupe.KubeUnknownKind"
  | "troupe.KubeAlreadyExists"
  | "troupe.KubeConflict"
  | "troupe.KubeGone"
  | "troupe.KubeInvalid"
  | "troupe.KubeTooManyRequests"
  | "troupe.KubeServerError"
  | "troupe.KubeBadAnswer";

/** One of the things that an API server finds wrong. */
export interface KubeCause {
  /** A word for programs, such as `FieldValueInvalid`, `FieldManagerConflict` or `NamespaceTerminating`. */
  readonly reason?: string | undefined;
  /** A sentence. */
  readonly message?: string | undefined;
  /** Where, such as `spec.scaling.max`. */
  readonly field?: string | undefined;
}

/** What is known of a failed call beyond its code. */
export interface KubeErrorDetails extends ErrorOptions {
  /** HTTP status; 0 when there was no answer. @default 0 */
  readonly status?: number;
  /** The API server's own word, such as `Conflict` or `Expired`. @default "" */
  readonly reason?: string;
  /** @default none */
  readonly causes?: readonly KubeCause[];
  /** How long the API server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** A call to the API server that did not do what it should; `code` says what a caller can do about it. */
export class KubeError extends TroupeError {
  declare readonly code: KubeErrorCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The API server's own word, such as `Conflict`; empty when there was none. */
  readonly reason: string;
  /** What exactly is wrong, where the API server says so. */
  readonly causes: readonly KubeCause[];
  /** How long the API server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /** @param message A sentence that names the call. */
  constructor(code: KubeErrorCode, message: string, details: KubeErrorDetails = {}) {
    const { status = 0, reason = "", causes = [], retryAfterMs, ...options } = details;
    super(code, FAMILY[code] ?? "system", message, options);
    this.status = status;
    this.reason = reason;
    this.causes = causes;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may do better later, with nothing changed by a person. */
  get isPassing(): boolean {
    return PASSING.has(this.code);
  }
}

/** Whether an error is of a call to the API server, and has one of these codes; of any code, when none is named. */
export function isKubeError(error: unknown, ...codes: readonly KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}

const FAMILY: Partial<Record<KubeErrorCode, ErrorFamily>> = {
  "troupe.KubeConfig": "user",
  "troupe.KubeUnauthorized": "user",
  "troupe.KubeForbidden": "user",
  "troupe.KubeUnknownKind": "user",
  "troupe.KubeInvalid": "user",
};

const PASSING: ReadonlySet<KubeErrorCode> = new Set<KubeErrorCode>([
  "troupe.KubeUnreachable",
  "troupe.KubeTimeout",
  "troupe.KubeConflict",
  "troupe.KubeGone",
  "troupe.KubeTooManyRequests",
  "troupe.KubeServerError",
]);

/** The `Status` object that the API server answers with, and that a watch ends with. */
export const StatusSchema = z.looseObject({
  kind: z.literal("Status"),
  code: z.number().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z.looseObject({
    retryAfterSeconds: z.number().optional(),
    causes: z.array(
      z.looseObject({
        reason: z.string().optional(),
        message: z.string().optional(),
        field: z.string().optional(),
      }),
    ).nullish(),
  }).nullish(),
});

/**
 * The error that an answer stands for.
 *
 * @param call What was asked, such as `PATCH /api/v1/namespaces/a/configmaps/b`.
 * @param status HTTP status.
 * @param body The answer's text, which is mostly a `Status` object.
 * @param retryAfter The header `Retry-After`, in seconds.
 */
export function errorOfAnswer(call: string, status: number, body: string, retryAfter?: string): KubeError {
  const answer = StatusSchema.safeParse(parsed(body)).data;
  const seconds = retryAfter === undefined ? answer?.details?.retryAfterSeconds : Number(retryAfter);
  const said = answer?.message ?? (body.trim().slice(0, 500) || "it said nothing");
  const reason = answer?.reason ?? "";
  return new KubeError(
    codeOf(status, reason),
    `${call}: ${said} (HTTP ${status}${reason && `, ${reason}`})`,
    {
      status,
      reason,
      causes: answer?.details?.causes ?? [],
      retryAfterMs: seconds !== undefined && seconds >= 0 ? seconds * 1000 : undefined,
    },
  );
}

function codeOf(status: number, reason: string): KubeErrorCode {
  if (reason === "AlreadyExists") return "troupe.KubeAlreadyExists";
  return BY_STATUS[status] ?? (status >= 500 ? "troupe.KubeServerError" : "troupe.KubeInvalid");
}

const BY_STATUS: Readonly<Record<number, KubeErrorCode>> = {
  401: "troupe.KubeUnauthorized",
  403: "troupe.KubeForbidden",
  404: "troupe.KubeNotFound",
  409: "troupe.KubeConflict",
  410: "troupe.KubeGone",
  429: "troupe.KubeTooManyRequests",
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, say: its text is all that there is.
    return undefined;
  }
}
