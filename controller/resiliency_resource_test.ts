import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DEFAULT_POLICY } from "@troupe/host/resiliency";
import { ActorSpecError, parseActorSpec } from "./spec.ts";

const HEAD = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: split }
spec:
  component: { file: a.wasm }
  resiliency:
`;

function read(resiliency: string) {
  return parseActorSpec(HEAD + resiliency, { file: "/mesh/split/actor.yaml" }).resiliency;
}

Deno.test("a rule has its policy, with what the policy does not say filled in", () => {
  const { rules } = read(`
    policies:
      flaky:
        maxAttempts: 5
        backoff: linear
        initialDelay: 500ms
        maxDelay: 1m
        maxDuration: 10m
        jitter: 0.5
        onExhausted: [triage, store]
      Plain_1: {}
    rules:
      - match: [openai.RateLimitError, TimeoutError, troupe.Timeout]
        policy: flaky
      - { match: [troupe.RetryAfter], policy: Plain_1 }
      - { match: ["*"], policy: never }
`);
  assertEquals(rules, [
    {
      match: ["openai.RateLimitError", "TimeoutError", "troupe.Timeout"],
      policy: {
        maxAttempts: 5,
        backoff: "linear",
        initialDelayMs: 500,
        maxDelayMs: 60_000,
        maxDurationMs: 600_000,
        jitter: 0.5,
        onExhausted: ["triage", "store"],
      },
    },
    { match: ["troupe.RetryAfter"], policy: DEFAULT_POLICY },
    { match: ["*"], policy: { ...DEFAULT_POLICY, maxAttempts: 1 } },
  ]);
});

Deno.test("nothing said is no rule", () => {
  for (const text of ["    {}\n", "    policies: {}\n", "    rules: []\n"]) {
    assertEquals(read(text), { rules: [] });
  }
});

const policy = (fields: string) => `    policies:\n      p: ${fields}\n`;
const rules = (...lines: string[]) =>
  `    policies: { p: {} }\n    rules:\n${lines.map((line) => `      - ${line}\n`).join("")}`;

const REFUSED: Record<string, { text: string; line: number; says: string }> = {
  "a field that was mistyped": {
    text: "    rule: []\n",
    line: 7,
    says: "spec.resiliency.rule is not a field of an Actor; did you mean rules?",
  },
  "a field of a policy that was mistyped": {
    text: policy("{ maxAttempt: 3 }"),
    line: 8,
    says: "spec.resiliency.policies.p.maxAttempt is not a field of an Actor; did you mean maxAttempts?",
  },
  "a field of a rule that was mistyped": {
    text: rules('{ match: ["*"], policy: p, polcy: p }'),
    line: 9,
    says: "spec.resiliency.rules[0].polcy is not a field of an Actor; did you mean policy?",
  },
  "no attempt": { text: policy("{ maxAttempts: 0 }"), line: 8, says: "whole number between 1 and 1000" },
  "too many attempts": { text: policy("{ maxAttempts: 1001 }"), line: 8, says: "between 1 and 1000" },
  "a backoff that is none": {
    text: policy("{ backoff: random }"),
    line: 8,
    says: "spec.resiliency.policies.p.backoff has to be constant, linear or exponential",
  },
  "a time without unit": { text: policy("{ initialDelay: 5 }"), line: 8, says: "a time with its unit" },
  "a pause that is too long": { text: policy("{ maxDelay: 25h }"), line: 8, says: "between 0s and 24h" },
  "a duration of nothing": { text: policy("{ maxDuration: 0s }"), line: 8, says: "between 1ms and 720h" },
  "a first pause longer than the longest": {
    text: policy("{ initialDelay: 2m, maxDelay: 1m }"),
    line: 8,
    says: "p.initialDelay has to be at most maxDelay: raise that",
  },
  "too much chance": {
    text: policy("{ jitter: 1.1 }"),
    line: 8,
    says: "p.jitter has to be a number from 0 to 1",
  },
  "somebody of the crew": {
    text: policy("{ onExhausted: [b, x-sink] }"),
    line: 8,
    says: 'p.onExhausted[1] may not begin with "x-"',
  },
  "an actor that is no name": {
    text: policy("{ onExhausted: [B_1] }"),
    line: 8,
    says: "has to be a DNS label",
  },
  "the actor itself": {
    text: policy("{ onExhausted: [split] }"),
    line: 8,
    says: "p.onExhausted[0] is this actor itself",
  },
  "a policy that is there already": {
    text: "    policies:\n      never: {}\n",
    line: 8,
    says: "spec.resiliency.policies.never is there already",
  },
  "a policy's name that is none": { text: '    policies: { "a b": {} }\n', line: 7, says: "letters, digits" },
  "a policy that is not there": {
    text: rules('{ match: ["*"], policy: q }'),
    line: 9,
    says: 'spec.resiliency.rules[0].policy names "q", which is no policy here: there is p, never',
  },
  "a policy that is there in JavaScript only": {
    text: rules('{ match: ["*"], policy: constructor }'),
    line: 9,
    says: 'names "constructor", which is no policy',
  },
  "a rule after one for everything": {
    text: rules('{ match: [A, "*"], policy: p }', "{ match: [B], policy: p }"),
    line: 10,
    says: "spec.resiliency.rules[1] is never reached",
  },
  "a rule of types that have rules": {
    text: rules("{ match: [A], policy: p }", "{ match: [B, C], policy: p }", "{ match: [C, A], policy: p }"),
    line: 11,
    says: "spec.resiliency.rules[2] is never reached",
  },
  "a rule for nothing": { text: rules("{ match: [], policy: p }"), line: 9, says: "name a type of failure" },
  "a rule without policy": { text: rules("{ match: [A] }"), line: 9, says: "rules[0].policy is missing" },
  "a pattern": { text: rules('{ match: ["A*"], policy: p }'), line: 9, says: "match[0] has to be the type" },
  "a rule for what no rule is asked": {
    text: rules("{ match: [A, troupe.Fatal], policy: p }"),
    line: 9,
    says: "match[1] is dealt with in one way always",
  },
};

for (const [name, { text, line, says }] of Object.entries(REFUSED)) {
  Deno.test(`resiliency refuses ${name}`, () => {
    const [problem = "", ...others] = assertThrows(() => read(text), ActorSpecError).message.split("\n");
    assertStringIncludes(problem, `/mesh/split/actor.yaml:${line}: `);
    assertStringIncludes(problem, says);
    assertEquals(others, []);
  });
}
