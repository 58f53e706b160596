/** Something that could not be done, or is not as it should be, in a report of what was done: `code` is from the closed list of errors. */
export interface Problem {
  /** The model that it is of, or would be, where that is known. */
  id?: string;
  path: string;
  code: string;
  message: string;
}
