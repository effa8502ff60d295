/**
 * How a server wants somebody to sign in: the header `WWW-Authenticate` (RFC 9110).
 *
 * @module
 */

/** One way to sign in. */
export interface Challenge {
  /** In small letters: `bearer`, `basic`. */
  readonly scheme: string;
  /** By their names in small letters, such as `realm`. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** No server needs more. */
const MOST_HEADER = 8_192;
const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
/** A parameter, or the name of a scheme, with the commas before it. */
const PART = new RegExp(
  `[\\s,]*(?:(?<name>${TOKEN})\\s*=\\s*(?:"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|(?<plain>[^\\s,"]+))|(?<scheme>${TOKEN})(?=[\\s,]|$))`,
  "y",
);

/** Reads the header; what cannot be read, and what follows it, is left out. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const text = header.slice(0, MOST_HEADER);
  PART.lastIndex = 0;
  for (let found = PART.exec(text); found; found = PART.exec(text)) {
    const { name, quoted, plain, scheme } = found.groups ?? {};
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    const challenge = challenges.at(-1);
    if (name === undefined || !challenge) continue;
    challenge.parameters[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "";
  }
  return challenges;
}
