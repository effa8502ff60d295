import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { lacksPostgres, PostgresServer } from "@troupe/tests/servers/postgres";
import { dead, failure, hop, result } from "../_records_testing.ts";
import { freshAddress, sharedServer, startDatabase } from "./_database_testing.ts";
import {
  PostgresAddressError,
  PostgresRefusedError,
  PostgresSetupError,
  PostgresUnavailableError,
} from "./errors.ts";
import { openPostgresStore, parsePostgresAddress } from "./mod.ts";

const ignore = lacksPostgres();
const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore, fn });

test("texts that a database does not take come back to the letter, wherever they stand", async () => {
  const harness = await startDatabase();
  try {
    const store = await harness.open();
    const odd = 'half \ud800, none \0, mark \u001a0041, both \u001a\0"\\{},NULL';
    const error = JSON.stringify({ type: odd, message: odd });
    const record = failure(odd, "", {
      error,
      root: `${odd}r`,
      actor: odd,
      reason: odd,
      payload: `"${odd}"`,
      extra: odd,
    });
    assertEquals(await store.recordResults([record]), ["new"]);
    assertEquals(await store.recordResults([record]), ["repeat"]);
    assertEquals(await store.result(odd), { ...record, repeats: 1, conflicts: 0 });
    assertEquals((await store.results({ root: `${odd}r` })).items.length, 1);
    assertEquals((await store.counts()).failures, { [odd]: 1 });
    assertEquals((await store.letters.letter(`${odd}/x-sink/0`))?.type, odd);
    const death = dead(`${odd}/1/2`, { id: odd, message: odd });
    await store.recordDead([death]);
    assertEquals((await store.dead({ id: odd })).items, [death]);
    await store.recordHops([hop(odd, { payload: odd })]);
    assertEquals((await store.hops(odd))[0]?.payload, odd);
    assertEquals(await store.rootOf(odd), `${odd}r`);
  } finally {
    await harness.close();
  }
});

test("names may be longer than an index takes, and are told apart to the last letter", async () => {
  const harness = await startDatabase();
  try {
    const store = await harness.open();
    const long = Array.from({ length: 20_000 }, (_, n) => n.toString(36)).join("é");
    const names = [`${long}a`, `${long}b`, "x".repeat(500), "x".repeat(501), "\u001a#".repeat(300)];
    assertEquals(await store.recordResults(names.map((id) => failure(id, "E"))), names.map(() => "new"));
    assertEquals(
      await store.recordResults(names.map((id) => result(id, { replay: 1 }))),
      names.map(() => "replaced"),
    );
    for (const id of names) assertEquals((await store.result(id))?.id, id);
    await store.recordDead(names.map((id) => dead(`${id}/0/0`, { id, root: id })));
    await store.recordHops(names.map((id) => hop(id)));
    for (const id of names) {
      assertEquals((await store.letters.list({ root: id })).items.map(({ state }) => state), [
        "resolved",
        "resolved",
      ]);
      assertEquals((await store.hops(id)).length, 1);
    }
  } finally {
    await harness.close();
  }
});

test("a record that no table takes keeps none of a large batch from being recorded", async () => {
  const harness = await startDatabase();
  try {
    const store = await harness.open();
    const good = Array.from({ length: 50 }, (_, n) => store.recordResults([result(`${n}`)]));
    const bad = assertRejects(
      () => store.recordResults([result("bad", { replay: 0.5 })]),
      PostgresRefusedError,
    );
    await Promise.all([...good, bad]);
    assertEquals((await store.counts()).results, 50);
    assertEquals(store.problem(), "");
  } finally {
    await harness.close();
  }
});

test("the tables are made once, by however many come at the same time", async () => {
  const address = parsePostgresAddress(await freshAddress());
  const stores = await Promise.all(Array.from({ length: 8 }, () => openPostgresStore({ address })));
  try {
    await Promise.all(stores.map((store, n) => store.recordResults([result(`${n}`)])));
    assertEquals((await stores[0]?.counts())?.results, 8);
  } finally {
    for (const store of stores) await store.close();
  }
});

