// What was fanned out comes together, and what waits is answered, on both transports: exactly once each, whoever fails,
// aborts, is late or is killed.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeAnswer } from "@troupe/host/crew/answer";
import { unlessStuck } from "../../host/_testing.ts";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import { eventually, runMortal, waiting, WaitingMesh } from "./_waiting_mesh.ts";

type Json = Record<string, unknown>;

/** Three parts of two. */
const DOC = [[1, 2], [3, 4], [5, 6]];
const PARTS = "parts,more-parts,work,x-join,mid,x-join,end";
const TENFOLD = "[[10,20],[30,40],[50,60]]";

const joinedBy = (headers: string): Json => JSON.parse(headers)["x-troupe-join"];
const answerBytes = (to: string, answer: string, token: string = crypto.randomUUID()) =>
  writeAnswer({ to, token, answer });

async function settled(mesh: WaitingMesh, root: string): Promise<void> {
  await mesh.idle();
  for (const group of await mesh.store.joining.groups(root)) {
    assert(group.endedAt !== undefined, `the fan-out ${group.g} of ${group.origin} is still open`);
  }
}

/** Runs the tests on one transport. @param address Of queues that nobody has used. */
function suite(name: string, address: () => string | undefined): void {
  const test = (what: string, run: (mesh: WaitingMesh) => Promise<void>, without: readonly string[] = []) =>
    Deno.test(`on ${name}, ${what}`, async () => {
      const at = address();
      await using mesh = await WaitingMesh.start({ without, ...(at === undefined ? {} : { address: at }) });
      await unlessStuck(run(mesh));
    });

  test("a fan-out of three times two is joined inside out, as what was sent", async (mesh) => {
    const ids = ["a", "b", "c"];
    await mesh.send(...ids.map((id) => ({ id, payload: DOC, headers: { own: id } })));
    for (const id of ids) {
      const result = await mesh.result(id);
      assertEquals([result.phase, result.payload, result.root], ["succeeded", TENFOLD, id]);
      assertEquals(JSON.parse(result.route).prev, [
        "spread",
        "nested",
        "work",
        "x-join",
        "mid",
        "x-join",
        "end",
      ]);
      assertEquals([JSON.parse(result.headers)["x-troupe-fan"], JSON.parse(result.headers).own], [
        undefined,
        id,
      ]);
      await settled(mesh, id);
    }
    const all = await mesh.results();
    assertEquals(
      all.map(({ id, repeats, conflicts }) => [id, repeats, conflicts]).sort(),
      ids.map((id) => [id, 0, 0]),
    );
    assertEquals([mesh.ran.mid?.length, mesh.ran.end?.length, await mesh.dead()], [9, 3, []]);
  });

  test("slices that fail, abort or die are counted, also the one that has the id of the whole", async (mesh) => {
    await mesh.send({ id: "doc", payload: [["fail", 2], [3, "abort"], ["die", "fail"]] });
    // What ended first under its id was a slice.
    const result = await mesh.result("doc", ({ phase }) => phase === "succeeded");
    assertEquals(result.payload, "[[null,20],[30,null],null]");
    await settled(mesh, "doc");
    const header = joinedBy(result.headers);
    assertEquals([header.missing, (header.ended as Json[]).map(({ i, phase }) => [i, phase])], [[2], [[
      2,
      "dead",
    ]]]);
    const others = (await mesh.results()).filter(({ id }) => id !== "doc");
    assertEquals(others.map(({ phase, reason }) => `${phase} ${reason}`).sort(), [
      "failed ",
      "succeeded Aborted",
    ]);
    assertEquals((await mesh.dead()).map(({ reason }) => reason), ["troupe.Fatal"]);
    assertEquals(await mesh.result("doc"), result);
    assertEquals(mesh.ran.end, ["[[null,20],[30,null],null]"]);
  });

  test("where no slice comes to the join each has its own end, and nothing else is made", async (mesh) => {
    await mesh.send({ id: "doc", payload: [["fail", "fail"], ["die", "abort"]] });
    await eventually(
      "four ends",
      async () => (await mesh.results()).length + (await mesh.dead()).length === 4 ? true : undefined,
    );
    await settled(mesh, "doc");
    assertEquals((await mesh.results()).map(({ phase }) => phase).sort(), ["failed", "failed", "succeeded"]);
    assertEquals([mesh.ran.mid, mesh.ran.end], [undefined, undefined]);
    assertEquals((await mesh.store.joining.groups("doc")).map(({ joined }) => joined), [0, 0, 0]);
  });

  test("a hop that is run again makes doubles, and one result", async (mesh) => {
    await mesh.send({ id: "doc", payload: DOC }, { id: "doc", payload: DOC }, { id: "doc", payload: DOC });
    const result = await mesh.result("doc");
    assertEquals(result.payload, TENFOLD);
    await settled(mesh, "doc");
    const { repeats, conflicts } = await mesh.result("doc");
    assertEquals([repeats, conflicts, (await mesh.results()).length], [0, 0, 1]);
    assertEquals(mesh.ran.end, [TENFOLD]);
    const groups = await mesh.store.joining.groups("doc");
    assert(groups.some(({ doubles }) => doubles > 0), "nobody has counted the doubles");
  });

  test("an envelope that was not fanned out goes straight through", async (mesh) => {
    await mesh.send({ id: "one", route: "x-join,work,x-join", payload: 7 });
    assertEquals((await mesh.result("one")).payload, "70");
    assertEquals(await mesh.store.joining.groups("one"), []);
  });

  test("parts that an actor calls so are joined to arrays, also where there is one", async (mesh) => {
    await mesh.send({ id: "doc", route: PARTS, payload: [[1, 2], [3], ["abort"]] });
    assertEquals((await mesh.result("doc")).payload, "[[10,20],[30],null]");
    await mesh.send({ id: "one", route: PARTS, payload: [[1]] });
    assertEquals((await mesh.result("one")).payload, "[[10]]");
  });

  test("enough slices are enough, and what is late is counted", async (mesh) => {
    const route = "spread,x-pause,x-join,end";
    await mesh.send({ id: "doc", route, payload: [1, 2, 3], headers: { join: { quorum: 2 } } });
    const parked = await eventually("three that wait", async () => {
      const { items } = await mesh.store.parking.waiting();
      return items.length === 3 ? items : undefined;
    });
    const answer = (i: number) =>
      mesh.transport.publish([{ queue: "x-resume", body: answerBytes(parked[i]?.key ?? "", `"${i}"`) }]);
    await answer(0);
    await answer(2);
    const result = await mesh.result("doc");
    assertEquals(JSON.parse(result.payload).filter((part: unknown) => part === null).length, 1);
    assertEquals([joinedBy(result.headers).cause, (joinedBy(result.headers).missing as number[]).length], [
      "quorum",
      1,
    ]);
    await answer(1);
    const late = await eventually("the late one", async () => {
      const [group] = await mesh.store.joining.groups("doc");
      return group?.late ? group : undefined;
    });
    assertEquals([late.late, late.doubles, late.joined], [1, 0, 2]);
    await mesh.idle();
    assertEquals([(await mesh.results()).length, mesh.ran.end?.length], [1, 1]);
  });

  test("when its time is over a join goes on with what came, and fails with fewer than it wants", async (mesh) => {
    const header = (quorum: number) => ({ join: { timeout: "100ms", quorum } });
    await mesh.send({
      id: "some",
      route: "spread,work,x-join,end",
      payload: [1, "abort"],
      headers: header(1),
    });
    assertEquals((await mesh.result("some", ({ reason }) => reason === "")).payload, "[10,null]");
    await mesh.send({ id: "few", route: "spread,work,x-join,end", payload: [1, "fail"], headers: header(2) });
    const few = await mesh.result("few", ({ error }) => error.includes("troupe.JoinFailed"));
    assertEquals([few.phase, few.payload, JSON.parse(few.route).curr], ["failed", "[10,null]", "x-join"]);
    await mesh.send({
      id: "slow",
      route: "spread,x-pause,x-join,end",
      payload: [1, 2],
      headers: { join: { timeout: "100ms" } },
    });
    await eventually(
      "two that wait",
      async () => (await mesh.store.parking.waiting()).items.length === 2 ? true : undefined,
    );
    const [first] = (await mesh.store.parking.waiting()).items;
    await mesh.transport.publish([{ queue: "x-resume", body: answerBytes(first?.key ?? "", "true") }]);
    const slow = await mesh.result("slow", ({ reason }) => reason === "");
    assertEquals(joinedBy(slow.headers).cause, "timeout");
    assertEquals(JSON.parse(slow.payload).filter((part: unknown) => part === null).length, 1);
  });

  test("a pause keeps the envelope to the letter, and the first answer sends it on", async (mesh) => {
    const headers = { question: { ask: "how many?" }, traceparent: "t" };
    await mesh.send({ id: "doc", route: "mid,x-pause,end", payload: { n: 1, big: { x: 1 } }, headers });
    const parked = await eventually("what waits", () => mesh.store.parking.find("doc"));
    assertEquals([parked.actor, parked.question, parked.key], ["mid", '{"ask":"how many?"}', "doc/1/0"]);
    await mesh.idle();
    const answers = ['{"n":9007199254740993}', '{"n":2}', '{"n": 9007199254740993}'];
    for (const answer of answers) {
      await mesh.transport.publish([{ queue: "x-resume", body: answerBytes("doc", answer) }]);
      await mesh.idle();
    }
    const result = await mesh.result("doc");
    assertEquals([result.payload, JSON.parse(result.headers)], [
      '{"n":9007199254740993,"big":{"x":1}}',
      { traceparent: "t" },
    ]);
    assertEquals([result.repeats, mesh.ran.end?.length], [0, 1]);
    const dead = await mesh.dead();
    assertEquals(dead.map(({ reason, id }) => [reason, id]), [["troupe.AlreadyAnswered", ""]]);
    const at = (await mesh.store.parking.find("doc"))?.ending?.at ?? 0;
    assertStringIncludes(dead[0]?.message ?? "", new Date(at).toISOString());
  });

  test("a pause ends by its time, by the deadline, or when it is called off", async (mesh) => {
    const question = { ask: "?", timeout: "50ms" };
    const route = "x-pause,end";
    await mesh.send(
      { id: "time", route, payload: 1, headers: { question } },
      { id: "deadline", route, payload: 1, status: { deadline_at: new Date(Date.now() + 50).toISOString() } },
      { id: "off", route, payload: 1 },
      { id: "bad", route, payload: 1, headers: { question: { timeout: "soon" } } },
    );
    const ended = async (id: string) => {
      const { phase, error, reason, payload } = await mesh.result(id);
      return [phase, error === "" ? reason : JSON.parse(error).type, payload];
    };
    assertEquals(await ended("time"), ["failed", "troupe.PauseTimeout", "1"]);
    assertEquals(await ended("deadline"), ["failed", "troupe.DeadlineExceeded", "1"]);
    await eventually("what waits", () => mesh.store.parking.find("off"));
    const cancel = writeAnswer({ to: "off", token: "t", cancel: "no longer wanted" });
    await mesh.transport.publish([{ queue: "x-resume", body: cancel }]);
    assertEquals(await ended("off"), ["canceled", "no longer wanted", "1"]);
    await mesh.transport.publish([
      { queue: "x-resume", body: answerBytes("nobody", "1") },
      { queue: "x-resume", body: new TextEncoder().encode("what?") },
    ]);
    await eventually("three that are dead", async () => (await mesh.dead()).length === 3 ? true : undefined);
    assertEquals((await mesh.dead()).map(({ reason }) => reason).sort(), [
      "troupe.BadHeader",
      "troupe.MalformedAnswer",
      "troupe.NotParked",
    ]);
    assertEquals(mesh.ran.end, undefined);
  });

  test("an actor that is not there is waited for, and then what was answered is dead under its own id", async (mesh) => {
    await mesh.send({ id: "lost", route: "x-pause,nowhere", payload: 1 });
    await eventually("what waits", () => mesh.store.parking.find("lost"));
    await mesh.transport.publish([{ queue: "x-resume", body: answerBytes("lost", "true") }]);
    await mesh.send({ id: "straight", route: "x-join,nowhere", payload: 1 });
    await mesh.send({ id: "whole", route: "spread,x-join,nowhere", payload: [1, 2] });
    const dead = await eventually("their end", async () => {
      const dead = await mesh.dead();
      return dead.length === 3 ? dead : undefined;
    });
    for (const { reason, queue } of dead) assertEquals([reason, queue], ["troupe.NoSuchActor", "nowhere"]);
    assertEquals(dead.map(({ id }) => id).sort(), ["lost", "straight", "whole"]);
  });

  for (const moment of ["frozen", "published", "acked"]) {
    test(
      `an x-join that is killed when what goes on is ${moment} is repeated, and joins once`,
      async (mesh) => {
        await mesh.send({ id: "doc", route: "spread,work,x-join,end", payload: [1, 2, 3] });
        await eventually(
          "three slices",
          async () => waiting(await mesh.transport.depth("x-join")) === 3 ? true : undefined,
        );
        await runMortal("x-join", mesh, moment);
        const [frozen] = await mesh.store.joining.groups("doc");
        assertEquals([frozen?.joined, frozen?.cause], [3, "all"]);
        mesh.runMember("x-join");
        const result = await mesh.result("doc");
        await settled(mesh, "doc");
        assertEquals([result.phase, result.payload], ["succeeded", "[10,20,30]"]);
        const { conflicts } = await mesh.result("doc");
        assertEquals([conflicts, (await mesh.results()).length, await mesh.dead()], [0, 1, []]);
        assertEquals(new Set(mesh.ran.end), new Set(["[10,20,30]"]));
        if (moment === "frozen") {
          assertEquals(mesh.ran.end?.length, 1);
        }
      },
      ["x-join"],
    );

    test(
      `an x-resume that is killed when what goes on is ${moment} is repeated, and answers once`,
      async (mesh) => {
        await mesh.send({ id: "doc", route: "x-pause,end", payload: { n: 1 } });
        await eventually("what waits", () => mesh.store.parking.find("doc"));
        const body = answerBytes("doc", '{"ok":true}');
        await mesh.transport.publish([{ queue: "x-resume", body }]);
        await runMortal("x-resume", mesh, moment);
        assertEquals((await mesh.store.parking.find("doc"))?.ending?.answer, '{"ok":true}');
        mesh.runMember("x-resume");
        // Somebody who has another opinion is too late, and one who has the same changes nothing.
        const others = ['{"ok":false}', '{"ok":true}'].map((answer) => ({
          queue: "x-resume",
          body: answerBytes("doc", answer),
        }));
        await mesh.transport.publish(others);
        await eventually("the refusal", async () => (await mesh.dead())[0]);
        const { phase, payload } = await mesh.result("doc");
        await mesh.idle();
        assertEquals([phase, payload], ["succeeded", '{"n":1,"ok":true}']);
        assertEquals([(await mesh.result("doc")).conflicts, (await mesh.dead()).length], [0, 1]);
        assertEquals(new Set(mesh.ran.end), new Set(['{"n":1,"ok":true}']));
        if (moment === "frozen") assertEquals(mesh.ran.end?.length, 1);
      },
      ["x-resume"],
    );
  }
}

suite("the embedded transport", () => undefined);

if (!lacksRabbitmq()) {
  const server = await RabbitmqServer.start();
  Deno.test.afterAll(() => server.stop());
  let meshes = 0;
  suite("RabbitMQ", () => server.address({ namespace: `waiting-${++meshes}` }));
}
