import { AfterAll } from '@cucumber/cucumber';

AfterAll(() => {
  throw new Error('the lights stay on');
});
