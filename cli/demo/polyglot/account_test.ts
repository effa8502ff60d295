import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { resultRecord } from "@troupe/host/crew/records";
import { openSqliteStore } from "@troupe/host/crew/sqlite_store";
import { type TriageAccount, triageAccount } from "./account.ts";

/** One end of the envelope "root", which was divided into as many as there are ends, and others that do not come. */
interface End {
  readonly payload: unknown;
  /** The actor that dealt with it last. @default "reply" */
  readonly actor?: string;
  readonly status?: Readonly<Record<string, unknown>>;
}

async function accountOf(ends: readonly End[], { missing = 0, mails = ["m1"] } = {}): Promise<TriageAccount> {
  const folder = await Deno.makeTempDir({ prefix: "troupe_triage_" });
  const store = await openSqliteStore({ path: join(folder, "results.db") });
  try {
    const n = ends.length + missing;
    const records = ends.map(
      ({ payload, actor = "reply", status }, i) => {
        const fan = n > 1 ? { "x-troupe-fan": [{ g: "g", run: "r", i, n }] } : {};
        const headers = { "x-troupe-root": "root", ...fan };
        const envelope = {
          id: n > 1 ? `slice-${i}` : "root",
          route: { prev: [], curr: actor, next: [] },
          headers,
          status: { phase: "succeeded", actor, ...status },
          payload,
        };
        return resultRecord(new TextEncoder().encode(JSON.stringify(envelope)), 0);
      },
    );
    await store.recordResults(records);
    const parcel = { name: "batch 1", route: ["open"], payload: {}, mails };
    return await triageAccount([["root", parcel]], store);
  } finally {
    await store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const draft = { text: "Hello" };
const redactions = { cards: 2, ibans: 1 };

Deno.test("a mail that was divided is one mail, and what was masked in it counts once", async () => {
  const slice = (number: string) => ({
    payload: { id: "m1", topic: "orders", redactions, order: { number }, draft },
  });
  const { mails, results, lost, unexpected } = await accountOf([slice("ORD-10001"), slice("ORD-10002")]);
  assertEquals(mails, [{
    id: "m1",
    topic: "orders",
    endedAt: ["reply", "reply"],
    drafts: 2,
    orders: ["ORD-10001", "ORD-10002"],
    ...redactions,
  }]);
  assertEquals([results, lost, unexpected], [2, [], []]);
});

Deno.test("what ends before a topic is said is told apart", async () => {
  const { mails } = await accountOf([
    { payload: { id: "m1" }, actor: "classify", status: { reason: "Aborted" } },
    { payload: { id: "m2", problem: "the body is no base64" }, actor: "open" },
    { payload: { id: "m3", draft } },
  ], { mails: ["m1", "m2", "m3"] });
  assertEquals(mails.map(({ topic, endedAt }) => [topic, ...endedAt]), [
    ["spam", "classify"],
    ["unreadable", "open"],
    ["unsorted", "reply"],
  ]);
});

Deno.test("what has not come to its end is lost, whether all of a mail or a part of it", async () => {
  const end = { payload: { id: "m1", draft } };
  assertEquals((await accountOf([end], { mails: ["m1", "m2"] })).lost, ["m2"]);
  assertEquals((await accountOf([end], { missing: 1 })).lost, ["a part of batch 1"]);
  assertEquals((await accountOf([])).lost, ["m1"]);
  assertEquals((await accountOf([{ ...end, status: { phase: "failed" } }])).lost, []);
});

Deno.test("failures, strangers, and what is no mail are unexpected", async () => {
  const error = { type: "KeyError", mro: [], message: "body" };
  const failed = { payload: { id: "m1" }, actor: "classify", status: { phase: "failed", error } };
  const of = async (end: End) => (await accountOf([end])).unexpected.join();
  assertStringIncludes(await of(failed), "KeyError");
  assertEquals(await of({ payload: { id: "m7" } }), "m7 came of batch 1, and was not in it");
  assertStringIncludes(await of({ payload: { mail: 1 } }), "ended at reply as no mail");
});
