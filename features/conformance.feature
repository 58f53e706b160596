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
        | store   | level | shown |
        | memory  | core  | 35    |
        | fs      | core  | 36    |
        | journal | core  | 36    |
        | journal | history | 4   |

    @CAT-CNF-5206
    Scenario Outline: Processes of the <store> store that are killed, held and cut off lose nothing
      When "catalog conformance --store <store> --level crash --level concurrency" is run in a folder of its own
      Then the command ends with 0
      And no conformance case of <store> is broken, and 7 or more are passed

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

  @CAT-CNF-5202
  Rule: What is not claimed shows as such, and is refused

    Scenario: A store that claims less shows less
      When a memory store that claims "no watch" is put to the test
      Then its conformance case "core.watch-all" is "unsupported"
      And its conformance case "core.round-trip" is "pass"
      And its conformance case "history.2-clients" is "unsupported"
      And its conformance case "crash.power-cut" is "not-applicable"

    Scenario Outline: A store that <fault> is found out by "<case>"
      When a memory store that <fault> is put to the test
      Then its conformance case "<case>" is "fail"

      Examples:
        | fault                                          | case             |
        | claims no watch, and can be watched            | core.watch-all   |
        | claims a level that cannot be shown            | core.claims      |
        | claims another watch than its module           | core.claims      |

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
        | fault                                | case                     |
        | drops members that it does not know  | core.unknown-members     |
        | drops labels                         | core.round-trip          |
        | takes any record                     | core.invalid-record      |
        | takes any id                         | core.invalid-id          |
        | lets ids collide                     | core.colliding-ids       |
        | lists by code units                  | core.order               |
        | ignores expected revisions           | core.expected-revision   |
        | ignores that nothing is expected     | core.expected-absent     |
        | deletes whatever is expected         | core.expected-delete     |
        | answers true for any deletion        | core.missing             |
        | gives every put the same revision    | core.revisions-grow      |
        | skips revisions                      | core.revisions-gapless   |
        | fails the neighbours of a refusal    | core.together            |
        | mixes models and engines up          | core.separate            |
        | shows what was there a while ago     | core.own-writes          |
        | goes on when it is closed            | core.closed              |
        | merges records                       | core.replace             |
        | rounds large numbers                 | core.large-numbers       |
        | tells watchers nothing of deletions  | core.watch-deletions     |
        | tells watchers everything twice      | core.watch-all           |
        | never ends a watch                   | core.watch-ends          |

    @CAT-SIM-5009
    Scenario Outline: The fs store under the saboteur "<saboteur>" fails at "<case>"
      When the fs store under the saboteur "<saboteur>" is put to the test at "<case>"
      Then its conformance case "<case>" is "fail"

      Examples:
        | saboteur                         | case            |
        | no file sync                     | crash.power-cut |
        | no directory sync                | crash.power-cut |
        | folders not durable              | crash.power-cut |

  @CAT-CNF-5204
  Rule: A recorded history is judged from what its clients saw

    Scenario: A history in which nothing is wrong
      Then the history "sound" shows nothing

    Scenario Outline: A history with <fault> is found out
      Then the history "<fault>" shows "<kind>" alone

      Examples:
        | fault                             | kind                 |
        | two puts on one revision          | lost update          |
        | an acknowledged put that is gone  | lost update          |
        | a read of what was replaced       | stale read           |
        | a read of nothing after a put     | stale read           |
        | a read older than one before      | going back           |
        | a value that nobody wrote         | nobody wrote it      |
        | a watcher that skips              | skipped change       |
        | a watcher that is told twice      | repeated change      |
        | a watcher that goes back          | going back           |
        | a watcher that saw a ghost        | change that vanished |

  @CAT-CNF-5203
  Rule: The report shows store by requirement

    Scenario: Several stores make one report, in four forms
      When "catalog conformance --store memory,fs --only core.round-trip --only core.order --json" is run in a folder of its own
      Then the command ends with 0
      And the reports are a JSON document, a page with both stores, JUnit with requirements, and a badge for each store

    Scenario Outline: <what> ends with <code>
      When "catalog conformance <words>" is run in a folder of its own
      Then the command ends with <code>

      Examples:
        | what                        | words                              | code |
        | A store that is not there   | --store ./nowhere.mjs              | 2    |
        | No store                    |                                    | 2    |
        | A level that there is not   | --store memory --level gold        | 2    |
        | A case that there is not    | --store memory --only core.nothing | 9    |
        | A level that is not claimed | --store memory --level history     | 9    |
