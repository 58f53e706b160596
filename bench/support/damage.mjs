import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/** Puts other bytes into a file, published or not. */
export function overwrite(file, bytes) {
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
}

/** Takes the last bytes of a file away. */
export function tear(file, bytes = 5) {
  overwrite(file, readFileSync(file).subarray(0, -bytes));
}
