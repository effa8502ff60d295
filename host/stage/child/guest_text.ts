/**
 * How strings of a guest become strings of JavaScript: checked, and bounded before they are made.
 *
 * jco's glue lifts strings with a `TextDecoder` that takes anything: bytes that are not UTF-8 would silently become
 * others, and a list of strings that all lie at the same place would fill the memory of the process. The glue is given
 * this one instead.
 *
 * @module
 */

/** A guest handed over a text that cannot be taken. */
export class GuestTextError extends Error {
  override readonly name = "GuestTextError";
  /** Why: it is not UTF-8, or it is too much. */
  readonly code: "troupe.BadOutput" | "troupe.OutputLimit";

  constructor(code: GuestTextError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What guests' texts are decoded with. */
export interface GuestText {
  /** To be put in the place of `TextDecoder`. */
  readonly Decoder: new (label?: string) => { decode(bytes: Uint8Array): string };
  /** Guest code is entered, or a call of it is over: it may hand over as much again. */
  reset(): void;
}

// The real one: what this makes takes its place.
const RealDecoder = TextDecoder;

/** @param longest Most bytes of all texts together that a guest can hand over in one call or return. */
export function guestText(longest: number): GuestText {
  const decoders = new Map<string, TextDecoder>();
  const decoderOf = (label: string) => {
    const decoder = decoders.get(label) ?? new RealDecoder(label, { fatal: true, ignoreBOM: true });
    decoders.set(label, decoder);
    return decoder;
  };
  let left = longest;
  return {
    Decoder: class {
      readonly #decoder: TextDecoder;
      constructor(label = "utf-8") {
        this.#decoder = decoderOf(label);
      }
      decode(bytes: Uint8Array): string {
        left -= bytes.byteLength;
        if (left < 0) {
          throw new GuestTextError(
            "troupe.OutputLimit",
            `More than ${longest} bytes of text in one call or return`,
          );
        }
        try {
          return this.#decoder.decode(bytes);
        } catch (error) {
          throw new GuestTextError("troupe.BadOutput", "A text that is not UTF-8", { cause: error });
        }
      }
    },
    reset() {
      left = longest;
    },
  };
}
