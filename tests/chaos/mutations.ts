/**
 * Working trees with one promise of the mesh broken on purpose: an account that does not notice is worth nothing.
 *
 * @module
 */

import { assert } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** One change of the source that breaks a promise. */
export interface Mutation {
  /** Which promise, in a few words. */
  readonly what: string;
  /** By file: texts that stand in it exactly once, and what they become. */
  readonly changes: Readonly<Record<string, readonly (readonly [text: string, becomes: string])[]>>;
}

/** A delivery is gone before what it causes is safe. */
export const ACK_BEFORE_PUBLISH: Mutation = {
  what: "a delivery is acknowledged before what it causes is published",
  changes: {
    "host/transport/embedded/mod.ts": [[
      "    for (const message of messages) this.#messages.insert(message, now);\n    return { outcomes",
      "    setTimeout(() => this.#closing || this.publish(messages), 30 + now % 2);\n    return { outcomes",
    ]],
  },
};

/** The same on RabbitMQ. */
export const RABBITMQ_ACK_BEFORE_PUBLISH: Mutation = {
  what: "a delivery is acknowledged before what it causes is published",
  changes: {
    "host/transport/rabbitmq/consumer.ts": [[
      "await this.#options.publish(messages, () => lease.alive);\n",
      "await this.#publishLate(lease, messages);\n",
    ], [
      " && lease.acknowledge();\n",
      " && (messages.length > 0 || lease.acknowledge());\n",
    ], [
      "  async #settle(",
      "  async #publishLate(lease: Lease, messages: readonly Outgoing[]): Promise<Outcome[]> {\n" +
      "    lease.acknowledge();\n" +
      "    await pause(50, this.#options.connector.closed);\n" +
      "    return await this.#options.publish(messages, () => true);\n" +
      "  }\n\n  async #settle(",
    ]],
  },
};

/** A hop that is run again makes other children. */
export const RANDOM_CHILD_IDS: Mutation = {
  what: "children have random ids",
  changes: {
    "host/lineage.ts": [[
      "  return deriveId([id, actor, hop, index]);",
      "  return deriveId([crypto.randomUUID(), id, actor, hop, index]);",
    ]],
  },
};

/** The same envelope is recorded as often as it arrives. */
export const STORE_NOT_KEYED: Mutation = {
  what: "the store is not keyed by id",
  changes: {
    "host/crew/sqlite_schema.ts": [["  id TEXT NOT NULL UNIQUE,", "  id TEXT NOT NULL,"]],
    "host/crew/result_identity.ts": [['  if (!known) return "new";', '  if (!known || known) return "new";']],
  },
};

/** Copies the working tree into a folder and breaks the promise there. */
export async function mutate({ changes }: Mutation, folder: string): Promise<void> {
  const { stdout, success } = await new Deno.Command("git", {
    args: ["-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
  }).output();
  assert(success, "git cannot list the working tree");
  for (const path of new TextDecoder().decode(stdout).split("\0").filter(Boolean)) {
    await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
    // A file that was deleted and not yet committed is still listed.
    await Deno.copyFile(join(ROOT, path), join(folder, path)).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
  for (const [file, texts] of Object.entries(changes)) {
    let text = await Deno.readTextFile(join(folder, file));
    for (const [before, after] of texts) {
      assert(text.split(before).length === 2, `${file} does not have this once: ${before}`);
      text = text.replace(before, () => after);
    }
    await Deno.writeTextFile(join(folder, file), text);
  }
}
