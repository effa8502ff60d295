/**
 * A real OCI registry for tests: on loopback, with a port and a folder of its own.
 *
 * @module
 */

import { join } from "@std/path";
import { stringify } from "yaml";
import { lacks } from "../require.ts";
import { freePort, serverFolder, ServerProcess } from "./_process.ts";
import { TokenServer } from "./_token_server.ts";

/** The version that `.ci/run` installs. */
const VERSION = "v3.0.0";
/** How long a server may take to answer, in milliseconds. */
const START_PATIENCE_MS = 60_000;
/** Pause between two attempts to reach it, in milliseconds. */
const PROBE_MS = 20;

/** Whether tests that need a registry are to be skipped on this machine. */
export function lacksRegistry(): boolean {
  return lacks("registry", `go install github.com/distribution/distribution/v3/cmd/registry@${VERSION}`);
}

/** A registry that did not start. */
export class RegistryServerError extends Error {
  override readonly name = "RegistryServerError";
}

/** How a registry is started. */
export interface RegistryServerOptions {
  /**
   * Who is let in: anybody; who has the password; or who has a token, which a server beside it gives to anybody for reading
   * and to who has the password for writing. @default anybody
   */
  readonly auth?: "none" | "password" | "token";
  /** PEM; it then speaks TLS. @default none */
  readonly certificate?: { readonly key: string; readonly cert: string };
}

/** The user of every registry that asks for one. */
export const REGISTRY_USER = { username: "ada", password: "s3cret/p:w%of tests" } as const;
/** The same, with bcrypt, as `htpasswd -B` writes it. */
const HTPASSWD = `${REGISTRY_USER.username}:$2a$04$0.t3GjaUVhqkzAWsdXilt.2I4NoBsYqol/LUrZ.rPZtuH7.TfgWze\n`;

/** A running registry. */
export class RegistryServer {
  readonly port = freePort();
  /** As references begin. */
  readonly name: string;
  /** Its folder; `data` is where it keeps what was pushed. */
  readonly folder: string;
  /** The server of its tokens, when it wants tokens. */
  readonly tokens: TokenServer | undefined;
  readonly #options: RegistryServerOptions;
  #server: ServerProcess | undefined;

  private constructor(folder: string, options: RegistryServerOptions) {
    this.folder = folder;
    this.#options = options;
    // Nobody speaks TLS to 127.0.0.1; this is the same address.
    this.name = `${options.certificate ? "127.1" : "127.0.0.1"}:${this.port}`;
    this.tokens = options.auth === "token" ? new TokenServer(REGISTRY_USER) : undefined;
  }

  /** Starts a registry; resolves when it answers. */
  static async start(options: RegistryServerOptions = {}): Promise<RegistryServer> {
    const server = new RegistryServer(await serverFolder("registry"), options);
    try {
      await server.#configure();
      await server.#spawn();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Kills it with SIGKILL; what was pushed stays. */
  async kill9(): Promise<void> {
    await this.#server?.kill9();
  }

  /** Starts it again on the same data, however it ended. */
  async restart(): Promise<void> {
    await this.#server?.stop();
    await this.#spawn();
  }

  /** SIGSTOP: it keeps its connections, and is silent. */
  freeze(): void {
    this.#server?.signal("SIGSTOP");
  }

  /** SIGCONT. */
  resume(): void {
    this.#server?.signal("SIGCONT");
  }

  /** Ends it, and removes everything that it has written. */
  async stop(): Promise<void> {
    this.resume();
    await this.#server?.kill9();
    await this.tokens?.close();
    await Deno.remove(this.folder, { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** What the registry has been asked, a line each: method, path and status. */
  async requests(): Promise<string[]> {
    const log = await this.#log();
    return [...log.matchAll(/"(GET|HEAD|PUT|POST|PATCH|DELETE) (\S+) HTTP\/[\d.]+" (\d+)/g)]
      .map(([, method, path, status]) => `${method} ${path} ${status}`);
  }

  async #configure(): Promise<void> {
    const { certificate } = this.#options;
    if (certificate) {
      await Deno.writeTextFile(join(this.folder, "cert.pem"), certificate.cert);
      await Deno.writeTextFile(join(this.folder, "key.pem"), certificate.key);
    }
    await Deno.writeTextFile(join(this.folder, "htpasswd"), HTPASSWD);
    if (this.tokens) await Deno.writeTextFile(join(this.folder, "jwks.json"), this.tokens.jwks);
    const config = {
      version: 0.1,
      log: { level: "info" },
      storage: { filesystem: { rootdirectory: join(this.folder, "data") }, delete: { enabled: true } },
      http: {
        addr: `127.0.0.1:${this.port}`,
        secret: "of tests",
        ...(certificate
          ? { tls: { certificate: join(this.folder, "cert.pem"), key: join(this.folder, "key.pem") } }
          : {}),
      },
      ...this.#auth(),
    };
    await Deno.writeTextFile(join(this.folder, "config.yml"), stringify(config));
  }

  #auth() {
    const { auth = "none" } = this.#options;
    if (auth === "none") return {};
    if (auth === "password") {
      return { auth: { htpasswd: { realm: "tests", path: join(this.folder, "htpasswd") } } };
    }
    const { realm = "", service = "", issuer = "" } = this.tokens ?? {};
    return { auth: { token: { realm, service, issuer, jwks: join(this.folder, "jwks.json") } } };
  }

  async #spawn(): Promise<void> {
    const server = new ServerProcess("registry", {
      args: ["serve", "config.yml"],
      // It would look for a collector of spans.
      env: { HOME: this.folder, PATH: Deno.env.get("PATH") ?? "", OTEL_TRACES_EXPORTER: "none" },
      cwd: this.folder,
      log: join(this.folder, "server.log"),
    });
    this.#server = server;
    const giveUp = performance.now() + START_PATIENCE_MS;
    while (!await this.#listens()) {
      if (server.hasEnded || performance.now() > giveUp) {
        throw new RegistryServerError(
          `it does not answer; its log ends with:\n${(await this.#log()).slice(-4_000)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }

  async #listens(): Promise<boolean> {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port: this.port })).close();
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      return false;
    }
  }

  async #log(): Promise<string> {
    return await Deno.readTextFile(join(this.folder, "server.log"));
  }
}
