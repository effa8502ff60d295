/**
 * Credentials out of docker's `config.json`, which is what a Secret of type `kubernetes.io/dockerconfigjson` holds, too.
 *
 * @module
 */

import { join } from "@std/path";
import { z } from "zod";
import type { RegistryCredentials } from "./credentials.ts";
import { RegistryCredentialsError } from "./errors.ts";
import type { OciReference } from "./reference.ts";

const Entry = z.looseObject({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const Config = z.looseObject({
  auths: z.record(z.string(), Entry).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

/** The `config.json`: in the folder that `DOCKER_CONFIG` names, or in `~/.docker`; undefined where there is neither. */
export function dockerConfigFile(
  env: (name: string) => string | undefined = Deno.env.get,
): string | undefined {
  const folder = env("DOCKER_CONFIG") || (env("HOME") && join(env("HOME") as string, ".docker"));
  return folder ? join(folder, "config.json") : undefined;
}

/**
 * What the file has for a registry; undefined when it has nothing, or there is no file: one comes as nobody.
 *
 * @param reference What is pulled or pushed.
 * @param file The `config.json`. @default as {@linkcode dockerConfigFile} finds it
 * @throws {RegistryCredentialsError} when the file cannot be read, or a helper keeps the credentials: none is run.
 */
export async function dockerCredentials(
  reference: Pick<OciReference, "registry" | "repository">,
  file = dockerConfigFile(),
): Promise<RegistryCredentials | undefined> {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new RegistryCredentialsError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    );
  }
  return credentialsIn(text, { reference, file });
}

/** As {@linkcode dockerCredentials}, in a text. @throws {RegistryCredentialsError} as there */
export function credentialsIn(
  text: string,
  { reference, file }: {
    readonly reference: Pick<OciReference, "registry" | "repository">;
    readonly file: string;
  },
): RegistryCredentials | undefined {
  const { auths = {}, credsStore, credHelpers = {} } = parse(text, file);
  const key = bestKey(Object.keys(auths), reference);
  const found = key === undefined ? undefined : read(auths[key] as z.infer<typeof Entry>, { key, file });
  if (found) return found;
  const helper = credHelpers[bestKey(Object.keys(credHelpers), reference) ?? ""] ??
    // Docker leaves an empty entry for whoever is in its store.
    (key === undefined ? undefined : credsStore);
  if (helper === undefined) return undefined;
  throw new RegistryCredentialsError(
    `${file} says that the credential helper ${JSON.stringify(helper)} keeps the credentials for ` +
      `${reference.registry}; helpers are not run here. Let DOCKER_CONFIG lead to a folder whose config.json has them ` +
      `under auths: {"auths":{"${reference.registry}":{"username":"…","password":"…"}}}`,
  );
}

function parse(text: string, file: string): z.infer<typeof Config> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The error would show a part of the text.
    throw new RegistryCredentialsError(`${file} is no JSON: write it as docker login does`);
  }
  const { data, error } = Config.safeParse(json);
  if (data) return data;
  const places = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new RegistryCredentialsError(`${file} is not as docker login writes it: ${places}`);
}

function read(
  { auth, username, password, identitytoken }: z.infer<typeof Entry>,
  { key, file }: { readonly key: string; readonly file: string },
): RegistryCredentials | undefined {
  const from = `${file} (auths, ${key})`;
  if (identitytoken) return { kind: "identity-token", token: identitytoken, from };
  if (username !== undefined && password !== undefined) return { kind: "password", username, password, from };
  if (!auth) return undefined;
  const [, name, secret] = /^([^:]*):([\s\S]*)$/.exec(decode(auth) ?? "") ?? [];
  if (name === undefined || secret === undefined) {
    throw new RegistryCredentialsError(`${from}: auth is not USERNAME:PASSWORD in base64; sign in again`);
  }
  return { kind: "password", username: name, password: secret, from };
}

function decode(base64: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(base64.trim()));
  } catch {
    // The caller says what it should be.
    return undefined;
  }
}

/** Docker's own registry is kept under a name of its own. */
const HUB = "docker.io";
const HUB_KEY = "index.docker.io";

/**
 * The key that fits best. A key is a host, with or without a scheme; with a path it is about repositories below that. A star
 * stands for a part of the host's name, as in a cluster's Secrets.
 */
function bestKey(
  keys: readonly string[],
  { registry, repository }: Pick<OciReference, "registry" | "repository">,
): string | undefined {
  const host = registry.toLowerCase();
  const names = host === HUB ? [HUB, HUB_KEY] : [host];
  const fitting = keys.flatMap((key) => {
    const [at = "", ...path] = key.replace(/^https?:\/\//i, "").split("/");
    // Paths of the API, which docker wrote for some registries.
    const folder = path.join("/").replace(/\/+$/, "").replace(/^v[12]$/, "");
    if (!names.some((name) => fits(name, at.toLowerCase()))) return [];
    if (folder !== "" && folder !== repository && !repository.startsWith(`${folder}/`)) return [];
    return [{ key, rank: folder.length * 2 + (at.includes("*") ? 0 : 1) }];
  });
  return fitting.sort((a, b) => b.rank - a.rank)[0]?.key;
}

function fits(host: string, pattern: string): boolean {
  if (!pattern.includes("*")) return host === pattern;
  const parts = pattern.split(".").map((part) => part.split("*").map(RegExp.escape).join("[^.]*"));
  return new RegExp(`^${parts.join("\\.")}$`).test(host);
}
