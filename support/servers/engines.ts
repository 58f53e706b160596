import type { FleetEngine } from './engine.js';
import { etcdEngine } from './etcd-engine.js';
import { postgresEngine } from './postgres-engine.js';

export const engines: Readonly<Record<string, FleetEngine>> = { PostgreSQL: postgresEngine, etcd: etcdEngine };

export function engineNamed(name: string): FleetEngine {
  const engine = engines[name];
  if (engine === undefined) throw new Error(`"${name}" is not a server; known are ${Object.keys(engines).join(', ')}`);
  return engine;
}
