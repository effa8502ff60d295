/**
 * Which mesh something belongs to, and what each mesh has of its own.
 *
 * A mesh is a namespace of queues on a transport. Its actors send to each other, and it has one crew, whose records nobody
 * else's may be mixed with: not in the same schema of a database, nor in the same folder of a bucket.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { CrewSettings } from "./installation_settings.ts";
import type { BucketSettings, ServerSettings } from "./storage_settings.ts";
import type { TransportSettings } from "./transport_settings.ts";

/** One mesh. */
export interface MeshPlace {
  /** Name of its transport in the controller's settings. */
  readonly transport: string;
  /** The namespace of its queues; that of its actors, where the transport's address names none. */
  readonly namespace: string;
}

/** What of the settings it takes to know the meshes. */
interface MeshSettings {
  readonly transports: Readonly<Record<string, TransportSettings>>;
  readonly store?: ServerSettings | undefined;
  readonly objects?: BucketSettings | undefined;
  readonly crew: CrewSettings;
}

/** Names of objects with it, and what Kubernetes adds to these, have to stay below 63 characters. */
const LONGEST = 40;
/** So that the folder of a mesh is not too long. */
const LONGEST_FOLDER = 200 - LONGEST - 1;
const HASH_DIGITS = 10;
const HASHED = new RegExp(`-[0-9a-f]{${HASH_DIGITS}}$`);

/**
 * A name of up to 40 characters: its namespace, where it is on the transport `default`. No two have the same.
 *
 * @example
 * ```ts
 * import { meshName } from "@troupe/controller/mesh_place";
 * import { assertEquals, assertMatch } from "@std/assert";
 *
 * assertEquals(meshName({ transport: "default", namespace: "shop" }), "shop");
 * assertMatch(meshName({ transport: "eu", namespace: "shop" }), /^eu-shop-[0-9a-f]{10}$/);
 * ```
 */
export function meshName({ transport, namespace }: MeshPlace): string {
  if (transport === "default" && namespace.length <= LONGEST && !HASHED.test(namespace)) return namespace;
  const hash = createHash("sha256").update(JSON.stringify([transport, namespace])).digest("hex");
  const plain = transport === "default" ? namespace : `${transport}-${namespace}`;
  return `${plain.slice(0, LONGEST - HASH_DIGITS - 1)}-${hash.slice(0, HASH_DIGITS)}`;
}

/** The address of a transport, with the namespace of a mesh: that which it names, or else this. */
export function transportAddress({ address }: TransportSettings, namespace: string): string {
  const query = queryOf(address);
  if (!query.has("namespace")) query.set("namespace", namespace);
  return `${address.split("?")[0]}?${query}`;
}

/** The address of a mesh's store: with a schema of its own, unless the settings name one. */
export function storeAddress({ address }: ServerSettings, mesh: MeshPlace): string {
  if (namesSchema(address)) return address;
  // Labels have no underscore, so that no two become the same.
  const schema = `troupe_${meshName(mesh).replaceAll("-", "_")}`;
  return `${address}${address.includes("?") ? "&" : "?"}schema=${schema}`;
}

/** The address of a mesh's part of the bucket. */
export function objectsAddress({ address }: BucketSettings, mesh: MeshPlace): string {
  const [where = "", query] = address.split("?");
  const whole = `${where.replace(/\/$/, "")}/${meshName(mesh)}`;
  return query === undefined ? whole : `${whole}?${query}`;
}

/** The meshes that have a crew. */
export function meshesOf({ transports, crew }: MeshSettings): MeshPlace[] {
  return Object.entries(transports).flatMap(([transport, settings]) => {
    if (!settings.crew) return [];
    const named = queryOf(settings.address).get("namespace");
    const namespaces = named === null ? [...new Set(crew.namespaces)] : [named];
    return namespaces.map((namespace) => ({ transport, namespace }));
  });
}

/** What is wrong with settings as far as crews are concerned. */
export function* crewProblems(
  settings: MeshSettings,
): Generator<{ readonly path: string[]; readonly message: string }> {
  const { store, objects, crew } = settings;
  const [folder = ""] = objects?.address.replace(/^s3:\/\/[^/]*\/?/, "").split("?") ?? [];
  if (folder.length > LONGEST_FOLDER) {
    yield {
      path: ["objects", "address"],
      message: `has a folder of more than ${LONGEST_FOLDER} characters: each mesh has its own below it`,
    };
  }
  if (crew.replicas > 1 && store === undefined) {
    yield {
      path: ["crew", "replicas"],
      message: "is more than 1, which needs a store: several processes on several nodes cannot share a file",
    };
  }
  if (crew.keepIds < crew.retention) {
    yield {
      path: ["crew", "keepIds"],
      message: "is less than retention: an id is known as long as its result",
    };
  }
  for (const [name, transport] of Object.entries(settings.transports)) {
    const meshes = meshesOf({ ...settings, transports: { [name]: transport } });
    if (meshes.length < 2 || queryOf(transport.address).get("mode") !== "asya") continue;
    yield {
      path: ["transports", name],
      message:
        `has mode=asya, where names of actors are those of all namespaces, and so one crew at most, not those of ` +
        `${
          meshes.map(({ namespace }) => namespace).join(", ")
        }: name a namespace in the address, or set crew to false`,
    };
  }
  if (store !== undefined && namesSchema(store.address)) {
    const meshes = meshesOf(settings);
    if (meshes.length > 1) {
      yield {
        path: ["store", "address"],
        message: `names a schema, and there are crews of ${meshes.map(meshName).join(", ")}: ` +
          "leave it out, and each has its own",
      };
    }
  }
}

function queryOf(address: string): URLSearchParams {
  return new URLSearchParams(address.split("?")[1] ?? "");
}

function namesSchema(address: string): boolean {
  return /[?&]schema=/.test(address);
}
