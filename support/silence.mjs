import { Formatter } from '@cucumber/cucumber';

/** Says nothing: without any formatter cucumber would tell its progress. */
export default class Silence extends Formatter {
  static documentation = 'Says nothing.';
}
