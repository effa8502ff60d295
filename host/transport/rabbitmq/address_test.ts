import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { type Environment, hostAndPort } from "../../address.ts";
import { parseRabbitmqAddress } from "./address.ts";
import { RabbitmqAddressError } from "./errors.ts";

const NOTHING: Environment = () => undefined;
const environment = (values: Record<string, string>): Environment => (name) => values[name];

Deno.test("an address has nodes, a virtual host, a namespace, and what it does not say has a default", () => {
  const { credentials: _, ...plain } = parseRabbitmqAddress("rabbitmq://broker.example", NOTHING);
  assertEquals(plain, {
    nodes: [{ host: "broker.example", port: 5672 }],
    vhost: "/",
    namespace: "default",
    mode: "troupe",
    heartbeat: 10,
  });
  const { credentials: __, ...full } = parseRabbitmqAddress(
    "rabbitmqs://u:p@a.example:5673,[::1],b.example/%2Fshop?namespace=n&mode=asya&heartbeat=30&cacertfile=/ca.pem",
    NOTHING,
  );
  assertEquals(full, {
    nodes: [{ host: "a.example", port: 5673 }, { host: "::1", port: 5671 }, {
      host: "b.example",
      port: 5671,
    }],
    tls: { ca: "/ca.pem" },
    vhost: "/shop",
    namespace: "n",
    mode: "asya",
    heartbeat: 30,
  });
});

Deno.test("a node is shown as people write it", () => {
  assertEquals(hostAndPort({ host: "a.example", port: 1 }), "a.example:1");
  assertEquals(hostAndPort({ host: "::1", port: 1 }), "[::1]:1");
});

Deno.test("user and password in the address are decoded", async () => {
  const { credentials } = parseRabbitmqAddress("rabbitmq://me:s%2Fe%40c%3Ar%25t@broker.example", NOTHING);
  assertEquals(await credentials(), { username: "me", password: "s/e@c:r%t" });
});

Deno.test("user and password come from the environment, or from a file that is read each time", async () => {
  const from = (values: Record<string, string>) =>
    parseRabbitmqAddress("rabbitmq://broker.example", environment(values)).credentials();
  assertEquals(await from({}), { username: "guest", password: "guest" });
  assertEquals(await from({ TROUPE_RABBITMQ_USER: "me", TROUPE_RABBITMQ_PASSWORD: "secret" }), {
    username: "me",
    password: "secret",
  });
  const file = await Deno.makeTempFile();
  try {
    const { credentials } = parseRabbitmqAddress(
      "rabbitmq://broker.example",
      environment({ TROUPE_RABBITMQ_USER: "me", TROUPE_RABBITMQ_PASSWORD_FILE: file }),
    );
    await Deno.writeTextFile(file, "first\n");
    assertEquals((await credentials()).password, "first");
    await Deno.writeTextFile(file, "second");
    assertEquals((await credentials()).password, "second");
    await Deno.remove(file);
    assertStringIncludes((await assertRejects(credentials, RabbitmqAddressError)).message, file);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("half of what the environment has to say is a mistake", () => {
  const halves: Record<string, string>[] = [
    { TROUPE_RABBITMQ_USER: "me" },
    { TROUPE_RABBITMQ_PASSWORD: "secret" },
    { TROUPE_RABBITMQ_USER: "me", TROUPE_RABBITMQ_PASSWORD: "secret", TROUPE_RABBITMQ_PASSWORD_FILE: "file" },
  ];
  for (const half of halves) {
    const read = () => parseRabbitmqAddress("rabbitmq://broker.example", environment(half));
    assertEquals(assertThrows(read, RabbitmqAddressError).message.includes("secret"), false);
  }
});

const WRONG: [address: string, problem: string][] = [
  ["rabbitmq://me:secret@", "form"],
  ["rabbitmq://me:sec/ret@broker.example", "%2F"],
  ["rabbitmq://me:secret@broker.example:99999", "HOST:PORT"],
  ["rabbitmq://me:secret@a.example,,b.example", "HOST:PORT"],
  ["rabbitmq://me@broker.example", "no password"],
  ["rabbitmq://me:%zzsecret@broker.example", "%25"],
  ["rabbitmq://me:secret@broker.example/?namespace=Not_A_Label", "namespace is not a DNS label"],
  ["rabbitmq://me:secret@broker.example/?mode=other", "mode is neither"],
  ["rabbitmq://me:secret@broker.example/?heartbeat=0", "heartbeat is less"],
  ["rabbitmq://me:secret@broker.example/?heartbeat=often", "heartbeat is not"],
  ["rabbitmq://me:secret@broker.example/?heatbeat=1", 'no setting "heatbeat"'],
  ["rabbitmq://me:secret@broker.example/?cacertfile=ca.pem", "rabbitmqs"],
];

for (const [address, problem] of WRONG) {
  Deno.test(`${address} is refused, without repeating it`, () => {
    const { message } = assertThrows(() => parseRabbitmqAddress(address, NOTHING), RabbitmqAddressError);
    assertStringIncludes(message, problem);
    assertEquals(/sec\/?ret/.test(message), false, message);
  });
}
