import { assert, assertEquals, assertThrows } from "@std/assert";
import { bucketName, parseBucketAddress } from "./address.ts";
import { BucketAddressError } from "./errors.ts";

const parse = (address: string, env: Record<string, string> = {}) =>
  parseBucketAddress(address, (name) => env[name]);

Deno.test("an address names a bucket, what begins our keys, and where it is", () => {
  assertEquals(parse("s3://shop"), { bucket: "shop", prefix: "", pathStyle: false });
  assertEquals(parse("s3://shop/"), { bucket: "shop", prefix: "", pathStyle: false });
  assertEquals(parse("s3://shop.eu/a/b/?region=eu-central-1"), {
    bucket: "shop.eu",
    prefix: "a/b",
    region: "eu-central-1",
    pathStyle: false,
  });
  assertEquals(parse("s3://shop/m?endpoint=https://s3.example:9000/"), {
    bucket: "shop",
    prefix: "m",
    endpoint: "https://s3.example:9000",
    region: "us-east-1",
    pathStyle: true,
  });
  assertEquals(parse("s3://shop?endpoint=http://h&style=virtual").pathStyle, false);
  assertEquals(parse("s3://shop?style=path").pathStyle, true);
});

Deno.test("a region comes from the address, or from the environment", () => {
  const both = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
  assertEquals(parse("s3://shop?region=eu-north-1", both).region, "eu-north-1");
  assertEquals(parse("s3://shop", both).region, "eu-west-1");
  assertEquals(parse("s3://shop", { AWS_DEFAULT_REGION: "eu-west-2" }).region, "eu-west-2");
});

Deno.test("what cannot be used is refused with what is wrong, and nothing of it is repeated", () => {
  const cases: Record<string, string> = {
    "s3:/geheim": "form",
    "https://geheim": "form",
    "s3://AKIA:geheim@shop/m": "AWS_ACCESS_KEY_ID",
    "s3://AKIA:ge/heim@shop/m": "AWS_ACCESS_KEY_ID",
    "s3://": "3 to 63",
    "s3://Geheim": "3 to 63",
    "s3://geheim_": "3 to 63",
    "s3://shop/../geheim": "prefix",
    "s3://shop//geheim": "prefix",
    "s3://shop/geheim%00": "prefix",
    [`s3://shop/${"g".repeat(201)}`]: "200",
    "s3://shop?endpoint=ftp://geheim": "endpoint is no http",
    "s3://shop?endpoint=http://AKIA:geheim@h": "endpoint holds more",
    "s3://shop?region=ge%20heim": "region is no name",
    "s3://shop?style=geheim": "path or virtual",
    "s3://shop?colour=geheim": 'no setting "colour"',
  };
  for (const [address, problem] of Object.entries(cases)) {
    const { message } = assertThrows(() => parse(address), BucketAddressError, problem);
    assert(!/geheim|g{20}/i.test(message), message);
    assert(message.includes("s3://BUCKET/PREFIX"), message);
  }
});

Deno.test("a bucket is shown with where it is", () => {
  assertEquals(bucketName(parse("s3://shop/m?region=eu-north-1")), "s3://shop/m in eu-north-1");
  assertEquals(bucketName(parse("s3://shop?endpoint=http://h:9000")), "s3://shop at h:9000");
  assertEquals(bucketName(parse("s3://shop")), "s3://shop");
});
