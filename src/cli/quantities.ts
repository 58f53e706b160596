import { InvalidArgumentError } from 'commander';

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
};
const secondMs = 1000;
const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: secondMs,
  m: 60 * secondMs,
  h: 3600 * secondMs,
  d: 24 * 3600 * secondMs,
  w: 7 * 24 * 3600 * secondMs,
};

/** `50GB`, `1.5GiB`, `4096`: bytes. */
export const bytesIn = (text: string): number => quantity(text, byteUnits, 'It is a number of bytes, as 4096, 50GB or 1.5GiB.');

/** `30d`, `90m`, `500ms`: milliseconds; a number alone has no unit and is refused, but for 0. */
export function durationIn(text: string): number {
  const what = 'It is a time with its unit, as 500ms, 30s, 90m, 12h, 30d or 8w.';
  if (/^\d+$/.test(text) && text !== '0') throw new InvalidArgumentError(what);
  return quantity(text, durationUnits, what);
}

function quantity(text: string, units: Readonly<Record<string, number>>, what: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit === '' ? 1 : Object.entries(units).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1];
  const value = Math.round(Number(number) * (factor ?? Number.NaN));
  if (number === '' || !Number.isSafeInteger(value)) throw new InvalidArgumentError(what);
  return value;
}
