@CAT-PKG-6303 @slow
Feature: What the documents say is so

  Rule: Their programs compile and run

    Scenario: Every program compiles against the names that users have
      Given the documents
      When their programs are compiled, as strictly as ours
      Then nothing in them is wrong

    Scenario: Every program that can be run does what its comments and its output say
      Given the documents
      And of their code other features run, or nobody can run here:
        | document                       | begins with                                 | why                                 |
        | docs/fleet.md                  | import { openCatalog } from 'catalog-core'; | a server; features/postgres.feature |
        | packages/provisioner/README.md | import { join } from 'node:path';           | a hub; features/provisioner.feature |
      When their programs are run
      Then nothing in them is wrong
      And at least 10 values were compared

  Rule: Their commands are those that there are

    Scenario: Every verb, option and script exists
      Given the documents
      And the other programs "curl docker echo cd etcdctl eval mv cp mkdir printf"
      When their commands are held against what is declared
      Then nothing in them is wrong

    Scenario: Every session that can be run ends as it says
      Given the documents
      And of their code other features run, or nobody can run here:
        | document                             | begins with                    | why                                                                       |
        | README.md                            | npm ci && npm run quickstart   | installs; .ci/run does                                                    |
        | README.md                            | npm cit                        | installs; .ci/run does                                                    |
        | README.md                            | npm install catalog-core       | installs; features/package.feature                                        |
        | README.md                            | eval                           | a shell of somebody; features/completion.feature                          |
        | README.md                            | catalog ls --store postgres    | a server; features/postgres.feature, features/etcd.feature                |
        | README.md                            | catalog sync --from            | a server; features/nodes.feature                                          |
        | docs/adopt.md                        | catalog adopt ollama --dry-run | the stores of others; features/adopt.feature                              |
        | docs/journal.md                      | catalog migrate --to journal   | waits for ever at its end; features/journal-catalog.feature               |
        | docs/trace.md                        | npm install                    | installs                                                                  |
        | docs/trace.md                        | catalog trace report           | a project with a suite; features/trace.feature, features/examples.feature |
        | docs/fleet.md                        | npm install pg                 | a server; features/postgres.feature                                       |
        | docs/fleet.md                        | etcdctl role add               | a server                                                                  |
        | docs/fleet.md                        | catalog sync --from            | a server; features/nodes.feature                                          |
        | docs/fleet.md                        | docker compose                 | a server                                                                  |
        | docs/observability.md                | catalog metrics > /var         | a folder of another program                                               |
        | bench/README.md                      | npm run bench                  | an hour                                                                   |
        | bench/README.md                      | npm ci && npm run build        | installs                                                                  |
        | bench/README.md                      | npm run controls               | installs                                                                  |
        | mutation/README.md                   | npm run mutation               | an hour                                                                   |
        | CONTRIBUTING.md                      | npm ci                         | the suite itself                                                          |
        | CONTRIBUTING.md                      | npm run teeth                  | hours                                                                     |
        | CONTRIBUTING.md                      | npm run explore                | hours                                                                     |
        | examples/express-route/README.md     | npm run build                  | waits for ever; features/examples.feature                                 |
        | examples/orchestrator/README.md      | npm run build                  | waits for ever; features/examples.feature                                 |
        | examples/two-processes/README.md     | echo                           | waits for ever; features/examples.feature                                 |
        | examples/trace-any-project/README.md | npm install                    | installs; features/trace.feature                                          |
        | packages/provisioner/README.md       | npm install                    | installs; a hub                                                           |
        | packages/provisioner/README.md       | catalog-provision pull         | a hub; features/provisioner.feature                                       |
      When their commands are typed, each session in a home of its own
      Then nothing in them is wrong

  Rule: The rest of what stands in fences is read

    Scenario: JSON is JSON
      Given the documents
      When their JSON is parsed
      Then nothing in them is wrong

    Scenario: What nothing checks is named here, with the reason
      Given the documents
      Then each block that is no code of ours is one of these:
        | document            | language | blocks | why                                                                 |
        | ARCHITECTURE.md     | text     | 1      | a drawing                                                           |
        | FORMAT.md           | text     | 3      | bytes; features/index-file.feature, features/journal-format.feature |
        | FORMAT.md           | hexdump  | 1      | features/journal-format.feature                                     |
        | NOTICES.md          | text     | 4      | terms of others; features/package.feature                           |
        | docs/conformance.md | text     | 1      | a protocol; features/conformance.feature                            |
        | docs/fleet.md       | ini      | 1      | of PostgreSQL                                                       |
        | docs/fleet.md       | sql      | 2      | of PostgreSQL                                                       |
        | docs/simulation.md  | text     | 1      | features/simulation-guide.feature                                   |

  Rule: Pictures show what is printed

    @CAT-PKG-6301
    Scenario: The picture of the main job has the words of the main job
      When the quickstart is run
      Then both pictures of the README show its words

  Rule: Figures are those that were measured

    Scenario: Every ratio is the one that was accepted
      Given the documents
      When their ratios are held against those that the bench has accepted
      Then nothing in them is wrong
      And at least 30 values were compared

  Rule: README and checklist have what they must have

    Scenario: The README has its parts in their order
      Given the documents
      Then the README has these parts, in this order:
        | part                 |
        | Try it               |
        | Ten lines            |
        | What it does         |
        | Guides               |
        | What survives what   |
        | Several processes    |
        | References           |
        | Fetching             |
        | Errors               |
        | Beside its peers     |
        | What stands here     |
        | Further              |
      And its part "What it does" says "High." and "Middle." and "Low."
      And its part "What survives what" says "Linux" and "macOS and Windows are not tested"

    Scenario: Each guide says first what its reader will have at the end
      Given the documents
      Then each guide begins with "At the end", and the README leads to it

  Rule: A fresh machine needs two commands

    @CAT-PKG-6301 @registry @full
    Scenario: What the README says to type installs it and does the main job, and then passes tests
      Given a fresh copy of the project, without packages and without anything built
      When the first command of the README is typed
      Then it was typed with success, and shows the words of the picture
      When "npm test -- features/ids.feature" is typed there
      Then it was typed with success

  Rule: What they lead to is there

    Scenario: Links, headings and paths exist
      Given the documents
      When their links are followed
      Then nothing in them is wrong

  Rule: What is wrong is found

    Scenario Outline: <what> is found
      Given a text with this <language> in it:
        """
        <text>
        """
      When <looked at>
      Then what is wrong with it is "<complaint>"

      Examples:
        | what                         | language | text                                                                                   | looked at                                                   | complaint                        |
        | a name that is not exported  | ts       | import { openCatalogue } from 'catalog-core';                                          | their programs are compiled, as strictly as ours            | has no exported member           |
        | an argument of another type  | ts       | import { parseModelRef } from 'catalog-core'; parseModelRef(7);                        | their programs are compiled, as strictly as ours            | is not assignable                |
        | a value that is another one  | ts       | import { parseModelRef } from 'catalog-core';\nparseModelRef('hf:a/b').kind; // 'file' | their programs are run                                      | 'file' is what the document says |
        | a member that is another one | ts       | ({ a: 1, b: 2 }); // { b: 3, … }                                                       | their programs are run                                      | is what the document says        |
        | a program that throws        | ts       | throw new Error('spilled');                                                            | their programs are run                                      | spilled                          |
        | a verb that there is not     | sh       | catalog lst                                                                            | their commands are held against what is declared            | there is no verb lst             |
        | an option that there is not  | sh       | catalog ls --sate Active                                                               | their commands are held against what is declared            | unknown option '--sate'          |
        | one in an answer             | sh       | echo "$(catalog ls --sate Active)"                                                     | their commands are held against what is declared            | unknown option '--sate'          |
        | an option of the provisioner | sh       | catalog-provision pull hf:a/b --paralel 3                                              | their commands are held against what is declared            | does not take --paralel          |
        | a script that there is not   | sh       | npm run tests                                                                          | their commands are held against what is declared            | there is no script tests         |
        | a program that nobody knows  | sh       | catalogue ls                                                                           | their commands are held against what is declared            | nobody knows catalogue           |
        | a session that is refused    | sh       | catalog show nobody                                                                    | their commands are typed, each session in a home of its own | ended with 3, not with 0         |
        | a refusal that does not come | sh       | catalog ls # NotFound: there is none                                                   | their commands are typed, each session in a home of its own | ended with 0, not with 3         |
        | JSON that is none            | json     | { "a": 1, }                                                                            | their JSON is parsed                                        | JSON                             |

    Scenario Outline: <what> is found in what it says
      Given a document that says "<text>"
      When <looked at>
      Then what is wrong with it is "<complaint>"

      Examples:
        | what                 | text                                               | looked at                                                       | complaint          |
        | a link to nothing    | [this](docs/nothing.md)                            | their links are followed                                        | which is not there |
        | a link to no heading | [this](#another-heading)                           | their links are followed                                        | no such heading    |
        | a path to nothing    | look into `docs/nothing.md`                        | their links are followed                                        | which is not there |
        | another ratio        | \| a put \| `put/Journal/sqlite` \| 1.23 (time) \| | their ratios are held against those that the bench has accepted | 1.111 was accepted |
        | a ratio of nothing   | \| a put \| `put/nothing` \| 1.23 (time) \|        | their ratios are held against those that the bench has accepted | nobody measured    |
