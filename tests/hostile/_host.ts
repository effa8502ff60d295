/**
 * The process of the host under attack, from outside: it is told what to run, and everything that it logs is kept.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { Answer, type Command, type StartCommand } from "./_host_protocol.ts";

const PROGRAM = fromFileUrl(new URL("./_host_process.ts", import.meta.url));

/** One line of the host's log. */
export interface LogLine {
  readonly text: string;
  readonly actor?: string;
  readonly id?: string;
  readonly message: string;
  /** What an actor said. */
  readonly guest?: boolean;
}

type WithoutNumber<T> = T extends unknown ? Omit<T, "number"> : never;

/** A host that does not do what it is told. */
export class HostRefusal extends Error {
  override readonly name = "HostRefusal";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The process. */
export class HostProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #awaited = new Map<number, (answer: Answer) => void>();
  readonly #reading: Promise<unknown>;
  readonly #logs: LogLine[] = [];
  #numbers = 0;
  #ended = false;

  /**
   * Starts it.
   *
   * @param folder Its state.
   * @param env What stands in its environment besides what it inherits.
   */
  constructor(folder: string, env: Record<string, string>) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--v8-flags=--expose-gc",
        PROGRAM,
        `${folder}/mesh.db`,
        `${folder}/cache`,
      ],
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#child.status.then(() => this.#ended = true);
    this.#reading = Promise.all([
      eachLine(this.#child.stdout, (line) => this.#answered(line)),
      eachLine(this.#child.stderr, (line) => this.#logs.push(readLog(line))),
    ]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Whether its process has ended, however that came. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Everything that it has logged. */
  get logs(): readonly LogLine[] {
    return this.#logs;
  }

  /** Starts an actor. @throws {HostRefusal} when the host does not take it; its code is that of the error. */
  async start(actor: Omit<StartCommand, "number" | "do">): Promise<void> {
    await this.#ask({ do: "start", ...actor });
  }

  /** Ends an actor, and its processes. */
  async stop(name: string): Promise<void> {
    await this.#ask({ do: "stop", name });
  }

  /** Process ids of an actor's sandboxes, the one in use first. */
  async pids(name: string): Promise<number[]> {
    return (await this.#ask({ do: "pids", name })).pids ?? [];
  }

  /** What the host itself has in use, without garbage. */
  async measure(): Promise<{ readonly heapBytes: number; readonly openFiles: number }> {
    const { heapBytes = 0, openFiles = 0 } = await this.#ask({ do: "measure" });
    return { heapBytes, openFiles };
  }

  /** Ends it. @returns Its exit code. */
  async close(): Promise<number> {
    await this.#writer.close();
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  async #ask(command: WithoutNumber<Command>): Promise<Answer> {
    const number = this.#numbers++;
    const answered = new Promise<Answer>((resolve) => this.#awaited.set(number, resolve));
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify({ number, ...command })}\n`));
    const gone = this.#child.status.then(({ code, signal }) => {
      throw new Error(`the host has ended: ${signal ?? code}\n${this.#logs.at(-1)?.text}`);
    });
    const answer = await Promise.race([answered, gone]);
    if (answer.code !== undefined) throw new HostRefusal(answer.code, answer.message ?? "");
    return answer;
  }

  #answered(line: string): void {
    const answer = Answer.parse(JSON.parse(line));
    this.#awaited.get(answer.number)?.(answer);
    this.#awaited.delete(answer.number);
  }
}

function readLog(text: string): LogLine {
  try {
    return { ...JSON.parse(text), text };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Not of the logger: kept all the same, as what must not be there could be in it.
    return { text, message: text };
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
}
