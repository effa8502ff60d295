/**
 * The live view of a running mesh: a table on a terminal that is drawn again and again.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { type ActorFigures, renderFrame } from "../view/frame.ts";
import { LiveBlock, type Terminal } from "../view/live.ts";
import { Rate } from "../view/rate.ts";
import type { Styles } from "../view/styles.ts";
import type { Counter } from "./counter.ts";
import type { ActorLine, Mesh } from "./mesh.ts";

/** How often it is drawn, in milliseconds. */
const INTERVAL_MS = 200;
/** How many lines of the log are kept for it. */
const LOG_LINES = 50;

/** What it shows, and where. */
export interface LiveViewOptions {
  /** What is run, such as the folder. */
  readonly title: string;
  readonly terminal: Terminal;
  readonly styles: Styles;
  readonly counter: Counter;
}

/** A live view. Nothing is drawn before {@linkcode LiveView.show}. */
export class LiveView {
  /** What is going on, in a few words. */
  hint = "";
  readonly #options: LiveViewOptions;
  readonly #block: LiveBlock;
  readonly #rates = new Map<string, Rate>();
  readonly #since = performance.now();
  #log: string[] = [];
  #mesh: Pick<Mesh, "status"> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawing: Promise<void> = Promise.resolve();
  #lines: readonly ActorLine[] = [];

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#block = new LiveBlock(options.terminal);
  }

  /** Adds a line, or several, to the log below the table. */
  log(text: string): void {
    this.#log = [...this.#log, ...text.split("\n")].slice(-LOG_LINES);
  }

  /** Draws this mesh from now on. */
  show(mesh: Pick<Mesh, "status">): void {
    this.#mesh = mesh;
    this.#drawing = this.#draw();
  }

  /** Stops drawing. With `clear`, nothing is left of it; without, the last picture is. */
  async end({ clear = false }: { readonly clear?: boolean } = {}): Promise<void> {
    const mesh = this.#mesh;
    this.#mesh = undefined;
    clearTimeout(this.#timer);
    await this.#drawing;
    if (!mesh) return;
    if (clear) this.#block.clear();
    else {
      await this.#look(mesh);
      this.#paint();
    }
    this.#block.end();
  }

  async #draw(): Promise<void> {
    const mesh = this.#mesh;
    if (!mesh) return;
    await this.#look(mesh);
    if (this.#mesh !== mesh) return;
    this.#paint();
    this.#timer = setTimeout(() => this.#drawing = this.#draw(), INTERVAL_MS);
  }

  async #look(mesh: Pick<Mesh, "status">): Promise<void> {
    try {
      this.#lines = await mesh.status();
    } catch (error) {
      // The figures stay as they were. A mesh that is closed meanwhile says so at the next look.
      const closed = error instanceof TroupeError && error.code === "troupe.TransportClosed";
      if (!closed) this.log(error instanceof Error ? error.message : String(error));
    }
  }

  #paint(): void {
    const { title, styles } = this.#options;
    const figures = {
      title,
      uptimeMs: performance.now() - this.#since,
      actors: this.#lines.map((line) => this.#figures(line)),
      hint: this.hint,
      log: this.#log,
    };
    this.#block.draw(renderFrame(figures, { ...this.#block.room, styles }));
  }

  #figures({ name, state, problem, inFlight, depth }: ActorLine): ActorFigures {
    const { done, failed } = this.#options.counter.of(name);
    const rate = this.#rates.get(name) ?? new Rate();
    this.#rates.set(name, rate);
    const waiting = depth.ready + depth.delayed;
    return {
      name,
      state,
      problem,
      waiting,
      inFlight,
      done,
      failed,
      rate: rate.sample(done, performance.now()),
    };
  }
}
