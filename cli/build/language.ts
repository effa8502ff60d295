/**
 * What the build has to know of a language.
 *
 * @module
 */

/** Where an actor's source is. */
export interface Source {
  /** Path of the file by which it was found: one of {@linkcode Language.sources}. */
  readonly file: string;
  /** The folder that the file is in, which is that of the `actor.yaml`. */
  readonly folder: string;
  /** The actor's name. */
  readonly actor: string;
}

/** A language that actors are written in. */
export interface Language {
  /** As in `troupe new --language`; the one name for dialects. */
  readonly name: string;
  /** Names of files beside `actor.yaml`; one of them tells that the source is in this language. */
  readonly sources: readonly string[];
  /**
   * Makes ready what a build of a source needs, and finds its tools.
   *
   * @throws {BuildError} `troupe.ToolchainMissing`, with the command that installs it.
   */
  open(source: Source): Promise<OpenSource>;
}

/** A source that can be built, until it is disposed of. */
export interface OpenSource extends AsyncDisposable {
  /**
   * The digest of everything that the component is made of: sources, the SDK, the contract, versions of the tools, their
   * options. Not of where these are.
   *
   * @returns SHA-256, in hex.
   */
  inputs(): Promise<string>;
  /** Versions of the tools, and of packages that they put in, by their names. */
  tools(): Promise<Readonly<Record<string, string>>>;
  /** Checks the types, where that is a step of its own. @throws {BuildError} when they do not fit. */
  check(): Promise<void>;
  /** Makes the component. @throws {BuildError} when it cannot be made, in the words of the compiler. */
  make(): Promise<Uint8Array<ArrayBuffer>>;
}
