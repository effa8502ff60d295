import { assertEquals, assertThrows } from "@std/assert";
import { RefusedError } from "../errors.ts";
import { callsOf, type MeshImport } from "./contract.ts";

/** An import that notes its calls, and does what it is told. */
function fakeImport(does: () => string | null): { mesh: MeshImport; seen: unknown[][] } {
  const seen: unknown[][] = [];
  const note = (...call: unknown[]) => {
    seen.push(call);
    return does();
  };
  return {
    seen,
    mesh: {
      get: (path) => note("get", path),
      set: (path, value) => void note("set", path, value),
      del: (path) => void note("del", path),
      emit: (payload) => void note("emit", payload),
      fly: (event) => void note("fly", event),
      log: (level, message) => void note("log", level, message),
    },
  };
}

Deno.test("every call goes through, and none is undefined", () => {
  const { mesh, seen } = fakeImport(() => null);
  const calls = callsOf(mesh);
  assertEquals(calls.get(".id"), undefined);
  calls.set(".a", "1");
  calls.del(".a");
  calls.emit("2");
  calls.fly("3");
  calls.log("warn", "w");
  assertEquals(seen, [["get", ".id"], ["set", ".a", "1"], ["del", ".a"], ["emit", "2"], ["fly", "3"], [
    "log",
    "warn",
    "w",
  ]]);
});

Deno.test("the engine's error for a refusal becomes one that has its code", () => {
  const refusal = Object.assign(new Error("[object Object]"), {
    payload: { code: "troupe.AccessError", message: "no" },
  });
  const calls = callsOf(
    fakeImport(() => {
      throw refusal;
    }).mesh,
  );
  for (
    const call of [
      () => calls.get("."),
      () => calls.set(".", "1"),
      () => calls.emit("1"),
      () => calls.fly("1"),
    ]
  ) {
    const error = assertThrows(call, RefusedError, "no");
    assertEquals(error.code, "troupe.AccessError");
  }
});

Deno.test("any other error stays what it is", () => {
  const other = new RangeError("other");
  const calls = callsOf(
    fakeImport(() => {
      throw other;
    }).mesh,
  );
  assertEquals(assertThrows(() => calls.del(".")), other);
});

Deno.test("half a surrogate pair does not reach the contract", () => {
  const { mesh, seen } = fakeImport(() => null);
  callsOf(mesh).log("info", "\ud800");
  callsOf(mesh).get('.headers["\udfff"]');
  assertEquals(seen, [["log", "info", "\ufffd"], ["get", '.headers["\ufffd"]']]);
});
