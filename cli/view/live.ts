/**
 * Lines on a terminal that are drawn again in their place.
 *
 * @module
 */

/** A terminal, as far as it is needed. */
export interface Terminal {
  /** Writes all of it. */
  write(text: string): void;
  size(): { readonly columns: number; readonly rows: number };
}

const ESC = "\u001b[";

/** A block of lines at the end of what a terminal shows. */
export class LiveBlock {
  readonly #terminal: Terminal;
  #drawn: readonly string[] = [];
  #columns = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Room for the block: one row is left, so that the terminal never scrolls. */
  get room(): { readonly width: number; readonly height: number } {
    const { columns, rows } = this.#terminal.size();
    return { width: columns, height: Math.max(1, rows - 1) };
  }

  /** Puts these lines in the place of those that are there. None may be wider than {@linkcode room}. */
  draw(lines: readonly string[]): void {
    const { columns } = this.#terminal.size();
    const same = columns === this.#columns && lines.length === this.#drawn.length &&
      lines.every((line, i) => line === this.#drawn[i]);
    if (same) return;
    // A line that was narrowed by a change of the window's width stands in several rows: clear from the top then.
    const home = columns === this.#columns || this.#columns === 0 ? this.#up() : `${ESC}H`;
    this.#terminal.write(`${ESC}?25l${home}${lines.map((line) => `${line}${ESC}K\n`).join("")}${ESC}J`);
    this.#drawn = lines;
    this.#columns = columns;
  }

  /** Takes the block away; what is written next stands in its place. */
  clear(): void {
    if (this.#drawn.length > 0) this.#terminal.write(`${this.#up()}${ESC}J`);
    this.#drawn = [];
  }

  /** Leaves the block as it stands, and gives the cursor back. */
  end(): void {
    this.#terminal.write(`${ESC}?25h`);
    this.#drawn = [];
  }

  #up(): string {
    return this.#drawn.length > 0 ? `${ESC}${this.#drawn.length}A\r` : "\r";
  }
}

/** A stream of this process, as a terminal. */
export function terminalOf(stream: { writeSync(bytes: Uint8Array): number }): Terminal {
  const encoder = new TextEncoder();
  return {
    write(text) {
      const bytes = encoder.encode(text);
      for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    },
    size() {
      try {
        return Deno.consoleSize();
      } catch {
        // No stream of this process tells its size.
        return { columns: 80, rows: 24 };
      }
    },
  };
}
