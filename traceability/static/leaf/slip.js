// The reference and the QR symbol of a slip, made on the phone: a MAC under the book's key, and a table to draw from.
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const QUIET = 4;

const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));

// Twelve letters of the first eight bytes of HMAC-SHA256 (domain/slips.py).
export async function reference(no, key) {
  const sha = { name: "HMAC", hash: "SHA-256" };
  const made = await crypto.subtle.importKey("raw", bytes(key), sha, false, ["sign"]);
  const signed = new Uint8Array(await crypto.subtle.sign("HMAC", made, new TextEncoder().encode(no)));
  const number = signed.slice(0, 8).reduce((all, one) => (all << 8n) | BigInt(one), 0n);
  return Array.from({ length: 12 }, (_, at) => LETTERS[Number((number >> BigInt(55 - 5 * at)) & 31n)]).join("");
}

// The bits of a text in alphanumeric mode: two characters as eleven, a last one as six.
function bitsOf(text) {
  const values = [...text].map((one) => ALPHANUMERIC.indexOf(one)), bits = [];
  for (let at = 0; at < values.length; at += 2) {
    const pair = at + 1 < values.length;
    const number = pair ? 45 * values[at] + values[at + 1] : values[at];
    for (let bit = (pair ? 11 : 6) - 1; bit >= 0; bit -= 1) bits.push((number >> bit) & 1);
  }
  return bits;
}

const nibbles = (hex) => Uint8Array.from(hex, (digit) => parseInt(digit, 16));

// [side, SVG path] of the symbol of a slip, quiet zone included.
export function symbol(table, tail) {
  const modules = nibbles(table.plain);
  bitsOf(table.lead + tail).forEach((bit, at) => {
    if (bit) nibbles(table.bits[at]).forEach((digit, place) => { modules[place] ^= digit; });
  });
  let path = "";
  for (let at = 0; at < table.side * table.side; at += 1) {
    const dark = (modules[at >> 2] >> (3 - (at & 3))) & 1;
    if (dark) path += `M${(at % table.side) + QUIET} ${Math.floor(at / table.side) + QUIET}h1v1h-1z`;
  }
  return [table.side + 2 * QUIET, path];
}
