/** Counts that stay below 2^53, in eight little-endian bytes that have room for 2^64. */
export function writeUInt64(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32LE(value % 0x1_0000_0000, offset);
  bytes.writeUInt32LE(Math.floor(value / 0x1_0000_0000), offset + 4);
}

/** Whether numbers that were read are what was written: what is beyond 2^53 nobody wrote, and cannot be told from its neighbours. */
export function areExact(...numbers: readonly number[]): boolean {
  return numbers.every(Number.isSafeInteger);
}

export function readUInt64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 0x1_0000_0000;
}
