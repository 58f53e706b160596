Feature: A specification is traced to what proves it

  A trace joins requirements, scenarios, results, citations and saboteurs, and a gate judges it. It knows nothing of catalogs.

  @CAT-TRC-5101
  Rule: Requirements are read from Markdown as it stands

    Scenario Outline: <form> is a requirement
      Given a document with <form>
      When the document is read
      Then its requirements are <ids>, below <parents>

      Examples:
        | form                          | ids                   | parents           |
        | an item with an id            | REQ-1                 | nothing           |
        | a heading with an id          | REQ-1, REQ-2          | nothing, REQ-1    |
        | an id in bold                 | REQ-1                 | nothing           |
        | a box of a checklist          | ~wash-up, ~dry-up     | nothing, ~wash-up |
        | GIVEN, WHEN, THEN without id  | ~a-guest              | nothing           |
        | an id in a fence              | nothing               | nothing           |

    Scenario: An id of which another is the beginning is read whole
      Given a document with ids of which one begins another
      When it is read for the ids "R-1|R-10"
      Then its requirements are R-10, R-1, R-10, below nothing, nothing, nothing

    Scenario: Each keyword is an obligation, and the strongest is the level
      Then the obligations of these texts are
        | text                                                | level  | obligations           |
        | It MUST ring, and MUST NOT ring twice; it MAY stop. | MUST   | MUST, MUST NOT, MAY   |
        | It SHOULD ring. A must or a `MUST` counts nothing.  | SHOULD | SHOULD                |
        | It rings.                                           | MUST   | MUST                  |
        | It MAY ring.                                        | MAY    | MAY                   |

    Scenario: Several runs are merged, and a scenario that was tried again is told of once
      Given messages of a scenario that failed and then passed, and of one that was cut short
      When they are read in pieces of any size
      Then the first passed at its attempt 2, with its durations and what was attached
      And the second failed, because "it was begun and never ended"

    Scenario Outline: What Cucumber says of the sample "<sample>" is read
      Given the messages of a run of the samples, one after another
      Then of the sample "<sample>" the reader says "<said>"
      And it says the same where they ran by two workers, and in messages as older versions have them

      Examples:
        | sample          | said |
        | minimal         | passed: passed |
        | empty           | undefined:, because it has no steps |
        | attachments     | passed: passed passed passed passed, with text/plain words.txt 'white flour', with application/octet-stream bytes, with application/json crash.json '{}', with text/uri-list 'https://example.org/' |
        | data-tables     | passed: passed |
        | doc-strings     | passed: passed |
        | examples-tables | passed: passed passed passed; failed: passed passed failed, because AssertionError [ERR_ASSERTION]: too many; undefined: passed undefined skipped |
        | rules           | passed: passed passed passed; passed: passed passed |
        | hooks           | passed: passed, with text/plain 'before', with text/plain 'after'; failed: skipped, because Error: the hook fails; failed: passed, because Error: the hook fails; skipped: skipped |
        | skipped         | skipped: passed skipped skipped |
        | pending         | pending: pending skipped |
        | undefined       | undefined: passed undefined |
        | ambiguous       | ambiguous: ambiguous, because Multiple step definitions match: |
        | retry           | passed: passed, 3 attempts; failed: failed, 3 attempts, because AssertionError [ERR_ASSERTION]: not yet |
        | stack-traces    | failed: failed skipped, because TypeError: no flour |
        | parameter-types | passed: passed |
        | i18n            | passed: passed passed |
        | markup          | passed: passed |

    Scenario Outline: A run <how> ended <ended>
      Given the messages of a run of the samples, <how>
      Then its results are <results>, and it ended "<ended>"

      Examples:
        | how                                      | results | ended           |
        | one after another                        | 24      | badly           |
        | by two workers                           | 24      | badly           |
        | without running anything                 | 24      | well            |
        | with a feature that cannot be read       | 0       | before its time |
        | with a hook that fails when all is done  | 0       | before its time |

    Scenario: What a later version says is told, and what nobody knows yet is passed over
      Given the messages of a run of the samples, without running anything
      When they are as a later version may have them, with a hook of the whole run that failed
      Then its results are 24, and it ended "badly"
      And it says why: "Error: the lights stay on"
      And of the sample "minimal" the reader says "skipped: skipped, with image/png https://example.org/a.png"

    Scenario: A step that no scenario uses is known
      Given the messages of a run of the samples, one after another
      Then the steps that none of them uses are "what no scenario uses"

    Scenario Outline: Where <what> was run, code that cites a requirement and is not reached by it is <told>
      Given a village whose scenarios were seen to run <what>
      When it is traced
      Then what cites "REQ-2" is run by <corn>, and what cites "REQ-3" by <water>
      And what is not reached is <told>, and the gate does not count it

      Examples:
        | what                          | corn                                             | water                   | told         |
        | all of it by both             | features/mill.feature:4, features/mill.feature:9 | features/mill.feature:9 | nothing      |
        | the function by one           | features/mill.feature:4                          | none                    | REQ-3        |
        | the function by another alone | none                                             | none                    | REQ-2, REQ-3 |
        | another file                  | nobody knows                                     | nobody knows            | nothing      |
        | none of these scenarios       | nobody knows                                     | nobody knows            | nothing      |

    Scenario: Runs in several files are merged, and each is told apart
      Given a village that ran on "fs" and on "memory", where "Corn" failed
      When it is traced
      Then "REQ-2" is failed, because "direct: features/mill.feature:4 failed"
      And the store "fs" passed "REQ-2", and the store "memory" failed it

    Scenario: The same input gives the same bytes, of the published form
      When a trace with every status is told as JSON twice
      Then both are the same bytes, and of the form of the published schema
      And a trace with a member more, a member less or another status is not of that form

    @full
    Scenario: A large trace is joined in a heap of 400 MB
      When 10000 requirements are joined with 100000 results, twice, in a heap of 400 MB
      Then both gave the same bytes

    @slow
    Scenario: Ten times as much takes hardly more than ten times as long
      Then joining 5000 requirements takes less than 40 times as long as joining 500

  @CAT-TRC-5102
  Rule: A changed word is drift, and a changed blank is not

    @slow
    Scenario: Every edit of a token is told as drift
      When a token of a requirement that MUST be met is edited 10000 times
      Then each of them is told as drift

    @slow
    Scenario: No edit of blanks, quotes or hyphens is told as drift
      When a blank, a quote or a hyphen of a requirement is edited 10000 times
      Then none of them is told as drift

    Scenario Outline: A normative scenario that <trouble> is <kind>
      Given a village whose normative scenario <trouble>
      When it is traced
      Then the drift of "REQ-1" is "<kind>", and the words are "<words>"

      Examples:
        | trouble                      | kind       | words                                                                                                      |
        | is as it should be           | exact      |                                                                                                            |
        | has another blank            | normalised |                                                                                                            |
        | has another word             | reworded   | GIVEN a [-river-] {+brook+} WHEN somebody comes to it THEN they MUST get across; nobody MUST NOT get wet   |
        | has When in place of Given   | reworded   | [-GIVEN-] {+WHEN+} a river WHEN somebody comes to it THEN they MUST get across; nobody MUST NOT get wet    |
        | is not normative             | missing    | GIVEN a river WHEN somebody comes to it THEN they MUST get across; nobody MUST NOT get wet                 |

  @CAT-TRC-5104
  Rule: Each requirement has one status, and failures climb

    Scenario: Every status
      When a trace with every status is made
      Then the statuses are
        | requirement | status    |
        | REQ-1       | verified  |
        | REQ-2       | drifted   |
        | REQ-3       | failed    |
        | REQ-4       | flaky     |
        | REQ-5       | vacuous   |
        | REQ-6       | passing   |
        | REQ-7       | linked    |
        | REQ-8       | waived    |
        | REQ-9       | uncovered |
        | OTHER-9     | external  |
      And the store "fs" failed "REQ-3", and the store "memory" passed it

    Scenario: A failure climbs to what stands above
      Given a requirement below another, whose scenario failed
      When it is traced
      Then the one above is "failed", because "through REQ-2"

    Scenario Outline: A saboteur that <fate> over <words> leaves a requirement <status>
      Given a village in which a saboteur of "REQ-3" <fate>, over <words>
      When it is traced
      Then "REQ-3" is <status>, because "<because>"

      Examples:
        | fate           | words                    | status   | because                                                        |
        | was caught     | the words of now         | verified | 1 saboteur turns its scenarios red                             |
        | was caught     | the same words elsewhere | verified | 1 saboteur turns its scenarios red                             |
        | was caught     | another text             | passing  | its words have changed since saboteurs tried it: a 'dry' well  |
        | was caught     | another scenario         | passing  | its words have changed since saboteurs tried it: a 'dry' well  |
        | was not caught | the words of now         | vacuous  | it is green under every saboteur that breaks it: a 'dry' well  |
        | was not caught | another text             | passing  | its words have changed since saboteurs tried it: a 'dry' well  |

  @CAT-TRC-5101 @CAT-TRC-5103
  Rule: A dry run tells what there is to run, and is no run

    Scenario: The trace tells of the runs beside it alone
      Given a village that ran, and a dry run that told what there is to run
      When it is traced
      Then the trace tells of the run "cucumber" alone, by itself and of each requirement

  @CAT-TRC-5103 @CAT-TRC-5106
  Rule: The gate tells what is wrong by its exit code

    Scenario: Whatever is taken away turns the gate red
      Given a village in which nothing is wrong, as it was accepted
      Then its gate ends with 0
      And whichever scenario, tag, step or citation is taken away, its gate ends with 3 or 4 as it should

    @slow
    Scenario: Whatever is taken away of this project turns its gate red
      Given this project as if all had passed, as it was accepted
      Then 40 times something is taken away by chance, and its gate ends with 3 or 4 as it should

    Scenario Outline: A village with <trouble> ends with <code>
      Given a village in which nothing is wrong, as it was accepted
      And the village has <trouble>
      Then its gate ends with <code>, because of "<kind>"

      Examples:
        | trouble                              | code | kind           |
        | a scenario that failed               | 1    | failed         |
        | a run that was cut short             | 1    | failed         |
        | a feature that cannot be read        | 1    | failed         |
        | a MUST that nobody claims            | 3    | uncovered      |
        | another word in a requirement        | 4    | drift          |
        | an id that is defined twice          | 5    | conflict       |
        | two lists of the fields of one thing | 5    | conflict       |
        | two lists of a type                  | 5    | conflict       |
        | a ruling on two that agree           | 6    | orphan         |
        | a tag of no requirement              | 6    | orphan         |
        | a citation of no requirement         | 6    | orphan         |
        | an id in its documents of no one     | 6    | orphan         |
        | a scenario that claims nothing       | 6    | orphan         |
        | a step that no scenario uses         | 6    | orphan         |
        | a step that no scenario of a plan uses | 6  | orphan         |
        | a saboteur that was not caught       | 7    | vacuous        |
        | a scenario that passed when repeated | 8    | flaky          |
        | a waiver that has expired            | 8    | expired waiver |
        | a feature that changed since it ran  | 9    | nothing ran    |
        | no run                               | 9    | nothing ran    |
        | only skipped scenarios               | 9    | nothing ran    |
        | only a plan                          | 9    | nothing ran    |
        | a step that nobody defined           | 9    | undefined      |
        | a MUST of which all was skipped | 9 | nothing ran |
        | an obligation of which all was skipped | 9 | nothing ran |
        | results that are named and absent | 9 | nothing ran |
        | a run that failed where a scenario is not as it is now | 1 | failed |
        | a run that failed in a scenario of nobody | 1 | failed |
        | a MUST of which one obligation is claimed by nobody | 3 | uncovered |
        | an id that others define too | 5 | conflict |
        | another scenario in place of one | 4 | drift |
        | another scenario name | 4 | drift |
        | an outline without rows | 6 | orphan |
        | a normative outline whose second row says something else | 4 | drift |

    Scenario Outline: A village with <lists> ends with 0
      Given a village with <lists>, as it was accepted
      Then its gate ends with 0

      Examples:
        | lists                           |
        | a list that is part of another  |
        | lists that share one name       |
        | lists of what can be done       |
        | lists on which somebody decided |

    @slow
    Scenario: What contradicts in our own specification is decided
      Then our specification contradicts itself in "CAT-INT-3302 CAT-INT-3312" alone, on which there is a ruling

    Scenario: What is accepted as open is told and does not count
      Given a village in which a MUST is open, as it was accepted
      Then its gate ends with 0
      And the finding that it is uncovered does not count

    Scenario: A lock reads as it was written
      When a trace with every status is made
      Then what is accepted of it reads as it was written, with "OTHER-9" in it

    Scenario Outline: A village with <what> skipped ends with <code> where "@far" is optional
      Given a village with <what> skipped, of which "@far" is optional
      Then its gate ends with <code>

      Examples:
        | what               | code |
        | what is far        | 0    |
        | what is far and not | 9   |

    Scenario: An id that others define is told with its reason
      When a trace with every status is made
      Then "OTHER-9" is external, because "the house next door"

  @CAT-TRC-5105 @CAT-TRC-5106 @CAT-TRC-5107
  Rule: The command reads any project by one small file

    @slow
    Scenario: From the gate to the lock and back
      Given the village in a folder, with one small file that says where things are
      Then "trace gate" there ends with 0
      And "trace accept" there ends with 0, and writes "traceability.lock.txt"
      And "trace report" there ends with 0, and writes "reports/traceability.json"
      And "trace report" there ends with 0, and writes "reports/traceability.html"
      And "trace report" there ends with 0, and writes "reports/traceability.md"
      And "trace report" there ends with 0, and writes "reports/traceability.junit.xml"
      And "trace explain REQ-2" there ends with 0, and tells "REQ-2#1"
      When the tag "@REQ-3" is taken away there
      Then "trace gate" there ends with 3, and tells "REQ-3"
      And "trace diff reports/traceability.json" there ends with 0, and tells "REQ-3  changed  passing → uncovered"

    @slow
    Scenario: The example: another specification, other ids and another suite, which runs here
      Given the example "trace-any-project", whose suite has run
      Then "trace gate" there ends with 0, and tells "4 passing"
      And "trace report" there ends with 0, and tells "reports/traceability.html"
      And "trace explain shed.1" there ends with 0, and tells "src/shed.js:10"
      When "seven" becomes "six" in "CHECKLIST.md" there
      Then "trace gate" there ends with 4, and tells "shed.2"

    Scenario Outline: <trouble> ends with 2
      Given the village in a folder, with one small file that says where things are
      When the configuration there is <trouble>
      Then "trace gate" there ends with 2

      Examples:
        | trouble                        |
        | missing                        |
        | no JSON                        |
        | one with a member nobody knows |
        | one whose pattern finds nothing |
        | one whose id is found nowhere  |
        | one that names saboteurs that are not there |
        | one that names coverage that is not there |
        | one that names a lock that is not there |
        | one whose waiver has a member nobody knows |
        | one whose result has a member nobody knows |
        | one whose waiver ends on the 30th of February |

    @slow
    Scenario: A lock that is named and not there yet is made
      Given the village in a folder, with one small file that says where things are
      When the configuration there is one that names a lock that is not there
      Then "trace gate" there ends with 2, and complains of "there is no accepted.txt"
      And "trace accept" there ends with 0, and writes "accepted.txt"
      And "trace gate" there ends with 0

    Scenario: Without a lock the gate says that nothing was compared
      Given the village in a folder, with one small file that says where things are
      Then "trace gate" there ends with 0, and complains of "there is no traceability.lock.txt"

    Scenario Outline: Messages with a line <line> are refused with their place
      Given the village in a folder, with one small file that says where things are
      When the messages there begin with <line>
      Then "trace gate" there ends with 2, and complains of "reports/cucumber.ndjson:1"

      Examples:
        | line |
        | null |
        | [] |
        | {"source":{}} |
        | {"testRunStarted":{}} |
        | {"pickle":{"id":"1"}} |
        | {"testCase":null} |
        | {"gherkinDocument":{"feature":{}}} |
        | {"testRunFinished":{"message":1}} |
        | {"testRunStarted":{"timestamp":{"seconds":1e300,"nanos":0}}} |

    Scenario Outline: What is like a trace and is none is refused by the comparison: <text>
      Given the village in a folder, with one small file that says where things are
      When "old.json" there is <text>
      Then "trace diff old.json" there ends with 2, and complains of "old.json is no traceability.json"

      Examples:
        | text |
        | null |
        | {"schema":1,"requirements":[null],"scenarios":[]} |
        | {"schema":1,"requirements":[],"scenarios":[{"id":"a"}]} |
        | {"schema":1,"requirements":[{"id":"a","title":"","text":"","hash":"","status":"passing"}],"scenarios":[]} |

    Scenario: A scenario that failed is told with its place once
      Given the village in a folder, with one small file that says where things are
      When the messages there are those of a run that was cut short
      Then "trace gate" there ends with 1, and tells "failed  features/mill.feature:15  Beds: it was begun"

    Scenario: A byte order mark is no part of a file
      Given the village in a folder, with one small file that says where things are
      When a byte order mark is put before every file there
      Then "trace gate" there ends with 0

    @slow
    Scenario: Runs whose files have one name are told apart by their folders
      Given the village in a folder, with one small file that says where things are
      When its results are in "reports/fs/run.ndjson", in "reports/memory/run.ndjson" and in "reports/more.ndjson"
      Then the runs told of there are "fs/run, memory/run, more"

    @slow
    Scenario: Words of others move nothing on the terminal
      Given the village in a folder, with one small file that says where things are
      When "Mill" becomes "M\u001b[2Jill" in "spec.md" there
      Then "trace explain REQ-2" there ends with 0, and tells "M\u{1b}[2Jill"
