import { refusal } from '../core/errors.js';
import { type Coordinate, checkCoordinatePart } from './coordinate.js';
import { categoryOf, type EventKind, showKind } from './kind.js';

/** Which events are meant; without a member, whatever that is. */
export interface Region {
  /** An entity, and all whose names go on after it with a `:`. */
  readonly entity?: string;
  readonly scope?: string;
  readonly kind?: EventKind;
  readonly category?: number;
  /** The first and the last sequence, both included. */
  readonly from?: number;
  readonly to?: number;
}

/** What a region looks at. */
export interface Placed {
  readonly coordinate: Coordinate;
  readonly kind: EventKind;
  readonly sequence: number;
}

/** The region, when its parts can be those of events; else `InvalidCoordinate` or `InvalidArgument`. */
export function checkRegion(region: Region): Region {
  const { entity, scope, kind, category, from, to } = region;
  if (entity !== undefined) checkCoordinatePart('entity', entity);
  if (scope !== undefined) checkCoordinatePart('scope', scope);
  if (kind !== undefined && category !== undefined && categoryOf(kind) !== category) {
    throw refusal('InvalidArgument', `${showKind(kind)} is not of category ${category}: no event is meant`, { argument: 'category' });
  }
  checkNumber('category', category, 15);
  checkNumber('kind', kind, 0xffff);
  checkNumber('from', from, Number.MAX_SAFE_INTEGER);
  checkNumber('to', to, Number.MAX_SAFE_INTEGER);
  return region;
}

/** CAT-JRN-3401: whether an event is meant. An entity's name counts up to a `:`: `a` means `a` and `a:b`, not `ab`. */
export function isIn({ entity, scope, kind, category, from, to }: Region, event: Placed): boolean {
  if (from !== undefined && event.sequence < from) return false;
  if (to !== undefined && event.sequence > to) return false;
  if (kind !== undefined && event.kind !== kind) return false;
  if (category !== undefined && categoryOf(event.kind) !== category) return false;
  if (scope !== undefined && event.coordinate.scope !== scope) return false;
  return entity === undefined || isBelow(entity, event.coordinate.entity);
}

/** One text for each region: what cursors are bound to (CAT-JRN-3402). Coordinates have neither `|` nor `=`. */
export function regionIdentity({ entity, scope, kind, category, from, to }: Region): string {
  const fact = kind !== undefined ? showKind(kind) : category !== undefined ? `category ${category}` : undefined;
  const parts = { entity, scope, fact, from, to };
  return Object.entries(parts)
    .map(([name, value]) => `${name}${value === undefined ? '' : `=${value}`}`)
    .join('|');
}

function isBelow(prefix: string, entity: string): boolean {
  return (
    entity === prefix || (entity.startsWith(prefix) && entity[prefix.length] === ':') || (prefix.endsWith(':') && entity.startsWith(prefix))
  );
}

function checkNumber(argument: string, value: number | undefined, maximum: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0 && value <= maximum)) return;
  throw refusal('InvalidArgument', `${argument} is a whole number from 0 to ${maximum}, not ${value}`, { argument });
}
