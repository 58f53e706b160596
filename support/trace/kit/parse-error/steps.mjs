import { Given } from '@cucumber/cucumber';

Given('what holds', () => {});
