/** Milliseconds of a clock that all processes of a machine have in common, and that never goes back. */
export const clockMs = () => Number(process.hrtime.bigint()) / 1e6;
