/**
 * A server that gives tokens for a registry, as the token authentication of the distribution project has it.
 *
 * @module
 */

import { generateKeyPairSync, randomUUID, sign } from "node:crypto";

/** Gives tokens: to anybody for reading, to who has the password for writing, too. */
export class TokenServer {
  readonly service = "registry of tests";
  readonly issuer = "tokens of tests";
  /** What a registry is told of the key, a JSON text. */
  readonly jwks: string;
  /** A token that is exchanged for others, as a registry's sign-in gives it. */
  readonly identityToken: string = randomUUID();
  /** What has been asked, a line each: method, who and scope. */
  readonly asked: string[] = [];
  readonly #key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #user: { readonly username: string; readonly password: string };
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param user Who may write. */
  constructor(user: { readonly username: string; readonly password: string }) {
    this.#user = user;
    const key = this.#key.publicKey.export({ format: "jwk" });
    this.jwks = JSON.stringify({ keys: [{ ...key, kid: "tests", alg: "ES256", use: "sig" }] });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Where it is asked. */
  get realm(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/token`;
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const query = request.method === "POST"
      ? new URLSearchParams(await request.text())
      : new URL(request.url).searchParams;
    const who = this.#identify(request, query);
    const scope = query.get("scope") ?? "";
    this.asked.push(`${request.method} ${who ?? "a stranger"} ${scope}`);
    if (who === undefined || query.get("service") !== this.service) {
      const errors = [{ code: "UNAUTHORIZED", message: "who are you" }];
      return Response.json({ errors }, { status: 401 });
    }
    return Response.json({ [request.method === "POST" ? "access_token" : "token"]: this.#token(who, scope) });
  }

  #identify(request: Request, query: URLSearchParams): string | undefined {
    const { username, password } = this.#user;
    if (request.method === "POST") {
      const right = query.get("grant_type") === "refresh_token" &&
        query.get("refresh_token") === this.identityToken;
      return right ? username : undefined;
    }
    const header = request.headers.get("authorization");
    if (header === null) return "nobody";
    const basic = new TextEncoder().encode(`${username}:${password}`).toBase64();
    return header === `Basic ${basic}` ? username : undefined;
  }

  #token(who: string, scope: string): string {
    const [, type, name, actions = ""] = /^(\w+):(.+):([a-z,]+)$/.exec(scope) ?? [];
    const granted = actions.split(",").filter((action) => action === "pull" || who === this.#user.username);
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      sub: who,
      aud: this.service,
      iat: now,
      nbf: now - 10,
      exp: now + 300,
      jti: randomUUID(),
      access: type === undefined ? [] : [{ type, name, actions: granted }],
    };
    const signed = [{ alg: "ES256", typ: "JWT", kid: "tests" }, claims].map(encode).join(".");
    const signature = sign("sha256", new TextEncoder().encode(signed), {
      key: this.#key.privateKey,
      dsaEncoding: "ieee-p1363",
    });
    return `${signed}.${new Uint8Array(signature).toBase64({ alphabet: "base64url", omitPadding: true })}`;
  }
}

function encode(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
