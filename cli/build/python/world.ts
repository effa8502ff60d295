/**
 * What a component imports beyond what every actor has: only what its modules ask for, since a host refuses what is not
 * granted, and does more for a component that can wait.
 *
 * @module
 */

/** A part of the world that only some need. */
interface Part {
  /** By what a module shows that it needs it. */
  readonly shown: RegExp;
  /** What is imported then. */
  readonly imports: readonly string[];
}

const PARTS: Readonly<Record<string, Part>> = {
  state: {
    shown:
      /^\s*(from\s+troupe\.state\b|import\s+troupe\.state\b|from\s+troupe\s+import\s[^#\n]*\bstate\b|from\s+troupe\s+import\s*\([^)]*\bstate\b)/m,
    imports: ["troupe:actor/state@0.1.0"],
  },
  http: {
    shown:
      /\burllib\.request\b|\bhttp\.client\b|\bfrom\s+(urllib|http)\s+import\b[^#\n]*\b(request|client)\b/,
    imports: ["wasi:http/outgoing-handler@0.2.9", "wasi:io/poll@0.2.9", "wasi:io/streams@0.2.9"],
  },
  timers: { shown: /\bsleep\b|\basyncio\b/, imports: ["troupe:actor/timers@0.1.0"] },
};

/** Name of the world that {@linkcode worldOf} makes. */
export const WORLD = "actor-in-python";

/**
 * The world, as WIT.
 *
 * @param modules Texts of the author's modules, and of the packages that they have along.
 */
export function worldOf(modules: readonly string[]): string {
  const parts = Object.values(PARTS).filter(({ shown }) => modules.some((text) => shown.test(text)));
  // CPython reads its environment once, when the component is built: the SDK asks for it anew.
  const imports = ["wasi:cli/environment@0.2.9", ...parts.flatMap(({ imports }) => imports)];
  return `package troupe:python@0.1.0;

world ${WORLD} {
    include troupe:actor/actor@0.1.0;
${imports.map((name) => `    import ${name};\n`).join("")}}
`;
}
