import { refusal } from '../core/errors.js';

/** What sort of event this is: 4 bits of category above 12 bits of type. Made by {@link kind}. */
export type EventKind = number;

const categories = 0x10;
const types = 0x1000;

/** Categories of which only the journal itself makes events. */
const reserved: readonly number[] = [0x0, 0xd];

/** The kind of a category (0 to 15) and a type (0 to 4,095); `InvalidArgument` for other numbers. */
export function kind(category: number, type: number): EventKind {
  if (!isBelow(categories, category)) throw refusal('InvalidArgument', `a category is a whole number from 0 to 15, not ${category}`);
  if (!isBelow(types, type)) throw refusal('InvalidArgument', `a type is a whole number from 0 to 4095, not ${type}`);
  return category * types + type;
}

/** The category that a kind is of. */
export function categoryOf(kind: EventKind): number {
  return Math.floor(kind / types);
}

/** `0x1001`: category and type as they are written in code. */
export function showKind(kind: EventKind): string {
  return `0x${kind.toString(16).padStart(4, '0')}`;
}

/** Whether only the journal itself makes events of a kind. */
export function isReserved(kind: EventKind): boolean {
  return reserved.includes(categoryOf(kind));
}

/** CAT-JRN-3502: what is left of an event whose payload was dropped. */
export const tombstone: EventKind = kind(0x0, 0xffe);

/** CAT-JRN-3002: the kind, when callers may append events of it; `ReservedKind` for categories 0x0 and 0xD. */
export function checkKind(kind: EventKind): EventKind {
  if (!isBelow(categories * types, kind)) throw refusal('InvalidArgument', `a kind is a whole number from 0 to 65535, not ${kind}`);
  const category = categoryOf(kind);
  if (isReserved(kind)) {
    throw refusal('ReservedKind', `${showKind(kind)} is of category 0x${category.toString(16)}, which is the journal's own`, {
      kind,
      category,
    });
  }
  return kind;
}

function isBelow(limit: number, number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number < limit;
}
