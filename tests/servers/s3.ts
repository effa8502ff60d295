/**
 * A real server of objects for tests, which speaks as S3 does: on loopback, with a port and a folder of its own.
 *
 * @module
 */

import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { join } from "@std/path";
import { lacks } from "../require.ts";
import { freePort, serverFolder, ServerProcess } from "./_process.ts";

/** The version that `.ci/run` installs. */
const VERSION = "v1.8.0";
/** How long a server may take to answer, in milliseconds. */
const START_PATIENCE_MS = 60_000;
/** Pause between two attempts to reach it, in milliseconds. */
const PROBE_MS = 20;

/** Whether tests that need a server are to be skipped on this machine. */
export function lacksS3(): boolean {
  return lacks("versitygw", `go install github.com/versity/versitygw/cmd/versitygw@${VERSION}`);
}

/** A server that did not start. */
export class S3ServerError extends Error {
  override readonly name = "S3ServerError";
}

/** A running server. */
export class S3Server {
  readonly host = "127.0.0.1";
  readonly port = freePort();
  /** What a process's environment says to be let in. */
  readonly keys = {
    AWS_ACCESS_KEY_ID: "TROUPETESTKEY",
    AWS_SECRET_ACCESS_KEY: "s3cret/k+y:of%tests",
    // Whoever has no keys is not to look for them on the network.
    AWS_EC2_METADATA_DISABLED: "true",
  };
  readonly #folder: string;
  readonly #client: S3Client;
  #server: ServerProcess;
  #buckets = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = this.#spawn();
    this.#client = new S3Client({
      endpoint: this.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      requestHandler: new FetchHttpHandler(),
      credentials: {
        accessKeyId: this.keys.AWS_ACCESS_KEY_ID,
        secretAccessKey: this.keys.AWS_SECRET_ACCESS_KEY,
      },
    });
  }

  /** Starts a server; resolves when it answers. */
  static async start(): Promise<S3Server> {
    const folder = await serverFolder("s3");
    await Deno.mkdir(join(folder, "data"));
    const server = new S3Server(folder);
    try {
      await server.#answers();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get endpoint(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** Makes a bucket that nobody else uses. @returns Its name. */
  async bucket(): Promise<string> {
    const name = `test-${++this.#buckets}`;
    await this.#client.send(new CreateBucketCommand({ Bucket: name }));
    return name;
  }

  /** Removes a bucket, with what is in it. */
  async removeBucket(name: string): Promise<void> {
    for (const key of await this.list(name)) {
      await this.#client.send(new DeleteObjectCommand({ Bucket: name, Key: key }));
    }
    await this.#client.send(new DeleteBucketCommand({ Bucket: name }));
  }

  /** Address of a bucket, as `--objects` takes it. @param where Bucket and prefix. */
  address(where: string, query: Record<string, string> = {}): string {
    return `s3://${where}?${new URLSearchParams({ endpoint: this.endpoint, ...query })}`;
  }

  /** The keys of the objects in a bucket, sorted. */
  async list(bucket: string, prefix = ""): Promise<string[]> {
    const keys: string[] = [];
    let next: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(next === undefined ? {} : { ContinuationToken: next }),
        }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
      next = page.NextContinuationToken;
    } while (next !== undefined);
    return keys.sort();
  }

  /** The text of an object. */
  async text(bucket: string, key: string): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString() ?? "";
  }

  /** Does something in whose surroundings these keys, or others, are. */
  async withKeys<T>(run: () => Promise<T>, others: Record<string, string> = {}): Promise<T> {
    const given = { ...this.keys, ...others };
    const before = Object.keys(given).map((name) => [name, Deno.env.get(name)] as const);
    for (const [name, value] of Object.entries(given)) Deno.env.set(name, value);
    try {
      return await run();
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    }
  }

  /** Kills the server with SIGKILL; its data stay. */
  kill9(): Promise<void> {
    return this.#server.kill9();
  }

  /** Starts it again on the same data, however it ended. */
  async restart(): Promise<void> {
    await this.#server.stop();
    this.#server = this.#spawn();
    await this.#answers();
  }

  /** SIGSTOP: it keeps its connections, and is silent. */
  freeze(): void {
    this.#server.signal("SIGSTOP");
  }

  /** SIGCONT. */
  resume(): void {
    this.#server.signal("SIGCONT");
  }

  /** Ends it, and removes everything that it has written. */
  async stop(): Promise<void> {
    this.#client.destroy();
    this.resume();
    // Its data go with it, and it waits for those who are connected.
    await this.#server.kill9();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #spawn(): ServerProcess {
    return new ServerProcess("versitygw", {
      args: ["--port", `${this.host}:${this.port}`, "--quiet", "--keep-alive", "posix", "data"],
      env: {
        HOME: this.#folder,
        PATH: Deno.env.get("PATH") ?? "",
        ROOT_ACCESS_KEY: this.keys.AWS_ACCESS_KEY_ID,
        ROOT_SECRET_KEY: this.keys.AWS_SECRET_ACCESS_KEY,
      },
      cwd: this.#folder,
      log: join(this.#folder, "server.log"),
    });
  }

  async #answers(): Promise<void> {
    const giveUp = performance.now() + START_PATIENCE_MS;
    while (!await this.#listens()) {
      if (this.#server.hasEnded || performance.now() > giveUp) {
        const log = await Deno.readTextFile(join(this.#folder, "server.log")).catch(() => "");
        throw new S3ServerError(`the server does not answer; its log ends with:\n${log.slice(-4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }

  async #listens(): Promise<boolean> {
    try {
      const response = await fetch(this.endpoint);
      await response.body?.cancel();
      return true;
    } catch {
      // It does not yet.
      return false;
    }
  }
}
