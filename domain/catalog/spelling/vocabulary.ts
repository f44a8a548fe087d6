import { editDistance } from "./edit_distance.ts";
import { soundOf } from "./sound.ts";

/** A word of the catalogue that is like a typed one. `distance`: slips between them. `begins`: only its beginning is like it. */
export type LikeWord = { word: string; distance: number; begins: boolean };

/** The most similar words that are compared. */
const MAX_LIKE = 40;
/** Words that are looked at in one step of a scan, which takes about a millisecond at most. */
const WORDS_PER_STEP = 1_024;
const LETTERS_ONLY = /^[\p{L}\p{M}]+$/u;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const MIN_LETTERS = 3;
const MAX_LETTERS = 40;

/** Words whose sound is worked out in one step, in about a millisecond. */
const HEARD_PER_STEP = 256;
/** Words of one sound differ by at most so many letters in length. */
const MAX_LONGER = 4;

/** `sounds`: of the first words, as somebody has asked for them. */
type Bucket = { words: string[]; letters: Int32Array; sounds: number[] };

/**
 * The words of the catalogue, packed: by length, each with a set of its letters in 32 bits. A slip changes at most one letter of
 * each set, so that two sets rule out most words without a look at them. About 50 bytes a word, 8 more once somebody asks how words sound.
 */
export class Vocabulary {
  readonly #known = new Set<string>();
  readonly #buckets = new Map<number, Bucket>();

  get size(): number {
    return this.#known.size;
  }

  /** Adds a word; one without misspellings (digits, single signs) is left out. */
  add(word: string): void {
    if (word.length < MIN_LETTERS || word.length > MAX_LETTERS || this.#known.has(word)) return;
    if (!LETTERS_ONLY.test(word) || CJK.test(word)) return;
    this.#known.add(word);
    let bucket = this.#buckets.get(word.length);
    if (bucket === undefined) {
      this.#buckets.set(word.length, bucket = { words: [], letters: new Int32Array(64), sounds: [] });
    }
    if (bucket.words.length === bucket.letters.length) {
      const wider = new Int32Array(bucket.letters.length * 2);
      wider.set(bucket.letters);
      bucket.letters = wider;
    }
    bucket.letters[bucket.words.length] = lettersOf(word);
    bucket.words.push(word);
  }

  /** Words within `most` slips of a word, nearest first, those with the same first letter before others, then by name. */
  like(word: string, most: number, prefix = false): LikeWord[] {
    return endOf(this.scan(word, most, prefix));
  }

  /** The same in short steps, between which words may be added. */
  *scan(word: string, most: number, prefix: boolean): Generator<undefined, LikeWord[]> {
    if (most === 0 || !LETTERS_ONLY.test(word) || CJK.test(word)) return [];
    const found: LikeWord[] = [];
    const wanted = lettersOf(word);
    let looked = 0;
    for (const [length, { words, letters }] of this.#buckets) {
      if (length < word.length - most || (!prefix && length > word.length + most)) continue;
      const begins = length > word.length + most;
      // A word that is added meanwhile may be in an array that is longer than this one.
      const size = words.length;
      for (let at = 0; at < size; at++) {
        if (++looked % WORDS_PER_STEP === 0) yield;
        const have = letters[at]!;
        if (bits(wanted & ~have) > most || (!prefix && bits(have & ~wanted) > most)) continue;
        const other = words[at]!;
        if (other === word) continue;
        // No beginning is further away than the whole word.
        const begun = prefix ? editDistance(word, other, most, true) : 0;
        if (begun > most) continue;
        const whole = begins ? most + 1 : editDistance(word, other, most);
        if (whole <= most) found.push({ word: other, distance: whole, begins: false });
        else if (prefix && begun > 0) found.push({ word: other, distance: begun, begins: true });
      }
    }
    const first = word[0];
    const cost = (one: LikeWord) => one.distance * 4 + (one.begins ? 5 : 0) + (one.word[0] === first ? 0 : 3);
    return found.sort((a, b) => cost(a) - cost(b) || (a.word < b.word ? -1 : 1)).slice(0, MAX_LIKE);
  }

  /** Words that sound like a word, those of the nearest lengths first, in short steps. */
  *sounding(word: string): Generator<undefined, string[]> {
    const sound = soundOf(word);
    if (sound === "") return [];
    const wanted = hash(sound);
    const found: string[] = [];
    let looked = 0;
    for (const [length, { words, sounds }] of this.#buckets) {
      if (Math.abs(length - word.length) > MAX_LONGER) continue;
      for (let at = 0; at < words.length; at++) {
        const fresh = at === sounds.length;
        if (fresh) sounds.push(hash(soundOf(words[at]!)));
        if (++looked % (fresh ? HEARD_PER_STEP : WORDS_PER_STEP) === 0) yield;
        if (sounds[at] === wanted && words[at] !== word && soundOf(words[at]!) === sound) found.push(words[at]!);
      }
    }
    const cost = (other: string) => Math.abs(other.length - word.length) + (other[0] === word[0] ? 0 : 1);
    return found.sort((a, b) => cost(a) - cost(b) || (a < b ? -1 : 1)).slice(0, MAX_LIKE);
  }
}

/** What a scan finds, without a pause. */
export function endOf<Found>(scan: Generator<undefined, Found>): Found {
  for (;;) {
    const step = scan.next();
    if (step.done) return step.value;
  }
}

/** A sound in 32 bits. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum;
}

/** The set of a word's letters: a bit for each of a to z, the others share six. */
function lettersOf(word: string): number {
  let set = 0;
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at);
    set |= 1 << (code >= 97 && code <= 122 ? code - 97 : 26 + code % 6);
  }
  return set;
}

/** How many bits are set. */
function bits(set: number): number {
  let left = set - ((set >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
