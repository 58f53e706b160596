import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { jsonIn } from './json.js';

/** Where a node's copy of a fleet comes from, and as whom the node is known there. */
export interface FleetOrigin {
  /** The URL of the fleet, without a password. */
  readonly from: string;
  /** Of the history that was copied. */
  readonly lineage: string;
  readonly node: string;
  /** Of this root: another machine under the same name has another. */
  readonly instance: string;
  /** Which copy counts, where there are two: a new one is made beside the old one. */
  readonly copy: string;
}

export type DecodedOrigin =
  | { readonly kind: 'intact'; readonly origin: FleetOrigin }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly reason: string };

export const originVersion = 1;
const copyForm = /^[A-Za-z0-9_-]{22}$/;

export const isCopyName = (name: string): boolean => copyForm.test(name);

export function encodeOrigin({ from, lineage, node, instance, copy }: FleetOrigin): Buffer {
  const members = canonicalJson({ from, lineage, node, instance, copy });
  const body = `{"schema":"catalog-core/fleet","version":${originVersion},"origin":${members}`;
  return Buffer.from(`${body},"checksum":"${checksumOf(body)}"}\n`);
}

/** What bytes are found to be; a codec never throws for bytes. */
export function decodeOrigin(bytes: Buffer): DecodedOrigin {
  const text = bytes.toString('utf8');
  const [, body = '', checksum] = /^(.*),"checksum":"(sha256:[0-9a-f]{64})"\}\n$/s.exec(text) ?? [];
  if (checksum === undefined) return damaged('its end is not a checksum');
  if (checksumOf(body) !== checksum) return damaged('its checksum does not match its bytes');
  const [, version, members = ''] = /^\{"schema":"catalog-core\/fleet","version":([0-9]{1,15}),"origin":(.*)$/s.exec(body) ?? [];
  if (version === undefined) return damaged('it is not the origin of a fleet');
  if (Number(version) > originVersion) return { kind: 'newer', version: Number(version) };
  const origin = originIn(members);
  if (origin === undefined) return damaged('it does not say where it comes from');
  return isCopyName(origin.copy) ? { kind: 'intact', origin } : damaged('it names no copy');
}

/** The members that there are to be, each a text. */
function originIn(text: string): FleetOrigin | undefined {
  const found = jsonIn(text);
  if (typeof found !== 'object' || found === null) return undefined;
  const { from, lineage, node, instance, copy } = found as Readonly<Record<string, unknown>>;
  const origin = { from, lineage, node, instance, copy };
  return Object.values(origin).every((member) => typeof member === 'string') ? (origin as FleetOrigin) : undefined;
}

function checksumOf(body: string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function damaged(reason: string): DecodedOrigin {
  return { kind: 'damaged', reason };
}
