import type { Digest } from './digest.js';
import { refusal } from './errors.js';
import { checkId } from './ids.js';

/** CAT-FLT-7010: a node of a fleet has the content of that digest, in that place. Nobody but the node writes it. */
export interface Holding {
  /** `<node>/<digest>`. */
  id: string;
  /** The name under which the node is known in the fleet. */
  node: string;
  digest: Digest;
  /** Where the node has it: an absolute path there. */
  path: string;
  bytes?: number;
  /** What the node calls it. */
  model?: string;
  /** When the node last found the bytes to be those of the digest, by its own clock; absent where it never looked. */
  verified_at?: string;
  /** The catalog of the node that says so: two machines cannot be one node. */
  instance: string;
}

const longestNode = 128;

export function holdingId(node: string, digest: Digest): string {
  return `${node}/${digest}`;
}

/** The name of a node, when it is an id of up to 128 characters without a slash; else `InvalidArgument`. */
export function checkNode(node: string): string {
  if (node.length > longestNode || checkId(node).includes('/'))
    throw refusal('InvalidArgument', `a node's name is an id of up to ${longestNode} characters without a slash`, { argument: 'node' });
  return node;
}
