/**
 * What a new actor is made from.
 *
 * @module
 */

/** Files of a new actor, by their names, and what to do with them. */
export interface Project {
  /** Texts, by their paths in the actor's folder; those that every actor has are not among them. */
  readonly files: Readonly<Record<string, string>>;
  /** The command that runs its tests, in its folder. */
  readonly test: string;
  /** Memory of an instance in the spec, where the language takes more than most. @default "64Mi" */
  readonly memory?: string;
  /** What the language's own tools leave in the folder, as `.gitignore` has it. @default nothing */
  readonly leftovers?: readonly string[];
  /** What else a person has to know. @default nothing */
  readonly note?: string;
}

/** What {@linkcode Template} makes a project of. */
export interface ProjectOptions {
  /** The actor's name. */
  readonly name: string;
  /** Where its folder will be: absolute. */
  readonly folder: string;
}

/** Makes the files of a new actor in one language. Writes nothing. */
export type Template = (options: ProjectOptions) => Promise<Project>;
