/**
 * What an error of the database means: whether it passes, and what it is for people.
 *
 * @module
 */

/**
 * - `passing`: the server is away, or full, or ends: the same can be tried again.
 * - `collision`: two transactions were in each other's way, and this one gave way.
 * - `refused`: against the rules of the tables; it would be refused again.
 */
export type FailureKind = "passing" | "collision" | "refused";

/** An error of the database, as it is known within the store. */
export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
  readonly kind: FailureKind;
  /** The server's code; empty when it did not answer. */
  readonly code: string;

  /** @param cause What the client threw. */
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.code = codeOf(cause);
    this.kind = kindOf(this.code);
  }

  /** Nobody is let in as this user, or there is no such database: a person has to do something. */
  get isSetup(): boolean {
    return /^(28|3D|42501|3F)/.test(this.code);
  }
}

/** Serialization failure, deadlock. */
const COLLISIONS = ["40001", "40P01"];
/** Wrong data, against a constraint, over a limit of the program. */
const REFUSED = ["22", "23", "54"];

function kindOf(code: string): FailureKind {
  if (COLLISIONS.includes(code)) return "collision";
  return REFUSED.includes(code.slice(0, 2)) ? "refused" : "passing";
}

/** The five characters that a server sends, and no code of the runtime's, such as ECONNREFUSED. */
function codeOf(error: unknown): string {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof code === "string" && typeof severity === "string" ? code : "";
}

function messageOf(error: unknown): string {
  // Where a name has several addresses, what went wrong with each of them.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  const message = error instanceof Error ? error.message : String(error);
  return message || "the connection failed";
}
