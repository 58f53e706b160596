@CAT-TRC-5105 @slow
Feature: What is made of a trace

  One page that asks for nothing, Markdown, JUnit, SARIF and a badge: the same trace gives the same bytes.

  Rule: The page shows all that is known

    Scenario: The same trace gives the same bytes
      Given a trace with every status
      Then each of its reports is the same when it is made again

    Scenario: Every requirement has a row and a section, with its status in words
      Given a trace with every status
      Then the page of the trace has a row and a section of each requirement, each with its status

    Scenario Outline: Our own suite fits, whatever happened: every scenario <ended>
      Given the trace of this project's own suite, of which every scenario <ended>
      Then it has more than 3500 examples, and its page less than 400000 bytes
      And every scenario, step, result and finding is in the page or packed into it

      @full
      Examples: other ends
        | ended                          |
        | passed                         |
        | failed with long messages      |
        | passed at its third attempt    |
        | was skipped                    |
        | did not run                    |

    Scenario: Where all names fit, all can be read without scripts; where they do not, what is red comes first
      Given a trace with every status
      Then the page of the trace names every scenario
      Given the trace of this project's own suite, in which the last scenario of every tenth requirement failed
      Then the page of the trace names every scenario that failed, and not every scenario

    @full
    Scenario: Where nothing else makes room, how long steps took is left out, then what stands in outlines, and the page says so
      Given the trace of half of this project's own suite
      Then the page says how long steps took
      When just so many scenarios come in that the page does not say how long steps took
      Then it says that it does not
      And the page shows what stands in the rows of outlines
      When just so many scenarios come in that the page does not show what stands in the rows of outlines
      Then it says that it does not show that either

    Scenario: A crash state that fits stays whole, and of what does not it is told how much there is
      Given a trace in which scenarios fail with messages of 30, 30000 and 3000000 letters, and a crash state
      Then the message of 30 letters and the crash state are packed whole
      And each message that is cut tells how much of it is not there

    Scenario: Our own suite fits when every scenario failed with a large crash state: what has no room is told in thousands of letters
      Given the trace of this project's own suite, of which every scenario failed with large crash states
      Then it has more than 3500 examples, and its page less than 400000 bytes
      And every scenario, step, result and finding is in the page or packed into it
      And each crash state is packed whole, or told by its size in thousands of letters

    Scenario: What stands below a step is told, with the names of the columns of its outline
      Given a trace whose steps have a table and a text below them
      Then below the first step of its page there is the table "<what>, 1; shelf, 2"
      And below the second the text "it says <what>"

    Scenario: It refers to nothing outside itself
      Given a trace with every status
      Then each link of its page leads to something in it, and nothing in it is fetched

    Scenario: Words that are markup change nothing of the page
      Given a trace whose words are markup
      Then its page has no element or attribute more than the page of harmless words

    Scenario Outline: An outline is shown once: <what>
      Then "<texts>" with "<cells>" are shown as "<shown>"

      Examples:
        | what                         | texts                    | cells                | shown               |
        | a cell in the text           | put 1 of 2, put 3 of 2   | n=1; n=3             | put <n> of 2        |
        | two cells                    | a is b, c is d           | x=a y=b; x=c y=d     | <x> is <y>          |
        | a cell like another word     | a a, a b                 | x=a; x=b             | a <x>               |
        | the same text in all         | it is so, it is so       | x=is; x=so           | it is so            |
        | cells that are not its words | one more, two more       | x=1; x=2             | … more              |
        | an empty cell                | the end, the very end    | x=; x=very           | the …end            |

  Rule: Other programs read it

    Scenario: Markdown tells totals, findings and each requirement in a line
      Given a trace with every status
      Then its Markdown has a line for each requirement, with its status, level and stores

    Scenario: Words in Markdown are no markup
      Given a trace whose words are markup
      Then its Markdown has no markup of theirs

    Scenario: JUnit tells of each result which requirements it verifies
      Given a trace with every status
      And its first scenario verifies "R-2" and "R-1"
      Then its JUnit has a case for each result, and the first has these properties: "verifies R-2, verifies R-1"
      And its JUnit counts 7 tests and 1 failure, whose message is "Error: it reads nothing"

    Scenario: Whatever words say, JUnit stays XML
      Given a trace whose words are markup
      Then its JUnit has no character that XML refuses, and no element of theirs

    Scenario Outline: JUnit and SARIF are of their published forms: <trace>
      Given <trace>
      Then its JUnit is of the form of the usual schema, and its SARIF of that of SARIF 2.1.0
      And each count in its JUnit is that of what is in it, and each rule of its SARIF is where its index says

      Examples:
        | trace                                                                |
        | a trace with every status                                            |
        | a trace whose words are markup                                       |
        | a trace of 20 requirements                                           |
        | a finding that has no line                                           |
        | the trace of this project's own suite, of which every scenario passed |

    Scenario Outline: What is not of these forms is found: <what>
      Then <what> is no <form>

      Examples:
        | what                             | form  |
        | a line of 0                      | SARIF |
        | a level of another name          | SARIF |
        | a member of another name         | SARIF |
        | a result without a message       | SARIF |
        | a case without a name            | JUnit |
        | an attribute of another name     | JUnit |
        | a time in words                  | JUnit |
        | an ampersand that is not escaped | JUnit |
        | an element that is not ended     | JUnit |

    Scenario: SARIF has a rule for each kind of finding and stands on the lines
      Given a trace with every status
      Then its SARIF tells:
        | rule            | level | at             | also at                   |
        | trace/failed    | error | specs/spec.md:3 | features/sample.feature:18 |
        | trace/uncovered | error | specs/spec.md:3 | features/sample.feature:18 |
        | trace/orphan    | error | specs/spec.md:3 | features/sample.feature:18 |
        | trace/drift     | note  | specs/spec.md:3 | features/sample.feature:18 |

    Scenario: A finding is known again when lines move, and two of a kind are told apart
      Given a trace with every status
      Then the fingerprints of its SARIF stay when all lines move by 7
      And no two fingerprints of its SARIF are alike, even of findings that are

    Scenario: The badge tells what is verified, red where the gate is not met
      Given a trace with every status
      Then its badge says "1/8 MUST verified" in "red"
      Given a trace of 20 requirements
      Then its badge says "2/20 MUST verified" in "blue"

  Rule: What was crashed is seen

    @CAT-SIM-5008
    Scenario: A scenario that fails because a power cut broke a promise shows that cut in the page
      Given a run of a scenario that explores a program without syncs of readers and openers, and expects it to keep every promise
      Then the page of that run has that scenario as failed, with a folder before and after, a cut between steps and a command
      And that command brings the same complaint about again

  @browser
  Rule: The page works for everybody, in a real browser

    Scenario Outline: Tools for accessibility find nothing wrong with it: <scheme>, <width> pixels wide
      Given the page of a trace with every status, <scheme>, <width> pixels wide
      Then axe finds no violation
      And the page does not scroll sideways
      And its picture is kept as "traceability-<scheme>-<width>.png"
      When "R-1" is followed and all of it is opened
      Then axe finds no violation
      And nothing of it is cut off
      When the browser goes back
      And "R-6" is followed and all of it is opened
      Then axe finds no violation
      And nothing of it is cut off

      Examples:
        | scheme | width |
        | light  | 1280  |
        | dark   | 400   |

      @full
      Examples: the other way round
        | scheme | width |
        | dark   | 1280  |
        | light  | 400   |

    Scenario: It asks for nothing but itself, and nothing goes wrong in it
      Given the page of a trace with every status
      When "R-6" is followed and all of it is opened
      Then nothing but the file was asked for
      And nothing was said on the console

    Scenario: Words that are markup run nothing
      Given the page of a trace whose words are markup
      When "R-1" is followed and all of it is opened
      Then nothing was said on the console
      And axe finds no violation
      And the page does not scroll sideways

    Scenario: Without scripts it is read, and no control is shown that would do nothing
      Given the page of a trace with every status, without scripts
      Then 10 requirements are shown
      And "It MUST do what R-2 says." is seen
      And "The <what> record is read" is seen
      And no control is shown that would do nothing

    Scenario: Filters are in the address, and an address brings them back
      Given the page of a trace of 100 requirements
      When "status" is set to "flaky"
      And "text" is set to "number 33"
      Then 1 requirement is shown, "1 of 100 requirements"
      And its address ends in "#text=number+33&status=flaky"
      When it is loaded again
      Then 1 requirement is shown, "1 of 100 requirements"
      When the button "Show all" is pressed
      Then 100 requirements are shown, "100 requirements"

    Scenario: With one store, statuses are those with that store
      Given the page of a trace with every status
      When "status" is set to "failed"
      And "store" is set to "journal"
      Then 1 requirement is shown, "1 of 10 requirements"
      When "status" is set to "failed"
      And "store" is set to "fs"
      Then 0 requirements are shown, "0 of 10 requirements"

    Scenario: A step of a scenario finds its requirement
      Given the page of a trace of 100 requirements
      When "text" is set to "step 77"
      Then 1 requirement is shown, "1 of 100 requirements"

    Scenario: A requirement is a page of its own, with its scenarios, their steps and examples
      Given the page of a trace with every status
      When "R-1" is followed and all of it is opened
      Then only the requirement "R-1" is seen, and it has the focus
      And these are seen:
        | Given the <what> record was written <times> times |
        | failed 1.2 s                                       |
        | Error: it reads nothing                            |
        | features/sample.feature:18                         |
      When the browser goes back
      Then 10 requirements are shown

    Scenario: What had no room is brought by a button
      Given the page of a trace with 40 findings of a kind
      Then "finding 12" is seen
      When the button "and 28 more" is pressed
      Then "finding 40" is seen
      And axe finds no violation

    Scenario: What stands below a step is shown below it
      Given the page of a trace whose steps have a table and a text below them
      When "R-1" is followed and all of it is opened
      Then these are seen:
        | <what> 1 shelf 2 |
        | it says <what>   |
      And axe finds no violation

    Scenario: A crash is shown with its folder before and after, the cut and how to see it again
      Given the page of a trace with every status
      When "R-6" is followed and all of it is opened
      Then the power cut stands between "sync" and "rename models.json.tmp-1 models.json"
      And these are seen:
        | models.json.tmp-1                             |
        | npm run replay -- --history 'put new' --cut 3 |
        | src/write.ts:12, 40                           |

    Scenario: By keyboard alone, a requirement is found, read and left
      Given the page of a trace with every status
      When the key "/" is pressed
      And "atomicity" is typed
      And Tab is pressed until "R-6" has the focus
      And Enter is pressed
      Then only the requirement "R-6" is seen, and it has the focus
      When Tab is pressed until "All requirements" has the focus
      And Enter is pressed
      Then 1 requirement is shown, "1 of 10 requirements"

    Scenario: On paper all is there, and no control
      Given the page of a trace with every status
      When it is printed
      Then 10 requirements and 11 sections are on paper, and no control

    Scenario: Filtering a thousand rows takes little beside laying them out
      Given the page of a trace of 1000 requirements
      Then to filter it takes less than four times as long as to lay it out anew
