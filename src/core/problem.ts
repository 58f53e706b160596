/** Something that could not be done, or is not as it should be, in a report of what was done: `code` is from the closed list of errors. */
export interface Problem {
  path: string;
  code: string;
  message: string;
}
