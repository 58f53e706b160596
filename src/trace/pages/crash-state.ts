/**
 * Media type of an attachment that the page draws: `{ before, after: [{ path, bytes, text? }], steps: [text], first: number of the
 * first of them, more: how many follow, cut: place in steps, end: what ended them, replay: command }`, of which all may be left out.
 */
export const crashStateType = 'application/vnd.crash-state+json';
