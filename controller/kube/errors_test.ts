import { assertEquals, assertStringIncludes } from "@std/assert";
import { errorOfAnswer, isKubeError } from "./errors.ts";

const status = (code: number, reason: string, more = {}) =>
  JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason,
    message: "why",
    ...more,
  });

Deno.test("each answer of an API server that failed has a code", () => {
  const table: [number, string, string][] = [
    [400, "BadRequest", "troupe.KubeInvalid"],
    [401, "Unauthorized", "troupe.KubeUnauthorized"],
    [403, "Forbidden", "troupe.KubeForbidden"],
    [404, "NotFound", "troupe.KubeNotFound"],
    [409, "AlreadyExists", "troupe.KubeAlreadyExists"],
    [409, "Conflict", "troupe.KubeConflict"],
    [410, "Expired", "troupe.KubeGone"],
    [422, "Invalid", "troupe.KubeInvalid"],
    [429, "TooManyRequests", "troupe.KubeTooManyRequests"],
    [500, "InternalError", "troupe.KubeServerError"],
    [503, "ServiceUnavailable", "troupe.KubeServerError"],
    [504, "Timeout", "troupe.KubeServerError"],
  ];
  for (const [code, reason, expected] of table) {
    const error = errorOfAnswer("GET /x", code, status(code, reason));
    assertEquals([error.code, error.reason, error.status], [expected, reason, code]);
    assertEquals(error.message, `GET /x: why (HTTP ${code}, ${reason})`);
  }
});

Deno.test("what exactly is wrong is kept", () => {
  const causes = [{ reason: "FieldValueInvalid", message: "must be positive", field: "spec.replicas" }];
  const error = errorOfAnswer("GET /x", 422, status(422, "Invalid", { details: { causes } }));
  assertEquals(error.causes, causes);
  assertEquals([error.family, error.isPassing], ["user", false]);
});

Deno.test("the time to wait comes from the header, else from the body, and only if it is a number of seconds", () => {
  const body = status(429, "TooManyRequests", { details: { retryAfterSeconds: 7 } });
  assertEquals(errorOfAnswer("GET /x", 429, body, "2").retryAfterMs, 2_000);
  assertEquals(errorOfAnswer("GET /x", 429, body).retryAfterMs, 7_000);
  assertEquals(errorOfAnswer("GET /x", 429, "", "Wed, 21 Oct 2015 07:28:00 GMT").retryAfterMs, undefined);
});

Deno.test("an answer that is no Status object is quoted, as far as it is short", () => {
  const error = errorOfAnswer("GET /x", 502, `<html>${"x".repeat(10_000)}`);
  assertEquals(error.code, "troupe.KubeServerError");
  assertStringIncludes(error.message, "GET /x: <html>xxx");
  assertEquals(error.message.length < 600, true);
  assertStringIncludes(errorOfAnswer("GET /x", 502, "").message, "it said nothing");
});

Deno.test("an error is told from others by its codes", () => {
  const error = errorOfAnswer("GET /x", 404, "");
  assertEquals(isKubeError(error), true);
  assertEquals(isKubeError(error, "troupe.KubeGone", "troupe.KubeNotFound"), true);
  assertEquals(isKubeError(error, "troupe.KubeGone"), false);
  assertEquals(isKubeError(new Error("troupe.KubeNotFound")), false);
});
