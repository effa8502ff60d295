/**
 * What a Redis server says of itself: how durable its writes are, and whether it throws away what it has no room for.
 *
 * @module
 */

import { StateUnavailableError } from "../errors.ts";
import type { Durability } from "../store.ts";
import { type RedisConnection, RedisRefusal } from "./connection.ts";
import { RedisSetupError } from "./errors.ts";
import type { Reply } from "./link.ts";

/** A text that a server gives, as far as it lets it be read; empty where it does not. */
async function ask(connection: RedisConnection, command: readonly string[]): Promise<string> {
  try {
    const reply = await connection.send(command);
    const texts: readonly Reply[] = Array.isArray(reply) ? reply : [reply];
    return texts.map((text) => new TextDecoder().decode(text as Uint8Array)).join(" ");
  } catch (error) {
    // Servers that are run by others often do not let themselves be asked.
    const isDenied = error instanceof RedisRefusal ||
      (error instanceof StateUnavailableError && error.message.includes("NOPERM"));
    if (isDenied) return "";
    throw error;
  }
}

/**
 * Looks at a server.
 *
 * @returns How durable its writes are.
 * @throws {RedisSetupError} when it throws away whatever it likes: a bucket that is half gone is worse than none.
 */
export async function inspectServer(connection: RedisConnection): Promise<Durability> {
  const memory = await ask(connection, ["INFO", "memory"]);
  if (/^maxmemory_policy:allkeys/m.test(memory) && !/^maxmemory:0\s*$/m.test(memory)) {
    throw new RedisSetupError(
      connection.name,
      "it throws away what it has no room for, whatever that is. Set maxmemory-policy to noeviction, or use another server",
    );
  }
  const persistence = await ask(connection, ["INFO", "persistence"]);
  if (persistence === "") return "unknown";
  if (!/^aof_enabled:1/m.test(persistence)) return "later";
  await checkLoading(connection);
  const [, policy] = (await ask(connection, ["CONFIG", "GET", "appendfsync"])).split(" ");
  return policy === "always"
    ? "write"
    : policy === "everysec"
    ? "second"
    : policy === "no"
    ? "later"
    : "unknown";
}

/**
 * Servers read their append-only file as their user `default`. Up to version 7, and in some of 8, what was written in one piece, as all of
 * ours is, is silently left out then if that user may not write: https://github.com/redis/redis/issues/14541.
 *
 * @throws {RedisSetupError} when it would be so. Whoever may not see it, does not.
 */
async function checkLoading(connection: RedisConnection): Promise<void> {
  const [, version] = /^redis_version:(\d+)/m.exec(await ask(connection, ["INFO", "server"])) ?? [];
  if (Number(version ?? 0) > 7) return;
  const rules = await ask(connection, ["ACL", "LIST"]);
  const [, rule] = /(?:^| )user default (.*?)(?: user |$)/.exec(rules) ?? [];
  if (rule === undefined || /^on .*~\* .*\+@all$/.test(rule)) return;
  throw new RedisSetupError(
    connection.name,
    "when it is restarted it loses what it acknowledged, as it reads its file as its user default, which may not write. " +
      "Give that user a password and ~* &* +@all, instead of switching it off",
  );
}
