/**
 * What the command line of a host says.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { z } from "zod";
import { CREW } from "./actor_name.ts";
import { DEFAULT_RETENTION, type Retention } from "./crew/retention.ts";
import { isCrewName } from "./crew/run.ts";
import { durationOf } from "./duration.ts";
import { UsageError } from "./usage_error.ts";

/** How it goes. */
export const USAGE = `Runs one replica of an actor, or a member of the crew.

  main.ts ACTOR.yaml --transport ADDRESS --cache FOLDER
  main.ts ${CREW.join("|")} --transport ADDRESS --store STORE

  --transport ADDRESS    where the queues are; or TROUPE_TRANSPORT
  --cache FOLDER         for transpiled components
  --store STORE          where results are kept, and what waits: a SQLite file, or
                         postgres://USER@HOST/DATABASE; or TROUPE_STORE. An actor needs
                         it for payloads that are too large to travel
  --objects BUCKET       where such payloads are kept instead, and copies of what ended:
                         s3://BUCKET/PREFIX?region=REGION; or TROUPE_OBJECTS
  --state STORE          where actors keep what they are granted to keep: a SQLite file, or
                         redis://HOST:PORT; or TROUPE_STATE (state.db beside an embedded
                         transport's file)
  --retention TIME       how long x-sink keeps what ended (7d)
  --keep-ids TIME        how long it knows the ids of that, so that a late repeat is one (14d)
  --no-claims            has the crew send payloads on with their envelopes, however large: where actors have
                         neither its store nor a bucket
  --require-hardening    does not start an actor when a layer around its sandbox is missing that
                         the kernel should give; see docs/hardening.md
  --metrics-port PORT    serves /healthz, /readyz and /metrics; 0 takes any port that is free
  --metrics-host ADDRESS on this address of the machine (127.0.0.1); in a pod its own, or 0.0.0.0
  --no-restore           makes an instance anew for each envelope, also where a used one can be
                         put back to where it began
  --log json|text        how log lines look (json)
  --help                 prints this

A first SIGTERM or SIGINT takes no more envelopes, finishes those in hand and ends; a second one gives them back and ends
at once. Exit codes: 0 it has ended, 1 it cannot run, 2 the command line is wrong.
`;

/** What the command line says. */
export interface Settings {
  /** A member of the crew, or the file of an actor's spec. */
  readonly what: string;
  readonly isCrew: boolean;
  readonly transport: string;
  /** Address of the store; an actor's host needs it only for payloads that are too large to travel. */
  readonly store: string;
  /** Address of a bucket; empty for none. */
  readonly objects: string;
  /** Address of what actors keep; empty for none. */
  readonly state: string;
  /** Folder for transpiled components; empty for the crew. */
  readonly cache: string;
  readonly retention: Retention;
  /** Whether a missing layer around the sandbox is a reason not to start. */
  readonly insists: boolean;
  /** Where health and metrics are served; undefined for nowhere. */
  readonly listen: { readonly port: number; readonly hostname: string } | undefined;
  /** See `StageOptions.restore`. */
  readonly restore: boolean;
  /** Whether the crew puts payloads that are large where actors find them. */
  readonly claims: boolean;
  readonly format: "json" | "text";
}

const duration = (option: string) =>
  z.string().transform((text, context) => {
    const ms = durationOf(text);
    if (ms !== undefined && ms > 0) return ms;
    context.addIssue({ code: "custom", message: `--${option} is a length of time such as 12h or 7d` });
    return z.NEVER;
  });

const Options = z.object({
  transport: z.string().min(1, "--transport is missing: say where the queues are, or set TROUPE_TRANSPORT"),
  cache: z.string(),
  store: z.string(),
  objects: z.string(),
  state: z.string(),
  retention: duration("retention").default(DEFAULT_RETENTION.keepMs),
  "keep-ids": duration("keep-ids").default(DEFAULT_RETENTION.keepIdsMs),
  "metrics-port": z.string().regex(/^\d{1,5}$/, "--metrics-port is a number from 0 to 65535").transform(
    Number,
  )
    .pipe(z.number().max(65_535, "--metrics-port is a number from 0 to 65535")).optional(),
  "metrics-host": z.string().refine(
    (text) => isIP(text) !== 0,
    "--metrics-host is an address, such as 127.0.0.1, 0.0.0.0 or ::",
  ),
  "no-restore": z.boolean(),
  "no-claims": z.boolean(),
  "require-hardening": z.boolean(),
  log: z.enum(["json", "text"], "--log is json or text"),
  help: z.boolean(),
});

/** Reads it; undefined when it asks for help. @throws {UsageError} */
export function readSettings(args: readonly string[]): Settings | undefined {
  const { values, positionals } = parseCommandLine(args);
  if (values.help) return undefined;
  const read = Options.safeParse(values);
  if (!read.success) throw new UsageError(read.error.issues.map(({ message }) => message).join("; "));
  const {
    transport,
    cache,
    store,
    objects,
    log: format,
    "metrics-port": port,
    "metrics-host": hostname,
    "require-hardening": insists,
  } = read.data;
  const retention = { keepMs: read.data.retention, keepIdsMs: read.data["keep-ids"] };
  if (retention.keepIdsMs < retention.keepMs) {
    throw new UsageError("--keep-ids is less than --retention: an id is known as long as what came under it");
  }
  const [what, ...others] = positionals;
  if (!what) {
    throw new UsageError(`What is to be run is missing: an actor's yaml file, or one of ${CREW.join(", ")}`);
  }
  if (others.length > 0) {
    throw new UsageError(`One process runs one replica: ${others.join(" ")} is too much`);
  }
  const isCrew = isCrewName(what);
  if (isCrew && !store) throw new UsageError(`--store is missing: ${what} needs a place to record in`);
  if (!isCrew && !cache) throw new UsageError("--cache is missing: a folder for transpiled components");
  const restore = !read.data["no-restore"];
  const claims = !read.data["no-claims"];
  const state = read.data.state || stateBeside(transport);
  const listen = port === undefined ? undefined : { port, hostname };
  return {
    what,
    isCrew,
    transport,
    store,
    objects,
    state,
    cache,
    retention,
    listen,
    restore,
    claims,
    insists,
    format,
  };
}

/** Where actors keep things when nothing is said: beside the queues, where these are a file; else nowhere. */
function stateBeside(transport: string): string {
  const [, file] = /^embedded:(.+)$/s.exec(transport) ?? [];
  return file === undefined ? "" : join(dirname(file), "state.db");
}

function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        transport: { type: "string", default: Deno.env.get("TROUPE_TRANSPORT") ?? "" },
        cache: { type: "string", default: "" },
        store: { type: "string", default: Deno.env.get("TROUPE_STORE") ?? "" },
        objects: { type: "string", default: Deno.env.get("TROUPE_OBJECTS") ?? "" },
        state: { type: "string", default: Deno.env.get("TROUPE_STATE") ?? "" },
        retention: { type: "string" },
        "keep-ids": { type: "string" },
        "require-hardening": { type: "boolean", default: false },
        "metrics-port": { type: "string" },
        "metrics-host": { type: "string", default: "127.0.0.1" },
        "no-restore": { type: "boolean", default: false },
        "no-claims": { type: "boolean", default: false },
        log: { type: "string", default: "json" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
