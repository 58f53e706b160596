import { join } from 'node:path';

/** The files of a journal, by its directory. Numbers of segments have six digits, or more where those are not enough. */
const digits = 6;
const segmentName = /^([0-9]{6,})\.seg$/;

export const segmentPath = (directory: string, number: number): string => join(directory, `${String(number).padStart(digits, '0')}.seg`);
export const lockPath = (directory: string): string => join(directory, 'journal.lock');
/** Says that a sync of the segment failed. */
export const suspectPath = (directory: string, number: number): string => `${segmentPath(directory, number)}.suspect`;
export const cancelledRangesPath = (directory: string): string => join(directory, 'cancelled-ranges');
export const cursorsFolder = (directory: string): string => join(directory, 'cursors');
export const projectionsFolder = (directory: string): string => join(directory, 'projections');
export const cursorPath = (directory: string, id: string): string => join(cursorsFolder(directory), id);
export const projectionPath = (directory: string, file: string): string => join(projectionsFolder(directory), file);
export const checkpointPath = (directory: string): string => join(directory, 'checkpoint');

/** The number of the segment of a name; `undefined` for a file that is none. */
export function segmentNumber(name: string): number | undefined {
  const number = Number(segmentName.exec(name)?.[1]);
  return Number.isSafeInteger(number) && number > 0 && name === `${String(number).padStart(digits, '0')}.seg` ? number : undefined;
}
