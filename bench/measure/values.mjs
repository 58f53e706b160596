// What is written: about 330 bytes of JSON, as long for every number, and another text for each.

const digits = '0123456789abcdef';
const registered = Date.parse('2026-01-02T03:04:05.678Z');

/** A record as a catalog has it; `number` makes it another than what was there. */
export function entry(place, number = 0) {
  const id = idOf(place);
  return {
    id,
    name: id,
    source: `hf://example/${id}/${id}.gguf`,
    state: 'Pending',
    trust_state: 'unverified',
    registered_at: new Date(registered + number).toISOString(),
    digest: `sha256:${hexOf(number).repeat(4)}`,
    bytes: 4_000_000_000 + number,
    labels: { family: 'llama', quantization: 'Q4_K_M', draw: hexOf(number) },
  };
}

/** The payload of an event: about 200 bytes of JSON. */
export function event(number) {
  return { id: idOf(number), state: 'Active', digest: `sha256:${hexOf(number).repeat(4)}`, bytes: 4_000_000_000 + number, draw: hexOf(number) };
}

export const idOf = (place) => `model-${String(place).padStart(8, '0')}`;

/** Sixteen digits that look drawn and are the same for the same number. */
function hexOf(number) {
  let [text, state] = ['', (number * 2_654_435_761 + 97) >>> 0];
  for (let place = 0; place < 16; place++) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + number) >>> 0;
    text += digits[state & 15];
  }
  return text;
}

/** Bytes that no compression makes shorter, as long as is asked, the same for the same number. */
export function bytesOf(length, number) {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (number * 2_654_435_761 + 1) >>> 0;
  for (let place = 0; place < words.length; place++) {
    state = (state + 0x6d2b79f5) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    words[place] = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
  }
  return Buffer.from(words.buffer, 0, length);
}
