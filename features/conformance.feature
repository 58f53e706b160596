@slow
Feature: The conformance kit puts a store to the test

  Rule: A store is judged case by case, and every case cites what it shows

    @CAT-CNF-5201
    Scenario: Every case is data: an id of its own, a level, a title and the requirements that it shows
      Then each conformance case has an id of its own that begins with its level, a title, and requirements of the specification

    @CAT-CNF-5206
    Scenario Outline: The <store> store keeps what it claims at level <level>
      When "catalog conformance --store <store> --level <level>" is run in a folder of its own
      Then the command ends with 0
      And no conformance case of <store> is broken, and <shown> or more are passed

      Examples:
        | store   | level   | shown |
        | memory  | core    | 38    |
        | memory  | history | 4     |
        | fs      | core    | 39    |
        | journal | history | 7     |

      @full
      Examples: what `npm test` does with them in any case
        | store   | level   | shown |
        | fs      | history | 4     |
        | journal | core    | 39    |

    @full @CAT-CNF-5206
    Scenario Outline: Processes of the <store> store that are killed, held and cut off lose nothing
      When "catalog conformance --store <store> --level crash --level concurrency" is run in a folder of its own
      Then the command ends with 0
      And no conformance case of <store> is broken, and 11 or more are passed

      Examples:
        | store   |
        | fs      |
        | journal |

    @CAT-CNF-5201
    Scenario: A third party's store of under 30 lines gets its verdict
      When the kit runs on the example "conformance-store/store.mjs"
      Then the command ends with 0
      And no conformance case of mine is broken, and 30 or more are passed
      And the example "conformance-store/store.mjs" has fewer than 30 lines

    @CAT-CNF-5205
    Scenario: A store in another language takes part by lines of JSON
      When the kit runs on the example "conformance-python/store.mjs"
      Then the command ends with 0
      And no conformance case of python is broken, and 34 or more are passed

    @CAT-CNF-5205
    Scenario Outline: Of a store in another language whose program <does> nothing is shown
      When a store whose program <does> is put to the test at "core.round-trip"
      Then its conformance case "core.round-trip" is "<status>"

      Examples:
        | does                                  | status |
        | writes what is no JSON                | error  |
        | answers with a code that there is not | error  |
        | answers somebody else                 | fail   |
        | ends at once                          | error  |
        | answers with what was not asked for   | fail   |
        | answers with null                     | fail   |
        | answers with a number                 | fail   |
        | answers with an error without a code  | fail   |

    @CAT-CNF-5205
    Scenario: An error that is null is none
      When a store whose program says of each answer that its error is null is put to the test at "core.missing"
      Then its conformance case "core.missing" is "pass"

    @CAT-CNF-5201
    Scenario: A store of several processes that names points is killed and held at each of them
      When the kit runs on the example "conformance-file-store/store.mjs"
      Then the command ends with 0
      And no conformance case of file is broken, and 43 or more are passed

    @CAT-CNF-5201
    Scenario Outline: A store that names <points> is <status> at its points
      When a store that names <points> is put to the test at "crash.points"
      Then its conformance case "crash.points" is "<status>"

      Examples:
        | points                        | status |
        | all its points                | pass   |
        | a point that it never reaches | fail   |
        | not all its points            | fail   |

  @CAT-CNF-5202
  Rule: What is not claimed shows as such, and is refused

    Scenario: A store that claims less shows less
      When a memory store that claims "no watch" is put to the test
      Then its conformance case "core.watch-all" is "unsupported"
      And its conformance case "core.round-trip" is "pass"
      And its conformance case "history.told" is "unsupported"
      And its conformance case "crash.power-cut" is "not-applicable"

    Scenario Outline: A store that <fault> is found out by "<case>"
      When a memory store that <fault> is put to the test
      Then its conformance case "<case>" is "fail"

      Examples:
        | fault                                 | case                |
        | claims no watch, and can be watched   | core.watch-all      |
        | claims a level that cannot be shown   | core.claims         |
        | claims another watch than its module  | core.claims         |
        | claims no history, and tells of it    | history.told        |
        | claims no history, and shows the past | history.past        |
        | claims no history, and compares       | history.differences |
        | claims a history, and has none        | history.told        |

    @CAT-CNF-5201
    Scenario: Levels that were not asked for are disabled
      When only the level "history" of a memory store is put to the test
      Then its conformance case "history.2-clients" is "pass"
      And its conformance case "core.order" is "disabled"

    Scenario: What was not asked for is disabled
      When only "core.order" of a memory store is put to the test
      Then its conformance case "core.order" is "pass"
      And its conformance case "core.round-trip" is "disabled"

  @CAT-CNF-5201
  Rule: A broken store fails at the case that shows it

    Scenario: The memory store as it is fails nowhere
      When a memory store that is sound is put to the test
      Then no case of it is broken

    Scenario Outline: A store that <fault> fails at "<case>"
      When a memory store that <fault> is put to the test
      Then its conformance case "<case>" is "fail"

      Examples:
        | fault                               | case                   |
        | drops members that it does not know | core.unknown-members   |
        | drops labels                        | core.round-trip        |
        | takes any record                    | core.invalid-record    |
        | takes any id                        | core.invalid-id        |
        | lets ids collide                    | core.colliding-ids     |
        | lists by code units                 | core.order             |
        | ignores expected revisions          | core.expected-revision |
        | ignores that nothing is expected    | core.expected-absent   |
        | deletes whatever is expected        | core.expected-delete   |
        | answers true for any deletion       | core.missing           |
        | gives every put the same revision   | core.revisions-grow    |
        | skips revisions                     | core.revisions-gapless |
        | fails the neighbours of a refusal   | core.together          |
        | mixes models and engines up         | core.separate          |
        | shows what was there a while ago    | core.own-writes        |
        | goes on when it is closed           | core.closed            |
        | merges records                      | core.replace           |
        | rounds large numbers                | core.large-numbers     |
        | tells watchers nothing of deletions | core.watch-deletions   |
        | tells watchers everything twice     | core.watch-all         |
        | never ends a watch                  | core.watch-ends        |

    @CAT-SIM-5009
    Scenario Outline: The <store> store under the saboteur "<saboteur>" fails at "<case>"
      When the <store> store is put to the test at "<case>" under the saboteur "<saboteur>"
      Then its conformance case "<case>" is broken, and cites what the saboteur breaks

      Examples:
        | store | saboteur               | case               |
        | fs    | no file sync           | crash.power-cut    |
        | fs    | retry of a failed sync | crash.failing-disk |
        | fs    | lost optional field    | core.reopen        |

      @full
      Examples: All that break what is seen of a store
        | store | saboteur                                 | case                   |
        | fs    | no directory sync                        | crash.power-cut        |
        | fs    | folders not durable                      | crash.power-cut        |
        | fs    | sync after link                          | crash.power-cut        |
        | fs    | published before the write ends          | crash.power-cut        |
        | fs    | short write ignored                      | crash.failing-disk     |
        | fs    | an error of the link is believed         | crash.failing-disk     |
        | fs    | checksum not checked                     | crash.damage           |
        | fs    | always IndexCorrupt after an unclean end | crash.power-cut        |
        | fs    | prune before the commit                  | core.watch-resumed     |
        | fs    | acknowledged before the commit           | core.together          |
        | fs    | a handle keeps what it holds             | history.3-clients      |
        | fs    | watchers are not told of deletions       | core.watch-deletions   |
        | fs    | watchers are told twice                  | core.watch-all         |
        | fs    | any JSON is exact                        | core.nesting           |
        | fs    | records are not frozen                   | core.independent-read  |
        | fs    | unknown fields dropped                   | core.unknown-members   |
        | fs    | ids that look alike are two              | core.colliding-ids     |
        | fs    | any text is an id                        | core.invalid-id        |
        | fs    | order by code units                      | core.order             |
        | fs    | stale revision accepted                  | core.expected-revision |
        | fs    | absent is not looked for                 | core.expected-absent   |
        | fs    | a refusal fails its neighbours           | core.together          |

    @CAT-SIM-5009 @full
    Scenario Outline: The journal store under the saboteur "<saboteur>" fails at "<case>"
      When the journal store is put to the test at "<case>" under the saboteur "<saboteur>"
      Then its conformance case "<case>" is broken

      Examples:
        | saboteur                                           | case                  |
        | the checksum of a frame is not checked             | crash.power-cut       |
        | a torn tail is damage                              | crash.power-cut       |
        | an append is not synced                            | crash.power-cut       |
        | an opening syncs no folder                         | crash.power-cut       |
        | what a compaction left stays                       | crash.power-cut       |
        | a sync that is asked for is not made               | core.watch-from-call  |
        | who appends does not look what others appended     | history.3-clients     |
        | who reads does not look what others appended       | history.3-clients     |
        | a damaged checkpoint is an error                   | crash.damage          |
        | a failed write stays                               | crash.failing-disk    |
        | what is served is not synced                       | crash.shown-stays     |
        | an append to a shared journal is not synced        | crash.power-cut       |
        | a second writer is let in                          | concurrency.held      |
        | names are not compared                             | core.colliding-ids    |
        | a change does not see those before it in its group | core.one-wins         |

  @CAT-CNF-5204
  Rule: A recorded history is judged from what its clients saw

    Scenario: A history in which nothing is wrong
      Then the history "sound" shows nothing

    Scenario Outline: A history with <fault> is found out
      Then the history "<fault>" shows "<kind>" alone

      Examples:
        | fault                            | kind                 |
        | two puts on one revision         | lost update          |
        | an acknowledged put that is gone | lost update          |
        | a read of what was replaced      | stale read           |
        | a read of nothing after a put    | stale read           |
        | a read older than one before     | going back           |
        | a value that nobody wrote        | nobody wrote it      |
        | a watcher that skips             | skipped change       |
        | a watcher that is told twice     | repeated change      |
        | a watcher that goes back         | going back           |
        | a watcher that saw a ghost       | change that vanished |

  @CAT-CNF-5201
  Rule: What cannot be meant is refused before anything runs

    Scenario Outline: <words> is refused, and the hint names <named>
      When "catalog conformance <words>" is run in a folder of its own
      Then the command ends with 2
      And it says "<named>" on standard error

      Examples:
        | words            | named               |
        | --store nonsense | memory, fs, journal |
        | --store ,        | memory, fs, journal |

    Scenario: Two stores that would have one badge are refused
      When the kit runs on stores that are called "a b" and "a-b"
      Then the command ends with 2
      And it says "conformance-badge-a-b.json" on standard error

    Scenario: A folder of reports that cannot be written is refused before the run
      When the kit runs with a file in the place of its folder of reports
      Then it says "could not write the reports" on standard error
      And it says nothing of "core.order" on standard error

    Scenario: Cases that were not asked for have no line of progress
      When "catalog conformance --store memory --only core.order" is run in a folder of its own
      Then it says "pass  core.order" on standard error
      And it says nothing of "disabled" on standard error

  @CAT-CNF-5201
  Rule: Whatever a store does, each case has its verdict, and the command does not end with 0

    Scenario Outline: A store that <does> ends the command with <code>, and it says why
      When the kit runs on a store that <does>
      Then the command ends with <code>
      And it says "<words>" on standard error

      Examples:
        | does                                    | code | words                                 |
        | ends the process while it is loaded     | 2    | the process was ended                 |
        | waits for ever while it is loaded       | 2    | nothing came within                   |
        | keeps a timer and waits while loaded    | 2    | nothing came within                   |
        | ends the process in create              | 1    | the process was ended                 |
        | ends the process in get                 | 1    | the process was ended                 |
        | ends the process when it is all over    | 1    | the process was ended                 |

    Scenario Outline: A store that <does> loses no verdict, its own or of another store
      When the kit runs on a store that <does>, and on the memory store
      Then the command ends with 1
      And the case "core.round-trip" of odd is "<status>", as "<words>"
      And no conformance case of memory is broken, and 3 or more are passed

      Examples:
        | does                      | status | words                                 |
        | gives undefined           | fail   | the module gave no store              |
        | has no close              | fail   | it lacks the functions close          |
        | throws in a timer         | error  | thrown outside of any promise         |
        | throws what is no error   | error  | null prototype                        |

    Scenario: A store whose close throws at once is judged by what its cases show
      When the kit runs on a store that throws in close, and on the memory store
      Then the command ends with 0
      And no conformance case of memory is broken, and 3 or more are passed

    Scenario: After three cases in a row that come to no end the others are errors at once
      When the kit runs on all of a store that never answers
      Then the command ends with 1
      And the case "core.order" of odd is "error", as "not tried: 3 cases in a row"

    Scenario: What was known when it was interrupted is reported
      When the kit runs on all of a store that never answers, and is interrupted after two failures
      Then the command ends with 130
      And it says how many failures are known, and the reports tell of as many and of the interruption

  @CAT-CNF-5203
  Rule: The badge shows what was shown, and no more

    Scenario Outline: Of <words> the badge of <store> says "<message>" in <color>
      When "catalog conformance --store <store> <words>" is run in a folder of its own
      Then its badge of conformance says "<message>" in "<color>"

      Examples:
        | store  | words                        | message                | color  |
        | memory |                              | core, history          | brightgreen |
        | memory | --level history              | partial: history       | yellow |
        | memory | --only core.order,core.missing | partial: 2 shown     | yellow |
        | memory | --only core.nothing          | nothing ran            | lightgrey |

    Scenario: A store whose power cannot be cut shows kills only
      When a store that names all its points is put to the test at "crash"
      Then its badge of conformance says "partial: crash (kills only)" in "yellow"

  @CAT-CNF-5203
  Rule: The report shows store by requirement

    Scenario: Several stores make one report, in four forms
      When "catalog conformance --store memory,fs --only core.round-trip --only core.order --json" is run in a folder of its own
      Then the command ends with 0
      And the reports are a JSON document, a page with both stores, JUnit with requirements, and a badge for each store

    Scenario: The JSON document has the form that its schema publishes
      When "catalog conformance --store memory --level core" is run in a folder of its own
      Then the report of conformance has the form of its schema, and a report with an odd status has not

    @CAT-CNF-5201
    Scenario: A store that breaks a promise ends the command with 1, and its badge says so
      When the kit runs on a store of its own that answers true for any deletion
      Then the command ends with 1
      And its badge of conformance says "1 broken" in "red"

    @browser
    Scenario Outline: The page in a browser, <scheme>, <width> pixels wide, is for everybody
      Given the page of conformance of three stores, <scheme>, <width> pixels wide
      Then axe finds no violation
      And the page does not scroll sideways
      And nothing but the file was asked for
      And nothing was said on the console

      Examples:
        | scheme | width |
        | light  | 1280  |
        | dark   | 400   |

    @browser
    Scenario: The page shows the cases of a requirement, of a status or of a store, and keeps it in its address
      Given the page of conformance of three stores, light, 1280 pixels wide
      When the requirement "CAT-REC-1008" is followed to its cases
      Then the cases "core.missing, core.order" are seen alone
      And its address ends in "#text=CAT-REC-1008"

    Scenario Outline: <what> ends with <code>
      When "catalog conformance <words>" is run in a folder of its own
      Then the command ends with <code>

      Examples:
        | what                        | words                              | code |
        | A store named twice         | --store memory,memory              | 2    |
        | An empty name               | --store memory,                    | 2    |
        | A case unknown among others | --only core.order,core.nothing --store memory | 2 |
        | No patience                 | --store memory --patience 0        | 2    |
        | A store that is not there   | --store ./nowhere.mjs              | 2    |
        | No store                    |                                    | 2    |
        | A level that there is not   | --store memory --level gold        | 2    |
        | A case that there is not    | --store memory --only core.nothing | 9    |
        | A level that is not claimed | --store memory --level concurrency | 9    |
