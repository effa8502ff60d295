import { assert, assertEquals, assertRejects } from "@std/assert";
import { lacksS3, S3Server } from "@troupe/tests/servers/s3";
import { openOn, sharedS3 } from "./_bucket_testing.ts";
import { StoreClosedError } from "../store_closed.ts";
import { BucketDeniedError, BucketMissingError, BucketUnavailableError } from "./errors.ts";
import { BucketClaims, openBucket, parseBucketAddress } from "./mod.ts";

const ignore = lacksS3();
const none = () => Promise.resolve(undefined);
const open = (address: string) => openBucket({ address: parseBucketAddress(address) });

Deno.test({
  name: "what is wrong with a bucket is said when it is opened, without keys",
  ignore,
  async fn() {
    const server = await sharedS3();
    const bucket = await server.bucket();
    const secret = server.keys.AWS_SECRET_ACCESS_KEY;
    const cases = [
      [{}, server.address("none-such"), BucketMissingError, "There is no bucket s3://none-such at 127"],
      [
        { AWS_SECRET_ACCESS_KEY: "geheim" },
        server.address(bucket),
        BucketDeniedError,
        "SignatureDoesNotMatch",
      ],
      [
        { AWS_ACCESS_KEY_ID: "AKIAGEHEIM" },
        server.address(bucket),
        BucketDeniedError,
        "Set AWS_ACCESS_KEY_ID",
      ],
      [
        { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", HOME: "/nonexistent" },
        server.address(bucket),
        BucketDeniedError,
        "Set AWS_ACCESS_KEY_ID",
      ],
      [{}, server.address(bucket, { region: "eu-west-1" }), BucketUnavailableError, "region"],
      [{}, `s3://${bucket}?endpoint=http://127.0.0.1:${unused()}`, BucketUnavailableError, "refused"],
      [{}, `s3://${bucket}?endpoint=http://none.invalid`, BucketUnavailableError, "none.invalid"],
    ] as const;
    for (const [keys, address, kind, text] of cases) {
      const { message } = await server.withKeys(() => assertRejects(() => open(address), kind, text), keys);
      assert(!/geheim/i.test(message) && !message.includes(secret), message);
    }
  },
});

Deno.test({
  name: "a server of another kind is none of a bucket, whatever it answers with",
  ignore,
  async fn() {
    const server = await sharedS3();
    await using website = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      () => new Response("<html></html>"),
    );
    const address = `s3://shop?endpoint=http://127.0.0.1:${website.addr.port}`;
    await server.withKeys(() => assertRejects(() => open(address), BucketUnavailableError, "no such server"));
  },
});

Deno.test({
  name: "an object that is not there is none; a bucket that is not there, or other bytes, are an error",
  ignore,
  async fn() {
    const server = await sharedS3();
    const where = await server.bucket();
    const bucket = await openOn(server, where);
    const claims = new BucketClaims(bucket, { before: none });
    assertEquals(await claims.get("00", { at: 0 }), undefined);
    await bucket.put("claims/1970-01-01/00", new Uint8Array(3));
    await assertRejects(() => claims.get("00", { at: 0 }), BucketUnavailableError, "not what was put");
    await server.removeBucket(where);
    await assertRejects(() => claims.get("11", { at: 0 }), BucketMissingError);
    bucket.close();
  },
});

Deno.test({
  name: "while the server is away what is put waits, and it is said why; then it is there",
  ignore,
  async fn() {
    const server = await S3Server.start();
    const told: string[] = [];
    const where = await server.bucket();
    const bucket = await openOn(server, where, (error) => told.push(String(error)));
    try {
      const claims = new BucketClaims(bucket, { before: none });
      await claims.put(new Uint8Array(1), { now: 0 });
      await server.kill9();
      const waiting = Promise.all(
        Array.from({ length: 100 }, (_, n) => claims.put(new Uint8Array(n + 1), { now: 0 })),
      );
      await assertRejects(() => claims.get("00", { at: 0 }), BucketUnavailableError, "cannot be reached");
      assert(bucket.problem.includes("cannot be reached"), bucket.problem);
      await server.restart();
      const keys = await waiting;
      assertEquals([bucket.problem, told.length > 0, told.length < 100], ["", true, true]);
      assertEquals((await server.list(where, "claims/")).length, new Set(keys).size);
      await claims.get(keys[7] ?? "", { at: 0 });
    } finally {
      bucket.close();
      await server.stop();
    }
  },
});

Deno.test({
  name: "a server that is silent is waited for; one who waits is told when the store is closed",
  ignore,
  async fn() {
    const server = await S3Server.start();
    const bucket = await openOn(server, await server.bucket());
    try {
      server.freeze();
      const waiting = bucket.put("a", new Uint8Array(1));
      server.resume();
      await waiting;
      server.freeze();
      const forgotten = assertRejects(() => bucket.put("b", new Uint8Array(1)), StoreClosedError);
      bucket.close();
      await forgotten;
      await assertRejects(() => bucket.get("a"), StoreClosedError);
    } finally {
      bucket.close();
      await server.stop();
    }
  },
});

function unused(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  listener.close();
  return listener.addr.port;
}
