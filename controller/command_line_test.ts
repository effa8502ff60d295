import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "@troupe/host/usage_error";
import { readCommandLine } from "./command_line.ts";

const LEAST = ["--settings", "s.yaml", "--brokers", "b"];
const none = () => undefined;

Deno.test("what is not said is as the usage says", () => {
  const { identity, ...line } = readCommandLine(LEAST, none) ?? {};
  assertEquals(identity?.length, 36, "one that nobody else has");
  assertEquals(line, {
    settings: "s.yaml",
    brokers: "b",
    namespace: undefined,
    kubeconfig: undefined,
    context: undefined,
    workers: 16,
    leaseSeconds: 15,
    health: { port: 8080, hostname: "127.0.0.1" },
    log: "json",
  });
});

Deno.test("a replica is called as it is told, else by the name of its pod", () => {
  const pod = (name: string) => name === "HOSTNAME" ? "pod-1" : undefined;
  assertEquals(readCommandLine(LEAST, pod)?.identity, "pod-1");
  assertEquals(readCommandLine([...LEAST, "--identity", "me"], pod)?.identity, "me");
});

Deno.test("help is help, whatever else is wrong", () => {
  assertEquals(readCommandLine(["--help"], none), undefined);
});

const WRONG: [args: string[], message: string][] = [
  [[], "--settings is missing"],
  [["--settings", "s.yaml"], "--brokers is missing"],
  [[...LEAST, "--workers", "0"], "--workers is a whole number from 1 to 256"],
  [[...LEAST, "--lease-seconds", "2"], "--lease-seconds is a whole number from 3 to 600"],
  [[...LEAST, "--health-port", "http"], "--health-port is a whole number from 0 to 65535"],
  [[...LEAST, "--health-host", "localhost"], "--health-host is an address"],
  [[...LEAST, "--log", "xml"], "--log is json or text"],
  [[...LEAST, "--colour"], "--colour"],
];

for (const [args, message] of WRONG) {
  Deno.test(`refused: ${args.slice(LEAST.length).join(" ") || args.join(" ") || "nothing"}`, () => {
    assertStringIncludes(assertThrows(() => readCommandLine(args, none), UsageError).message, message);
  });
}
