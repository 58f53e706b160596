import Conf from 'conf';

export const label = 'conf';
export const options = '`clearInvalidConfig: false`, the default';
export const isSynchronous = true;
export const save = async (folder, value) => opened(folder).set('value', value);
export const load = async (folder) => opened(folder).get('value', 'the default');

const opened = (cwd) => new Conf({ cwd, clearInvalidConfig: false });
