import { setTraps } from './traps.js';

setTraps();
