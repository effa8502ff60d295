/**
 * Signing in to a registry as it asks: with a password each time (Basic), or with a token that another server gives for this
 * one repository (Bearer).
 *
 * @module
 */

import { z } from "zod";
import { type Answer, type Question, wordsOf } from "./answer.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import { basicOf, type RegistryCredentials } from "./credentials.ts";
import { RegistryError } from "./errors.ts";

/** Who signs in, and for what. */
export interface SignIn {
  /** For messages. */
  readonly registry: string;
  /** Nobody, when there are none. */
  readonly credentials: RegistryCredentials | undefined;
  /** What may be done: `repository:shop/split:pull`. */
  readonly scope: string;
  /** Asks the server that gives tokens. */
  readonly ask: (question: Question) => Promise<Answer>;
  /** The address as one that may be asked; throws where that is not safe. */
  readonly safe: (url: string) => URL;
}

const TokenAnswer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
}).transform(({ token, access_token }) => token ?? access_token ?? "")
  // As it has to be in a header.
  .refine((token) => /^[\x21-\x7e]+$/.test(token), { error: "there is no token in it" });

/**
 * What the header `Authorization` has to say; undefined when there is no way for whoever asks.
 *
 * @param header `WWW-Authenticate` of the answer that asks for it.
 * @throws {RegistryError} when the server that gives tokens gives none.
 */
export async function signIn(header: string, options: SignIn): Promise<string | undefined> {
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters.realm);
  if (bearer) return `Bearer ${await fetchToken(bearer, options)}`;
  const { credentials } = options;
  const basic = challenges.some(({ scheme }) => scheme === "basic");
  return basic && credentials?.kind === "password" ? `Basic ${basicOf(credentials)}` : undefined;
}

async function fetchToken({ parameters }: Challenge, options: SignIn): Promise<string> {
  const { registry, credentials, scope, ask, safe } = options;
  const url = safe(parameters.realm as string);
  const wanted = { ...(parameters.service === undefined ? {} : { service: parameters.service }), scope };
  const answer = credentials?.kind === "identity-token"
    ? await ask({
      method: "POST",
      url,
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: "troupe",
        refresh_token: credentials.token,
        ...wanted,
      }),
    })
    : await ask({
      method: "GET",
      url: withQuery(url, wanted),
      ...(credentials === undefined ? {} : { headers: { authorization: `Basic ${basicOf(credentials)}` } }),
    });
  if (answer.status === 200) return readToken(answer.bytes, registry);
  const who = credentials === undefined
    ? "to nobody in particular"
    : `with the credentials out of ${credentials.from}`;
  throw new RegistryError(
    "troupe.RegistryDenied",
    `${registry} gives no token for ${scope} ${who} (status ${answer.status}${wordsOf(answer.bytes)}): ` +
      (credentials === undefined ? "sign in" : "see that they are right, and that they may do this"),
  );
}

function withQuery(url: URL, wanted: Readonly<Record<string, string>>): URL {
  const all = new URL(url);
  for (const [name, value] of Object.entries(wanted)) all.searchParams.set(name, value);
  return all;
}

function readToken(bytes: Uint8Array, registry: string): string {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Said below; the error would show a part of what may be a token.
  }
  const { data } = TokenAnswer.safeParse(json);
  if (data !== undefined) return data;
  throw new RegistryError(
    "troupe.RegistryUnreachable",
    `${registry} cannot be signed in to: the server that gives its tokens answers with something else than one`,
  );
}
