import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fc from "fast-check";
import { Cover } from "@/adapters/http/pages/covers/cover.tsx";
import { coverTitle, fitText } from "@/adapters/http/pages/covers/cover_text.ts";

const BOX = { width: 132, height: 106, sizes: [30, 20, 12.5], leading: 1.16 };
const drawn = (title: string, authors: string[] = ["Ida Moreau"]) => String(Cover({ title, authors }));
const letters = (text: string) => text.replace(/\s/gu, "");

describe("a cover", () => {
  it("is the same one for the same title and author, whatever their case, and another for others", () => {
    expect(drawn("The Lamp")).toBe(drawn("The Lamp"));
    const art = (svg: string) => svg.replace(/<text[\s\S]*/, "");
    expect(art(drawn("THE LAMP"))).toBe(art(drawn("The Lamp")));
    const many = new Set(Array.from({ length: 100 }, (_, at) => art(drawn(`Lamp ${at}`))));
    expect(many.size).toBeGreaterThan(80);
  });

  it("shows a title without its series in brackets, and a long one without its subtitle", () => {
    expect(coverTitle("The Lamp (The Lamplighters, #1)")).toBe("The Lamp");
    expect(coverTitle("Lamps: A History")).toBe("Lamps: A History");
    expect(coverTitle("Lamps of the Harbour: A History of the Night Watch")).toBe("Lamps of the Harbour");
    expect(coverTitle("(Untitled)")).toBe("(Untitled)");
  });

  it("is hidden from those who listen, and has no markup of a title", () => {
    const svg = drawn("<script>alert(1)</script>", ['"><img src=x>']);
    expect(svg).toMatch(/^<svg [^>]*aria-hidden="true"/);
    expect(svg).not.toMatch(/<script|<img/);
  });

  it("has letters from right to left at its right edge", () => {
    expect(drawn("حارس المنارة", [])).toMatch(/direction="rtl"/);
    expect(drawn("The Lamp", [])).not.toMatch(/direction/);
  });
});

describe("fitText()", () => {
  it("loses no letter of a text that fits, and fills no more lines than the box has", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
      const text = words.join(" ");
      const { lines, size } = fitText(text, BOX);
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, Math.floor(BOX.height / (size * BOX.leading))));
      const shown = letters(lines.join(""));
      if (!shown.endsWith("…")) expect(shown).toBe(letters(text));
      else expect(letters(text).startsWith(shown.slice(0, -1)) || letters(text) === shown).toBe(true);
    }));
  });

  it("sets a short title larger than a long one, and cuts what does not fit at the end", () => {
    expect(fitText("Salt", BOX)).toEqual({ lines: ["Salt"], size: 30 });
    const long = fitText("the account of every ship that passed ".repeat(9), BOX);
    expect([long.size, long.lines.at(-1)?.endsWith("…")]).toEqual([12.5, true]);
  });

  it("breaks Chinese, Japanese and Thai between words, never before a mark, and a long word only in the smallest letters", () => {
    expect(fitText("城市裡的最後一盞燈", BOX).lines.length).toBeGreaterThan(1);
    expect(fitText("灯台守と、海の物語。", BOX).lines.filter((line) => /^[、。]/u.test(line))).toEqual([]);
    expect(fitText("ประภาคารกลางทะเลในคืนฝนตก", BOX).lines.length).toBeGreaterThan(1);
    expect(fitText("Donaudampfschifffahrtsgesellschaft", BOX)).toMatchObject({ size: 12.5 });
  });
});
