import { join } from 'node:path';
import Hypercore from 'hypercore';

export const name = 'hypercore';
export const settings = 'as it comes';
export const steadyAfter = 20;

export async function open(folder) {
  const core = new Hypercore(join(folder, 'hypercore'), { valueEncoding: 'json' });
  await core.ready();
  return {
    put: (record) => core.append(record),
    putAll: (records) => core.append(records),
    append: (payload) => core.append(payload),
    appendAll: (payloads) => core.append(payloads),
    eventAt: (sequence) => core.get(sequence - 1),
    close: () => core.close(),
  };
}
