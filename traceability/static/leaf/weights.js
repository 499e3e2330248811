// Weights as people write them, for showing the net while typing. What counts is what the house reads (domain/units.py).
const GRAMS = { "": 1000, kg: 1000, "公斤": 1000, "千克": 1000, "斤": 500, "两": 50, g: 1, "克": 1 };
const LIMIT = 1_000_000_000;

const plain = (text) =>
  text
    .replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/[\u3000\u00a0\u2007\u2009\u202f]/g, " ")
    .trim();

// Whole grams of a weight, or null for what is none. Digits only, no floating point.
export function grams(text) {
  const found = /^([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))? *([^0-9., -]*)$/.exec(plain(text));
  const unit = found && GRAMS[found[3].toLowerCase()];
  if (!unit || plain(text).length > 40) return null;
  const part = (found[2] || "").replace(/0+$/, "");
  if (part.length > 9) return null;
  const scaled = BigInt(found[1].replace(/,/g, "") + part) * BigInt(unit), tens = 10n ** BigInt(part.length);
  if (scaled % tens || scaled / tens > BigInt(LIMIT)) return null;
  return Number(scaled / tens);
}

// Kilograms as the pages echo them: two decimals, three when needed.
export function kg(g) {
  const whole = Math.floor(g / 1000).toLocaleString("en-US");
  return `${whole}.${String(g % 1000).padStart(3, "0").replace(/0$/, "")}`;
}

// What was typed, with the unit chosen beside it where it names none.
export const withUnit = (text, unit) => (/[0-9\uff10-\uff19]$/.test(text.trim()) ? text.trim() + unit : text.trim());
