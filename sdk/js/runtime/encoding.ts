/**
 * `TextEncoder` and `TextDecoder`, for UTF-8. Algorithms: WHATWG Encoding Standard, sections 8.1.1 and 8.1.2.
 *
 * @module
 */

/** Encodes text as UTF-8; half of a surrogate pair becomes U+FFFD. */
export class Utf8Encoder {
  /** Always `utf-8`. */
  readonly encoding = "utf-8";

  /** The bytes of a text. */
  encode(text = ""): Uint8Array<ArrayBuffer> {
    const wellFormed = String(text).toWellFormed();
    const bytes = new Uint8Array(wellFormed.length * 3);
    return bytes.slice(0, write(wellFormed, bytes).written);
  }

  /** Writes the bytes of a text into an array, as many whole characters as it has room for. */
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number } {
    return write(String(text).toWellFormed(), bytes);
  }
}

function write(text: string, bytes: Uint8Array): { read: number; written: number } {
  let written = 0;
  let read = 0;
  while (read < text.length) {
    const code = text.codePointAt(read) as number;
    const length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (written + length > bytes.length) break;
    if (length === 1) bytes[written] = code;
    else {
      bytes[written] = (LEADS[length] as number) | (code >> (6 * (length - 1)));
      for (let at = 1; at < length; at++) {
        bytes[written + at] = 0x80 | (code >> (6 * (length - 1 - at)) & 0x3f);
      }
    }
    written += length;
    read += length === 4 ? 2 : 1;
  }
  return { read, written };
}

/** The first byte of a sequence, by its length. */
const LEADS = [0, 0, 0xc0, 0xe0, 0xf0];

const LABELS = ["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"];
/** How many UTF-16 units are made into a string at once: arguments live on the stack. */
const CHUNK = 4096;

/** Options of {@linkcode Utf8Decoder}. */
export interface DecoderOptions {
  /** Whether bytes that are no UTF-8 are an error, instead of becoming U+FFFD. @default false */
  readonly fatal?: boolean;
  /** Whether a byte order mark is kept. @default false */
  readonly ignoreBOM?: boolean;
}

/** Decodes UTF-8. */
export class Utf8Decoder {
  /** Always `utf-8`. */
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;

  /** @throws {RangeError} for another encoding than UTF-8. */
  constructor(label = "utf-8", { fatal = false, ignoreBOM = false }: DecoderOptions = {}) {
    if (!LABELS.includes(String(label).trim().toLowerCase())) {
      throw new RangeError(`the encoding ${JSON.stringify(label)} is not there in an actor: only utf-8 is`);
    }
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  /**
   * The text of some bytes.
   *
   * @throws {TypeError} for bytes that are no UTF-8, where these are fatal, and for `stream`, which is not there.
   */
  decode(input?: ArrayBufferView | ArrayBufferLike, { stream = false }: { stream?: boolean } = {}): string {
    if (stream) {
      throw new TypeError("TextDecoder in an actor decodes whole texts only: gather the bytes first");
    }
    if (input === undefined) return "";
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    return this.#text(bytes, hasMark && !this.ignoreBOM ? 3 : 0);
  }

  #text(bytes: Uint8Array, start: number): string {
    let text = "";
    let units: number[] = [];
    for (let at = start; at < bytes.length;) {
      const { code, next } = codeAt(bytes, at);
      at = next;
      if (code < 0 && this.fatal) throw new TypeError("the bytes are not valid UTF-8");
      if (code < 0) units.push(0xfffd);
      else if (code < 0x10000) units.push(code);
      else units.push(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
      if (units.length >= CHUNK) {
        text += String.fromCharCode(...units);
        units = [];
      }
    }
    return text + String.fromCharCode(...units);
  }
}

/** The code point at an offset, or -1 for the longest part of one that is cut short there; and where the next one is. */
function codeAt(bytes: Uint8Array, at: number): { code: number; next: number } {
  const lead = bytes[at++] as number;
  if (lead < 0x80) return { code: lead, next: at };
  let needed: number;
  let lower = 0x80;
  let upper = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) needed = 1;
  else if (lead >= 0xe0 && lead <= 0xef) {
    needed = 2;
    if (lead === 0xe0) lower = 0xa0;
    if (lead === 0xed) upper = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    needed = 3;
    if (lead === 0xf0) lower = 0x90;
    if (lead === 0xf4) upper = 0x8f;
  } else return { code: -1, next: at };
  let code = lead & (0x3f >> needed);
  for (; needed > 0; needed--) {
    const byte = bytes[at];
    if (byte === undefined || byte < lower || byte > upper) return { code: -1, next: at };
    lower = 0x80;
    upper = 0xbf;
    code = code << 6 | (byte & 0x3f);
    at++;
  }
  return { code, next: at };
}
