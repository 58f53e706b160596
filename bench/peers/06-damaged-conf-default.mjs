import { runWith } from './06-damaged-conf.mjs';

export const peer = 'conf';
export const version = '15.1.0';
export const issue = '19: not with the defaults of conf';
export const promise = 'a damaged file is refused, not replaced';
export const keeps = true;

export const run = () => runWith({});
