/**
 * `troupe send`: envelopes into the mesh.
 *
 * @module
 */

import { MAX_CLAIMED_ENVELOPE_BYTES } from "@troupe/host/crew/claim_check";
import { TroupeError } from "@troupe/host/errors";
import { idempotentId } from "@troupe/host/lineage";
import { openTracing } from "@troupe/host/observe/tracing";
import { newTraceContext } from "@troupe/host/trace_context";
import { submissionSpanId, submissionTraceId } from "@troupe/host/trace_ids";
import { join } from "@std/path";
import type { MeshFolder } from "../../mesh/folder.ts";
import { Output } from "../../view/output.ts";
import { countOf } from "../../view/quantity.ts";
import { findMesh } from "../data_folder.ts";
import { EXIT } from "../exit_code.ts";
import { deadJson, resultJson } from "../results/print.ts";
import { UsageError } from "../usage_error.ts";
import { BadLineError, type Line, readLines } from "./lines.ts";
import { Sender } from "./sender.ts";
import {
  checkRoute,
  parseDeadline,
  parseHeaders,
  type Submission,
  type SubmissionDefaults,
  submissionOf,
  submissionOfEnvelope,
} from "./submission.ts";
import { waitForTrees } from "./wait.ts";

/** Options of `troupe send`. */
export interface SendOptions {
  /** Undefined with `envelope`, where each has its own. */
  readonly route: readonly string[] | undefined;
  readonly payloads: readonly string[];
  readonly headers: readonly string[];
  readonly file?: string;
  readonly id?: string;
  readonly key?: string;
  readonly deadline?: string;
  readonly envelope: boolean;
  readonly wait: boolean;
  /** In milliseconds. */
  readonly timeout: number;
  readonly data?: string;
  readonly store?: string;
  /** Address of the queues. @default the one that the mesh was started with */
  readonly transport?: string;
}

/** The tenant of whoever uses the command: on one machine there is but one. */
const TENANT = "local";

/** A payload or envelope that cannot be sent, with the place where it stands. */
export class UnsendableError extends TroupeError {
  constructor(place: string, cause: TroupeError, sentBefore: string) {
    super(cause.code, cause.family, `${place}: ${cause.message}${sentBefore}`, { cause });
  }
}

/**
 * Sends.
 *
 * @returns The exit code.
 */
export async function send(options: SendOptions): Promise<number> {
  checkOptions(options);
  const defaults: SubmissionDefaults = {
    route: options.route ?? [],
    headers: parseHeaders(options.headers),
    deadline: options.deadline === undefined ? undefined : parseDeadline(options.deadline, new Date()),
    beginTrace: newTraceContext,
  };
  checkRoute(defaults.route);
  const folder = await findMesh(options);
  const tracing = await openTracing(Deno.env.toObject(), {
    service: "troupe",
    onFailure: (problem) => console.error(`troupe: its spans could not be sent: ${problem}`),
  });
  const transport = await folder.openTransport();
  const out = new Output();
  let sent: readonly string[] = [];
  try {
    const sender = await Sender.make(transport, { tracing, out: options.wait ? undefined : out });
    sender.checkRoute(defaults.route);
    if (options.key !== undefined) {
      await sendUnderKey(options.key, options.payloads[0] ?? "", { sender, defaults, folder });
    } else {
      await sendAll(options, { sender, defaults });
    }
    sent = sender.sent;
    await out.flush();
  } finally {
    await transport.close();
    await tracing.close();
  }
  return options.wait ? await waitForResults(sent, { folder, out, timeoutMs: options.timeout }) : EXIT.ok;
}

function checkOptions(options: SendOptions): void {
  const { payloads, file, id, key, envelope } = options;
  if (file !== undefined && payloads.length > 0) {
    throw new UsageError("Payloads come from the command line or from --file, not from both");
  }
  if (file === undefined && payloads.length === 0) {
    throw new UsageError("No payload: write a JSON text, or name a file with --file (- for standard input)");
  }
  if ((id !== undefined || key !== undefined) && payloads.length !== 1) {
    throw new UsageError("--id and --key are for one envelope: give one payload");
  }
  if (id !== undefined && key !== undefined) throw new UsageError("--key makes the id: leave --id away");
  if (id === "" || key === "") throw new UsageError("--id and --key must not be empty");
  if (envelope && [id, key, options.deadline, ...options.headers].some((given) => given !== undefined)) {
    throw new UsageError(
      "With --envelope, ids, headers and deadlines are in the envelopes: leave the options away",
    );
  }
}

