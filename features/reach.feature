@CAT-SEC-6001
Feature: The library reaches for nothing outside of its process
  While the scenarios of this suite run, traps stand before all that opens a connection or starts a process, in this process and in those of the
  command: whatever the library, or what it depends on, would reach fails there, and fails the run.

  Scenario Outline: <who> is caught that calls <call>
    When <who> calls <call>
    Then that is refused, and it is caught that <who> did

    Examples:
      | who                             | call                |
      | src/catalog.ts                  | net.connect         |
      | src/core/planted.ts             | http.get            |
      | src/stores/fs/fs-root.ts        | dns.lookup          |
      | src/artifacts/hashing-thread.ts | child_process.spawn |
      | dist/cli/main.js                | fetch               |
      | node_modules/graceful-fs/x.js   | https.request       |
      | node_modules/semver/x.js        | tls.connect         |
      | node_modules/commander/x.js     | dgram.createSocket  |
      | node_modules/bare-semver/x.js   | net.connect         |

  Scenario Outline: <who> is let through to <call>
    When <who> calls <call>
    Then nothing is caught

    Examples:
      | who                           | call                |
      | src/stores/postgres/link.ts   | net.createServer    |
      | src/stores/etcd/gateway.ts    | http.createServer   |
      | src/conformance/run.ts        | child_process.spawn |
      | steps/reach.ts                | child_process.spawn |
      | node_modules/pino/x.js        | net.connect         |
      | node_modules/prom-client/x.js | net.connect         |
      | node_modules/@cucumber/gherkin-streams/node_modules/commander/x.js | net.connect |

  Scenario: The command is trapped from its beginning
    When the command is run with a module that calls net.connect as "src/core/planted.ts" before all else
    Then that is refused there

  Scenario Outline: Who swallows what a trap throws is found out all the same: <where>
    When the command is run with a module that calls net.connect as "src/core/planted.ts" <where>, and swallows what that throws
    Then the command fails, and says that "src/core/planted.ts" reached outside

    Examples:
      | where                     |
      | in its main thread        |
      | in a thread that is ended |
