/**
 * The `mesh.yaml` of a mesh's folder, which says what its actors have in common. It need not be there.
 *
 * @module
 */

import { isActorName } from "@troupe/host/actor_name";
import { join } from "@std/path";
import { z } from "zod";
import { nearest } from "./nearest.ts";
import { readResource } from "./read_resource.ts";
import { API_VERSION } from "./resource.ts";

/** Name of the file. */
export const MESH_FILE = "mesh.yaml";

/** What a mesh's actors have in common. */
export interface MeshSpec {
  /** A DNS label; for people. */
  readonly name: string;
  /** Address of the queues, without user and password; undefined where the file does not say. */
  readonly transport: string | undefined;
  /** Address of the store, without a password; undefined where the file does not say. */
  readonly store: string | undefined;
  /** Address of a bucket; undefined where the file does not say. */
  readonly objects: string | undefined;
  /** Address of what actors keep, without a password; undefined where the file does not say. */
  readonly state: string | undefined;
}

const text = (what: string) => z.string(`has to be ${what}`);

/** The check of an address in which a user may stand, and a password may not. */
const withoutPassword = (variable: string) =>
  [
    (address: string) => !/^\w+:\/\/[^@]*:.*@/s.test(address),
    `must not hold a password: it comes from ${variable} or ${variable}_FILE`,
  ] as const;

const MeshResource = z.strictObject({
  apiVersion: z.literal(API_VERSION, `has to be ${API_VERSION}`),
  kind: z.literal("Mesh", "has to be Mesh"),
  metadata: z.strictObject({
    name: text("a name").refine(isActorName, "has to be a DNS label"),
  }, "has to be an object with a name"),
  spec: z.strictObject({
    transport: text("an address such as rabbitmq://broker.example/shop").refine(
      // A password may hold what ends a host, if nobody has escaped it: an @ anywhere counts.
      (address) => !/^\w+:\/\/.*@/s.test(address),
      "must not hold a user or a password: they come from TROUPE_RABBITMQ_USER, and TROUPE_RABBITMQ_PASSWORD or " +
        "TROUPE_RABBITMQ_PASSWORD_FILE",
    ).optional(),
    store: text("an address such as postgres://mesh@db.example/shop").refine(
      ...withoutPassword("TROUPE_STORE_PASSWORD"),
    ).optional(),
    objects: text("an address such as s3://shop/mesh?region=eu-central-1").refine(
      (address) => !address.includes("@"),
      "must not hold keys of an account: they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    ).optional(),
    state: text("an address such as redis://cache.example").refine(
      ...withoutPassword("TROUPE_STATE_PASSWORD"),
    ).optional(),
  }, "has to be an object, such as { transport: … }").default({}),
}, "has to be an object with apiVersion, kind, metadata and spec");

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "": ["apiVersion", "kind", "metadata", "spec"],
  metadata: ["name"],
  spec: ["transport", "store", "objects", "state"],
};

/**
 * Reads the file of a mesh's folder; undefined when there is none.
 *
 * @throws {ActorSpecError} with everything that is wrong with it.
 */
export async function readMeshFile(dir: string): Promise<MeshSpec | undefined> {
  const file = join(dir, MESH_FILE);
  let content: string;
  try {
    content = await Deno.readTextFile(file);
  } catch (error) {
    // A folder that does not exist is told of by whoever looks for the actors in it.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
  const { metadata, spec } = readResource(content, { file, schema: MeshResource, unknownField });
  const { transport, store, objects, state } = spec;
  return { name: metadata.name, transport, store, objects, state };
}

function unknownField(key: string, within: string): string {
  const known = FIELDS[within] ?? [];
  const meant = nearest(key, known);
  return `is not a field of a Mesh; ${
    meant === undefined ? `the fields here are ${known.join(", ")}` : `did you mean ${meant}?`
  }`;
}