interface Sending {
  readonly sender: Sender;
  readonly defaults: SubmissionDefaults;
}

async function sendAll(options: SendOptions, { sender, defaults }: Sending): Promise<void> {
  const submit = (text: string): Submission => {
    if (!options.envelope) return submissionOf(text, options.id ?? crypto.randomUUID(), defaults);
    const submission = submissionOfEnvelope(text, defaults);
    sender.checkRoute([submission.to]);
    return submission;
  };
  if (options.file === undefined) {
    // Few enough to be checked before the first of them is sent.
    const batch = options.payloads.map((text, i) => orUsage(() => submit(text), i + 1));
    return await sender.publish(batch);
  }
  const name = options.file === "-" ? "standard input" : options.file;
  try {
    for await (
      const lines of readLines(await openFile(options.file), { maxBytes: MAX_CLAIMED_ENVELOPE_BYTES })
    ) {
      await sendLines(lines, { sender, submit, name });
    }
  } catch (error) {
    if (!(error instanceof BadLineError)) throw error;
    await sendLines(error.before, { sender, submit, name });
    throw new UnsendableError(name, error, sentBefore(sender));
  }
}

async function sendLines(
  lines: readonly Line[],
  { sender, submit, name }: { sender: Sender; submit: (text: string) => Submission; name: string },
): Promise<void> {
  const batch: Submission[] = [];
  for (const { number, text } of lines) {
    try {
      batch.push(submit(text));
    } catch (error) {
      if (!(error instanceof TroupeError)) throw error;
      await sender.publish(batch);
      throw new UnsendableError(`${name}, line ${number}`, error, sentBefore(sender));
    }
  }
  await sender.publish(batch);
}

function sentBefore({ sent }: Sender): string {
  if (sent.length === 0) return " (nothing was sent)";
  return ` (${countOf(sent.length, "envelope")} before it ${sent.length === 1 ? "was" : "were"} sent)`;
}

function orUsage(submit: () => Submission, number: number): Submission {
  try {
    return submit();
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    throw new UsageError(
      `payload ${number}: ${error.message}. Put a JSON text into single quotes: '{"a":1}'`,
      {
        cause: error,
      },
    );
  }
}

async function openFile(file: string): Promise<ReadableStream<Uint8Array>> {
  if (file === "-") return Deno.stdin.readable;
  try {
    return (await Deno.open(file)).readable;
  } catch (error) {
    throw new UsageError(`--file ${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

async function sendUnderKey(
  key: string,
  payload: string,
  { sender, defaults, folder }: Sending & { readonly folder: MeshFolder },
): Promise<void> {
  const id = await idempotentId(TENANT, key);
  // Whoever sends it again goes on with the same trace.
  const trace = { traceId: await submissionTraceId(id), spanId: await submissionSpanId(id), sampled: true };
  const submission = orUsage(() => submissionOf(payload, id, { ...defaults, beginTrace: () => trace }), 1);
  const { KeyBook } = await import("./keys.ts");
  // Which keys there were is known here and nowhere else.
  await folder.mustExist();
  const keys = new KeyBook(join(folder.path, "keys.db"));
  try {
    const { route, headers } = defaults;
    if (await keys.claim(key, JSON.stringify([route, headers, payload.trim()]))) {
      console.error("It was sent before under this key, and is not sent again.");
      await sender.acknowledge([id]);
    } else {
      await sender.publish([submission]);
      keys.sent(key);
    }
  } finally {
    keys.close();
  }
}

async function waitForResults(
  sent: readonly string[],
  { folder, out, timeoutMs }: { folder: MeshFolder; out: Output; timeoutMs: number },
): Promise<number> {
  const store = await folder.openStore();
  try {
    let allSucceeded = true;
    const missing = await waitForTrees(sent, {
      store,
      timeoutMs,
      async onTree({ results, dead }) {
        if (dead.length > 0 || results.some(({ phase }) => phase !== "succeeded")) allSucceeded = false;
        for (const result of results) await out.line(resultJson(result));
        for (const record of dead) await out.line(deadJson(record));
        await out.flush();
      },
    });
    await out.flush();
    if (missing.length > 0) {
      console.error(
        `${countOf(missing.length, "envelope")} of ${sent.length} did not come to an end in time, ` +
          `such as ${missing[0]}: "troupe trace" says how far it has come. Is "troupe up" running?`,
      );
      return EXIT.timedOut;
    }
    return allSucceeded ? EXIT.ok : EXIT.failed;
  } finally {
    await store.close();
  }
}
