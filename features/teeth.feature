@slow
Feature: Saboteurs show that the scenarios have teeth

  Each breaks one promise. A scenario that stays green under the saboteur of its requirement could not have failed, whatever it says.

  @CAT-SIM-5009
  Rule: There is a saboteur for every promise, and it breaks it

    Scenario: The saboteurs are many, and each names one requirement
      Then there are at least 40 saboteurs, each with a name of its own
      And each names a requirement that a scenario claims, and what is to catch it

    Scenario: Every requirement that is built has a saboteur
      Then every requirement that a saboteur must break is broken by one

    Scenario: Each saboteur changes what is done
      Then each saboteur does something otherwise than it should be

    Scenario: A saboteur that does nothing changes nothing
      Then a saboteur that does nothing does nothing otherwise

  @CAT-SIM-5009
  Rule: A saboteur that is not caught by its requirement, or not found by the explorer that it declares, fails the command

    Scenario Outline: A saboteur that <does> is <verdict>
      When the verdict is given on a saboteur of "CAT-REC-1008" that <does>
      Then what is wrong with the teeth is "<wrong>"

      Examples:
        | does                                                    | verdict     | wrong                                                            |
        | turns a scenario of its requirement red                 | caught      |                                                                  |
        | does nothing                                            | told of     | changes nothing; survived the scenarios; no saboteur that breaks |
        | turns no scenario red                                   | not caught  | survived the scenarios; no saboteur that breaks                  |
        | turns a scenario of another requirement red             | not caught  | survived the scenarios; no saboteur that breaks                  |
        | lets a scenario of its requirement hang                 | not caught  | survived the scenarios; no saboteur that breaks                  |
        | makes a scenario of its requirement fall over a mistake | not caught  | survived the scenarios; no saboteur that breaks                  |
        | lets nothing be loaded                                  | no saboteur | no scenario ran; survived the scenarios; no saboteur that breaks |

      Examples: that declares the crash explorer
        | does                                   | verdict    | wrong                                              |
        | turns its explorer red as well         | caught     |                                                    |
        | leaves its explorer green              | not found  | not found by the explorer                          |
        | makes its explorer fall over a mistake | not found  | not found by the explorer                          |
        | turns its explorer red alone           | not caught | survived the scenarios; no saboteur that breaks    |

    Scenario Outline: When <change>, <again> is tried again
      Given two saboteurs, "mute" and "ajar", that were caught
      When <change>
      Then <again> is to be tried again

      Examples:
        | change                                   | again  |
        | nothing is changed                       | nobody |
        | a line is put above them                 | nobody |
        | the text that mute breaks is changed     | mute   |
        | the scenario that caught ajar is changed | ajar   |

    Scenario: The lock tells of saboteurs that there are
      Then each saboteur in the lock is one that there is, and breaks what the lock says

    Scenario: Every explorer has scenarios for the saboteurs that declare it
      Then the scenarios that are named for each explorer are there, and each has some that are quick

    Scenario: A project with a saboteur in it runs red, and green without it
      When the scenario "Digests that differ at any one place are different" is run with the saboteur "digests compared by their beginning", and without
      Then it fails with it by an assertion, and passes without

  @CAT-SIM-5009 @CAT-SIM-5003
  Rule: A disk that lies is caught

    Scenario Outline: A put that was acknowledged on a disk of the profile "<profile>" is <fate> by a power cut
      When a put is acknowledged on a simulated disk of the profile "<profile>", and power is lost
      Then what was acknowledged is <fate>

      Examples:
        | profile       | fate     |
        | liar          | lost     |
        | posix-weak    | not lost |
        | posix-ordered | not lost |

    @full
    Scenario: Every saboteur is caught by its requirement, and found by its explorer
      Then all saboteurs are caught by the scenarios of the requirements that they break, and by the explorers that they declare
