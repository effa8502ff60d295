/**
 * The objects of one bucket, below one prefix: put until they are there, got, listed and deleted.
 *
 * @module
 */

import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { pause } from "../../pause.ts";
import { Slots } from "../../slots.ts";
import { StoreClosedError } from "../store_closed.ts";
import { type BucketAddress, bucketName } from "./address.ts";
import { Deadline } from "./deadline.ts";
import { BucketUnavailableError } from "./errors.ts";
import { BucketFailure } from "./failure.ts";

/** How long a request may take, with those that the client makes again by itself, in milliseconds. */
const REQUEST_MS = 30_000;
/** First and longest pause before an object is put again, in milliseconds. */
const RETRY_MS = { first: 50, longest: 2_000 };
/** Requests at once; others wait for their turn. */
const REQUESTS = 32;

/** An object of a listing. */
export interface ListedObject {
  /** Without the prefix. */
  readonly key: string;
  /** When it was put last, by the server's clock, in milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** A bucket. */
export class Bucket {
  /** The bucket as it is shown to people. */
  readonly name: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;
  readonly #onFailure: (error: unknown) => void;
  readonly #closing = new AbortController();
  readonly #slots = new Slots(REQUESTS);
  #problem = "";

  /** @param onFailure Told when objects cannot be put any more; they are tried again. */
  constructor(address: BucketAddress, onFailure: (error: unknown) => void) {
    const { bucket, prefix, endpoint, region, pathStyle } = address;
    this.name = bucketName(address);
    this.#bucket = bucket;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.#onFailure = onFailure;
    this.#client = new S3Client({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      forcePathStyle: pathStyle,
      // Servers that are compatible do not know the newest sums. What is got is compared with its own.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      // The runtime's own client: that of Node.js gathers listeners on connections that are used again.
      requestHandler: new FetchHttpHandler(),
    });
  }

  /** Why the last object could not be put that is tried again; empty when none is. */
  get problem(): string {
    return this.#problem;
  }

  /**
   * Puts an object, in place of one that has the key; tries again until it is there.
   *
   * @throws {StoreClosedError} when it is closed before that.
   */
  async put(key: string, body: Uint8Array): Promise<void> {
    for (let wait = RETRY_MS.first;; wait = Math.min(2 * wait, RETRY_MS.longest)) {
      try {
        await this.putOnce(key, body);
        this.#problem = "";
        return;
      } catch (error) {
        if (!(error instanceof BucketFailure)) throw error;
        const shown = error.toError(this.name);
        // Many wait at once: it is told when it begins.
        if (this.#problem === "") this.#onFailure(shown);
        this.#problem = shown.message;
        await pause(wait * (0.5 + Math.random() / 2), this.#closing.signal);
      }
    }
  }

  /** Puts an object. @throws {BucketFailure} */
  async putOnce(key: string, body: Uint8Array): Promise<void> {
    await this.#request((abortSignal) =>
      this.#client.send(
        new PutObjectCommand({
          ...this.#place(key),
          Body: body,
          ContentType: "application/json",
        }),
        { abortSignal },
      )
    );
  }

  /** The bytes of an object; undefined when there is none. @throws {BucketUnavailableError} and the like. */
  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await this.#ask(async (abortSignal) => {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#place(key)), { abortSignal });
      return await Body?.transformToByteArray() as Uint8Array<ArrayBuffer> | undefined;
    }, { absent: undefined });
  }

  /** The objects whose keys begin with something, page by page. @throws {BucketUnavailableError} and the like. */
  async *list(start: string): AsyncGenerator<readonly ListedObject[]> {
    for await (const { Contents = [] } of this.#pages(start)) {
      yield Contents.flatMap(({ Key, LastModified }) =>
        Key === undefined || LastModified === undefined
          ? []
          : [{ key: Key.slice(this.#prefix.length), modifiedAt: LastModified.getTime() }]
      );
    }
  }

  /** The folders in a folder, each with its whole path and a slash. @throws {BucketUnavailableError} and the like. */
  async folders(folder: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { CommonPrefixes = [] } of this.#pages(folder, "/")) {
      for (const { Prefix = "" } of CommonPrefixes) found.push(Prefix.slice(this.#prefix.length));
    }
    return found;
  }

  /** Deletes objects, up to a page of them. @throws {BucketUnavailableError} and the like. */
  async remove(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const Objects = keys.map((key) => ({ Key: this.#prefix + key }));
    const { Errors = [] } = await this.#ask((abortSignal) =>
      this.#client.send(
        new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }),
        { abortSignal },
      )
    );
    const [first] = Errors;
    if (!first) return;
    const failure = Object.assign(new Error(first.Message), { name: first.Code ?? "Error" });
    throw new BucketFailure(failure).toError(this.name);
  }

  /** Gives up what is under way, and closes the connections. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#client.destroy();
  }

  async *#pages(start: string, delimiter?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    let next: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await this.#ask((abortSignal) =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#prefix + start,
            ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
            ...(next === undefined ? {} : { ContinuationToken: next }),
          }),
          { abortSignal },
        )
      );
      // A server of another kind answers, too.
      if (page.Name !== this.#bucket) {
        throw new BucketUnavailableError(this.name, "what answers is no such server");
      }
      yield page;
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  /**
   * Asks for something that changes nothing, or can be done twice.
   *
   * @param options `absent`: what it comes to where there is no such object.
   * @throws {BucketUnavailableError} and the like: whoever looks is told at once.
   */
  async #ask<T>(ask: (signal: AbortSignal) => Promise<T>, options?: { readonly absent: T }): Promise<T> {
    for (let isFirst = true;; isFirst = false) {
      try {
        return await this.#request(ask);
      } catch (error) {
        if (!(error instanceof BucketFailure)) throw error;
        if (error.kind === "absent" && options) return options.absent;
        // The server may have been restarted since the connection was made.
        if (!isFirst || error.kind !== "passing") throw error.toError(this.name);
      }
    }
  }

  /** @throws {BucketFailure} */
  async #request<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return await this.#slots.use(async () => {
      if (this.#closing.signal.aborted) throw new StoreClosedError();
      using deadline = new Deadline(REQUEST_MS, this.#closing.signal);
      try {
        return await ask(deadline.signal);
      } catch (error) {
        if (this.#closing.signal.aborted) throw new StoreClosedError();
        throw new BucketFailure(deadline.hasPassed ? deadline.signal.reason : error);
      }
    });
  }

  #place(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }
}