test("meshes in one database do not see each other", async () => {
  const stores = await Promise.all(
    [await freshAddress(), await freshAddress()].map((address) =>
      openPostgresStore({ address: parsePostgresAddress(address) })
    ),
  );
  try {
    for (const store of stores) assertEquals(await store.recordResults([result("1")]), ["new"]);
  } finally {
    for (const store of stores) await store.close();
  }
});

test("a database that cannot be used is refused with what to do, and without the password", async () => {
  const server = await sharedServer();
  await server.sql(`
    CREATE SCHEMA theirs; CREATE TABLE theirs.t (x int);
    CREATE SCHEMA newer; CREATE TABLE newer.store_version (version int); INSERT INTO newer.store_version VALUES (99);
    CREATE ROLE guest LOGIN PASSWORD 'guest'; REVOKE CREATE ON DATABASE postgres FROM PUBLIC`);
  await server.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  const good = parsePostgresAddress(server.address());
  const word = (password: string) => ({ password: () => Promise.resolve(password) });
  const cases: [change: Partial<typeof good>, problem: string][] = [
    [word("wrong!"), "TROUPE_STORE_PASSWORD"],
    [{ user: "nobody", ...word("wrong!") }, "TROUPE_STORE_PASSWORD"],
    [{ database: "absent" }, "CREATE DATABASE absent"],
    [{ database: "latin" }, "LATIN1"],
    [{ schema: "theirs" }, "schema theirs holds something else"],
    [{ schema: "newer" }, "version 99"],
    [{ user: "guest", schema: "guests", ...word("guest") }, "CREATE SCHEMA guests AUTHORIZATION guest"],
  ];
  for (const [change, problem] of cases) {
    const error = await assertRejects(
      () => openPostgresStore({ address: { ...good, ...change } }),
      PostgresSetupError,
    );
    assertStringIncludes(error.message, problem);
    assert(!Deno.inspect(error, { depth: 9 }).includes(server.password));
    assert(!/wrong!|guest'/.test(error.message), error.message);
  }
});

test("a file of the address that is not there is told by its name", async () => {
  const server = await sharedServer();
  const query = { sslmode: "verify-full", sslrootcert: "/no/such/ca.pem" };
  const address = parsePostgresAddress(server.address("postgres", query));
  await assertRejects(() => openPostgresStore({ address }), PostgresAddressError, "/no/such/ca.pem");
  const env = (name: string) => name === "TROUPE_STORE_PASSWORD_FILE" ? "/no/such/password" : undefined;
  const other = parsePostgresAddress(`postgres://me@${server.host}:${server.port}/postgres`, env);
  await assertRejects(() => openPostgresStore({ address: other }), PostgresAddressError, "/no/such/password");
});

test("a server that is not there is told at once", async () => {
  const good = parsePostgresAddress((await sharedServer()).address());
  for (const change of [{ port: 1 }, { host: "localhost", port: 1 }, { host: "no.such.host.invalid" }]) {
    const address = { ...good, ...change };
    const error = await assertRejects(() => openPostgresStore({ address }), PostgresUnavailableError);
    assertStringIncludes(error.message, address.host);
    assertStringIncludes(error.message, change.port === 1 ? "ECONNREFUSED" : "ENOTFOUND");
  }
});

test("TLS: with whoever answers, or only with the server that its certificate names", async () => {
  const server = await PostgresServer.start({ tls: true });
  try {
    const open = async (query: Record<string, string>, host = server.host) => {
      const address = { ...parsePostgresAddress(server.address("postgres", query)), host };
      const store = await openPostgresStore({ address });
      await store.close();
    };
    await open({ sslmode: "require" });
    await open({ sslmode: "verify-full", sslrootcert: server.certificate }, "localhost");
    await assertRejects(() => open({ sslmode: "verify-full" }, "localhost"), PostgresUnavailableError);
  } finally {
    await server.stop();
  }
  const plain = parsePostgresAddress((await sharedServer()).address("postgres", { sslmode: "require" }));
  await assertRejects(() => openPostgresStore({ address: plain }), PostgresUnavailableError, "SSL");
});
