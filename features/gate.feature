Feature: The gate keeps what no test can see

  `npm run check` reads the sources. Each of its checks is shown here to refuse what it is there for, and to leave alone what
  only looks like it.

  Rule: A program that is made is run, and a dropped one does nothing

    @CAT-SIM-5002
    Scenario Outline: <trouble> is refused
      Given a program with this body:
        """
        <body>
        """
      When the programs are checked
      Then the check refuses it at its line 1, because it "<reason>"

      Examples:
        | trouble                           | body                                                          | reason                   |
        | A forgotten yield*                | sync(handle);                                                 | does not run it          |
        | A program that is thrown away     | void sync(handle);                                            | does not run it          |
        | A program made on a condition     | handle > 3 && sync(handle);                                   | does not run it          |
        | A program made by a callback      | [handle].forEach((each) => sync(each));                       | does not run it          |
        | A program made in a block         | [handle].forEach((each) => { sync(each); });                  | does not run it          |
        | A program that is asked for truth | if (!clone('a', 'b')) return;                                 | what it answers          |
        | A yield without its star          | yield sync(handle) as never;                                  | instead of its steps     |
        | A finally                         | try { yield* sync(handle); } finally { handle; }              | has a finally            |
        | A finally in disguise             | using held = { [Symbol.dispose]() {} };                       | which is a finally       |
        | A program that is returned        | const other = sync(handle); other.return(undefined);          | a crashed one is dropped |
        | A program that may be returned    | const other = [sync(handle)].pop(); other?.return(undefined); | a crashed one is dropped |

    @CAT-SIM-5002
    Scenario Outline: <habit> is left alone
      Given a program with this body:
        """
        <body>
        """
      When the programs are checked
      Then the check finds nothing

      Examples:
        | habit                           | body                                                           |
        | A program that is run           | yield* sync(handle);                                           |
        | A program kept for later        | const later = sync(handle); yield* later;                      |
        | A program chosen before it runs | yield* handle > 3 ? sync(handle) : close(handle);              |
        | An answer that is asked         | if (!(yield* clone('a', 'b'))) return;                         |
        | A callback that hands it on     | for (const each of [1].map((one) => sync(one))) yield* each;   |
        | A program that may be missing   | const maybe = [sync(handle)].at(handle); if (maybe) yield* maybe; |
        | A catch                         | try { yield* sync(handle); } catch { return; }                 |
        | A finally of a plain function   | const plain = () => { try { return 1; } finally { handle; } }; |

  Rule: Arrows point down only

    @CAT-SIM-5001 @CAT-REC-1009
    Scenario Outline: <trouble> is refused
      Given the file "<file>" with this text:
        """
        <text>
        """
      When the imports are checked
      Then the check refuses it at its line 1, because it "<reason>"

      Examples:
        | trouble                             | file                     | text                                             | reason                       |
        | The core using the disk             | src/core/planted.ts      | import { run } from '../disk/program.js';        | arrows point down            |
        | The core using the disk's types     | src/core/planted.ts      | import type { Step } from '../disk/steps.js';    | arrows point down            |
        | The core using a package            | src/core/planted.ts      | import { satisfies } from 'semver';              | core imports semver          |
        | The core reading the clock's module | src/core/planted.ts      | import { performance } from 'node:perf_hooks';   | core imports node:perf_hooks |
        | A store touching the files          | src/stores/planted.ts    | import { open } from 'node:fs/promises';         | touches the disk             |
        | A protocol touching the files       | src/disk/lock.ts         | export { openSync } from 'fs';                   | touches the disk             |
        | A file loaded on demand             | src/artifacts/planted.ts | const fs = await import('graceful-fs');          | touches the disk             |
        | A file loaded by require            | src/artifacts/planted.ts | const fs = createRequire(import.meta.url)('fs'); | touches the disk             |
        | A file asked of the process         | src/artifacts/planted.ts | const fs = process.getBuiltinModule('fs');       | touches the disk             |
        | A store using the facade            | src/stores/planted.ts    | export { openCatalog } from '../catalog.js';     | arrows point down            |
        | A content store using the command   | src/artifacts/planted.ts | type Main = import('../cli/main.js').Main;       | arrows point down            |
        | The library using its public names  | src/cli/main.ts          | import { openCatalog } from '../index.js';       | is for users                 |
        | The library using its own package   | src/cli/main.ts          | import { openCatalog } from 'catalog-core';      | its own package              |
        | The library using the tests         | src/catalog.ts           | import { clause } from '../support/clauses.js';  | from outside src             |
        | A folder without a place            | src/novelty/planted.ts   | import { refusal } from '../core/errors.js';     | has no layer                 |

    @CAT-SIM-5001
    Scenario: Two folders that import each other are refused
      Given the file "src/stores/planted.ts" with this text:
        """
        import { evict } from '../artifacts/planted.js';
        """
      And the file "src/artifacts/planted.ts" with this text:
        """
        import { put } from '../stores/planted.js';
        """
      When the imports are checked
      Then the check refuses it at its line 1, because it "part of a cycle of artifacts, stores"

    @CAT-SIM-5001 @CAT-REC-1009
    Scenario Outline: <habit> is left alone
      Given the file "<file>" with this text:
        """
        <text>
        """
      When the imports are checked
      Then the check finds nothing

      Examples:
        | habit                            | file                  | text                                                   |
        | The core hashing                 | src/core/planted.ts   | import { createHash } from 'node:crypto';              |
        | The core using itself            | src/core/planted.ts   | import { refusal } from './errors.js';                 |
        | The real disk touching the files | src/disk/real-disk.ts | import fs from 'graceful-fs';                          |
        | A store using the disk           | src/stores/planted.ts | import { run } from '../disk/program.js';              |
        | The facade using a store         | src/catalog.ts        | import { FsCatalog } from './stores/fs/fs-catalog.js'; |

  @CAT-PKG-6304
  Rule: Nothing is said twice, and a file is one thought

    Scenario Outline: Six lines that stand in two files, <and what is between>, are told once
      Given two files with the same <lines> lines, <and what is between>
      When the sources are read for what is said twice
      Then the check finds <how many>

      Examples:
        | lines | and what is between   | how many |
        | 6     | alike to the letter   | 1        |
        | 6     | indented otherwise    | 1        |
        | 12    | alike to the letter   | 1        |
        | 6     | with empty lines      | 1        |
        | 5     | alike to the letter   | 0        |
        | 6     | all of them imports   | 0        |

    Scenario Outline: A file of <lines> lines <which> is <what>
      Given a file of <lines> lines <which>
      When the sources are read for their lengths
      Then the check finds <how many>

      Examples:
        | lines | which                      | how many | what       |
        | 300   | without a word             | 0        | left alone |
        | 301   | without a word             | 1        | refused    |
        | 301   | that says why at its head  | 0        | left alone |
        | 301   | that says "long" at its head | 1      | refused    |
        | 300   | that says why at its head  | 1        | refused    |

  Rule: The library reaches for nothing outside

    @CAT-SEC-6001
    Scenario Outline: <trouble> is refused
      Given the file "src/catalog.ts" with this text:
        """
        <text>
        """
      When the imports are checked
      Then the check refuses it at its line 1, because it "<reason>"

      Examples:
        | trouble                         | text                                               | reason                      |
        | A process                       | import { spawn } from 'node:child_process';        | reaches for nothing outside |
        | A socket loaded on demand       | const net = await import('net');                   | reaches for nothing outside |
        | The global fetch                | const answer = await fetch('https://example.org'); | reaches for nothing outside |
        | The global fetch by a detour    | const answer = globalThis['fetch'];                | reaches for nothing outside |
        | Code from text                  | const answer = new Function('return 1')();         | reaches for nothing outside |
        | A module whose name is computed | const module = await import(name);                 | not a literal               |
        | A client of a server, always    | import { open } from './stores/postgres/store.js'; | only when asked for         |
        | A fetcher of the network        | import { HttpFetcher } from 'catalog-core-provisioner'; | knows nothing of what is on top of it |

    @CAT-PRV-2503
    Scenario: A package on top of the library knows it by its name alone
      Given the file "packages/provisioner/src/hub.ts" with this text:
        """
        import { refusal } from '../../../src/core/errors.js';
        """
      When the imports are checked
      Then the check refuses it at its line 1, because it "by its name alone"

    @CAT-SEC-6001
    Scenario Outline: <habit> is left alone
      Given the file "<file>" with this text:
        """
        <text>
        """
      When the imports are checked
      Then the check finds nothing

      Examples:
        | habit                                  | file                      | text                                               |
        | A fetcher's own fetch                  | src/catalog.ts            | const answer = await fetcher.fetch('file:model');  |
        | A parameter of that name               | src/catalog.ts            | const call = (fetch: () => void) => fetch();       |
        | A client of a server that is asked for | src/stores/postgres/pg.ts | const pg = await import('pg');                     |
        | The kit that starts another's store    | src/conformance/run.ts    | import { fork } from 'node:child_process';         |
        | The command that loads the kit         | src/cli/conformance.ts    | const kit = await import('../conformance/run.js'); |

  @CAT-TRC-5103
  Rule: What is cited is specified

    Scenario Outline: <trouble> is refused
      Given a file that cites <cited>
      When the citations are checked
      Then the check refuses it at its line 2, because it "which the specification does not have"

      Examples:
        | trouble                       | cited                         |
        | An id that nobody defined     | the area REC and number 9999  |
        | An id with a digit too many   | the area REC and number 10091 |
        | An area that nobody defined   | the area ZZZ and number 1009  |
        | A tag that is only half an id | the area REC without a number |

    Scenario: A citation of a requirement is left alone
      Given a file that cites the area REC and number 1009
      When the citations are checked
      Then the check finds nothing

  @CAT-TRC-5102
  Rule: The specification is a copy, and its scenarios are its words

    Scenario Outline: <trouble> is refused
      Given a specification that <differs>
      When it is compared with the original
      Then the check refuses it at its line <line>, because it "<reason>"

      Examples:
        | trouble             | differs          | line | reason     |
        | A changed word      | has another word | 3    | differs    |
        | A file of our own   | has a file more  | 1    | is not in  |
        | A file that we lack | has a file less  | 1    | is missing |

    Scenario: An equal copy of the specification is left alone
      Given a specification that is equal
      When it is compared with the original
      Then the check finds nothing

    @slow
    Scenario: The normative scenarios are the specification's words
      When the normative scenarios are compared with the specification
      Then the check finds nothing

    Scenario Outline: <trouble> in a normative scenario is refused as drift
      Given the normative scenarios with "<ours>" in place of "<theirs>"
      When the normative scenarios are compared with the specification
      Then the check refuses it, because it "<reason>"

      Examples:
        | trouble        | theirs          | ours            | reason                                         |
        | A changed word | partial/garbled | garbled         | [-partial/garbled-] {+garbled+}                |
        | A missing word | fully committed | committed       | [-fully-] committed                            |
        | A weaker word  | MUST NOT load   | SHOULD NOT load | [-MUST-] {+SHOULD+} NOT load                   |
        | A lost tag     | @normative      | @derived        | has 0 normative scenarios                      |

    Scenario Outline: <habit> in a normative scenario is left alone
      Given the normative scenarios with "<ours>" in place of "<theirs>"
      When the normative scenarios are compared with the specification
      Then the check finds nothing

      Examples:
        | habit          | theirs          | ours             |
        | A plain hyphen | long‑running    | long-running     |
        | A second blank | committed state | committed  state |

  @CAT-TRC-5106
  Rule: The README tells the numbers of now

    Background:
      Given a specification of 3 requirements, of which one is open, one is claimed and one was seen to fail

    Scenario: Numbers that are right are left alone
      When a README is compared that says "3 | 2 | 1 | 1"
      Then the check finds nothing

    Scenario Outline: <trouble> is refused
      When a README is compared that says "<counts>"
      Then the check refuses it at its line 3, because it "its numbers are old"

      Examples:
        | trouble                         | counts        |
        | One that was not seen to fail   | 3 \| 2 \| 2 \| 1 |
        | One that nobody claims          | 3 \| 3 \| 1 \| 0 |
        | One that is gone                | 4 \| 3 \| 1 \| 1 |

    Scenario: What was seen to fail when the requirement had other words does not count
      Given the requirement that was seen to fail has another word
      When a README is compared that says "3 | 2 | 0 | 1"
      Then the check finds nothing

    Scenario: A README without a place for numbers is refused
      When a README without numbers is compared
      Then the check refuses it at its line 1, because it "has no place for the numbers"

  Rule: The project keeps its own rules

    @CAT-SIM-5002 @CAT-SIM-5001 @CAT-REC-1009 @CAT-SEC-6001 @slow
    Scenario Outline: The project's own sources pass the check of <check>
      When the project is checked for <check>
      Then the check finds nothing

      Examples:
        | check                    |
        | import directions        |
        | specs equal the original |
        | citations                |
        | normative scenarios      |

      @full
      Examples: slow
        | check            |
        | programs are run |
